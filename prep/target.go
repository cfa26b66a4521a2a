package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/spell"
	"gorae/quantile"
	"gorae/tensor"
)

// Task is the kind of prediction: classes or numbers.
type Task string

const (
	// Classification predicts one of a few classes.
	Classification Task = "classification"
	// Regression predicts a number.
	Regression Task = "regression"
)

var tasks = []string{string(Classification), string(Regression), string(Labels)}

// Target turns the target's values into numbers to learn and back. It is saved
// as JSON with the model.
type Target struct {
	Name string `json:"name"`
	Task Task   `json:"task"`

	// Classes names the classes 0, 1, …: numbers in their order, words in the order
	// of their bytes. Integer labels 0 … k−1 are thereby taken as they are.
	Classes []string `json:"classes,omitempty"`
	// Numbered says that labels are the classes' numbers, not their names: a file
	// of arrays named the classes beside them.
	Numbered bool `json:"numbered,omitempty"`

	// Of a task of labels, Classes are the labels. Separator parts those of a cell; "" where each label has a column of
	// its own, in which an empty cell is 0 if Blank is true, or where they came as an array. Thresholds are the
	// probabilities above which labels are said; nil: 0.5 each. Half says that they stay so.
	Separator  string    `json:"separator,omitempty"`
	Blank      bool      `json:"blank,omitempty"`
	Thresholds []float64 `json:"thresholds,omitempty"`
	Half       bool      `json:"half,omitempty"`

	// Reading is how the column's text became values; nil where there was none.
	Reading *data.Reading `json:"reading,omitempty"`

	// A number y is learnt as (y − Mean) / SD and predicted as z·SD + Mean, in its
	// own units. Mean 0 and SD 1 leave it as it is.
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	// Curve is, of a scale that is no straight line, what takes the place of Mean and SD; nil: they stand.
	Curve *TargetCurve `json:"curve,omitempty"`

	// Quantiles are the levels of the quantiles that are predicted of a number; nil: the number alone is. Naive are
	// those of the training values.
	Quantiles quantile.Levels `json:"quantiles,omitempty"`
	Naive     []float64       `json:"naive,omitempty"`

	// Decision is the rule by which the probabilities of classes become a class; nil: the greatest one.
	Decision *Decision `json:"decision,omitempty"`
	// Conformity is how far predictions of validation samples were from their targets; nil: there were none.
	Conformity *Conformity `json:"conformity,omitempty"`

	class map[string]int
}

// TargetOptions says what is not to be inferred.
type TargetOptions struct {
	Task Task // "" is inferred by InferTask
	Raw  bool // regression: learn the numbers as they are, not standardised
	// Scale is how the numbers of a regression are learnt, a word of TargetScales; "" is zscore, or none with Raw.
	Scale string
	// Separator parts the labels of a cell; "" is inferred by LabelSeparator.
	Separator string
	Half      bool // labels: the thresholds stay 0.5
	// Quantiles are those that are predicted of numbers; nil: the numbers alone.
	Quantiles quantile.Levels
}

// InferTask guesses the task from the target: words are classes; so are whole
// numbers of at most 20 different values that each occur five times on average.
// Other numbers are a regression. Cells that are lists of labels are labels.
func InferTask(c *data.Column) Task {
	if c.Kind == data.Category {
		if _, ok := LabelSeparator(c); ok {
			return Labels
		}
		return Classification
	}
	n := 0
	for i, v := range c.Numbers {
		if c.IsMissing(i) {
			continue
		}
		n++
		if v != math.Trunc(v) {
			return Regression
		}
	}
	if levels := c.Levels(); levels <= 2 || levels <= 20 && n >= 5*levels {
		return Classification
	}
	return Regression
}

// GuessTask returns the guess of InferTask about a target whose values leave its task open: whole numbers, few of them
// different, may be classes or quantities.
func GuessTask(c *data.Column) []data.Guess {
	if c.Kind != data.Number {
		return guessLabels(c)
	}
	levels := c.Levels()
	g := data.Guess{Column: c.Name, Count: levels, Key: "task: regression takes them for quantities"}
	if InferTask(c) == Regression {
		if levels > MaxLevels {
			return nil
		}
		g.Key = "task: classification takes them for classes"
		g.What = fmt.Sprintf("the target's %d different numbers are taken for quantities", levels)
		return []data.Guess{g}
	}
	g.What = fmt.Sprintf("the target's %d different whole numbers are taken for classes", levels)
	return []data.Guess{g}
}

