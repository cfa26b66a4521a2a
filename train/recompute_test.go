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
)

// TestRecompute: what is learnt has the same bits where gradients compute parts of the forward pass again, with
// dropout, batch normalization and its moving statistics, ways around layers, shared layers, attention, loops and
// several outputs, and takes less memory.
func TestRecompute(t *testing.T) {
	apply := func(l layer.Layer, x ...*model.Value) *model.Value { return model.Apply(l, x...) }
	wide := func() layer.Layer { return layer.Dense{Units: 48, Activation: "swish"} }
	nets := map[string]func() *model.Model{
		"normalized": func() *model.Model {
			ls := []layer.Layer{layer.Input{Shape: []int{64}}}
			for range 8 {
				ls = append(ls, layer.Dense{Units: 96}, layer.BatchNormalization{}, layer.ReLU{},
					layer.Dropout{Rate: 0.2})
			}
			return model.Sequential(append(ls, layer.Dense{Units: 3})...)
		},
		"residual": func() *model.Model {
			in := model.Input("x", 8, 8, 4)
			x := apply(layer.Conv2D{Filters: 12, KernelSize: []int{3}, Padding: "same"}, in)
			for range 5 {
				y := apply(layer.ReLU{}, apply(layer.BatchNormalization{}, x))
				y = apply(layer.Conv2D{Filters: 12, KernelSize: []int{3}, Padding: "same", Activation: "gelu"}, y)
				x = apply(layer.Add{}, x, y)
			}
			y := apply(layer.MaxPooling2D{}, x)
			y = apply(layer.Dense{Units: 3}, apply(layer.Flatten{}, y))
			return model.New([]*model.Value{in}, []*model.Value{y})
		},
		"attention": func() *model.Model {
			in := model.Input("x", 16, 16)
			x := in
			for range 4 {
				y := apply(layer.LayerNormalization{}, x)
				y = apply(layer.Dropout{Rate: 0.1}, apply(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 8}, y, y))
				x = apply(layer.Add{}, x, y)
				y = apply(wide(), apply(layer.LayerNormalization{}, x))
				x = apply(layer.Add{}, x, apply(layer.Dense{Units: 16}, y))
			}
			return model.New([]*model.Value{in}, []*model.Value{apply(layer.Dense{Units: 3},
				apply(layer.GlobalAveragePooling1D{}, x))})
		},
		"loops": func() *model.Model {
			return model.Sequential(layer.Input{Shape: []int{16, 16}}, layer.LSTM{Units: 24, ReturnSequences: true},
				wide(), layer.GRU{Units: 24, ReturnSequences: true}, wide(), wide(), layer.SimpleRNN{Units: 20},
				layer.Dense{Units: 3})
		},
		"shared, two outputs": func() *model.Model {
			in := model.Input("x", 96)
			shared := model.Share(layer.Dense{Units: 96, Activation: "gelu"})
			x, outs := in, []*model.Value(nil)
			for i := range 10 {
				if x = shared.Apply(x); i%5 == 4 {
					outs = append(outs, apply(layer.Dense{Units: 3}, x))
				}
			}
			return model.New([]*model.Value{in}, outs)
		},
	}
	for name, net := range nets {
		t.Run(name, func(t *testing.T) {
			var prints [2]uint64
			var bytes [2]int
			for i := range prints {
				m := net()
				x, y := tensor.New(tensor.Float32, m.InputTypes(128)[0].Shape...), tensor.New(tensor.Int32, 128)
				for k := range x.F32 {
					x.F32[k] = float32(math.Sin(float64(7 * k)))
				}
				for k := range y.I32 {
					y.I32[k] = int32(k * k % 3)
				}
				l := loss.SparseCategoricalCrossentropy{FromLogits: true}
				step, err := NewStep(func(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
					t.Recompute = i > 0
					var total *graph.Node
					for _, p := range m.Trace(t, in[0]) {
						if v := loss.Reduce(l.Value(in[1], p), nil); total == nil {
							total = v
						} else {
							total = total.Add(v)
						}
					}
					return total, nil
				}, nil, optim.Adam{}, 1, m)
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					if _, _, err := step.Run(x, y); err != nil {
						t.Fatal(err)
					}
				}
				prints[i], bytes[i] = print(m), step.Bytes()
			}
			if prints[0] != prints[1] {
				t.Error("recomputation changes what is learnt")
			}
			if 10*bytes[1] > 9*bytes[0] {
				t.Errorf("%d bytes, %d with recomputation", bytes[0], bytes[1])
			}
		})
	}
}
