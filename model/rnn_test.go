package model_test

import (
	"math"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// TestOwnCell: a cell of one's own passes what all layers pass, also among others and from both ends.
func TestOwnCell(t *testing.T) {
	own := memory{Units: 2, Keep: 0.25}
	for name, l := range map[string]layer.Layer{
		"alone":     layer.RNN{Cell: own},
		"sequences": layer.RNN{Cell: own, ReturnSequences: true, RNNOptions: layer.RNNOptions{GoBackwards: true}},
	} {
		t.Run(name, func(t *testing.T) {
			modeltest.Check(t, modeltest.Case{Layer: l, Inputs: [][]int{{3, 2}}}, nil)
		})
	}
	// By hand: see gives tanh(x·w + b), with w = 1, b = 0 and scale = 1.
	m := built(t, 1, layer.Input{Shape: []int{2, 1}}, layer.RNN{Cell: memory{Units: 1, Keep: 0.25}})
	set(t, m, "rnn/cell/see/kernel", []float32{1}, 1, 1)
	y := predict(t, m, tensor.Of([]float32{0.5, -1}, 1, 2, 1)).F32[0]
	if want := 2 * (0.25*math.Tanh(0.5) + math.Tanh(-1)); math.Abs(float64(y)-want) > 1e-6 {
		t.Errorf("it gives %v, by hand %v", y, want)
	}
	// Stacked, it is a layer like any other; so are the cells of a stack layers upon each other.
	stack := built(t, 1, layer.Input{Shape: []int{4, 2}},
		layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.GRUCell{Units: 3}, own}}})
	apart := built(t, 2, layer.Input{Shape: []int{4, 2}}, layer.GRU{Units: 3, ReturnSequences: true},
		layer.RNN{Cell: own})
	for from, to := range map[string]string{"rnn/cell/cells/gru_cell/": "gru/cell/",
		"rnn/cell/cells/memory/": "rnn/cell/"} {
		for _, v := range stack.Store().Vars() {
			if rest, ok := strings.CutPrefix(v.Path, from); ok {
				if err := apart.Store().Set(to+rest, v.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	x := random(3, 5, 4, 2)
	equal(t, "cells in a stack and layers upon each other", predict(t, stack, x), predict(t, apart, x), 1e-6)
}

func equal(t *testing.T, what string, got, want *tensor.Tensor, within float64) {
	t.Helper()
	if !got.Shape.Equal(want.Shape) {
		t.Fatalf("%s: shapes %v and %v", what, got.Shape, want.Shape)
	}
	for i := range want.F32 {
		if d := math.Abs(float64(got.F32[i] - want.F32[i])); !(d <= within) {
			t.Errorf("%s: element %d is %v and %v", what, i, got.F32[i], want.F32[i])
			return
		}
	}
}

// TestMasks: padding changes nothing, in front or behind, whatever is in it, for any recurrent layer.
func TestMasks(t *testing.T) {
	const n, steps, m = 3, 4, 2
	body := random(1, n, steps, m)
	for name, l := range map[string]layer.Layer{
		"simple rnn": layer.SimpleRNN{Units: 3},
		"lstm":       layer.LSTM{Units: 3},
		"gru":        layer.GRU{Units: 3},
		"ugrnn":      layer.UGRNN{Units: 3},
		"backwards":  layer.LSTM{Units: 3, RNNOptions: layer.RNNOptions{GoBackwards: true}},
		"own":        layer.RNN{Cell: memory{Units: 2, Keep: 0.5}},
		"stacked": layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.LSTMCell{Units: 2},
			memory{Units: 2, Keep: 0.5}}}},
		"bidirectional": layer.Bidirectional{Layer: layer.LSTM{Units: 2}},
	} {
		short := built(t, 1, layer.Input{Shape: []int{steps, m}}, l)
		want := predict(t, short, body)
		for _, pad := range [][2]int{{2, 0}, {0, 3}, {1, 2}} {
			all := pad[0] + steps + pad[1]
			x := tensor.New(tensor.Float32, n, all, m)
			for i := range x.F32 {
				x.F32[i] = -9 // the mask's value
			}
			for b := range n {
				copy(x.F32[(b*all+pad[0])*m:], body.F32[b*steps*m:(b+1)*steps*m])
			}
			long := built(t, 1, layer.Input{Shape: []int{all, m}}, layer.Masking{Value: -9}, l)
			equal(t, name, predict(t, long, x), want, 1e-6)
		}
	}
}

