package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestLearningRates: the callbacks that write event files and look for a learning rate are named in an experiment.
// Their files lie in the run directory, and the report has the rate with which the training began.
func TestLearningRates(t *testing.T) {
	p := open(t, "data: {source: embed:iris}\ntrain: {epochs: 3, optimizer: {adam: {learning_rate: 1.0e-5}}, "+
		"callbacks: [{learning_rate_finder: {num_training_steps: 40, max_lr: 0.5}}, tensorboard, "+
		"{backup_and_restore: backup}]}\n")
	dir := filepath.Join(t.TempDir(), "run")
	r, err := run.Run(t.Context(), p, run.Options{Out: dir})
	if err != nil || len(r.Warnings) > 0 {
		t.Fatal(err, r)
	}
	words := strings.Join(r.Report.Findings.Words, "\n")
	if !strings.Contains(words, "learning_rate_finder: the training began with a learning rate of 0.") {
		t.Errorf("it says %q", words)
	}
	b, err := os.ReadFile(filepath.Join(dir, run.RatesFile+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) < 20 || len(lines) > 41 || lines[0] != "learning_rate,loss" ||
		!strings.HasPrefix(lines[1], "1e-08,") {
		t.Errorf("the table is %q", lines)
	}
	for _, pattern := range []string{run.RatesFile + ".png", run.RatesFile + ".svg", "logs/train/*.v2",
		"logs/validation/*.v2"} {
		if found, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(found) != 1 {
			t.Errorf("%s: %q, %v", pattern, found, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "backup")); err == nil {
		t.Error("the backup is left after the training")
	}
}
