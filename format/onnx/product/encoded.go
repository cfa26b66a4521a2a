package product

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
)

// encoded is the features of an encoded column.
func (p *product) encoded(c *prep.Fitted) []string {
	width := c.Encoded.Width()
	indicator := func(y string, gone func() string) []string {
		if c.Spec.Indicator {
			return []string{y, p.f.Cast(c.Name, gone(), pb.F32)}
		}
		return []string{y}
	}
	switch e := c.Spec.Encode.(type) {
	case prep.Indicator, *prep.Indicator:
		return []string{p.f.Cast(c.Name, p.gone(c, categories.Numeric(c, []string{"text"})), pb.F32)}
	case prep.KBins:
		if edges, ok := categories.Edges(c); ok {
			return indicator(p.bins(c, edges, e.Encode == "integer"), func() string { return p.gone(c, true) })
		}
	case *prep.KBins:
		if edges, ok := categories.Edges(c); ok {
			return indicator(p.bins(c, edges, e.Encode == "integer"), func() string { return p.gone(c, true) })
		}
	}
	if k, ok := categories.CalendarOf(c); ok {
		return p.calendar(c, k)
	}
	t, ok := categories.Of(c)
	if !ok {
		if c.Spec.Indicator {
			width++
		}
		return p.outside(c, prep.Encoders.Word(c.Spec.Encode), width)
	}
	if t.Folded {
		t = p.spelled(c, t)
	}
	if categories.Numeric(c, t.Levels) {
		return indicator(p.numberTable(c, t, width), func() string { return p.gone(c, true) })
	}
	return indicator(p.textTable(c, t), func() string { return p.gone(c, false) })
}

// gone is whether a value is missing.
func (p *product) gone(c *prep.Fitted, number bool) string {
	if number {
		return p.f.One(c.Name, "IsNaN", []string{p.number(c, pb.F32)})
	}
	words := append(categories.Words(c, nil), "")
	code := p.f.MLNode(c.Name, "LabelEncoder", []string{p.input(c.Name, pb.Text, 1).Name}, 1,
		emit.Texts("keys_strings", words...), emit.Ints("values_int64s", slices.Repeat([]int{1}, len(words))...),
		emit.Int("default_int64", 0))[0]
	return p.f.Cast(c.Name, code, pb.Bool)
}

// textTable is the features of a column of texts: one-hot codes by the operator of that name, others as the rows of a
// matrix.
func (p *product) textTable(c *prep.Fitted, t categories.Table) string {
	x := p.input(c.Name, pb.Text, 1).Name
	zero := func(r []float32) bool { return !slices.ContainsFunc(r, func(v float32) bool { return v != 0 }) }
	hot := zero(t.Other) && zero(t.Missing) && len(t.Levels) > 0
	for i, r := range t.Rows {
		hot = hot && slices.Equal(r, categories.Hot(len(t.Levels), i)) && t.Levels[i] != ""
	}
	if hot {
		y := p.f.MLNode(c.Name, "OneHotEncoder", []string{x}, 1, emit.Texts("cats_strings", t.Levels...),
			emit.Int("zeros", 1))[0]
		return p.f.One(c.Name, "Reshape", []string{y, p.f.List("shape", -1, len(t.Levels))})
	}
	keys, values := []string{}, []int64{}
	var rows []float32
	for i, l := range t.Levels {
		if l != "" {
			keys, values = append(keys, l), append(values, int64(i))
		}
		rows = append(rows, t.Rows[i]...)
	}
	n := len(t.Levels)
	for _, word := range append(categories.Words(c, t.Levels), "") {
		keys, values = append(keys, word), append(values, int64(n+1))
	}
	rows = append(append(rows, t.Other...), t.Missing...)
	code := p.f.MLNode(c.Name, "LabelEncoder", []string{x}, 1, emit.Texts("keys_strings", keys...),
		&pb.Attribute{Name: "values_int64s", Type: pb.Ints, Ints: values}, emit.Int("default_int64", n))[0]
	code = p.f.Squeeze(c.Name, code, 1)
	return p.f.One(c.Name, "Gather", []string{p.matrix(c, rows, n+2), code}, emit.Int("axis", 0))
}

