package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"

	"gorae/data"
)

// cacheWords say where large tables are kept as they were read.
type cacheWords struct {
	Cache   string `placeholder:"DIR" help:"Folder that keeps tables of text as they were read, whatever their size; if left out, a folder in the user's cache directory keeps those of 64 MB and more, 10 GiB of them at most."`
	NoCache bool   `help:"Read tables into memory and keep none."`

	cache *data.Cache // nil: none is kept
}

// leastCached is the size of a text in bytes from which on its table is kept in the user's cache directory.
const leastCached = 64e6

// frugal has the garbage collector run when garbage is a quarter of what is in use, in place of as much: what a
// training on a large table holds is numbers, which cost it little.
func frugal() { debug.SetGCPercent(25) }

// open settles where tables are kept.
func (w *cacheWords) open(o *environment) error {
	if w.NoCache {
		if w.Cache != "" {
			return usageError{errors.New("--cache and --no-cache contradict each other; leave one out")}
		}
		return nil
	}
	w.cache = &data.Cache{Dir: w.Cache, Begin: frugal, Say: func(s string) {
		_ = o.note([]string{s}) // where nobody reads, nothing is lost
	}}
	if w.Cache != "" {
		return nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		w.cache = nil // a user without a home has none
		return nil
	}
	w.cache.Dir, w.cache.Least = filepath.Join(dir, program, "tables"), leastCached
	return nil
}
