package file

import (
	"fmt"
	"os"
)

// NewJournal makes a file of records that grows under its own name, so that others may read it meanwhile: its reader
// passes over a record that is not whole. A file that is there is an error.
func NewJournal(path string) (Growing, error) { return journal(path, os.O_CREATE|os.O_EXCL) }

// OpenJournal opens such a file again; fs.ErrNotExist where there is none.
func OpenJournal(path string) (Growing, error) { return journal(path, 0) }

func journal(path string, flags int) (Growing, error) {
	f, err := os.OpenFile(path, os.O_RDWR|flags, 0o666)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", path, Cause(err))
	}
	return f, nil
}
