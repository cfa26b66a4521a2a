package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/chart"
	"gorae/internal/picture"
	"gorae/spec"
	"gorae/tune"
)

// The pictures of a study, without their extension: .png and .svg.
const (
	HistoryPicture  = "history"
	ParallelPicture = "parallel-coordinates"
	SlicePicture    = "slices"
)

// draw writes the pictures.
func (s *study) draw(r *Result) error {
	for _, p := range []struct {
		name string
		draw func(*Result) chart.Figure
	}{{HistoryPicture, s.history}, {ParallelPicture, s.parallel}, {SlicePicture, s.slices}} {
		err := picture.Write(s.dir, p.name, func() (picture.Vector, error) { return p.draw(r), nil })
		if err != nil {
			return err
		}
		r.Pictures = append(r.Pictures, p.name+".png")
	}
	return nil
}

// drawn lists the trials that have a value.
func (s *study) drawn() (list []tune.Trial) {
	for _, t := range s.trials {
		if t.State != tune.Failed && !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
			list = append(list, t)
		}
	}
	return list
}

// logarithmic reports whether values are better drawn on a logarithmic axis.
func logarithmic(values []float64) bool {
	return len(values) > 0 && slices.Min(values) > 0 && slices.Max(values) > 20*slices.Min(values)
}

// history is the objective of each trial, and the best of those that were trained to their end.
func (s *study) history(r *Result) chart.Figure {
	var rested, ended chart.Points
	var line chart.Line
	var all []float64
	best := math.NaN()
	for _, t := range s.drawn() {
		v := s.sign() * t.Value
		all = append(all, v)
		to := &rested
		if t.State == tune.Finished {
			to = &ended
			if math.IsNaN(best) || t.Value < best {
				best = t.Value
			}
		}
		to.X, to.Y = append(to.X, float64(t.Number)), append(to.Y, v)
		if !math.IsNaN(best) {
			line.X, line.Y = append(line.X, float64(t.Number)), append(line.Y, s.sign()*best)
		}
	}
	ended.Name, rested.Name = chart.Sprintf("trained to the end"), chart.Sprintf("stopped earlier")
	line.Name, line.Color = chart.Sprintf("best"), chart.Orange
	panel := chart.Panel{X: chart.Sprintf("trial"), Y: s.objective.Name, Points: []chart.Points{ended, rested},
		Lines: []chart.Line{line}, Whole: true, Log: logarithmic(all)}
	return chart.Figure{Title: chart.Sprintf("%s: trials", s.search.Name), Panels: []chart.Panel{panel}}
}

// place returns where a value lies in its range, from 0 to 1, of the logarithm where the range is logarithmic.
func place(p tune.Param, v float64) float64 {
	switch {
	case p.Kind == tune.Choice:
		return v / float64(max(1, p.Options-1))
	case p.Log:
		return math.Log(v/p.Low) / math.Log(p.High/p.Low)
	}
	return (v - p.Low) / (p.High - p.Low)
}

// The most letters of an option's name at an axis, and of a parameter's.
const (
	mostLetters = 14
	mostName    = 20
)

