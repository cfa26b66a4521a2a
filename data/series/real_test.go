package series

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
)

func shared(t *testing.T, name string, o data.CSVOptions) *data.Table {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: no real series")
	}
	s, err := source.Open(filepath.Join(dir, "data", "series", name), source.Options{CSV: o})
	if err != nil {
		t.Fatal(err)
	}
	return s.Table
}

// TestRealSeries: real files from table to baselines, with the figures of a first
// run held loosely: a linear model beats the last value on each of them.
func TestRealSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("fits regressions of several series")
	}
	minute := data.CSVOptions{Skip: 1,
		Columns: []string{"Date", "Time", "Open", "High", "Low", "Close", "Volume", "Interest"}}
	for _, c := range []struct {
		file    string
		csv     data.CSVOptions
		spec    Spec
		steps   int
		period  string
		notes   string
		against string // what the autoregression must beat; "" none
	}{
		{"monthly-sunspots.csv", data.CSVOptions{}, Spec{Reading: Reading{Time: []string{"Month"}}, Window: 48}, 2820,
			"1 month", "", "last value"},
		{"airline-passengers.csv", data.CSVOptions{}, Spec{Reading: Reading{Time: []string{"Month"}}, Window: 12,
			Transform: map[string]string{"Passengers": "log_return"}}, 144, "1 month", "", "last value"},
		{"daily-min-temperatures.csv", data.CSVOptions{}, Spec{Reading: Reading{Time: []string{"Date"}}, Window: 30,
			Calendar: []string{"yearday"}}, 3650, "1 day", "gap of 1 step of 1 day", "last value"},
		{"ETTh1.csv.gz", data.CSVOptions{}, Spec{Reading: Reading{Time: []string{"date"}}, Window: 24,
			Targets: []string{"OT"}, Calendar: []string{"hour"}}, 17420, "1 hour", "", "last season (24)"},
		{"minute-bars-2006.csv.gz", minute, Spec{Reading: Reading{Time: []string{"Date", "Time"},
			Columns: []string{"Open", "High", "Low"}}, Window: 390, Targets: []string{"Open"},
			Transform: map[string]string{"Open": "log_return", "High": "log_return",
				"Low": "log_return"}}, 30889, "1 minute", "gap of ", ""},
	} {
		f, err := FromTable(shared(t, c.file, c.csv), c.spec.Reading)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if f.Len() != c.steps || f.Stamps.Period() != c.period {
			t.Errorf("%s: %d steps of %s, want %d of %s", c.file, f.Len(), f.Stamps.Period(), c.steps, c.period)
		}
		if notes := strings.Join(f.Notes, "; "); (c.notes == "") != (notes == "") || !strings.Contains(notes, c.notes) {
			t.Errorf("%s: notes %q, want %q", c.file, notes, c.notes)
		}
		learn, val, hold, err := f.Spans(f.Len(), 0.15, 0.15)
		if err != nil {
			t.Fatal(err)
		}
		p := fit(t, f, c.spec, learn)
		if c.file == "minute-bars-2006.csv.gz" {
			if testing.Short() {
				continue // its autoregression takes seconds
			}
			// Forbidding windows to run across gaps leaves fewer of them.
			r := c.spec.Reading
			r.Gaps = "break"
			broken, err := FromTable(shared(t, c.file, c.csv), r)
			if err != nil {
				t.Fatal(err)
			}
			short := Spec{Window: 60, Targets: []string{"Open"}}
			if whole, less := fit(t, f, short, learn).Len(), fit(t, broken, short,
				learn).Len(); less >= whole || len(broken.Breaks) < 40 {
				t.Errorf("%d windows between %d breaks, %d across", less, len(broken.Breaks), whole)
			}
		}
		parts, err := p.Parts(learn, val, hold)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		fitted, why := p.FitBaselines(parts[0])
		all, err := fitted.Forecasts(p, parts[2])
		if err != nil || len(why) > 0 {
			t.Fatal(err, why)
		}
		scores := p.Scores(all...)
		t.Logf("%s\n%s", c.file, Table(scores))
		ar := scores[len(scores)-1]
		for _, s := range scores {
			if s.Name == c.against && ar.RMSE >= s.RMSE {
				t.Errorf("%s: %+v does not beat %+v", c.file, ar, s)
			}
		}
	}
}
