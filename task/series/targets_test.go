package series

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
	"gorae/task"
)

// bars is n generated minutes of a price near 100, its double, and a volume in thousands.
func bars(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Time,Open,Close,Volume\n")
	for i := range n {
		open := 100 + 10*math.Sin(float64(i)/50) + float64(i*i%13)/10
		fmt.Fprintf(&b, "2006-01-%02d %02d:%02d,%.4f,%.4f,%d\n", 2+i/1440, i/60%24, i%60, open, open+1, 3000+i*i%4001)
	}
	path := filepath.Join(t.TempDir(), "bars.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Of several targets each has figures of its own, those of the table beside the baselines, in a run and by evaluate;
// where the targets differ in scale it is said that the figures over all are mostly one target's.
func TestTargetsApart(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := bars(t, 300)
	for _, c := range []struct {
		name, series, metrics, words string
		targets                      []string
		outputs                      int
	}{
		{"unlike", "targets: [Open, Volume]", "[rmse, mae, r2]",
			"of Volume): rmse over all of them is mostly that of Volume; go by each one's own, such as rmse(Open)",
			[]string{"Open", "Volume"}, 2},
		{"steps ahead", "targets: [Volume, Open], steps: 3", "[mae, rmse]",
			"mae over all of them is mostly that of Volume; go by each one's own, such as mae(Open)",
			[]string{"Volume", "Open"}, 6},
		{"a gain", "targets: [Open, Volume], transform: {Open: log_return}", "[rmse, mae]", "mostly that of Volume",
			[]string{"Open", "Volume"}, 2},
		{"alike", "targets: [Open, Close]", "[rmse, mae]", "", []string{"Open", "Close"}, 2},
		{"without units", "targets: [Open, Volume]", "[r2]", "", []string{"Open", "Volume"}, 2},
		{"one", "targets: [Volume]", "[rmse, mae]", "", nil, 1},
	} {
		_, res, p := trainSeries(t, path, fmt.Sprintf("data: {source: %%q, series: {window: 6, %s}}\nmodel: "+
			"[flatten, {dense: %d}]\ntrain: {epochs: 2, metrics: %s}\n", c.series, c.outputs, c.metrics))
		e, err := p.evaluate(path, "")
		if err != nil {
			t.Fatal(err)
		}
		f := e.Metrics
		whole, single := run.Overall(res.Report.Test)
		metrics := strings.Split(strings.Trim(c.metrics, "[]"), ", ")
		if len(whole) != 1+len(metrics) || len(single) != len(metrics)*len(c.targets) {
			t.Errorf("%s: %v", c.name, res.Report.Test)
		}
		for _, words := range [][]string{res.Report.Findings.Words, e.Findings.Words} {
			if all := strings.Join(words, "\n"); c.words == "" && strings.Contains(all, "differ in scale") ||
				!strings.Contains(all, c.words) {
				t.Errorf("%s: %s\nwant %q", c.name, all, c.words)
			}
		}
		for _, target := range c.targets {
			for _, part := range []struct {
				of   func(string) float64
				side *task.Findings
			}{{res.Report.Test.Of, &res.Report.Findings}, {f.Of, &e.Findings}} {
				for _, s := range scores(t, part.side) {
					if s.Name != "network" || s.Target != target {
						continue
					}
					for name, want := range map[string]float64{"rmse": s.RMSE, "mae": s.MAE} {
						if got := part.of(name + "(" + target + ")"); strings.Contains(c.metrics, name) &&
							!(math.Abs(got-want) <= 1e-4*want) {
							t.Errorf("%s: %s(%s) %v, want %v", c.name, name, target, got, want)
						}
					}
				}
			}
		}
		// What knows no units is the mean of the targets' own.
		if strings.Contains(c.metrics, "r2") {
			if got, want := f.Of("r2"), (f.Of("r2(Open)")+f.Of("r2(Volume)"))/2; !(math.Abs(got-want) < 1e-5) {
				t.Errorf("%s: r2 %v, want %v", c.name, got, want)
			}
		}
		// Epochs go by the figures over all.
		history, err := os.ReadFile(filepath.Join(res.Dir, run.HistoryFile))
		if err != nil || strings.Contains(string(history), "(") {
			t.Errorf("%s: error %v, history %s", c.name, err, history)
		}
	}
}
