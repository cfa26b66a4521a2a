package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// LockName is the file that Lock holds in a directory.
const LockName = ".lock"

// ErrLocked says that another process has the directory.
var ErrLocked = errors.New("another process is at work in it")

// Lock keeps other processes out of a directory that all take by Lock, until unlock is called or the process
// ends in whatever way: the lock is the operating system's, on a file that may stay behind and means nothing alone.
// Where the directory cannot be written, there is nothing to keep others from, and Lock does nothing.
func Lock(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, LockName)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if errors.Is(err, os.ErrPermission) || errors.Is(err, errReadOnly) {
			return func() {}, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, Cause(err))
		}
		if err := lock(f); err != nil {
			_ = f.Close() // nothing was written
			if errors.Is(err, ErrLocked) {
				return nil, fmt.Errorf("%s: %w", dir, err)
			}
			return func() {}, nil // a file system without locks
		}
		// Whoever had the lock before may have removed the file between the two calls.
		mine, err1 := f.Stat()
		there, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return func() { release(f, path) }, nil
		}
		_ = f.Close() // it is nobody's file any more
	}
}
