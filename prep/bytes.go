package prep

import (
	"slices"
	"sync"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Pixels is a dataset whose first input, of bytes or float32, is transformed into float32 as its samples are read: the
// last thing before the network, so that pictures are augmented and kept in memory as bytes where they are bytes.
type Pixels struct {
	data.Dataset
	affine  *Affine
	floats  bool           // the input is float32
	value   [][256]float32 // of each byte, by place
	each    int            // neighbouring elements of a sample that belong to one place
	scratch *sync.Pool     // of rows
}

// NewPixels puts the first input of d under a transform. The input must be of bytes or float32, and the transform have
// one place, or as many as the input's last axis, or as its first (pictures with their channels first).
func NewPixels(d data.Dataset, a *Affine) (*Pixels, error) {
	spec := d.Spec()
	if len(spec.Inputs) == 0 || spec.Inputs[0].DType == tensor.Int32 {
		return nil, config.Errorf("features", "pixels are an input of bytes or float32, got %v", spec.Inputs)
	}
	in, places := spec.Inputs[0], len(a.Shift)
	each := max(1, a.Each)
	misfit := len(in.Shape) == 0 || a.Each == 0 && in.Shape[len(in.Shape)-1] != places ||
		a.Each > 0 && in.Shape.Size() != places*each
	if places > 1 && misfit {
		return nil, config.Errorf("features", "a transform of %d channels does not fit pixels of shape %v", places,
			in.Shape)
	}
	if in.DType == tensor.Float32 {
		return &Pixels{Dataset: d, affine: a, floats: true}, nil
	}
	p := &Pixels{Dataset: d, affine: a, value: make([][256]float32, places), each: each}
	p.scratch = &sync.Pool{New: func() any {
		row := data.Row{*tensor.New(tensor.Uint8, in.Shape...)}
		return &row
	}}
	for c := range p.value {
		for v := range p.value[c] {
			p.value[c][v] = float32((float64(v) - a.Shift[c]) / a.Divisor[c])
		}
	}
	return p, nil
}

// Spec returns the underlying dataset's with its first input of float32.
func (p *Pixels) Spec() data.Spec {
	s := p.Dataset.Spec()
	s.Inputs = slices.Clone(s.Inputs)
	s.Inputs[0].DType = tensor.Float32
	return s
}

// Read reads sample i and transforms its pixels.
func (p *Pixels) Read(epoch, i int, row data.Row) error {
	if len(row) == 0 {
		return p.Dataset.Read(epoch, i, row)
	}
	if p.floats {
		if err := p.Dataset.Read(epoch, i, row); err != nil {
			return err
		}
		x := row[0].F32
		for k, v := range x {
			c := p.affine.Place(k)
			x[k] = float32((float64(v) - p.affine.Shift[c]) / p.affine.Divisor[c])
		}
		return nil
	}
	held := p.scratch.Get().(*data.Row)
	defer p.scratch.Put(held)
	inner := append((*held)[:1], row[1:]...)
	*held = inner
	to, places := row[0].F32, len(p.value)
	inner[0].Shape, inner[0].U8 = row[0].Shape, inner[0].U8[:len(to)]
	if err := p.Dataset.Read(epoch, i, inner); err != nil {
		return err
	}
	if places == 1 {
		value := &p.value[0]
		for k, v := range inner[0].U8 {
			to[k] = value[v]
		}
		return nil
	}
	for k, c := 0, 0; k < len(to); k, c = k+p.each, (c+1)%places {
		value := &p.value[c]
		for i, v := range inner[0].U8[k : k+p.each] {
			to[k+i] = value[v]
		}
	}
	return nil
}

// Scaled is an array under its transform, computed as samples are read, so that a million pictures stay bytes in
// memory: one input x of float32.
type Scaled struct {
	x      *tensor.Tensor
	affine *Affine
	pixel  *[256]float32 // of each byte, where all places are transformed alike
}

// NewScaled puts the samples of x, along its first axis, under a transform.
func NewScaled(x *tensor.Tensor, a *Affine) (*Scaled, error) {
	if err := a.fits(x.Shape); err != nil {
		return nil, err
	}
	s := &Scaled{x: x, affine: a}
	if x.DType() == tensor.Uint8 && len(a.Shift) == 1 {
		s.pixel = new([256]float32)
		for v := range s.pixel {
			s.pixel[v] = float32((float64(v) - a.Shift[0]) / a.Divisor[0])
		}
	}
	return s, nil
}

// Spec returns one input of float32.
func (s *Scaled) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: s.x.Shape[1:].Clone()}}}
}

// Len returns the number of samples.
func (s *Scaled) Len() int { return s.x.Shape[0] }

// Read transforms sample i.
func (s *Scaled) Read(_, i int, row data.Row) error {
	if i < 0 || i >= s.Len() {
		return config.Errorf("features", "no sample %d of %d", i, s.Len())
	}
	if len(row) == 0 {
		return nil
	}
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
