package rows

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/format/internal/categories"
	"gorae/prep"
)

// encoded writes the features of an encoded column.
func (p *Product) encoded(c *prep.Fitted, all *[]prep.Fitted) {
	parts := p.parts(c, all)
	if k, ok := categories.CalendarOf(c); ok {
		p.calendar(c, k)
		return
	}
	if h, ok := categories.HashOf(c); ok && !slices.ContainsFunc(parts, func(q part) bool { return q.numeric }) {
		p.hash(c, h, parts)
		return
	}
	switch e := c.Spec.Encode.(type) {
	case prep.Indicator, *prep.Indicator:
		p.gone(parts, func(gone string) { p.line("%s[%d] = %s ? 1 : 0;", p.array, p.at, gone) })
		return
	case prep.KBins:
		p.bins(c, e.Encode == "integer")
		return
	case *prep.KBins:
		p.bins(c, e.Encode == "integer")
		return
	}
	t, ok := categories.Of(c)
	if ok = ok && !slices.ContainsFunc(t.Levels, func(l string) bool { return len(l) > longest }); ok {
		ok = p.table(c, t, parts)
	}
	if !ok {
		p.outside(c, "_features", Note{Of: prep.Encoders.Word(c.Spec.Encode)})
	}
}

// part is a column whose values are categories, by itself or as one of a crossed column's.
type part struct {
	*prep.Fitted
	numeric bool
}

// parts are the columns of an encoded column: itself, or those that it crosses.
func (p *Product) parts(c *prep.Fitted, all *[]prep.Fitted) []part {
	if c.Spec.Cross == nil {
		var levels []string
		if t, ok := categories.Of(c); ok {
			levels = t.Levels
		} else if _, is := c.Spec.Encode.(prep.Indicator); is {
			levels = []string{"text"}
		}
		return []part{{c, categories.Numeric(c, levels)}}
	}
	var out []part
	for _, name := range *c.Spec.Cross {
		for i := range *all {
			if q := &(*all)[i]; q.Name == name {
				out = append(out, part{q, categories.Numeric(q, []string{"text"})})
			}
		}
	}
	return out
}

// value is the member of a column.
func (p *Product) value(q part) *member {
	if q.numeric {
		return p.member(q.Name, q.Name, "double", 0, q.Name)
	}
	return p.member(q.Name, q.Name, "const char *", 0, q.Name)
}

// gone writes what depends on whether one of the columns is missing.
func (p *Product) gone(parts []part, use func(gone string)) {
	var tests []string
	for i, q := range parts {
		m := p.value(q)
		if q.numeric {
			p.line("const double x%d = %s;", i, p.given(q.Fitted, m))
			tests = append(tests, fmt.Sprintf("isnan(x%d)", i))
		} else {
			tests = append(tests, fmt.Sprintf("%s(row->%s, %s)", p.help("missing"), m.name, p.marks(q.Fitted)))
		}
	}
	use(strings.Join(tests, " || "))
}

// table writes the features of categories; ok is false where levels of numbers cannot be told apart as double.
func (p *Product) table(c *prep.Fitted, t categories.Table, parts []part) (ok bool) {
	lists := make([][]string, len(parts))
	var rows [][]float32
	for i, l := range t.Levels {
		values := []string{l}
		if c.Spec.Cross != nil {
			if values, ok = categories.Parts(l, len(parts)); !ok {
				return false
			}
		}
		if slices.Contains(values, "") {
			continue // which a missing value is
		}
		for k, q := range parts {
			if _, err := strconv.ParseFloat(values[k], 64); q.numeric && err != nil {
				values = nil // no number is it
				break
			}
		}
		for k := range values {
			lists[k] = append(lists[k], values[k])
		}
		if values != nil {
			rows = append(rows, t.Rows[i])
		}
	}
	if !different(lists, parts) {
		return false
	}
	p.gone(parts, func(gone string) {
		n := len(rows)
		p.line("int32_t k = %d;", n+1)
		p.line("if (!(%s)) {", gone)
		p.depth++
		p.sought(c, t, parts, lists, n)
		p.depth--
		p.line("}")
		p.row(c, append(rows, t.Other, t.Missing))
		if c.Spec.Indicator {
			p.line("%s[%d] = k == %d ? 1 : 0;", p.array, p.at+features(c)-1, n+1)
		}
	})
	if t.Folded && slices.ContainsFunc(t.Levels, func(l string) bool {
		return strings.ContainsFunc(l, func(r rune) bool { return r > 127 && strings.ToUpper(string(r)) != string(r) })
	}) {
		p.note(Note{What: Letters, Column: c.Name})
	}
	return true
}

// different reports whether no two levels of numbers are the same as double.
func different(lists [][]string, parts []part) bool {
	seen := map[string]bool{}
	for i := range lists[0] {
		key := ""
		for k, q := range parts {
			text := lists[k][i]
			if q.numeric {
				v, err := strconv.ParseFloat(text, 64)
				if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
					return false
				}
				text = number(v + 0)
			}
			key += text + "\x00"
		}
		if seen[key] {
			return false
		}
		seen[key] = true
	}
	return true
}

