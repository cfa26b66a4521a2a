package study

import (
	"fmt"
	"math"
	"testing"

	"gorae/chart"
	"gorae/metric"
	"gorae/run"
	"gorae/spec"
	"gorae/tune"
)

// drawnStudy is a study of five trials, by hand: one parameter on a logarithmic range, one choice, one that exists with
// the choice's second option; an objective that is better the greater it is, and so minimised with its sign turned.
func drawnStudy(t *testing.T) (*study, *Result) {
	t.Helper()
	search, err := spec.ParseSearch("", "hand", []byte("data: {source: embed:digits}\nmodel:\n"+
		"  - {choice: [{dense: 8}, {dropout: {uniform: [0, 0.5]}}]}\n  - dense: 10\n"+
		"train: {epochs: 9, optimizer: {adam: {learning_rate: {log: [0.001, 0.1]}}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := &study{search: search, space: Space(search),
		objective: &run.Objective{Name: "val_accuracy", Direction: metric.Max}, begun: &Begun{Rungs: []int{3, 9}}}
	none := math.NaN()
	for i, x := range []struct {
		values []float64 // choice, dropout, learning rate
		state  tune.State
		rungs  []float64
	}{
		{[]float64{0, none, 0.01}, tune.Finished, []float64{-0.5, -0.6}},
		{[]float64{1, 0.25, 0.001}, tune.Finished, []float64{-0.7, -0.9}},
		{[]float64{1, 0.5, 0.1}, tune.Paused, []float64{-0.3}},
		{[]float64{0, none, 0.1}, tune.Paused, nil}, // diverged
		{[]float64{0, none, 0.1}, tune.Failed, nil},
	} {
		trial := tune.Trial{Number: i, Values: x.values, State: x.state, Rungs: x.rungs, Value: none}
		if n := len(x.rungs); n > 0 {
			trial.Value = x.rungs[n-1]
		}
		s.trials = append(s.trials, trial)
	}
	r := &Result{Best: 1, ImportanceAfter: 3, Params: []Param{{"choice", 0.2, 3}, {"dropout", 0.1, 2},
		{"learning rate", 0.7, 3}}}
	if r.Params[2].Name = s.space[2].Name; r.Params[2].Name != "train.optimizer.adam.learning_rate" {
		t.Fatalf("the ranges are %+v", s.space)
	}
	return s, r
}

// TestParallel: a line for each trial that has an objective, the best one last, through the places of its values, of
// the logarithm where the range is logarithmic, leaving out what does not exist, to its objective.
func TestParallel(t *testing.T) {
	s, r := drawnStudy(t)
	panel := s.parallel(r).Panels[0]
	if len(panel.Ticks) != 4 || panel.Ticks[3].Text != "val_accuracy" {
		t.Errorf("axes %+v", panel.Ticks)
	}
	want := []string{ // x and y of the lines, the worst trial first; the worst tenth ends at the top
		"[0 1 2 3] [1 1 1 1]", "[0 2 3] [0 0.5 0.5]", "[0 1 2 3] [1 0.5 0 0]"}
	var got []string
	for _, l := range panel.Lines {
		for i := range l.Y {
			l.Y[i] = math.Round(100*l.Y[i]) / 100
		}
		got = append(got, fmt.Sprint(l.X, l.Y))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	if last := panel.Lines[len(panel.Lines)-1]; last.Name != "best" || last.Color != chart.Orange {
		t.Errorf("the best line is %+v", last)
	}
	for _, end := range []string{"0.001", "0.1", "0.5"} {
		found := false
		for _, w := range panel.Words {
			found = found || w.Text == end
		}
		if !found {
			t.Errorf("no axis ends at %s: %+v", end, panel.Words)
		}
	}
}

// TestSlices: a panel for each parameter, those first that matter most, with the objective at the first comparison by
// the value, of a logarithmic range its power of 10.
func TestSlices(t *testing.T) {
	s, r := drawnStudy(t)
	var got []string
	for _, p := range s.slices(r).Panels {
		if len(p.Points) != 1 || p.Y != "val_accuracy" {
			t.Fatalf("%+v", p)
		}
		got = append(got, fmt.Sprintf("%s: %.3g %v", p.X, p.Points[0].X, p.Points[0].Y))
	}
	want := []string{"learning_rate (0.70), as a power of 10: [-2 -3 -1] [0.5 0.7 0.3]",
		"model[0] (0.20): [0 1 1] [0.5 0.7 0.3]", "dropout (0.10): [0.25 0.5] [0.7 0.3]"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("panels\n%q, want\n%q", got, want)
	}
}

// TestHistory: the trials by number, those that were trained to the end apart, and the best of these so far.
func TestHistory(t *testing.T) {
	s, r := drawnStudy(t)
	p := s.history(r).Panels[0]
	got := fmt.Sprint(p.Points[0].X, p.Points[0].Y, p.Points[1].X, p.Points[1].Y, p.Lines[0].X, p.Lines[0].Y)
	if want := "[0 1] [0.6 0.9] [2] [0.3] [0 1 2] [0.6 0.9 0.9]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
