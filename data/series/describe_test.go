package series

import (
	"strings"
	"testing"

	"gorae/data"
)

// TestD10Describe: passengers grow, so their level is not stationary; the lines say so
// and name the season.
func TestD10Describe(t *testing.T) {
	f, err := FromTable(shared(t, "airline-passengers.csv", data.CSVOptions{}), Reading{Time: []string{"Month"}})
	if err != nil {
		t.Fatal(err)
	}
	lines := Describe(f)
	for i, want := range []string{
		"airline-passengers.csv: 144 steps of 1 month × 1 column; a season of 12 steps is usual for such",
		// statsmodels 0.15: adfuller of this series has p = 0.992 (c) and 0.546 (ct), kpss is below 0.01 (c) and above
		// 0.1 (ct).
		"the level of Passengers moves, and whether it wanders or follows a line is in doubt (around a level ADF p = " +
			"0.992, KPSS p < 0.01; around a line ADF p = 0.546, KPSS p > 0.1): series: {transform: {Passengers: " +
			"difference}} learns its changes, which takes out either",
		"whether the changes of Passengers are stationary is in doubt (around a level ADF p = 0.0542, KPSS p > 0.1; ",
		"Passengers has a season of 12 steps: changes so far apart correlate by 0.83; series: {season: 12, " +
			"transform: {Passengers: seasonal}} learns what a step gains on the one 12 before; or learn the changes " +
			"with {window: 12} or more",
	} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d of %q, want %q", i, lines, want)
		}
	}
	long := &Frame{Name: "long", Names: []string{"x"}, Columns: [][]float64{make([]float64, testedSteps+1000)}}
	for i := range long.Columns[0] {
		long.Columns[0][i] = float64(i * i % 101)
		if i < 1000 {
			long.Columns[0][i] = 1e6 // before the steps that are tested
		}
	}
	if lines := Describe(long); len(lines) != 4 ||
		lines[1] != "stationarity is tested on the last 20000 of these steps" ||
		!strings.HasPrefix(lines[2], "x looks stationary") ||
		!strings.HasPrefix(lines[3], "x has a season of 101 steps: values so far apart") {
		t.Errorf("%q", lines)
	}
	// Days are the more alike the nearer they are, which alone is no season of a week.
	walk, week := seasons(t, "daily-min-temperatures.csv", 7, 0), seasons(t, "daily-min-temperatures.csv", 7, 6)
	if !strings.Contains(walk, "Temp has a season of 365 steps: values so far apart") ||
		!strings.Contains(week, "Temp has a season of 7 steps: values so far apart") {
		t.Errorf("without weeks: %s\nwith weeks: %s", walk, week)
	}
	flat := &Frame{Name: "flat", Names: []string{"x"}, Columns: [][]float64{make([]float64, 50)}}
	if lines := Describe(flat); len(lines) != 2 ||
		!strings.Contains(lines[1], "x: stationarity was not tested: all 50 values are 0") {
		t.Errorf("%q", lines)
	}
}

// seasons describes a file's series with so much added to every n-th value.
func seasons(t *testing.T, name string, n int, add float64) string {
	t.Helper()
	f, err := FromTable(shared(t, name, data.CSVOptions{}), Reading{Time: []string{"Date"}})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < f.Len(); i += n {
		f.Columns[0][i] += add
	}
	return strings.Join(Describe(f), "\n")
}
