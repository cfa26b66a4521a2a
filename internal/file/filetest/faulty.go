// Package filetest has file systems for tests of what survives: one on which the nth operation fails, and one that
// records what a power failure at any instant would leave.
package filetest

import (
	"fmt"
	"io/fs"
	"sync"
	"syscall"

	"gorae/internal/file"
)

// Faulty is a disk on which one operation fails, once. Operations are creating, writing, changing permissions, syncing,
// closing, renaming, removing, making a directory and syncing one. Of a write that fails half the bytes are written.
type Faulty struct {
	Disk file.Disk
	Fail int // the number of the operation that fails, from 1; 0: none

	mu     sync.Mutex
	done   int
	failed string
}

// Done is how many operations there were, and Failed what failed, "" if nothing has.
func (f *Faulty) Done() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}

// Failed is the operation that failed, "" if none has.
func (f *Faulty) Failed() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// fails counts an operation.
func (f *Faulty) fails(op, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done++; f.done != f.Fail {
		return nil
	}
	f.failed = fmt.Sprintf("%d: %s %s", f.done, op, name)
	return &fs.PathError{Op: op, Path: name, Err: syscall.EIO}
}

// Create implements file.FS.
func (f *Faulty) Create(name string) (file.File, error) {
	if err := f.fails("create", name); err != nil {
		return nil, err
	}
	w, err := f.Disk.Create(name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{w, f, name}, nil
}

// Rename implements file.FS.
func (f *Faulty) Rename(from, to string) error {
	if err := f.fails("rename", to); err != nil {
		return err
	}
	return f.Disk.Rename(from, to)
}

// Remove implements file.FS.
func (f *Faulty) Remove(name string) error {
	if err := f.fails("remove", name); err != nil {
		return err
	}
	return f.Disk.Remove(name)
}

// Mkdir implements file.FS.
func (f *Faulty) Mkdir(name string) error {
	if err := f.fails("mkdir", name); err != nil {
		return err
	}
	return f.Disk.Mkdir(name)
}

// SyncDir implements file.FS.
func (f *Faulty) SyncDir(name string) error {
	if err := f.fails("sync directory", name); err != nil {
		return err
	}
	return f.Disk.SyncDir(name)
}

type faultyFile struct {
	file.File
	disk *Faulty
	name string
}

func (w *faultyFile) Write(b []byte) (int, error) {
	if err := w.disk.fails("write", w.name); err != nil {
		n, _ := w.File.Write(b[:len(b)/2])
		return n, err
	}
	return w.File.Write(b)
}

func (w *faultyFile) Chmod(m fs.FileMode) error {
	if err := w.disk.fails("chmod", w.name); err != nil {
		return err
	}
	return w.File.Chmod(m)
}

func (w *faultyFile) Sync() error {
	if err := w.disk.fails("sync", w.name); err != nil {
		return err
	}
	return w.File.Sync()
}

func (w *faultyFile) Close() error {
	if err := w.disk.fails("close", w.name); err != nil {
		_ = w.File.Close() // the descriptor goes all the same
		return err
	}
	return w.File.Close()
}
