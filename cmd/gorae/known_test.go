package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestKnownPrinted: what makes figures too good is said: in evaluate before the figures, in train behind them, and for
// programs as JSON.
func TestKnownPrinted(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:iris}\ntrain: {epochs: 1, ensemble: 1}\n")
	out, _ := must(t, "train", "e.yaml", "--out", "runs/a")
	if strings.Contains(out, "other run") || !strings.Contains(out, "(22 rows, not seen until now)") {
		t.Errorf("the first run prints\n%s", out)
	}
	out, _ = must(t, "evaluate", "runs/a/model.keras", "--data", "embed:iris")
	lines := strings.Split(out, "\n")
	if !strings.HasPrefix(lines[1], "105 of 150 rows were trained on") ||
		!strings.HasSuffix(lines[1], ": the figures are of known data") ||
		!strings.HasPrefix(lines[2], "accuracy on the 45 rows that were not trained on: ") ||
		!strings.HasPrefix(lines[3], "loss ") {
		t.Errorf("evaluate prints\n%s", out)
	}
	out, _ = must(t, "evaluate", "runs/a/model.keras", "--data", "embed:iris", "--json")
	var e struct {
		Known struct{ Samples, Training, Validation, Test int }
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil || e.Known.Samples != 150 || e.Known.Training != 105 ||
		e.Known.Validation+e.Known.Test != 45 {
		t.Errorf("%v: %s", err, out)
	}
	const others = " other run in the same directory was tested on half or more of these test rows: "
	out, _ = must(t, "train", "e.yaml", "--out", "runs/b", "--set", "train.epochs=2")
	if !strings.Contains(out, "\n1"+others) || !strings.Contains(out, "(22 rows, not seen by this network until now)") {
		t.Errorf("the second run prints\n%s", out)
	}
	out, _ = must(t, "train", "e.yaml", "--out", "runs/b", "--set", "train.epochs=2", "--resume", "--json")
	if !strings.Contains(out, `"other_runs_on_test":1,`) {
		t.Errorf("as JSON\n%s", out)
	}
}
