package series

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestSentencesOfMadeSeries: what is said of series whose law is known. Of a random walk nothing but the last value can
// be foretold: no network is called better, and its changes are learnt. A line is told as one; a network for levels
// meets values above all of its training, and is told that it is worse and too low. A season and an autoregression are
// stationary, their levels are learnt, and the network is not called worse than the last value. Of the logistic map
// x(t+1) = 3.9 x(t) (1 − x(t)) no linear model knows anything (its autocorrelations are 0): the network is better.
func TestSentencesOfMadeSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	const steps = 700
	made := func(seed uint64, next func(i int, x, z float64) float64) string {
		r, x := rand.New(rand.NewPCG(seed, 7)), 0.4
		path := filepath.Join(t.TempDir(), "made.csv")
		var b strings.Builder
		b.WriteString("x\n")
		for i := range steps {
			x = next(i, x, r.NormFloat64())
			fmt.Fprintf(&b, "%.6f\n", x)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	walk := made(1, func(_ int, x, z float64) float64 { return x + z })
	line := made(2, func(i int, _, z float64) float64 { return .05*float64(i) + 2*z })
	for _, c := range []struct {
		name, path, keys, model string
		before                  string // of the guesses and notes, "" for none of stationarity
		verdict                 []string
		never                   []string
		words                   []string
	}{
		{"random walk", walk, "window: 5", "[flatten, {dense: 1}]",
			"x: its changes are learnt (transform: difference), as its level moves in the training steps and a unit " +
				"root is not rejected",
			[]string{"x: it cannot be told whether the network is better or worse than "}, nil,
			[]string{"x: no autocorrelation of the errors is found", "x: no bias is found"}},
		{"random walk, its level", walk, "window: 5, transform: {x: none}", "[{gru: 4}, {dense: 1}]",
			"x wanders, with no level or line to return to", []string{"x: the network is worse than the last value: "},
			nil, []string{"x: the errors are autocorrelated"}},
		{"line", line, "window: 5", "[{gru: 4}, {dense: 1}]", "x looks stationary around a line in time",
			[]string{"x: the network is worse than "}, nil, []string{"x: the forecasts are too low, by "}},
		{"line, its changes", line, "window: 12, transform: {x: difference}", "[flatten, {dense: 1}]", "", nil,
			[]string{"the network is worse than the last value"}, []string{"x: no bias is found"}},
		{"season", made(3, func(i int, _, z float64) float64 {
			return 10 + 3*math.Sin(2*math.Pi*float64(i)/7) + z
		}), "window: 14", "[flatten, {dense: 1}]", "", nil, []string{"last value"}, []string{"x: no bias is found"}},
		{"autoregression", made(6, func(_ int, x, z float64) float64 { return .6*x + z }), "window: 5",
			"[flatten, {dense: 1}]", "", []string{"x: it cannot be told whether "}, []string{"last value"},
			[]string{"x: no autocorrelation of the errors is found", "x: no bias is found"}},
		{"logistic map", made(5, func(_ int, x, _ float64) float64 { return 3.9 * x * (1 - x) }), "window: 2",
			"[flatten, {dense: {units: 16, activation: relu}}, {dense: 1}]", "",
			[]string{"x: the network is better than every baseline; "}, nil, nil},
	} {
		p := open(t, fmt.Sprintf("{data: {source: %q, series: {%s}}, model: %s, split: {validation: 0.2, test: 0.3}, "+
			"train: {epochs: 60, optimizer: {adam: {learning_rate: 0.005}}}, seed: 1}", c.path, c.keys, c.model))
		before := strings.Join(p.Notes, "\n")
		for _, g := range p.Guesses {
			before += "\n" + g.String()
		}
		if !strings.Contains(before, c.before) || c.before == "" && strings.Contains(before, "ADF") {
			t.Errorf("%s: before the training %q, want %q", c.name, before, c.before)
		}
		r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
		if err != nil {
			t.Fatal(err)
		}
		f := r.Report.Findings
		verdict, words := strings.Join(f.Verdict, "\n"), strings.Join(f.Words, "\n")
		for _, want := range c.verdict {
			if !strings.HasPrefix(verdict, want) {
				t.Errorf("%s: %s, want %q\n%s", c.name, verdict, want, words)
			}
		}
		for _, never := range c.never {
			if strings.Contains(verdict, never) {
				t.Errorf("%s: %s, which has %q\n%s", c.name, verdict, never, words)
			}
		}
		for _, want := range c.words {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %s\nlacks %q", c.name, words, want)
			}
		}
	}
}

// TestChangesByDefault: without a word on transforms the columns that wander are learnt as changes, which the resolved
// experiment has; a word on transforms, or numbers that are wanted as they are, leave them. Forecasts are levels.
func TestChangesByDefault(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 7))
	path := filepath.Join(t.TempDir(), "two.csv")
	text, x := "walk,noise\n", 1000.
	for range 400 {
		x += r.NormFloat64()
		text += fmt.Sprintf("%.4f,%.4f\n", x, r.NormFloat64())
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	experiment := "{data: {source: %q, target: walk, series: {window: 4%s}}, model: [flatten, {dense: 1}], train: " +
		"{epochs: 1}}"
	for keys, want := range map[string]string{
		"":                                      "transform: {walk: difference}",
		", features: [walk]":                    "transform: {walk: difference}",
		", features: [noise]":                   "transform: {walk: difference}",
		", scale: none":                         "",
		", transform: {noise: none}":            "transform: {noise: none}",
		", transform: {walk: log_return}":       "transform: {walk: log_return}",
		", transform: {walk: none}, horizon: 2": "transform: {walk: none}",
	} {
		p := open(t, fmt.Sprintf(experiment, path, keys))
		again := resolved(t, p)
		if !strings.Contains(again, want) || want == "" && strings.Contains(again, "transform") {
			t.Errorf("%s: %s, want %q", keys, again, want)
		}
		guessed := strings.Contains(fmt.Sprint(p.Guesses), "walk: its changes are learnt")
		if guessed != strings.Contains(want, "difference") {
			t.Errorf("%s: guesses %v", keys, p.Guesses)
		}
		if twice := resolved(t, open(t, again)); twice != again {
			t.Errorf("%s: resolved twice:\n%s\nonce:\n%s", keys, twice, again)
		}
	}
	result, model := fit(t, open(t, fmt.Sprintf(experiment, path, "")))
	if rmse := result.Report.Test.Of("rmse"); !(rmse < 10) { // a level of 1000 that was not added back is 1000 off
		t.Errorf("rmse %v", rmse)
	}
	_, said, _, err := model.predict(path, nil)
	if err != nil || !strings.Contains(said, "\n401,") {
		t.Fatalf("%v: %s", err, said)
	}
	var last float64
	if _, err := fmt.Sscanf(said[strings.Index(said, "\n401,")+5:], "%g", &last); err != nil || math.Abs(last-x) > 20 {
		t.Errorf("the step after %v is %v, %v", x, last, err)
	}
}
