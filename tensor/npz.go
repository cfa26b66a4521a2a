package tensor

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Named is a tensor with a name: a member of an .npz file, an input of a model.
type Named struct {
	Name string
	*Tensor
}

// ReadNPZ reads the arrays of an .npz file (a zip of .npy files, stored or
// deflated) in the file's order; size is the file's length in bytes.
func ReadNPZ(r io.ReaderAt, size int64) ([]Named, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	var out []Named
	seen := map[string]bool{}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, fmt.Errorf("npz: member %q is no .npy array", f.Name)
		}
		if seen[name] {
			return nil, fmt.Errorf("npz: two arrays are named %q", name)
		}
		seen[name] = true
		t, err := readMember(f)
		if err != nil {
			return nil, fmt.Errorf("npz: array %q: %w", name, err)
		}
		out = append(out, Named{name, t})
	}
	return out, nil
}

func readMember(f *zip.File) (*Tensor, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	t, err := ReadNPY(r)
	return t, errors.Join(err, r.Close())
}

// WriteNPZ writes arrays as numpy.savez does: a zip of stored .npy members.
// Equal arrays give equal bytes, whenever they are written.
func WriteNPZ(w io.Writer, arrays []Named) error {
	z := zip.NewWriter(w)
	seen := map[string]bool{}
	for _, a := range arrays {
		if a.Name == "" || seen[a.Name] {
			return fmt.Errorf("npz: array name %q is empty or taken", a.Name)
		}
		seen[a.Name] = true
		m, err := z.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store})
		if err != nil {
			return err
		}
		buf := bufio.NewWriterSize(m, chunk)
		if err := WriteNPY(buf, a.Tensor); err != nil {
			return fmt.Errorf("npz: array %q: %w", a.Name, err)
		}
		if err := buf.Flush(); err != nil {
			return err
		}
	}
	return z.Close()
}
