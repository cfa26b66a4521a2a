// Package safetensors reads and writes files of named arrays in the safetensors format, which most programs for PyTorch
// exchange weights in. Importing it registers the extension .safetensors for [format.LoadWeights] and
// [format.SaveWeights].
//
// Written arrays have the paths of gorae's weights (dense/kernel) and Keras's layouts. Read are these, and PyTorch's
// names and layouts: layers take the modules of their names (a layer "fc1" takes fc1.weight and fc1.bias), the others
// take what is left in order, as kinds and shapes allow.
//
// Source: github.com/huggingface/safetensors, README and safetensors/src/tensor.rs.
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"gorae/format"
	"gorae/format/internal/arrays"
	"gorae/model"
	"gorae/tensor"
)

func init() {
	format.RegisterWeights(format.Weights{Name: "safetensors", Extensions: []string{".safetensors"}, Codec: codec{}})
}

// codec is the format.WeightsCodec of safetensors files.
type codec struct{}

// maxHeader bounds the header, as the format's own reader does.
const maxHeader = 100_000_000

// Arrays implements format.WeightsCodec.
func (codec) Arrays(r io.ReaderAt, size int64) ([]format.Array, error) { return Read(r, size) }

// LoadWeights implements format.WeightsCodec.
func (codec) LoadWeights(r io.ReaderAt, size int64, m *model.Model) error {
	list, err := Read(r, size)
	if err != nil {
		return err
	}
	return arrays.Fill(m, list, false)
}

// SaveWeights implements format.WeightsCodec. The state of the optimizer is left out.
func (codec) SaveWeights(w io.Writer, f *format.File) error {
	all, done, err := arrays.Of(f.Model)
	if err != nil {
		return err
	}
	defer done()
	return Write(w, all)
}

// entry is an array in the header.
type entry struct {
	Type    arrays.Element `json:"dtype"`
	Shape   []int64        `json:"shape"`
	Offsets []int64        `json:"data_offsets"` // of its first byte behind the header, and behind its last
	name    string
}

// Read lists the arrays of a file of size bytes in the order of their data; their Read methods read from r. The header
// is checked whole: arrays lie one behind the other from its end to that of the file.
func Read(r io.ReaderAt, size int64) ([]format.Array, error) {
	text, err := header(r, size)
	if err != nil {
		return nil, err
	}
	all, err := entries(text)
	if err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	start := 8 + int64(len(text))
	at := int64(0)
	list := make([]format.Array, len(all))
	for i, e := range all {
		if err := e.check(at, size-start); err != nil {
			return nil, fmt.Errorf("array %q: %w", e.name, err)
		}
		at = e.Offsets[1]
		from := start + e.Offsets[0]
		list[i] = format.Array{Name: e.name, Shape: arrays.Ints(e.Shape), Type: string(e.Type),
			Read: func(dst []float32) error { return read(dst, r, from, e.Type) }}
	}
	if at != size-start {
		return nil, fmt.Errorf("the arrays end at byte %d, and the file has %d behind the header", at, size-start)
	}
	return list, nil
}

// header is the JSON at the start of a file.
func header(r io.ReaderAt, size int64) ([]byte, error) {
	var head [8]byte
	if size < 8 {
		return nil, fmt.Errorf("the file has %d bytes; a safetensors file begins with the length of its header in 8",
			size)
	}
	if err := full(r, head[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("the header has %d bytes by the first 8, and %d are left; it is no safetensors file, "+
			"or was cut off", n, size-8)
	}
	text := make([]byte, n)
	return text, full(r, text, 8)
}

// full reads all of b.
func full(r io.ReaderAt, b []byte, off int64) error {
	if n, err := r.ReadAt(b, off); n < len(b) {
		return err
	}
	return nil
}

// entries are the arrays of a header by their places. A name that is there twice is an error.
func entries(text []byte) ([]entry, error) {
	var all []entry
	seen := map[string]bool{}
	err := object(text, func(name string, d *json.Decoder) error {
		if seen[name] {
			return fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			var texts map[string]string
			return d.Decode(&texts)
		}
		e := entry{name: name}
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("array %q: %w", name, err)
		}
		if len(e.Offsets) != 2 {
			return fmt.Errorf("array %q: data_offsets are %v; want two numbers", name, e.Offsets)
		}
		all = append(all, e)
		return nil
	})
	slices.SortStableFunc(all, func(a, b entry) int {
		if d := compare(a.Offsets[0], b.Offsets[0]); d != 0 {
			return d
		}
		return compare(a.Offsets[1], b.Offsets[1])
	})
	return all, err
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// check compares an array with its place: it begins at byte at, behind the one before, and ends within left bytes.
func (e entry) check(at, left int64) error {
	width := int64(e.Type.Width())
	if width == 0 {
		return fmt.Errorf("numbers of the type %q are not read; save it as F32", string(e.Type))
	}
	from, to := e.Offsets[0], e.Offsets[1]
	switch {
	case from < at:
		return fmt.Errorf("it begins at byte %d, within the array before it, which ends at %d", from, at)
	case from > at:
		return fmt.Errorf("it begins at byte %d, and the bytes from %d belong to no array", from, at)
	case to < from || to > left:
		return fmt.Errorf("it ends at byte %d of %d", to, left)
	}
	n, err := arrays.Size(e.Shape, (to-from)/width)
	if err != nil {
		return err
	}
	if n*width != to-from {
		return fmt.Errorf("shape %v of %s takes %d bytes, and it has %d", e.Shape, e.Type, n*width, to-from)
	}
	return nil
}

// read reads elements from an offset, piece by piece.
func read(dst []float32, r io.ReaderAt, off int64, t arrays.Element) error {
	width := t.Width()
	piece := min(len(dst), 1<<16)
	b := make([]byte, piece*width)
	for len(dst) > 0 {
		n := min(len(dst), piece)
		if err := full(r, b[:n*width], off); err != nil {
			return err
		}
		t.Decode(dst[:n], b)
		dst, off = dst[n:], off+int64(n*width)
	}
	return nil
}

// Write writes arrays of float32 by their names in order. The same arrays give the same bytes.
func Write(w io.Writer, all []tensor.Named) error {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b tensor.Named) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	text := []byte("{")
	at := 0
	for i, a := range all {
		switch {
		case a.Name == "__metadata__" || i > 0 && a.Name == all[i-1].Name:
			return fmt.Errorf("safetensors: the name %q of an array is taken", a.Name)
		case a.F32 == nil && a.Shape.Size() > 0:
			return errors.New("safetensors: arrays of float32 alone are written")
		}
		name, err := json.Marshal(a.Name)
		if err != nil {
			return err
		}
		shape := a.Shape
		if shape == nil {
			shape = tensor.Shape{}
		}
		dims, err := json.Marshal([]int(shape))
		if err != nil {
			return err
		}
		if i > 0 {
			text = append(text, ',')
		}
		end := at + 4*len(a.F32)
		text = fmt.Appendf(text, `%s:{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, name, dims, at, end)
		at = end
	}
	text = append(text, '}')
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	var b []byte
	for _, a := range all {
		for part := range slices.Chunk(a.F32, 1<<14) {
			b = b[:0]
			for _, x := range part {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
	}
	return nil
}
