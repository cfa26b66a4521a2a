package run_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/task"
)

// drawnRows is a table of n rows of two numbers, a number y that depends on them with Laplace errors, and one of three
// overlapping classes.
func drawnRows(t *testing.T, rng *rand.Rand, n int) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("a,b,y,kind\n")
	for range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		y := 40 + 5*math.Sin(a) + 3*b + rng.ExpFloat64()*[]float64{-1, 1}[rng.IntN(2)]
		kind := []string{"red", "green", "blue"}[int(math.Max(0, math.Min(2, 1.5+a+0.8*rng.NormFloat64())))]
		fmt.Fprintf(&s, "%.4f,%.4f,%.4f,%s\n", a, b, y, kind)
	}
	return write(t, filepath.Join(t.TempDir(), "drawn.csv"), s.String())
}

// TestInterval: of 3,000 new rows the intervals of a number and the sets of classes hold at least the share that was
// asked for, and not many more, with one network and with an ensemble over folds, whose mean errs less than the
// networks whose errors are known. What chance allows is three standard errors of a share of 3,000 rows and of the
// coverage that so many validation rows give.
func TestInterval(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rng := rand.New(rand.NewPCG(7, 8))
	path, fresh := drawnRows(t, rng, 750), drawnRows(t, rng, 3000)
	file, err := os.Open(fresh)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	truth, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const one = "\nmodel: [{dense: {units: 16, activation: relu}}, {dense: {OUT}}]\nsplit: {validation: 0.2, test: " +
		"0.2}\ntrain: {epochs: 15, callbacks: []}\n"
	const ensemble = "\ntrain: {epochs: 10, ensemble: 5}\n"
	const y, kind = "data: {source: %q, target: y, features: {kind: drop}}", "data: {source: %q, target: kind, " +
		"features: {y: drop}}"
	for name, c := range map[string]struct {
		text      string
		level     float64
		more      float64 // by which the coverage may be above the level beside chance
		validated float64
	}{
		"number":            {y + strings.Replace(one, "OUT", "units: 1", 1), 0.9, 0.01, 150},
		"classes":           {kind + strings.Replace(one, "OUT", "units: 3, activation: softmax", 1), 0.9, 0.01, 150},
		"number, ensemble":  {y + ensemble, 0.8, 0.04, 637},
		"classes, ensemble": {kind + ensemble, 0.8, 0.04, 637},
	} {
		p := open(t, fmt.Sprintf(c.text, path))
		_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		bound, err := b.Bind(from(t, fresh))
		if err != nil {
			t.Fatal(err)
		}
		out, err := b.Predict(t.Context(), bound)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Interval(bound, c.level); err != nil {
			t.Fatal(err)
		}
		var w bytes.Buffer
		if err := bound.WriteCSV(&w, out); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&w).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		in, size := 0, 0.0
		for i, row := range rows[1:] {
			if set := slices.Index(rows[0], "set"); set >= 0 {
				kinds := strings.Split(row[set], "|")
				if size += float64(len(kinds)); slices.Contains(kinds, truth[i+1][3]) {
					in++
				}
				if !slices.Contains(kinds, row[slices.Index(rows[0], "prediction")]) {
					t.Fatalf("%s: the set %v is without the prediction", name, kinds)
				}
				continue
			}
			lower, upper := number(t, row[1]), number(t, row[2])
			if size += upper - lower; lower <= number(t, truth[i+1][2]) && number(t, truth[i+1][2]) <= upper {
				in++
			}
		}
		n := float64(len(rows) - 1)
		covered, se := float64(in)/n, math.Sqrt(c.level*(1-c.level)*(1/n+1/c.validated))
		t.Logf("%s: %.3f of the rows for %.2f; mean size %.2f", name, covered, c.level, size/n)
		if covered < c.level-3*se || covered > c.level+3*se+c.more {
			t.Errorf("%s: %.3f of the rows are within, %.2f were asked for", name, covered, c.level)
		}
		for level, says := range map[float64]string{1.5: "no probability", 0.99999: "validation samples"} {
			if err := b.Interval(bound, level); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: an interval of %v: %v", name, level, err)
			}
		}
	}
	for text, says := range map[string]string{
		"data: {source: embed:iris, target: species}\nsplit: {validation: 0}\nmodel: [dense: {units: 3, activation: " +
			"softmax}]\ntrain: {epochs: 1, callbacks: []}\n": "without validation samples",
		"data: {source: embed:iris, target: species}\nmodel: [dense: 3]\ntrain: {epochs: 1, loss: " +
			"categorical_hinge}\n": "no probabilities",
	} {
		_, b := fit(t, open(t, text), filepath.Join(t.TempDir(), "run"))
		if err := b.Interval(&task.Bound{Decode: (&task.Bound{}).Decode}, 0.9); err == nil {
			t.Error("an interval without rows")
		}
		bound, err := b.Bind(from(t, "embed:iris"))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Interval(bound, 0.9); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
