package train

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// sequential gives a network with the weights of a map.
func sequential(t *testing.T, first map[string][]float32, layers ...layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(layers...)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	for path, v := range first {
		if err := m.Store().Set(path, tensor.Of(v, m.Store().Var(path).Shape...)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// TestTruncatePyTorch: an epoch of two batches, each in chunks of 3, 3 and 2 steps, is what
// testdata/truncate.py computes, layer by layer, with recomputation and without.
func TestTruncatePyTorch(t *testing.T) {
	var golden struct {
		X, Y        []float32
		First, Last map[string][]float32
		Loss        float64
	}
	b, err := os.ReadFile("testdata/truncate.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	d := Pairs(tensor.Of(golden.X, 4, 8, 2), tensor.Of(golden.Y, 4, 8, 1))
	for _, again := range []bool{false, true} {
		m := sequential(t, golden.First, layer.Input{Shape: []int{8, 2}}, layer.LSTM{Units: 5, ReturnSequences: true},
			layer.Dense{Units: 1})
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.3}, BatchSize: 2, Epochs: 1,
			NoShuffle: true, Truncate: 3, Recompute: again}
		h := mustFit(t, m, d, c)
		if got := h.Rows[0].Metrics.Of("loss"); math.Abs(got-golden.Loss) > 1e-5 {
			t.Errorf("recompute=%v: the loss is %v, want %v", again, got, golden.Loss)
		}
		for path, want := range golden.Last {
			for i, v := range m.Store().Var(path).Value.F32 {
				if math.Abs(float64(v-want[i])) > 1e-5 {
					t.Fatalf("recompute=%v: %s[%d] = %v, want %v", again, path, i, v, want[i])
				}
			}
		}
	}
}

// TestTruncateWhole: a chunk as long as the sequences, or longer, is learning from them whole, to the bit; a
// shorter one is not.
func TestTruncateWhole(t *testing.T) {
	x, y := tensor.New(tensor.Float32, 5, 7, 2), tensor.New(tensor.Int32, 5, 7)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(3 * i)))
	}
	for i := range 2 { // the second sample ends early
		x.F32[26-i] = 9
	}
	for i := range y.I32 {
		y.I32[i] = int32(i * i % 3)
	}
	fit := func(truncate int, recompute bool) uint64 {
		m := sequential(t, nil, layer.Input{Shape: []int{7, 2}}, layer.Masking{Value: 9},
			layer.GRU{Units: 4, ReturnSequences: true, CellOptions: layer.CellOptions{RecurrentDropout: 0.2}},
			layer.SimpleRNN{Units: 3, ReturnSequences: true}, layer.Dense{Units: 3, Activation: "softmax"})
		mustFit(t, m, Pairs(x, y), Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.Adam{},
			BatchSize: 2, Epochs: 2, Truncate: truncate, Recompute: recompute})
		return print(m)
	}
	whole := fit(0, false)
	for _, n := range []int{7, 8, 1000} {
		if fit(n, false) != whole {
			t.Errorf("chunks of %d steps of 7 are not the whole sequences", n)
		}
	}
	if fit(0, true) != whole {
		t.Error("recomputation changes what is learnt")
	}
	if fit(4, false) == whole {
		t.Error("chunks of 4 steps of 7 are the whole sequences")
	}
}

// TestTruncateCarries: what a chunk begins from is where the one before ended: the metrics of chunks, nothing
// being learnt, are those of the whole; and no batch sees the one before.
func TestTruncateCarries(t *testing.T) {
	x, y := tensor.New(tensor.Float32, 4, 9, 1), tensor.New(tensor.Float32, 4, 9, 1)
	for i := range x.F32 {
		x.F32[i], y.F32[i] = float32(math.Sin(float64(i))), float32(math.Cos(float64(5*i)))
	}
	in := model.Apply(layer.Input{Shape: []int{9, 1}})
	again := model.Share(layer.GRU{Units: 1, ReturnSequences: true})
	twice := model.New([]*model.Value{in}, []*model.Value{again.Apply(again.Apply(in))})
	if err := twice.Build(1); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*model.Model{
		"lstm": sequential(t, nil, layer.Input{Shape: []int{9, 1}}, layer.LSTM{Units: 3, ReturnSequences: true},
			layer.Dense{Units: 1}),
		"stacked": sequential(t, nil, layer.Input{Shape: []int{9, 1}}, layer.RNN{Cell: layer.StackedRNNCells{
			Cells: []layer.Cell{layer.GRUCell{Units: 2}, layer.UGRNNCell{Units: 3}}}, ReturnSequences: true},
			layer.Dense{Units: 1}),
		"one layer twice": twice,
	} {
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-30}, BatchSize: 2, Epochs: 2,
			NoShuffle: true, Truncate: 4}
		h := mustFit(t, m, Pairs(x, y), c)
		f, err := Evaluate(t.Context(), m, Pairs(x, y), loss.MeanSquaredError{}, nil, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range h.Rows {
			if got := row.Metrics.Of("loss"); math.Abs(got-f[0].Value) > 1e-6 {
				t.Errorf("%s, epoch %d: the loss over chunks is %v, that of the whole %v", name, row.Epoch, got,
					f[0].Value)
			}
		}
	}
}

// TestTruncateErrors: what cannot be cut is said in one line.
func TestTruncateErrors(t *testing.T) {
	x, y, last := tensor.New(tensor.Float32, 2, 6, 1), tensor.New(tensor.Float32, 2, 6, 1),
		tensor.New(tensor.Float32, 2, 1)
	lstm := layer.LSTM{Units: 2, ReturnSequences: true}
	for _, c := range []struct {
		truncate int
		y        *tensor.Tensor
		layers   []layer.Layer
		want     string
	}{
		{-1, y, []layer.Layer{lstm}, "truncate: -1 is not a number of steps; give 1 or more, or 0 for whole sequences"},
		{2, last, []layer.Layer{layer.LSTM{Units: 1}},
			"truncate: target 1 has shape (1,), the sequences have 6 steps; give a value for each step, or leave out " +
				"truncate"},
		{2, y, []layer.Layer{layer.Bidirectional{Layer: lstm}, layer.Dense{Units: 1}},
			"cannot be trained in chunks of steps: it goes backwards; leave out truncate"},
	} {
		m := sequential(t, nil, append([]layer.Layer{layer.Input{Shape: []int{6, 1}}}, c.layers...)...)
		_, err := Fit(t.Context(), m, Pairs(x, c.y),
			Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1, Truncate: c.truncate})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want … %s", err, c.want)
		}
	}
}
