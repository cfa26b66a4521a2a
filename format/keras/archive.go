package keras

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gorae/format"
	"gorae/internal/zipfile"
)

// archive is an open zip file.
type archive struct {
	files []*zip.File
	named map[string]*zip.File
	size  int64
	left  int64 // bytes that members may still take in memory
}

// inflation bounds what deflated members may grow to, in sizes of the file. Weights
// hardly shrink when deflated, so honest files stay far below.
const inflation = 16

// maxConfig bounds config.json: a hundred times the largest of Keras's own models.
const maxConfig = 32 << 20

// maxMembers is about how many members a file may have: Keras writes three, and one for each vocabulary.
const maxMembers = 1 << 14

// hdf5Magic begins every HDF5 file.
const hdf5Magic = "\x89HDF\r\n\x1a\n"

// sniff reports whether a file may be a .keras archive, or an HDF5 file of Keras, about which open knows more to say.
func sniff(head []byte) bool {
	return strings.HasPrefix(string(head), "PK") || strings.HasPrefix(string(head), hdf5Magic)
}

// errHDF5 is the error of open for a model in HDF5.
var errHDF5 = errors.New("the file is HDF5 and no .keras archive")

func open(r io.ReaderAt, size int64) (*archive, error) {
	head := make([]byte, min(max(size, 0), int64(len(hdf5Magic))))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, errors.New("the file is empty")
	case string(head) == hdf5Magic:
		return nil, errHDF5
	case !strings.HasPrefix(string(head), "PK"):
		return nil, fmt.Errorf("the file is no zip archive: it begins with %q; want \"PK\"", head)
	}
	z, err := zipfile.Open(r, size, maxMembers)
	var many *zipfile.ManyError
	if errors.As(err, &many) {
		return nil, many
	}
	if err != nil {
		return nil, fmt.Errorf("the file is no whole zip archive (%w); it is damaged or was cut off", err)
	}
	a := &archive{files: z.File, named: make(map[string]*zip.File, len(z.File)), size: size,
		left: inflation*size + 1<<20}
	for _, f := range z.File {
		if a.named[f.Name] != nil {
			return nil, fmt.Errorf("member %q is there twice", f.Name)
		}
		a.named[f.Name] = f
	}
	return a, nil
}

// find is the member of a name.
func (a *archive) find(name string) (*zip.File, error) {
	if f := a.named[name]; f != nil {
		return f, nil
	}
	var have []string
	for _, f := range a.files[:min(len(a.files), 8)] {
		have = append(have, f.Name)
	}
	return nil, &format.MissingMemberError{Name: name, Have: have}
}

// bytes reads a whole member of limit bytes at most, and checks its sum.
func (a *archive) bytes(name string, limit int64) ([]byte, error) {
	f, err := a.find(name)
	if err != nil {
		return nil, err
	}
	limit = min(limit, a.left)
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%s: %d bytes are too many, %d at most in an archive of %d", name, f.UncompressedSize64,
			limit, a.size)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil { // also where more comes than was declared
		return nil, damaged(name, err)
	}
	a.left -= int64(b.Len())
	return b.Bytes(), nil
}

// within gives use a member for reading anywhere. A stored member is read in its place in the file, and its sum is
// checked when use is through: an error of the sum goes before that of use, since what is damaged may look like
// anything. Another member is inflated into memory.
func (a *archive) within(f *zip.File, use func(r io.ReaderAt, size int64) error) error {
	if f.Method != zip.Store {
		b, err := a.bytes(f.Name, a.left)
		if err != nil {
			return err
		}
		return use(bytes.NewReader(b), int64(len(b)))
	}
	s, err := zipfile.Sum(f)
	if err != nil {
		return damaged(f.Name, err)
	}
	err = use(s, s.Size())
	if wrong := s.Check(); wrong != nil {
		return damaged(f.Name, wrong)
	}
	return err
}

func damaged(name string, err error) error {
	return fmt.Errorf("%s: %w; the file is damaged or was cut off", name, err)
}
