package run_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/task"
)

// TestThreshold: predictions, accuracy and the report go by the threshold or by the costs of the experiment, for
// outputs that are one probability, two, logits, and three classes.
func TestThreshold(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := drawnRows(t, rand.New(rand.NewPCG(3, 4)), 400)
	two := strings.ReplaceAll(content(t, path), "blue", "green")
	twoPath := write(t, filepath.Join(t.TempDir(), "two.csv"), two)
	const text = "data: {source: %q, target: kind, features: {y: drop}}\nmodel: [{dense: {%s}}]\ntrain: {epochs: 8, " +
		"metrics: [accuracy], callbacks: [], %s}\n"
	expensive := func(p []float64) int { // taking red (0) for green (1) costs 9, blue (…) for another 4
		costs := [][]float64{{0, 4, 4}, {1, 0, 1}, {1, 9, 0}} // blue, green, red: in the order of their names
		best, least := 0, 1e9
		for said := range costs {
			cost := 0.0
			for class := range p {
				cost += p[class] * costs[class][said]
			}
			if cost < least {
				best, least = said, cost
			}
		}
		return best
	}
	above := func(threshold float64) func([]float64) int {
		return func(p []float64) int {
			if p[1] > threshold {
				return 1
			}
			return 0
		}
	}
	for name, c := range map[string]struct {
		path, layer, train string
		rule               func(p []float64) int
	}{
		"one":   {twoPath, "units: 1, activation: sigmoid", "threshold: 0.2", above(0.2)},
		"two":   {twoPath, "units: 2, activation: softmax", "threshold: 0.7", above(0.7)},
		"logit": {twoPath, "units: 1", "loss: {binary_crossentropy: {from_logits: true}}, threshold: 0.3", above(0.3)},
		"logits": {twoPath, "units: 2", "loss: {sparse_categorical_crossentropy: {from_logits: true}}, threshold: 0.3",
			above(0.3)},
		// The least cost of two classes is a threshold: 1/(1 + 0.25).
		"costs of two": {twoPath, "units: 1, activation: sigmoid", "costs: {red: {green: 0.25}, green: {red: 1}}",
			above(0.8)},
		"costs of three": {path, "units: 3, activation: softmax", "costs: {blue: {green: 4, red: 4}, red: {green: 9}}",
			expensive},
	} {
		p := open(t, fmt.Sprintf(text, c.path, c.layer, c.train))
		r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		said, err := b.predict(c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(said.csv)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var classes []string
		for _, h := range rows[0][1:] {
			classes = append(classes, strings.TrimSuffix(strings.TrimPrefix(h, "p("), ")"))
		}
		truth, err := csv.NewReader(strings.NewReader(content(t, c.path))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		right, other := 0, 0
		for i, row := range rows[1:] {
			var v []float64
			greatest := 0
			for k, s := range row[1:] {
				if v = append(v, number(t, s)); v[k] > v[greatest] {
					greatest = k
				}
			}
			want := classes[c.rule(v)]
			if row[0] != want {
				t.Fatalf("%s: %v is predicted, want %s", name, row, want)
			}
			if want != classes[greatest] {
				other++
			}
			if want == truth[i+1][3] {
				right++
			}
		}
		if other < 10 {
			t.Errorf("%s: the rule changes %d predictions", name, other)
		}
		counted := 0.0
		for part, m := range map[task.Part]float64{task.Train: r.Report.Train.Of("accuracy"),
			task.Validation: r.Report.Validation.Of("accuracy"), task.Test: r.Report.Test.Of("accuracy")} {
			counted += m * float64(p.Rows(part))
		}
		if counted < float64(right)-0.01 || counted > float64(right)+0.01 {
			t.Errorf("%s: %.2f right by the accuracies of the report, %d by the predictions", name, counted, right)
		}
	}
	p := open(t, fmt.Sprintf(text, twoPath, "units: 1, activation: sigmoid", "threshold: "+
		"{aim: recall_at_precision, at: 0.5}"), "train.optimizer={adam: {learning_rate: 0.05}}")
	r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	d := b.Fitted.Outputs()[0].Decision
	if words := strings.Join(r.Report.Findings.Words, "\n"); d == nil ||
		!strings.Contains(words, "chosen for recall_at_precision of red") {
		t.Errorf("decision %v, words %v", d, r.Report.Findings.Words)
	}
	for train, says := range map[string]string{
		"threshold: 1.5":                          "train.threshold: 1.5 is no probability",
		"threshold: f2":                           `train.threshold`,
		"threshold: {aim: f1, at: 0.9}":           "train.threshold.at: is for recall_at_precision",
		"threshold: {aim: recall_at_precision}":   "train.threshold.at: 0 is no share",
		"threshold: {aim: f1, class: blu}":        `no class "blu"`,
		"threshold: f1, costs: {red: {green: 2}}": "costs decide too",
		"costs: {rod: {green: 2}}":                `train.costs.rod: no class "rod"`,
		"costs: {red: 3}":                         "train.costs.red: 3 is no list of costs",
		"costs: 3":                                "train.costs: 3 is no matrix",
		"loss: hinge, threshold: 0.4":             "is for probabilities",
	} {
		_, err := prepare("", fmt.Sprintf(text, twoPath, "units: 1, activation: sigmoid", train))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", train, err, says)
		}
	}
	for _, c := range []struct{ more, says string }{
		{"split: {validation: 0}\n", "there are none"},
		{"split: {test: 0}\n", "no test samples"},
	} {
		_, err := prepare("", c.more+fmt.Sprintf(text, twoPath, "units: 1, activation: sigmoid", "threshold: f1"))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", c.more, err, c.says)
		}
	}
	if _, err := prepare("", fmt.Sprintf(text, path, "units: 3, activation: softmax", "threshold: 0.4")); err == nil ||
		!strings.Contains(err.Error(), "parts two classes") {
		t.Errorf("a threshold of three classes: %v", err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
