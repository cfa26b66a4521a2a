package model_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// pulses are series with one pulse, at a step of their own that lies within the margin; those whose
// pulse comes late are class 1.
func pulses(steps, margin int) (x, y *tensor.Tensor) {
	n := steps - 2*margin
	x, y = tensor.New(tensor.Float32, n, steps, 1), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		x.F32[i*steps+margin+i] = 1
		y.F32[i] = float32(2 * i / n)
	}
	return x, y
}

// learnt trains on all samples at once, and gives the share that is predicted rightly.
func learnt(t *testing.T, m *model.Model, x, y *tensor.Tensor) float64 {
	t.Helper()
	n := x.Shape[0]
	tr, err := newTrainer(m, optim.Adam{LearningRate: 0.05}, loss.BinaryCrossentropy{}, n, graph.F32(n, 1))
	if err != nil {
		t.Fatal(err)
	}
	for range 150 {
		if _, err := tr.batch(x, y); err != nil {
			t.Fatal(err)
		}
	}
	right := 0
	for i, p := range predict(t, m, x).F32 {
		if (p > 0.5) == (y.F32[i] == 1) {
			right++
		}
	}
	return float64(right) / float64(n)
}

// TestR1Order: samples are steps of features, and their order carries meaning: whether a pulse came early or late is
// for a recurrent network to see, with the same numbers in every sample.
func TestR1Order(t *testing.T) {
	x, y := pulses(6, 0)
	m := built(t, 1, layer.Input{Shape: []int{6, 1}}, layer.LSTM{Units: 4},
		layer.Dense{Units: 1, Activation: "sigmoid"})
	if a := learnt(t, m, x, y); a != 1 {
		t.Errorf("early and late pulses are told apart in %.0f %% of the samples", 100*a)
	}
}

// TestR9Compared: convolutions in one and two dimensions over a series, brought to features by the greatest
// value as is usual, lose when something happened; a recurrent network carries it.
func TestR9Compared(t *testing.T) {
	const steps = 12
	x, y := pulses(steps, 2)
	end := layer.Dense{Units: 1, Activation: "sigmoid"}
	for _, c := range []struct {
		name   string
		layers []layer.Layer
		sees   bool
	}{
		{"LSTM", []layer.Layer{layer.LSTM{Units: 4}}, true},
		{"GRU", []layer.Layer{layer.GRU{Units: 4}}, true},
		{"Conv1D", []layer.Layer{layer.Conv1D{Filters: 8, KernelSize: []int{3}, Activation: "tanh"},
			layer.GlobalMaxPooling1D{}}, false},
		{"Conv2D", []layer.Layer{layer.Reshape{Target: []int{steps, 1, 1}},
			layer.Conv2D{Filters: 8, KernelSize: []int{3, 1}, Activation: "tanh"}, layer.GlobalMaxPooling2D{}}, false},
	} {
		m := built(t, 1, append(append([]layer.Layer{layer.Input{Shape: []int{steps, 1}}}, c.layers...), end)...)
		a := learnt(t, m, x, y)
		t.Logf("%-6s tells early from late in %.0f %% of the samples", c.name, 100*a)
		if c.sees && a != 1 || !c.sees && a != 0.5 {
			t.Errorf("%s tells early from late in %.0f %% of the samples", c.name, 100*a)
		}
	}
}

