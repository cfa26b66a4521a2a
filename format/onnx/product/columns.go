package product

import (
	"math"

	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
)

// features is the features of columns side by side, of that shape for a sample.
func (p *product) features(columns []*prep.Fitted, shape []int) emit.Tensor {
	if len(columns) == 1 && columns[0].Vocabulary != nil && columns[0].Vocabulary.Spec.Ids() {
		return p.tokens(columns[0])
	}
	var parts []string
	for i := 0; i < len(columns); i++ {
		var run []*prep.Fitted // of columns that are only scaled, which one node does at once
		for i < len(columns) && plain(columns[i]) {
			run = append(run, columns[i])
			i++
		}
		if len(run) > 0 {
			parts = append(parts, p.scaled(run))
		}
		if i < len(columns) {
			parts = append(parts, p.column(columns[i])...)
		}
	}
	name := parts[0]
	if len(parts) > 1 {
		name = p.f.One("features", "Concat", parts, emit.Int("axis", 1))
	}
	return emit.Tensor{Name: name, Elem: pb.F32, Dims: batch(shape...)}
}

// plain reports whether a column becomes one number, which is imputed and scaled along a line.
func plain(c *prep.Fitted) bool {
	return c.Vocabulary == nil && c.Spec.Encode == nil && c.Spec.Cross == nil && !c.Spec.Indicator &&
		c.Bins.Len() == 0 && !c.Spec.Log1p && c.Curve == nil && c.Frequencies == nil && c.Fence == nil
}

// scaled is columns of numbers side by side, imputed and scaled: a missing number that is to be 0 once scaled is
// imputed by the number that becomes 0.
func (p *product) scaled(columns []*prep.Fitted) string {
	var in []string
	var fill, offset, scale []float32
	for _, c := range columns {
		in = append(in, p.number(c, pb.F32))
		v := c.Shift
		if c.Spec.Impute != "" {
			v = c.Fill
		}
		fill, offset = append(fill, float32(v)), append(offset, float32(c.Shift))
		scale = append(scale, float32(1/c.Divisor))
	}
	x := in[0]
	if len(in) > 1 {
		x = p.f.One("numbers", "Concat", in, emit.Int("axis", 1))
	}
	x = p.f.MLNode("numbers", "Imputer", []string{x}, 1, emit.Numbers("imputed_value_floats", fill...),
		emit.Number("replaced_value_float", math.NaN()))[0]
	return p.f.MLNode("numbers", "Scaler", []string{x}, 1, emit.Numbers("offset", offset...),
		emit.Numbers("scale", scale...))[0]
}

// outside lets the file take the features of a column that ONNX cannot make.
func (p *product) outside(c *prep.Fitted, what string, width int) []string {
	t := p.input(c.Name+"_features", pb.F32, width)
	p.note("%s: ONNX has no operator for its transform (%s); the file takes its features as the input %s", c.Name, what,
		t.Name)
	return []string{t.Name}
}

// column is the features of a column that is not only scaled.
func (p *product) column(c *prep.Fitted) []string {
	switch {
	case c.Spec.Cross != nil:
		if y, ok := p.crossed(c); ok {
			return y
		}
		width := c.Encoded.Width()
		if c.Spec.Indicator {
			width++
		}
		return p.outside(c, "cross", width)
	case c.Vocabulary != nil:
		return p.bag(c)
	case c.Encoded != nil:
		return p.encoded(c)
	}
	return p.measured(c)
}

