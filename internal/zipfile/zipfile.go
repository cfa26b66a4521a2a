// Package zipfile opens zip archives whose directory is bounded: archive/zip reads the whole directory, and makes an
// object of each member, before anything else can be asked of an archive.
package zipfile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"slices"
)

// perMember is what Open allows a member in the directory: a header of 46 bytes, and a name of 18.
const perMember = 64

// Open reads the directory of an archive of size bytes, which may have 64 bytes for each of most members; longer names
// leave room for fewer of them. The archive's own count of its members is not relied on: archive/zip reads on for as
// long as entries follow.
func Open(r io.ReaderAt, size int64, most int) (*zip.Reader, error) {
	// The end of the directory is looked for in the last 65 KiB, and read twice; reading ahead takes 4 KiB.
	b := &bounded{r: r, left: int64(most)*perMember + 200<<10}
	z, err := zip.NewReader(b, size)
	b.open = true
	if errors.Is(err, errLong) {
		return nil, &ManyError{most}
	}
	if err != nil {
		return nil, err
	}
	return z, nil
}

// Encrypted reports whether a file of an archive is encrypted: archive/zip takes its bytes for what they stand for.
func Encrypted(z *zip.Reader) bool {
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Flags&1 != 0 })
}

// ManyError is the error of an archive that has more members than are read.
type ManyError struct{ Most int }

func (e *ManyError) Error() string {
	return fmt.Sprintf("too many members: its directory is longer than %d KiB, room for %d names of 18 letters; give "+
		"fewer files", e.Most*perMember>>10, e.Most)
}

var errLong = errors.New("zipfile: the directory is too long")

// bounded reads left bytes of r at most until it is open.
type bounded struct {
	r    io.ReaderAt
	left int64
	open bool
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if b.open {
		return b.r.ReadAt(p, off)
	}
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errLong
	}
	return b.r.ReadAt(p, off)
}