// cut shortens a text.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// parallel is a line through the values of each trial, and its objective: the better, the further in front.
func (s *study) parallel(r *Result) chart.Figure {
	trials := s.drawn()
	slices.SortStableFunc(trials, func(a, b tune.Trial) int { return cmp.Compare(b.Value, a.Value) })
	panel := chart.Panel{Head: true, Y: chart.Sprintf("place in the range"), YTicks: []chart.Tick{{At: 0, Text: ""},
		{At: 0.5, Text: ""}, {At: 1, Text: ""}}}
	names := ShortNames(s.search)
	for i, p := range s.search.Ranges {
		name := cut(names[i], mostName)
		if i%2 == 1 { // neighbours stand on two lines
			name = "\n" + name
		}
		panel.Ticks = append(panel.Ticks, chart.Tick{At: float64(i), Text: name})
		panel.Words = append(panel.Words, s.ends(i, p)...)
	}
	n := len(s.search.Ranges)
	panel.Ticks = append(panel.Ticks, chart.Tick{At: float64(n), Text: s.objective.Name})
	low, high := math.NaN(), math.NaN()
	if len(trials) > 0 {
		low, high = trials[len(trials)-1].Value, trials[(len(trials)-1)/10].Value
	}
	named := map[string]bool{}
	for rank, t := range trials {
		line := chart.Line{Name: chart.Sprintf("others"), Color: chart.Grey}
		switch left := len(trials) - rank; {
		case left == 1:
			line.Name, line.Color = chart.Sprintf("best"), chart.Orange
		case left <= (len(trials)+4)/5:
			line.Name, line.Color = chart.Sprintf("best fifth"), chart.Blue
		}
		if named[line.Name] {
			line.Name = ""
		}
		named[line.Name] = true
		for i := range s.space {
			if v := t.Values[i]; !math.IsNaN(v) {
				line.X, line.Y = append(line.X, float64(i)), append(line.Y, place(s.space[i], v))
			}
		}
		if high > low {
			line.X = append(line.X, float64(n))
			line.Y = append(line.Y, min(1, (t.Value-low)/(high-low)))
		}
		panel.Lines = append(panel.Lines, line)
	}
	panel.Words = append(panel.Words, chart.Word{X: float64(n), Y: -0.03, Text: chart.Sprintf("best"), Kind: 4},
		chart.Word{X: float64(n), Y: 1.03, Text: chart.Sprintf("worst"), Kind: 4})
	return chart.Figure{Title: chart.Sprintf("%s: values and objective", s.search.Name), Large: true,
		Panels: []chart.Panel{panel}}
}

// ends are words at the ends of a parameter's axis.
func (s *study) ends(i int, p spec.Range) []chart.Word {
	low, high := p.Low, p.High
	if p.Word == "choice" {
		low, high = 0, float64(len(p.Options)-1)
	}
	x := float64(i)
	return []chart.Word{{X: x, Y: -0.03, Text: cut(p.Text(low, 3), mostLetters), Kind: 4},
		{X: x, Y: 1.03, Text: cut(p.Text(high, 3), mostLetters), Kind: 4}}
}

// mostSlices is the number of parameters that are drawn by themselves: those that matter most.
const mostSlices = 4

// slices is the objective by the value of each of the parameters that matter most.
func (s *study) slices(r *Result) chart.Figure {
	order := make([]int, len(s.space))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.Params[b].Importance, r.Params[a].Importance)
	})
	names := ShortNames(s.search)
	f := chart.Figure{Title: chart.Sprintf("%s: objective by value, after %d epochs", s.search.Name,
		r.ImportanceAfter)}
	for _, i := range order[:min(len(order), mostSlices)] {
		p := s.space[i]
		share := strconv.FormatFloat(r.Params[i].Importance, 'f', 2, 64)
		panel := chart.Panel{X: fmt.Sprintf("%s (%s)", names[i], share), Y: s.objective.Name}
		var points chart.Points
		for _, t := range s.drawn() {
			v := t.Values[i]
			if math.IsNaN(v) || len(t.Rungs) == 0 {
				continue
			}
			if p.Log {
				v = math.Log10(v)
			}
			points.X, points.Y = append(points.X, v), append(points.Y, s.sign()*t.Rungs[0])
		}
		if p.Log {
			panel.X = chart.Sprintf("%s, as a power of 10", panel.X)
		}
		if p.Kind == tune.Choice {
			for k := range p.Options {
				panel.Ticks = append(panel.Ticks, chart.Tick{At: float64(k),
					Text: cut(s.search.Ranges[i].Text(float64(k), 3), mostLetters)})
			}
		}
		panel.Points, panel.Log = []chart.Points{points}, logarithmic(points.Y)
		f.Panels = append(f.Panels, panel)
	}
	return f
}
