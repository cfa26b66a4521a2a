package run_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// twoClasses is a table of n rows, of the classes no and yes, which overlap.
func twoClasses(t *testing.T, n int) (path string, truth []string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(31, 32))
	var s strings.Builder
	s.WriteString("a,b,y\n")
	for i := range n {
		class := []string{"no", "yes", "yes"}[i%3]
		at := 0.8 * float64(min(i%3, 1))
		fmt.Fprintf(&s, "%.3f,%.3f,%s\n", at+rng.NormFloat64(), rng.NormFloat64()-at, class)
		truth = append(truth, class)
	}
	return write(t, filepath.Join(t.TempDir(), "t.csv"), s.String()), truth
}

// rank is the share of pairs of a yes and a no of which the yes has the greater output, ties as halves.
func rank(out []float32, truth []string) float64 {
	in, all := 0.0, 0.0
	for i, a := range out {
		for j, b := range out {
			if truth[i] != "yes" || truth[j] != "no" {
				continue
			}
			switch all++; {
			case a > b:
				in++
			case a == b:
				in += 0.5
			}
		}
	}
	return in / all
}

// TestDecision: predictions and metrics go by one rule, which the loss has: a hinge parts scores at 0, logits are
// parted
// at 0, probabilities at 0.5; the area under the curve is that of the outputs' ranks. Outputs that are no
// probabilities are called scores.
func TestDecision(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path, truth := twoClasses(t, 150)
	for i, c := range []struct{ layer, loss, header string }{
		{"{units: 1, activation: tanh}", "hinge", "prediction,score(yes)"},
		{"1", "squared_hinge", "prediction,score(yes)"},
		{"2", "hinge", "prediction,score(no),score(yes)"},
		{"{units: 1, activation: sigmoid}", "binary_crossentropy", "prediction,p(no),p(yes)"},
		{"1", "{binary_crossentropy: {from_logits: true}}", "prediction,p(no),p(yes)"},
		{"{units: 1, activation: sigmoid}", "mse", "prediction,p(no),p(yes)"},
		{"1", "mse", "prediction,score(yes)"},
		{"{units: 1, activation: sigmoid, kernel_initializer: zeros}", "binary_crossentropy",
			"prediction,p(no),p(yes)"},
		{"{units: 1, kernel_initializer: zeros, use_bias: false}", "{binary_crossentropy: {from_logits: true}}",
			"prediction,p(no),p(yes)"},
		{"{units: 1, kernel_initializer: zeros, use_bias: false}", "hinge", "prediction,score(yes)"},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		name := c.loss + " of dense: " + c.layer
		train := "epochs: 3"
		if strings.Contains(c.layer, "zeros") { // nothing is learnt: every output is exactly on the threshold
			train = "epochs: 1, optimizer: {sgd: {learning_rate: 1.0e-45}}"
		}
		metrics := "[accuracy, precision, recall, auc]"
		if strings.HasPrefix(c.layer, "2") {
			metrics = "[accuracy]"
		} else {
			metrics = "[accuracy, binary_accuracy, precision, recall, auc]"
		}
		p := open(t, "data: {source: "+path+", target: y}\nmodel: [dense: "+c.layer+"]\ntrain: {loss: "+c.loss+", "+
			train+", metrics: "+metrics+"}\n")
		_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		e, err := b.evaluate(path, "", "")
		if err != nil {
			t.Fatal(err)
		}
		all, err := b.predict(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(all.csv)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rows[0], ","); got != c.header {
			t.Errorf("%s: the columns %s, want %s", name, got, c.header)
		}
		var right, both, said, yes float64
		for i, r := range rows[1:] {
			if r[0] == truth[i] {
				right++
			}
			if r[0] == "yes" {
				said++
				if truth[i] == "yes" {
					both++
				}
			}
			if truth[i] == "yes" {
				yes++
			}
		}
		want := map[string]float64{"accuracy": right / 150, "recall": both / yes}
		if strings.Contains(metrics, "auc") {
			want["binary_accuracy"], want["auc"] = right/150, rank(all.out[0].F32, truth)
			if want["precision"] = both / said; said == 0 {
				want["precision"] = 0
			}
		} else {
			delete(want, "recall")
		}
		for metric, v := range want {
			if got := e.Metrics.Of(metric); math.Abs(got-v) > 1e-6 {
				t.Errorf("%s: %s %v, of the predictions %v", name, metric, got, v)
			}
		}
		if strings.Contains(c.layer, "zeros") && said != 0 {
			t.Errorf("%s: a tie is said to be the second class", name)
		}
	}
}

// TestOneClass: where the samples are of one class, what is not defined is null and says why; nothing else is.
func TestOneClass(t *testing.T) {
	path, _ := twoClasses(t, 90)
	p := open(t, "data: {source: "+path+", target: y}\ntrain: {epochs: 1, metrics: [accuracy, auc, recall]}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	only := write(t, filepath.Join(t.TempDir(), "only.csv"), "a,b,y\n0.5,1,no\n-2,0.25,no\n")
	e, err := b.evaluate(only, "", "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := e.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"auc":null`, `"recall":null`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	for _, m := range e.Metrics {
		switch m.Name {
		case "auc":
			if m.Why != "the samples are all of one class" {
				t.Errorf("%+v", m)
			}
		case "recall":
			if m.Why != "no sample is of the second class" {
				t.Errorf("%+v", m)
			}
		default:
			if m.Why != "" || math.IsNaN(m.Value) {
				t.Errorf("%+v", m)
			}
		}
	}
}