// TestMaskedOutputs: a step that is left out repeats the output before it, gives zeros before the first or where
// zeros are asked for; Bidirectional asks for them in a sequence, as Keras does.
func TestMaskedOutputs(t *testing.T) {
	x := tensor.Of([]float32{0, 0.5, 0, -1}, 1, 4, 1)
	layers := func(l layer.Layer) *tensor.Tensor {
		return predict(t, built(t, 1, layer.Input{Shape: []int{4, 1}}, layer.Masking{}, l), x)
	}
	for _, l := range []layer.Layer{layer.SimpleRNN{Units: 1, ReturnSequences: true},
		layer.RNN{Cell: memory{Units: 1, Keep: 0.5}, ReturnSequences: true}} {
		if y := layers(l).F32; y[0] != 0 || y[1] == 0 || y[2] != y[1] || y[3] == y[2] {
			t.Errorf("%T: the outputs are %v", l, y)
		}
	}
	if y := layers(layer.SimpleRNN{Units: 1, ReturnSequences: true,
		RNNOptions: layer.RNNOptions{ZeroOutput: true}}).F32; y[0] != 0 || y[1] == 0 || y[2] != 0 || y[3] == 0 {
		t.Errorf("with zeros the outputs are %v", y)
	}
	y := layers(layer.Bidirectional{Layer: layer.SimpleRNN{Units: 1, ReturnSequences: true}}).F32
	for i, v := range y {
		if zero := i/2%2 == 0; (v == 0) != zero {
			t.Errorf("from both ends the outputs are %v", y)
			break
		}
	}
	// All steps left out: zeros, and the states that were given.
	in, h := model.Input("x", 4, 1), model.Input("h", 2)
	m := model.New([]*model.Value{in, h}, model.ApplyN(layer.GRU{Units: 2, ReturnState: true}, 2,
		model.Apply(argument{}, model.Apply(layer.Masking{}, in)), h))
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	out, err := m.Predict(t.Context(), tensor.New(tensor.Float32, 1, 4, 1), tensor.Of([]float32{0.25, -0.5}, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	if out[0].F32[0] != 0 || out[0].F32[1] != 0 || out[1].F32[0] != 0.25 || out[1].F32[1] != -0.5 {
		t.Errorf("of a sequence that is all left out come %v and the state %v", out[0].F32, out[1].F32)
	}
}

// argument makes the mask of its input an argument of the layer after it, as mask=mask does: a recurrent layer with
// given states goes by no other.
type argument struct{ layer.Base }

func (argument) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	y := x[0].Named("argument")
	s.GiveMask(y, s.Mask(x[0]))
	return []*graph.Node{y}
}

func (argument) Traits() layer.Traits {
	t := layer.Elementwise()
	t.Mask = layer.HandlesMask
	return t
}

// TestGivenStates: a layer with given states goes by the mask of its argument, and by none that came with its input
// (keras 3.15, Layer.__call__: the mask of the input is handed on where it is the only tensor of the call).
func TestGivenStates(t *testing.T) {
	in, h := model.Input("x", 4, 1), model.Input("h", 2)
	masked := model.Apply(layer.Masking{}, in)
	gru := layer.GRU{Units: 2}
	m := model.New([]*model.Value{in, h}, []*model.Value{model.Apply(gru, masked, h),
		model.Apply(gru, model.Apply(argument{}, masked), h), model.Apply(gru, masked)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	state := tensor.Of([]float32{0.25, -0.5}, 1, 2)
	out, err := m.Predict(t.Context(), tensor.New(tensor.Float32, 1, 4, 1), state)
	if err != nil {
		t.Fatal(err)
	}
	if out[0].F32[0] == 0.25 {
		t.Errorf("the mask of the input counts beside given states: %v", out[0].F32)
	}
	if out[1].F32[0] != 0 || out[2].F32[0] != 0 {
		t.Errorf("all steps are left out, and the output is %v and %v", out[1].F32, out[2].F32)
	}
}

// probe tells whether the layer before it gives a mask.
type probe struct {
	layer.Base
	masked *bool
}

// Traits implements layer.Described: the mask passes.
func (probe) Traits() layer.Traits { return layer.Elementwise() }

func (p probe) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	*p.masked = s.Mask(x[0]) != nil
	return x
}

// TestMaskEnds: the mask goes on with a sequence and ends with the last output and the states, also where
// their shape is that of the mask.
func TestMaskEnds(t *testing.T) {
	const steps = 3
	for _, c := range []struct {
		layer layer.Layer
		want  bool
	}{
		{layer.Apply{Activation: "tanh"}, true},
		{layer.Dense{Units: 1}, true},
		{layer.Dropout{Rate: 0.5}, true},
		{layer.SimpleRNN{Units: 1, ReturnSequences: true}, true},
		{layer.TimeDistributed{Layer: layer.Dense{Units: 1}}, true},
		{layer.Bidirectional{Layer: layer.GRU{Units: 1, ReturnSequences: true}}, true},
		{layer.LSTM{Units: steps}, false},
		{layer.RNN{Cell: memory{Units: steps}}, false},
		{layer.Bidirectional{Layer: layer.SimpleRNN{Units: steps}, MergeMode: "sum"}, false},
		{layer.Flatten{}, false},
	} {
		var masked bool
		built(t, 1, layer.Input{Shape: []int{steps}, DType: "int32"},
			layer.Embedding{InputDim: 4, OutputDim: 2, MaskZero: true}, c.layer, probe{masked: &masked})
		if masked != c.want {
			t.Errorf("%T: there is a mask after it: %v", c.layer, masked)
		}
	}
}

// TestMergedMasks: element by element a step counts where it does in any input, one behind the other
// each keeps its own, as in Keras; an input without a mask counts everywhere.
func TestMergedMasks(t *testing.T) {
	for _, c := range []struct {
		join layer.Layer
		both bool // the second input has a mask too
		want []float32
	}{
		{layer.Add{}, true, []float32{0, 1, 1}},
		{layer.Multiply{}, false, nil},
		{layer.Concatenate{}, true, []float32{0, 1, 1}},
		{layer.Concatenate{}, false, nil},
		{layer.Concatenate{Axis: new(1)}, true, []float32{0, 1, 0, 0, 0, 1}},
		{layer.Concatenate{Axis: new(1)}, false, []float32{0, 1, 0, 1, 1, 1}},
	} {
		a, b := model.Input("a", 3, 1), model.Input("b", 3, 1)
		x, y := model.Apply(layer.Masking{}, a), b
		if c.both {
			y = model.Apply(layer.Masking{}, b)
		}
		var masked bool
		out := model.Apply(probe{masked: &masked}, model.Apply(c.join, x, y))
		steps := max(3, len(c.want))
		// With a weight of 1 and no state what comes out is the mask: 1 where a step counts.
		rnn := layer.SimpleRNN{Units: 1, Activation: "exponential", ReturnSequences: true,
			RNNOptions:  layer.RNNOptions{ZeroOutput: true},
			CellOptions: layer.CellOptions{NoBias: true, Kernel: weight.Zeros{}, Recurrent: weight.Zeros{}}}
		m := model.New([]*model.Value{a, b}, []*model.Value{model.Apply(rnn, out)})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		z, err := m.Predict(t.Context(), tensor.Of([]float32{0, 1, 0}, 1, 3, 1), tensor.Of([]float32{0, 0, 1}, 1, 3, 1))
		if err != nil {
			t.Fatal(err)
		}
		if masked != (c.want != nil) {
			t.Errorf("%T: there is a mask: %v", c.join, masked)
		}
		for i := range steps {
			want := float32(1)
			if c.want != nil {
				want = c.want[i]
			}
			if z[0].F32[i] != want {
				t.Errorf("%T, both masked %v: the mask is %v, want %v", c.join, c.both, z[0].F32, c.want)
				break
			}
		}
	}
}

// TestStateful: two batches are one sequence; other sizes of batch remember apart, and ResetStates forgets.
func TestStateful(t *testing.T) {
	whole := built(t, 1, layer.Input{Shape: []int{4, 2}}, layer.LSTM{Units: 3, ReturnSequences: true},
		layer.GRU{Units: 2})
	half := built(t, 1, layer.Input{Shape: []int{2, 2}},
		layer.LSTM{Units: 3, ReturnSequences: true, RNNOptions: layer.RNNOptions{Stateful: true}},
		layer.GRU{Units: 2, RNNOptions: layer.RNNOptions{Stateful: true}})
	x := random(5, 3, 4, 2)
	part := func(at int) *tensor.Tensor {
		p := tensor.New(tensor.Float32, 3, 2, 2)
		for b := range 3 {
			copy(p.F32[b*4:(b+1)*4], x.F32[(b*4+at)*2:])
		}
		return p
	}
	want := predict(t, whole, x)
	for range 2 {
		first := predict(t, half, part(0))
		predict(t, half, part(0).Rows(0, 1)) // one sample is another session
		equal(t, "two halves", predict(t, half, part(2)), want, 1e-6)
		half.ResetStates()
		equal(t, "after forgetting", predict(t, half, part(0)), first, 0)
		half.ResetStates()
	}
	if n := len(half.Store().Vars()); n != len(whole.Store().Vars()) {
		t.Errorf("a stateful model has %d variables, one that is not %d", n, len(whole.Store().Vars()))
	}
	// Nobody else's batch comes between: each sample has its memory, so a large batch is not cut.
	big := built(t, 1, layer.Input{Shape: []int{2, 1}},
		layer.SimpleRNN{Units: 1, RNNOptions: layer.RNNOptions{Stateful: true}})
	y := random(6, 600, 2, 1)
	predict(t, big, y)
	again := predict(t, big, y)
	one := built(t, 1, layer.Input{Shape: []int{4, 1}}, layer.SimpleRNN{Units: 1})
	twice := tensor.New(tensor.Float32, 600, 4, 1)
	for b := range 600 {
		copy(twice.F32[4*b:], y.F32[2*b:2*b+2])
		copy(twice.F32[4*b+2:], y.F32[2*b:2*b+2])
	}
	equal(t, "a large batch", again, predict(t, one, twice), 1e-6)
}

// TestBidirectional: a sequence is merged step by step in the order of x, states come from both.
func TestBidirectional(t *testing.T) {
	in := model.Input("x", 4, 2)
	l := layer.GRU{Units: 3, ReturnSequences: true, ReturnState: true}
	m := model.New([]*model.Value{in}, model.ApplyN(layer.Bidirectional{Layer: l, MergeMode: "none"}, 4, in))
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	back := l
	back.GoBackwards = true
	outs := append(model.ApplyN(l, 2, in), model.ApplyN(back, 2, in)...)
	apart := model.New([]*model.Value{in}, outs)
	if err := apart.Build(2); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"bidirectional/forward_layer/cell/": "gru/cell/",
		"bidirectional/backward_layer/cell/": "gru_1/cell/"} {
		for _, w := range []string{"kernel", "recurrent_kernel", "bias"} {
			if err := apart.Store().Set(to+w, m.Store().Var(from+w).Value); err != nil {
				t.Fatal(err)
			}
		}
	}
	x := random(3, 2, 4, 2)
	got, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	want, err := apart.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "forward", got[0], want[0], 0)
	equal(t, "forward state", got[2], want[1], 0)
	equal(t, "backward state", got[3], want[3], 0)
	flipped := tensor.New(tensor.Float32, 2, 4, 3) // alone, a layer that goes backwards gives the last step first
	for b := range 2 {
		for s := range 4 {
			copy(flipped.F32[(b*4+s)*3:(b*4+s+1)*3], want[2].F32[(b*4+3-s)*3:])
		}
	}
	equal(t, "backward", got[1], flipped, 0)
}
