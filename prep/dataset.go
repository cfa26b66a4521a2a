package prep

import (
	"fmt"

	"gorae/data"
	"gorae/prep/text"
	"gorae/tensor"
)

// Dataset returns the rows of t as samples of the pipeline's inputs, in order: x alone where they are not named. What
// Apply lays out in memory is computed row by row where that is much less. A column of text that becomes ids is int32
// [length], and ragged, so that batches can be padded to their longest text; bags of words keep what is not 0.
func (p *Pipeline) Dataset(t *data.Table) (data.Dataset, error) { return p.dataset(t, false) }

// Training returns what Dataset returns of the table that was fitted to. Its training rows have the features that they
// are to learn from: what is fitted to the target, of the other folds (TargetMean).
func (p *Pipeline) Training(t *data.Table) (data.Dataset, error) { return p.dataset(t, true) }

func (p *Pipeline) dataset(t *data.Table, training bool) (data.Dataset, error) {
	if len(p.Inputs) == 0 {
		return p.input(t, p.inputs()[0], training)
	}
	parts := make([]data.Part, len(p.Inputs))
	for i, in := range p.Inputs {
		d, err := p.input(t, in, training)
		if err != nil {
			return nil, err
		}
		parts[i] = data.Part{Name: in.Name, Dataset: d}
	}
	return data.Inputs(parts...)
}

// input returns the rows of t as samples of one input.
func (p *Pipeline) input(t *data.Table, in Input, training bool) (data.Dataset, error) {
	bags := false
	for _, f := range p.of(in.Columns) {
		switch {
		case f.Vocabulary == nil:
		case f.Vocabulary.Spec.Ids():
			texts, err := p.texts(t, f)
			if err != nil {
				return nil, err
			}
			return f.Vocabulary.Sequences(texts)
		default:
			bags = true
		}
	}
	if !bags && t.Scratch() != nil {
		return p.pack(t, in, training)
	}
	if !bags {
		x, err := p.lay(t, in, training)
		if err != nil {
			return nil, err
		}
		return data.Of(x, nil)
	}
	d := &joint{rows: t.Rows}
	for _, f := range p.of(in.Columns) {
		n := f.features()
		s := side{at: d.width, n: n}
		if f.Vocabulary != nil {
			texts, err := p.texts(t, f)
			if err != nil {
				return nil, err
			}
			if s.bags, err = f.Vocabulary.Bags(texts); err != nil {
				return nil, err
			}
		} else {
			s.x = make([]float32, t.Rows*n)
			a, err := p.apply(t, f, training)
			if err != nil {
				return nil, err
			}
			if err := a.all(s.x, n); err != nil {
				return nil, err
			}
		}
		d.sides, d.width = append(d.sides, s), d.width+n
	}
	return d, nil
}

// VocabularyOf returns the vocabulary of the text that an input consists of or begins with; nil if there is none. Where
// inputs are not named, name is "".
func (p *Pipeline) VocabularyOf(name string) *text.Vocabulary {
	for _, in := range p.inputs() {
		if in.Name != name && !(name == "" && len(p.Inputs) == 0) {
			continue
		}
		for _, f := range p.of(in.Columns) {
			if f.Vocabulary != nil {
				return f.Vocabulary
			}
		}
	}
	return nil
}

// Vocabulary returns the vocabulary of the first column of text; nil if there is none.
func (p *Pipeline) Vocabulary() *text.Vocabulary {
	for i := range p.Columns {
		if v := p.Columns[i].Vocabulary; v != nil {
			return v
		}
	}
	return nil
}

// Needs names the columns that features are made of.
func (p *Pipeline) Needs() []string {
	used := map[string]bool{}
	for i := range p.Columns {
		switch f := &p.Columns[i]; {
		case f.features() == 0:
		case f.Spec.Cross != nil:
			for _, c := range *f.Spec.Cross {
				used[c] = true
			}
		default:
			used[f.Name] = true
		}
	}
	var names []string
	for i := range p.Columns {
		if used[p.Columns[i].Name] {
			names = append(names, p.Columns[i].Name)
		}
	}
	return names
}

// texts returns a column of text, "" where it is missing.
func (p *Pipeline) texts(t *data.Table, f *Fitted) ([]string, error) {
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: no rows", t.Name)
	}
	c, err := p.match(t, f)
	if err != nil {
		return nil, err
	}
	texts := make([]string, t.Rows)
	for i := range texts {
		texts[i] = c.Text(i)
	}
	return texts, nil
}

// joint is the features of columns side by side, of which some are bags of words.
type joint struct {
	rows, width int
	sides       []side
}

// side is one column's features, n of them from place at on.
type side struct {
	at, n int
	x     []float32 // by row
	bags  *text.Bags
}

// Spec returns one input.
func (d *joint) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{d.width}}}}
}

// Len returns the number of rows.
func (d *joint) Len() int { return d.rows }

// Read lays row i out.
func (d *joint) Read(_, i int, row data.Row) error {
	if i < 0 || i >= d.rows {
		return fmt.Errorf("no row %d of %d", i, d.rows)
	}
	x := row[0].F32
	for _, s := range d.sides {
		to := x[s.at : s.at+s.n]
		if s.bags != nil {
			s.bags.Lay(to, i)
		} else {
			copy(to, s.x[i*s.n:])
		}
	}
	return nil
}
