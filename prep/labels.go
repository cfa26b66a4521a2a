package prep

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/spell"
	"gorae/tensor"
)

// Labels predicts for each of several labels whether a sample has it: a picture with a dog and a person, a document of
// several topics.
const Labels Task = "labels"

// separators are the marks that may part the labels of a cell, in the order in which they are tried.
var separators = []string{"|", ";", ","}

// Lists of labels are told from other text by these bounds.
const (
	listShare = 0.05 // of the cells that are not empty, at least, hold more than one label
	listUses  = 5    // cells a label has on average, at least
)

// LabelSeparator returns the mark that parts the labels of a column whose cells are lists of labels: one of |, ; and
// the comma. A column is taken for such where at least 5 % of its cells hold the mark, and the labels are few: no
// more than the different cells, each in five cells or more on average. ok is false for any other column.
func LabelSeparator(c *data.Column) (separator string, ok bool) {
	if c.Kind != data.Category {
		return "", false
	}
	for _, s := range separators {
		cells, labels := map[string]bool{}, map[string]bool{}
		filled, several, uses := 0, 0, 0
		for i := range c.Len() {
			list := cellLabels(c, i, s)
			if len(list) == 0 {
				continue
			}
			filled++
			if len(list) > 1 {
				several++
			}
			uses += len(list)
			cells[c.Text(i)] = true
			for _, l := range list {
				labels[l] = true
			}
		}
		if float64(several) >= listShare*float64(filled) && several > 0 && len(labels) <= len(cells) &&
			uses >= listUses*len(labels) {
			return s, true
		}
	}
	return "", false
}

// guessLabels returns the guess about a column of text that is taken for lists of labels.
func guessLabels(c *data.Column) []data.Guess {
	s, ok := LabelSeparator(c)
	if !ok {
		return nil
	}
	labels := map[string]bool{}
	for i := range c.Len() {
		for _, l := range cellLabels(c, i, s) {
			labels[l] = true
		}
	}
	return []data.Guess{{Column: c.Name, Count: len(labels),
		What: fmt.Sprintf("the target's cells are taken for lists of %d labels, parted by %q", len(labels), s),
		Key:  "task: classification takes each cell for one class"}}
}

