package run_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	"gorae/task"
	"gorae/tensor"
)

// TestP9Remedies: what is named against overfitting is what the experiment does not use yet: of the chapter's remedies
// (regularise the parameters, dropout, batch normalisation) and early stopping; more data is always one.
func TestP9Remedies(t *testing.T) {
	const all = "a regularizer, dropout, batch normalization, early stopping, more data"
	without := func(words ...string) string {
		left := slices.DeleteFunc(strings.Split(all, ", "), func(s string) bool { return slices.Contains(words, s) })
		return strings.Join(left, ", ")
	}
	const stops = "early_stopping: 3"
	for _, c := range []struct{ model, callbacks, want string }{
		{"[dense: 3]", "", all},
		{"[dense: 3]", stops, without("early stopping")},
		{"[dense: {units: 3, kernel_regularizer: {l2: 0.01}}]", "", without("a regularizer")},
		{"[dense: {units: 3, activity_regularizer: {l1: 0.01}}]", "", without("a regularizer")},
		{"[activity_regularization: {l1: 0.1}, dense: 3]", "", without("a regularizer")},
		{"[dropout: 0.2, dense: 3]", "", without("dropout")},
		{"[gaussian_dropout: 0.2, dense: 3]", "", without("dropout")},
		{"[reshape: [4, 1], lstm: {units: 2, recurrent_dropout: 0.1}, dense: 3]", "", without("dropout")},
		{"[reshape: [4, 1], bidirectional: {layer: {gru: {units: 2, dropout: 0.1}}}, dense: 3]", "",
			without("dropout")},
		{"[reshape: [4, 1], lstm: {units: 2, dropout: 0}, dense: 3]", "", all},
		{"[batch_normalization, dense: 3]", stops, without("batch normalization", "early stopping")},
		{"[layer_normalization, dense: 3]", "", all},
		{"[dense: {units: 4, bias_regularizer: l2}, dropout: 0.5, batch_normalization, dense: 3]", stops, "more data"},
	} {
		p := open(t, fmt.Sprintf("data: {source: embed:iris}\nmodel: %s\ntrain: {callbacks: [%s]}\n", c.model,
			c.callbacks))
		if got := strings.Join(p.Remedies(), ", "); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.model, c.callbacks, got, c.want)
		}
	}
}

// TestGradientOfGoodNetwork: a network whose gradient vanishes is not told so where it is measured to be better than
// its baselines, and not where nothing was measured beside it; metrics.json has the ratio all the same. The class is
// whether the last of 20 steps is outside ±0.5, which no linear model tells; the recurrent matrix begins at 0.
func TestGradientOfGoodNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const n, steps = 400, 20
	x, y := tensor.New(tensor.Float32, n, steps, 1), tensor.New(tensor.Int32, n)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i*i%1009) * 1.7))
	}
	for i := range y.I32 {
		if v := x.F32[i*steps+steps-1]; v*v > 0.25 {
			y.I32[i] = 1
		}
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	for _, c := range []struct {
		set  string
		says bool
	}{
		{"train.epochs=60", false}, {"train.optimizer.adam.learning_rate=1.0e-9", true},
		{"train.baselines=false", false},
	} {
		p := open(t, fmt.Sprintf(`data: {source: %q, features: none}
split: {validation: 0.2, test: 0.3}
model:
  - simple_rnn: {units: 8, activation: relu, recurrent_initializer: zeros}
  - dense: {units: 16, activation: relu}
  - dense: {units: 1, activation: sigmoid}
train: {epochs: 1, optimizer: {adam: {learning_rate: 0.01}}}
`, path), c.set)
		res, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Join(res.Report.Findings.Words, "\n")
		if strings.Contains(words, "gradient of") != c.says {
			t.Errorf("%s: verdict %q; it says %q", c.set, res.Report.Findings.Verdict, words)
		}
		if g, _ := res.Report.Findings.Sections["gradients"].([]run.Across); len(g) != 1 || g[0].Ratio > 1e-4 {
			t.Errorf("%s: gradients %+v", c.set, g)
		}
	}
}

// TestUnproven: a network is unproven where it was compared and one of the verdicts is none of better.
func TestUnproven(t *testing.T) {
	for _, c := range []struct {
		verdicts []task.Verdict
		want     bool
	}{
		{nil, false},
		{[]task.Verdict{task.Better}, false},
		{[]task.Verdict{task.Better, task.Untold}, true},
		{[]task.Verdict{task.Worse}, true},
	} {
		var f task.Findings
		for _, v := range c.verdicts {
			f.Judge(v, "a sentence")
		}
		if f.Unproven() != c.want || len(f.Verdict) != len(c.verdicts) {
			t.Errorf("%v: %v", c.verdicts, f.Unproven())
		}
	}
}
