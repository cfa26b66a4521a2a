package experiment

import (
	"gorae/data"
	"gorae/prep"
	"gorae/tensor"
)

// joined is a dataset's inputs beside targets.
type joined struct {
	data.Dataset
	y *tensor.Tensor
}

// Spec adds the target to the inputs.
func (j joined) Spec() data.Spec {
	s := j.Dataset.Spec()
	s.Targets = []data.Field{{Name: "y", DType: j.y.DType(), Shape: j.y.Shape[1:].Clone()}}
	return s
}

// Read reads the inputs and copies the target.
func (j joined) Read(i int, row data.Row) error {
	last := len(row) - 1
	if err := j.Dataset.Read(i, row[:last]); err != nil {
		return err
	}
	n := j.y.Shape[1:].Size()
	if j.y.DType() == tensor.Int32 {
		copy(row[last].I32, j.y.I32[i*n:(i+1)*n])
	} else {
		copy(row[last].F32, j.y.F32[i*n:(i+1)*n])
	}
	return nil
}

// scaled is an array under its affine transform, computed row by row, so that
// a million pictures stay bytes in memory.
type scaled struct {
	x      *tensor.Tensor
	affine *prep.Affine
	pixel  *[256]float32 // of each byte, where all places are transformed alike
}

func newScaled(x *tensor.Tensor, a *prep.Affine) scaled {
	s := scaled{x: x, affine: a}
	if x.DType() == tensor.Uint8 && len(a.Shift) == 1 {
		s.pixel = new([256]float32)
		for v := range s.pixel {
			s.pixel[v] = float32((float64(v) - a.Shift[0]) / a.Divisor[0])
		}
	}
	return s
}

// Spec is one input of float32.
func (s scaled) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: s.x.Shape[1:].Clone()}}}
}

// Len is the number of samples.
func (s scaled) Len() int { return s.x.Shape[0] }

// Read transforms sample i.
func (s scaled) Read(i int, row data.Row) error {
	n, to := s.x.Shape[1:].Size(), row[0].F32
	if s.pixel != nil {
		for k, v := range s.x.U8[i*n : (i+1)*n] {
			to[k] = s.pixel[v]
		}
		return nil
	}
	places := len(s.affine.Shift)
	for k := range n {
		to[k] = float32((s.x.Float(i*n+k) - s.affine.Shift[k%places]) / s.affine.Divisor[k%places])
	}
	return nil
}