// TestR2OneHot: one-hot words and the rows of the first kernel that their ids name are the same
// numbers to the bit, and 1,000 words of 5,000 are never made one-hot.
func TestR2OneHot(t *testing.T) {
	const words, steps, n = 7, 5, 4
	ids := tensor.New(tensor.Int32, n, steps)
	hot := tensor.New(tensor.Float32, n, steps, words)
	for i := range ids.I32 {
		ids.I32[i] = int32(i * i % words)
		hot.F32[i*words+int(ids.I32[i])] = 1
	}
	for _, l := range []layer.Layer{layer.LSTM{Units: 3}, layer.GRU{Units: 3},
		layer.SimpleRNN{Units: 3, CellOptions: layer.CellOptions{NoBias: true}}, layer.UGRNN{Units: 3},
		layer.Bidirectional{Layer: layer.LSTM{Units: 2}}, layer.Dense{Units: 3}} {
		byId := built(t, 3, layer.Input{Shape: []int{steps}, DType: "int32"},
			layer.CategoryEncoding{NumTokens: words, Output: "one_hot"}, l)
		byCode := built(t, 3, layer.Input{Shape: []int{steps, words}}, l)
		a, b := predict(t, byId, ids), predict(t, byCode, hot)
		for i := range b.F32 {
			if math.Float32bits(a.F32[i]) != math.Float32bits(b.F32[i]) {
				t.Errorf("%T: element %d is %v by ids and %v one-hot", l, i, a.F32[i], b.F32[i])
				break
			}
		}
		target := random(1, a.Shape...)
		da, err := byId.Gradients(t.Context(), loss.MeanSquaredError{}, target, ids)
		if err != nil {
			t.Fatal(err)
		}
		db, err := byCode.Gradients(t.Context(), loss.MeanSquaredError{}, target, hot)
		if err != nil {
			t.Fatal(err)
		}
		for path, g := range db.Weights {
			for i, v := range g.F32 {
				if math.Abs(float64(v-da.Weights[path].F32[i])) > 1e-6 {
					t.Errorf("%T: the gradient of %s differs at %d: %v by ids, %v one-hot", l, path, i,
						da.Weights[path].F32[i], v)
					break
				}
			}
		}
	}
	// The graph of the chapter's network holds no value as large as one document's codes.
	m := built(t, 1, layer.Input{Shape: []int{1000}, DType: "int32"},
		layer.CategoryEncoding{NumTokens: 5000, Output: "one_hot"}, layer.LSTM{Units: 8})
	tr := layer.NewTrace(true)
	var roots []*graph.Node
	if err := graph.Catch(func() {
		y := m.Trace(tr, tr.Graph.Input("x", graph.I32(2, 1000)))[0]
		roots = append(graph.Gradients([]*graph.Node{y.Sum()}, nil,
			[]*graph.Node{tr.Leaf(m.Store().Var("lstm/cell/kernel"))}), y)
	}); err != nil {
		t.Fatal(err)
	}
	g, _ := graph.Simplify(roots, func(*graph.Call) bool { return true })
	for _, c := range g.Calls {
		for _, o := range c.Out {
			if o.Shape.Size() >= 1000*5000 {
				t.Errorf("%v makes %v", c.Op, o.Type)
			}
		}
	}
}

// TestR3Counts: k units on m features hold (m + k + 1)·k parameters, a layer of k₂ upon one of k₁
// (k₁ + k₂ + 1)·k₂, whatever the number of steps; and the formulas say so.
func TestR3Counts(t *testing.T) {
	for _, c := range [][3]int{{1, 1, 1}, {3, 4, 2}, {10, 32, 16}} {
		m, k1, k2 := c[0], c[1], c[2]
		for _, steps := range []int{1, 3} { // the chapter's S1
			s := built(t, 1, layer.Input{Shape: []int{steps, m}}, layer.SimpleRNN{Units: k1, ReturnSequences: true},
				layer.SimpleRNN{Units: k2}).Summary()
			if s.Rows[1].Params != (m+k1+1)*k1 || s.Rows[2].Params != (k1+k2+1)*k2 {
				t.Errorf("%v: %d and %d parameters", c, s.Rows[1].Params, s.Rows[2].Params)
			}
			if want := fmt.Sprintf("(%d + %d + 1) × %d = %s", m, k1, k1,
				layer.Thousands((m+k1+1)*k1)); s.Rows[1].Formula != want {
				t.Errorf("the formula is %q, want %q", s.Rows[1].Formula, want)
			}
		}
	}
}

// TestS1Steps: the summary says what follows from parameters that do not depend on the time steps.
func TestS1Steps(t *testing.T) {
	const says = "Nor do those of a recurrent layer grow with the time steps, so the steps must be at least stationary."
	for _, l := range []layer.Layer{layer.GRU{Units: 2}, layer.Bidirectional{Layer: layer.LSTM{Units: 2}},
		layer.Flatten{}} {
		var b strings.Builder
		if err := built(t, 1, layer.Input{Shape: []int{8, 3}}, l).Summary().Write(&b, true); err != nil {
			t.Fatal(err)
		}
		if _, flat := l.(layer.Flatten); strings.Contains(b.String(), says) == flat {
			t.Errorf("of %T the summary says:\n%s", l, b.String())
		}
	}
}

