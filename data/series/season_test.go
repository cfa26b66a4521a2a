package series

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gorae/data"
)

// The season that the values of a series show, and none where they show none. airline's is that of statsmodels 0.15:
// acf(diff(Passengers), nlags=47)[12] = 0.829178, the greatest of all lags.
func TestSeasonOfValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	made := func(n int, f func(i int, before []float64) float64) []float64 {
		var x []float64
		for i := range n {
			x = append(x, f(i, x))
		}
		return x
	}
	wave := func(period float64) func(int, []float64) float64 {
		return func(i int, _ []float64) float64 { return math.Sin(2*math.Pi*float64(i)/period) + .3*r.NormFloat64() }
	}
	pattern := func(values ...float64) func(int, []float64) float64 {
		return func(i int, _ []float64) float64 { return values[i%len(values)] + .5*r.NormFloat64() }
	}
	airline := sampleColumn(t, "airline", "Passengers")
	for _, c := range []struct {
		name    string
		x       []float64
		usual   []int
		seasons []int
	}{
		{"airline without months", airline, nil, []int{12}},
		{"airline", airline, []int{12}, []int{12}},
		{"half-hours", made(2000, wave(48)), []int{48, 336}, []int{48}},
		{"a week of seven days", made(400, pattern(0, 0, 0, 0, 0, 3, 2)), []int{7, 365}, []int{7}},
		{"a week of five days", made(400, pattern(0, 1, 0, 2, 3)), []int{5}, []int{5}},
		{"months", made(240, wave(12)), []int{12}, []int{12}},
		{"a day and a week", made(1500, func(i int, _ []float64) float64 {
			return math.Sin(2*math.Pi*float64(i)/24) + float64(i/24%7/5) + .3*r.NormFloat64()
		}), []int{24, 168}, []int{24, 168}},
		{"a week and a year of days", made(2200, func(i int, _ []float64) float64 {
			return math.Sin(2*math.Pi*float64(i)/365) + 2*float64(i%7/5) + .3*r.NormFloat64()
		}), []int{7, 365}, []int{7, 365}},
		{"a wave of 11", made(300, wave(11)), nil, []int{11}},
		{"a wave of 24 among a day and a week", made(1000, wave(24)), []int{24, 168}, []int{24}},
		{"weeks, not days", made(2000, func(i int, _ []float64) float64 {
			return float64(i/24%7/5) + .3*r.NormFloat64()
		}), []int{24, 168}, []int{168}},
		{"years of days", made(3650, func(i int, _ []float64) float64 {
			return math.Sin(2*math.Pi*float64(i)/365) + r.NormFloat64()
		}), []int{7, 365}, []int{365}},
		{"a cycle that no calendar has", made(300, wave(11)), []int{7, 365}, []int{11}},
		{"noise", made(500, func(int, []float64) float64 { return r.NormFloat64() }), nil, nil},
		{"a random walk", made(500, func(_ int, b []float64) float64 {
			if len(b) == 0 {
				return 0
			}
			return b[len(b)-1] + r.NormFloat64()
		}), nil, nil},
		{"persistence", made(500, func(_ int, b []float64) float64 {
			if len(b) == 0 {
				return 0
			}
			return .9*b[len(b)-1] + r.NormFloat64()
		}), nil, nil},
		{"a trend", made(300, func(i int, _ []float64) float64 { return float64(i) + r.NormFloat64() }), nil, nil},
		{"persistence by day", made(500, func(_ int, b []float64) float64 {
			if len(b) == 0 {
				return 0
			}
			return .9*b[len(b)-1] + r.NormFloat64()
		}), []int{7, 365}, nil},
		{"a constant", make([]float64, 50), nil, nil},
		{"too few", []float64{1, 2, 1}, nil, nil},
	} {
		got := season(c.x, c.usual)
		var steps []int
		for _, f := range got {
			steps = append(steps, f.steps)
		}
		if !slices.Equal(steps, c.seasons) {
			t.Errorf("%s: seasons %v, want %v", c.name, got, c.seasons)
		} else if strings.HasPrefix(c.name, "airline") && math.Abs(got[0].r-0.829178) > 5e-7 {
			t.Errorf("%s: autocorrelation %.6f, want 0.829178", c.name, got[0].r)
		}
	}
}

func sampleColumn(t *testing.T, sample, name string) []float64 {
	for _, s := range data.Samples() {
		if s.Name != sample {
			continue
		}
		tab, err := s.Table()
		if err != nil {
			t.Fatal(err)
		}
		c, err := tab.Column(name)
		if err != nil {
			t.Fatal(err)
		}
		return c.Numbers
	}
	t.Fatalf("no sample %s", sample)
	return nil
}

// Nobody finds a season in noise: of 200 series of white noise the search finds one in at most 2.5 % and what chance
// adds to it (12 of 200 has a probability of 0.5 %).
func TestNoSeasonInNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	wrong := 0
	for range 200 {
		x := make([]float64, 200)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		if season(x, nil) != nil {
			wrong++
		}
	}
	if wrong > 12 {
		t.Errorf("a season in %d of 200 series of noise", wrong)
	}
}

