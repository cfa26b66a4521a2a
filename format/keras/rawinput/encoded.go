package rawinput

import (
	"slices"
	"strconv"

	"gorae/format/internal/categories"
	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/prep"
	"gorae/tensor"
)

// encoded is the features of an encoded column.
func (p *product) encoded(c *prep.Fitted) []*model.Value {
	with := func(y *model.Value, missing func() *model.Value) []*model.Value {
		if c.Spec.Indicator {
			return []*model.Value{y, missing()}
		}
		return []*model.Value{y}
	}
	noNumber := func() *model.Value { return flag(p.missing(c)) }
	switch e := c.Spec.Encode.(type) {
	case prep.Indicator, *prep.Indicator:
		if categories.Numeric(c, []string{"text"}) {
			return []*model.Value{noNumber()}
		}
		return []*model.Value{flag(p.noText(c, nil, categories.Words(c, nil)))}
	case prep.KBins:
		if edges, ok := categories.Edges(c); ok {
			return with(p.bins(c, edges, e.Encode == "integer"), noNumber)
		}
	case *prep.KBins:
		if edges, ok := categories.Edges(c); ok {
			return with(p.bins(c, edges, e.Encode == "integer"), noNumber)
		}
	}
	t, ok := categories.Of(c)
	if !ok || t.Folded {
		width := c.Encoded.Width()
		if c.Spec.Indicator {
			width++
		}
		return p.outside(c, prep.Encoders.Word(c.Spec.Encode), width)
	}
	if categories.Numeric(c, t.Levels) {
		return with(p.numbers(c, t), noNumber)
	}
	var marks []string // where what they become is not what any unknown text does
	if c.Spec.Indicator || !slices.Equal(t.Missing, t.Other) {
		marks = categories.Words(c, t.Levels)
	}
	return with(p.categories(c, t, marks), func() *model.Value { return flag(p.noText(c, t.Levels, marks)) })
}

// noText is whether a text is missing: empty, or one of the marks, whose indices are the last.
func (p *product) noText(c *prep.Fitted, levels, marks []string) *model.Value {
	x := p.index(c, levels, marks)
	y := op("equal", ops.Args{"x2": 0}, x)
	if len(marks) > 0 {
		y = op("logical_or", nil, y, op("greater_equal", ops.Args{"x2": 2 + filled(levels)}, x))
	}
	return y
}

// filled is how many of some texts are not empty.
func filled(texts []string) (n int) {
	for _, s := range texts {
		if s != "" {
			n++
		}
	}
	return n
}

// categories is the features of a column of texts: the indices of StringLookup as one-hot codes, whose columns are laid
// out as in training, or go through the table.
func (p *product) categories(c *prep.Fitted, t categories.Table, marks []string) *model.Value {
	rows := [][]float32{t.Missing, t.Other}
	for i, l := range t.Levels {
		if l != "" {
			rows = append(rows, t.Rows[i])
		}
	}
	rows = append(rows, slices.Repeat([][]float32{t.Missing}, len(marks))...)
	x := model.Apply(layer.CategoryEncoding{NumTokens: len(rows), Output: "one_hot"}, p.index(c, t.Levels, marks))
	if hot, ok := hots(rows); ok {
		var parts []*model.Value
		for _, r := range hot {
			parts = append(parts, narrowed(x, r[0], r[1]))
		}
		return beside(parts)
	}
	return p.table(c, x, rows)
}

// hots are the ranges of indices whose one-hot codes side by side are the features: each feature is 1 for one index
// alone.
func hots(rows [][]float32) (ranges [][2]int, ok bool) {
	for k := range rows[0] {
		at := -1
		for i, r := range rows {
			switch {
			case r[k] == 0:
			case r[k] != 1 || at >= 0:
				return nil, false
			default:
				at = i
			}
		}
		if at < 0 {
			return nil, false
		}
		if last := len(ranges) - 1; last >= 0 && ranges[last][1] == at {
			ranges[last][1]++
		} else {
			ranges = append(ranges, [2]int{at, at + 1})
		}
	}
	return ranges, true
}

// narrowed is the features from one to before another.
func narrowed(x *model.Value, from, to int) *model.Value {
	return op("get_item", ops.Args{"key": []any{ops.Span(nil, nil), ops.Span(from, to)}}, x)
}

// table is the product of x and rows, by a layer that is not trained.
func (p *product) table(c *prep.Fitted, x *model.Value, rows [][]float32) *model.Value {
	width := len(rows[0])
	k := kernel{p.name(c.Name + "_table"), tensor.New(tensor.Float32, len(rows), width)}
	for i, r := range rows {
		copy(k.kernel.F32[i*width:], r)
	}
	p.tables = append(p.tables, k)
	return model.Apply(layer.Dense{Base: layer.Base{Name: k.name, Frozen: true}, Units: width, NoBias: true}, x)
}

// numbers is the features of a column of numbers that are taken for categories: those of the level that a number
// equals, of none, or of a missing one.
func (p *product) numbers(c *prep.Fitted, t categories.Table) *model.Value {
	x := p.number(c.Name)
	var minus []float64
	var rows [][]float32
	for i, l := range t.Levels {
		if v, err := strconv.ParseFloat(l, 64); err == nil {
			minus, rows = append(minus, -float64(float32(v))), append(rows, t.Rows[i])
		}
	}
	n := len(minus)
	many := model.Apply(layer.Reshape{Target: []int{n}}, model.Apply(layer.RepeatVector{N: n}, x))
	apart := model.Apply(layer.Rescaling{Scale: layer.Number(1),
		Offset: layer.Numbers{Shape: tensor.Shape{n}, Values: minus}}, many)
	equal := flag(op("equal", ops.Args{"x2": 0.0}, apart))
	missing := flag(p.missing(c))
	known := op("sum", ops.Args{"axis": 1, "keepdims": true}, equal)
	other := op("subtract", nil, op("subtract", ops.Args{"x1": 1.0}, known), missing)
	return p.table(c, beside([]*model.Value{missing, other, equal}),
		slices.Concat([][]float32{t.Missing, t.Other}, rows))
}

// bins is the bin that a number lies in: its number from 1 on, or its one-hot code, and 0 where there is no number.
func (p *product) bins(c *prep.Fitted, edges []float64, integer bool) *model.Value {
	x := p.number(c.Name)
	missing := flag(p.missing(c))
	inner := edges[1:max(1, len(edges)-1)]
	if len(inner) == 0 {
		return op("subtract", ops.Args{"x1": 1.0}, missing)
	}
	l := layer.Discretization{BinBoundaries: inner}
	if !integer {
		l.Output = "one_hot"
	}
	y := model.Apply(l, op("where", ops.Args{"x1": 0.0}, p.missing(c), x))
	if integer {
		y = op("add", ops.Args{"x2": 1.0}, flag(y))
	}
	return p.zeroed(y, missing)
}
