package run_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/quantile"
)

// TestQuantileRegression: a network without hidden layers that learns quantiles comes as near to the truth as
// scikit-learn's QuantileRegressor, which finds the line of the least pinball loss (testdata of package quantile). It
// comes a little nearer where its lines cross, since quantiles in order are no lines there. The
// model file predicts the quantiles in rising order, and the middle one as the number.
func TestQuantileRegression(t *testing.T) {
	b, err := os.ReadFile("../quantile/testdata/quantile.json")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Levels     quantile.Levels
		X, Y, Loss []float64
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("x,y\n")
	for i, x := range c.X {
		fmt.Fprintf(&table, "%v,%v\n", x, c.Y[i])
	}
	path := write(t, filepath.Join(t.TempDir(), "lines.csv"), table.String())
	p := open(t, fmt.Sprintf("data: {source: %q, target: y, task: regression, quantiles: %s}\n"+
		"split: {test: 0, validation: 0}\nmodel: [{dense: %d}]\ntrain: {epochs: 600, batch_size: 80, callbacks: [], "+
		"optimizer: {adam: {learning_rate: {cosine_decay: {initial_learning_rate: 0.1, decay_steps: 600}}}}}\n", path,
		c.Levels.Words(), len(c.Levels)))
	if got := resolved(t, p); !strings.Contains(got, "loss: pinball\n") {
		t.Errorf("the experiment has another loss:\n%s", got)
	}
	_, model := fit(t, p, filepath.Join(t.TempDir(), "run"))
	all, err := model.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := make([][]float64, len(c.Y))
	for _, name := range c.Levels.Columns("") {
		for i, v := range column(t, all.csv, name) {
			said[i] = append(said[i], v)
		}
	}
	for i, v := range column(t, all.csv, "prediction") {
		if !slices.IsSorted(said[i]) || v != said[i][c.Levels.Middle()] {
			t.Fatalf("quantiles %v of the number %v", said[i], v)
		}
	}
	for i, l := range c.Levels.Judge("network", "y", c.Y, said).Levels {
		if r := l.Pinball / c.Loss[i]; !(r > 0.99 && r < 1.02) {
			t.Errorf("the pinball loss at %v is %v, %.4f times that of QuantileRegressor", l.Level, l.Pinball, r)
		}
	}
}

// quantileReport is what a report says of quantiles.
type quantileReport struct {
	Quantiles []struct {
		Name, Target string
		Pinball      float64
		Quantiles    []struct{ Level, Below float64 }
		Intervals    []struct{ Level, Covered float64 }
	}
	Verdict []string
}

