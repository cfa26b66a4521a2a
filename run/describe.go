package run

import (
	"slices"
	"strings"

	"gorae/data"
	"gorae/spec"
	"gorae/task/inspect"
)

// Describe returns the report on the source of the experiment; nil where the samples are not its columns or pictures
// as they stand there, as those that are made by a program or cut out of texts. What is said of the samples, such as
// columns that are dropped, is left out.
func (p *Prepared) Describe() (*data.Report, error) {
	d := &p.Spec.Data
	if !slices.Contains([]string{"arrays", "image", "series", "tabular", "text"}, p.Task.Name()) {
		return nil, nil
	}
	i, err := p.Source()
	if i == nil || err != nil {
		return nil, err
	}
	q := inspect.Request{Source: i, Layout: d.Layout, Target: strings.Join(d.Target, ","), Time: d.Time}
	if q.Target == spec.OwnInput {
		q.Target = ""
	}
	r, err := q.Report()
	if err != nil {
		return nil, err
	}
	r.Assumed, r.Uses, r.Guesses = "", nil, nil
	if p.Task.Name() != "series" {
		r.Series = nil
	}
	return r, nil
}
