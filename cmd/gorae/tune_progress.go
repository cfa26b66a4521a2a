package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorae/layer"
	"gorae/metric"
	"gorae/spec"
	"gorae/tune"
	"gorae/tune/study"
)

// trialProgress shows a study on stderr: a table with a row for each trial that rests, below it on a terminal the
// trials that run; with --json an object for each trial that rests on stdout.
type trialProgress struct {
	o       *environment
	w       *tuneWords
	search  *spec.Search
	begun   *study.Begun
	names   []string // of the columns
	wide    []int
	running map[int]study.Event // the last event of each trial that runs
	best    float64             // of trials that rest, to be minimised
	number  int
	drawn   time.Time
}

// say writes to stderr; progress that nobody can see is no failure.
func (p *trialProgress) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.o.stderr, format, args...)
}

// began writes the lines before the first trial.
func (p *trialProgress) began(s *study.Begun) {
	p.begun, p.running, p.best = s, map[int]study.Event{}, math.NaN()
	if p.w.Quiet {
		return
	}
	for _, l := range assumptions(s.Prepared, mostGuesses) {
		p.say("%s\n", l)
	}
	p.say("%s\n", samples(s.Prepared))
	rungs := make([]string, len(s.Rungs))
	for i, r := range s.Rungs {
		rungs[i] = fmt.Sprint(r)
	}
	p.say("%s: %d trials, compared by %s after %s epochs\n", line(s.Dir), s.Trials, s.Objective.Name,
		strings.Join(rungs, ", "))
	if s.Trainings > 1 {
		p.say("note: each trial is trained %d times, and the objective is the mean\n", s.Trainings)
	}
	p.names = study.ShortNames(p.search)
	header := fmt.Sprintf("%5s", "trial")
	for i, n := range p.names {
		p.wide = append(p.wide, max(len(n), widestValue(p.search.Ranges[i])))
		header += fmt.Sprintf("  %-*s", p.wide[i], n)
	}
	p.say("%s  %8s  %s\n", header, "epochs", s.Objective.Name)
}

// mostValue bounds the width of a column of values.
const mostValue = 24

// widestValue returns the width of a range's values in the table.
func widestValue(r spec.Range) int {
	if r.Word != "choice" {
		return len("0.000123")
	}
	wide := 0
	for k := range r.Options {
		wide = max(wide, len(r.Text(float64(k), 3)))
	}
	return min(wide, mostValue)
}

// watch shows an event.
func (p *trialProgress) watch(e study.Event) {
	t := e.Trial
	switch {
	case e.Epoch > 0 || t.State == tune.Running:
		p.running[t.Number] = e
		p.draw()
		return
	}
	delete(p.running, t.Number)
	better := t.State != tune.Failed && !math.IsNaN(t.Value) && !(t.Value >= p.best)
	if better {
		p.best, p.number = t.Value, t.Number
	}
	if p.w.JSON {
		p.object(t)
	}
	if !p.w.Quiet {
		p.say("%s\n", p.row(t, better))
		p.draw()
	}
}

// value is an objective in its own direction.
func (p *trialProgress) value(v float64) float64 {
	if p.begun.Objective.Direction == metric.Max {
		return -v
	}
	return v
}

// row is a row of the table.
func (p *trialProgress) row(t tune.Trial, better bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5d", t.Number)
	for i, r := range p.search.Ranges {
		text := "-"
		if v := t.Values[i]; !math.IsNaN(v) {
			text = line(r.Text(v, 3))
		}
		if runes := []rune(text); len(runes) > p.wide[i] {
			text = string(runes[:p.wide[i]-1]) + "…"
		}
		fmt.Fprintf(&b, "  %-*s", p.wide[i], text)
	}
	fmt.Fprintf(&b, "  %8s", layer.Thousands(t.Epochs))
	switch {
	case t.State == tune.Failed:
		fmt.Fprintf(&b, "  failed: %s", line(t.Error))
	case math.IsNaN(t.Value):
		fmt.Fprintf(&b, "  diverged")
	default:
		fmt.Fprintf(&b, "  %s", number(p.value(t.Value)))
	}
	if better {
		b.WriteString("  best so far")
	}
	if t.State == tune.Finished {
		b.WriteString("  finished")
	}
	return b.String()
}

// object prints a trial that rests as a JSON object.
func (p *trialProgress) object(t tune.Trial) {
	values := map[string]string{}
	for i, r := range p.search.Ranges {
		if v := t.Values[i]; !math.IsNaN(v) {
			values[r.Path] = r.Text(v, -1)
		}
	}
	out := struct {
		Event  string            `json:"event"`
		Number int               `json:"number"`
		State  string            `json:"state"`
		Values map[string]string `json:"values"`
		Epochs int               `json:"epochs"`
		Value  *float64          `json:"value,omitempty"`
		Error  string            `json:"error,omitempty"`
	}{"trial", t.Number, t.State.String(), values, t.Epochs, nil, t.Error}
	if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
		out.Value = new(p.value(t.Value))
	}
	_ = json.NewEncoder(p.o.stdout).Encode(out) // the last object's error is reported
}

// draw shows the trials that run on the line that moves.
func (p *trialProgress) draw() {
	if !p.o.status.bar || p.w.Quiet || time.Since(p.drawn) < 80*time.Millisecond {
		return
	}
	p.drawn = time.Now()
	var parts []string
	var numbers []int
	for n := range p.running {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		e := p.running[n]
		if e.Epoch == 0 {
			parts = append(parts, fmt.Sprintf("trial %d", n))
			continue
		}
		parts = append(parts, fmt.Sprintf("trial %d: epoch %d, %s %s", n, e.Epoch, p.begun.Objective.Name,
			number(e.Value)))
	}
	if !math.IsNaN(p.best) {
		parts = append(parts, fmt.Sprintf("best: trial %d, %s", p.number, number(p.value(p.best))))
	}
	wide := screenWidth(p.o.status.screen)
	text := p.o.by.Text(strings.Join(parts, "; "))
	if runes := []rune(text); len(runes) >= wide {
		text = string(runes[:max(wide-1, 0)])
	}
	p.o.status.draw(text, text, wide)
}

// end leaves the screen in order.
func (p *trialProgress) end() { p.o.status.erase() }
