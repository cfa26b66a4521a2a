package series

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gorae/stat"
)

// What is said of each outcome of the four tests: the key for what moves or may move, none else.
func TestNatureLines(t *testing.T) {
	const no, yes = .5, .01 // whether a test rejects
	for _, c := range []struct {
		level, levelKPSS, line, lineKPSS float64
		want, change                     string
		key                              bool
	}{
		{yes, no, yes, no, "x looks stationary around a level (ADF p = 0.01, KPSS p = 0.5)",
			"the changes of x look stationary around a level", false},
		{no, yes, yes, no, "x looks stationary around a line in time (ADF p = 0.01, KPSS p = 0.5; around a level ADF " +
			"p = 0.5, KPSS p = 0.01): series: {transform: {x: trend}} removes the trend",
			"the changes of x look stationary around a line", false},
		{no, yes, no, yes, "x wanders, with no level or line to return to (", "the changes of x wander", true},
		{no, yes, no, no, "the level of x moves, and whether it wanders or follows a line is in doubt (",
			"whether the changes of x are stationary is in doubt", true},
		{yes, yes, yes, yes, "whether x is stationary is in doubt (around a level ADF p = 0.01, KPSS p = 0.01; " +
			"around a line ADF p = 0.01, KPSS p = 0.01): a unit root is rejected, and stationarity too",
			"whether the changes of x are stationary is in doubt", true},
		{no, no, no, no, "whether x is stationary is in doubt (", "whether the changes of x are stationary is in doubt",
			false},
	} {
		var s stat.StationarityResult
		for _, r := range []struct {
			to *stat.Result
			p  float64
		}{{&s.Level.ADF, c.level}, {&s.Level.KPSS, c.levelKPSS}, {&s.Line.ADF, c.line}, {&s.Line.KPSS, c.lineKPSS}} {
			*r.to = stat.Result{P: r.p, Bound: "="}
		}
		got := natureLine("x", s)
		if !strings.HasPrefix(got, c.want) ||
			strings.Contains(got, "series: {transform: {x: difference}} learns its changes") != c.key {
			t.Errorf("%+v: %s", c, got)
		}
		if got := changesLine("x", s); !strings.HasPrefix(got, c.change) {
			t.Errorf("%+v: %s", c, got)
		}
		if strings.Contains(got, "%!") {
			t.Error(got)
		}
	}
}

// Of a walk and noise the walk alone is learnt as changes, by its values within the span.
func TestWandering(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	f := &Frame{Name: "f", Names: []string{"walk", "noise", "later"}, Columns: make([][]float64, 3)}
	for i := range 600 {
		at := 0.0
		if i > 0 {
			at = f.Columns[0][i-1]
		}
		f.Columns[0] = append(f.Columns[0], at+r.NormFloat64())
		f.Columns[1] = append(f.Columns[1], r.NormFloat64())
		later := r.NormFloat64() // noise, which goes off behind the span
		if i >= 400 {
			later += float64(i)
		}
		f.Columns[2] = append(f.Columns[2], later)
	}
	how, said := Wandering(f, nil, Span{0, 400})
	if fmt.Sprint(how) != "map[walk:difference]" || len(said) != 1 || !strings.HasPrefix(said[0].String(),
		"walk: its changes are learnt (transform: difference), as its level moves in the training steps and a unit "+
			"root is not rejected (around a level ADF p = ") ||
		!strings.HasSuffix(said[0].String(), "; series: {transform: {walk: none}} has the level learnt") {
		t.Errorf("%v %v", how, said)
	}
	if how, said := Wandering(f, []string{"noise", "later"}, Span{0, 400}); how != nil || said != nil {
		t.Errorf("%v %v", how, said)
	}
	if how, _ := Wandering(f, nil, Span{0, 5}); how != nil { // too few to test
		t.Error(how)
	}
}

// A season that is longer than the window is said with the key that tells it, unless the transform or the calendar
// does.
func TestSeasonNotes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	days, numbers := "t,x\n", "x\n"
	for i := range 800 {
		x := 10*math.Sin(2*math.Pi*float64(i%7)/7) + r.NormFloat64()
		days += fmt.Sprintf("%s,%.4f\n", time.Date(2021, 1, 4+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), x)
		numbers += fmt.Sprintf("%.4f\n", x)
	}
	for _, c := range []struct {
		text  string
		times []string
		spec  Spec
		want  string
	}{
		{days, []string{"t"}, Spec{Window: 3}, "the network sees 3: series: {calendar: [weekday]} tells it the"},
		{days, []string{"t"}, Spec{Window: 3, Calendar: []string{"weekday"}}, ""},
		{days, []string{"t"}, Spec{Window: 7}, ""},
		{numbers, nil, Spec{Window: 3}, "and the network sees 3: series: {window: 7} shows it a whole one"},
		{days, []string{"t"}, Spec{Window: 3, Transform: map[string]string{"x": "difference"}},
			"series: {season: 7, transform: {x: seasonal}} learns what a step gains on the one 7 before"},
		{days, []string{"t"}, Spec{Window: 3, Season: 7, Transform: map[string]string{"x": "seasonal"}}, ""},
	} {
		c.spec.Reading = Reading{Time: c.times}
		f, err := FromTable(table(t, c.text), c.spec.Reading)
		if err != nil {
			t.Fatal(err)
		}
		fitted, err := Fit(f, c.spec, Span{0, 600})
		if err != nil {
			t.Fatal(err)
		}
		var notes []string
		for _, n := range fitted.Notes(f, Span{0, 600}) {
			if strings.Contains(n, "season") {
				notes = append(notes, n)
			}
		}
		if c.want == "" && len(notes) > 0 || c.want != "" && (len(notes) != 1 || !strings.Contains(notes[0], c.want)) {
			t.Errorf("%+v: %q, want %q", c.spec, notes, c.want)
		}
	}
}

// Where noise has another level from the middle of the span on, both a unit root and stationarity are rejected. Of
// noise alone the latter is not.
func TestInDoubt(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 3))
	f := &Frame{Name: "f", Names: []string{"jump", "noise"}, Columns: make([][]float64, 2)}
	for i := range 400 {
		level := 0.0
		if i >= 200 {
			level = 1
		}
		f.Columns[0] = append(f.Columns[0], level+r.NormFloat64())
		f.Columns[1] = append(f.Columns[1], r.NormFloat64())
	}
	said, ok := InDoubt(f, []string{"jump"}, Span{0, 400})
	if !ok || len(said) != 1 || !strings.HasPrefix(said[0].String(), "jump: each window is learnt less its last value "+
		"(window_scale: last), as a unit root is rejected in the training steps, and stationarity too (") ||
		!strings.HasSuffix(said[0].String(), "; series: {window_scale: none} has the level learnt") {
		t.Errorf("%v %v", said, ok)
	}
	for _, names := range [][]string{nil, {"noise"}, {"jump", "noise"}, {"other"}} {
		if said, ok := InDoubt(f, names, Span{0, 400}); ok || said != nil {
			t.Errorf("%v: %v", names, said)
		}
	}
	if said, ok := InDoubt(f, []string{"jump"}, Span{0, 200}); ok { // before the jump
		t.Error(said)
	}
}
