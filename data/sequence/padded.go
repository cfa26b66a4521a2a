package sequence

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/tensor"
)

// Padded is a set as a dataset of x [Length, features] and, with Mask, mask
// [Length], which is 1 where a step is real. Values are (v − Shift) / Divisor;
// padding is Value, after scaling.
//
// A row that is shorter than Length, as bucketed batches ask for, gets that many steps.
type Padded struct {
	Set    *Set
	Length int // steps; longer sequences lose what is too much; 0: the longest
	// Before puts the padding before the steps; the default is after them, as Keras's layers
	// want it for masks.
	Before bool
	// First keeps a long sequence's first steps; otherwise its last ones.
	First bool
	Value float32 // of the padding
	Mask  bool    // give the mask as a second input

	Shift, Divisor []float64 // by feature; nil: values as they are
}

// Check settles defaults and refuses what cannot be. It must be called before use.
func (p *Padded) Check() error {
	if p.Set == nil || p.Set.Len() == 0 {
		return fmt.Errorf("sequences: none")
	}
	if p.Length == 0 {
		p.Length = max(1, p.Set.Longest())
	}
	if p.Length < 1 {
		return fmt.Errorf("%s: length: %d is no number of steps; give 1 or more", p.Set.Name, p.Length)
	}
	if f := float64(p.Value); math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("%s: padding with %v; give a finite value", p.Set.Name, p.Value)
	}
	if (p.Shift != nil || p.Divisor != nil) && (len(p.Shift) != len(p.Set.Features) ||
		len(p.Divisor) != len(p.Set.Features)) {
		return fmt.Errorf("%s: %d and %d numbers of a scale for %d features", p.Set.Name, len(p.Shift), len(p.Divisor),
			len(p.Set.Features))
	}
	for _, d := range p.Divisor {
		if d == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
			return fmt.Errorf("%s: a scale divides by %v", p.Set.Name, d)
		}
	}
	return nil
}

// Standardise fits (v − mean) / sd to every feature over the steps of the learning
// sequences (nil: all). A feature that does not vary becomes 0.
func (p *Padded) Standardise(learn []int) {
	s := p.Set
	if learn == nil {
		for i := range s.Len() {
			learn = append(learn, i)
		}
	}
	width := len(s.Features)
	p.Shift, p.Divisor = make([]float64, width), make([]float64, width)
	for k := range width {
		each := func(do func(v float64)) {
			for _, i := range learn {
				for t := s.Begin[i]; t < s.Begin[i+1]; t++ {
					do(s.Values.Float(t*width + k))
				}
			}
		}
		n, sum, ss := 0.0, 0.0, 0.0
		lo, hi := math.Inf(1), math.Inf(-1)
		each(func(v float64) { n++; sum += v; lo, hi = min(lo, v), max(hi, v) })
		mean := sum / max(1, n)
		each(func(v float64) { ss += (v - mean) * (v - mean) })
		p.Shift[k], p.Divisor[k] = mean, math.Sqrt(ss/max(1, n))
		if !(hi > lo && p.Divisor[k] > 0) { // of equal values rounding may leave a deviation
			p.Divisor[k] = 1
		}
	}
}

// Lost counts the steps all of whose features have the value of the padding: a mask that goes by it leaves them
// out. Empty lists the sequences that have no other steps.
func (p *Padded) Lost() (steps int, empty []int) {
	q := *p
	q.Mask = false
	width := len(p.Set.Features)
	all := tensor.New(tensor.Float32, p.Length, width).F32
	for i := range p.Len() {
		n := p.SampleLength(i)
		x := all[:n*width]
		if q.Read(0, i, data.Row{{Shape: tensor.Shape{n, width}, F32: x}}) != nil {
			continue // there is no such row
		}
		lost := 0
		for t := range n {
			if !slices.ContainsFunc(x[t*width:(t+1)*width], func(v float32) bool { return v != p.Value }) {
				lost++
			}
		}
		if steps += lost; lost == n {
			empty = append(empty, i)
		}
	}
	return steps, empty
}

// MinMax fits (v − min) / (max − min) to every feature over the steps of the training sequences (nil: all). A feature
// that does not vary becomes 0.
func (p *Padded) MinMax(learn []int) {
	s := p.Set
	if learn == nil {
		for i := range s.Len() {
			learn = append(learn, i)
		}
	}
	width := len(s.Features)
	p.Shift, p.Divisor = make([]float64, width), make([]float64, width)
	for k := range width {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, i := range learn {
			for t := s.Begin[i]; t < s.Begin[i+1]; t++ {
				v := s.Values.Float(t*width + k)
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if lo > hi {
			lo, hi = 0, 1
		}
		p.Shift[k], p.Divisor[k] = lo, hi-lo
		if hi == lo {
			p.Divisor[k] = 1
		}
	}
}

// Spec returns the input x, and the mask where it is wanted.
func (p *Padded) Spec() data.Spec {
	s := data.Spec{
		Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{p.Length, len(p.Set.Features)}, Ragged: true}},
		Traits: data.Traits{Length: p.SampleLength},
	}
	if p.Mask {
		s.Inputs = append(s.Inputs, data.Field{Name: "mask", Shape: tensor.Shape{p.Length}, Ragged: true})
	}
	return s
}

// Len returns the number of sequences.
func (p *Padded) Len() int { return p.Set.Len() }

// SampleLength returns the number of steps of sequence i, once cut.
func (p *Padded) SampleLength(i int) int { return min(p.Length, p.Set.Length(i)) }

// Read writes sequence i, cut or padded to the row's own number of steps.
func (p *Padded) Read(_, i int, row data.Row) error {
	if i < 0 || i >= p.Set.Len() {
		return fmt.Errorf("%s: no sequence %d of %d", p.Set.Name, i, p.Set.Len())
	}
	width := len(p.Set.Features)
	x := row[0].F32
	length := len(x) / width
	from, n := p.Set.Begin[i], p.Set.Length(i)
	if n > length {
		if !p.First {
			from += n - length
		}
		n = length
	}
	begin := 0
	if p.Before {
		begin = length - n
	}
	for k := range x[:begin*width] {
		x[k] = p.Value
	}
	for k := (begin + n) * width; k < len(x); k++ {
		x[k] = p.Value
	}
	if err := p.scaled(x[begin*width:(begin+n)*width], i, from); err != nil {
		return err
	}
	if p.Mask && len(row) > 1 {
		mask := row[1].F32
		clear(mask)
		for t := begin; t < begin+n; t++ {
			mask[t] = 1
		}
	}
	return nil
}

// scaled writes steps of sequence i, from one of the set's on, as the network takes them: scaled in float64, then
// narrowed.
func (p *Padded) scaled(to []float32, i, from int) error {
	values, width := p.Set.Values, len(p.Set.Features)
	switch {
	case p.Shift != nil && values.Original == nil:
		for k, v := range values.F32[from*width : from*width+len(to)] {
			to[k] = float32((float64(v) - p.Shift[k%width]) / p.Divisor[k%width])
		}
		return nil
	case values.Original == nil:
		copy(to, values.F32[from*width:])
		return nil
	}
	for k := range to {
		v := values.Float(from*width + k)
		if p.Shift != nil {
			v = (v - p.Shift[k%width]) / p.Divisor[k%width]
		}
		if to[k] = float32(v); math.IsInf(float64(to[k]), 0) {
			return fmt.Errorf("%s: sequence %s, step %d: %s is %v for the network, which is beyond float32; rescale "+
				"the column", p.Set.Name, p.Set.IDs[i], from-p.Set.Begin[i]+k/width+1, p.Set.Features[k%width], v)
		}
	}
	return nil
}
