package golden

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/ops"
	"gorae/weight"
)

// activationLayers are the layers that stand for functions with arguments; others are operations of package ops.
var activationLayers = map[string]string{"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU"}

// TestActivationLayers: a function with arguments, which is a layer or an operation in gorae, and its derivative at
// finite places are Keras's.
func TestActivationLayers(t *testing.T) {
	y := newTally("keras3/activations.jsonl, with arguments")
	lines(t, "keras3/activations.jsonl", func(c *activationCase) {
		class := activationLayers[c.Name]
		if len(c.Args) == 0 {
			return
		}
		var l layer.Layer
		var err error
		if class != "" {
			l, err = layer.Layers.New(class, c.Args)
		} else {
			l, err = ops.New(c.Name, c.Args)
		}
		if err != nil {
			t.Fatal(err)
		}
		y.try(t, fmt.Sprint(c.Name, len(c.Args)), func(t *testing.T) { c.layer(t, l) })
	}, whole)
	y.report(t)
}

func (c *activationCase) layer(t *testing.T, l layer.Layer) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			tol := within{abs: 1e-10, rel: 1e-10}
			if slices.Contains([]string{"gelu", "leaky_relu"}, c.Name) { // constants of float32 (keras3/README.md)
				tol = within{abs: 1e-7, rel: 1e-7}
			}
			y, dx := c.Y, c.DX
			if how.single {
				tol, y, dx = within{abs: 1e-5, rel: 1e-5}, c.Y32, c.DX32
			}
			values := leaves{"x": c.X.value()}
			trace := layer.NewTrace(false)
			x := trace.Graph.Input("x", values["x"].Type)
			var nodes []*graph.Node
			if err := graph.Catch(func() {
				in := x
				if len(c.X.Shape) == 1 {
					in = x.Reshape(-1, 1)
				}
				y := layer.NewScope(trace, weight.NewStore(), true).Child("layer", l, in)[0].Reshape(c.X.Shape...)
				var dy []*graph.Node
				if c.Cotangent != nil {
					values["dy"] = c.Cotangent.value()
					dy = []*graph.Node{trace.Graph.Input("dy", values["dy"].Type)}
				} else {
					values["dy"] = &graph.Array{Type: y.Type, V: slices.Repeat([]float64{1}, c.X.Shape.Size())}
					dy = []*graph.Node{trace.Graph.Input("dy", y.Type)}
				}
				nodes = []*graph.Node{y, graph.Gradients([]*graph.Node{y}, dy, []*graph.Node{x})[0]}
			}); err != nil {
				t.Fatal(layer.Cause(err))
			}
			got, err := how.compute(values, nodes, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range c.X.V { // at an infinity and at a kink the derivative is that of the implementation
				kink := slices.ContainsFunc(kinks[c.Name], func(k float64) bool { return math.Abs(v-k) < 1e-29 })
				if math.IsInf(v, 0) || math.IsNaN(v) || kink {
					got.outs[1].V[i] = dx.V[i]
				}
				if math.IsNaN(v) && math.IsNaN(got.outs[0].V[i]) { // for which Keras may have a number
					got.outs[0].V[i] = y.V[i]
				}
			}
			tol.compare(t, "y", got.outs[0], y)
			tol.compare(t, "dx", got.outs[1], dx)
		})
	}
}
