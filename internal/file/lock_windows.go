package file

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

var errReadOnly error = windows.ERROR_WRITE_PROTECT

func lock(f *os.File) error {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}

// release closes first: Windows removes no file that is open.
func release(f *os.File, path string) {
	_ = f.Close()
	_ = os.Remove(path) // else it stays, and means nothing
}
