package prep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
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
	return p.lay(t, p.inputs()[0])
}

// lay lays out the features of one input.
func (p *Pipeline) lay(t *data.Table, in Input) (*tensor.Tensor, error) {
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
	at := 0
	for _, f := range p.of(in.Columns) {
		n := f.features()
		if err := p.column(t, f, func(r int) []float32 { return out.F32[r*width+at : r*width+at+n] }); err != nil {
			return nil, err
		}
		at += n
	}
	return out, nil
}

// column writes the features of one column, those of row r where to says.
func (p *Pipeline) column(t *data.Table, f *Fitted, to func(r int) []float32) error {
	c, err := p.match(t, f)
	if err != nil {
		return err
	}
	for r := range t.Rows {
		if err := f.apply(to(r), c, r); err != nil {
			return t.ErrorAt(r, f.Name, "%w", err)
		}
	}
	return nil
}

// mostFeatures is the greatest number of values that Apply allocates, 8 GiB: more is an error, in place of a process
// that the system kills.
const mostFeatures = 1 << 31

// match finds f's column in t, and reads it as the training's was: what a row says does not depend on the others.
func (p *Pipeline) match(t *data.Table, f *Fitted) (*data.Column, error) {
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
		if f.Spec.Encode == "" || f.Spec.Encode == "indicator" {
			continue
		}
		c, err := p.match(t, f)
		if err != nil {
			return nil, err
		}
		count, known := 0, 0
		var some []string
		for r := range t.Rows {
			if c.IsMissing(r) {
				continue
			}
			known++
			if _, met := f.level[c.Level(r)]; met {
				continue
			}
			count++
			if s := clip(c.Text(r)); len(some) < 3 && !slices.Contains(some, s) {
				some = append(some, s)
			}
		}
		if count > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s: %d of the %d values are categories that training did not meet "+
				"(%s); they count as none of its %d", t.Name, f.Name, count, known, strings.Join(some, ", "),
				len(f.Levels)))
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

// apply writes the features of row r of c.
func (f *Fitted) apply(to []float32, c *data.Column, r int) error {
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
	if f.Spec.Encode == "indicator" {
		if missing {
			to[0] = 1
		}
		return nil
	}
	if f.Spec.Encode != "" {
		k, known := f.level[c.Level(r)]
		switch {
		case f.Spec.Encode == "integer":
			if known && !missing {
				to[0] = float32(k + 1)
			}
		case missing && f.Spec.Missing:
			to[len(to)-1] = 1
		case known && !missing:
			to[k] = 1
		}
		return nil
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
	v := f.within(f.log(x))
	z := float32((v - f.Shift) / f.Divisor)
	if math.IsInf(float64(z), 0) || math.IsNaN(float64(z)) {
		return fmt.Errorf("%s is beyond float32 once transformed", data.FormatNumber(x))
	}
	to[0] = z
	f.Bins.Apply(to[1:], v)
	for _, b := range to[1 : 1+f.Bins.Len()] {
		if math.IsInf(float64(b), 0) {
			return fmt.Errorf("%s is beyond float32 once transformed", data.FormatNumber(x))
		}
	}
	return nil
}