// TestR6R7Counts: LSTM has four blocks, GRU three with a second bias, UGRNN two: half of LSTM's parameters.
func TestR6R7Counts(t *testing.T) {
	const m, k = 3, 64
	for _, c := range []struct {
		layer  layer.Layer
		params int
		says   string
	}{
		{layer.LSTM{Units: k}, 4 * (m + k + 1) * k, "4 × (3 + 64 + 1) × 64 = 17,408"},
		{layer.GRU{Units: k}, 3 * (m + k + 2) * k, "3 × (3 + 64 + 2) × 64 = 13,248"},
		{layer.GRU{Units: k, ResetBefore: true}, 3 * (m + k + 1) * k, "3 × (3 + 64 + 1) × 64 = 13,056"},
		{layer.UGRNN{Units: k}, 2 * (m + k + 1) * k, "2 × (3 + 64 + 1) × 64 = 8,704"},
		{layer.LSTM{Units: k, CellOptions: layer.CellOptions{NoBias: true}}, 4 * (m + k) * k,
			"4 × (3 + 64) × 64 = 17,152"},
		{layer.Bidirectional{Layer: layer.LSTM{Units: k}}, 8 * (m + k + 1) * k, "2 × (4 × (3 + 64 + 1) × 64) = 34,816"},
	} {
		s := built(t, 1, layer.Input{Shape: []int{390, m}}, c.layer).Summary()
		if s.Rows[1].Params != c.params || s.Rows[1].Formula != c.says {
			t.Errorf("%T: %d parameters by %q, want %d by %q", c.layer, s.Rows[1].Params, s.Rows[1].Formula, c.params,
				c.says)
		}
	}
}

// TestR4OneStep: with one time step a simple recurrent network is an MLP.
func TestR4OneStep(t *testing.T) {
	rnn := built(t, 1, layer.Input{Shape: []int{1, 5}}, layer.SimpleRNN{Units: 3}, layer.Dense{Units: 2})
	mlp := built(t, 2, layer.Input{Shape: []int{5}}, layer.Dense{Units: 3, Activation: "tanh"}, layer.Dense{Units: 2})
	for from, to := range map[string]string{"simple_rnn/cell/kernel": "dense/kernel",
		"simple_rnn/cell/bias": "dense/bias", "dense/kernel": "dense_1/kernel", "dense/bias": "dense_1/bias"} {
		if err := mlp.Store().Set(to, rnn.Store().Var(from).Value); err != nil {
			t.Fatal(err)
		}
	}
	x := random(4, 6, 5)
	a, b := predict(t, rnn, tensor.Of(x.F32, 6, 1, 5)), predict(t, mlp, x)
	for i := range b.F32 {
		if math.Abs(float64(a.F32[i]-b.F32[i])) > 1e-6 {
			t.Errorf("output %d is %v, that of the MLP %v", i, a.F32[i], b.F32[i])
		}
	}
}

// TestR5Gradients: through T steps of a linear network h′ = w·x + u·h the derivative of the last
// state with respect to the input of step t is w·u^(T − t): it explodes for u above 1, and
// vanishes below.
func TestR5Gradients(t *testing.T) {
	const steps, w = 50, 0.5
	var table strings.Builder
	for _, u := range []float64{1.1, 1, 0.9} {
		m := built(t, 1, layer.Input{Shape: []int{steps, 1}},
			layer.SimpleRNN{Units: 1, Activation: "linear", CellOptions: layer.CellOptions{NoBias: true}})
		set(t, m, "simple_rnn/cell/kernel", []float32{w}, 1, 1)
		set(t, m, "simple_rnn/cell/recurrent_kernel", []float32{float32(u)}, 1, 1)
		// The loss (h − target)² has derivative 2(h − target), which is 1 for a target ½ below h.
		x := random(2, 1, steps, 1)
		h := predict(t, m, x).F32[0]
		g, err := m.Gradients(t.Context(), loss.MeanSquaredError{}, tensor.Of([]float32{h - 0.5}, 1, 1), x)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range g.Inputs[0].F32 {
			want := w * math.Pow(u, steps-1-float64(i))
			if math.Abs(float64(d)-want) > 1e-4*want {
				t.Errorf("u = %v: the derivative by step %d is %v, want %v", u, i+1, d, want)
			}
		}
		fmt.Fprintf(&table, "u = %.1f: the derivative by step 1 is %.2g, by step %d %.2g\n", u, g.Inputs[0].F32[0],
			steps, g.Inputs[0].F32[steps-1])
	}
	t.Log("\n" + table.String())
}