// FitTarget fits the target of t. Classes are named from all rows, for a name
// gives nothing away; mean and sd are those of the rows learn (nil: all). A
// missing target, a single class, words where numbers are wanted, and training
// numbers that are all equal are errors.
func FitTarget(t *data.Table, target string, learn []int, o TargetOptions) (*Target, error) {
	c, err := t.Column(target)
	if err != nil {
		return nil, config.Under("target", err)
	}
	if o.Task != "" && !slices.Contains(tasks, string(o.Task)) {
		return nil, oneOf("task", o.Task, tasks)
	}
	if o.Task == Labels || o.Task == "" && InferTask(c) == Labels {
		if err := noQuantiles(o, c.Name, Labels); err != nil {
			return nil, err
		}
		return FitLabelSet(t, []string{c.Name}, o)
	}
	gone, first := 0, -1
	for i := range c.Len() {
		if c.IsMissing(i) {
			if gone++; first < 0 {
				first = i
			}
		}
	}
	if gone == c.Len() {
		return nil, config.Errorf("target", "%s: the target %s has no value in any row", t.Name, c.Name).
			Fix("name another column")
	}
	if gone > 0 {
		remedy := "remove those rows"
		if mark := strings.TrimSpace(c.Spelling(first)); mark != "" && !slices.Contains(t.Marks, mark) &&
			(o.Task == Classification || o.Task == "" && InferTask(c) == Classification) {
			remedy += fmt.Sprintf(", or give missing: [] where %s is a value like any other", mark)
		}
		return nil, config.Under("target", t.ErrorAt(first, "",
			"the target %s is missing here, in %d of %d rows in all; %s", c.Name, gone, c.Len(), remedy))
	}
	g := &Target{Name: c.Name, Task: o.Task, SD: 1}
	if g.Task == "" {
		g.Task = InferTask(c)
	}
	if g.Task == Regression && c.Kind == data.Category { // names of digits are numbers where they are asked for
		if n, err := c.Numeric(); err == nil {
			c = &n
		}
	}
	if how := c.How(); !reflect.ValueOf(how).IsZero() {
		g.Reading = &how
	}
	if g.Task == Classification {
		if err := noQuantiles(o, c.Name, g.Task); err != nil {
			return nil, err
		}
		_, g.Classes = c.Codes()
		if len(g.Classes) == 1 {
			return nil, config.Errorf("target",
				"%s: the target %s has a single class, %q; there is nothing to tell apart", t.Name, c.Name,
				g.Classes[0])
		}
		g.index()
		return g, nil
	}
	if c.Kind == data.Category {
		return nil, config.Under("target",
			notNumber(t, c, "regression", "name the word in missing, or give task: classification"))
	}
	y := c.Numbers
	if learn != nil {
		y = make([]float64, len(learn))
		for i, r := range learn {
			y[i] = c.Numbers[r]
		}
	}
	g.Quantiles, g.Naive = o.Quantiles, o.Quantiles.Of(y)
	if o.Scale != "" && o.Scale != "zscore" && o.Scale != "none" {
		if err := g.standardise(t.Name, y, true); err != nil {
			return g, err
		}
		return g, g.fitCurve(t, learn, y, o.Scale)
	}
	return g, g.standardise(t.Name, y, o.Raw || o.Scale == "none")
}

// FitLabels fits a target that came as a tensor, [samples] or [samples, 1]:
// integers are classes, floating-point numbers what InferTask makes of them,
// unless the task says otherwise. Names, if given, name the classes 0, 1, ….
func FitLabels(y *tensor.Tensor, names []string, learn []int, o TargetOptions) (*Target, error) {
	if o.Task == Labels {
		return FitLabelArray(y, names, o)
	}
	if is, oneHot := IsLabelArray(y); is && o.Task == "" {
		if oneHot {
			return nil, config.Errorf("labels", "shape %v with a single 1 in each row", y.Shape).
				Fix("classes need their numbers, (samples,); give task: labels where a sample may have several labels")
		}
		return FitLabelArray(y, names, o)
	}
	if err := oneEach(y); err != nil {
		return nil, err
	}
	c := labelColumn(y)
	t := &data.Table{Name: "labels", Columns: []data.Column{c}, Rows: c.Len()}
	if o.Task == "" && y.DType() != tensor.Float32 {
		o.Task = Classification
	}
	g, err := FitTarget(t, c.Name, learn, o)
	if err != nil || g.Task != Classification || names == nil {
		return g, err
	}
	for _, l := range g.Classes {
		if k, err := strconv.Atoi(l); err != nil || k < 0 || k >= len(names) {
			return nil, config.Errorf("labels", "class %s of %d named classes", l, len(names))
		}
	}
	g.Classes, g.Numbered = slices.Clone(names), true
	g.index()
	return g, nil
}

