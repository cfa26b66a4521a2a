//go:build !unix && !windows

package file

import (
	"errors"
	"os"
)

var errReadOnly = errors.New("read-only")

// lock knows no locks of this system.
func lock(*os.File) error { return errors.ErrUnsupported }

func release(f *os.File, path string) {
	_ = f.Close()
	_ = os.Remove(path)
}
