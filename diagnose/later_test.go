package diagnose_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/diagnose"
	"gorae/run"
	"gorae/task"
)

// TestProveLater: steps that are too large are no harm at first, where smaller ones learn less, but keep the loss from
// settling: the replay from the last checkpoint shows it, and is the same each time. Without the checkpoint, and for
// another network, the replay of the beginning stands. What cannot be read is a warning.
func TestProveLater(t *testing.T) {
	doubt := func(i int, row []string) []string { // no step is right for all samples
		if i%5 == 0 {
			row[4] = "middle"
		}
		return row
	}
	d, of := diagnosis(t, rings(500, doubt), planted{train: "train: {epochs: 30, batch_size: 4, optimizer: " +
		"{sgd: {learning_rate: 0.3}}}\n"}.text("FILE"))
	prove := func(change ...string) *diagnose.Proof {
		t.Helper()
		d.Findings = []diagnose.Finding{{Code: "dynamics/oscillation", Change: change}}
		if err := d.Prove(t.Context(), of); err != nil {
			t.Fatal(err)
		}
		return d.Findings[0].Proof
	}
	slower := prove("train.optimizer.sgd.learning_rate=0.03")
	if slower == nil || !slower.Confirmed || slower.After < 100 || slower.After%((of.Rows(task.Train)+3)/4) != 0 ||
		slower.With >= 0.95*slower.Without || !strings.Contains(slower.Words, "the last checkpoint") {
		t.Fatalf("proof %+v", slower)
	}
	if again := prove("train.optimizer.sgd.learning_rate=0.03"); *again != *slower {
		t.Errorf("again: %+v, want %+v", again, slower)
	}
	if p := prove("model[0].dense.units=2"); p == nil || p.Confirmed || p.After != 0 || len(d.Warnings) > 0 {
		t.Errorf("another network: %+v, warnings %q", p, d.Warnings)
	}
	last := filepath.Join(of.Dir, run.LastFile)
	b, err := os.ReadFile(last)
	if err == nil {
		err = os.WriteFile(last, b[:len(b)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.Warnings = nil
	if p := prove("train.optimizer.sgd.learning_rate=0.03"); p == nil || p.Confirmed || p.After != 0 ||
		len(d.Warnings) != 1 || !strings.HasPrefix(d.Warnings[0], "dynamics/oscillation: replay: "+last+": ") {
		t.Errorf("a checkpoint that was cut: %+v, warnings %q", p, d.Warnings)
	}
	d.Warnings = nil
	if p := prove("model[0].dense.units=nine"); p != nil || len(d.Warnings) != 1 {
		t.Errorf("a change that cannot be read: %+v, warnings %q", p, d.Warnings)
	}
	d.Warnings = nil
	if err := os.Remove(last); err != nil {
		t.Fatal(err)
	}
	if p := prove("train.optimizer.sgd.learning_rate=0.03"); p == nil || p.Confirmed || p.After != 0 ||
		len(d.Warnings) > 0 {
		t.Errorf("without a checkpoint: %+v, warnings %q", p, d.Warnings)
	}
}
