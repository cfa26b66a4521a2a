package run_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/model"
	"gorae/run"
	"gorae/task"
	"gorae/train"
)

const ensembleText = "data: {source: embed:iris, target: species}\ntrain: {epochs: 4, ensemble: 3, callbacks: []}\n"

// TestEnsemble: the validation samples are the training samples, figures of the report are those of the best epoch,
// the file holds the networks, and their mean predicts.
func TestEnsemble(t *testing.T) {
	dir := t.TempDir()
	p := open(t, ensembleText)
	r, b := fit(t, p, filepath.Join(dir, "run"))
	if got, want := rows(p), ([3]int{128, 128, 22}); got != want || r.Report.Folds != 3 {
		t.Errorf("samples %v in %d folds, want %v in 3", got, r.Report.Folds, want)
	}
	if want := "128 rows to train on and, in 3 folds, to validate, 22 to test"; p.Partition() != want {
		t.Errorf("%s, want %s", p.Partition(), want)
	}
	h, err := os.Open(filepath.Join(r.Dir, run.HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	history, err := csv.NewReader(h).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(history[0], "val_loss")
	loss, err := strconv.ParseFloat(history[r.Report.BestEpoch][at], 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Report.Validation.Of("loss"); math.Abs(got-loss) > 1e-5 {
		t.Errorf("validation loss %v in the report, %v in the history of the best epoch", got, loss)
	}
	if len(r.Report.Duplicates) != 1 || r.Report.Duplicates[0].Part != "test" {
		t.Errorf("duplicates of %+v; those of the validation samples are the samples themselves", r.Report.Duplicates)
	}
	networks := b.Model.Networks()
	if len(networks) != 3 {
		t.Fatalf("%d networks in the file, want 3", len(networks))
	}
	x := p.Parts[task.Test]
	outputs := func(m *model.Model) []float32 {
		var all []float32
		keep := train.ConsumerFunc(func(b *train.EvalBatch) error {
			all = append(all, b.Outputs[0].F32...)
			return nil
		})
		if err := (train.Prediction{}).Run(t.Context(), m, train.Data{Source: x}, keep); err != nil {
			t.Fatal(err)
		}
		return all
	}
	mean := outputs(b.Model)
	sum := make([]float64, len(mean))
	var each [][]float32
	for _, m := range networks {
		if err := m.Build(0); err != nil {
			t.Fatal(err)
		}
		each = append(each, outputs(m))
		for i, v := range each[len(each)-1] {
			sum[i] += float64(v)
		}
	}
	if slices.Equal(each[0], each[1]) {
		t.Error("two networks give the same")
	}
	for i := range mean {
		if math.Abs(float64(mean[i])-sum[i]/3) > 1e-6 {
			t.Fatalf("output %d is %v, the mean of the networks %v", i, mean[i], sum[i]/3)
		}
	}
}

// TestSpread compares the column with the standard deviation of what the networks say, computed from their outputs.
func TestSpread(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, of string }{
		"classes": {ensembleText, "p"},
		"numbers": {"data: {source: embed:iris, target: sepal_length}\ntrain: {epochs: 2, ensemble: 3}\n",
			"prediction"},
	} {
		_, b := fit(t, open(t, c.text), filepath.Join(dir, name))
		read := func(spread bool) [][]string {
			bound, err := b.Bind(from(t, "embed:iris"))
			if err != nil {
				t.Fatal(err)
			}
			out, err := b.Predict(t.Context(), bound)
			if err != nil {
				t.Fatal(err)
			}
			if spread {
				if err := b.Spread(t.Context(), bound); err != nil {
					t.Fatal(err)
				}
			}
			var w bytes.Buffer
			if err := bound.WriteCSV(&w, out); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&w).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		with, without := read(true), read(false)
		at := slices.Index(with[0], "spread")
		networks := b.Model.Networks()
		var each [][][]string
		whole := b.Model
		for _, m := range networks {
			b.Model = m
			each = append(each, read(false))
		}
		b.Model = whole
		for i := 1; i < len(with); i++ {
			of := slices.Index(without[0], "prediction")
			if c.of == "p" {
				of = slices.Index(without[0], "p("+without[i][of]+")")
			}
			var x []float64
			mean, sum := 0.0, 0.0
			for _, e := range each {
				v, err := strconv.ParseFloat(e[i][of], 64)
				if err != nil {
					t.Fatal(err)
				}
				x = append(x, v)
				mean += v / 3
			}
			for _, v := range x {
				sum += (v - mean) * (v - mean) / 2
			}
			if got, _ := strconv.ParseFloat(with[i][at], 64); math.Abs(got-math.Sqrt(sum)) > 1e-5*(1+got) {
				t.Fatalf("%s: row %d: spread %v, want %v", name, i, got, math.Sqrt(sum))
			}
			if rest := slices.Delete(slices.Clone(with[i]), at, at+1); !slices.Equal(rest, without[i]) {
				t.Fatalf("%s: row %d is %v without its spread, want %v", name, i, rest, without[i])
			}
		}
	}
	_, one := fit(t, open(t, "data: {source: embed:iris, target: species}\nmodel: [dense: {units: 3, activation: "+
		"softmax}]\ntrain: {epochs: 1}\n"), filepath.Join(dir, "one"))
	bound, err := one.Bind(from(t, "embed:iris"))
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Spread(t.Context(), bound); err == nil || !strings.Contains(err.Error(), "is one network") {
		t.Errorf("the spread of one network: %v", err)
	}
}

// TestEnsembleResume: a training of an ensemble that was stopped and resumed ends with the same bits.
func TestEnsembleResume(t *testing.T) {
	dir := t.TempDir()
	_, whole := fit(t, open(t, ensembleText), filepath.Join(dir, "whole"))
	ctx, stop := context.WithCancel(t.Context())
	events := 0
	_, err := run.Run(ctx, open(t, ensembleText), run.Options{Out: filepath.Join(dir, "cut"),
		Watch: func(train.Event) error {
			if events++; events == 9 {
				stop()
			}
			return nil
		}})
	if err == nil {
		t.Fatal("was not stopped")
	}
	if _, err := run.Run(t.Context(), open(t, ensembleText),
		run.Options{Out: filepath.Join(dir, "cut"), Resume: true}); err != nil {
		t.Fatal(err)
	}
	resumed := load(t, filepath.Join(dir, "cut", run.ModelFile))
	for _, v := range whole.Model.Store().Vars() {
		if w := resumed.Model.Store().Var(v.Path); w == nil || !sameBits(v.Value, w.Value) {
			t.Errorf("%s differs after resuming", v.Path)
		}
	}
}

// TestRefit trains anew on all samples; the report is of the first training, and a second run finds both finished.
func TestRefit(t *testing.T) {
	dir := t.TempDir()
	const one = "data: {source: embed:iris, target: species}\nmodel: [dense: {units: 3, activation: softmax}]\n"
	for name, text := range map[string]string{
		"ensemble": strings.Replace(ensembleText, "epochs", "refit: true, epochs", 1),
		"one":      one + "train: {epochs: 3, refit: true}\n",
	} {
		out := filepath.Join(dir, name)
		r, err := run.Run(t.Context(), open(t, text), run.Options{Out: out})
		if err != nil {
			t.Fatal(err)
		}
		if r.Refit == nil || r.Refit.Samples != 150 || r.Report.Rows[task.Test] == 0 {
			t.Fatalf("%s: refit %+v, samples of the report %v", name, r.Refit, r.Report.Rows)
		}
		second, err := run.ReadReport(filepath.Dir(r.Refit.Model))
		if err != nil {
			t.Fatal(err)
		}
		if second.Rows[task.Test] != 0 ||
			name == "one" && (second.Epochs != r.Report.BestEpoch || second.Rows[1] != 0) {
			t.Errorf("%s: the second training had %v samples and %d epochs; the best one of the first was %d", name,
				second.Rows, second.Epochs, r.Report.BestEpoch)
		}
		before, err := os.Stat(r.Refit.Model)
		if err != nil {
			t.Fatal(err)
		}
		again, err := run.Run(t.Context(), open(t, text), run.Options{Out: out, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(again.Refit.Model)
		if err != nil {
			t.Fatal(err)
		}
		if !again.Finished || !after.ModTime().Equal(before.ModTime()) {
			t.Errorf("%s: a finished run was trained anew", name)
		}
	}
}

// TestEnsembleErrors has one clear line for what cannot be.
func TestEnsembleErrors(t *testing.T) {
	iris := func(rest string) string { return "data: {source: embed:iris, target: species}\n" + rest }
	for text, want := range map[string]string{
		iris("train: {ensemble: 0}\n"): "train.ensemble: 0 is not a number of networks; give a " +
			"number from 1 and up to 100",
		iris("train: {ensemble: {folds: true}}\n"):   "train.ensemble.networks",
		iris("train: {ensemble: five}\n"):            "train.ensemble",
		iris("train: {ensemble: 3, refit: maybe}\n"): "train.refit",
		iris("split: {validation: 0.2}\ntrain: {ensemble: {networks: 3, folds: true}}\n"): "" +
			"split.validation: 0.2, but each network of the ensemble is evaluated on its fold",
		iris("split: {by: time}\ntrain: {ensemble: {networks: 3, folds: true}}\n"): "" +
			"samples that are split by time have no folds",
		iris("train: {ensemble: 100}\nsplit: {test: 0.5}\n"):          "no row is left for fold",
		iris("split: {test: 0}\ntrain: {ensemble: 3, refit: true}\n"): "gives samples that are held out back",
		iris("train: {ensemble: 3, start_from: m.keras}\n"):           "train.start_from",
	} {
		_, err := prepare("", text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
	if p := open(t, iris("train: {ensemble: 1}\n")); p.Model.Networks() != nil || rows(p) != [3]int{105, 23, 22} {
		t.Errorf("one network has the samples %v", rows(p))
	}
	p := open(t, iris("split: {by: time}\ntrain: {ensemble: 3}\n"))
	if *p.Spec.Train.Ensemble.Folds || p.Rows(task.Validation) == 0 {
		t.Error("samples split by time have folds")
	}
}