// oneEach returns an error for targets of several numbers per sample.
func oneEach(y *tensor.Tensor) error {
	if len(y.Shape) == 0 || y.Len() != y.Shape[0] {
		return config.Errorf("labels", "shape %v", y.Shape).
			Fix("one label per sample is needed: (samples,) or (samples, 1)")
	}
	return nil
}

// labelColumn returns a tensor's elements as a column.
func labelColumn(y *tensor.Tensor) data.Column {
	return data.ColumnOf("label", y)
}

func (g *Target) standardise(file string, y []float64, raw bool) error {
	if len(y) == 0 {
		return config.Errorf("target", "%s: no rows to train %s on", file, g.Name)
	}
	if slices.Min(y) == slices.Max(y) {
		return config.Errorf("target", "%s: the target %s is %s in all training rows; there is nothing to predict",
			file, g.Name, data.FormatNumber(y[0]))
	}
	if raw {
		return nil
	}
	g.Mean = mean(y)
	g.SD = deviation(y, g.Mean)
	if math.IsInf(g.Mean, 0) || math.IsInf(g.SD, 0) || math.IsNaN(g.SD) || g.SD == 0 {
		return config.Errorf("target", "%s: the target %s goes from %s to %s, beyond what can be standardised",
			file, g.Name, data.FormatNumber(slices.Min(y)), data.FormatNumber(slices.Max(y))).Fix("rescale it")
	}
	return nil
}

func (g *Target) index() {
	if g.Task == Labels { // labels go by their text
		g.class = map[string]int{}
		for k, l := range g.Classes {
			g.class[l] = k
		}
		return
	}
	g.class = indexLevels(g.Classes, g.Reading)
}

// Encode turns a column of targets into what is learnt: for classes Int32
// [rows], for numbers Float32 [rows, 2], standardised: what is learnt, and
// behind it what float32 lacks of it, for metrics (Number); for labels Float32
// [rows, labels] of 0 and 1. The columns are those of g.Columns: one, or several of
// labels. T gives places for errors and may be nil.
func (g *Target) Encode(t *data.Table, columns ...*data.Column) (*tensor.Tensor, error) {
	if t == nil {
		t = &data.Table{}
	}
	c := columns[0]
	if g.Reading != nil {
		read := c.As(*g.Reading)
		c, columns = &read, []*data.Column{&read}
	}
	if g.Task == Labels {
		return g.encodeLabels(t, columns)
	}
	n := c.Len()
	if g.Task == Classification {
		y := tensor.New(tensor.Int32, n)
		for i := range n {
			if c.IsMissing(i) {
				return nil, t.ErrorAt(i, "", "the target %s is missing", g.Name)
			}
			k, ok := g.class[c.Level(i)]
			if !ok {
				return nil, t.ErrorAt(i, g.Name, "%q is none of the model's %d classes%s", c.Text(i), len(g.Classes),
					spell.Hint(c.Text(i), g.Classes))
			}
			y.I32[i] = int32(k)
		}
		return y, nil
	}
	y := tensor.New(tensor.Float32, n, 2)
	for i := range n {
		if c.IsMissing(i) {
			return nil, t.ErrorAt(i, "", "the target %s is missing", g.Name)
		}
		v, err := c.Float(i)
		if err != nil {
			return nil, t.ErrorAt(i, g.Name, "%w", err)
		}
		z := y.F32[2*i : 2*i+2]
		if g.Curve == nil {
			tensor.Split((v-g.Mean)/g.SD, z)
		} else if err := g.Curve.takes(v); err != nil {
			return nil, t.ErrorAt(i, g.Name, "%w", err)
		} else {
			g.Curve.learn(v, z)
		}
		if z[0]-z[0] != 0 || z[1]-z[1] != 0 {
			return nil, t.ErrorAt(i, g.Name, "%s is beyond float32", data.FormatNumber(v))
		}
	}
	return y, nil
}

