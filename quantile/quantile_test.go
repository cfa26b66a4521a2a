package quantile

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/config"
)

// TestJudge compares losses, shares and widths with scikit-learn and NumPy: testdata/quantile.py.
func TestJudge(t *testing.T) {
	b, err := os.ReadFile("testdata/quantile.json")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Levels                    Levels
		Truth                     []float64
		Said                      [][]float64
		Pinball, Below, Quantiles []float64
		Within, Width             float64
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	s := c.Levels.Judge("network", "y", c.Truth, c.Said)
	mean := 0.0
	for i, l := range s.Levels {
		near("the pinball loss", l.Pinball, c.Pinball[i])
		near("the share below", l.Below, c.Below[i])
		mean += c.Pinball[i] / float64(len(c.Levels))
	}
	near("the mean loss", s.Pinball, mean)
	if len(s.Intervals) != 1 || s.Intervals[0].Lower != 0.05 || s.Intervals[0].Level != 0.9 {
		t.Fatalf("intervals %+v", s.Intervals) // 0.25 has no partner
	}
	near("the share within", s.Intervals[0].Covered, c.Within)
	near("the width", s.Intervals[0].Width, c.Width)
	for i, v := range c.Levels.Of(c.Truth) {
		near("the empirical quantile", v, c.Quantiles[i])
	}
	per := 0.0
	for i, y := range c.Truth {
		per += c.Levels.Mean(y, c.Said[i]) / float64(len(c.Truth))
	}
	near("the mean of the samples", per, mean)
	table := Table([]Score{s})
	if lines := strings.Split(table, "\n"); len(lines) != 3 || !strings.Contains(lines[0], "≤ q(0.25)") ||
		!strings.Contains(lines[0], "within 0.9") {
		t.Errorf("%s", table)
	}
}

// TestArranged: quantiles that cross are put into rising order, and their pinball loss is not greater then.
func TestArranged(t *testing.T) {
	levels := Levels{0.1, 0.5, 0.9}
	crossed := []float32{3, 1, 2}
	got := Arranged(crossed)
	if !slices.Equal(got, []float32{1, 2, 3}) || crossed[0] != 3 {
		t.Errorf("%v of %v", got, crossed)
	}
	for _, y := range []float64{-4, 0.5, 1.5, 2.5, 9} {
		before, after := levels.Mean(y, []float64{3, 1, 2}), levels.Mean(y, []float64{1, 2, 3})
		if after > before {
			t.Errorf("of %v the loss is %v in order and %v crossed", y, after, before)
		}
	}
}

// TestLevels: names of columns, the middle, and levels that are none.
func TestLevels(t *testing.T) {
	l := Levels{0.025, 0.4, 0.975}
	if got := l.Columns("Open"); !slices.Equal(got, []string{"q(Open=0.025)", "q(Open=0.4)", "q(Open=0.975)"}) {
		t.Errorf("%v", got)
	}
	if l.Middle() != 1 || l.Words() != "[0.025, 0.4, 0.975]" || l.Width() != 3 || Levels(nil).Width() != 1 {
		t.Errorf("middle %d, %s, width %d", l.Middle(), l.Words(), l.Width())
	}
	for _, bad := range []Levels{{0}, {1}, {0.5, 0.1}, {0.5, 0.5}, {math.NaN()}, make(Levels, Most+1)} {
		var e *config.Error
		if err := bad.Check(); !errors.As(err, &e) || e.Path != "quantiles" {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
