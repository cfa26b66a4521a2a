package diagnose_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/diagnose"
	"gorae/layer"
	"gorae/model"
	"gorae/run"
	"gorae/tensor"
)

// TestM7Bottleneck: nodes halved again and again lose information. Ten digits behind 1 node are told apart worse than
// behind 64, worse than by logistic regression too, and a finding names the layer; behind 64 it does not.
func TestM7Bottleneck(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	accuracy := map[int]float64{}
	for _, nodes := range []int{64, 8, 1} {
		d, of := diagnosis(t, "", fmt.Sprintf(`data: {source: "embed:digits", features: minmax}
model: [dense: {units: 64, activation: relu}, dense: {units: %d, activation: tanh}, dense: {units: 10,
	activation: softmax}]
train: {epochs: 20}
`, nodes))
		accuracy[nodes] = of.Report.Test.Of("accuracy")
		const want = "dense_1 brings 64 features down to 1, and 10 classes are told apart by no more"
		says := slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool {
			return f.Code == "network/bottleneck" && f.What == want && slices.Equal(f.Change,
				[]string{"model[1].dense.units=16"})
		})
		if says != (nodes == 1) {
			t.Errorf("%d nodes, accuracy %v: it says %+v", nodes, accuracy[nodes], d.Findings)
		}
	}
	t.Logf("accuracy by nodes: %v", accuracy)
	if accuracy[1] > 0.6 || accuracy[64] < 0.93 || accuracy[8] < accuracy[1] {
		t.Errorf("accuracy by nodes: %v", accuracy)
	}
}

// TestM7Parameters: 2,241 parameters learn 48 samples with targets of chance by heart; the gap is found, and the
// finding has both numbers.
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
	d, of := diagnosis(t, "", fmt.Sprintf(`data: {source: %q}
split: {validation: 0, test: 0.6756}
model: [dense: {units: 64, activation: relu}, dense: {units: 1, activation: sigmoid}]
train: {epochs: 60, callbacks: [], optimizer: {adam: {learning_rate: 0.01}}}
`, path))
	all := append(d.Findings, diagnose.Faults(d.Findings)...)
	at := slices.IndexFunc(all, func(f diagnose.Finding) bool { return f.Code == "result/overfit" })
	if g := of.Report.Gap; g == nil || g.Meaning() != run.Overfitting || at < 0 {
		t.Fatalf("gap %+v: %+v", g, d.Findings)
	}
	if want := (diagnose.Evidence{Name: "parameters", Value: 2241, Limit: float64(of.Rows(0))}); !slices.Contains(
		all[at].Evidence, want) {
		t.Errorf("evidence %+v, want %+v", all[at].Evidence, want)
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
		if name, from, to, classes := diagnose.Bottleneck(c.m); from != c.from || (name != "") != (from > 0) ||
			from > 0 && (to != 8 || classes != 100) {
			t.Errorf("%s: %s from %d to %d, %d classes", c.what, name, from, to, classes)
		}
	}
}
