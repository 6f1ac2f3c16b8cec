// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The server may count a connection as open for a moment after its end, and an address may have 256 of them.
const rounds, pause = 5, 500 * time.Millisecond

// burst pulls a whole log over many connections that are opened at once, some times over, with each bundle and tile
// asked for in each round. Nothing is tried again: a reset, a connection that the server ends, an answer other
// than 200 is the end.
func burst(words []string) error {
	place, connections := strings.TrimSuffix(words[0], "/"), int(number(words[1]))
	tree, _, err := source{place, http.DefaultClient}.checkpoint()
	if err != nil {
		return err
	}
	var slowest time.Duration
	for round := 0; round < rounds; round++ {
		began := time.Now()
		if err := pull(place, tree, connections, round); err != nil {
			return fmt.Errorf("round %d: %v", round+1, err)
		}
		if took := time.Since(began); took > slowest {
			slowest = took
		}
		time.Sleep(pause)
	}
	fmt.Printf("%d times %d connections at once, each time all of %d entries; the slowest took %.1f s\n", rounds,
		connections, tree.N, slowest.Seconds())
	return nil
}

// watched tells what the server does to a connection: Go's client would try again without a word.
type watched struct {
	net.Conn
	closed int32
	ended  *int64 // counts the connections that the server ended, whatever way
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil && atomic.LoadInt32(&w.closed) == 0 {
		atomic.AddInt64(w.ended, 1)
	}
	return n, err
}

func (w *watched) Close() error {
	atomic.StoreInt32(&w.closed, 1)
	return w.Conn.Close()
}

// connection is a client with one connection of its own.
func connection(ended *int64) (*http.Client, *http.Transport) {
	transport := &http.Transport{MaxConnsPerHost: 1, DisableCompression: true, Proxy: nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &watched{Conn: conn, ended: ended}, nil
		}}
	return &http.Client{Transport: transport, Timeout: time.Minute}, transport
}

// pull lets each connection read its share: a bundle and its tile, and once the levels above.
func pull(place string, tree tlog.Tree, connections, round int) error {
	var ended int64
	var ready, done sync.WaitGroup
	start, failed := make(chan struct{}), make(chan error, connections)
	bundles := (tree.N + width - 1) / width
	hashes := make([]tlog.Hash, bundles)
	for c := 0; c < connections; c++ {
		ready.Add(1)
		done.Add(1)
		go func(c int) {
			defer done.Done()
			client, transport := connection(&ended)
			defer transport.CloseIdleConnections()
			from := source{place, client}
			ready.Done()
			<-start
			if _, _, err := from.checkpoint(); err != nil { // each has something to ask for, however small the log
				failed <- err
				return
			}
			for n := int64(c+round) % int64(connections); n < bundles; n += int64(connections) {
				if err := from.share(n, tree.N, &hashes[n]); err != nil {
					failed <- err
					return
				}
			}
		}(c)
	}
	ready.Wait()
	close(start)
	done.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	if n := atomic.LoadInt64(&ended); n != 0 {
		return fmt.Errorf("the server ended %d of the connections", n)
	}
	return checkRoot(tree, hashes)
}

// share reads bundle n and its tile, compares them, and folds the tile to the hash above it.
func (s source) share(n, size int64, above *tlog.Hash) error {
	entries, err := s.bundle(n, size)
	if err != nil {
		return err
	}
	data, err := s.get(address(tlog.Tile{H: height, L: 0, N: n, W: len(entries)}))
	if err != nil {
		return err
	}
	t := &tree{}
	for i, entry := range entries {
		if err := t.append(entry); err != nil {
			return err
		}
		if len(data) != tlog.HashSize*len(entries) || string(data[i*tlog.HashSize:(i+1)*tlog.HashSize]) != string(t.leaf[i][:]) {
			return fmt.Errorf("entry %d is not what its tile says", n*width+int64(i))
		}
	}
	*above, err = tlog.TreeHash(int64(len(entries)), t)
	return err
}

// checkRoot folds the hashes of all tiles of level 0 to the root.
func checkRoot(tree tlog.Tree, row []tlog.Hash) error {
	for len(row) > 1 {
		var above []tlog.Hash
		for i := 0; i+1 < len(row); i += 2 {
			above = append(above, tlog.NodeHash(row[i], row[i+1]))
		}
		if len(row)%2 == 1 {
			above = append(above, row[len(row)-1])
		}
		row = above
	}
	if len(row) == 1 && row[0] != tree.Hash {
		return fmt.Errorf("what was pulled is not what the checkpoint says")
	}
	return nil
}
