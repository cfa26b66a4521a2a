package model_test

import (
	"fmt"
	"math"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// looped is a recurrent layer by its words, for steps of a shape.
type looped struct {
	name, word string
	config     map[string]any
	step       []int
	states     int
}

// allLooped are the recurrent layers in their varieties.
func allLooped() []looped {
	object := func(word string, config map[string]any) map[string]any { return map[string]any{word: config} }
	units := func(more ...any) map[string]any {
		m := map[string]any{"units": 3.0}
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	conv := func(kernel ...any) map[string]any { return map[string]any{"filters": 2.0, "kernel_size": kernel} }
	return []looped{
		{"SimpleRNN", "simple_rnn", units(), []int{2}, 1},
		{"SimpleRNN gelu", "simple_rnn", units("activation", "gelu"), []int{2}, 1},
		{"LSTM", "lstm", units(), []int{2}, 2},
		{"LSTM hard_sigmoid", "lstm", units("recurrent_activation", "hard_sigmoid"), []int{2}, 2},
		{"LSTM legacy_hard_sigmoid", "lstm", units("recurrent_activation", "legacy_hard_sigmoid", "activation",
			"softsign"), []int{2}, 2},
		{"LSTM softplus", "lstm", units("activation", "softplus"), []int{2}, 2},
		{"GRU", "gru", units(), []int{2}, 1},
		{"GRU reset before", "gru", units("reset_after", false), []int{2}, 1},
		{"GRU hard_sigmoid", "gru", units("recurrent_activation", "hard_sigmoid", "use_bias", false), []int{2}, 1},
		{"UGRNN", "ugrnn", units(), []int{2}, 1},
		{"RNN of a cell", "rnn", map[string]any{"cell": object("gru_cell", units())}, []int{2}, 1},
		{"RNN of a cell of one's own", "rnn", map[string]any{"cell": object("memory", units())}, []int{2}, 2},
		{"StackedRNNCells", "rnn", map[string]any{"cell": object("stacked_rnn_cells",
			map[string]any{"cells": []any{object("lstm_cell", units()), object("ugrnn_cell", units())}})}, []int{2}, 3},
		{"ConvLSTM1D", "conv_lstm1d", conv(2.0), []int{4, 1}, 2},
		{"ConvLSTM2D", "conv_lstm2d", conv(2.0, 2.0), []int{3, 3, 1}, 2},
		{"ConvLSTM3D", "conv_lstm3d", conv(2.0, 2.0, 2.0), []int{2, 3, 2, 1}, 2},
	}
}

// layer is the layer, named l, with further options.
func (c looped) layer(t *testing.T, options ...string) layer.Layer {
	t.Helper()
	cfg := map[string]any{"name": "l"}
	for k, v := range c.config {
		cfg[k] = v
	}
	for _, o := range options {
		cfg[o] = true
	}
	l, err := layer.Layers.New(c.word, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// run gives n results of the layer for x; with states it starts from them. masked puts a Masking before it.
func (c looped) run(t *testing.T, l layer.Layer, n int, masked bool, x *tensor.Tensor,
	states ...*tensor.Tensor) []*tensor.Tensor {
	t.Helper()
	m := c.net(t, l, n, masked, x.Shape[1:], states...)
	y, err := m.Predict(t.Context(), append([]*tensor.Tensor{x}, states...)...)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func (c looped) net(t *testing.T, l layer.Layer, n int, masked bool, sample tensor.Shape,
	states ...*tensor.Tensor) *model.Model {
	t.Helper()
	in := []*model.Value{model.Input("x", sample...)}
	operands := []*model.Value{in[0]}
	if masked {
		operands[0] = model.Apply(layer.Masking{Value: -9}, in[0])
	}
	for i, s := range states {
		v := model.Input(fmt.Sprint("s", i), s.Shape[1:]...)
		in, operands = append(in, v), append(operands, v)
	}
	m := model.New(in, model.ApplyN(l, n, operands...))
	if err := m.Build(4); err != nil {
		t.Fatal(err)
	}
	return m
}

// part is steps from to to of x, in their order or, with back, the last first.
func part(x *tensor.Tensor, from, to int, back bool) *tensor.Tensor {
	n, steps := x.Shape[0], x.Shape[1]
	row := x.Len() / (n * steps)
	p := tensor.New(tensor.Float32, append([]int{n, to - from}, x.Shape[2:]...)...)
	for b := range n {
		for s := from; s < to; s++ {
			at := s - from
			if back {
				at = to - 1 - s
			}
			copy(p.F32[(b*(to-from)+at)*row:][:row], x.F32[(b*steps+s)*row:])
		}
	}
	return p
}

// TestRecurrentOptions holds every recurrent layer to what Keras's options say: return_sequences, return_state,
// go_backwards, states to start from, stateful, zero_output_for_mask, masks.
func TestRecurrentOptions(t *testing.T) {
	const n, steps = 2, 5
	for _, c := range allLooped() {
		t.Run(c.name, func(t *testing.T) {
			x := random(7, append([]int{n, steps}, c.step...)...)
			alone := c.run(t, c.layer(t), 1, false, x)[0]
			all := c.run(t, c.layer(t, "return_sequences", "return_state"), 1+c.states, false, x)
			seq := all[0]
			last := func(y *tensor.Tensor, at int) *tensor.Tensor {
				return tensor.Of(part(y, at, at+1, false).F32, append([]int{n}, y.Shape[2:]...)...)
			}
			equal(t, "the last of the sequence", last(seq, steps-1), alone, 1e-6)
			// there the state is not the output
			if c.name != "RNN of a cell of one's own" && c.name != "StackedRNNCells" {
				equal(t, "h of the states", all[1], alone, 0)
			}
			// Backwards is the reversed sequence read forwards; the result is in the order of reading.
			back := c.run(t, c.layer(t, "return_sequences", "go_backwards"), 1, false, x)[0]
			equal(t, "go_backwards", back, c.run(t, c.layer(t, "return_sequences"), 1, false,
				part(x, 0, steps, true))[0], 1e-6)
			// Two halves, the second from where the first ended, by hand and stateful, are the whole.
			first := c.run(t, c.layer(t, "return_state"), 1+c.states, false, part(x, 0, 2, false))
			second := c.run(t, c.layer(t, "return_sequences"), 1, false, part(x, 2, steps, false), first[1:]...)[0]
			equal(t, "from given states", second, part(seq, 2, steps, false), 1e-6)
			m := c.net(t, c.layer(t, "stateful", "return_sequences"), 1, false, append(tensor.Shape{1}, c.step...))
			for s := range steps {
				y := predict(t, m, part(x, s, s+1, false))
				equal(t, fmt.Sprint("stateful, step ", s), last(y, 0), last(seq, s), 1e-6)
			}
			m.ResetStates()
			equal(t, "after forgetting", last(predict(t, m, part(x, 0, 1, false)), 0), last(seq, 0), 1e-6)
			if len(c.step) > 1 {
				return // Masking takes [steps, features]
			}
			// Padding in front, behind and between changes nothing; a step that is left out repeats the one before.
			const all7 = 7
			padded := tensor.New(tensor.Float32, n, all7, c.step[0])
			for i := range padded.F32 {
				padded.F32[i] = -9
			}
			at := []int{1, 2, 4, 5} // where the first four steps go
			row := c.step[0]
			for b := range n {
				for s, to := range at {
					copy(padded.F32[(b*all7+to)*row:][:row], x.F32[(b*steps+s)*row:])
				}
			}
			short := c.run(t, c.layer(t, "return_sequences", "return_state"), 1+c.states, false, part(x, 0, 4, false))
			long := c.run(t, c.layer(t, "return_sequences", "return_state"), 1+c.states, true, padded)
			for i := range c.states {
				equal(t, fmt.Sprint("masked, state ", i), long[1+i], short[1+i], 1e-6)
			}
			for s, from := range map[int]int{1: 0, 2: 1, 3: 1, 4: 2, 5: 3, 6: 3} {
				equal(t, fmt.Sprint("masked, step ", s), last(long[0], s), last(short[0], from), 1e-6)
			}
			zeroed := c.run(t, c.layer(t, "return_sequences", "zero_output_for_mask"), 1, true, padded)[0]
			for s := range all7 {
				want, what := last(long[0], s), "a step that counts"
				if s == 0 || s == 3 || s == 6 {
					want, what = tensor.New(tensor.Float32, want.Shape...), "a step that does not count"
				}
				equal(t, what, last(zeroed, s), want, 0)
			}
		})
	}
}

// TestBidirectionalModes: every merge mode, of every recurrent layer, is its formula of the layer read from both ends.
func TestBidirectionalModes(t *testing.T) {
	const n, steps = 2, 4
	for _, c := range allLooped() {
		x := random(8, append([]int{n, steps}, c.step...)...)
		for _, sequences := range []bool{false, true} {
			var options []string
			if sequences {
				options = append(options, "return_sequences")
			}
			none := func(mode string) []*tensor.Tensor {
				results := 1
				if mode == "none" {
					results = 2
				}
				return c.run(t, layer.Bidirectional{Base: layer.Base{Name: "b"}, Layer: c.layer(t, options...),
					MergeMode: mode}, results, false, x)
			}
			ends := none("none")
			f, b := ends[0].F32, ends[1].F32
			for mode, of := range map[string]func(f, b float32) float32{
				"sum": func(f, b float32) float32 { return f + b },
				"ave": func(f, b float32) float32 { return (f + b) / 2 },
				"mul": func(f, b float32) float32 { return f * b },
			} {
				want := tensor.New(tensor.Float32, ends[0].Shape...)
				for i := range want.F32 {
					want.F32[i] = of(f[i], b[i])
				}
				equal(t, c.name+" "+mode, none(mode)[0], want, 1e-6)
			}
			joined := none("")[0]
			k := ends[0].Shape[len(ends[0].Shape)-1]
			for i, v := range f {
				if joined.F32[i/k*2*k+i%k] != v || joined.F32[i/k*2*k+k+i%k] != b[i] {
					t.Errorf("%s concat: element %d is not beside its like", c.name, i)
					break
				}
			}
		}
	}
}

// TestRecurrentDropout: of a step each sample loses the same features at all steps, of the state the same units, and
// the rest is scaled: Gal and Ghahramani, 2016, as Keras has it. In prediction nothing is dropped.
func TestRecurrentDropout(t *testing.T) {
	const n, steps, k = 40, 3, 4
	eye := tensor.New(tensor.Float32, k, k)
	for i := range k {
		eye.F32[i*k+i] = 1
	}
	ones := tensor.New(tensor.Float32, n, steps, k)
	for i := range ones.F32 {
		ones.F32[i] = 1
	}
	for _, c := range []struct{ dropout, recurrent float64 }{{0.5, 0}, {0, 0.5}} {
		m := built(t, 1, layer.Input{Shape: []int{steps, k}},
			layer.SimpleRNN{Units: k, Activation: "linear", ReturnSequences: true,
				CellOptions: layer.CellOptions{NoBias: true, Dropout: c.dropout, RecurrentDropout: c.recurrent}})
		set(t, m, "simple_rnn/cell/kernel", eye.F32, k, k)
		set(t, m, "simple_rnn/cell/recurrent_kernel", eye.F32, k, k)
		tr := layer.NewTrace(true)
		var y *graph.Node
		if err := graph.Catch(func() { y = m.Trace(tr, tr.Graph.Input("x", graph.F32(n, steps, k)))[0] }); err != nil {
			t.Fatal(err)
		}
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"x": graph.ArrayOf(ones),
			"key": graph.ArrayOf(&tensor.Tensor{Shape: tensor.Shape{4}, I32: graph.Key(3, 1)})}}
		for name, v := range tr.Leaves {
			e.Leaves[name] = graph.ArrayOf(v.Value)
		}
		got, err := e.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		dropped := 0
		for b := range n {
			for u := range k {
				h := func(s int) float64 { return got.V[(b*steps+s)*k+u] }
				switch {
				case c.dropout > 0 && h(0) == 0, c.recurrent > 0 && h(1) == 1:
					dropped++ // the feature is gone at every step, or the state never comes back
					if c.dropout > 0 && (h(1) != 0 || h(2) != 0) || c.recurrent > 0 && h(2) != 1 {
						t.Errorf("%v: sample %d, unit %d goes %v, %v, %v", c, b, u, h(0), h(1), h(2))
					}
				case c.dropout > 0 && (h(0) != 2 || h(1) != 4 || h(2) != 6),
					c.recurrent > 0 && (h(0) != 1 || h(1) != 3 || h(2) != 7):
					t.Errorf("%v: sample %d, unit %d goes %v, %v, %v", c, b, u, h(0), h(1), h(2))
				}
			}
		}
		if math.Abs(float64(dropped)-n*k/2) > 5*math.Sqrt(n*k)/2 {
			t.Errorf("%v: %d of %d are dropped", c, dropped, n*k)
		}
		for i, v := range predict(t, m, ones).F32 {
			if want := float32(i/k%steps + 1); v != want {
				t.Errorf("in prediction element %d is %v, want %v", i, v, want)
				break
			}
		}
	}
}

// TestRecurrentFirstValues: the recurrent kernel is orthogonal, U·Uᵀ = 1; the forget gate of an LSTM begins at 1, all
// other biases at 0, or all at 0 where it is asked for.
func TestRecurrentFirstValues(t *testing.T) {
	const k = 5
	for word, blocks := range map[string]int{"simple_rnn": 1, "lstm": 4, "gru": 3, "ugrnn": 2} {
		l, err := layer.Layers.New(word, map[string]any{"units": float64(k), "name": "l"})
		if err != nil {
			t.Fatal(err)
		}
		m := built(t, 2, layer.Input{Shape: []int{3, 2}}, l)
		u := m.Store().Var("l/cell/recurrent_kernel").Value.F32
		for i := range k {
			for j := range k {
				dot := 0.0
				for c := range blocks * k {
					dot += float64(u[i*blocks*k+c]) * float64(u[j*blocks*k+c])
				}
				if want := map[bool]float64{true: 1}[i == j]; math.Abs(dot-want) > 1e-5 {
					t.Errorf("%s: rows %d and %d of the recurrent kernel have the product %v", word, i, j, dot)
				}
			}
		}
		for i, v := range m.Store().Var("l/cell/bias").Value.F32 {
			if want := map[bool]float32{true: 1}[word == "lstm" && i/k == 1]; v != want {
				t.Errorf("%s: bias %d begins at %v, want %v", word, i, v, want)
			}
		}
	}
	m := built(t, 2, layer.Input{Shape: []int{3, 2}}, layer.LSTM{Units: k, NoForgetBias: true})
	for _, v := range m.Store().Var("lstm/cell/bias").Value.F32 {
		if v != 0 {
			t.Errorf("without unit_forget_bias a bias begins at %v", v)
		}
	}
}
