package golden

import (
	"math"
	"slices"
	"testing"

	"gorae/graph"
	"gorae/layer"
)

// activationCase is a line of activations.jsonl: a function's values, and its gradients times the cotangent, which is 1
// where none is given.
type activationCase struct {
	Name            string
	Args            map[string]any `json:"kwargs"`
	X, Y, Cotangent *array
	DX              *array `json:"dx"`
	Y32             *array `json:"y_float32"`
	DX32            *array `json:"dx_float32"`
}

// kinks are places where a function has two derivatives; Keras takes one, or their sum (celu at 0).
var kinks = map[string][]float64{"celu": {0}, "sparse_sigmoid": {-1, 1}, "selu": {0}}

// TestActivations compares the activations with those of Keras, and their gradients at finite places without kinks.
// Cases with arguments are those of TestActivationLayers: a name has none.
func TestActivations(t *testing.T) {
	y := newTally("keras3/activations.jsonl")
	lines(t, "keras3/activations.jsonl", func(c *activationCase) {
		if len(c.Args) > 0 {
			return
		}
		y.try(t, c.Name, func(t *testing.T) {
			g := graph.New()
			x := g.Input("x", graph.F32(c.X.Shape...))
			out := layer.Activation(c.Name).Apply(x)
			values := leaves{"x": c.X.value()}
			cotangent := g.Scalar(1).Broadcast(out.Shape...)
			if c.Cotangent != nil {
				cotangent = g.Input("dy", graph.F32(out.Shape...))
				values["dy"] = c.Cotangent.value()
			}
			dx := graph.Gradients([]*graph.Node{out}, []*graph.Node{cotangent}, []*graph.Node{x})[0]
			for _, by := range computers {
				got, err := by.compute(values, []*graph.Node{out, dx}, nil)
				if err != nil {
					t.Fatal(err)
				}
				c.compare(t, by, "value", got.outs[0].V, c.Y.V, c.Y32.V, false)
				c.compare(t, by, "gradient", got.outs[1].V, c.DX.V, c.DX32.V, true)
			}
		})
	}, whole)
	y.report(t)
}

// compare tests numbers against Keras's in float64, and in float32 where float32 overflows or rounds otherwise.
// The tolerance is the README's: 1e-7 where TensorFlow rounds a constant to float32.
func (c *activationCase) compare(t *testing.T, by computer, what string, got, want, single []float64, gradient bool) {
	t.Helper()
	tolerance := 1e-10
	switch {
	case by.single:
		tolerance = 1e-5
	case c.Name == "gelu" || c.Name == "leaky_relu":
		tolerance = 1e-7
	}
	row := len(want) / max(1, c.X.Shape[0]) // elements that depend on each other
	if c.Cotangent == nil {
		row = 1
	}
	inputs := len(c.X.V) * row / len(want)
	departs := departureOf(t.Name(), by.name+" "+what)
	for i, w := range want {
		at := c.X.V[i/row*inputs : i/row*inputs+inputs]
		nan := slices.ContainsFunc(at, func(x float64) bool { return x != x })
		infinite := slices.ContainsFunc(at, func(x float64) bool { return math.IsInf(x, 0) })
		kink := slices.ContainsFunc(at, func(x float64) bool {
			return slices.ContainsFunc(kinks[c.Name], func(k float64) bool { return math.Abs(x-k) < 1e-29 })
		})
		switch {
		case gradient && (nan || infinite || kink):
		case nan && c.Cotangent == nil && c.Name != "sparse_plus":
			if got[i] == got[i] {
				t.Errorf("%s of %s at NaN is %v", by.name, what, got[i])
			}
		case !alike(got[i], w, tolerance) && !(by.single && alike(got[i], single[i], tolerance)):
			if departs != nil {
				departs.differ++
				continue
			}
			t.Errorf("%s of %s at %v is %v, Keras has %v", by.name, what, at, got[i], w)
		}
	}
}

// alike reports whether two numbers differ by a tolerance at most; infinities and NaN are alike among themselves.
func alike(a, b, tolerance float64) bool {
	return a == b || a != a && b != b || math.Abs(a-b) <= tolerance*(1+math.Abs(b))
}
