package prep

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"gorae/data"
	"gorae/internal/spell"
	"gorae/prep/text"
	"gorae/tensor"
)

// MaxLevels is how many different values a column of text may have to be one-hot
// encoded where nothing is said about it.
const MaxLevels = 50

// Pipeline is the fitted transforms of a table's columns. It is saved as JSON.
type Pipeline struct {
	Columns []Fitted `json:"columns"`         // in the learning table's order, the target left out
	Width   int      `json:"width"`           // columns of the learning table
	Target  int      `json:"target"`          // the target's place among them, −1: none
	Notes   []string `json:"notes,omitempty"` // what was decided without being asked, one line each
}

// Fitted is one column's transform with its statistics.
type Fitted struct {
	Name     string `json:"name"`
	Position int    `json:"position"` // in the learning table, from 0
	Spec     Spec   `json:"spec"`     // complete: nothing left to infer
	ID       bool   `json:"id,omitempty"`

	// A number x becomes (f(x) − Shift) / Divisor, f being log1p or nothing; where
	// x is missing, Fill stands for it, or, with Spec.Impute "", the result is 0.
	Shift   float64 `json:"shift"`
	Divisor float64 `json:"divisor"`
	Fill    float64 `json:"fill"`

	Levels []string `json:"levels,omitempty"` // of an encoded column, in order

	Vocabulary *text.Vocabulary `json:"vocabulary,omitempty"` // of a column of text

	level map[string]int
}

// Fit fits transforms to the rows learn of t (nil: all rows). Specs are by
// column, in the words that data.Table.Find knows; a column without one is
// inferred as Spec says, and dropped with a notice when it is an id
// (data.Table.IsID) or has too many categories. The target is left out; "" is
// none. A column without any value in the learning rows is an error, unless it
// is dropped.
func Fit(t *data.Table, learn []int, target string, specs map[string]Spec) (*Pipeline, error) {
	p := &Pipeline{Width: len(t.Columns), Target: -1}
	if target != "" {
		at, err := t.Find(target)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		p.Target = at
	}
	wish := map[int]Spec{}
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		at, err := t.Find(name)
		if err != nil {
			return nil, fmt.Errorf("features: %w", err)
		}
		if at == p.Target {
			return nil, fmt.Errorf("features: %s is the target; leave it out of the features", t.Columns[at].Name)
		}
		if _, twice := wish[at]; twice {
			return nil, fmt.Errorf("features: %s is named twice", t.Columns[at].Name)
		}
		if err := specs[name].check(); err != nil {
			return nil, fmt.Errorf("features: %s: %w", name, err)
		}
		wish[at] = specs[name]
	}
	if learn == nil {
		learn = make([]int, t.Rows)
		for i := range learn {
			learn[i] = i
		}
	}
	if len(learn) == 0 {
		return nil, fmt.Errorf("%s: no rows to learn from", t.Name)
	}
	if err := p.alone(t, wish); err != nil {
		return nil, err
	}
	rows := t.Select(learn)
	for i := range rows.Columns {
		if i == p.Target {
			continue
		}
		f, note, err := fit(t, rows, i, wish[i])
		if err != nil {
			return nil, err
		}
		f.Position = i
		if note != "" {
			p.Notes = append(p.Notes, f.Name+": "+note)
		}
		p.Columns = append(p.Columns, f)
	}
	if len(p.FeatureNames()) == 0 {
		if i := prose(rows, p.Target, wish); i >= 0 {
			// Nothing else is left to learn from.
			asked := maps.Clone(specs)
			if asked == nil {
				asked = map[string]Spec{}
			}
			asked[t.Columns[i].Name] = Spec{Text: &text.Spec{Words: proseWords, Length: proseLength}}
			return Fit(t, learn, target, asked)
		}
		return nil, fmt.Errorf("%s: every column but the target is dropped; give at least one a transform with features", t.Name)
	}
	return p, p.check()
}

// What becomes of a column of prose where nothing is said about it.
const (
	proseWords  = 20000
	proseLength = 200
)

