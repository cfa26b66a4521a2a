package run_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gorae/task"
)

// TestExplainColumns: of a number that is 4·a plus twice whether b is yes, learnt by a linear network, the column c
// that says nothing is the least important, the dependence on a rises by 4 for each unit, that on b by 2, and the
// columns of a row contribute 4 times its distance from the mean of a.
func TestExplainColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	rng := rand.New(rand.NewPCG(21, 22))
	var s strings.Builder
	s.WriteString("id,a,b,c,y\n")
	for i := range 300 {
		a, b, c := rng.NormFloat64(), rng.IntN(2), rng.NormFloat64()
		fmt.Fprintf(&s, "%d,%.4f,%s,%.4f,%.4f\n", i+1, a, []string{"no", "yes"}[b], c, 10+4*a+2*float64(b))
	}
	path := write(t, filepath.Join(t.TempDir(), "t.csv"), s.String())
	_, b := fit(t, open(t, "data: {source: "+path+", target: y}\nmodel: [dense: 1]\ntrain: {epochs: 60, optimizer: "+
		"{adam: {learning_rate: 0.03}}, metrics: [rmse], callbacks: []}\n"), filepath.Join(t.TempDir(), "run"))
	c, err := b.ExplainColumns(t.Context(), from(t, path), 5, 0)
	if err != nil {
		t.Fatal(err)
	}
	if c.Metric != "rmse" || c.Rows != 300 || len(c.Importance) != 3 || c.Importance[0].Column != "a" ||
		c.Importance[2].Column != "c" || c.Importance[2].Mean > 0.02 || c.Importance[0].Mean < 4 {
		t.Errorf("importance %+v", c)
	}
	if strings.Join(c.Outputs, " ") != "prediction" || len(c.Dependence) != 3 {
		t.Fatalf("outputs %v, dependence %v", c.Outputs, c.Dependence)
	}
	a, words := c.Dependence[0], c.Dependence[1]
	last := len(a.X) - 1
	if slope := (a.Means[last][0] - a.Means[0][0]) / (a.X[last] - a.X[0]); math.Abs(slope-4) > 0.1 || last < 15 {
		t.Errorf("the dependence on a rises by %v", slope)
	}
	if len(words.Values) != 2 || words.X != nil {
		t.Fatalf("the dependence on b: %+v", words)
	}
	rise := words.Means[1][0] - words.Means[0][0]
	if words.Values[0] == "yes" {
		rise = -rise
	}
	if math.Abs(rise-2) > 0.1 {
		t.Errorf("the dependence on b rises by %v", rise)
	}
	sum := 0.0
	for _, x := range c.Row.Columns {
		sum += x.Shapley
		if x.Column == "c" && math.Abs(x.Shapley) > 0.1 {
			t.Errorf("%+v", x)
		}
	}
	if r := c.Row; r.Row != 5 || r.Output != "prediction" || math.Abs(sum-(r.Said-r.Mean)) > 1e-4 {
		t.Errorf("row %+v: the contributions are %v", r, sum)
	}
	again, err := b.ExplainColumns(t.Context(), from(t, path), 5, 0)
	if err != nil || fmt.Sprint(again.Importance, again.Row) != fmt.Sprint(c.Importance, c.Row) {
		t.Errorf("another time: %v", err)
	}
	without := write(t, filepath.Join(t.TempDir(), "n.csv"), "a,b,c\n0.5,yes,1\n-1,no,2\n0.2,yes,3\n")
	if c, err = b.ExplainColumns(t.Context(), from(t, without), 0, 0); err != nil || c.Importance != nil ||
		!strings.Contains(c.Missing, `no column "y"`) || len(c.Dependence) != 3 || c.Row != nil {
		t.Errorf("without targets: %+v, %v", c, err)
	}
	if _, err := b.ExplainColumns(t.Context(), from(t, path), 301, 0); err == nil ||
		!strings.Contains(err.Error(), "there is no row 301, of 300") {
		t.Error(err)
	}
	series := untrained(t, "data: {source: embed:airline, series: {window: 12}}\n")
	if _, err := series.ExplainColumns(t.Context(), &task.Source{}, 0, 0); err == nil || series.ExplainsColumns() {
		t.Error("the columns of a series")
	}
}