// sought writes how k becomes the place of a category: that behind the last one where it is none.
func (p *Product) sought(c *prep.Fitted, t categories.Table, parts []part, lists [][]string, n int) {
	if n == 0 {
		p.line("k = 0;")
		return
	}
	var tests []string
	for k, q := range parts {
		name := c.Name + "_levels"
		if len(parts) > 1 {
			name = c.Name + "_" + q.Name
		}
		switch m := p.value(q); {
		case q.numeric:
			values := make([]float64, n)
			for i, l := range lists[k] {
				values[i], _ = strconv.ParseFloat(l, 64) // which different has read
			}
			tests = append(tests, fmt.Sprintf("x%d == %s[k]", k, p.constant(name, values)))
		case t.Folded:
			tests = append(tests, fmt.Sprintf("%s(row->%s, %s[k])", p.help("alike"), m.name, p.texts(name, lists[k])))
		default:
			tests = append(tests, fmt.Sprintf("strcmp(row->%s, %s[k]) == 0", m.name, p.texts(name, lists[k])))
		}
	}
	p.line("for (k = 0; k < %d; k++) {", n)
	p.line("    if (%s) {", strings.Join(tests, " && "))
	p.line("        break;")
	p.line("    }")
	p.line("}")
}

// row writes row k of a table: where rows have a 1 at one place at most the places are kept.
func (p *Product) row(c *prep.Fitted, rows [][]float32) {
	places := make([]int, len(rows))
	hot := true
	for i, r := range rows {
		places[i] = -1
		for k, v := range r {
			if v == 0 {
				continue
			}
			hot = hot && v == 1 && places[i] < 0
			places[i] = k
		}
	}
	width := len(rows[0])
	switch {
	case hot && slices.Max(places) < 0:
	case hot && width > 1:
		name := p.places(c.Name+"_places", places)
		p.line("if (%s[k] >= 0) {", name)
		p.line("    %s[%d + %s[k]] = 1;", p.array, p.at, name)
		p.line("}")
	default:
		var all []float64
		for _, r := range rows {
			for _, v := range r {
				all = append(all, float64(v))
			}
		}
		name := p.constant(c.Name+"_rows", all)
		p.line("for (int32_t i = 0; i < %d; i++) {", width)
		p.line("    %s[%d + i] = (%s)%s[k * %d + i];", p.array, p.at, p.elem, name, width)
		p.line("}")
	}
}

// bins writes the bin that a number lies in.
func (p *Product) bins(c *prep.Fitted, integer bool) {
	edges, ok := categories.Edges(c)
	if !ok || len(edges) == 0 {
		p.outside(c, "_features", Note{Of: "bins"})
		return
	}
	p.numeral(c)
	if c.Spec.Indicator {
		p.line("%s[%d] = isnan(x) ? 1 : 0;", p.array, p.at+features(c)-1)
	}
	inner := edges[1:max(1, len(edges)-1)]
	p.line("if (!isnan(x)) {")
	p.depth++
	k := "0"
	if len(inner) > 0 {
		k = "k"
		p.line("int32_t k = 0;")
		p.line("while (k < %d && x >= %s[k]) {", len(inner), p.constant(c.Name+"_edges", inner))
		p.line("    k++;")
		p.line("}")
	}
	if integer {
		p.line("%s[%d] = (%s)(%s + 1);", p.array, p.at, p.elem, k)
	} else {
		p.line("%s[%d + %s] = 1;", p.array, p.at, k)
	}
	p.depth--
	p.line("}")
}

// hash writes a 1 at the place of the hash of a category of texts.
func (p *Product) hash(c *prep.Fitted, h categories.Hash, parts []part) {
	p.gone(parts, func(gone string) {
		if c.Spec.Indicator {
			p.line("%s[%d] = %s ? 1 : 0;", p.array, p.at+features(c)-1, gone)
		}
		p.line("if (!(%s)) {", gone)
		p.depth++
		add, twice := p.help("hash_add"), 0
		if c.Spec.Cross != nil {
			twice = 1
		}
		p.line("struct %s s = {0, 0, 0};", p.help("hash"))
		p.line("%s(&s, %s, 0);", add, quoted(h.Prefix+"="))
		for i, q := range parts {
			if i > 0 {
				p.line("%s(&s, %s, 0);", add, quoted(" × "))
			}
			p.line("%s(&s, row->%s, %d);", add, p.value(q).name, twice)
		}
		p.line("const int32_t k = %s(&s, %d);", p.help("hash_place"), h.Features)
		one := "1"
		if h.Sign {
			one = "k < 0 ? -1 : 1"
		}
		p.line("%s[%d + (k < 0 ? -1 - k : k)] = (%s)(%s);", p.array, p.at, p.elem, one)
		p.depth--
		p.line("}")
	})
}
