package product

import (
	"slices"
	"strconv"

	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
)

// crossed is the features of combinations of columns that a table knows: the numbers of the values, as digits of a
// number, are the key of a combination. ok is false for another encoding.
func (p *product) crossed(c *prep.Fitted) (features []string, ok bool) {
	t, ok := categories.Of(c)
	if !ok {
		return nil, false
	}
	names := *c.Spec.Cross
	lists := make([][]string, len(names)) // the values of each column
	var keys [][]int
	for _, l := range t.Levels {
		parts, ok := categories.Parts(l, len(names))
		if !ok {
			return nil, false
		}
		key := make([]int, len(names))
		for k, v := range parts {
			if key[k] = slices.Index(lists[k], v); key[k] < 0 {
				key[k] = len(lists[k])
				lists[k] = append(lists[k], v)
			}
		}
		keys = append(keys, key)
	}
	f := p.f
	code, gone := "", ""
	base := int64(1)
	bases := make([]int64, len(names))
	for k, name := range names {
		q := p.fitted(name)
		if q == nil || base > 1<<50 {
			return nil, false
		}
		bases[k] = base
		place, missing := p.place(c, q, lists[k])
		place = f.One(c.Name, "Mul", []string{place, f.Ints("base", nil, base)})
		base *= int64(len(lists[k]) + 1)
		if code == "" {
			code, gone = place, missing
		} else {
			code, gone = f.One(c.Name, "Add", []string{code, place}), f.One(c.Name, "Or", []string{gone, missing})
		}
	}
	n := len(keys)
	var from, to []int64
	var rows []float32
	for i, key := range keys {
		sum := int64(0)
		for k, at := range key {
			sum += bases[k] * int64(at)
		}
		from, to = append(from, sum), append(to, int64(i))
		rows = append(rows, t.Rows[i]...)
	}
	rows = append(append(rows, t.Other...), t.Missing...)
	at := f.MLNode(c.Name, "LabelEncoder", []string{code}, 1, &pb.Attribute{Name: "keys_int64s", Type: pb.Ints,
		Ints: from}, &pb.Attribute{Name: "values_int64s", Type: pb.Ints, Ints: to}, emit.Int("default_int64", n))[0]
	at = f.One(c.Name, "Where", []string{gone, f.Ints("missing", nil, int64(n+1)), at})
	y := f.One(c.Name, "Gather", []string{p.matrix(c, rows, n+2), f.Squeeze(c.Name, at, 1)}, emit.Int("axis", 0))
	if c.Spec.Indicator {
		return []string{y, f.Cast(c.Name, gone, pb.F32)}, true
	}
	return []string{y}, true
}

// place is the place of a column's value among some, their number where it is none, and whether it is missing.
func (p *product) place(c, q *prep.Fitted, values []string) (place, gone string) {
	f := p.f
	n := len(values)
	if !categories.Numeric(q, values) {
		codes := make([]int64, n)
		for i := range codes {
			codes[i] = int64(i)
		}
		place = f.MLNode(c.Name, "LabelEncoder", []string{p.input(q.Name, pb.Text, 1).Name}, 1,
			emit.Texts("keys_strings", values...), &pb.Attribute{Name: "values_int64s", Type: pb.Ints, Ints: codes},
			emit.Int("default_int64", n))[0]
		return place, p.gone(q, false)
	}
	var levels []float32
	var behind []int64
	for i, l := range values {
		if v, err := strconv.ParseFloat(l, 64); err == nil {
			levels, behind = append(levels, float32(v)), append(behind, int64(i-n))
		}
	}
	m := int64(len(levels))
	equal := f.Cast(c.Name, f.One(c.Name, "Equal", []string{p.number(q, pb.F32),
		f.Floats(q.Name+"/levels", []int64{1, m}, levels...)}), pb.I64)
	sum := f.Reduce(c.Name, "ReduceSum", f.One(c.Name, "Mul", []string{equal, f.Ints(q.Name+"/places", []int64{1, m},
		behind...)}), []int{1}, true)
	return f.One(c.Name, "Add", []string{sum, f.Ints("other", nil, int64(n))}), p.gone(q, true)
}

// fitted is the column of a name.
func (p *product) fitted(name string) *prep.Fitted {
	for i := range p.all {
		if p.all[i].Name == name {
			return &p.all[i]
		}
	}
	return nil
}
