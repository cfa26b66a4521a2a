package prep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/mem"
	"gorae/internal/par"
	"gorae/internal/spell"
	"gorae/tensor"
)

// Apply turns the rows of t into the features of a pipeline of one input, [rows, features]. Columns are matched by
// name; where t has no header, by place, the targets' columns there or left out. Columns that the pipeline does not
// know, or drops, may be anything. A category that was not met in training has no feature: all of its zeros. Errors
// name the missing column, or the row of a value that is no number.
func (p *Pipeline) Apply(t *data.Table) (*tensor.Tensor, error) {
	if len(p.Inputs) > 1 {
		return nil, fmt.Errorf("%s: the features of %d inputs are no single matrix; read them by Dataset", t.Name,
			len(p.Inputs))
	}
	return p.lay(t, p.inputs()[0], false)
}

// lay lays out the features of one input; training says that t is the table that was fitted to.
func (p *Pipeline) lay(t *data.Table, in Input, training bool) (*tensor.Tensor, error) {
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: no rows", t.Name)
	}
	width := p.width(in.Columns)
	if t.Rows > mostFeatures/max(1, width) {
		return nil, fmt.Errorf("%s: %d rows of %d features would take %d GiB; give a smaller vocabulary (text: "+
			"{words: …}), or fewer rows at a time",
			t.Name, t.Rows, width, (int64(t.Rows)*int64(width))>>28)
	}
	out := tensor.New(tensor.Float32, t.Rows, width)
	mem.Huge(out.F32)
	var all []*applied
	for _, f := range p.of(in.Columns) {
		a, err := p.apply(t, f, training)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	failed := make([]bool, (t.Rows+blockRows-1)/blockRows)
	par.Each(len(failed), func(block int) {
		from := block * blockRows
		rows, at := out.F32[from*width:min(from+blockRows, t.Rows)*width], 0
		for _, a := range all {
			failed[block] = failed[block] || a.rows(rows[at:], width, from) != nil
			at += a.features()
		}
	})
	if !slices.Contains(failed, true) {
		return out, nil
	}
	for _, a := range all { // the first error, column by column
		if err := a.all(make([]float32, a.features()), 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// blockRows is how many rows one thread lays out at a time, column by column.
const blockRows = 256

// applied is a fitted column with the column of a table that it is applied to.
type applied struct {
	*Fitted
	table  *data.Table
	c      *data.Column
	encode Row         // of an encoded column
	own    [][]float32 // the features of the table's rows that are their own; nil for others
}

// apply returns a fitted column with its column in t; training says that t is the table that was fitted to.
func (p *Pipeline) apply(t *data.Table, f *Fitted, training bool) (*applied, error) {
	c, err := p.match(t, f)
	if err != nil {
		return nil, err
	}
	a := &applied{Fitted: f, table: t, c: c}
	if f.Encoded == nil {
		return a, nil
	}
	if a.encode, err = f.Encoded.Bind(t, c); err != nil {
		return nil, err
	}
	if training && f.own != nil {
		a.own = make([][]float32, t.Rows)
		for k, r := range p.fitted {
			if r < t.Rows {
				a.own[r] = f.own[k]
			}
		}
	}
	return a, nil
}

// all writes the features of all rows, those of a row behind those of the row before by step places.
func (a *applied) all(to []float32, step int) error {
	for r := range a.table.Rows {
		if err := a.row(to[r*step:][:a.features()], r); err != nil {
			return a.table.ErrorAt(r, a.Name, "%w", err)
		}
	}
	return nil
}

// rows writes the features of rows from a row on, each to the beginning of width places.
func (a *applied) rows(to []float32, width, from int) error {
	if a.c.Kind == data.Number && a.plain() {
		return a.numbers(to, width, from)
	}
	write := a.row
	if a.encode != nil && a.own == nil && !a.Spec.Indicator {
		write = a.encode
	}
	n := a.features()
	for r := from; len(to) > 0; r++ {
		if err := write(to[:n], r); err != nil {
			return err
		}
		to = to[min(width, len(to)):]
	}
	return nil
}

// plain reports whether the column becomes one feature, a number that is scaled.
func (f *Fitted) plain() bool {
	return f.Vocabulary == nil && f.Encoded == nil && !f.Spec.Indicator && f.Bins.Len() == 0 && !f.Spec.Log1p &&
		f.Curve == nil && f.Frequencies == nil
}

// numbers is rows of a column of numbers that are only scaled.
func (a *applied) numbers(to []float32, width, from int) error {
	fill := 0.0
	if a.Spec.Impute != "" {
		fill = a.within(a.Fill)
	}
	n, impute, shift, divisor := (len(to)+width-1)/width, a.Spec.Impute != "", a.Shift, a.Divisor
	for k, x := range a.c.Numbers[from : from+n] {
		switch {
		case x == x:
			x = a.within(x)
		case impute:
			x = fill
		default: // missing
			to[k*width] = 0
			continue
		}
		z := float32((x - shift) / divisor)
		if z-z != 0 {
			return beyond(a.c.Numbers[from+k])
		}
		to[k*width] = z
	}
	return nil
}

// beyond is the error of a number that has become infinite.
func beyond(x float64) error {
	return fmt.Errorf("%s is beyond float32 once transformed", data.FormatNumber(x))
}

// mostFeatures is the greatest number of values that Apply allocates, 8 GiB: more is an error, in place of a process
// that the system kills.
const mostFeatures = 1 << 31

// match finds f's column in t, and reads it as the training's was: what a row says does not depend on the others.
func (p *Pipeline) match(t *data.Table, f *Fitted) (*data.Column, error) {
	if f.Spec.Cross != nil {
		return p.crossOf(t, f)
	}
	c, err := p.find(t, f)
	if err != nil || f.Reading == nil {
		return c, err
	}
	read := c.As(*f.Reading)
	return &read, nil
}

// Unknown counts the values of encoded columns that training did not meet, in words, a line for each column.
func (p *Pipeline) Unknown(t *data.Table) ([]string, error) {
	var notes []string
	for i := range p.Columns {
		f := &p.Columns[i]
		of, is := f.Encoded.(categorical)
		if !is || of.levels() == nil {
			continue
		}
		c, err := p.match(t, f)
		if err != nil {
			return nil, err
		}
		count, known := 0, 0
		var some []string
		note := func(text string, rows int) {
			if count += rows; len(some) < 3 && !slices.Contains(some, clip(text)) {
				some = append(some, clip(text))
			}
		}
		codes, words := c.Words()
		rows := make([]int, len(words))
		for r := range t.Rows {
			switch {
			case c.IsMissing(r):
				continue
			case codes != nil:
				rows[codes[r]]++
			default:
				if !of.knows(c.Level(r)) {
					note(c.Text(r), 1)
				}
			}
			known++
		}
		for k, n := range rows {
			if n > 0 && !of.knows(words[k]) {
				note(words[k], n)
			}
		}
		if count > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s: %d of the %d values are categories that training did not meet "+
				"(%s); they count as none of its %d", t.Name, f.Name, count, known, strings.Join(some, ", "),
				len(of.levels())))
		}
	}
	return notes, nil
}

