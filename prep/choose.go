package prep

import (
	"fmt"
	"slices"

	"gorae/data"
	"gorae/prep/text"
)

// What becomes of a column of prose where nothing is said about it: ids of a vocabulary for an Embedding where there is
// nothing else to learn from; else a TF-IDF of the most frequent words, a tenth as many as there are training rows, but
// 20 to 1,000, each of which stands five times or more in them (where there are none, any).
const (
	proseWords  = 20000
	proseLength = 200

	fewestWords, mostWords, rowsPerWord, wordCount = 20, 1000, 10, 5
)

// choose completes the specs of the columns of which the experiment says nothing, by what their values show
// (data.Table.Use), and notes it.
func (p *Pipeline) choose(whole, rows *data.Table, specs map[int]Spec) {
	var prose, open []int
	for i := range whole.Columns {
		if !p.isTarget(i) && specs[i] == (Spec{}) {
			open = append(open, i)
		}
	}
	add := p.Uses.Adder(whole, rows, open)
	features := false // beside prose
	for i := range whole.Columns {
		switch {
		case p.isTarget(i):
			continue
		case specs[i].Drop:
			p.drop(whole, rows, i)
			continue
		case specs[i] != Spec{}:
			features = true
			continue
		}
		use := add(i)
		var order, except []string
		scale := use == data.AsValue || use == data.WithMark
		if scale {
			order, except, scale = Likert(&whole.Columns[i])
		}
		if scale {
			specs[i] = Spec{Encode: Ranks{order, except}, Indicator: use == data.WithMark}
			p.Notes = append(p.Notes, fmt.Sprintf("%s: its words are taken for a scale from %q to %q; features: "+
				"{%[1]s: "+
				"onehot} takes each for itself", whole.Columns[i].Name, order[0], order[len(order)-1]))
			features = true
			continue
		}
		switch use {
		case data.Dropped:
			specs[i] = Spec{Drop: true}
		case data.AsText:
			prose = append(prose, i)
		case data.WithMark:
			specs[i] = Spec{Indicator: true}
			if whole.Columns[i].Kind == data.Category {
				specs[i] = Spec{Encode: OneHotEncoder{}, Missing: true}
			}
		case data.MarkOnly:
			specs[i] = Spec{Encode: Indicator{}}
		}
		features = features || use != data.Dropped && use != data.AsText
	}
	alone := !features && len(prose) == 1 && len(p.Inputs) == 0
	for _, i := range prose {
		specs[i] = Spec{Text: proseSpec(&rows.Columns[i], alone)}
	}
	if !features && len(prose) == 0 && len(p.Inputs) == 0 {
		p.keep(whole, specs)
	}
	p.Notes = append(p.Notes, p.Uses.Lines()...)
}

// drop notes a column that the experiment or another column's transform drops, where a rule would have dropped it or
// the experiment does not say it.
func (p *Pipeline) drop(whole, rows *data.Table, i int) {
	why := p.because[i]
	if use, rule := whole.Use(rows, i); why == "" && use == data.Dropped {
		why = rule
	}
	if why != "" {
		p.Uses.Dropped = append(p.Uses.Dropped, data.DroppedColumn{Column: whole.Columns[i].Name, Why: why})
	}
}

// keep keeps numbers that tell rows apart where there is nothing else to learn from.
func (p *Pipeline) keep(whole *data.Table, specs map[int]Spec) {
	for i := range whole.Columns {
		c := &whole.Columns[i]
		if p.isTarget(i) || p.given[i] || c.Kind != data.Number || !whole.IsID(i) {
			continue
		}
		delete(specs, i)
		p.Uses.Dropped = slices.DeleteFunc(p.Uses.Dropped, func(d data.DroppedColumn) bool {
			return d.Column == c.Name
		})
		p.Notes = append(p.Notes, fmt.Sprintf("%s: %s, but there is nothing else to learn from, and it is kept", c.Name,
			whole.Identity(i).Why))
	}
}

// proseSpec returns the spec of a column of prose; alone says that there is nothing else to learn from.
func proseSpec(c *data.Column, alone bool) *text.Spec {
	if alone {
		return &text.Spec{Words: proseWords, Length: proseLength}
	}
	s := &text.Spec{Words: 2 + min(max(c.Len()/rowsPerWord, fewestWords), mostWords), Count: wordCount, Output: "tfidf"}
	count := map[string]int{}
	for r := range c.Len() {
		for _, w := range s.Tokens(c.Text(r)) {
			if count[w]++; count[w] == wordCount {
				return s
			}
		}
	}
	s.Count = 0
	return s
}
