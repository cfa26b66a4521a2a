package main

import (
	"strings"
	"testing"
)

// Of windows that were trained on there is no verdict, whatever the errors; of the run's own test part there is one.
func TestNoVerdictOnKnownWindows(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:airline, time: Month, series: {window: 12}}\n"+
		"model: [{flatten: {}}, {dense: 1}]\ntrain: {epochs: 2}\n")
	out, _ := must(t, "train", "e.yaml", "--out", "r")
	if !strings.Contains(out, "verdict     Passengers: ") {
		t.Errorf("training prints\n%s", out)
	}
	out, _ = must(t, "evaluate", "r/model.keras", "--data", "embed:airline")
	if !strings.Contains(out, "verdict     none, as ") || strings.Contains(out, "verdict     Passengers") {
		t.Errorf("evaluate prints\n%s", out)
	}
}
