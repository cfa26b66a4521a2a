package run_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/tensor"
)

// plain is the shortest text that reads back to a number.
func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// digits is the digits of a number's text, without zeros before and behind, point, sign and exponent.
func digits(text string) string {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "-"), "e")
	return strings.Trim(strings.Replace(text, ".", "", 1), "0")
}

// scaledKind writes data whose targets are in a unit, and says with which experiment a network learns them.
type scaledKind struct {
	write      func(t *testing.T, dir string, u unit) (source, experiment string)
	multiplied bool // only units without an offset give the same data
	steps      int  // that are forecast
}

// oneNumber is a small network of one output, and how it is trained.
const oneNumber = "model: [flatten, dense: {units: 4, activation: tanh}, dense: 1]\ntrain: {epochs: 4}\n"

var scaledKinds = map[string]scaledKind{
	"table of two targets": {write: func(t *testing.T, dir string, u unit) (string, string) {
		rng := rand.New(rand.NewPCG(3, 4))
		var s strings.Builder
		s.WriteString("a,b,y,z\n")
		for range 120 {
			a, b := math.Round(1e3*rng.NormFloat64())/1e3, math.Round(1e3*rng.NormFloat64())/1e3
			y, z := a-2*b+0.3*rng.NormFloat64(), a*b+0.3*rng.NormFloat64()
			fmt.Fprintf(&s, "%v,%v,%s,%s\n", a, b, plain(y*u.scale+u.shift), plain(z*u.scale+u.shift))
		}
		path := write(t, filepath.Join(dir, "t.csv"), s.String())
		return path, "data: {source: " + path + ", target: [y, z]}\ntrain: {epochs: 4}\n"
	}},
	"arrays": {write: func(t *testing.T, dir string, u unit) (string, string) {
		rng := rand.New(rand.NewPCG(5, 6))
		x := tensor.New(tensor.Float32, 120, 3)
		y := make([]float64, 120)
		for i := range y {
			for k := range 3 {
				v := float32(rng.NormFloat64())
				x.F32[3*i+k] = v
				y[i] += float64(k+1) * float64(v)
			}
			y[i] = y[i]*u.scale + u.shift
		}
		path := npzOf(t, filepath.Join(dir, "a.npz"), "x", x, "y", y)
		return path, "data: {source: " + path + "}\n" + oneNumber
	}},
	"sequences": {write: func(t *testing.T, dir string, u unit) (string, string) {
		rng := rand.New(rand.NewPCG(7, 8))
		var s strings.Builder
		s.WriteString("who,when,x,y\n")
		for i := range 60 {
			var x [5]float64
			sum := 0.0
			for k := range x {
				x[k] = math.Round(1e3*rng.NormFloat64()) / 1e3
				sum += float64(k) * x[k]
			}
			for k, v := range x {
				fmt.Fprintf(&s, "w%02d,%d,%v,%s\n", i, k, v, plain(sum*u.scale+u.shift))
			}
		}
		path := write(t, filepath.Join(dir, "q.csv"), s.String())
		return path, "data: {source: " + path + ", sequence: {id: who, step: when, target: y}}\n" + oneNumber
	}},
	"series":                      {write: walkOf("{v: none}", 0), steps: 7},
	"series of differences":       {write: walkOf("{v: difference}", 0), steps: 7},
	"series of logarithmic gains": {write: walkOf("{v: log_return}", 20), multiplied: true, steps: 7},
}

// walkOf writes a series of 140 days around a level.
func walkOf(transform string, level float64) func(*testing.T, string, unit) (string, string) {
	return func(t *testing.T, dir string, u unit) (string, string) {
		rng := rand.New(rand.NewPCG(9, 10))
		var s strings.Builder
		s.WriteString("day,v\n")
		v := 0.0
		for i := range 140 {
			v = 0.8*v + math.Sin(float64(i)/5) + 0.3*rng.NormFloat64()
			fmt.Fprintf(&s, "%d,%s\n", i, plain((level+v)*u.scale+u.shift))
		}
		path := write(t, filepath.Join(dir, "s.csv"), s.String())
		return path, "data: {source: " + path + ", time: day, target: v, series: {window: 6, transform: " + transform +
			"}}\n" + oneNumber
	}
}

// written is everything that a run, its model's evaluation and its predictions wrote, as texts.
type written struct {
	texts  map[string]string   // numbers by the path of their key
	words  []string            // sentences, without numbers in a unit
	values map[string][]string // columns of predictions and forecasts
}

// against is a metric of the network and that of a baseline in a sentence, of which metrics.json has the numbers, or
// the mean of errors.
var against = regexp.MustCompile(`(rmse|mae|mean error is|, by) \S+ (against \S+|\(t test|on average)`)

// without is a metric of some of the samples in a sentence; the JSON has it as a number.
var without = regexp.MustCompile(`^(\S*rmse (?:on|without) the .*: )\S+$`)

// collect adds the numbers of a JSON value, but for those that time has a part in.
func (o *written) collect(path string, v any) {
	switch v := v.(type) {
	case json.Number:
		o.texts[path] = v.String()
	case map[string]any:
		for k, e := range v {
			if k != "seconds" && k != "guesses" && k != "inputs" {
				o.collect(path+"/"+k, e)
			}
		}
	case []any:
		for i, e := range v {
			if s, ok := e.(string); ok && strings.Contains(s, ": ") {
				o.words = append(o.words, without.ReplaceAllString(against.ReplaceAllString(s, "$1 … …"), "$1…"))
			}
			key := fmt.Sprint(i)
			if m, ok := e.(map[string]any); ok && m["metric"] != nil { // the interval of a metric
				key = fmt.Sprint(m["metric"])
			}
			o.collect(path+"/"+key, e)
		}
	}
}

