package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
)

// FS is where files are written: the one way by which this program changes a disk. A test puts another one in its place
// that fails, or that records what a power failure would leave.
type FS interface {
	Create(name string) (File, error) // a new file; fs.ErrExist where one is there
	Rename(from, to string) error     // to is replaced
	Remove(name string) error
	Mkdir(name string) error
	SyncDir(name string) error // makes the names in a directory last
}

// File is a new file that is being written.
type File interface {
	io.Writer
	Chmod(fs.FileMode) error
	Sync() error
	Close() error
}

// Disk is the operating system's file system.
type Disk struct{}

// Create implements FS; the permissions are those that the process gives to new files.
func (Disk) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err // no nil *os.File in an interface
	}
	return f, nil
}

// Rename implements FS.
func (Disk) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements FS.
func (Disk) Remove(name string) error { return os.Remove(name) }

// Mkdir implements FS.
func (Disk) Mkdir(name string) error { return os.Mkdir(name, 0o777) }

// SyncDir implements FS. Windows cannot open directories for that; there NTFS's journal keeps the order. A directory
// that may not be read and file systems that know no syncing of directories give no error: nothing more can be done.
func (Disk) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	} else if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

// inPlace is the file system that was put in the disk's place; nil: the disk.
var inPlace atomic.Pointer[FS]

func system() FS {
	if f := inPlace.Load(); f != nil {
		return *f
	}
	return Disk{}
}

// Through makes this process write through another file system until undo is called. It is for tests.
func Through(f FS) (undo func()) {
	former := inPlace.Swap(&f)
	return func() { inPlace.Store(former) }
}
