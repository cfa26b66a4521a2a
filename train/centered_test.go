package train

import (
	"math"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// Optimisers whose update is not one sweep keep their states apart, whatever else the
// step computes: the biases' updates follow the matrices' in the same plan, and once wrote
// over each other's velocities.
func TestCenteredRMSprop(t *testing.T) {
	const rho = 0.9
	m := model.Sequential(layer.Input{Shape: []int{5}}, layer.Dense{Units: 16, Activation: "relu"},
		layer.Dense{Units: 16, Activation: "relu"}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	trace := func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return loss.Reduce(loss.MeanSquaredError{}.Value(in[1], m.Trace(tr, in[0])[0]), nil), nil
	}
	s, err := NewStep(trace, m.Store().Trainable(), optim.RMSprop{Centered: true}, 3, m)
	if err != nil {
		t.Fatal(err)
	}
	x, y := tensor.New(tensor.Float32, 32, 5), tensor.New(tensor.Float32, 32, 1)
	r := weight.NewRand(9, "x")
	for i := range x.F32 {
		x.F32[i] = float32(r.Normal())
	}
	for i := range y.F32 {
		y.F32[i] = float32(r.Normal())
	}
	for n := range 20 {
		if _, _, err := s.Run(x, y); err != nil {
			t.Fatalf("step %d: %v", n+1, err)
		}
		for _, w := range m.Store().Trainable() {
			v, a := s.slots["optimizer/"+w.Path+"/velocity"], s.slots["optimizer/"+w.Path+"/average_gradient"]
			if v == nil || a == nil {
				t.Fatalf("no slots of %s", w.Path)
			}
			for i := range v.F32 {
				// The weights of a mean over the steps sum to 1 − ρⁿ: by Cauchy and Schwarz
				// a² ≤ (1 − ρⁿ)·v.
				bound := (1 - math.Pow(rho, float64(n+1))) * float64(v.F32[i])
				if a := float64(a.F32[i]); !(a*a <= bound*(1+1e-4)+1e-12) {
					t.Fatalf("step %d: %s[%d]: mean gradient %v, mean square %v", n+1, w.Path, i, a, v.F32[i])
				}
			}
		}
	}
}
