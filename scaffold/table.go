package scaffold

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/series"
	"gorae/prep"
)

// fewestSteps is the number of dated rows from which on they are taken for a series.
const fewestSteps = 30

// table chooses between samples of their own and a series for the rows of a table.
func (d *Draft) table(r Request, src *data.Source) error {
	t := src.Table
	if r.Task == Groups {
		d.groups(t)
		return nil
	}
	target, err := d.target(r, src)
	if err != nil {
		return err
	}
	switch {
	case r.Task == Classification || r.Task == Regression:
		d.set("data.task", r.Task)
	case r.Task == "" && measured(target) && prep.InferTask(target) == prep.Classification:
		d.set("data.task", Regression)
		d.because("data.task", "whole numbers, more of them different than classes mostly are: a quantity; task: "+
			"classification says otherwise")
	}
	time, err := series.TimeColumns(t)
	if err != nil || time == nil || slices.Contains(time, target.Name) {
		if r.Task == Series {
			d.settings = append(d.settings, "data.series={}")
			d.because("data.series", "the rows follow each other evenly")
			d.fill(t, nil)
		} else {
			d.apart(t, target)
		}
		return nil
	}
	clock, err := t.Clock(time...)
	if err != nil {
		d.apart(t, target)
		return nil // what is wrong with the times is said where they are needed
	}
	o := order(clock, t.Rows)
	dated := seriesOf(t, target, time, o)
	name := strings.Join(time, " and ")
	switch {
	case r.Task == Series || r.Task == "" && dated:
		d.settings = append(d.settings, "data.series={}")
		d.because("data.series", "each row is a time of %s: what follows a window of rows is predicted", name)
		if !o.rising {
			d.settings = append(d.settings, "data.series.sort=true")
			d.because("data.series.sort", "the rows are not in the order of %s", name)
		}
		d.fill(t, time)
	case o.rising && !o.same:
		d.settings = append(d.settings, "split.by=time", fmt.Sprintf("data.time=[%s]", quoted(time)))
		d.because("split.by", "the rows are in the order of %s: the latest are held out, as the network will meet "+
			"rows that are later still", name)
		d.dates(t, target, true)
		d.dropDates(t, append([]string{target.Name}, time...))
	default:
		d.apart(t, target)
	}
	return nil
}

// apart chooses for rows that do not follow each other in time: their dates, and what they belong to.
func (d *Draft) apart(t *data.Table, target *data.Column) {
	d.dates(t, target, false)
	for i := range t.Columns {
		c := &t.Columns[i]
		if c != target && c.Kind == data.Category && t.Identity(i).Kind == data.NoRule && !t.MayBeTime(c) &&
			isKey(c) && coded(c) {
			d.set("split.group", c.Name)
			d.because("split.group", "each of its values has several rows, which are alike: they stay in one part")
			return
		}
	}
}

// dropDates leaves out the dates that rows which are later do not share, of the columns that are not named.
func (d *Draft) dropDates(t *data.Table, but []string) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if !t.MayBeTime(c) || slices.Contains(but, c.Name) || t.Rule(i).Kind != data.NoRule {
			continue
		}
		if clock, err := t.Clock(c.Name); err == nil && clock.Times != nil {
			path := "data.features." + config.Step(c.Name)
			d.set(path, "drop")
			d.because(path, "dates, which later rows do not share")
		}
	}
}

// seriesOf reports whether the rows of a table are taken for the steps of a series of a column.
func seriesOf(t *data.Table, target *data.Column, time []string, o ordered) bool {
	return o.different && t.Rows >= fewestSteps && measured(target) && even(t, time)
}

