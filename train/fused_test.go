package train

import (
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestFused: whatever options a recurrent layer has, its loop and the gradient of its loop are the fused kernel's.
func TestFused(t *testing.T) {
	const batch, steps = 2, 6
	masking := layer.Masking{Value: 9}
	for name, c := range map[string]struct {
		loops  int
		layers []layer.Layer
	}{
		"go_backwards": {1, []layer.Layer{layer.GRU{Units: 3, RNNOptions: layer.RNNOptions{GoBackwards: true}}}},
		"sequence backwards": {1, []layer.Layer{layer.LSTM{Units: 3, ReturnSequences: true,
			RNNOptions: layer.RNNOptions{GoBackwards: true}}}},
		"bidirectional": {2, []layer.Layer{layer.Bidirectional{Layer: layer.LSTM{Units: 3}}}},
		"masked both ways": {2, []layer.Layer{masking,
			layer.Bidirectional{Layer: layer.GRU{Units: 3, ReturnSequences: true}}}},
		"stateful": {1, []layer.Layer{layer.LSTM{Units: 3, RNNOptions: layer.RNNOptions{Stateful: true}}}},
		"stacked": {2,
			[]layer.Layer{layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.LSTMCell{Units: 2},
				layer.UGRNNCell{Units: 3}}}}}},
		"dropped": {1, []layer.Layer{layer.SimpleRNN{Units: 3,
			CellOptions: layer.CellOptions{Dropout: 0.3, RecurrentDropout: 0.3}}}},
		"reset before": {1, []layer.Layer{layer.GRU{Units: 3, ResetBefore: true, Activation: "relu",
			RecurrentActivation: "hard_sigmoid"}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := sequential(t, nil, append([]layer.Layer{layer.Input{Shape: []int{steps, 2}}}, c.layers...)...)
			fused(t, c.loops, m, func(tr *layer.Trace, in []*graph.Node) *graph.Node { return m.Trace(tr, in[0])[0] })
		})
	}
	// With masks and states to start from, and all results read.
	x, h, s := model.Apply(layer.Input{Shape: []int{steps, 2}}), model.Apply(layer.Input{Shape: []int{3}}),
		model.Apply(layer.Input{Shape: []int{3}})
	y := model.ApplyN(layer.LSTM{Units: 3, ReturnSequences: true, ReturnState: true}, 3, model.Apply(masking, x), h, s)
	m := model.New([]*model.Value{x, h, s}, y)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	fused(t, 1, m, func(tr *layer.Trace, in []*graph.Node) *graph.Node {
		state := in[0].Narrow(1, 0, 1).Reshape(batch, 2).Narrow(1, 0, 1).Broadcast(batch, 3)
		y := m.Trace(tr, in[0], state, state)
		return y[0].Square().Sum().Add(y[1].Sum()).Add(y[2].Square().Sum())
	})
}

// fused runs a learning step and looks at its launches.
func fused(t *testing.T, loops int, m *model.Model, f func(tr *layer.Trace, in []*graph.Node) *graph.Node) {
	t.Helper()
	step, err := NewStep(func(tr *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		y := f(tr, in)
		return loss.Reduce(y.Reshape(y.Shape.Size()).Square(), nil), nil
	}, nil, optim.SGD{}, 1, m)
	if err != nil {
		t.Fatal(err)
	}
	step.Profile(true)
	if _, _, err := step.Run(tensor.New(tensor.Float32, 2, 6, 2)); err != nil {
		t.Fatal(err)
	}
	forward, back := 0, 0
	for _, l := range step.Times() {
		switch {
		case strings.HasPrefix(l.Name, "rnn gradient"):
			back++
		case strings.HasPrefix(l.Name, "rnn "):
			forward++
		case strings.HasPrefix(l.Name, "scan") && !strings.Contains(l.Name, "seen"):
			t.Errorf("a loop is left: %s", l.Name)
		}
	}
	if forward != loops || back != loops {
		t.Errorf("%d loops and %d gradients are fused, want %d", forward, back, loops)
	}
}
