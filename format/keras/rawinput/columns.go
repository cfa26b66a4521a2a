package rawinput

import (
	"encoding/json"
	"math"
	"slices"

	"gorae/format"
	"gorae/format/internal/categories"
	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/prep"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// features is the features of columns side by side.
func (p *product) features(columns []*prep.Fitted) *model.Value {
	if len(columns) == 1 && columns[0].Vocabulary != nil && columns[0].Vocabulary.Spec.Ids() {
		return p.ids(columns[0])
	}
	var parts []*model.Value
	for i := 0; i < len(columns); i++ {
		var run []*prep.Fitted // of columns that are only scaled, which one layer does at once
		for i < len(columns) && plain(columns[i]) && (len(run) == 0 || gone(columns[i]) == gone(run[0])) {
			run = append(run, columns[i])
			i++
		}
		if len(run) > 0 {
			parts = append(parts, p.scaled(run))
			i--
			continue
		}
		parts = append(parts, p.column(columns[i])...)
	}
	return beside(parts)
}

// plain reports whether a column becomes one number, which is imputed and scaled along a line.
func plain(c *prep.Fitted) bool {
	return c.Vocabulary == nil && c.Spec.Encode == nil && c.Spec.Cross == nil && !c.Spec.Indicator &&
		c.Bins.Len() == 0 && !c.Spec.Log1p && c.Curve == nil && c.Frequencies == nil && c.Fence == nil &&
		len(categories.Marks(c)) == 0
}

// gone is what a missing number is once it is scaled, of a plain column.
func gone(c *prep.Fitted) float32 {
	if c.Spec.Impute == "" {
		return 0
	}
	return float32((c.Fill - c.Shift) / c.Divisor)
}

// scaled is columns of numbers side by side, scaled, and then imputed by the number that a missing one becomes.
func (p *product) scaled(columns []*prep.Fitted) *model.Value {
	var in []*model.Value
	var shift, divisor []float64
	for _, c := range columns {
		in = append(in, p.number(c.Name))
		shift, divisor = append(shift, c.Shift), append(divisor, c.Divisor)
	}
	x := model.Apply(normalization(shift, divisor, 1), beside(in))
	return instead(x, float64(gone(columns[0])))
}

// instead is x, with v in the place of NaN.
func instead(x *model.Value, v float64) *model.Value {
	return op("where", ops.Args{"x1": v}, op("isnan", nil, x), x)
}

// missing is whether the number of a column is missing: NaN, or one that marks a missing value.
func (p *product) missing(c *prep.Fitted) *model.Value {
	x := p.number(c.Name)
	y := op("isnan", nil, x)
	for _, mark := range categories.Marks(c) {
		y = op("logical_or", nil, y, op("equal", ops.Args{"x2": mark}, x))
	}
	return y
}

// flag is 1 where a truth holds, else 0.
func flag(x *model.Value) *model.Value { return op("cast", ops.Args{"dtype": "float32"}, x) }

// outside lets the model take the features of a column that Keras has no layers for.
func (p *product) outside(c *prep.Fitted, what string, width int) []*model.Value {
	name := p.name(c.Name + "_features")
	p.note("%s: Keras has no layer for its transform (%s); the model takes its features as the input %s", c.Name, what,
		name)
	return []*model.Value{p.input(name, layer.Input{Base: layer.Base{Name: name}, Shape: []int{width}})}
}

// column is the features of a column that is not only scaled.
func (p *product) column(c *prep.Fitted) []*model.Value {
	switch {
	case c.Spec.Cross != nil:
		return p.outside(c, "cross", c.Encoded.Width())
	case c.Vocabulary != nil:
		return p.bag(c)
	case c.Encoded != nil:
		return p.encoded(c)
	}
	return p.measured(c)
}

// measured is a column of numbers with all that it may become.
func (p *product) measured(c *prep.Fitted) []*model.Value {
	line := prep.Linear{Shift: c.Shift, Divisor: c.Divisor}
	if c.Curve != nil {
		_, robust := c.Spec.Scale.(prep.Robust)
		if !robust || json.Unmarshal(c.RawCurve, &line) != nil {
			width := 1 + c.Bins.Len() + 2*len(c.Frequencies)
			if c.Spec.Indicator {
				width++
			}
			return p.outside(c, prep.Scales.Word(c.Spec.Scale), width)
		}
	}
	x := p.number(c.Name)
	fill := c.Fill
	if c.Spec.Impute == "" { // what becomes of it is not used
		fill = 1
	}
	missing := p.missing(c)
	v := op("where", ops.Args{"x1": fill}, missing, x)
	if c.Spec.Log1p { // sign(x)·ln(1 + |x|)
		v = op("multiply", nil, op("sign", nil, v), op("log1p", nil, op("absolute", nil, v)))
	}
	if c.Fence != nil {
		v = op("clip", ops.Args{"x_min": c.Fence.Low, "x_max": c.Fence.High}, v)
	}
	z := model.Apply(normalization([]float64{line.Shift}, []float64{line.Divisor}, 1), v)
	if c.Curve != nil { // z / √(1 + (z/3)²)
		third := op("true_divide", ops.Args{"x2": 3.0}, z)
		z = op("true_divide", nil, z, op("sqrt", nil, op("add", ops.Args{"x2": 1.0}, op("square", nil, third))))
	}
	parts := []*model.Value{z}
	for i := range c.Bins.Len() {
		width := c.Bins[i+1] - c.Bins[i]
		limits := ops.Args{"x_min": 0.0, "x_max": 1.0}
		if i == 0 {
			limits["x_min"] = -math.MaxFloat32
		}
		if i == c.Bins.Len()-1 {
			limits["x_max"] = math.MaxFloat32
		}
		parts = append(parts, op("clip", limits, affine(v, 1/width, -c.Bins[i]/width)))
	}
	for _, q := range c.Frequencies {
		w := affine(z, 2*math.Pi*q, 0)
		parts = append(parts, op("sin", nil, w), op("cos", nil, w))
	}
	y := beside(parts)
	if c.Spec.Impute == "" {
		y = p.zeroed(y, flag(missing))
	}
	if c.Spec.Indicator {
		return []*model.Value{y, flag(missing)}
	}
	return []*model.Value{y}
}

// zeroed is y, with zeros in the samples whose flag is 1.
func (p *product) zeroed(y, flag *model.Value) *model.Value {
	return op("multiply", nil, y, op("subtract", ops.Args{"x1": 1.0}, flag))
}

// index is the indices of a column of texts: 0 of a missing one, 1 of one that is none of the levels, 2 of the first,
// and behind the last those of marks.
func (p *product) index(c *prep.Fitted, levels, marks []string) *model.Value {
	key := c.Name + "/index"
	if v := p.columns[key]; v != nil {
		return v
	}
	l := lookup.StringLookup{MaskToken: new(string), OOVToken: "[UNK]"}
	for _, v := range slices.Concat(levels, marks) {
		if v != "" {
			l.Vocabulary = append(l.Vocabulary, v)
		}
		for v == l.OOVToken {
			l.OOVToken += "_"
		}
	}
	return p.looked(c, key, "_index", l)
}

// looked is the input of the numbers that a layer on strings makes of a column.
func (p *product) looked(c *prep.Fitted, key, suffix string, l lookup.Layer) *model.Value {
	shape, err := l.Shape(tensor.Shape{1})
	if err != nil {
		panic(err) // of a vocabulary that was fitted
	}
	t := format.TextInput{Name: p.name(c.Name + suffix), Source: p.source(c.Name), Sample: tensor.Shape{1},
		Shape: shape, Layer: l}
	in := layer.Input{Base: layer.Base{Name: t.Name}, Shape: shape, DType: "int32"}
	if v, ok := l.(lookup.TextVectorization); ok && v.Output != "int" {
		in.DType = "float32"
	}
	p.texts = append(p.texts, t)
	return p.input(key, in)
}

// source is the name of the input of a column of texts.
func (p *product) source(column string) string {
	if p.sources[column] == "" {
		p.sources[column] = p.name(column)
	}
	return p.sources[column]
}
