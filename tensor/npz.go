package tensor

import (
	"archive/zip"
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"gorae/internal/ram"
	"gorae/internal/zipfile"
)

// Named is a tensor with a name: a member of an .npz file, an input of a model.
type Named struct {
	Name string
	*Tensor
}

// mostArrays is about how many arrays an .npz file may hold.
const mostArrays = 1 << 16

// ReadNPZ reads the arrays of an .npz file (a zip of .npy files, stored or
// deflated) in the file's order; size is the file's length in bytes.
func ReadNPZ(r io.ReaderAt, size int64) ([]Named, error) {
	out, texts, err := ReadNPZText(r, size)
	if err == nil && len(texts) > 0 {
		return nil, texts[0].Refused()
	}
	return out, err
}

// ReadNPZText reads an .npz file as ReadNPZ does, also one with arrays of text.
func ReadNPZText(r io.ReaderAt, size int64) ([]Named, []Text, error) {
	z, err := zipfile.Open(r, size, mostArrays)
	if err != nil {
		return nil, nil, fmt.Errorf("npz: %w", err)
	}
	var out []Named
	var texts []Text
	seen := map[string]bool{}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, nil, fmt.Errorf("npz: member %q is no .npy array", f.Name)
		}
		if seen[name] {
			return nil, nil, fmt.Errorf("npz: two arrays are named %q", name)
		}
		seen[name] = true
		t, text, err := readMember(f)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("npz: array %q: %w", name, err)
		case text != nil:
			text.Name, text.At = name, len(out)+len(texts)
			texts = append(texts, *text)
		default:
			out = append(out, Named{name, t})
		}
	}
	return out, texts, nil
}

// readMember reads one array, of numbers or of text.
func readMember(f *zip.File) (*Tensor, *Text, error) {
	r, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	br := bufio.NewReader(ram.Reader(r)) // members may unpack to a thousand times their size
	h, err := readHeader(br)
	var t *Tensor
	var text *Text
	switch {
	case err != nil:
		err = fmt.Errorf("npy: %w", err)
	case h.text():
		text, err = readText(br, h)
	default:
		t, err = readArray(br, h)
	}
	return t, text, cmp.Or(err, r.Close())
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
