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
		// statsmodels' adfuller of this series: 0.8154 with p = 0.992 at 13 lags.
		"Passengers is not stationary (ADF p = 0.992, KPSS p < 0.01): learn its differences",
		"Passengers's difference ",
	} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d of %q, want %q", i, lines, want)
		}
	}
	flat := &Frame{Name: "flat", Names: []string{"x"}, Columns: [][]float64{make([]float64, 50)}}
	if lines := Describe(flat); len(lines) != 2 || !strings.Contains(lines[1], "x: adf: all 50 values are 0") {
		t.Errorf("%q", lines)
	}
}