// prose is the column with the longest texts, of three words or more in the mean, among those
// that nothing is wished for; −1: none.
func prose(rows *data.Table, target int, wish map[int]Spec) int {
	best, most := -1, 0
	for i := range rows.Columns {
		c := &rows.Columns[i]
		if _, wished := wish[i]; wished || i == target || rows.IsID(i) || !text.IsProse(c) {
			continue
		}
		n := 0
		for _, s := range c.Strings {
			n += len(s)
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// alone sees to it that ids for an Embedding are the only features: beside them a
// number would be taken for an id. Columns without a wish are dropped, with a note;
// one with a wish is an error.
func (p *Pipeline) alone(t *data.Table, wish map[int]Spec) error {
	ids := -1
	for i := range t.Columns {
		if s := wish[i].Text; s != nil && s.Ids() {
			ids = i
			break
		}
	}
	if ids < 0 {
		return nil
	}
	for i := range t.Columns {
		s, wished := wish[i]
		switch {
		case i == ids || i == p.Target || s.Drop:
		case wished && s != (Spec{}):
			return fmt.Errorf("features: %s becomes ids for an Embedding, and %s would stand beside them as if it were one; give %s: drop, or %s: {text: {output: tfidf}}",
				t.Columns[ids].Name, t.Columns[i].Name, t.Columns[i].Name, t.Columns[ids].Name)
		default:
			wish[i] = Spec{Drop: true}
			if !t.IsID(i) {
				p.Notes = append(p.Notes, fmt.Sprintf("%s: dropped: beside the ids of %s it would be taken for one", t.Columns[i].Name, t.Columns[ids].Name))
			}
		}
	}
	return nil
}

// index prepares the look-up of levels. A level that is a number is found by any
// spelling of it: 3 and 3.0 are one.
func (f *Fitted) index() {
	f.level = make(map[string]int, len(f.Levels))
	for i, l := range f.Levels {
		f.level[l] = i
	}
	for i, l := range f.Levels {
		if v, err := strconv.ParseFloat(l, 64); err == nil {
			if _, taken := f.level[data.FormatNumber(v)]; !taken {
				f.level[data.FormatNumber(v)] = i
			}
		}
	}
}

// features is the number of features that the column becomes.
func (f *Fitted) features() int {
	n := 0
	switch {
	case f.Spec.Drop:
		return 0
	case f.Vocabulary != nil:
		return f.Vocabulary.Width()
	case f.Spec.Encode == "onehot":
		n = len(f.Levels)
		if f.Spec.Missing {
			n++
		}
	default:
		n = 1
	}
	if f.Spec.Indicator {
		n++
	}
	return n
}

// FeatureNames names the features in order: "Age", "Sex=female", "Age missing".
func (p *Pipeline) FeatureNames() []string {
	var names []string
	for i := range p.Columns {
		f := &p.Columns[i]
		switch {
		case f.Spec.Drop:
			continue
		case f.Vocabulary != nil:
			names = append(names, f.textNames()...)
		case f.Spec.Encode == "onehot":
			for _, l := range f.Levels {
				names = append(names, f.Name+"="+l)
			}
			if f.Spec.Missing {
				names = append(names, f.Name+"=")
			}
		default:
			names = append(names, f.Name)
		}
		if f.Spec.Indicator {
			names = append(names, f.Name+" missing")
		}
	}
	return names
}

// textNames are "review 1", "review 2", … for ids and "review=word" for bags.
func (f *Fitted) textNames() []string {
	v := f.Vocabulary
	names := make([]string, v.Width())
	for i := range names {
		if v.Spec.Ids() {
			names[i] = f.Name + " " + strconv.Itoa(i+1)
		} else {
			names[i] = f.Name + "=" + v.Token(int32(i+2))
		}
	}
	return names
}

// IDs names the columns that only tell rows apart: predictions repeat them.
func (p *Pipeline) IDs() []string {
	var names []string
	for _, f := range p.Columns {
		if f.ID && f.Spec.Drop {
			names = append(names, f.Name)
		}
	}
	return names
}

// Apply turns the rows of t into features, [rows, features]. Columns are matched
// by name; where t has no header, by place, the target's column there or left
// out. Columns that the pipeline does not know, or drops, may be anything. A
// category that was not met in learning has no feature: all of its zeros. Errors
// name the missing column, or the row of a value that is no number.
func (p *Pipeline) Apply(t *data.Table) (*tensor.Tensor, error) {
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: no rows", t.Name)
	}
	width := 0
	for i := range p.Columns {
		width += p.Columns[i].features()
	}
	if t.Rows > mostFeatures/max(1, width) {
		return nil, fmt.Errorf("%s: %d rows of %d features would take %d GiB; give a smaller vocabulary (text: {words: …}), or fewer rows at a time",
			t.Name, t.Rows, width, (int64(t.Rows)*int64(width))>>28)
	}
	out := tensor.New(tensor.Float32, t.Rows, width)
	at := 0
	for i := range p.Columns {
		f := &p.Columns[i]
		n := f.features()
		if n == 0 {
			continue
		}
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
			return fmt.Errorf("%s: %s: %w", t.Place(r), f.Name, err)
		}
	}
	return nil
}

// mostFeatures is how many numbers Apply lays out, 8 GiB of them: beyond, a machine
// that has no such memory would be brought down where a line can say it.
const mostFeatures = 1 << 31

// match finds f's column in t.
func (p *Pipeline) match(t *data.Table, f *Fitted) (*data.Column, error) {
	if !t.Unnamed() {
		for i := range t.Columns {
			if t.Columns[i].Name == f.Name {
				return &t.Columns[i], nil
			}
		}
		return nil, fmt.Errorf("%s: no column %q, which the model was fitted with%s", t.Name, f.Name, spell.Hint(f.Name, t.Names()))
	}
	at := f.Position
	switch {
	case len(t.Columns) == p.Width:
	case p.Target >= 0 && len(t.Columns) == p.Width-1:
		if at > p.Target {
			at--
		}
	default:
		without := ""
		if p.Target >= 0 {
			without = fmt.Sprintf(", or %d without the target", p.Width-1)
		}
		return nil, fmt.Errorf("%s: %d columns without a header; the model was fitted with %d%s", t.Name, len(t.Columns), p.Width, without)
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
	if f.Spec.Encode != "" {
		k, known := f.level[c.Text(r)]
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
	z := float32((f.log(x) - f.Shift) / f.Divisor)
	if math.IsInf(float64(z), 0) || math.IsNaN(float64(z)) {
		return fmt.Errorf("%s is beyond float32 once transformed", data.FormatNumber(x))
	}
	to[0] = z
	return nil
}

// UnmarshalJSON reads a saved pipeline and refuses one that could not have been
// fitted.
func (p *Pipeline) UnmarshalJSON(b []byte) error {
	type plain Pipeline
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("preprocessing: %w", err)
	}
	r := Pipeline(q)
	if err := r.check(); err != nil {
		return fmt.Errorf("preprocessing: %w", err)
	}
	for i := range r.Columns {
		if r.Columns[i].Spec.Encode != "" {
			r.Columns[i].index()
		}
	}
	*p = r
	return nil
}

// check holds the pipeline to what Fit makes.
func (p *Pipeline) check() error {
	if p.Target < -1 || p.Target >= p.Width {
		return fmt.Errorf("target %d of %d columns", p.Target, p.Width)
	}
	names := map[string]bool{}
	for i := range p.Columns {
		f := &p.Columns[i]
		if names[f.Name] {
			return fmt.Errorf("two columns %q", f.Name)
		}
		names[f.Name] = true
		if f.Position < 0 || f.Position >= p.Width || f.Position == p.Target {
			return fmt.Errorf("column %q: position %d of %d columns", f.Name, f.Position, p.Width)
		}
		if err := f.Spec.check(); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
		if (f.Spec.Text != nil) != (f.Vocabulary != nil) {
			return fmt.Errorf("column %q: text without its vocabulary, or a vocabulary without text", f.Name)
		}
		if !f.Spec.Drop && f.Spec.Encode == "" && f.Spec.Scale == "" && f.Spec.Text == nil {
			return fmt.Errorf("column %q: no transform", f.Name)
		}
		for _, v := range []float64{f.Shift, f.Divisor, f.Fill} {
			if math.IsNaN(v) || math.IsInf(v, 0) || f.Divisor == 0 {
				return fmt.Errorf("column %q: (x − %v) / %v with %v for missing values is no transform", f.Name, f.Shift, f.Divisor, f.Fill)
			}
		}
		levels := map[string]bool{}
		for _, l := range f.Levels {
			if levels[l] {
				return fmt.Errorf("column %q: the category %q twice", f.Name, l)
			}
			levels[l] = true
		}
	}
	return nil
}
