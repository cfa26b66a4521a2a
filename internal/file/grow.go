package file

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Growing is a file that is written piece by piece, in several runs of a program if need be, such as one that comes
// through a network. It has another name until it is whole.
type Growing interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// GrowingEnd is what the name of a file ends in that is not yet whole.
const GrowingEnd = ".part"

// Grow opens the file that is to become path, with what former runs have written of it.
func Grow(path string) (Growing, error) {
	name := path + GrowingEnd
	if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: no file; remove it", name)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no directory %s; make it, or name another", path, filepath.Dir(path))
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be written: %w", name, Cause(err))
	}
	return f, nil
}

// Grown gives the file, which is synced and closed, its name.
func Grown(path string) error {
	if err := system().Rename(path+GrowingEnd, path); err != nil {
		return fmt.Errorf("%s: cannot be renamed: %w", path+GrowingEnd, Cause(err))
	}
	if err := system().SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("%s: written, but a power failure may undo it: the directory cannot be synced: %w", path,
			Cause(err))
	}
	return nil
}

// Outgrown removes what was written of the file.
func Outgrown(path string) {
	_ = system().Remove(path + GrowingEnd) // what stays is found wrong by the next run
}