// EncodeLabels encodes targets in a tensor as Encode does those of a table.
func (g *Target) EncodeLabels(y *tensor.Tensor) (*tensor.Tensor, error) {
	if g.Task == Labels {
		return g.encodeArray(y)
	}
	if err := oneEach(y); err != nil {
		return nil, err
	}
	c := labelColumn(y)
	if !g.Numbered {
		return g.Encode(nil, &c)
	}
	out := tensor.New(tensor.Int32, c.Len())
	for i := range c.Len() {
		v, err := c.Float(i)
		if err != nil {
			return nil, fmt.Errorf("row %d: label %w", i+1, err)
		}
		if v != math.Trunc(v) || v < 0 || v >= float64(len(g.Classes)) {
			return nil, fmt.Errorf("row %d: label %s is none of the %d classes 0 to %d", i+1, data.FormatNumber(v),
				len(g.Classes), len(g.Classes)-1)
		}
		out.I32[i] = int32(v)
	}
	return out, nil
}

// Value returns a network's output z in the target's units: z·SD + Mean.
func (g *Target) Value(z float32) float64 {
	if g.Curve != nil {
		return g.Curve.value(float64(z))
	}
	return float64(z)*g.SD + g.Mean
}

// Point returns what the outputs of a sample say of the number, in the target's units: the value of the only one, or
// of the quantile nearest to the median.
func (g *Target) Point(outputs []float32) float64 {
	if len(g.Quantiles) == 0 {
		return g.Value(outputs[0])
	}
	return g.Value(quantile.Arranged(outputs)[g.Quantiles.Middle()])
}

// Spread returns the quantiles of the number that the outputs of a sample say, in the target's units and in rising
// order.
func (g *Target) Spread(outputs []float32) []float64 {
	var out []float64
	for _, z := range quantile.Arranged(outputs) {
		out = append(out, g.Value(z))
	}
	return out
}

// Number returns an encoded number in the target's units: 48 bits of it, where Value of what is learnt has 24.
func (g *Target) Number(y []float32) float64 {
	if g.Curve != nil {
		return g.Curve.Map.Invert(float64(y[0])) + float64(y[1])
	}
	return tensor.Sum(y)*g.SD + g.Mean
}

// Output returns the output that predicts v in the target's units.
func (g *Target) Output(v float64) float32 {
	switch {
	case g.Curve == nil:
		return float32((v - g.Mean) / g.SD)
	case g.Curve.takes(v) != nil:
		return float32(g.Curve.Low)
	}
	return float32(g.Curve.Map.Apply(v))
}

// Scaled reports whether what is learnt is not the number itself.
func (g *Target) Scaled() bool { return g.Mean != 0 || g.SD != 1 || g.Curve != nil }

// learnt returns what is learnt of an encoded number, in float64 where it has the digits.
func (g *Target) learnt(y []float32) float64 {
	if g.Curve != nil {
		return float64(y[0])
	}
	return tensor.Sum(y)
}

// UnmarshalJSON reads a saved target and refuses one that could not have been
// fitted.
func (g *Target) UnmarshalJSON(b []byte) error {
	type plain Target
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	r := Target(q)
	switch r.Task {
	case Classification, Labels:
		seen := map[string]bool{}
		for _, c := range r.Classes {
			if seen[c] {
				return fmt.Errorf("target: the class %q twice", c)
			}
			seen[c] = true
		}
		if len(r.Classes) < 2 {
			return fmt.Errorf("target: %d classes; there are 2 or more", len(r.Classes))
		}
		if err := r.checkLabels(); err != nil {
			return err
		}
		r.index()
	case Regression:
		if !(r.SD > 0) || math.IsInf(r.SD, 0) {
			return fmt.Errorf("target: sd %v is not above 0", r.SD)
		}
		if r.Curve != nil {
			if readCurve == nil {
				return fmt.Errorf("target: the scale %s; the program has to import gorae/prep/columns", r.Curve.Scale)
			}
			if err := readCurve(r.Curve); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("target: %w", oneOf("task", fmt.Sprintf("%q", r.Task), tasks))
	}
	if err := r.checkQuantiles(); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	if r.Decision != nil {
		if r.Task != Classification {
			return fmt.Errorf("target: a decision among the classes of a %s", r.Task)
		}
		if err := r.Decision.check(len(r.Classes)); err != nil {
			return err
		}
	}
	if r.Conformity != nil {
		if err := r.Conformity.check(); err != nil {
			return err
		}
	}
	*g = r
	return nil
}
