package augment

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"gorae/data"
	"gorae/data/internal/variation"
	"gorae/tensor"
)

// Dataset is a dataset of pictures whose samples are augmented anew in each epoch. Any number of goroutines may read
// it. It holds no samples of its own.
type Dataset struct {
	Source     data.Dataset // one input [height, width, channels], of bytes or floats
	Transforms []Transform
	Seed       uint64
	// Low and High are the values of black and white; both 0 mean 0 to 255 for bytes and
	// 0 to 1 for floats.
	Low, High float64

	height, width, channels int
	low, high               float32
	mixup                   int // index of the last mixup in Transforms; −1: none
	scratch                 sync.Pool
}

// New checks the transforms against the source: mixup makes fractional targets, so it needs float targets (one-hot rows
// or numbers) and a loss that takes them, such as categorical_crossentropy.
func New(source data.Dataset, seed uint64, transforms ...Transform) (*Dataset, error) {
	d := &Dataset{Source: source, Transforms: slices.Clone(transforms), Seed: seed}
	return d, d.Check()
}

// Check prepares a Dataset that was written as a literal; New calls it.
func (d *Dataset) Check() error {
	spec := d.Source.Spec()
	if len(spec.Inputs) != 1 || len(spec.Inputs[0].Shape) != 3 || spec.Inputs[0].DType == tensor.Int32 {
		return fmt.Errorf("augment: pictures are one input [height, width, channels] of bytes or floats, got %v",
			spec.Inputs)
	}
	in := spec.Inputs[0]
	d.height, d.width, d.channels = in.Shape[0], in.Shape[1], in.Shape[2]
	d.low, d.high = float32(d.Low), float32(d.High)
	switch {
	case d.Low == 0 && d.High == 0 && in.DType == tensor.Uint8:
		d.high = 255
	case d.Low == 0 && d.High == 0:
		d.high = 1
	case !(d.Low < d.High):
		return fmt.Errorf("augment: values from %v to %v; black must be less than white", d.Low, d.High)
	}
	d.mixup = -1
	for i, t := range d.Transforms {
		if err := t.Check(); err != nil {
			return err
		}
		switch t.Kind {
		case Saturation, Hue:
			if d.channels != 3 {
				return fmt.Errorf("%v: pictures of %d channels have no colours; leave it out", t.Kind, d.channels)
			}
		case Mixup:
			if t.High == 0 {
				continue
			}
			for _, f := range spec.Targets {
				if f.DType != tensor.Float32 {
					return fmt.Errorf("mixup: target %q is of %v, and mixing makes fractions; give one-hot targets "+
						"and the loss categorical_crossentropy", f.Name, f.DType)
				}
			}
			d.mixup = i
		}
	}
	d.scratch.New = func() any { return newWork(spec) }
	return nil
}

// Spec returns the spec of the source, marked as augmented, and read by at least one goroutine for each processor.
func (d *Dataset) Spec() data.Spec {
	s := d.Source.Spec()
	s.Varying, s.Workers = true, max(s.Workers, runtime.GOMAXPROCS(0))
	return s
}

// Len returns the length of the source.
func (d *Dataset) Len() int { return d.Source.Len() }

// work is the memory for one sample.
type work struct {
	other    data.Row // the sample to mix in
	from, to []float32
	mixed    []float32
}

func newWork(s data.Spec) *work {
	n := s.Inputs[0].Shape.Size()
	w := &work{from: make([]float32, n), to: make([]float32, n), mixed: make([]float32, n)}
	for _, f := range s.Fields() {
		w.other = append(w.other, *tensor.New(f.DType, f.Shape...))
	}
	return w
}

// Read reads sample i augmented for an epoch; Source has the sample as it is.
func (d *Dataset) Read(epoch, i int, row data.Row) error {
	w := d.scratch.Get().(*work)
	defer d.scratch.Put(w)
	x, err := d.vary(w, epoch, i, row)
	if err != nil {
		return err
	}
	if d.mixup >= 0 {
		t := d.Transforms[d.mixup]
		r := stream(d.Seed, epoch, i, d.mixup)
		j, share := int(variation.Uniform(&r)*float64(d.Len())), float32(beta(&r, t.High))
		copy(w.mixed, x)
		z, err := d.vary(w, epoch, j, w.other[:len(row)])
		if err != nil {
			return err
		}
		for k, v := range z {
			w.mixed[k] = share*w.mixed[k] + (1-share)*v
		}
		for k := 1; k < len(row); k++ {
			for e, v := range w.other[k].F32 {
				row[k].F32[e] = share*row[k].F32[e] + (1-share)*v
			}
		}
		x = w.mixed
	}
	if row[0].U8 == nil {
		copy(row[0].F32, x)
		return nil
	}
	for k, v := range x {
		row[0].U8[k] = uint8(min(max(v+0.5, 0), 255))
	}
	return nil
}

// vary reads sample i into row and returns its picture after all transforms but mixup, in w's memory.
func (d *Dataset) vary(w *work, epoch, i int, row data.Row) ([]float32, error) {
	if err := d.Source.Read(epoch, i, row); err != nil {
		return nil, err
	}
	if row[0].U8 != nil {
		for k, v := range row[0].U8 {
			w.from[k] = float32(v)
		}
	} else {
		copy(w.from, row[0].F32)
	}
	p := picture{w.from, d.height, d.width, d.channels, d.low, d.high}
	m := identity
	for k, t := range d.Transforms {
		if t.Kind <= CropResize {
			r := stream(d.Seed, epoch, i, k)
			m = m.after(t.inverse(&r, float64(d.height), float64(d.width)))
		}
	}
	if m != identity {
		p.warp(w.to, m)
		p.x = w.to
	}
	for _, late := range []bool{false, true} { // cutout comes after the colour transforms
		for k, t := range d.Transforms {
			if t.Kind > CropResize && t.Kind != Mixup && (t.Kind == Cutout) == late {
				r := stream(d.Seed, epoch, i, k)
				p.paint(t.Kind, t.Low+(t.High-t.Low)*variation.Uniform(&r), &r)
			}
		}
	}
	return p.x, nil
}