// Open returns the kinds of tasks that a column may be the target of, the likeliest first; one where the column settles
// it. A name that is no column has none.
func Open(t *data.Table, target string) []string {
	c, err := t.Column(target)
	if err != nil || c.Kind != data.Number {
		return nil
	}
	time, err := series.TimeColumns(t)
	if err == nil && time != nil && !slices.Contains(time, c.Name) {
		if clock, err := t.Clock(time...); err == nil && seriesOf(t, c, time, order(clock, t.Rows)) {
			return []string{Series, Regression}
		}
	}
	if measured(c) {
		return []string{Regression}
	}
	for i := range c.Len() {
		if v := c.Numbers[i]; !c.IsMissing(i) && v != math.Trunc(v) {
			return []string{Regression}
		}
	}
	if prep.InferTask(c) == prep.Classification {
		return []string{Classification, Regression}
	}
	return []string{Regression, Classification}
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
	at, why := likely(t)
	c := &t.Columns[at]
	d.set("data.target", c.Name)
	d.because("data.target", "%s", why)
	return c, nil
}

// likely returns the column that is most likely to be predicted, and why.
func likely(t *data.Table) (at int, why string) {
	last := len(t.Columns) - 1
	for i := range t.Columns {
		name := strings.ToLower(t.Columns[i].Name)
		if slices.Contains(targets, name) || (i == 0 || i == last) && slices.Contains(endTargets, name) {
			return i, "the column of this name, as no other was named"
		}
	}
	for at := last; at >= 0; at-- {
		switch {
		case !aim(t, at):
		case at == last:
			return at, "the last column, as no other was named"
		default:
			return at, "the last column that is neither times nor tells rows apart, as no other was named"
		}
	}
	return last, "the last column, as no other was named"
}

// Names of columns that say what they are for: anywhere, and in the first or last column, since a class may be that of
// a ticket, and y a place.
var (
	targets    = []string{"target", "label", "outcome"}
	endTargets = []string{"class", "y"}
)

// aim reports whether a column may be what is predicted: it has several values, which are no dates, nothing that each
// row has its own of, and no text of many values.
func aim(t *data.Table, i int) bool {
	c := &t.Columns[i]
	if t.Identity(i).Kind != data.NoRule || t.MayBeTime(c) {
		return false
	}
	return t.Content(i).Kind == data.NoRule && (c.Kind == data.Category || c.Levels() > 1)
}

// measured reports whether a column holds numbers that are more than a few classes: more than ten different ones, or
// more than five of which some have hardly a row, as counts have.
func measured(c *data.Column) bool {
	if c.Kind != data.Number {
		return false
	}
	const most, some, fewest = 10, 5, 5 // different values of classes, at most; rows of each, at least
	seen := map[float64]int{}
	for i := range c.Len() {
		if !c.IsMissing(i) {
			if seen[c.Numbers[i]]++; len(seen) > most {
				return true
			}
		}
	}
	if len(seen) <= some || c.Len() < fewest*most*2 {
		return false
	}
	for _, n := range seen {
		if n < fewest {
			return true
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

// even reports whether the rows follow each other by one step, gaps aside: no more than one in ten does otherwise.
func even(t *data.Table, time []string) bool {
	f, err := series.FromTable(t, series.Reading{Time: time, Sort: true, Repeated: "first", Fill: "zero"})
	return err != nil || 10*len(f.Stamps.Irregular) <= f.Len()
}

// fill says what stands for missing values of a series, where there are some.
func (d *Draft) fill(t *data.Table, time []string) {
	missing, first := 0, false
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind != data.Number || slices.Contains(time, c.Name) || t.IsID(i) {
			continue
		}
		for k := range t.Rows {
			if c.IsMissing(k) {
				missing++
				first = first || k == 0 || k == t.Rows-1
			}
		}
	}
	switch {
	case missing == 0:
	case first:
		d.set("data.series.fill", "zero")
		d.because("data.series.fill", "zeros stand for missing values (%d), one of them at an end of the series",
			missing)
	default:
		d.set("data.series.fill", "previous")
		d.because("data.series.fill", "the last value before stands for a missing one (%d)", missing)
	}
}
