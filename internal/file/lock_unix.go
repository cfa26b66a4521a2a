//go:build unix

package file

import (
	"errors"
	"os"
	"syscall"
)

var errReadOnly error = syscall.EROFS

func lock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		default:
			return err
		}
	}
}

// release removes the file while it is still locked, so that nobody holds a lock on a file that is gone.
func release(f *os.File, path string) {
	_ = os.Remove(path) // else it stays, and means nothing
	_ = f.Close()
}
