// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the log as x/mod stores it, grown from the same entries.
type tree struct {
	stored []tlog.Hash
	leaf   []tlog.Hash
	root   []tlog.Hash // of the first n entries, as it computes it
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(t.stored)) {
			return nil, fmt.Errorf("there is no stored hash %d", index)
		}
		list[i] = t.stored[index]
	}
	return list, nil
}

func (t *tree) add(entry []byte) error {
	n := int64(len(t.leaf))
	hashes, err := tlog.StoredHashes(n, entry, t)
	if err != nil {
		return err
	}
	t.stored = append(t.stored, hashes...)
	t.leaf = append(t.leaf, tlog.RecordHash(entry))
	root, err := tlog.TreeHash(n+1, t)
	t.root = append(t.root, root)
	return err
}

type task struct {
	word string
	a, b int64
	rest []string
}

// checkProofs reads what `ledger-tool proofs` prints: entries and roots first, then proofs, which may come in any order.
func checkProofs([]string) error {
	t := &tree{root: []tlog.Hash{{}}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<16)
	tasks, failed := make(chan []task, 64), make(chan error, runtime.NumCPU())
	var workers sync.WaitGroup
	for i := 0; i < runtime.NumCPU(); i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for list := range tasks {
				for _, one := range list {
					if err := t.check(one); err != nil {
						select {
						case failed <- err:
						default: // the first ones are enough
						}
					}
				}
			}
		}()
	}
	count := map[string]int{}
	err := t.read(lines, tasks, count)
	close(tasks)
	workers.Wait()
	select {
	case first := <-failed:
		err = first
	default:
	}
	if err != nil {
		return err
	}
	n := len(t.leaf)
	if n == 0 || count["root"] != n+1 || count["in"] != n*(n+1)/2 || count["grows"] != (n+1)*(n+2)/2 {
		return fmt.Errorf("of a tree of %d entries there are %v", n, count)
	}
	fmt.Printf("%d roots, %d inclusion proofs, %d consistency proofs; changed ones are refused\n", count["root"],
		count["in"], count["grows"])
	return nil
}

func (t *tree) read(lines *bufio.Scanner, tasks chan<- []task, count map[string]int) error {
	var list []task
	for lines.Scan() {
		word := strings.Fields(lines.Text())
		if len(word) < 2 {
			return fmt.Errorf("not a line of proofs: %q", lines.Text())
		}
		count[word[0]]++
		switch {
		case word[0] == "entry" && len(word) == 3 && number(word[1]) == int64(len(t.leaf)):
			entry, err := base64.StdEncoding.Strict().DecodeString(word[2])
			if err == nil {
				err = t.add(entry)
			}
			if err != nil {
				return err
			}
		case word[0] == "root" && len(word) == 3:
			if err := t.checkRoot(number(word[1]), word[2]); err != nil {
				return err
			}
		case (word[0] == "in" || word[0] == "grows") && len(word) >= 3:
			list = append(list, task{word[0], number(word[1]), number(word[2]), word[3:]})
			if len(list) == 256 {
				tasks <- list
				list = nil
			}
		default:
			return fmt.Errorf("not a line of proofs: %q", lines.Text())
		}
	}
	tasks <- list
	return lines.Err()
}

func (t *tree) checkRoot(size int64, text string) error {
	root, err := tlog.ParseHash(text)
	if err != nil || size >= int64(len(t.root)) {
		return fmt.Errorf("root %d: %v", size, err)
	}
	if size == 0 { // x/mod has none for the empty tree: RFC 6962 has the hash of nothing
		if text != "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
			return errors.New("the root of the empty tree is another")
		}
		t.root[0] = root
		return nil
	}
	if root != t.root[size] {
		return fmt.Errorf("the root of %d entries is %v, and not %v", size, t.root[size], root)
	}
	return nil
}

func (t *tree) check(one task) error {
	proof := make([]tlog.Hash, len(one.rest))
	for i, text := range one.rest {
		var err error
		if proof[i], err = tlog.ParseHash(text); err != nil {
			return fmt.Errorf("%s %d %d: %v", one.word, one.a, one.b, err)
		}
	}
	var err error
	if one.word == "in" {
		err = t.checkIn(one.a, one.b, proof)
	} else if one.a > 0 {
		err = t.checkGrows(one.a, one.b, proof)
	} else if len(proof) != 0 {
		err = errors.New("the empty tree needs no proof")
	}
	if err != nil {
		return fmt.Errorf("%s %d %d: %v", one.word, one.a, one.b, err)
	}
	return nil
}

func same(a, b []tlog.Hash) bool {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// everyByte: trees of up to so many entries have each byte of each proof changed; larger ones one byte of each proof.
const everyByte = 70

// changed gives proofs that differ from this one in one byte, or that lack a hash or have one more, to refuses().
func changed(proof []tlog.Hash, turn, size int64, refuses func(p []tlog.Hash) bool) error {
	p := append([]tlog.Hash(nil), proof...)
	total, from, step := int64(len(p))*tlog.HashSize, int64(0), int64(1)
	if size > everyByte && total > 0 {
		from, step = turn*37%total, total
	}
	for at := from; at < total; at += step {
		p[at/tlog.HashSize][at%tlog.HashSize] ^= 1
		if !refuses(p) {
			return fmt.Errorf("byte %d may be changed", at)
		}
		p[at/tlog.HashSize][at%tlog.HashSize] ^= 1
	}
	if len(p) > 0 && !refuses(p[:len(p)-1]) {
		return errors.New("the last hash may be missing")
	}
	if !refuses(append(p, tlog.Hash{})) {
		return errors.New("there may be one hash more")
	}
	return nil
}

func (t *tree) checkIn(index, size int64, proof []tlog.Hash) error {
	root, leaf := t.root[size], t.leaf[index]
	if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
		return err
	}
	if made, err := tlog.ProveRecord(size, index, t); err != nil || !same(made, proof) {
		return fmt.Errorf("it would prove it otherwise: %v", err)
	}
	return changed(proof, index*7+size, size, func(p []tlog.Hash) bool {
		return tlog.CheckRecord(p, size, root, index, leaf) != nil
	})
}

func (t *tree) checkGrows(old, size int64, proof []tlog.Hash) error {
	before, after := t.root[old], t.root[size]
	if err := tlog.CheckTree(proof, size, after, old, before); err != nil {
		return err
	}
	if made, err := tlog.ProveTree(size, old, t); err != nil || !same(made, proof) {
		return fmt.Errorf("it would prove it otherwise: %v", err)
	}
	return changed(proof, old*7+size, size, func(p []tlog.Hash) bool {
		return tlog.CheckTree(p, size, after, old, before) != nil
	})
}
