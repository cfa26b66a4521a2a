package scaffold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/data/series"
)

// fewestSteps is the number of dated rows from which on they are taken for a series.
const fewestSteps = 30

// table chooses between samples of their own and a series for the rows of a table.
func (d *Draft) table(r Request, src *data.Source) error {
	t := src.Table
	target, err := d.target(r, src)
	if err != nil {
		return err
	}
	if r.Task == Classification || r.Task == Regression {
		d.set("data.task", r.Task)
	}
	time, err := series.TimeColumns(t)
	if err != nil || time == nil || slices.Contains(time, target.Name) {
		if r.Task == Series {
			d.settings = append(d.settings, "data.series={}")
			d.because("data.series", "the rows follow each other evenly")
		}
		return nil
	}
	clock, err := t.Clock(time...)
	if err != nil {
		return nil // what is wrong with the times is said where they are needed
	}
	o := order(clock, t.Rows)
	name := strings.Join(time, " and ")
	switch {
	case r.Task == Series || r.Task == "" && o.different && t.Rows >= fewestSteps && measured(target):
		d.settings = append(d.settings, "data.series={}")
		d.because("data.series", "each row is a time of %s: what follows a window of rows is predicted", name)
		if !o.rising {
			d.settings = append(d.settings, "data.series.sort=true")
			d.because("data.series.sort", "the rows are not in the order of %s", name)
		}
	case o.rising && !o.same:
		d.settings = append(d.settings, "split.by=time", fmt.Sprintf("data.time=[%s]", quoted(time)))
		d.because("split.by", "the rows are in the order of %s: the latest are held out, as the network will meet "+
			"rows that are later still", name)
	}
	return nil
}

// target returns the column that is predicted.
func (d *Draft) target(r Request, src *data.Source) (*data.Column, error) {
	t := src.Table
	switch {
	case r.Target != "":
		name := strings.Split(r.Target, ",")[0]
		c, err := t.Column(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("--target %s: %w", r.Target, err)
		}
		return c, nil
	case src.Sample != nil:
		return t.Column(src.Sample.Target)
	}
	c := &t.Columns[len(t.Columns)-1]
	d.set("data.target", c.Name)
	d.because("data.target", "the last column, as no other was named")
	return c, nil
}

// measured reports whether a column holds numbers that are more than a few classes.
func measured(c *data.Column) bool {
	if c.Kind != data.Number {
		return false
	}
	const most = 10 // different values of classes
	seen := map[float64]bool{}
	for i := range c.Len() {
		if !c.IsMissing(i) {
			if seen[c.Numbers[i]] = true; len(seen) > most {
				return true
			}
		}
	}
	return false
}

// ordered is how the times of rows follow each other.
type ordered struct {
	rising    bool // none is before the one above it
	different bool // each time occurs once
	same      bool // there is one time alone
}

func order(c *data.Clock, rows int) ordered {
	o := ordered{rising: true, different: true, same: true}
	at := data.Range(rows)
	for i := 1; i < rows; i++ {
		k := c.Compare(i-1, i)
		o.rising, o.same = o.rising && k <= 0, o.same && k == 0
	}
	slices.SortFunc(at, c.Compare)
	for i := 1; i < rows; i++ {
		o.different = o.different && c.Compare(at[i-1], at[i]) != 0
	}
	return o
}

// quoted is a list of words for a file.
func quoted(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, strconv.Quote(s))
	}
	return strings.Join(out, ", ")
}