// measured is a column of numbers with all that it may become.
func (p *product) measured(c *prep.Fitted) []string {
	f := p.f
	one := func(op string, in ...string) string { return f.One(c.Name, op, in) }
	vector := func(name string, v []float32) string {
		return f.Floats(c.Name+"/"+name, []int64{1, int64(len(v))}, v...)
	}
	width := 1 + c.Bins.Len() + 2*len(c.Frequencies)
	curve, known := categories.CurveOf(c)
	if c.Curve != nil && !known {
		if c.Spec.Indicator {
			width++
		}
		return p.outside(c, prep.Scales.Word(c.Spec.Scale), width)
	}
	x := p.number(c, pb.F32)
	gone := one("IsNaN", x)
	fill := c.Fill
	if c.Spec.Impute == "" { // what becomes of it is not used
		fill = 1
	}
	v := one("Where", gone, f.Scalar(fill), x)
	if c.Spec.Log1p {
		v = p.signedLog(c.Name, v)
	}
	if c.Fence != nil {
		v = one("Min", one("Max", v, f.Scalar(c.Fence.Low)), f.Scalar(c.Fence.High))
	}
	var z string
	if c.Curve != nil {
		z = curves{f, c.Name}.apply(curve, v)
	} else {
		z = one("Div", one("Sub", v, f.Scalar(c.Shift)), f.Scalar(c.Divisor))
	}
	parts := []string{z}
	if n := c.Bins.Len(); n > 0 {
		var from, by, low, high []float32
		for i := range n {
			from, by = append(from, float32(c.Bins[i])), append(by, float32(c.Bins[i+1]-c.Bins[i]))
			low, high = append(low, 0), append(high, 1)
		}
		low[0], high[n-1] = -math.MaxFloat32, math.MaxFloat32
		b := one("Div", one("Sub", v, vector("edges", from)), vector("widths", by))
		parts = append(parts, one("Min", one("Max", b, vector("lowest", low)), vector("highest", high)))
	}
	if n := len(c.Frequencies); n > 0 {
		var by []float32
		for _, q := range c.Frequencies {
			by = append(by, float32(2*math.Pi*q))
		}
		w := f.Unsqueeze(c.Name, one("Mul", z, vector("frequencies", by)), 2)
		both := f.One(c.Name, "Concat", []string{one("Sin", w), one("Cos", w)}, emit.Int("axis", 2))
		parts = append(parts, one("Reshape", both, f.List("shape", -1, 2*n)))
	}
	y := parts[0]
	if len(parts) > 1 {
		y = f.One(c.Name, "Concat", parts, emit.Int("axis", 1))
	}
	if c.Spec.Impute == "" {
		y = one("Where", gone, f.Scalar(0), y)
	}
	if c.Spec.Indicator {
		return []string{y, f.Cast(c.Name, gone, pb.F32)}
	}
	return []string{y}
}

// signedLog is sign(x)·ln(1 + |x|).
func (p *product) signedLog(label, x string) string {
	log := p.f.One(label, "Log", []string{p.f.One(label, "Add", []string{p.f.One(label, "Abs", []string{x}),
		p.f.Scalar(1)})})
	return p.f.One(label, "Mul", []string{p.f.One(label, "Sign", []string{x}), log})
}

// tokens is a column of text that becomes ids: its tokens go in, laid out as the ids are, "" where there is none.
func (p *product) tokens(c *prep.Fitted) emit.Tensor {
	v := c.Vocabulary
	if v.Spec.Unit == "pair" {
		t := p.input(c.Name+"_ids", pb.I32, v.Spec.Length)
		p.note("%s: ONNX has no operator for its transform (%s); the file takes its features as the input %s", c.Name,
			"byte pairs", t.Name)
		return t
	}
	t := p.input(c.Name, pb.Text, v.Spec.Length)
	p.note("%s: ONNX has no operator that cuts texts as in training; the file takes %d tokens of a text, empty where "+
		"there is none", c.Name, v.Spec.Length)
	keys, values := []string{""}, []int64{0}
	for i, token := range v.Tokens {
		if token != "" {
			keys, values = append(keys, token), append(values, int64(i+2))
		}
	}
	ids := p.f.MLNode(c.Name, "LabelEncoder", []string{t.Name}, 1, emit.Texts("keys_strings", keys...),
		&pb.Attribute{Name: "values_int64s", Type: pb.Ints, Ints: values}, emit.Int("default_int64", 1))[0]
	return emit.Tensor{Name: ids, Elem: pb.I64, Dims: t.Dims}
}
