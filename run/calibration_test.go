package run_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gorae/task"
	"gorae/train"
)

// TestCalibration compares a calibrated network with the same training without: its probabilities are those of the
// logits divided by one number, and no other number from 0.05 to 20 gives the validation samples a lower log loss.
func TestCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := drawnRows(t, rand.New(rand.NewPCG(13, 14)), 300)
	two := write(t, filepath.Join(t.TempDir(), "two.csv"), strings.ReplaceAll(content(t, path), "blue", "green"))
	const text = "data: {source: %q, target: kind, features: {y: drop}}\nsplit: {validation: 0.35, test: 0.35}\n" +
		"model: [{dense: {units: 48, activation: relu}}, {dense: {%s}}]\ntrain: {epochs: 60, callbacks: [], " +
		"optimizer: {adam: {learning_rate: 0.01}}, monitor: loss, %s}\n"
	for name, c := range map[string]struct{ path, layer, train string }{
		"one":      {two, "units: 1, activation: sigmoid", "class_weight: {red: 1}"},
		"logit":    {two, "units: 1", "loss: {binary_crossentropy: {from_logits: true}}"},
		"three":    {path, "units: 3, activation: softmax", "class_weight: {red: 1}"},
		"ensemble": {path, "units: 3, activation: softmax", "ensemble: {networks: 3, folds: false}"},
	} {
		probabilities := func(calibration string) (all [][]float64, classes []int, words string) {
			p := open(t, fmt.Sprintf(text, c.path, c.layer, c.train+calibration))
			r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
			rule := p.Training.Rules()[0]
			keep := train.ConsumerFunc(func(e *train.EvalBatch) error {
				width := e.Outputs[0].Len() / len(e.Samples)
				for i := range e.Samples {
					var v []float64
					for _, x := range rule.Values(e.Outputs[0].F32[i*width : (i+1)*width]) {
						v = append(v, float64(x))
					}
					all = append(all, v)
				}
				return nil
			})
			if err := (train.Prediction{}).Run(t.Context(), b.Model, train.Data{Source: p.Parts[task.Validation]},
				keep); err != nil {
				t.Fatal(err)
			}
			row := p.Parts[task.Validation].Spec().Row()
			for i := range p.Parts[task.Validation].Len() {
				if err := p.Parts[task.Validation].Read(0, i, row); err != nil {
					t.Fatal(err)
				}
				classes = append(classes, int(row[len(row)-1].Float(0)))
			}
			return all, classes, strings.Join(r.Report.Findings.Words, "\n")
		}
		raw, classes, _ := probabilities("")
		got, _, words := probabilities(", calibration: temperature")
		if !strings.Contains(words, "calibration of kind: temperature ") {
			t.Errorf("%s: %s", name, words)
		}
		loss := func(all [][]float64) float64 {
			sum := 0.0
			for i, p := range all {
				sum -= math.Log(p[classes[i]])
			}
			return sum / float64(len(all))
		}
		if a, b := loss(got), loss(raw); !(a < b) {
			t.Errorf("%s: log loss %v with calibration, %v without", name, a, b)
		}
		if name == "ensemble" { // the mean of its networks is no power of the mean without
			continue
		}
		at := func(temperature float64) [][]float64 {
			var out [][]float64
			for _, p := range raw {
				q, sum := make([]float64, len(p)), 0.0
				for j, v := range p {
					q[j] = math.Pow(v, 1/temperature)
					sum += q[j]
				}
				for j := range q {
					q[j] /= sum
				}
				out = append(out, q)
			}
			return out
		}
		best, least := 0.0, math.Inf(1)
		for u := math.Log(0.05); u < math.Log(20); u += 0.002 {
			if l := loss(at(math.Exp(u))); l < least {
				best, least = math.Exp(u), l
			}
		}
		want := at(best)
		for i := range want {
			for j, v := range want[i] {
				if math.Abs(v-got[i][j]) > 0.003 {
					t.Fatalf("%s: sample %d has the probabilities %v, want %v, by the temperature %v", name, i, got[i],
						want[i], best)
				}
			}
		}
	}
	for text, says := range map[string]string{
		"data: {source: embed:iris, target: sepal_length}\ntrain: {calibration: temperature}\n": "probabilities of classes",
		"data: {source: embed:iris, target: species}\nsplit: {validation: 0}\ntrain: {calibration: temperature}\n": "" +
			"train.calibration: goes by validation samples",
		"data: {source: embed:iris, target: species}\nmodel: [dense: 3, activation: softmax]\ntrain: {calibration: " +
			"temperature}\n": "this one is activation",
		"data: {source: embed:iris, target: species}\ntrain: {calibration: platt}\n": "platt",
	} {
		if _, err := prepare("", text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
}
