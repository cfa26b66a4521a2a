package series

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestResidualLags: by hand. Errors of windows s steps apart whose horizon is h begin to be independent at lag
// 1 + ⌊(h − 1)/s⌋ and are tested up to two seasons, in windows, or to h' − 1 + n/5, h' being that lag; of several steps
// ahead the first is tested. Errors that follow a season beyond the window are told the window that has it.
func TestResidualLags(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	r := rand.New(rand.NewPCG(12, 7))
	path := filepath.Join(t.TempDir(), "x.csv")
	text := "x\n"
	for i := range 1000 {
		text += fmt.Sprintf("%.4f\n", float64(i%12/10)*9+r.NormFloat64())
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ keys, units, want string }{
		{"season: 12", "1", "from lag 1 to 24, robust to changing variance, p < 0.001), those 12 steps apart by 0.8"},
		{"season: 12", "1", "does not see so far back; series: {window: 12} shows it that step"},
		{"season: 12, horizon: 3", "1", "from lag 3 to 24, "},
		{"season: 12, horizon: 3", "1", "does not see so far back; series: {window: 10} shows it that step"},
		{"season: 12, horizon: 3, stride: 2", "1", "from lag 2 to 12, "},
		{"season: 12, horizon: 3, stride: 2", "1", "those 6 windows apart by 0."},
		{"season: 12, steps: 2, horizon: 2", "2", "x, 2 steps ahead: the errors are autocorrelated ("},
		{"season: 150", "1", "from lag 1 to 59, "}, // n/5 of 299 windows
	} {
		p := open(t, fmt.Sprintf("{data: {source: %q, series: {window: 2, transform: {x: none}, %s}}, model: "+
			"[flatten, {dense: {units: %s, kernel_initializer: zeros}}], split: {validation: 0.1, test: 0.3}, "+
			"train: {epochs: 1, baselines: false}}", path, c.keys, c.units))
		result, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(result.Report.Findings.Words, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nlacks %q", c.keys, got, c.want)
		}
	}
}
