package run_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/run"
	"gorae/train"
)

// unit is the target of the same data in other units: y·scale + shift.
type unit struct{ scale, shift float64 }

var otherUnits = []unit{{1e24, 0}, {1e-24, 0}, {1, 1e8}, {1e-3, -1e6}}

func (u unit) String() string { return fmt.Sprintf("×%g %+g", u.scale, u.shift) }

// near reports whether two numbers agree but for a relative difference.
func near(a, b, rel float64) bool { return math.Abs(a-b) <= rel*math.Max(math.Abs(a), math.Abs(b)) }

// column reads a column of numbers of a CSV.
func column(t *testing.T, text, name string) []float64 {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for k, h := range rows[0] {
		if h != name {
			continue
		}
		for _, r := range rows[1:] {
			v, err := strconv.ParseFloat(r[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
	}
	return out
}

// regression is a table of 150 rows in units of its target, trained on for a few epochs.
func regression(t *testing.T, u unit, options string) (text string, r *run.Result, b trained, dir string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 12))
	var s strings.Builder
	s.WriteString("a,b,y\n")
	for range 150 {
		a, b := math.Round(1e3*rng.NormFloat64())/1e3, math.Round(1e3*rng.NormFloat64())/1e3
		y := 3*a - 2*b + a*b + 0.5*rng.NormFloat64()
		fmt.Fprintf(&s, "%v,%v,%s\n", a, b, strconv.FormatFloat(y*u.scale+u.shift, 'g', -1, 64))
	}
	dir = t.TempDir()
	path := write(t, filepath.Join(dir, "t.csv"), s.String())
	p := open(t, "data: {source: "+path+", target: y"+options+"}\nmodel: [dense: {units: 8, activation: tanh}, "+
		"dense: 1]\ntrain: {epochs: 6, metrics: [rmse, mae, mse, r2, huber, mape]}\n")
	r, b = fit(t, p, filepath.Join(dir, "run"))
	return s.String(), r, b, dir
}

// TestTableUnits: the same table in other units gives the same metrics and predictions in those units. The degree of a
// metric
// is how often it takes the unit.
func TestTableUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	degree := map[string]float64{"loss": 0, "rmse": 1, "mae": 1, "mse": 2, "r2": 0}
	_, base, first, dir := regression(t, unit{1, 0}, "")
	before, err := first.predict(filepath.Join(dir, "t.csv"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := column(t, before.csv, "prediction")
	for _, u := range otherUnits {
		_, r, b, dir := regression(t, u, "")
		for name, k := range degree {
			for part, pair := range map[string][2]train.Metrics{"train": {base.Report.Train, r.Report.Train},
				"validation": {base.Report.Validation, r.Report.Validation},
				"test":       {base.Report.Test, r.Report.Test}} {
				if a, b := pair[0].Of(name), pair[1].Of(name)/math.Pow(u.scale, k); !near(a, b, 2e-5) {
					t.Errorf("%v: %s %s is %v, in the first units %v", u, part, name, b, a)
				}
			}
		}
		all, err := b.predict(filepath.Join(dir, "t.csv"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range column(t, all.csv, "prediction") {
			if got := (v - u.shift) / u.scale; math.Abs(got-want[i]) > 2e-5 {
				t.Fatalf("%v: row %d is predicted %v, in the first units %v", u, i+1, got, want[i])
			}
		}
		for _, name := range []string{"learning-curve.png", "metrics.json"} {
			if _, err := os.Stat(filepath.Join(dir, "run", name)); err != nil {
				t.Errorf("%v: %v", u, err)
			}
		}
	}
}

// TestMetricsOfPredictions: metrics are what float64 makes of the predictions that are written and of the targets as
// the file has them, also of numbers that are learnt as they are.
func TestMetricsOfPredictions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, u := range append([]unit{{1, 0}}, otherUnits...) {
		for _, options := range []string{"", ", target_scale: none"} {
			if options != "" && u.shift == 0 && u.scale != 1 {
				continue // 10²⁴ as it is cannot be learnt
			}
			text, _, b, dir := regression(t, u, options)
			path := filepath.Join(dir, "t.csv")
			all, err := b.predict(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			e, err := b.evaluate(path, "", "")
			if err != nil {
				t.Fatal(err)
			}
			truth, said := column(t, text, "y"), column(t, all.csv, "prediction")
			sums := map[string]float64{}
			mean := 0.0
			for _, y := range truth {
				mean += (y - u.shift) / float64(len(truth))
			}
			spread := 0.0
			for i, y := range truth {
				d := math.Abs(y - said[i])
				sums["mae"] += d / float64(len(truth))
				sums["mse"] += d * d / float64(len(truth))
				sums["mape"] += 100 * d / math.Max(math.Abs(y), 1e-7) / float64(len(truth))
				spread += (y - u.shift - mean) * (y - u.shift - mean) / float64(len(truth))
			}
			sums["rmse"], sums["r2"] = math.Sqrt(sums["mse"]), 1-sums["mse"]/spread
			for name, want := range sums {
				if got := e.Metrics.Of(name); !near(got, want, 1e-8) {
					t.Errorf("%v%s: %s %v, of the predictions' file %v", u, options, name, got, want)
				}
			}
		}
	}
}

// walk is a series of 160 days in units of its own, trained on for a few epochs.
func walk(t *testing.T, u unit, options string) (*run.Result, *bundle.Evaluated, []float64, string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(21, 22))
	var s strings.Builder
	s.WriteString("day,v\n")
	v := 0.0
	for i := range 160 {
		v = 0.8*v + math.Sin(float64(i)/5) + 0.3*rng.NormFloat64()
		fmt.Fprintf(&s, "%d,%s\n", i, strconv.FormatFloat(v*u.scale+u.shift, 'g', -1, 64))
	}
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "s.csv"), s.String())
	p := open(t, "data: {source: "+path+", time: day, target: v, series: {window: 6"+options+"}}\n"+
		"model: [flatten, dense: {units: 4, activation: tanh}, dense: "+strconv.Itoa(1+2*strings.Count(options,
		"steps"))+"]\ntrain: {epochs: 4}\n")
	r, b := fit(t, p, filepath.Join(dir, "run"))
	e, err := b.evaluate(path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	all, err := b.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, e, column(t, all.csv, "prediction"), dir
}

// TestSeriesUnits: the same of a series: its metrics, the table of the baselines beside them, and its forecasts; also
// of
// what it gains on the step before, and of several steps ahead.
func TestSeriesUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	type score struct {
		Name      string
		RMSE, MAE float64
	}
	network := func(report any) (rmse, mae float64) {
		t.Helper()
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Baselines []score }
		if err := json.Unmarshal(text, &r); err != nil || len(r.Baselines) == 0 || r.Baselines[0].Name != "network" {
			t.Fatal(err, string(text))
		}
		return r.Baselines[0].RMSE, r.Baselines[0].MAE
	}
	for _, options := range []string{"", ", transform: {v: difference}", ", steps: 3"} {
		base, _, want, _ := walk(t, unit{1, 0}, options)
		for _, u := range append([]unit{{1, 0}}, otherUnits...) {
			r, e, got, _ := walk(t, u, options)
			for name, ms := range map[string]struct {
				m      train.Metrics
				report any
			}{"test": {r.Report.Test, r.Report}, "evaluate": {e.Metrics, e}} {
				rmse, mae := network(ms.report)
				if a, b := ms.m.Of("rmse"), ms.m.Of("mae"); !near(a, rmse, 1e-12) || !near(b, mae, 1e-12) {
					t.Errorf("%v%s: %s has rmse %v, mae %v, but its table %v and %v", u, options, name, a, b, rmse, mae)
				}
			}
			for _, name := range []string{"rmse", "mae"} {
				if a, b := base.Report.Test.Of(name), r.Report.Test.Of(name)/u.scale; !near(a, b, 1e-4) {
					t.Errorf("%v%s: %s %v, in the first units %v", u, options, name, b, a)
				}
			}
			for i, v := range got {
				if v := (v - u.shift) / u.scale; math.Abs(v-want[i]) > 1e-4 {
					t.Fatalf("%v%s: forecast %d is %v, in the first units %v", u, options, i+1, v, want[i])
				}
			}
		}
	}
}
