package diagnose_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/diagnose"
)

// winding is two classes on both sides of a line that winds, with three columns that say nothing, so that few
// neighbours agree; a share of the labels is turned round, and noise makes the classes overlap.
func winding(n int, turned, noise float64) string {
	r := rand.New(rand.NewPCG(9, 12))
	rows := []string{"x,y,p,q,s,kind"}
	for range n {
		x, y := 6*r.Float64()-3, 4*r.Float64()-2
		above := y+noise*r.NormFloat64() > 1.2*math.Sin(1.4*x)
		if r.Float64() < turned {
			above = !above
		}
		rows = append(rows, fmt.Sprintf("%.4f,%.4f,%.4f,%.4f,%.4f,%s", x, y, r.NormFloat64(), r.NormFloat64(),
			r.Float64(), map[bool]string{true: "above", false: "below"}[above]))
	}
	return strings.Join(rows, "\n") + "\n"
}

// TestSurelyWrong: labels that are wrong at random are seen among the surest answers where few neighbours agree;
// classes that overlap without any are not taken for it.
func TestSurelyWrong(t *testing.T) {
	const model = "model: [{dense: {units: 32, activation: relu}}, {dense: {units: 16, activation: relu}}, " +
		"{dense: {units: 1, activation: sigmoid}}]\n"
	const train = "train: {epochs: 40, optimizer: {adam: {learning_rate: 0.005}}, callbacks: [{early_stopping: " +
		"{patience: 8, restore_best_weights: true}}]}\n"
	for _, x := range []struct {
		name          string
		turned, noise float64
		want          bool
	}{{"turned", 0.17, 0, true}, {"sound", 0, 0, false}, {"overlapping", 0, 0.8, false}} {
		d, _ := diagnosis(t, winding(900, x.turned, x.noise), planted{model: model, train: train}.text("FILE"))
		i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Code == "data/wrong-labels" })
		if (i >= 0) != x.want {
			t.Errorf("%s: findings %q", x.name, codes(d))
			continue
		}
		if !x.want {
			continue
		}
		// The limit is that of the surest answers, and the remedy names rows of the file.
		if e := d.Findings[i].Evidence[0]; e.Limit != 0.12 || e.Value < 0.12 || e.Value > 0.3 ||
			!strings.Contains(d.Findings[i].Remedy, "of the file first") {
			t.Errorf("%s: %+v", x.name, d.Findings[i])
		}
	}
}

// TestNothingToLearn: where no model is better than a constant answer, that network and simple models are no better
// stands before the constant answer that the network gives.
func TestNothingToLearn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	rows := []string{"x,y,kind"}
	for range 500 {
		rows = append(rows, fmt.Sprintf("%.4f,%.4f,%s", r.NormFloat64(), r.NormFloat64(),
			map[bool]string{true: "common", false: "rare"}[r.Float64() < 0.7]))
	}
	text := planted{model: "model: [{dense: {units: 8, activation: tanh}}, {dense: {units: 1, activation: sigmoid}}]\n",
		train: "train: {epochs: 40, optimizer: {adam: {learning_rate: 0.01}}, callbacks: [{early_stopping: " +
			"{patience: 5, restore_best_weights: true}}]}\n"}.text("FILE")
	d, _ := diagnosis(t, strings.Join(rows, "\n")+"\n", text)
	under := d.Findings[0].Effects
	if !slices.ContainsFunc(under, func(f diagnose.Finding) bool { return f.Code == "result/one-class" }) {
		t.Errorf("explained: %+v", under)
	}
	got := codes(d)
	if len(got) == 0 || got[0] != "result/no-better-than-baseline" || slices.Contains(got, "result/one-class") {
		t.Errorf("findings %q", got)
	}
}
