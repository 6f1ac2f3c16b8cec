// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
)

// cosigner verifies the signature type that x/mod does not know: 04, C2SP tlog-cosignature.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), text...), sig[8:])
}

func newVerifier(vkey string) (note.Verifier, error) {
	part := strings.SplitN(vkey, "+", 3)
	if len(part) != 3 {
		return nil, fmt.Errorf("not a key: %q", vkey)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(part[2])
	if err != nil || len(key) != 33 {
		return nil, fmt.Errorf("not a key: %q", vkey)
	}
	if key[0] == 1 {
		return note.NewVerifier(vkey)
	}
	hash := sha256.Sum256(append([]byte(part[0]+"\n"), key...))
	if key[0] != 4 || part[1] != hex.EncodeToString(hash[:4]) {
		return nil, fmt.Errorf("not a cosigner's key: %q", vkey)
	}
	return cosigner{part[0], binary.BigEndian.Uint32(hash[:4]), key[1:]}, nil
}

type signed struct {
	text       string
	signatures [][]byte
}

// opens: every key of the list has signed this note. The decoded signatures tell one spelling from another value.
func opens(message []byte, keys []note.Verifier) (signed, error) {
	n, err := note.Open(message, note.VerifierList(keys...))
	if err != nil {
		return signed{}, err
	}
	if len(n.Sigs) != len(keys) || len(n.UnverifiedSigs) != 0 {
		return signed{}, errors.New("not every key has signed it")
	}
	s := signed{text: n.Text}
	for i, sig := range n.Sigs {
		if sig.Name != keys[i].Name() || sig.Hash != keys[i].KeyHash() {
			return signed{}, errors.New("its signatures stand in another order")
		}
		b, err := base64.StdEncoding.DecodeString(sig.Base64)
		if err != nil {
			return signed{}, err
		}
		s.signatures = append(s.signatures, b)
	}
	return s, nil
}

func readKeys(path string) ([]note.Verifier, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []note.Verifier
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		key, err := newVerifier(line)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// checkNote returns how many of the changed notes are refused. x/mod's base64 is not strict: two bits of a signature's
// last character say nothing, so a note changed there says the same, and is no other note.
func checkNote(folder string, number int) (int, error) {
	message, err := os.ReadFile(filepath.Join(folder, fmt.Sprint(number, ".note")))
	if err != nil {
		return 0, err
	}
	keys, err := readKeys(filepath.Join(folder, fmt.Sprint(number, ".vkeys")))
	if err != nil {
		return 0, err
	}
	was, err := opens(message, keys)
	if err != nil {
		return 0, fmt.Errorf("note %d: %v\n%s", number, err, message)
	}
	refused := 0
	for i := range message {
		message[i] ^= 1 << ((i + number) % 8)
		now, err := opens(message, keys)
		if err == nil && (now.text != was.text || !bytes.Equal(bytes.Join(now.signatures, nil), bytes.Join(was.signatures, nil))) {
			return 0, fmt.Errorf("note %d is taken with byte %d changed:\n%s", number, i, message)
		}
		if err != nil {
			refused++
		}
		message[i] ^= 1 << ((i + number) % 8)
	}
	return refused, nil
}

func checkNotes(words []string) error {
	files, err := filepath.Glob(filepath.Join(words[0], "*.note"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("there are no notes in %s", words[0])
	}
	var lock sync.Mutex
	var workers sync.WaitGroup
	next, refused := 0, 0
	for i := 0; i < runtime.NumCPU(); i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				lock.Lock()
				number := next
				next++
				lock.Unlock()
				if number >= len(files) {
					return
				}
				n, one := checkNote(words[0], number)
				lock.Lock()
				refused += n
				if one != nil {
					err = one
				}
				lock.Unlock()
			}
		}()
	}
	workers.Wait()
	if err == nil {
		fmt.Printf("%d notes open, %d changed ones do not\n", len(files), refused)
	}
	return err
}

// counter is chance that is the same each time.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

// signNotes makes notes for `ledger-tool open`.
func signNotes(words []string) error {
	texts := []string{"quay.example/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "one\n\ntwo\n\n\nthree\n", "港\n",
		"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"}
	random := &counter{}
	for number, n := 0, int(number(words[1])); number < n; number++ {
		var signers []note.Signer
		var vkeys strings.Builder
		for i := 0; i <= number%3; i++ {
			secret, vkey, err := note.GenerateKey(random, fmt.Sprintf("signer-%d.example/%s", i, strings.Repeat("é", number)))
			if err != nil {
				return err
			}
			signer, err := note.NewSigner(secret)
			if err != nil {
				return err
			}
			signers = append(signers, signer)
			fmt.Fprintln(&vkeys, vkey)
		}
		message, err := note.Sign(&note.Note{Text: texts[number%len(texts)]}, signers...)
		if err != nil {
			return err
		}
		base := filepath.Join(words[0], fmt.Sprint(number))
		if err := os.WriteFile(base+".note", message, 0o600); err != nil {
			return err
		}
		if err := os.WriteFile(base+".vkeys", []byte(vkeys.String()), 0o600); err != nil {
			return err
		}
	}
	return nil
}
