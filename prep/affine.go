package prep

import (
	"encoding/json"
	"fmt"
	"math"

	"gorae/tensor"
)

// Affine is the transform of arrays, such as pictures: (x − Shift) / Divisor,
// with one Shift and Divisor for all elements, or one for each place along the
// last axis (channels, features). The network's first step computes it, so that
// pixels stay bytes until then.
type Affine struct {
	Shift   []float64 `json:"shift"`
	Divisor []float64 `json:"divisor"`
}

// FitArray fits the scale to the samples learn of x (nil: all): zscore and minmax
// by place along the last axis, rescale x / 255, none x itself. "" is rescale for
// Uint8 pictures (three axes or more besides the samples') and none for all else.
func FitArray(x *tensor.Tensor, learn []int, scale string) (*Affine, error) {
	if len(x.Shape) == 0 || x.Len() == 0 {
		return nil, fmt.Errorf("features: nothing to fit in an array of shape %v", x.Shape)
	}
	if scale == "" {
		scale = "none"
		if x.DType() == tensor.Uint8 && len(x.Shape) >= 4 {
			scale = "rescale"
		}
	}
	switch scale {
	case "none":
		return &Affine{[]float64{0}, []float64{1}}, nil
	case "rescale":
		return &Affine{[]float64{0}, []float64{255}}, nil
	case "zscore", "minmax":
	default:
		return nil, fmt.Errorf("features: %w", oneOf("scale", fmt.Sprintf("%q", scale), scales))
	}
	places := 1
	if len(x.Shape) > 1 {
		places = x.Shape[len(x.Shape)-1]
	}
	row := x.Len() / x.Shape[0]
	if learn == nil {
		learn = make([]int, x.Shape[0])
		for i := range learn {
			learn[i] = i
		}
	}
	a := &Affine{make([]float64, places), make([]float64, places)}
	values := make([]float64, 0, len(learn)*row/places)
	for k := range places {
		values = values[:0]
		for _, s := range learn {
			for j := k; j < row; j += places {
				v := x.Float(s*row + j)
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return nil, fmt.Errorf("features: sample %d holds %v; replace or remove such values", s, v)
				}
				values = append(values, v)
			}
		}
		f := Fitted{Name: fmt.Sprintf("place %d of the last axis", k), Spec: Spec{Scale: scale}}
		if len(values) == 0 {
			return nil, fmt.Errorf("features: no samples to learn from")
		}
		if err := f.statistics("features", values); err != nil {
			return nil, err
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
	n := len(a.Shift)
	if n > 1 && (len(x.Shape) < 2 || x.Shape[len(x.Shape)-1] != n) {
		return nil, fmt.Errorf("features: shape %v; the last axis must be %d as in learning", x.Shape, n)
	}
	out := tensor.New(tensor.Float32, x.Shape...)
	for i := range out.F32 {
		out.F32[i] = float32((x.Float(i) - a.Shift[i%n]) / a.Divisor[i%n])
	}
	return out, nil
}

// UnmarshalJSON reads a saved transform.
func (a *Affine) UnmarshalJSON(b []byte) error {
	type plain Affine
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("array transform: %w", err)
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
