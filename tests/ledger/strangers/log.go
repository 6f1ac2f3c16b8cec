// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

// source gives the resources of a log by name, from a folder or from a server.
type source struct {
	place string
	http  *http.Client
}

func (s source) get(name string) ([]byte, error) {
	if !strings.Contains(s.place, "://") {
		return os.ReadFile(filepath.Join(s.place, name))
	}
	answer, err := s.http.Get(s.place + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", name, answer.Status)
	}
	return data, err
}

// checkpoint opens the log's checkpoint with its key, and reads the tree from it.
func (s source) checkpoint() (tree tlog.Tree, keys note.Verifier, err error) {
	vkey, err := s.get("vkey")
	if err != nil {
		return tree, nil, err
	}
	key, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return tree, nil, err
	}
	data, err := s.get("checkpoint")
	if err != nil {
		return tree, nil, err
	}
	tree, err = openCheckpoint(data, key)
	return tree, key, err
}

func openCheckpoint(data []byte, key note.Verifier) (tree tlog.Tree, err error) {
	n, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	line := strings.Split(n.Text, "\n")
	if len(line) != 4 || line[0] != key.Name() || line[3] != "" {
		return tree, fmt.Errorf("not a checkpoint of %s: %q", key.Name(), n.Text)
	}
	if tree.N, err = strconv.ParseInt(line[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(line[2])
	return tree, err
}

// tiles lets x/mod read C2SP tlog-tiles: its own addresses have the height in front, which is always 8 here.
type tiles struct {
	source
	good map[tlog.Tile][]byte // that it has authenticated
	read int
}

func address(t tlog.Tile) string {
	return strings.Replace(strings.Replace(t.Path(), "tile/8/", "tile/", 1), "tile/data/", "tile/entries/", 1)
}

func (t *tiles) Height() int { return height }
func (t *tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, one := range list {
		data, known := t.good[one]
		if !known {
			var err error
			if data, err = t.get(address(one)); err != nil {
				return nil, err
			}
			t.read++
		}
		all = append(all, data)
	}
	return all, nil
}
func (t *tiles) SaveTiles(list []tlog.Tile, data [][]byte) {
	for i, one := range list {
		t.good[one] = data[i]
	}
}

// bundle gives the entries number n*256 and on of a tree of this size.
func (s source) bundle(n, size int64) (entries [][]byte, err error) {
	want := size - n*width
	if want > width {
		want = width
	}
	name := address(tlog.Tile{H: height, L: -1, N: n, W: int(want)})
	data, err := s.get(name)
	if err != nil {
		return nil, err
	}
	for ; len(data) >= 2; want-- {
		length := int(binary.BigEndian.Uint16(data))
		if length > len(data)-2 {
			break
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if want != 0 || len(data) != 0 {
		return nil, fmt.Errorf("%s has another number of entries", name)
	}
	return entries, nil
}

// checkLog follows a whole log: each entry stands in an authenticated tile, and some have proofs in proof/INDEX.
func checkLog(words []string) error {
	from := source{strings.TrimSuffix(words[0], "/"), http.DefaultClient}
	tree, key, err := from.checkpoint()
	if err != nil {
		return err
	}
	t := &tiles{source: from, good: map[tlog.Tile][]byte{}}
	reader := tlog.TileHashReader(tree, t)
	proofs := 0
	for n := int64(0); n*width < tree.N; n++ {
		entries, err := from.bundle(n, tree.N)
		if err != nil {
			return err
		}
		indexes := make([]int64, len(entries))
		for i := range entries {
			indexes[i] = tlog.StoredHashIndex(0, n*width+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not what its tile says", n*width+int64(i))
			}
		}
		found, err := from.proofs(n*width, entries, tree, key, reader)
		if err != nil {
			return err
		}
		proofs += found
	}
	fmt.Printf("%d entries in %d tiles, and %d proofs\n", tree.N, t.read, proofs)
	return nil
}

// proofs checks the proof files of some entries, where the log has any: each says exactly what x/mod would prove.
func (s source) proofs(first int64, entries [][]byte, tree tlog.Tree, key note.Verifier, r tlog.HashReader) (int, error) {
	count := 0
	for i, entry := range entries {
		index := first + int64(i)
		data, err := s.proof(index, tree.N)
		if err != nil {
			return 0, err
		}
		if data == nil {
			continue
		}
		if err := checkProof(data, index, entry, key, r); err != nil {
			return 0, fmt.Errorf("proof/%d: %v", index, err)
		}
		count++
	}
	return count, nil
}

// proof is nil where there is none; a server is asked for a few only.
func (s source) proof(index, size int64) ([]byte, error) {
	if strings.Contains(s.place, "://") && index%1009 != 0 && index != size-1 {
		return nil, nil
	}
	data, err := s.get("proof/" + strconv.FormatInt(index, 10))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func checkProof(data []byte, index int64, entry []byte, key note.Verifier, r tlog.HashReader) error {
	parts := bytes.SplitN(data, []byte("\n\n"), 2)
	if len(parts) != 2 {
		return errors.New("there is no blank line in it")
	}
	line := strings.Split(string(parts[0]), "\n")
	if len(line) < 2 || line[0] != "c2sp.org/tlog-proof@v1" || line[1] != fmt.Sprint("index ", index) {
		return fmt.Errorf("it begins with %q", line)
	}
	var proof tlog.RecordProof
	for _, text := range line[2:] {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(parts[1], key)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	made, err := tlog.ProveRecord(tree.N, index, r)
	if err != nil || !same(made, proof) {
		return fmt.Errorf("it would prove it otherwise: %v", err)
	}
	return nil
}

// buildLog makes a whole log with x/mod alone, for `daylight verify`.
func buildLog(words []string) error {
	folder, size := words[0], number(words[1])
	t := &tree{}
	var bundle []byte
	for i := int64(0); i < size; i++ {
		entry := []byte(fmt.Sprintf("entry %d of a log that others made\n", i))
		if err := t.append(entry); err != nil {
			return err
		}
		bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
		if i%width == width-1 || i == size-1 {
			one := tlog.Tile{H: height, L: -1, N: i / width, W: int(i%width) + 1}
			if err := write(folder, address(one), bundle); err != nil {
				return err
			}
			bundle = nil
		}
	}
	for _, one := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(one, t)
		if err == nil {
			err = write(folder, address(one), data)
		}
		if err != nil {
			return err
		}
	}
	return t.sign(folder, size)
}

func (t *tree) append(entry []byte) error {
	hashes, err := tlog.StoredHashes(int64(len(t.leaf)), entry, t)
	t.stored = append(t.stored, hashes...)
	t.leaf = append(t.leaf, tlog.RecordHash(entry))
	return err
}

func (t *tree) sign(folder string, size int64) error {
	root, err := tlog.TreeHash(size, t)
	if err != nil {
		return err
	}
	secret, vkey, err := note.GenerateKey(&counter{}, "strangers.example/log")
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("strangers.example/log\n%d\n%s\n", size, base64.StdEncoding.EncodeToString(root[:]))
	checkpoint, err := note.Sign(&note.Note{Text: text}, signer)
	if err == nil {
		err = write(folder, "checkpoint", checkpoint)
	}
	if err == nil {
		err = write(folder, "vkey", []byte(vkey+"\n"))
	}
	return err
}

func write(folder, name string, data []byte) error {
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