func (o *written) json(t *testing.T, path string, b []byte) {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	o.collect(path, v)
}

func (o *written) csv(t *testing.T, path, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for k, h := range rows[0] {
		for _, r := range rows[1:] {
			if h != "seconds" && h != "epoch" {
				o.values[path+"/"+h] = append(o.values[path+"/"+h], r[k])
			}
		}
	}
}

// writtenBy trains, evaluates, predicts and forecasts, through files.
func writtenBy(t *testing.T, k scaledKind, u unit) *written {
	t.Helper()
	dir := t.TempDir()
	source, experiment := k.write(t, dir, u)
	out := filepath.Join(dir, "run")
	_, b := fit(t, open(t, experiment), out)
	o := &written{map[string]string{}, nil, map[string][]string{}}
	report, err := os.ReadFile(filepath.Join(out, "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	o.json(t, "metrics.json", report)
	history, err := os.ReadFile(filepath.Join(out, "history.csv"))
	if err != nil {
		t.Fatal(err)
	}
	o.csv(t, "history.csv", string(history))
	e, err := b.evaluate(source, "", "")
	if err != nil {
		t.Fatal(err)
	}
	evaluated, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	o.json(t, "evaluate", evaluated)
	all, err := b.predict(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.csv(t, "predict", all.csv)
	if k.steps == 0 {
		return o
	}
	src, err := find(source, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.Forecast(t.Context(), src, k.steps)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := f.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	o.csv(t, "forecast", text.String())
	return o
}

// degree is how often a number takes the unit, by the path of its key: differences of targets once, their squares
// twice; a target itself takes the shift too.
func degree(path string) (power float64, shifted bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case name == "low" || name == "high": // of the metric's interval, or of the gap's, which is one of rmse
		if of := path[:len(path)-len(name)-1]; !strings.HasSuffix(of, "gap/interval") {
			return degree(of)
		}
		return 1, false
	case strings.HasPrefix(name, "prediction"), strings.Contains(path, "/errors/") && name != "samples",
		strings.Contains(path, "/course/") && name != "ahead":
		return 1, true
	case strings.HasSuffix(name, "rmse"), strings.HasSuffix(name, "mae"), name == "difference",
		name == "others", name == "without": // the latter of the first metric, which is rmse
		return 1, false
	}
	return 0, false
}

// TestUnitsOfAllKinds: the same data in other units give the same metrics.json, history.csv, evaluation, predictions
// and forecasts in those units, for every kind of data with numbers as targets, but for the rounding of float32 in the
// network; and every number is written as the shortest text that reads back to it.
func TestUnitsOfAllKinds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const rel = 2e-4
	for name, k := range scaledKinds {
		t.Run(name, func(t *testing.T) {
			base := writtenBy(t, k, unit{1, 0})
			for _, u := range otherUnits {
				if k.multiplied && u.shift != 0 {
					continue
				}
				got := writtenBy(t, k, u)
				same := func(path, a, b string) {
					x, err1 := strconv.ParseFloat(a, 64)
					y, err2 := strconv.ParseFloat(b, 64)
					if err1 != nil || err2 != nil {
						if a != b {
							t.Errorf("%v: %s is %s, in the first units %s", u, path, b, a)
						}
						return
					}
					if digits(b) != digits(plain(y)) {
						t.Errorf("%v: %s is written %s, where %s reads back to it", u, path, b, plain(y))
					}
					power, shifted := degree(path)
					if shifted {
						y -= u.shift
					}
					y /= math.Pow(u.scale, power)
					if math.Abs(x-y) > rel*math.Max(1, math.Abs(x)) {
						t.Errorf("%v: %s is %v, in the first units %v", u, path, y, x)
					}
				}
				if len(got.texts) != len(base.texts) || len(got.texts) < 6 || len(got.values) != len(base.values) {
					t.Fatalf("%v: %d numbers and %d columns, in the first units %d and %d", u, len(got.texts),
						len(got.values), len(base.texts), len(base.values))
				}
				for path, a := range base.texts {
					same(path, a, got.texts[path])
				}
				for path, column := range base.values {
					if len(got.values[path]) != len(column) {
						t.Fatalf("%v: %s has %d rows, not %d", u, path, len(got.values[path]), len(column))
					}
					for i, a := range column {
						same(path, a, got.values[path][i])
					}
				}
				slices.Sort(base.words)
				slices.Sort(got.words)
				if a, b := strings.Join(base.words, "\n"), strings.Join(got.words, "\n"); a != b {
					t.Errorf("%v: it says\n%s\nin the first units\n%s", u, b, a)
				}
			}
		})
	}
}

// TestProbabilityTexts: probabilities are written as the shortest text that reads back to the float32 of the network.
func TestProbabilityTexts(t *testing.T) {
	p := open(t, "data: {source: embed:iris}\nmodel: [dense: {units: 3, activation: softmax}]\ntrain: {epochs: 3}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	all, err := b.predict("embed:iris", nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(all.csv)).ReadAll()
	if err != nil || len(rows) != 151 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, r := range rows[1:] {
		for k, text := range r[1:] {
			want := all.out[0].F32[3*i+k]
			v, err := strconv.ParseFloat(text, 32)
			if err != nil || float32(v) != want || digits(text) != digits(strconv.FormatFloat(v, 'g', -1, 32)) {
				t.Errorf("row %d: %s, the network gives %v", i+1, text, want)
			}
		}
	}
}