// The season of hours that lie within sessions is a day of these, not 24; where days differ it is the week.
func TestSeasonOfSessions(t *testing.T) {
	for _, c := range []struct {
		name  string
		open  func(t time.Time) bool
		every time.Duration
		want  int
	}{
		{"9 to 17 Monday to Friday", func(t time.Time) bool {
			return !weekend(t) && t.Hour() >= 9 && t.Hour() <= 17
		}, time.Hour, 9},
		{"day and night Monday to Friday", func(t time.Time) bool { return !weekend(t) }, time.Hour, 24},
		{"shorter Saturdays", func(t time.Time) bool {
			return t.Weekday() != time.Sunday && t.Hour() >= 9 && (t.Hour() <= 12 || !weekend(t) && t.Hour() <= 17)
		}, time.Hour, 5*9 + 4},
		{"with a break at noon", func(t time.Time) bool {
			return !weekend(t) && t.Hour() >= 9 && t.Hour() <= 17 && t.Hour() != 12
		}, time.Hour, 8},
		{"half hours", func(t time.Time) bool { return t.Hour() >= 8 && t.Hour() < 20 }, 30 * time.Minute, 24},
		{"without a break", func(time.Time) bool { return true }, 6 * time.Hour, 4},
	} {
		text := "t,x\n"
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // a Monday
		for ; at.Before(time.Date(2024, 2, 12, 0, 0, 0, 0, time.UTC)); at = at.Add(c.every) {
			if c.open(at) {
				text += fmt.Sprintf("%s,%d\n", at.Format("2006-01-02 15:04"), at.Hour())
			}
		}
		f, err := FromTable(table(t, text), Reading{Time: []string{"t"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Stamps.Season(); got != c.want {
			t.Errorf("%s: a season of %d steps, want %d; %+v", c.name, got, c.want, f.Stamps.Rule)
		}
	}
}

// A season that the values show, but not the times, is taken and said.
func TestSeasonIsSaid(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	text := "x\n"
	for i := range 200 {
		text += fmt.Sprintln(math.Sin(2*math.Pi*float64(i)/10) + .1*r.NormFloat64())
	}
	f, err := FromTable(table(t, text), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	fitted, err := Fit(f, Spec{Window: 5}, Span{0, 150})
	if err != nil {
		t.Fatal(err)
	}
	want := "x: a season of 10 steps is taken, as values so far apart correlate by 0."
	if g := fitted.Guesses(); fitted.Spec.Season != 10 || len(g) != 1 || !strings.HasPrefix(g[0].String(), want) ||
		!strings.HasSuffix(g[0].String(), "; its times say none; series: {season: N} says otherwise") {
		t.Errorf("season %d, guesses %v", fitted.Spec.Season, g)
	}
	if fitted, err = Fit(f, Spec{Window: 5, Season: 7}, Span{0, 150}); err != nil {
		t.Fatal(err)
	}
	if fitted.Spec.Season != 7 || fitted.Guesses() != nil {
		t.Errorf("season %d, guesses %v", fitted.Spec.Season, fitted.Guesses())
	}
}

// Clocks of several zones in one column are refused; those of summer and winter time are noted.
func TestClocksOfSeveralZones(t *testing.T) {
	hour := func(offsets ...string) string {
		text := "t,x\n"
		at := time.Date(2024, 3, 30, 22, 0, 0, 0, time.UTC)
		for i, o := range offsets {
			zone, err := time.Parse("Z07:00", o)
			if err != nil {
				t.Fatal(err)
			}
			here := at.Add(time.Duration(i) * time.Hour).In(zone.Location())
			text += fmt.Sprintf("%s,%d\n", here.Format(time.RFC3339), i)
		}
		return text
	}
	twice := "t,x\n"
	for _, h := range []int{0, 1, 2, 2, 3} {
		twice += fmt.Sprintf("2024-10-27 0%d:00,1\n", h)
	}
	for _, c := range []struct{ text, zone, note, err string }{
		{hour("+01:00", "+01:00", "+01:00", "+02:00", "+02:00"), "", "the times are of two zones (+01:00", ""},
		{hour("+01:00", "+01:00", "+02:00"), "Europe/Berlin", "", ""},
		{hour("Z", "Z", "+09:00", "+09:00"), "", "", "s.csv:4: clocks of several zones (Z before this row, +09:00 " +
			"here), so which hour of the day is meant cannot be told; give zone: NAME, such as UTC or Asia/Seoul, " +
			"which takes all into one"},
		{hour("Z", "Z", "+09:00", "+09:00"), "Asia/Seoul", "", ""},
		{hour("Z", "+01:00", "Z", "+01:00", "Z", "+01:00"), "", "", "s.csv:6: clocks of several zones"},
		{twice, "", "", "s.csv:5: the same time as s.csv:4; remove one of them, or train with series: " +
			"{repeated: first} or last; where clocks were set back, zone: NAME such as Europe/Berlin tells " +
			"the two apart"},
		{twice, "Europe/Berlin", "", ""},
	} {
		tab, err := data.ReadCSV(strings.NewReader(c.text), "s.csv", data.CSVOptions{Zone: c.zone})
		if err != nil {
			t.Fatal(err)
		}
		f, err := FromTable(tab, Reading{Time: []string{"t"}})
		switch {
		case err != nil || c.err != "":
			if err == nil || c.err == "" || !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%q: error %v, want %s", c.text, err, c.err)
			}
		case len(f.Notes) != min(len(c.note), 1) || c.note != "" && !strings.Contains(f.Notes[0], c.note):
			t.Errorf("%q: notes %q, want %q", c.text, f.Notes, c.note)
		}
	}
}
