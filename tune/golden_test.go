package tune

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// golden is what Optuna 5.0.0 gives (testdata/golden.py).
type golden struct {
	Densities []struct {
		Names    []string
		Observed [][]float64
		At       [][]float64
		LogPDF   []float64 `json:"log_pdf"`
	}
	Quantiles []struct {
		Mu, Sigma, Low, High float64
		Q, X                 []float64
	}
	Splits []struct {
		Trials       []goldenTrial
		Below, Above []int
		Gains        []struct {
			Names []string
			At    [][]float64
			Gain  []float64
		}
	}
	Importances []struct {
		Trials     []goldenTrial
		Importance []float64
	}
}

type goldenTrial struct {
	State  string
	Value  *float64
	Step   int
	Values map[string]float64
}

var goldenNames = []string{"plain", "log", "stepped", "whole", "fours", "wide", "choice"}

var goldenSpace = Space{
	{Name: "plain", Low: -2, High: 3},
	{Name: "log", Low: 1e-5, High: 1e-1, Log: true},
	{Name: "stepped", Low: 0.1, High: 0.9, Step: 0.2},
	{Name: "whole", Kind: Int, Low: 1, High: 9},
	{Name: "fours", Kind: Int, Low: 4, High: 32, Step: 4},
	{Name: "wide", Kind: Int, Low: 8, High: 512, Log: true},
	{Name: "choice", Kind: Choice, Options: 3},
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func numbersOf(names []string) (list []int) {
	for _, n := range names {
		list = append(list, slices.Index(goldenNames, n))
	}
	return list
}

func trialsOf(list []goldenTrial) (out []Trial) {
	states := map[string]State{"COMPLETE": Finished, "PRUNED": Paused, "RUNNING": Running}
	for i, g := range list {
		t := Trial{Number: i, State: states[g.State], Epochs: g.Step, Value: math.NaN()}
		if g.Value != nil {
			t.Value = *g.Value
		}
		for _, n := range goldenNames {
			v, ok := g.Values[n]
			if !ok {
				v = math.NaN()
			}
			t.Values = append(t.Values, v)
		}
		out = append(out, t)
	}
	return out
}

func near(a, b, tolerance float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*max(1, math.Abs(b))
}

// at returns the k-th of points that are listed by parameter.
func at(points [][]float64, k int) (x []float64) {
	for _, p := range points {
		x = append(x, p[k])
	}
	return x
}

// TestDensity: the Parzen estimator of every kind of parameter, alone and jointly, of 0 to 130 observations.
func TestDensity(t *testing.T) {
	for _, c := range readGolden(t).Densities {
		var params []Param
		for _, i := range numbersOf(c.Names) {
			params = append(params, goldenSpace[i])
		}
		e := newParzen(params, c.Observed)
		for k, want := range c.LogPDF {
			if got := e.logDensity(at(c.At, k)); !near(got, want, 1e-9) {
				t.Errorf("%v, %d observations, at %v: %v, Optuna %v", c.Names, len(c.Observed[0]), at(c.At, k), got,
					want)
			}
		}
	}
}

// TestQuantiles: quantiles of truncated normal distributions, their tails included.
func TestQuantiles(t *testing.T) {
	for _, c := range readGolden(t).Quantiles {
		for k, q := range c.Q {
			if got := truncated(q, c.Mu, c.Sigma, c.Low, c.High); !near(got, c.X[k], 1e-7) {
				t.Errorf("N(%v, %v) in %v to %v: quantile %v is %v, Optuna %v", c.Mu, c.Sigma, c.Low, c.High, q, got,
					c.X[k])
			}
		}
	}
}

// TestSplit: which trials are the best, of finished, stopped and running ones, and what is gained by values.
func TestSplit(t *testing.T) {
	for _, c := range readGolden(t).Splits {
		history := trialsOf(c.Trials)
		below, above, _ := split(history)
		for _, x := range []struct {
			trials []Trial
			want   []int
		}{{below, c.Below}, {above, c.Above}} {
			var got []int
			for _, t := range x.trials {
				got = append(got, t.Number)
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("%d trials: %v, Optuna %v", len(history), got, x.want)
			}
		}
		for _, g := range c.Gains {
			params := numbersOf(g.Names)
			var some []Param
			for _, i := range params {
				some = append(some, goldenSpace[i])
			}
			l, above := newParzen(some, observed(below, params)), newParzen(some, observed(above, params))
			for k, want := range g.Gain {
				x := at(g.At, k)
				if got := l.logDensity(x) - above.logDensity(x); !near(got, want, 1e-9) {
					t.Errorf("%d trials, %v at %v: %v, Optuna %v", len(history), g.Names, x, got, want)
				}
			}
		}
	}
}

// TestImportance: PED-ANOVA, with a parameter that does not always exist.
func TestImportance(t *testing.T) {
	for _, c := range readGolden(t).Importances {
		got := Importance(goldenSpace, trialsOf(c.Trials))
		for i, want := range c.Importance {
			if !near(got[i], want, 1e-9) && !(len(c.Trials) == 1) {
				t.Errorf("%d trials, %s: %v, Optuna %v", len(c.Trials), goldenNames[i], got[i], want)
			}
		}
	}
}
