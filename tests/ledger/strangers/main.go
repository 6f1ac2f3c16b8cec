// SPDX-License-Identifier: Apache-2.0

// What golang.org/x/mod says of our trees, proofs and notes. It was written by others, for another log, and shares no
// line with ours. Each command prints one line when all is well, else a sentence and exit status 1.
package main

import (
	"fmt"
	"os"
	"strconv"
)

var commands = map[string]struct {
	words string
	run   func(words []string) error
}{
	"proofs": {"", checkProofs},
	"notes":  {"FOLDER", checkNotes},
	"sign":   {"FOLDER N", signNotes},
	"log":    {"PLACE", checkLog},
	"build":  {"FOLDER SIZE", buildLog},
	"burst":  {"URL CONNECTIONS", burst},
}

// number reads an argument.
func number(word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n < 0 {
		fmt.Fprintf(os.Stderr, "%q is not a number\n", word)
		os.Exit(2)
	}
	return n
}

func main() {
	if len(os.Args) > 1 {
		if c, known := commands[os.Args[1]]; known && len(os.Args)-2 == wordsIn(c.words) {
			if err := c.run(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	for name, c := range commands {
		fmt.Fprintln(os.Stderr, "strangers", name, c.words)
	}
	os.Exit(2)
}

func wordsIn(s string) int {
	n := 0
	for i := range s {
		if s[i] != ' ' && (i == 0 || s[i-1] == ' ') {
			n++
		}
	}
	return n
}
