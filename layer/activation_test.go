package layer_test

import (
	"math"
	"testing"

	"gorae/graph"
	"gorae/layer"
)

// TestSparsemax: rows counted by hand by the formula of Martins and Astudillo (2016). Keras 3.15 gives other numbers
// where more than one element is above τ: of 0.5, 0.3, −1 it takes τ = (0.5 + 0.8 − 1)/2.
func TestSparsemax(t *testing.T) {
	rows := [][2][]float64{
		{{0.5, 0.3, -1}, {0.6, 0.4, 0}},                // τ = (0.8 − 1)/2
		{{2, 0, 0}, {1, 0, 0}},                         // τ = 2 − 1
		{{1, 1, 1}, {1 / 3.0, 1 / 3.0, 1 / 3.0}},       // τ = (3 − 1)/3
		{{0.1, 0.3, 0.2}, {0.7 / 3, 1.3 / 3, 1.0 / 3}}, // τ = (0.6 − 1)/3
		{{0.5, -0.5, -0.5}, {1, 0, 0}},                 // 1 + 3·(−0.5) = −0.5, no larger than the sum
		{{-100, math.Inf(-1), -100}, {0.5, 0, 0.5}},    // what a mask leaves out
		{{1e6, 1e6 - 0.5, 0}, {0.75, 0.25, 0}},         // τ = (2·10⁶ − 0.5 − 1)/2
	}
	g := graph.New()
	var in, want []float64
	for _, r := range rows {
		in, want = append(in, r[0]...), append(want, r[1]...)
	}
	x := g.Input("x", graph.F32(len(rows), 3))
	y, err := (&graph.Evaluator{Leaves: map[string]*graph.Array{"x": {Type: x.Type, V: in}}}).Value(
		layer.Activation("sparsemax").Apply(x))
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !(math.Abs(y.V[i]-want[i]) <= 1e-9) {
			t.Errorf("row %d: element %d is %v, want %v", i/3, i%3, y.V[i], want[i])
		}
	}
}
