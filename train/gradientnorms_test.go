package train

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// waves is n sequences of a sine and a cosine, and a target of the given size for each.
func waves(n, steps, targets int) (x, y *tensor.Tensor) {
	x, y = tensor.New(tensor.Float32, n, steps, 2), tensor.New(tensor.Float32, n, targets)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i)*0.7 + 1))
	}
	for i := range y.F32 {
		y.F32[i] = float32(math.Cos(float64(3 * i)))
	}
	return x, y
}

// TestR5Norms: through a linear network h′ = W·x + u·h the gradient by h_t is u^(T − t) times that by h_T, which is
// 2(h_T − y)/k; the norms that training measures are that, to the digits of float32. Reading backwards turns it round.
func TestR5Norms(t *testing.T) {
	const n, steps, k = 5, 30, 3
	for _, u := range []float32{0.5, 1, 1.5} {
		for _, reverse := range []bool{false, true} {
			m := model.Sequential(layer.Input{Shape: []int{steps, 2}},
				layer.SimpleRNN{Units: k, Activation: "linear", RNNOptions: layer.RNNOptions{GoBackwards: reverse},
					CellOptions: layer.CellOptions{NoBias: true}})
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			inner := tensor.New(tensor.Float32, k, k)
			for i := range k {
				inner.F32[i*k+i] = u
			}
			if err := m.Store().Set("simple_rnn/cell/recurrent_kernel", inner); err != nil {
				t.Fatal(err)
			}
			x, y := waves(n, steps, k)
			h, err := m.Predict(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			last := 0.0
			for i, v := range h[0].F32 {
				d := 2 * float64(v-y.F32[i]) / k
				last += d * d
			}
			last = math.Sqrt(last / n)
			g := &GradientNorms{}
			mustFit(t, m, Pairs(x, y), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-38},
				Epochs: 1, Callbacks: []Callback{g}})
			if g.Failed != nil || len(g.Norms) != 2 || g.Norms[0].Epoch != 0 || g.Norms[1].Epoch != 1 ||
				g.Norms[0].Layer != "simple_rnn" {
				t.Fatalf("measured %v, %v", g.Norms, g.Failed)
			}
			for at, got := range g.Norms[0].Norm {
				later := steps - 1 - at
				if reverse {
					later = at
				}
				if want := last * math.Pow(float64(u), float64(later)); !(math.Abs(got-want) <= 1e-4*want) {
					t.Errorf("u = %v, backwards %v: the norm at step %d is %v, by hand %v", u, reverse, at+1, got, want)
				}
			}
			ratio, from, to, ok := g.Norms[1].Across()
			if want := math.Pow(float64(u), steps-1); !ok || math.Abs(ratio/want-1) > 1e-4 || (from < to) == reverse {
				t.Errorf("u = %v: across the sequence %v from %d to %d, by hand %v", u, ratio, from, to, want)
			}
		}
	}
}

