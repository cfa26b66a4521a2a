package run_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// TestSampleWeight makes one step of gradient descent with the rate 1 from zeros. The bias of class j becomes
// Σ wᵢ·(1 if i is of class j, else 0, − 1/3) / n over the samples i, as Keras weighs losses; the validation loss of
// equal probabilities is ln 3·Σ wᵢ / n.
func TestSampleWeight(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("x,w,y\n")
	classes := []string{"a", "a", "b", "a", "a", "c", "b", "a", "b", "a"}
	want, n := make([]float64, 3), float64(len(classes))
	for i, c := range classes {
		w := float64(i*i%4) / 2
		fmt.Fprintf(&b, "%d,%v,%s\n", i*i, w, c)
		for j := range want {
			want[j] -= w / 3 / n
			if c == string(rune('a'+j)) {
				want[j] += w / n
			}
		}
	}
	source := write(t, filepath.Join(dir, "d.csv"), b.String())
	text := "data: {source: " + source + ", target: y, task: classification, sample_weight: w}\nsplit: {validation: " +
		"0, test: 0}\nmodel: [dense: {units: 3, activation: softmax, kernel_initializer: zeros}]\n" +
		"train: {epochs: 1, batch_size: 10, optimizer: {sgd: {learning_rate: 1}}}\n"
	p := open(t, text)
	_, m := fit(t, p, filepath.Join(dir, "run"))
	bias := m.Model.Store().Var("dense/bias").Value.F32
	for j, v := range want {
		if math.Abs(float64(bias[j])-v) > 1e-6 {
			t.Fatalf("biases %v, want %v", bias, want)
		}
	}
	if needs := strings.Join(p.Fitted.(interface{ Needs() []string }).Needs(), " "); needs != "x" {
		t.Errorf("the network learns from %s", needs)
	}

	// Validation samples count by their weights too: six of the training and four others, of the weight 3 each.
	var v strings.Builder
	v.WriteString("x,w,y,day\n")
	for i, c := range classes {
		fmt.Fprintf(&v, "%d,%d,%s,2020-01-%02d\n", i, []int{1, 3}[i/6], c, i+1)
	}
	timed := write(t, filepath.Join(dir, "v.csv"), v.String())
	r, _ := fit(t, open(t, "data: {source: "+timed+", target: y, task: classification, sample_weight: w, features: "+
		"{day: drop}, time: day}\nsplit: {by: time, validation: 0.4, test: 0}\nmodel: [dense: {units: 3, activation: "+
		"softmax, kernel_initializer: zeros}]\ntrain: {epochs: 1, optimizer: {sgd: {learning_rate: 1e-9}}, baselines: "+
		"false}\n"), filepath.Join(dir, "timed"))
	history := strings.Split(content(t, filepath.Join(r.Dir, "history.csv")), "\n")
	at := -1
	for k, h := range strings.Split(history[0], ",") {
		if h == "val_loss" {
			at = k
		}
	}
	if got := number(t, strings.Split(history[1], ",")[at]); math.Abs(got-3*math.Log(3)) > 1e-4 {
		t.Errorf("validation loss %v, want %v", got, 3*math.Log(3))
	}

	for change, says := range map[string]string{
		"sample_weight: v":            `data.sample_weight: `,
		"sample_weight: y, target: x": "y is a column of words",
	} {
		bad := strings.Replace(text, "target: y, task: classification, ", "", 1)
		bad = strings.Replace(bad, "sample_weight: w", change, 1)
		if _, err := prepare("", bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", change, err, says)
		}
	}
	for cell, says := range map[string]string{"-1": "w: -1 is no weight of a sample", "": "w: an empty cell is no " +
		"weight"} {
		bad := write(t, filepath.Join(dir, "bad.csv"), strings.Replace(b.String(), "4,0,b", "4,"+cell+",b", 1))
		if _, err := prepare("", strings.Replace(text, source, bad, 1)); err == nil ||
			!strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "bad.csv:4") {
			t.Errorf("%q: %v, want %s", cell, err, says)
		}
	}
	if _, err := prepare("", "data: {source: embed:airline, series: {window: 12}, sample_weight: passengers}\n"); err ==
		nil || !strings.Contains(err.Error(), "has no meaning for the task series") {
		t.Errorf("a series with a column of weights: %v", err)
	}
}
