// Package check compares what two networks predict, such as one and its copy in a file of another format.
package check

import (
	"context"
	"fmt"
	"math"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// samples is how many samples are compared.
const samples = 8

// Difference is the greatest |a − b| / (1 + |b|) of the outputs of two built networks for the same 8 random samples,
// where b are the numbers of the first. Numbers are drawn from the normal distribution, ids for an
// Embedding from all that it has. Where one output is NaN or infinite and the other is not, the difference is infinite.
func Difference(ctx context.Context, first, second *model.Model, seed uint64) (float64, error) {
	a, b := first.InputTypes(samples), second.InputTypes(samples)
	if len(a) != len(b) {
		return 0, fmt.Errorf("the networks have %d and %d inputs", len(a), len(b))
	}
	x, y := make([]*tensor.Tensor, len(a)), make([]*tensor.Tensor, len(b))
	for i := range a {
		if a[i].Shape.Size() != b[i].Shape.Size() {
			return 0, fmt.Errorf("input %d has shape %v in one network and %v in the other", i, a[i].Shape, b[i].Shape)
		}
		values := drawn(first, i, a[i].Shape.Size(), seed)
		x[i], y[i] = of(values, a[i].DType, a[i].Shape), of(values, b[i].DType, b[i].Shape)
	}
	want, err := first.Predict(ctx, x...)
	if err != nil {
		return 0, err
	}
	have, err := second.Predict(ctx, y...)
	if err != nil {
		return 0, err
	}
	if len(have) != len(want) {
		return 0, fmt.Errorf("the networks have %d and %d outputs", len(want), len(have))
	}
	worst := 0.0
	for k := range want {
		p, q := want[k].Floats().F32, have[k].Floats().F32
		if len(p) != len(q) {
			return 0, fmt.Errorf("output %d has shape %v in one network and %v in the other", k, want[k].Shape,
				have[k].Shape)
		}
		for i := range p {
			worst = math.Max(worst, apart(float64(p[i]), float64(q[i])))
		}
	}
	return worst, nil
}

// apart is the difference of two numbers.
func apart(want, have float64) float64 {
	if want == have || math.IsNaN(want) && math.IsNaN(have) {
		return 0
	}
	d := math.Abs(want-have) / (1 + math.Abs(want))
	if math.IsNaN(d) || math.IsInf(want, 0) {
		return math.Inf(1)
	}
	return d
}

// drawn are n values for input i of a network.
func drawn(m *model.Model, i, n int, seed uint64) []float32 {
	ids := 0
	for _, r := range m.Readers(i) {
		if e, ok := r.Layer.(layer.Embedding); ok && (ids == 0 || e.InputDim < ids) {
			ids = e.InputDim
		}
	}
	out, r := make([]float32, n), weight.NewRand(seed, fmt.Sprint("input ", i))
	for k := range out {
		if ids > 0 {
			out[k] = float32(min(int(r.Uniform()*float64(ids)), ids-1))
		} else {
			out[k] = float32(r.Normal())
		}
	}
	return out
}

// of are values in a type: whole numbers of 0 to 3 where it has no others.
func of(values []float32, d tensor.DType, s tensor.Shape) *tensor.Tensor {
	t := tensor.New(d, s...)
	copy(t.F32, values)
	for i := range t.I32 {
		t.I32[i] = int32(math.Abs(float64(values[i])))
	}
	for i := range t.U8 {
		t.U8[i] = uint8(math.Abs(float64(values[i])))
	}
	return t
}