// TestR5NormsOfAll: every recurrent layer is measured, with one entry for each loop; by the last output of a single
// loop the loss has the derivative 2(ŷ − y)·w, w being the weights of the Dense upon it.
func TestR5NormsOfAll(t *testing.T) {
	x, y := waves(4, 6, 1)
	for _, c := range []struct {
		l    layer.Layer
		want []string
	}{
		{layer.SimpleRNN{Units: 3}, []string{"simple_rnn"}},
		{layer.LSTM{Units: 3}, []string{"lstm"}},
		{layer.GRU{Units: 3}, []string{"gru"}},
		{layer.UGRNN{Units: 3}, []string{"ugrnn"}},
		{layer.Bidirectional{Layer: layer.LSTM{Units: 2}},
			[]string{"bidirectional/forward_layer", "bidirectional/backward_layer"}},
		{layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.GRUCell{Units: 2},
			layer.LSTMCell{Units: 2}}}}, []string{"rnn/cell/cells/gru_cell", "rnn/cell/cells/lstm_cell"}},
	} {
		m := model.Sequential(layer.Input{Shape: []int{6, 2}}, c.l, layer.Dense{Units: 1})
		if err := m.Build(0); err != nil {
			t.Fatal(err)
		}
		p, err := m.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		last, w := 0.0, 0.0
		for i, v := range p[0].F32 {
			last += math.Pow(2*float64(v-y.F32[i]), 2) / 4
		}
		for _, v := range m.Store().Var("dense/kernel").Value.F32 {
			w += float64(v) * float64(v)
		}
		g := &GradientNorms{}
		mustFit(t, m, Pairs(x, y), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 20,
			Callbacks: []Callback{g}})
		if g.Failed != nil {
			t.Fatal(g.Failed)
		}
		if got, want := g.Norms[0].Norm[5], math.Sqrt(last*w); len(c.want) == 1 && !(math.Abs(got-want) <= 1e-5*want) {
			t.Errorf("%T: the norm by the last output is %v, by hand %v", c.l, got, want)
		}
		var epochs []int
		for i, n := range g.Norms {
			if name := c.want[i%len(c.want)]; n.Layer != name {
				t.Errorf("%T: entry %d is of %s, want %s", c.l, i, n.Layer, name)
			}
			if i%len(c.want) == 0 {
				epochs = append(epochs, n.Epoch)
			}
			for at, v := range n.Norm {
				if !(v > 0) {
					t.Errorf("%T: the norm of %s at step %d is %v", c.l, n.Layer, at+1, v)
				}
			}
		}
		if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20}; !equalInts(epochs, want) {
			t.Errorf("%T: measured after epochs %v, want %v", c.l, epochs, want)
		}
	}
	// Without recurrent layers there is nothing to see.
	g := &GradientNorms{}
	m := model.Sequential(layer.Input{Shape: []int{6, 2}}, layer.Flatten{}, layer.Dense{Units: 1})
	mustFit(t, m, Pairs(x, y), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1,
		Callbacks: []Callback{g}})
	if len(g.Norms) != 0 || g.Failed != nil {
		t.Errorf("a model without recurrent layers gives %v, %v", g.Norms, g.Failed)
	}
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestGradientNormsMasked: steps that a mask leaves out in every sample have no norm, those of some are the mean over
// the others: three sequences of lengths 2, 4 and 4 behind padding of 5.
func TestGradientNormsMasked(t *testing.T) {
	const steps = 5
	full, y := waves(3, 4, 1)
	x := tensor.New(tensor.Float32, 3, steps, 2)
	for i := range x.F32 {
		x.F32[i] = -9
	}
	length := []int{2, 4, 4}
	for b, n := range length {
		copy(x.F32[b*steps*2:], full.F32[b*8:b*8+2*n])
	}
	m := model.Sequential(layer.Input{Shape: []int{steps, 2}}, layer.Masking{Value: -9}, layer.GRU{Units: 2},
		layer.Dense{Units: 1})
	g := &GradientNorms{}
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-38}, Epochs: 1,
		Callbacks: []Callback{g}}
	mustFit(t, m, Pairs(x, y), c)
	if g.Failed != nil {
		t.Fatal(g.Failed)
	}
	sum := make([]float64, steps) // of squares, sample by sample
	for b, n := range length {
		one := model.Sequential(layer.Input{Shape: []int{n, 2}}, layer.GRU{Units: 2}, layer.Dense{Units: 1})
		if err := one.Build(1); err != nil {
			t.Fatal(err)
		}
		for _, v := range one.Store().Vars() {
			if err := one.Store().Set(v.Path, m.Store().Var(v.Path).Value); err != nil {
				t.Fatal(err)
			}
		}
		alone := &GradientNorms{}
		c.Callbacks = []Callback{alone}
		mustFit(t, one, Pairs(tensor.Of(full.F32[b*8:b*8+2*n], 1, n, 2), y.Rows(b, b+1)), c)
		for at, v := range alone.Norms[0].Norm {
			sum[at] += v * v
		}
	}
	for at, got := range g.Norms[0].Norm {
		n := 0.0
		for _, l := range length {
			if at < l {
				n++
			}
		}
		want := math.Sqrt(sum[at] / n)
		if n == 0 && !math.IsNaN(got) || n > 0 && !(math.Abs(got-want) <= 1e-5*want) {
			t.Errorf("step %d: %v, the sequences alone give %v", at+1, got, want)
		}
	}
	if _, from, to, ok := g.Norms[0].Across(); !ok || from != 0 || to != 3 {
		t.Errorf("across from %d to %d, want 0 to 3", from, to)
	}
}