// cellLabels returns the different labels of a cell, without the space around them; none of an empty one.
func cellLabels(c *data.Column, i int, separator string) []string {
	if c.IsMissing(i) {
		return nil
	}
	var out []string
	for l := range strings.SplitSeq(c.Text(i), separator) {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// marked returns the value of a column of one label: 1 or true where the sample has it, 0 or false where it has not. ok
// is false for any other value.
func marked(c *data.Column, i int) (has, ok bool) {
	switch strings.ToLower(strings.TrimSpace(c.Text(i))) {
	case "1", "1.0", "true":
		return true, true
	case "0", "0.0", "false":
		return false, true
	}
	return false, false
}

// Marked reports whether a column says of each row whether it has one label: 0 and 1, or false and true, and missing
// values.
func Marked(c *data.Column) bool {
	some := false
	for i := range c.Len() {
		if c.IsMissing(i) {
			continue
		}
		if _, ok := marked(c, i); !ok {
			return false
		}
		some = true
	}
	return some
}

// FitLabelSet fits a target of labels to columns of a table: to one whose cells are lists of labels, or to several,
// each of which says by 0 and 1 of one label whether a row has it. o.Separator parts the labels of a cell; "" is found
// by LabelSeparator, or the first of |, ; and the comma that a cell holds. A row without labels has none: its cell is
// empty, or all its columns are 0. Columns of labels that hold 1 and empty cells, and no 0, take the empty ones for 0;
// else an empty cell is an error, for nobody has said whether the row has the label.
func FitLabelSet(t *data.Table, columns []string, o TargetOptions) (*Target, error) {
	var cs []*data.Column
	for _, name := range columns {
		c, err := t.Column(name)
		if err != nil {
			return nil, config.Under("target", err)
		}
		cs = append(cs, c)
	}
	if len(cs) == 1 {
		return fitList(t, cs[0], o)
	}
	g := &Target{Name: "labels", Task: Labels, SD: 1, Blank: true, Half: o.Half}
	for _, c := range cs {
		if slices.Contains(g.Classes, c.Name) {
			return nil, config.Errorf("target", "%s is named twice", c.Name)
		}
		g.Classes = append(g.Classes, c.Name)
		for i := range c.Len() {
			if has, ok := marked(c, i); ok && !has {
				g.Blank = false
			}
		}
	}
	if slices.Contains(g.Classes, g.Name) {
		g.Name = "label_set"
	}
	if _, err := g.Encode(t, cs...); err != nil {
		return nil, config.Under("target", err)
	}
	g.index()
	return g, nil
}

// fitList fits a target of labels to a column of lists.
func fitList(t *data.Table, c *data.Column, o TargetOptions) (*Target, error) {
	g := &Target{Name: c.Name, Task: Labels, SD: 1, Separator: o.Separator, Half: o.Half}
	if g.Separator == "" {
		g.Separator, _ = LabelSeparator(c)
	}
	for _, s := range separators {
		if g.Separator == "" && slices.ContainsFunc(data.Range(c.Len()), func(i int) bool {
			return !c.IsMissing(i) && strings.Contains(c.Text(i), s)
		}) {
			g.Separator = s
		}
	}
	if g.Separator == "" {
		return nil, config.Errorf("target", "%s: no cell of %s holds several labels parted by | or ; or a comma",
			t.Name,
			c.Name).Fix("give label_separator, or task: classification for one class to a row")
	}
	if how := c.How(); !reflect.ValueOf(how).IsZero() {
		g.Reading = &how
	}
	known := map[string]bool{}
	for i := range c.Len() {
		for _, l := range cellLabels(c, i, g.Separator) {
			if !known[l] {
				known[l] = true
				g.Classes = append(g.Classes, l)
			}
		}
	}
	if len(g.Classes) < 2 {
		return nil, config.Errorf("target", "%s: %s holds %d different labels; there are 2 or more", t.Name, c.Name,
			len(g.Classes)).Fix("give task: classification for one class to a row")
	}
	slices.SortFunc(g.Classes, byNumber)
	g.index()
	return g, nil
}

// byNumber compares names: numbers by size before words, words by their bytes.
func byNumber(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil && x != y:
		if x < y {
			return -1
		}
		return 1
	case errX == nil && errY != nil:
		return -1
	case errX != nil && errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// FitLabelArray fits a target of labels to an array [samples, labels] of 0 and 1. Names, if given, name the labels;
// else their numbers from 0 do.
func FitLabelArray(y *tensor.Tensor, names []string, o TargetOptions) (*Target, error) {
	g := &Target{Name: "labels", Task: Labels, SD: 1, Numbered: true, Half: o.Half}
	if len(y.Shape) != 2 || y.Shape[1] < 2 {
		return nil, config.Errorf("labels", "shape %v", y.Shape).
			Fix("task: labels needs an array of 0 and 1 of shape (samples, labels), of 2 labels or more")
	}
	for k := range y.Shape[1] {
		g.Classes = append(g.Classes, strconv.Itoa(k))
	}
	if len(names) > 0 {
		if len(names) != len(g.Classes) {
			return nil, config.Errorf("labels", "%d names for %d labels", len(names), len(g.Classes))
		}
		g.Classes = slices.Clone(names)
	}
	g.index()
	_, err := g.encodeArray(y)
	return g, err
}

// IsLabelArray reports whether an array holds the labels of samples: [samples, labels] of 0 and 1, of 2 labels or more.
// oneHot is true where each row has a single 1, as classes that are encoded one-hot have, too.
func IsLabelArray(y *tensor.Tensor) (is, oneHot bool) {
	if len(y.Shape) != 2 || y.Shape[1] < 2 || y.Shape[0] == 0 {
		return false, false
	}
	k, some := y.Shape[1], false
	oneHot = true
	for i := range y.Shape[0] {
		ones := 0
		for j := range k {
			switch y.Float(i*k + j) {
			case 0:
			case 1:
				ones++
			default:
				return false, false
			}
		}
		oneHot, some = oneHot && ones == 1, some || ones > 0
	}
	return some, oneHot
}

// Columns returns the columns of a table that the target is read from: of labels with a column each those, else one of
// the target's name.
func (g *Target) Columns() []string {
	if g.Task == Labels && g.Separator == "" {
		return g.Classes
	}
	return []string{g.Name}
}

// encodeLabels returns the labels of rows as 0 and 1, Float32 [rows, labels].
func (g *Target) encodeLabels(t *data.Table, cs []*data.Column) (*tensor.Tensor, error) {
	k := len(g.Classes)
	y := tensor.New(tensor.Float32, cs[0].Len(), k)
	if g.Separator != "" {
		for i := range y.Shape[0] {
			for _, l := range cellLabels(cs[0], i, g.Separator) {
				at, ok := g.class[l]
				if !ok {
					return nil, t.ErrorAt(i, g.Name, "%q is none of the model's %d labels%s", l, k,
						spell.Hint(l, g.Classes))
				}
				y.F32[i*k+at] = 1
			}
		}
		return y, nil
	}
	if len(cs) != k {
		return nil, fmt.Errorf("%d columns for the %d labels of %s", len(cs), k, g.Name)
	}
	for j, c := range cs {
		for i := range c.Len() {
			if c.IsMissing(i) {
				if g.Blank {
					continue
				}
				return nil, t.ErrorAt(i, "", "the label %s is neither 0 nor 1 here but missing; write 0 where the row "+
					"has it not, or remove such rows", c.Name)
			}
			has, ok := marked(c, i)
			if !ok {
				return nil, t.ErrorAt(i, c.Name, "%q says not whether the row has the label; give 0 or 1", c.Text(i))
			}
			if has {
				y.F32[i*k+j] = 1
			}
		}
	}
	return y, nil
}

// encodeArray returns an array of 0 and 1 as what is learnt.
func (g *Target) encodeArray(y *tensor.Tensor) (*tensor.Tensor, error) {
	k := len(g.Classes)
	if len(y.Shape) != 2 || y.Shape[1] != k {
		return nil, config.Errorf("labels", "shape %v", y.Shape).Fix("%d labels need (samples, %[1]d)", k)
	}
	out := tensor.New(tensor.Float32, y.Shape...)
	for i := range y.Len() {
		v := y.Float(i)
		if v != 0 && v != 1 {
			return nil, config.Errorf("labels", "row %d: label %s is %s, neither 0 nor 1", i/k+1, g.Classes[i%k],
				data.FormatNumber(v))
		}
		out.F32[i] = float32(v)
	}
	return out, nil
}

// Threshold returns the probability above which label k is said.
func (g *Target) Threshold(k int) float64 {
	if g.Thresholds == nil {
		return 0.5
	}
	return g.Thresholds[k]
}

// Join returns labels as one text, as a cell of the column has them: parted by the target's separator, or by the first
// of |, ; and the comma that no label holds.
func (g *Target) Join(labels []string) string {
	s := g.Separator
	for _, mark := range separators {
		if s == "" && !slices.ContainsFunc(g.Classes, func(l string) bool { return strings.Contains(l, mark) }) {
			s = mark
		}
	}
	if s == "" {
		s = separators[0]
	}
	return strings.Join(labels, s)
}

// checkLabels refuses a saved target of labels that could not have been fitted.
func (g *Target) checkLabels() error {
	if g.Task != Labels {
		if g.Separator != "" || g.Blank || g.Half || g.Thresholds != nil {
			return fmt.Errorf("target: separators and thresholds of labels, but the task is %s", g.Task)
		}
		return nil
	}
	for _, l := range g.Classes {
		if l == "" || g.Separator != "" && strings.Contains(l, g.Separator) {
			return fmt.Errorf("target: %q is no label", l)
		}
	}
	if g.Thresholds != nil && (g.Half || len(g.Thresholds) != len(g.Classes)) {
		return fmt.Errorf("target: %d thresholds of %d labels", len(g.Thresholds), len(g.Classes))
	}
	for _, t := range g.Thresholds {
		if math.IsNaN(t) || t < 0 || t > 1 {
			return fmt.Errorf("target: the threshold %v is no probability", t)
		}
	}
	return nil
}
