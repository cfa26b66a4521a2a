package prep

import (
	"encoding/json"
	"fmt"
	"math"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Affine is the transform of arrays, such as pictures: (x − Shift) / Divisor,
// with one Shift and Divisor for all elements, or one for each place along the
// last axis (channels, features). The network's first step computes it, so that
// pixels stay bytes until then.
type Affine struct {
	Shift   []float64 `json:"shift"`
	Divisor []float64 `json:"divisor"`
	// Each is the number of neighbouring elements of a sample that belong to one place, 0 meaning 1: of pictures with
	// their channels first, those of a channel.
	Each int `json:"each,omitempty"`
}

// arrayScales are the scales of arrays.
var arrayScales = []string{"zscore", "minmax", "rescale", "none"}

// Place returns the place of element k of a sample.
func (a *Affine) Place(k int) int { return k / max(1, a.Each) % len(a.Shift) }

// FitArray fits the scale to the samples learn of x (nil: all): zscore and minmax
// by place along the last axis (by channel, where pictures have their channels first), rescale x / 255, none x itself.
// "" is rescale for Uint8 pictures (three axes or more besides the samples') and none for all else.
func FitArray(x *tensor.Tensor, learn []int, scale string) (*Affine, error) {
	if len(x.Shape) == 0 || x.Len() == 0 {
		return nil, config.Errorf("features", "nothing to fit in an array of shape %v", x.Shape)
	}
	if scale == "" {
		scale = "none"
		if x.DType() == tensor.Uint8 && len(x.Shape) >= 4 {
			scale = "rescale"
		}
	}
	switch scale {
	case "none":
		return &Affine{Shift: []float64{0}, Divisor: []float64{1}}, nil
	case "rescale":
		return &Affine{Shift: []float64{0}, Divisor: []float64{255}}, nil
	case "zscore", "minmax":
	default:
		return nil, config.Under("features", oneOf("scale", fmt.Sprintf("%q", scale), arrayScales))
	}
	places := 1
	if len(x.Shape) > 1 {
		places = x.Shape[len(x.Shape)-1]
	}
	row, each := x.Len()/x.Shape[0], 1
	if data.ChannelsFirst(x.Shape[1:]) {
		places = x.Shape[1]
		each = row / places
	}
	if learn == nil {
		learn = make([]int, x.Shape[0])
		for i := range learn {
			learn[i] = i
		}
	}
	a := &Affine{Shift: make([]float64, places), Divisor: make([]float64, places)}
	if each > 1 {
		a.Each = each
	}
	values := make([]float64, 0, len(learn)*row/places)
	for k := range places {
		values = values[:0]
		for _, s := range learn {
			for j := range row {
				if a.Place(j) != k {
					continue
				}
				v := x.Float(s*row + j)
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return nil, config.Errorf("features", "sample %d holds %v; replace or remove such values", s, v)
				}
				values = append(values, v)
			}
		}
		by, err := Scales.Decode(scale)
		if err != nil {
			return nil, config.Under("features.scale", err)
		}
		f := Fitted{Name: fmt.Sprintf("place %d of the last axis", k), Spec: Spec{Scale: by}}
		if len(values) == 0 {
			return nil, config.Errorf("features", "no samples to train on")
		}
		if err := f.statistics(&data.Table{Name: f.Name}, values, 0); err != nil {
			return nil, config.Under("features", err)
		}
		a.Shift[k], a.Divisor[k] = f.Shift, f.Divisor
	}
	return a, nil
}

// Identity reports whether the transform changes nothing.
func (a *Affine) Identity() bool {
	for i := range a.Shift {
		if a.Shift[i] != 0 || a.Divisor[i] != 1 {
			return false
		}
	}
	return true
}

// Apply computes the transform into a new Float32 tensor. With several places
// the last axis of x must have as many.
func (a *Affine) Apply(x *tensor.Tensor) (*tensor.Tensor, error) {
	if err := a.fits(x.Shape); err != nil {
		return nil, err
	}
	out := tensor.New(tensor.Float32, x.Shape...)
	for i := range out.F32 {
		k := a.Place(i)
		out.F32[i] = float32((x.Float(i) - a.Shift[k]) / a.Divisor[k])
	}
	return out, nil
}

// fits returns an error unless an array of shape s, samples first, has the places of the transform.
func (a *Affine) fits(s tensor.Shape) error {
	n := len(a.Shift)
	if n > 1 && a.Each == 0 && (len(s) < 2 || s[len(s)-1] != n) {
		return config.Errorf("features", "shape %v; the last axis must be %d as in training", s, n)
	}
	if a.Each > 0 && (len(s) < 2 || s[1:].Size() != n*a.Each) {
		return config.Errorf("features", "shape %v; samples must be %d channels of %d pixels as in training", s, n,
			a.Each)
	}
	return nil
}

// UnmarshalJSON reads a saved transform.
func (a *Affine) UnmarshalJSON(b []byte) error {
	type plain Affine
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("array transform: %w", err)
	}
	if q.Each < 0 {
		return fmt.Errorf("array transform: each %d is no number of elements", q.Each)
	}
	if len(q.Shift) == 0 || len(q.Shift) != len(q.Divisor) {
		return fmt.Errorf("array transform: %d shifts and %d divisors", len(q.Shift), len(q.Divisor))
	}
	for i := range q.Shift {
		if q.Divisor[i] == 0 || math.IsInf(q.Divisor[i], 0) || math.IsInf(q.Shift[i], 0) {
			return fmt.Errorf("array transform: (x − %v) / %v is no transform", q.Shift[i], q.Divisor[i])
		}
	}
	*a = Affine(q)
	return nil
}