// TestGradientNormsChangeNothing: a run that is measured learns the same bits, and one that was stopped and taken up
// again has measured the same.
func TestGradientNormsChangeNothing(t *testing.T) {
	x, y := waves(20, 7, 1)
	run := func(path string, epochs int, resume bool, cs ...Callback) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{7, 2}},
			layer.LSTM{Units: 3, CellOptions: layer.CellOptions{Dropout: 0.2, RecurrentDropout: 0.1}},
			layer.Dense{Units: 1})
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: epochs, BatchSize: 6, Seed: 4,
			Callbacks: cs}
		if path != "" {
			c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: resume}
		}
		mustFit(t, m, Pairs(x, y), c)
		return m
	}
	whole, again := &GradientNorms{Samples: 4}, &GradientNorms{Samples: 4}
	plain, measured := run("", 3, false), run("", 3, false, whole)
	for _, v := range plain.Store().Vars() {
		for i, w := range measured.Store().Var(v.Path).Value.F32 {
			if w != v.Value.F32[i] {
				t.Fatalf("%s[%d] is %v, measured %v", v.Path, i, v.Value.F32[i], w)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "last.keras")
	run(path, 1, false, &GradientNorms{Samples: 4})
	run(path, 3, true, again)
	if len(whole.Norms) != 4 || len(again.Norms) != 4 {
		t.Fatalf("%d and %d measurements, want 4", len(whole.Norms), len(again.Norms))
	}
	for i, n := range whole.Norms {
		for at, v := range n.Norm {
			if r := again.Norms[i]; r.Epoch != n.Epoch || r.Norm[at] != v {
				t.Errorf("after epoch %d the norm at step %d is %v, taken up again %v after epoch %d", n.Epoch, at+1,
					v, r.Norm[at], r.Epoch)
			}
		}
	}
	if err := (&GradientNorms{}).Restore([]byte{255, 255, 255, 255, 1}); err == nil {
		t.Error("a state that lies about its length passes")
	}
}

// The chapter's R5: through twenty steps of a linear network whose recurrent weight is a half, the gradient falls to
// 2⁻¹⁹ of what it is at the last step.
func ExampleGradientNorms() {
	m := model.Sequential(
		layer.Input{Shape: []int{20, 1}},
		layer.SimpleRNN{Units: 1, Activation: "linear",
			CellOptions: layer.CellOptions{Recurrent: weight.Identity{Gain: new(0.5)}}},
	)
	x, y := tensor.New(tensor.Float32, 8, 20, 1), tensor.New(tensor.Float32, 8, 1)
	for i := range x.F32 {
		x.F32[i] = float32(i % 3)
	}
	g := &GradientNorms{}
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-6}, Epochs: 1,
		Callbacks: []Callback{g}}
	if _, err := Fit(context.Background(), m, Pairs(x, y), c); err != nil {
		fmt.Println(err)
		return
	}
	first := g.Norms[0]
	ratio, from, to, _ := first.Across()
	fmt.Printf("%s, before learning: step %d has %.1e of the gradient of step %d\n", first.Layer, from+1, ratio, to+1)
	// Output: simple_rnn, before learning: step 1 has 1.9e-06 of the gradient of step 20
}
