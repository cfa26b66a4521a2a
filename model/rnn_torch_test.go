package model_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// rnnCase is a recurrent layer computed by PyTorch: testdata/rnn.py.
type rnnCase struct {
	Name, Class                   string
	Config                        map[string]any
	Masked                        bool
	Batch, Steps, Features, Units int
	Rate, Loss                    float64
	X, Target, Y, DX              []float32
	Init, Last, DInit             [][]float32
	Weights                       map[string]array
	DWeights, After               map[string][]float32
}

// convCase is a ConvLSTM.
type convCase struct {
	Class        string
	Config       map[string]any
	Shape        []int
	X, Y, Target []float32
	DX           []float32
	Weights      map[string]array
	DWeights     map[string][]float32
}

func rnnCases(t *testing.T) ([]rnnCase, []convCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/rnn.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Cases []rnnCase
		Convs []convCase
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Cases) != 11 || len(ref.Convs) != 3 {
		t.Fatalf("there are %d cases, %d of convolutions", len(ref.Cases), len(ref.Convs))
	}
	return ref.Cases, ref.Convs
}

// net is the layer in a model: its inputs are x and the first states; its outputs the sequence and the last states.
func (c rnnCase) net(t *testing.T, outputs int) *model.Model {
	t.Helper()
	cfg := map[string]any{"units": c.Units, "return_sequences": true, "return_state": true, "name": "rnn"}
	for k, v := range c.Config {
		cfg[k] = v
	}
	l, err := layer.Layers.New(c.Class, cfg)
	if err != nil {
		t.Fatal(err)
	}
	in := []*model.Value{model.Input("x", c.Steps, c.Features)}
	x := in[0]
	if c.Masked {
		x = model.Apply(argument{}, model.Apply(layer.Masking{}, x))
	}
	operands := []*model.Value{x}
	for i := range c.Init {
		v := model.Input([]string{"h", "c"}[i], c.Units)
		in, operands = append(in, v), append(operands, v)
	}
	m := model.New(in, model.ApplyN(l, outputs, operands...))
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	for name, w := range c.Weights {
		set(t, m, "rnn/cell/"+name, w.Data, w.Shape...)
	}
	return m
}

func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, PyTorch has %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-5*(1+math.Abs(float64(want[i])))) {
			t.Errorf("%s[%d] is %v, PyTorch has %v", what, i, got[i], want[i])
			return
		}
	}
}

// TestR3R6R7Torch compares results, every gradient, and a step of SGD with PyTorch.
func TestR3R6R7Torch(t *testing.T) {
	cases, _ := rnnCases(t)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			xs := []*tensor.Tensor{tensor.Of(c.X, c.Batch, c.Steps, c.Features)}
			for _, s := range c.Init {
				xs = append(xs, tensor.Of(s, c.Batch, c.Units))
			}
			y, err := c.net(t, 1+len(c.Init)).Predict(context.Background(), xs...)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "the sequence", y[0].F32, c.Y)
			for i, want := range c.Last {
				near(t, "a last state", y[1+i].F32, want)
			}
			m := c.net(t, 1)
			target := tensor.Of(c.Target, c.Batch, c.Steps, c.Units)
			g, err := m.Gradients(context.Background(), loss.MeanSquaredError{}, target, xs...)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(g.Loss-c.Loss) > 1e-6 {
				t.Errorf("the loss is %v, PyTorch has %v", g.Loss, c.Loss)
			}
			near(t, "the gradient of x", g.Inputs[0].F32, c.DX)
			for i, want := range c.DInit {
				near(t, "the gradient of a first state", g.Inputs[1+i].F32, want)
			}
			for name, want := range c.DWeights {
				near(t, "the gradient of "+name, g.Weights["rnn/cell/"+name].F32, want)
			}
			tr, err := newTrainer(m, optim.SGD{LearningRate: c.Rate}, loss.MeanSquaredError{}, c.Batch,
				graph.F32(target.Shape...))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.batch(xs[0], target, xs[1:]...); err != nil {
				t.Fatal(err)
			}
			for name, want := range c.After {
				near(t, name+" after a step", m.Store().Var("rnn/cell/"+name).Value.F32, want)
			}
		})
	}
}

// TestConvLSTMTorch compares results and gradients with PyTorch's convolutions.
func TestConvLSTMTorch(t *testing.T) {
	_, convs := rnnCases(t)
	for _, c := range convs {
		t.Run(c.Class, func(t *testing.T) {
			l, err := layer.Layers.New(c.Class, c.Config)
			if err != nil {
				t.Fatal(err)
			}
			m := built(t, 1, layer.Input{Shape: c.Shape}, l)
			for _, v := range m.Store().Vars() {
				w := c.Weights[v.Path[strings.LastIndexByte(v.Path, '/')+1:]]
				set(t, m, v.Path, w.Data, w.Shape...)
			}
			x := tensor.Of(c.X, append([]int{2}, c.Shape...)...)
			y := predict(t, m, x)
			near(t, "the result", y.F32, c.Y)
			g, err := m.Gradients(t.Context(), loss.MeanSquaredError{}, tensor.Of(c.Target, y.Shape...), x)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "the gradient of x", g.Inputs[0].F32, c.DX)
			for path, d := range g.Weights {
				near(t, "the gradient of "+path, d.F32, c.DWeights[path[strings.LastIndexByte(path, '/')+1:]])
			}
		})
	}
}
