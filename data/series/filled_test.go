package series

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/stat"
)

// observedTable is 40 steps of a and b: a is 10 and 30 in turn, b is 1, 2, …, 40. Values of a are missing at the steps
// 4, 5 and 30, one of b at step 9, from 0.
func observedTable(t *testing.T, fill string) *Frame {
	t.Helper()
	var b strings.Builder
	b.WriteString("a,b\n")
	for i := range 40 {
		a, v := []string{"10", "30"}[i%2], data.FormatNumber(float64(i+1))
		if slices.Contains([]int{4, 5, 30}, i) {
			a = ""
		}
		if i == 9 {
			v = ""
		}
		b.WriteString(a + "," + v + "\n")
	}
	tab, err := data.ReadCSV(strings.NewReader(b.String()), "g.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := FromTable(tab, Reading{Fill: fill, Wanted: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Scales are those of the values that were observed, whatever stands in the gaps. Computed by hand; the first step has
// no difference, so that the fit is of the steps 1 to 19, where a is 10 eight times and 30 nine times.
func TestScalesOfObservedValues(t *testing.T) {
	for _, how := range []string{"zero", "previous", "linear"} {
		f := observedTable(t, how)
		p := fit(t, f, Spec{Reading: Reading{Fill: how}, Window: 3, Targets: []string{"a"},
			Transform: map[string]string{"b": "difference"}}, Span{0, 20})
		mean := (8*10. + 9*30) / 17
		sd := math.Sqrt((8*(10-mean)*(10-mean) + 9*(30-mean)*(30-mean)) / 17)
		for name, s := range map[string]Scale{"feature": p.Fitted.Features[0], "target": p.Fitted.Targets[0]} {
			if math.Abs(s.Shift-mean) > 1e-12 || math.Abs(s.Divisor-sd) > 1e-12 {
				t.Errorf("%s: %s: %+v, want %v and %v", how, name, s, mean, sd)
			}
		}
		if s := p.Fitted.Features[1]; s.Shift != 1 || s.Divisor != 1 { // each difference that was observed is 1
			t.Errorf("%s: differences: %+v", how, s)
		}
		want := "g.csv: of 40 steps the values were missing and are filled in (series.fill: " + how + "): a 3, b 1; " +
			"scales and baselines are fitted to the others, the season and the tests of stationarity take all"
		if note := f.MissingNote(how); note != want {
			t.Errorf("note %q", note)
		}
	}
}

// Baselines go on from what was observed. At the step 30 a value of a is missing and filled with 0: the last value is
// that of step 29 (30), the line goes through the steps 0 (10) and 29 (30), and two steps before is step 28 (10).
func TestBaselinesOfObservedValues(t *testing.T) {
	f := observedTable(t, "zero")
	p := fit(t, f, Spec{Reading: Reading{Fill: "zero"}, Window: 3, Features: []string{"a"}, Targets: []string{"a"},
		Season: 2, Horizon: 2}, Span{0, 20})
	parts, err := p.Parts(Span{0, 20}, Span{20, 40})
	if err != nil {
		t.Fatal(err)
	}
	fitted, why := p.FitBaselines(parts[0])
	if len(why) > 0 {
		t.Fatal(why)
	}
	all, err := fitted.Forecasts(p, parts[1])
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(all[0].Origins, 30)
	for i, want := range []float64{30, 30 + 3*20./29, 10} {
		if got := all[i].Values[at][0]; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", all[i].Name, got, want)
		}
	}
	x := slices.Clone(f.Columns[0][:20])
	x[4], x[5] = math.NaN(), math.NaN()
	s, err := stat.FitSmoothing(x, false, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fitted.Smoothing[0].Models[0]; got.Alpha != s.Alpha || got.Level != s.Level {
		t.Errorf("smoothing %+v, want %+v", got, s)
	}
}
