// Package npz reads and writes files of weights as NumPy's archives of named arrays. Importing it registers the
// extension .npz for [format.LoadWeights] and [format.SaveWeights].
//
// Written arrays have the paths of gorae's weights (dense/kernel) and Keras's layouts; numpy.load gives them by these
// names. Read are these, and PyTorch's names and layouts, as by gorae/format/safetensors.
package npz

import (
	"fmt"
	"io"

	"gorae/format"
	"gorae/format/internal/arrays"
	"gorae/model"
	"gorae/tensor"
)

func init() {
	format.RegisterWeights(format.Weights{Name: "npz", Extensions: []string{".npz"}, Codec: codec{}})
}

// codec is the format.WeightsCodec of .npz files.
type codec struct{}

// Arrays implements format.WeightsCodec. They are in memory.
func (codec) Arrays(r io.ReaderAt, size int64) ([]format.Array, error) {
	all, err := tensor.ReadNPZ(r, size)
	if err != nil {
		return nil, err
	}
	list := make([]format.Array, len(all))
	for i, a := range all {
		kind := a.DType().String()
		list[i] = format.Array{Name: a.Name, Shape: a.Shape, Type: kind, Read: func(dst []float32) error {
			return read(dst, a.Tensor)
		}}
	}
	return list, nil
}

// read converts the elements of a tensor.
func read(dst []float32, t *tensor.Tensor) error {
	switch {
	case len(dst) != t.Shape.Size():
		return fmt.Errorf("%d elements are asked for, and there are %d", len(dst), t.Shape.Size())
	case t.I32 != nil:
		for i, v := range t.I32 {
			dst[i] = float32(v)
		}
	case t.U8 != nil:
		for i, v := range t.U8 {
			dst[i] = float32(v)
		}
	default:
		copy(dst, t.F32)
	}
	return nil
}

// LoadWeights implements format.WeightsCodec.
func (c codec) LoadWeights(r io.ReaderAt, size int64, m *model.Model) error {
	list, err := c.Arrays(r, size)
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
	return tensor.WriteNPZ(w, all)
}