func (p *product) matrix(c *prep.Fitted, rows []float32, n int) string {
	return p.f.Floats(c.Name+"/features", []int64{int64(n), int64(len(rows) / n)}, rows...)
}

// numberTable is the features of a column of numbers that are taken for categories: those of the level that a number
// equals, of none, or of a missing one.
func (p *product) numberTable(c *prep.Fitted, t categories.Table, width int) string {
	f := p.f
	x := p.number(c, pb.F32)
	var levels, rows []float32
	for i, l := range t.Levels {
		v, err := strconv.ParseFloat(l, 64)
		if err != nil {
			continue // no number is it
		}
		levels, rows = append(levels, float32(v)), append(rows, t.Rows[i]...)
	}
	if len(levels) == 0 { // a graph has no empty tables: a level that no number equals
		levels, rows = []float32{float32(math.NaN())}, make([]float32, width)
	}
	n := len(levels)
	equal := f.Cast(c.Name, f.One(c.Name, "Equal", []string{x, f.Floats(c.Name+"/levels", []int64{1, int64(n)},
		levels...)}), pb.F32)
	y := f.One(c.Name, "MatMul", []string{equal, p.matrix(c, rows, n)})
	constant := func(r []float32) string { return f.Floats(c.Name+"/other", []int64{1, int64(width)}, r...) }
	if slices.ContainsFunc(t.Other, func(v float32) bool { return v != 0 }) {
		any := f.Reduce(c.Name, "ReduceMax", equal, []int{1}, true)
		y = f.One(c.Name, "Where", []string{f.Cast(c.Name, any, pb.Bool), y, constant(t.Other)})
	}
	return f.One(c.Name, "Where", []string{p.gone(c, true), constant(t.Missing), y})
}

// bins is the bin that a number lies in.
func (p *product) bins(c *prep.Fitted, edges []float64, integer bool) string {
	f := p.f
	x := p.number(c, pb.F32)
	inner := edges[1:max(1, len(edges)-1)]
	var list []float32
	for _, e := range inner {
		list = append(list, float32(e))
	}
	gone := p.gone(c, true)
	n := max(1, len(edges)-1)
	if len(list) == 0 {
		return f.One(c.Name, "Where", []string{gone, f.Scalar(0), f.Scalar(1)})
	}
	above := f.One(c.Name, "GreaterOrEqual", []string{x, f.Floats(c.Name+"/edges", []int64{1, int64(len(list))},
		list...)})
	count := f.Reduce(c.Name, "ReduceSum", f.Cast(c.Name, above, pb.I64), []int{1}, true)
	if integer {
		y := f.Cast(c.Name, f.One(c.Name, "Add", []string{count, f.Ints("one", nil, 1)}), pb.F32)
		return f.One(c.Name, "Where", []string{gone, f.Scalar(0), y})
	}
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i)
	}
	y := f.Cast(c.Name, f.One(c.Name, "Equal", []string{count, f.Ints("bins", []int64{1, int64(n)}, all...)}), pb.F32)
	return f.One(c.Name, "Where", []string{gone, f.Scalar(0), y})
}

// spelled is a table of levels that are compared without case, with a level for each usual spelling.
func (p *product) spelled(c *prep.Fitted, t categories.Table) categories.Table {
	out := categories.Table{Other: t.Other, Missing: t.Missing}
	add := func(level string, row []float32) {
		if !slices.Contains(out.Levels, level) {
			out.Levels, out.Rows = append(out.Levels, level), append(out.Rows, row)
		}
	}
	for i, l := range t.Levels {
		words := strings.Fields(l)
		for k, w := range words {
			first := []rune(w)
			first[0] = unicode.ToUpper(first[0])
			words[k] = string(first)
		}
		add(l, t.Rows[i])
		add(strings.ToUpper(l), t.Rows[i])
		add(strings.Join(words, " "), t.Rows[i])
		if len(words) > 0 {
			add(words[0]+l[len(strings.Fields(l)[0]):], t.Rows[i])
		}
	}
	p.note("%s: ONNX compares texts as they are; the file knows categories in small letters, in capitals and with "+
		"capitals at the beginning, and takes other spellings for none of them", c.Name)
	return out
}
