package scaffold

import (
	"fmt"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/run"
	"gorae/spec"
)

// mostWords is how many of a column's words a comment names, and mostOfWord their length.
const (
	mostWords  = 4
	mostOfWord = 24
)

// Comments returns what stands above the keys of the written file: what the data hold, why the keys have their values,
// and what the training compares the network with. p is the experiment with its data.
func (d *Draft) Comments(p *run.Prepared) []spec.Comment {
	out := []spec.Comment{{Text: fmt.Sprintf("predicts %s from data of the kind %s", p.Problem.About(),
		p.Task.Name())}}
	for _, n := range p.Notes {
		out[0].Text += "\n" + n
	}
	out = append(out, d.Reasons...)
	for _, g := range p.Guesses {
		if g.Setting != "" {
			out = append(out, spec.Comment{Path: g.Setting, Text: g.Column + ": " + g.What})
		}
	}
	if d.Report != nil {
		out = append(out, d.columns(p)...)
	}
	out = append(out,
		spec.Comment{Path: "split", Text: p.Partition()},
		spec.Comment{Path: "model", Text: layer.Thousands(p.Model.Summary().Total) + " parameters"},
		spec.Comment{Path: "train", Text: "the best epoch by the validation part is kept"})
	if e := p.Spec.Train.Several(); e != nil {
		text := fmt.Sprintf("%d networks of this kind, whose mean is predicted", e.Networks)
		if *e.Folds {
			text = fmt.Sprintf("%d networks of this kind, whose mean is predicted; each is evaluated on a fold of %ss "+
				"left out", e.Networks, p.Fitted.Unit())
		}
		out = append(out, spec.Comment{Path: "train.ensemble", Text: text})
	}
	return join(out)
}

// columns are comments on the columns of a table.
func (d *Draft) columns(p *run.Prepared) []spec.Comment {
	var out []spec.Comment
	dropped := map[string]string{}
	if u := d.Report.Uses; u != nil {
		for _, c := range u.Dropped {
			dropped[c.Column] = c.Why
		}
	}
	features := map[string]bool{}
	for _, f := range p.Spec.Data.Features.Columns {
		features[f.Name] = true
	}
	for _, c := range d.Report.Columns {
		switch text, why := about(c), dropped[c.Name]; {
		case features[c.Name] && why != "":
			out = append(out, spec.Comment{Path: "data.features." + config.Step(c.Name), Text: why})
		case features[c.Name]:
			out = append(out, spec.Comment{Path: "data.features." + config.Step(c.Name), Text: text})
		case len(p.Spec.Data.Target) == 1 && p.Spec.Data.Target[0] == c.Name:
			if n := d.Report.Classes; len(n) > 0 && p.Spec.Data.Task == Classification {
				text = "classes: " + counts(n)
			}
			out = append(out, spec.Comment{Path: "data.target", Text: text})
		}
	}
	return out
}

// about says in a line what a column holds.
func about(c data.ColumnReport) string {
	var b strings.Builder
	if c.Kind == data.Number.String() {
		fmt.Fprintf(&b, "%s different numbers from %s to %s", layer.Thousands(c.Levels), words.Figure(c.Min),
			words.Figure(c.Max))
	} else {
		fmt.Fprintf(&b, "%s different words", layer.Thousands(c.Levels))
		if len(c.Common) > 0 && c.Common[0].Count > 1 {
			b.WriteString(": " + counts(c.Common))
		}
	}
	if c.Missing > 0 {
		fmt.Fprintf(&b, "; missing in %s", layer.Thousands(c.Missing))
	}
	return b.String()
}

// counts lists the first of some words with their counts.
func counts(list []data.ClassReport) string {
	var parts []string
	for i, w := range list {
		if i == mostWords && len(list) > mostWords {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, words.Clip(w.Name, mostOfWord)+" "+layer.Thousands(w.Count))
	}
	return strings.Join(parts, ", ")
}

// join puts the comments on one key together, in their order.
func join(comments []spec.Comment) []spec.Comment {
	var out []spec.Comment
	at := map[string]int{}
	for _, c := range comments {
		if i, ok := at[c.Path]; ok {
			out[i].Text += "\n" + c.Text
			continue
		}
		at[c.Path] = len(out)
		out = append(out, c)
	}
	return out
}
