package supervised

import (
	"cmp"
	"math"
	"slices"

	"gorae/data"
	"gorae/internal/words"
	"gorae/task"
)

// How many samples are shown of a target, and how much of each.
const (
	worstCases   = 8
	typicalCases = 4
	caseColumns  = 12  // that are shown
	mostColumns  = 40  // of a table of which any is shown: readings of a sensor say nothing one by one
	caseText     = 300 // characters of a value
)

// Origin is where the samples of a part come from: rows of a table.
type Origin struct {
	Table *data.Table
	Rows  []int // by sample
}

// describe fills in where a sample stands, and the values of its columns but the targets, or the picture that they are.
func (p *Problem) describe(c *task.Case, part task.Part, sample int) {
	o := p.Origins[part]
	if o.Table == nil || sample >= len(o.Rows) {
		return
	}
	row := o.Rows[sample]
	c.Place = o.Table.Place(row)
	if c.Picture = p.picture(o.Table, row); c.Picture != nil || len(o.Table.Columns) > mostColumns {
		return
	}
	for i := range o.Table.Columns {
		of := &o.Table.Columns[i]
		if len(c.Values) == caseColumns {
			break
		}
		if !of.IsMissing(row) && !slices.Contains(p.targetColumns(), of.Name) {
			c.Values = append(c.Values, task.Value{Column: of.Name, Text: words.Short(of.Spelling(row), caseText)})
		}
	}
}

func (p *Problem) targetColumns() []string {
	var names []string
	for _, g := range p.Targets {
		names = append(names, g.Columns()...)
	}
	return names
}

// classCases returns the surest mistakes of target k, and right predictions at equal distances in the part.
func (p *Problem) classCases(c *classes, k int) task.Cases {
	wrong, right := c.wrong(k), c.right(k)
	t := c.targets[k]
	shown := func(of []classified) []task.Case {
		var out []task.Case
		for _, v := range of {
			one := task.Case{True: t.Classes[v.class], Predicted: t.Classes[v.predicted]}
			if c.rules[k].Probable && finite(float64(v.p)) {
				one.Probability = float64(v.p)
			}
			p.describe(&one, c.part, v.sample)
			out = append(out, one)
		}
		return out
	}
	return task.Cases{Target: t.Name, Part: c.part.String(), Worst: shown(wrong[:min(len(wrong), worstCases)]),
		Typical: shown(apart(right, typicalCases))}
}

// numberCases returns the predictions with the greatest errors, and some of those in the middle.
func (p *Problem) numberCases(n *numbers, k int) task.Cases {
	order := data.Range(len(n.observed[k]))
	off := func(i int) float64 { return math.Abs(n.observed[k][i] - n.predicted[k][i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(off(b), off(a)) })
	shown := func(of []int) []task.Case {
		var out []task.Case
		for _, i := range of {
			one := task.Case{True: words.Figure(n.observed[k][i]), Predicted: words.Figure(n.predicted[k][i])}
			p.describe(&one, n.part, n.samples[i])
			out = append(out, one)
		}
		return out
	}
	worst := min(len(order), worstCases)
	rest := order[worst:]
	middle := rest[max(0, len(rest)/2-typicalCases/2):min(len(rest), len(rest)/2+typicalCases/2)]
	return task.Cases{Target: n.targets[k].Name, Part: n.part.String(), Worst: shown(order[:worst]),
		Typical: shown(middle)}
}

// apart returns at most n elements at equal distances.
func apart[T any](of []T, n int) []T {
	if len(of) <= n {
		return of
	}
	var out []T
	for k := range n {
		out = append(out, of[(2*k+1)*len(of)/(2*n)])
	}
	return out
}