// clip returns a value in at most 30 characters, on one line.
func clip(s string) string {
	if r := []rune(strings.Join(strings.Fields(s), " ")); len(r) > 30 {
		return string(r[:29]) + "…"
	} else {
		return string(r)
	}
}

// find returns the column of table t that f was fitted to.
func (p *Pipeline) find(t *data.Table, f *Fitted) (*data.Column, error) {
	if !t.Unnamed() {
		// The column is sought from its place in the training's table outwards, so that a table of a million columns
		// takes no square of them.
		n := len(t.Columns)
		at := min(f.Position, n-1)
		for d := range n {
			for _, i := range [2]int{at - d, at + d} {
				if i >= 0 && i < n && t.Columns[i].Name == f.Name {
					return &t.Columns[i], nil
				}
			}
		}
		return nil, fmt.Errorf("%s: no column %q, which the model was fitted with%s", t.Name, f.Name,
			spell.Hint(f.Name, t.Names()))
	}
	at, k := f.Position, len(p.Targets)
	switch {
	case len(t.Columns) == p.Width:
	case k > 0 && len(t.Columns) == p.Width-k:
		for _, target := range p.Targets {
			if f.Position > target {
				at--
			}
		}
	default:
		without := ""
		switch {
		case k == 1:
			without = fmt.Sprintf(", or %d without the target", p.Width-1)
		case k > 1:
			without = fmt.Sprintf(", or %d without the targets", p.Width-k)
		}
		return nil, fmt.Errorf("%s: %d columns without a header; the model was fitted with %d%s", t.Name,
			len(t.Columns), p.Width, without)
	}
	return &t.Columns[at], nil
}

// row writes the features of a row.
func (a *applied) row(to []float32, r int) error {
	f, c := a.Fitted, a.c
	if f.Vocabulary != nil {
		f.Vocabulary.Apply(to, c.Text(r))
		return nil
	}
	missing := c.IsMissing(r)
	if f.Spec.Indicator {
		if missing {
			to[len(to)-1] = 1
		}
		to = to[:len(to)-1]
	}
	switch {
	case a.own != nil && a.own[r] != nil:
		copy(to, a.own[r])
		return nil
	case a.encode != nil:
		return a.encode(to, r)
	}
	var x float64
	switch {
	case missing && f.Spec.Impute == "":
		to[0] = 0
		return nil
	case missing:
		x = f.Fill
	case c.Kind == data.Number:
		x = c.Numbers[r]
	default:
		v, err := c.Float(r)
		if err != nil {
			return fmt.Errorf("%w; the model was fitted with numbers", err)
		}
		x = v
	}
	if x <= 0 && positive(f.Spec.Scale) {
		return outside(f.Spec.Scale, x)
	}
	v := f.within(f.log(x))
	scaled := f.scaled(v)
	z := float32(scaled)
	if z-z != 0 {
		return beyond(x)
	}
	to[0] = z
	f.Bins.Apply(to[1:], v)
	for _, b := range to[1 : 1+f.Bins.Len()] {
		if math.IsInf(float64(b), 0) {
			return beyond(x)
		}
	}
	waves(to[1+f.Bins.Len():], f.Frequencies, scaled)
	return nil
}