func quantilesIn(t *testing.T, report any) (r quantileReport) {
	t.Helper()
	b, err := json.Marshal(report)
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSeriesQuantiles: of a series of two targets and two steps the file of predictions has a column for each quantile,
// and the report has the network's pinball loss that follows from it. The quantiles of the last value are those of its
// errors in the training windows around it: of a random walk with steps from −1 to 1 that are a tenth of the way.
func TestSeriesQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var table strings.Builder
	table.WriteString("a,b\n")
	a, b := 50.0, 20.0
	for range 420 {
		a, b = a+2*rng.Float64()-1, b+rng.NormFloat64()
		fmt.Fprintf(&table, "%.6f,%.6f\n", a, b)
	}
	path := write(t, filepath.Join(t.TempDir(), "walk.csv"), table.String())
	levels := quantile.Levels{0.1, 0.5, 0.9}
	p := open(t, fmt.Sprintf("data: {source: %q, target: [a, b], quantiles: %s, series: {window: 4, steps: 2, "+
		"features: [a, b]}}\nmodel: [flatten, {dense: 12}]\ntrain: {epochs: 30}\n", path, levels.Words()))
	result, model := fit(t, p, filepath.Join(t.TempDir(), "run"))
	all, err := model.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(all.csv, "\n"); head != "step,ahead,prediction(a),q(a=0.1),q(a=0.5),q(a=0.9),"+
		"prediction(b),q(b=0.1),q(b=0.5),q(b=0.9)" {
		t.Errorf("columns %s", head)
	}
	e, err := model.evaluate(path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	r := quantilesIn(t, e)
	truth := column(t, table.String(), "a")
	want, n := 0.0, 0.0
	for k, q := range levels {
		said := column(t, all.csv, levels.Columns("a")[k])
		step, ahead := column(t, all.csv, "step"), column(t, all.csv, "ahead")
		for i, v := range said {
			at := int(step[i]) - 1
			if at-int(ahead[i])+2 >= len(truth) {
				continue // the window has no truth yet
			}
			want += max(q*(truth[at]-v), (q-1)*(truth[at]-v))
			n++
		}
	}
	if net := r.Quantiles[0]; net.Name != "network" || net.Target != "a" || math.Abs(net.Pinball-want/n) > 1e-9 {
		t.Errorf("%+v, but the predictions have a pinball loss of %v", net, want/n)
	}
	if v := quantilesIn(t, result.Report).Verdict; len(v) != 2 || !strings.HasPrefix(v[1], "b: ") ||
		!strings.Contains(v[1], "pinball loss") {
		t.Errorf("%q", v)
	}
	last := r.Quantiles[1]
	if last.Name != "last value" || math.Abs(last.Intervals[0].Covered-0.8) > 0.06 || last.Intervals[0].Level != 0.8 {
		t.Errorf("%+v", last)
	}
	for i, l := range last.Quantiles {
		if l.Level != levels[i] || math.Abs(l.Below-l.Level) > 0.06 {
			t.Errorf("of a random walk %v lie below the quantile %v of the last value", l.Below, l.Level)
		}
	}
	if st, err := os.Stat(filepath.Join(result.Dir, "forecast.svg")); err != nil || st.Size() < 1000 {
		t.Error(err)
	}
}

// TestTableQuantiles: the report on a table has the quantiles of the network, of the training values and of a linear
// model with its errors. Of the 400 training rows a tenth of the values lies below the first one, so of 100 rows that
// were drawn alike as well, within what chance allows.
func TestTableQuantiles(t *testing.T) {
	path := drawnRows(t, rand.New(rand.NewPCG(5, 6)), 600)
	p := open(t, fmt.Sprintf("data: {source: %q, target: y, features: {kind: drop}, quantiles: [0.1, 0.9]}\n"+
		"model: [{dense: {units: 8, activation: relu}}, {dense: 2}]\ntrain: {epochs: 20}\n", path))
	result, _ := fit(t, p, filepath.Join(t.TempDir(), "run"))
	r := quantilesIn(t, result.Report)
	if len(r.Quantiles) != 3 || len(r.Verdict) != 1 || !strings.Contains(r.Verdict[0], "pinball loss") {
		t.Fatalf("%+v", r)
	}
	for _, s := range r.Quantiles[1:] {
		for _, l := range s.Quantiles {
			if math.Abs(l.Below-l.Level) > 0.1 {
				t.Errorf("%s: %v lie below the quantile %v", s.Name, l.Below, l.Level)
			}
		}
	}
}

// TestNoQuantiles: what is no quantile, and what has none, is said with its place.
func TestNoQuantiles(t *testing.T) {
	for text, says := range map[string]string{
		"data: {source: embed:iris, target: species, quantiles: [0.1, 0.9]}": "e.yaml:1:45: data.quantiles: they are " +
			"of " +
			"numbers, but the target species is taken for a classification; give task: regression, or leave " +
			"quantiles out",
		"data: {source: embed:digits, target: input, quantiles: [0.1, 0.9]}": "data.quantiles: has no meaning for " +
			"the " +
			"task",
		"data: {source: embed:iris, target: 1, quantiles: [0.9, 0.1]}": "[0.9, 0.1] are no numbers between 0 and 1 " +
			"in rising order, at most 99; give quantiles such as [0.1, 0.5, 0.9]",
		"data: {source: embed:iris, target: 1, quantiles: [10, 90]}": "data.quantiles[0]: ",
		"data: {source: embed:iris, target: 1, quantiles: [0.1, 0.9]}\ntrain: {loss: mse}": "e.yaml:2:15: " +
			"train.loss: " +
			"mean_squared_error learns no quantiles, and data.quantiles asks for them; give pinball",
		"data: {source: embed:iris, target: 1}\ntrain: {loss: {pinball: [0.1, 0.9]}}": "2 quantiles, but the network " +
			"predicts one number; give data.quantiles: [0.1, 0.9]",
		"data: {source: embed:iris, target: 1, quantiles: [0.1, 0.9]}\ntrain: {loss: {pinball: [0.2, 0.8]}}": "[" +
			"0.2, 0.8], but data.quantiles is [0.1, 0.9]; leave the ones here out",
		"data: {source: embed:iris, target: 1, quantiles: [0.1, 0.9]}\nmodel: [{dense: 1}]": "1 output for the 2 " +
			"quantiles of sepal_length; give 2",
	} {
		if _, err := prepare("e.yaml", text+"\n"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v\nwant %s", text, err, says)
		}
	}
}
