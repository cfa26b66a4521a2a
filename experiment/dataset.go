package experiment

import (
	"slices"
	"sync"

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

// Workers is how many samples are worth reading at a time.
func (j joined) Workers() int { return data.Workers(j.Dataset) }

// join puts targets beside inputs; lengths of their own are told on.
func join(x data.Dataset, y *tensor.Tensor) data.Dataset {
	j := joined{x, y}
	if d, ok := x.(data.Ragged); ok {
		return joinedRagged{j, d}
	}
	return j
}

// joinedRagged is joined where samples have lengths of their own.
type joinedRagged struct {
	joined
	x data.Ragged
}

// SampleLength is the length of sample i.
func (j joinedRagged) SampleLength(i int) int { return j.x.SampleLength(i) }

// Ragged says which inputs are ragged; the target is not.
func (j joinedRagged) Ragged() []bool { return append(slices.Clone(j.x.Ragged()), false) }

// pixels is a dataset whose first input is bytes, under an affine transform: the last
// thing before the network, so that pictures are varied and kept as bytes.
type pixels struct {
	data.Dataset
	value   [][256]float32 // of each byte, by place of the last axis
	scratch *sync.Pool     // of rows
}

func newPixels(d data.Dataset, a *prep.Affine) pixels {
	fields := d.Spec().Fields()
	p := pixels{Dataset: d, value: make([][256]float32, len(a.Shift)), scratch: &sync.Pool{New: func() any {
		row := data.Row{*tensor.New(tensor.Uint8, fields[0].Shape...)}
		return &row
	}}}
	for c := range p.value {
		for v := range p.value[c] {
			p.value[c][v] = float32((float64(v) - a.Shift[c]) / a.Divisor[c])
		}
	}
	return p
}

// Spec is the dataset's with its first input of float32.
func (p pixels) Spec() data.Spec {
	s := p.Dataset.Spec()
	s.Inputs = slices.Clone(s.Inputs)
	s.Inputs[0].DType = tensor.Float32
	return s
}

// Workers is how many samples are worth reading at a time.
func (p pixels) Workers() int { return data.Workers(p.Dataset) }

// Read reads sample i as it is in epoch 0.
func (p pixels) Read(i int, row data.Row) error { return p.ReadEpoch(0, i, row) }

// ReadEpoch reads sample i as it is in an epoch.
func (p pixels) ReadEpoch(epoch, i int, row data.Row) error {
	held := p.scratch.Get().(*data.Row)
	defer p.scratch.Put(held)
	inner := append((*held)[:1], row[1:]...)
	*held = inner
	if err := data.ReadEpoch(p.Dataset, epoch, i, inner); err != nil {
		return err
	}
	to, places := row[0].F32, len(p.value)
	if places == 1 {
		value := &p.value[0]
		for k, v := range inner[0].U8 {
			to[k] = value[v]
		}
		return nil
	}
	for k := 0; k < len(to); k += places {
		for c := range places {
			to[k+c] = p.value[c][inner[0].U8[k+c]]
		}
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
	for k := range n {
		c := s.affine.Place(k)
		to[k] = float32((s.x.Float(i*n+k) - s.affine.Shift[c]) / s.affine.Divisor[c])
	}
	return nil
}
