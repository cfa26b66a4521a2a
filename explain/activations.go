package explain

import (
	"context"
	"slices"

	"gorae/chart"
	"gorae/config"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// The arguments at which activation functions are drawn: from −curveEnd to curveEnd, curveStep apart.
const (
	curveEnd  = 5
	curveStep = 0.05
)

// Activations returns the curves σ(z) of activation functions for z from −5 to 5, a panel for each name. Without names
// they are relu, sigmoid, tanh and linear. A function of a whole row of numbers, such as softmax, has no curve.
func Activations(ctx context.Context, names ...string) (chart.Figure, error) {
	if len(names) == 0 {
		names = []string{"relu", "sigmoid", "tanh", "linear"}
	}
	f := chart.Figure{Title: "activation functions"}
	for _, name := range names {
		z, y, err := curve(ctx, name)
		if err != nil {
			return f, err
		}
		f.Panels = append(f.Panels, chart.Panel{Title: name, X: "z", Y: "σ(z)",
			Lines: []chart.Line{{Name: name, X: z, Y: y, Color: chart.Blue}}})
	}
	return f, nil
}

// curve returns the values of an activation function.
func curve(ctx context.Context, name string) (z, y []float64, err error) {
	a := layer.Activation(name)
	if err := a.Check(); err != nil {
		return nil, nil, config.Errorf("", "%v", err)
	}
	const n = int(2*curveEnd/curveStep) + 1
	x := tensor.New(tensor.Float32, n, 2) // beside each argument stands another number, which must not matter
	other := x.Clone()
	for i := range n {
		z = append(z, -curveEnd+float64(i)*curveStep)
		x.F32[2*i], other.F32[2*i], other.F32[2*i+1] = float32(z[i]), float32(z[i]), 1
	}
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Apply{Activation: a})
	if err := m.Build(1); err != nil {
		return nil, nil, err
	}
	var values [2][]float64
	for k, x := range []*tensor.Tensor{x, other} {
		out, err := m.Predict(ctx, x)
		if err != nil {
			return nil, nil, err
		}
		for i := range n {
			values[k] = append(values[k], out[0].Float(i*out[0].Len()/n))
		}
	}
	if !slices.Equal(values[0], values[1]) {
		return nil, nil, config.Errorf("", "%s acts on a row of numbers, not on each by itself, and has no curve",
			name).Fix("name others, such as relu or tanh")
	}
	return z, values[0], nil
}
