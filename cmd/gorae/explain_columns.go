package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"gorae/bundle"
	"gorae/chart"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/task"
)

// How much of an explanation is printed and drawn; the files have all of it.
const (
	shownColumns = 20
	drawnColumns = 4
	drawnOutputs = 8
)

// columns tells what the columns of a table say to a network.
func (w *explainWords) columns(o *environment, b *bundle.Bundle, src *task.Source) error {
	if w.Row < 0 {
		return usageError{fmt.Errorf("--row %d: rows count from 1", w.Row)}
	}
	c, err := b.ExplainColumns(o.ctx, src, w.Row, 0)
	if err != nil {
		return err
	}
	if err := printColumns(o.report, c); err != nil || w.Output == "" {
		return err
	}
	if err := file.MakeDir(w.Output); err != nil {
		return fmt.Errorf("%s: cannot make this directory: %w; name another with --output", w.Output, file.Cause(err))
	}
	for _, f := range columnFiles(c) {
		name := filepath.Join(w.Output, f.name)
		if err := file.Replace(name, f.write); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(o.report, name); err != nil {
			return err
		}
	}
	return nil
}

// printColumns prints the importance of columns, and what those of a row contribute.
func printColumns(to io.Writer, c *bundle.Columns) error {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if c.Importance == nil {
		say("no importance of columns: %s", c.Missing)
	} else {
		say("%s is %.4g on %d rows; where the values of a column are shuffled it is worse by", c.Metric, c.Score,
			c.Rows)
		width := 0
		for _, i := range c.Importance {
			width = max(width, words.Width(words.Clip(i.Column, 30)))
		}
		for k, i := range c.Importance {
			if k == shownColumns {
				say("  and %d columns more", len(c.Importance)-k)
				break
			}
			say("  %s  %10.3g ± %.2g", words.Pad(words.Clip(i.Column, 30), width), i.Mean, i.Deviation)
		}
	}
	if r := c.Row; r != nil {
		say("row %d: %s is %.4g, in the mean of other rows %.4g; its columns bring it there by", r.Row, r.Output,
			r.Said, r.Mean)
		width := 0
		for _, x := range r.Columns {
			width = max(width, words.Width(words.Clip(x.Column+" = "+x.Value, 40)))
		}
		for k, x := range r.Columns {
			if k == shownColumns {
				say("  and %d columns more", len(r.Columns)-k)
				break
			}
			say("  %s  %+10.3g ± %.2g", words.Pad(words.Clip(x.Column+" = "+x.Value, 40), width), x.Shapley, x.Error)
		}
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(to, l); err != nil {
			return err
		}
	}
	return nil
}

// written is a file of an explanation.
type written struct {
	name  string
	write func(io.Writer) error
}

// columnFiles returns the tables and the pictures.
func columnFiles(c *bundle.Columns) []written {
	var out []written
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	table := func(name string, rows [][]string) {
		out = append(out, written{name, func(w io.Writer) error {
			to := csv.NewWriter(w)
			return to.WriteAll(rows)
		}})
	}
	picture := func(name string, f chart.Figure) { out = append(out, written{name, f.PNG}) }
	if c.Importance != nil {
		rows := [][]string{{"column", "importance", "deviation"}}
		var names []string
		var points chart.Points
		for k, i := range c.Importance {
			rows = append(rows, []string{i.Column, number(i.Mean), number(i.Deviation)})
			if k < shownColumns {
				names = append(names, words.Clip(i.Column, 24))
				points.X, points.Y = append(points.X, i.Mean), append(points.Y, float64(k+1))
			}
		}
		table("importance.csv", rows)
		picture("importance.png", chart.Figure{Title: chart.Sprintf("importance of columns: %s", c.Source),
			Panels: []chart.Panel{{X: chart.Sprintf("%s is worse by, where the column is shuffled", c.Metric),
				Rows: names, Points: []chart.Points{points}}}})
	}
	rows := [][]string{append([]string{"column", "value"}, c.Outputs...)}
	for _, d := range c.Dependence {
		for i, v := range d.Values {
			row := []string{d.Column, v}
			for _, m := range d.Means[i] {
				row = append(row, number(m))
			}
			rows = append(rows, row)
		}
	}
	table("dependence.csv", rows)
	picture("dependence.png", dependenceFigure(c))
	if r := c.Row; r != nil {
		rows := [][]string{{"column", "value", r.Output, "standard_error"}}
		var names []string
		var points chart.Points
		for k, x := range r.Columns {
			rows = append(rows, []string{x.Column, x.Value, number(x.Shapley), number(x.Error)})
			if k < shownColumns {
				names = append(names, words.Clip(x.Column+" = "+x.Value, 30))
				points.X, points.Y = append(points.X, x.Shapley), append(points.Y, float64(k+1))
			}
		}
		name := fmt.Sprintf("row-%d", r.Row)
		table(name+".csv", rows)
		picture(name+".png", chart.Figure{Title: chart.Sprintf("row %d: %.3g, others %.3g", r.Row, r.Said, r.Mean),
			Panels: []chart.Panel{{X: chart.Sprintf("the column's value adds to %s", r.Output), Rows: names,
				Points: []chart.Points{points}}}})
	}
	return out
}

// dependenceFigure draws the partial dependence on the most important columns, or on the first ones.
func dependenceFigure(c *bundle.Columns) chart.Figure {
	f := chart.Figure{Title: chart.Sprintf("partial dependence: %s", c.Source)}
	var order []string
	for _, i := range c.Importance {
		order = append(order, i.Column)
	}
	if order == nil {
		for _, d := range c.Dependence {
			order = append(order, d.Column)
		}
	}
	for _, name := range order {
		for _, d := range c.Dependence {
			if d.Column == name && len(f.Panels) < drawnColumns && len(d.Values) > 1 {
				f.Panels = append(f.Panels, dependencePanel(d, c.Outputs))
			}
		}
	}
	return f
}

func dependencePanel(d bundle.Dependence, outputs []string) chart.Panel {
	p := chart.Panel{X: words.Clip(d.Column, 30), Y: chart.Sprintf("mean prediction")}
	first := 0
	if len(outputs) == 2 { // the probabilities of two classes say the same
		first = 1
	}
	if d.X == nil {
		p.X, p.Y, p.Title = chart.Sprintf("mean prediction"), "", words.Clip(d.Column, 30)
		for _, v := range d.Values {
			p.Rows = append(p.Rows, words.Clip(v, 20))
		}
	}
	for k := first; k < min(len(outputs), drawnOutputs); k++ {
		var y, places []float64
		for i, m := range d.Means {
			y, places = append(y, m[k]), append(places, float64(i+1))
		}
		if d.X == nil {
			p.Points = append(p.Points, chart.Points{Name: outputs[k], X: y, Y: places})
			continue
		}
		p.Lines = append(p.Lines, chart.Line{Name: outputs[k], X: d.X, Y: y, Color: chart.Palette[k-first]})
	}
	return p
}
