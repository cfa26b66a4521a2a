package run_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/run"
	"gorae/tensor"
)

// TestM7Bottleneck: nodes halved again and again lose information. Ten digits behind 1 node are told apart worse than
// behind 64, worse than by logistic regression too, and the report names the layer; behind 64 it does not.
func TestM7Bottleneck(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	accuracy := map[int]float64{}
	for _, nodes := range []int{64, 8, 1} {
		p := open(t, fmt.Sprintf(`data: {source: "embed:digits", features: minmax}
model: [dense: {units: 64, activation: relu}, dense: {units: %d, activation: tanh}, dense: {units: 10, activation: softmax}]
train: {epochs: 20}
`, nodes))
		r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
		if err != nil {
			t.Fatal(err)
		}
		accuracy[nodes] = r.Report.Test.Of("accuracy")
		words := strings.Join(r.Report.Findings.Words, "\n")
		const want = "dense_1 brings 64 features down to 1, and 10 classes are told apart by no more: a bottleneck"
		says := strings.Contains(words, want)
		if says != (nodes == 1) || nodes > 8 && strings.Contains(words, "bottleneck") {
			t.Errorf("%d nodes, accuracy %v: it says %q", nodes, accuracy[nodes], words)
		}
	}
	t.Logf("accuracy by nodes: %v", accuracy)
	if accuracy[1] > 0.6 || accuracy[64] < 0.93 || accuracy[8] < accuracy[1] {
		t.Errorf("accuracy by nodes: %v", accuracy)
	}
}

// TestM7Parameters: 2,241 parameters learn 48 samples with targets of chance by heart; the gap is found, and the report
// has both numbers.
func TestM7Parameters(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const n, m = 148, 33
	x, y := tensor.New(tensor.Float32, n, m), tensor.New(tensor.Int32, n)
	for i := range x.F32 {
		x.F32[i] = float32(r.NormFloat64())
	}
	for i := range y.I32 {
		y.I32[i] = int32(r.IntN(2))
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	p := open(t, fmt.Sprintf(`data: {source: %q}
split: {validation: 0, test: 0.6756}
model: [dense: {units: 64, activation: relu}, dense: {units: 1, activation: sigmoid}]
train: {epochs: 60, callbacks: [], optimizer: {adam: {learning_rate: 0.01}}}
`, path))
	res, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(res.Report.Findings.Words, "\n")
	want := fmt.Sprintf("the network has 2,241 parameters for %d training samples: so many can learn them by heart",
		p.Rows(0))
	if g := res.Report.Gap; g == nil || g.Meaning() != run.Overfitting || !strings.Contains(words, want) {
		t.Errorf("gap %+v: %q, want %q", res.Report.Gap, words, want)
	}
}

// TestBottleneck: the features are those that the layer is given, not the steps of a sequence; classes of steps and
// branches are left alone.
func TestBottleneck(t *testing.T) {
	softmax := layer.Dense{Units: 100, Activation: "softmax"}
	words := []layer.Layer{layer.Input{Shape: []int{200}}, layer.Embedding{InputDim: 50, OutputDim: 16}}
	x := model.Input("x", 64)
	for _, c := range []struct {
		what string
		m    *model.Model
		from int
	}{
		{"of 32", model.Sequential(append(words, layer.LSTM{Units: 32}, layer.Dense{Units: 8}, softmax)...), 32},
		{"of steps", model.Sequential(append(words, layer.Dense{Units: 8}, softmax)...), 0},
		{"wide", model.Sequential(append(words, layer.LSTM{Units: 32}, layer.Dense{Units: 99}, softmax)...), 0},
		{"branches", model.New([]*model.Value{x}, []*model.Value{model.Apply(softmax, model.Apply(layer.Add{},
			model.Apply(layer.Dense{Units: 8}, x), model.Apply(layer.Dense{Units: 8}, x)))}), 0},
	} {
		if err := c.m.Build(1); err != nil {
			t.Fatal(c.what, err)
		}
		if name, from, to, classes := run.Bottleneck(c.m); from != c.from || (name != "") != (from > 0) ||
			from > 0 && (to != 8 || classes != 100) {
			t.Errorf("%s: %s from %d to %d, %d classes", c.what, name, from, to, classes)
		}
	}
}