// TestR6R7ByHand computes two steps of LSTM and UGRNN with one unit from the chapter's formulas.
func TestR6R7ByHand(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	x := []float64{0.5, -1}
	in := tensor.Of([]float32{0.5, -1}, 1, 2, 1)
	wx, wh, b := []float64{0.1, -0.2, 0.3, 0.4}, []float64{0.5, 0.6, -0.7, 0.8}, []float64{0.01, 0.02, 0.03, 0.04}
	f32 := func(v []float64) (w []float32) {
		for _, x := range v {
			w = append(w, float32(x))
		}
		return w
	}

	lstm := built(t, 1, layer.Input{Shape: []int{2, 1}}, layer.LSTM{Units: 1})
	set(t, lstm, "lstm/cell/kernel", f32(wx), 1, 4)
	set(t, lstm, "lstm/cell/recurrent_kernel", f32(wh), 1, 4)
	set(t, lstm, "lstm/cell/bias", f32(b), 4)
	h, c := 0.0, 0.0
	for _, v := range x {
		z := func(j int) float64 { return wx[j]*v + wh[j]*h + b[j] }
		i, f, g, o := sigmoid(z(0)), sigmoid(z(1)), math.Tanh(z(2)), sigmoid(z(3))
		c = c*f + i*g
		h = o * math.Tanh(c)
	}
	if y := predict(t, lstm, in).F32[0]; math.Abs(float64(y)-h) > 1e-6 {
		t.Errorf("LSTM gives %v, by the chapter's formulas %v", y, h)
	}

	ugrnn := built(t, 1, layer.Input{Shape: []int{2, 1}}, layer.UGRNN{Units: 1})
	set(t, ugrnn, "ugrnn/cell/kernel", f32(wx[:2]), 1, 2)
	set(t, ugrnn, "ugrnn/cell/recurrent_kernel", f32(wh[:2]), 1, 2)
	set(t, ugrnn, "ugrnn/cell/bias", f32(b[:2]), 2)
	h = 0
	for _, v := range x {
		g, f := math.Tanh(wx[0]*v+wh[0]*h+b[0]), sigmoid(wx[1]*v+wh[1]*h+b[1])
		h = (1-f)*g + f*h
	}
	if y := predict(t, ugrnn, in).F32[0]; math.Abs(float64(y)-h) > 1e-6 {
		t.Errorf("UGRNN gives %v, by the chapter's formulas %v", y, h)
	}
}

// TestR8Results: a layer gives h₁ … h_T, h_T alone, and for LSTM c_T.
func TestR8Results(t *testing.T) {
	in := model.Input("x", 5, 2)
	out := model.ApplyN(layer.LSTM{Units: 3, ReturnSequences: true, ReturnState: true}, 3, in)
	m := model.New([]*model.Value{in}, out)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	last := built(t, 1, layer.Input{Shape: []int{5, 2}}, layer.LSTM{Units: 3})
	x := random(1, 2, 5, 2)
	y, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	alone := predict(t, last, x)
	if got := fmt.Sprint(y[0].Shape, y[1].Shape, y[2].Shape); got != "(2, 5, 3) (2, 3) (2, 3)" {
		t.Errorf("the shapes are %s", got)
	}
	for b := range 2 {
		for k := range 3 {
			h := y[0].F32[(b*5+4)*3+k]
			if h != y[1].F32[b*3+k] || math.Abs(float64(h-alone.F32[b*3+k])) > 1e-6 || h == y[2].F32[b*3+k] {
				t.Errorf("sample %d: h₅ is %v in the sequence, %v as state, %v alone; c₅ is %v", b, h, y[1].F32[b*3+k],
					alone.F32[b*3+k], y[2].F32[b*3+k])
			}
		}
	}
}

// memory is a cell of a user's own: a leaky sum of what a layer inside makes of the step.
type memory struct {
	layer.Base
	Units int     `keras:"units,main,required"`
	Keep  float64 `keras:"keep,default=0.5"`
}

func init() { layer.Cells.RegisterOwn(memory{}) }

func (c memory) States(step tensor.Shape) []tensor.Shape { return []tensor.Shape{{c.Units}, {1}} }

func (c memory) Step(s *layer.Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	x = s.Child("noise", layer.Dropout{Rate: 0.3}, x)[0]
	x = s.Child("see", layer.Dense{Units: c.Units, Activation: "tanh"}, x)[0]
	h := states[0].MulC(c.Keep).Add(x.Mul(s.Weight("scale", []int{c.Units}, weight.Ones{}, weight.L2{})))
	n := states[1].AddC(1)
	return h.Mul(n), []*graph.Node{h, n}
}

func (c memory) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("(%d + 1) × %d + %d = %d", in[0][0], c.Units, c.Units, (in[0][0]+2)*c.Units)
}
