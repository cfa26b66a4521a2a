package run_test

import (
	"os"
	"path/filepath"
	"testing"

	"gorae/run"
)

// TestStatisticsFile: a run has its statistics beside it, the same weights with and without them, and Options leave
// them out; an ensemble has none.
func TestStatisticsFile(t *testing.T) {
	const text = "data: {source: embed:iris}\nmodel: [{dense: {units: 8, activation: relu}}, {dense: {units: 3, " +
		"activation: " +
		"softmax}}]\ntrain: {epochs: 4}\n"
	var losses []float64
	for _, without := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "run")
		r, err := run.Run(t.Context(), open(t, text), run.Options{Out: dir, NoStatistics: without})
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, r.Report.Test.Of("loss"))
		if _, err := os.Stat(filepath.Join(dir, run.StatisticsFile)); (err != nil) != without {
			t.Errorf("without %v: %v", without, err)
		}
		of, err := run.Open(t.Context(), dir, run.CompareOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(of.History) != 4 || of.Report == nil || (len(of.Statistics) == 0) != without || of.Failure != nil {
			t.Errorf("history %d, statistics %d, failure %v", len(of.History), len(of.Statistics), of.Failure)
		}
		if v := of.Column("loss"); len(v) != 4 || !(v[3] < v[0]) {
			t.Errorf("losses %v", v)
		}
	}
	if losses[0] != losses[1] {
		t.Errorf("losses %v", losses)
	}
}

// TestFailure: a training that ends with infinity leaves the reason, which goes once the run is finished.
func TestFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	const text = "data: {source: embed:iris}\ntrain: {epochs: 4, ensemble: null, optimizer: {sgd: {learning_rate: " +
		"1e30}}}\n" +
		"model: [{dense: {units: 8, activation: relu}}, {dense: {units: 3, activation: softmax}}]\n"
	if _, err := run.Run(t.Context(), open(t, text), run.Options{Out: dir}); err == nil {
		t.Fatal("no error")
	}
	of, err := run.Open(t.Context(), dir, run.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if f := of.Failure; of.Report != nil || f == nil || !f.Infinite || f.Step < 1 || f.Error == "" {
		t.Errorf("failure %+v", f)
	}
}

// BenchmarkStatistics is the time of a training with statistics by that without.
func BenchmarkStatistics(b *testing.B) {
	least := [2]float64{1e9, 1e9}
	for range b.N {
		for k, without := range []bool{false, true} {
			p, err := prepare("", "data: {source: embed:digits, features: minmax}\nmodel: [{dense: {units: 256, "+
				"activation: "+
				"relu}}, {dense: {units: 64, activation: relu}}, {dense: {units: 10, activation: softmax}}]\n"+
				"train: {epochs: 40, callbacks: []}\n")
			if err != nil {
				b.Fatal(err)
			}
			r, err := run.Run(b.Context(), p, run.Options{Out: filepath.Join(b.TempDir(), "run"),
				NoStatistics: without})
			if err != nil {
				b.Fatal(err)
			}
			least[k] = min(least[k], r.Report.Seconds)
		}
	}
	b.ReportMetric(100*(least[0]/least[1]-1), "%more")
}
