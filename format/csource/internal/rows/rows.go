// Package rows writes, around the function of a network in C, one that takes a row of a table or a picture, prepares it
// as in training, and decodes the outputs.
package rows

import (
	"fmt"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/format/csource/internal/emit"
	"gorae/format/internal/categories"
	"gorae/prep"
	"gorae/task/image"
	"gorae/task/table"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
)

// Note is what the program that calls a file has to know of a column or a target.
type Note struct {
	What   What
	Column string
	Of     string // the word of a scale or an encoding
	Member string // of the row
	Size   int
}

// What is what a note says.
type What int

// What notes say.
const (
	Transform What = iota // the row takes the features of a transform
	Words                 // the row takes the features of a text
	Form                  // in which the row takes a text
	Times                 // the row takes the seconds of a time
	Letters               // capitals of some letters are told apart
	Learnt                // a target stays as it was learnt
)

// New is what is written around the network of a bundle.
func New(b *bundle.Bundle) *Product {
	return &Product{b: b, members: emit.NewNames(), columns: map[string]*member{}, helpers: map[string]bool{}}
}

// Product is what is written around the function of the network.
type Product struct {
	// Say puts a note into words, which stand in the head of the file too.
	Say func(Note) string

	code // the body of the function

	b       *bundle.Bundle
	f       emit.Function
	members emit.Names
	columns map[string]*member // of the row, by column and purpose
	order   []*member
	results []result
	tables  code // constant arrays
	// What texts are cut by, behind the helpers with its type.
	vocabularies code
	helpers      map[string]bool
	notes        []string
	bytes        int // of constants

	array string // of the input whose features are written
	elem  string // its type
	at    int    // of the next feature
}

// member is a value of a row.
type member struct {
	name, elem string
	size       int // of an array; 0: a single value
	says       string
	place      int // among the members, from 1
}

// declaration is the member in C.
func (m *member) declaration() string {
	switch {
	case m.size > 0:
		return fmt.Sprintf("%s %s[%d]", m.elem, m.name, m.size)
	case strings.HasSuffix(m.elem, "*"):
		return m.elem + m.name
	}
	return m.elem + " " + m.name
}

func (p *Product) note(n Note) { p.notes = append(p.notes, p.Say(n)) }

// member is the value of a row for a column, or for what is made of it.
func (p *Product) member(key, name, elem string, size int, says string) *member {
	if m := p.columns[key]; m != nil {
		return m
	}
	m := &member{name: p.members.Unique(name, fmt.Sprint("column_", len(p.order)+1)), elem: elem, size: size,
		says: says, place: len(p.order) + 1}
	p.columns[key] = m
	p.order = append(p.order, m)
	return m
}

// help is the name of a helper, which the file then has.
func (p *Product) help(name string) string {
	p.helpers[name] = true
	for _, other := range uses[name] {
		p.help(other)
	}
	return p.f.Name + "_" + name
}

// Around makes preparation and decoding.
func (p *Product) Around(f emit.Function) (emit.Around, error) {
	p.f, p.depth = f, 1
	var call []string
	var arrays code
	input := func(i int) {
		in := f.In[i]
		p.array, p.elem, p.at = f.Unique(in.Layer+"_features"), in.Elem, 0
		arrays.line("static %s %s[%d];", in.Elem, p.array, in.Size)
		call = append(call, p.array)
	}
	switch g := p.b.Fitted.(type) {
	case *image.Fitted:
		input(0)
		p.pixels(g, f.In[0].Size)
	case *tabular.Fitted:
		p.pipeline(g.Fitted, input)
	case *text.Fitted:
		p.pipeline(g.Fitted, input)
	}
	static := 0
	for _, in := range f.In {
		static += size(in)
	}
	for i, out := range f.Out {
		name := f.Unique(out.Layer + fmt.Sprint("_values_", i))
		arrays.line("static %s %s[%d];", out.Elem, name, out.Size)
		static += size(out)
		call = append(call, name)
	}
	p.line("%s_predict(%s);", f.Name, strings.Join(call, ", "))
	p.decode(call[len(f.In):])
	p.line("return 0;")
	return emit.Around{
		Notes:     p.heading(),
		Headers:   []string{"stddef.h", "string.h"},
		Public:    p.public(),
		Functions: p.functions(arrays.String()),
		Program:   p.program(),
		Reads:     "A program that reads rows, a line each with a tab between values, and prints predictions:",
		Example: fmt.Sprintf("struct %s_row row = {0}; struct %[1]s_prediction to; %[1]s_predict_row(&row, &to);",
			f.Name),
		Constants: p.bytes, Static: static,
	}, nil
}

// size is the bytes of an array.
func size(a emit.Parameter) int {
	if a.Elem == "uint8_t" {
		return a.Size
	}
	return 4 * a.Size
}

// pipeline writes the features of the inputs.
func (p *Product) pipeline(f *table.Fitted, input func(i int)) {
	for i, in := range categories.Inputs(f.Pipeline, p.b.Model.InputNames()[0]) {
		input(i)
		p.line("for (int32_t i = 0; i < %d; i++) {", p.f.In[i].Size)
		p.line("    %s[i] = 0;", p.array)
		p.line("}")
		for _, c := range in.Columns {
			from := p.at
			p.block(c.Name, func() { p.column(c, &f.Pipeline.Columns) })
			p.at = from + features(c)
		}
	}
}

// features is the number of features that a column becomes.
func features(c *prep.Fitted) int {
	n := 1 + c.Bins.Len() + 2*len(c.Frequencies)
	switch {
	case c.Vocabulary != nil:
		return c.Vocabulary.Width()
	case c.Encoded != nil:
		n = c.Encoded.Width()
	}
	if c.Spec.Indicator {
		n++
	}
	return n
}

// column writes the features of a column.
func (p *Product) column(c *prep.Fitted, all *[]prep.Fitted) {
	switch {
	case c.Vocabulary != nil && p.vocabulary(c):
	case c.Vocabulary != nil && c.Vocabulary.Spec.Ids():
		p.outside(c, "_ids", Note{What: Words})
	case c.Vocabulary != nil:
		p.outside(c, "_features", Note{What: Words})
	case c.Encoded != nil:
		p.encoded(c, all)
	default:
		p.number(c)
	}
}

// outside lets a row hold the features of a column.
func (p *Product) outside(c *prep.Fitted, suffix string, why Note) {
	n := features(c)
	says := "the features of " + c.Name
	if suffix == "_ids" {
		says = "the ids of " + c.Name
	}
	m := p.member(c.Name+suffix, c.Name+suffix, p.elem, n, says)
	why.Column, why.Member, why.Size = c.Name, m.name, n
	p.note(why)
	p.line("for (int32_t i = 0; i < %d; i++) {", n)
	p.line("    %s[%d + i] = row->%s[i];", p.array, p.at, m.name)
	p.line("}")
}

// pixels writes a picture, whose bytes a row holds.
func (p *Product) pixels(f *image.Fitted, n int) {
	m := p.member("image", "image", "const uint8_t *", 0, fmt.Sprintf("bytes of a picture, %v", f.Sample))
	p.block("pixels", func() {
		if f.Scale == nil || f.Scale.Identity() {
			p.line("for (int32_t i = 0; i < %d; i++) {", n)
			p.line("    %s[i] = row->%s[i];", p.array, m.name)
			p.line("}")
			return
		}
		shift, divisor := p.constant("shift", f.Scale.Shift), p.constant("divisor", f.Scale.Divisor)
		p.line("for (int32_t i = 0; i < %d; i++) {", n)
		p.line("    const int32_t k = i / %d %% %d;", max(1, f.Scale.Each), len(f.Scale.Shift))
		p.line("    %s[i] = (%s)((row->%s[i] - %s[k]) / %s[k]);", p.array, p.elem, m.name, shift, divisor)
		p.line("}")
	})
}

// put writes a feature: the function ends with the place of the value where it is beyond float.
func (p *Product) put(m *member, offset int, value string) {
	p.line("if (!%s(&%s[%d], %s)) {", p.help("put_"+strings.TrimSuffix(p.elem, "_t")), p.array, p.at+offset, value)
	p.line("    return %d;", m.place)
	p.line("}")
}

// constant is a constant array of numbers.
func (p *Product) constant(name string, values []float64) string {
	name = p.f.Unique(p.f.Name + "_" + name)
	p.bytes += 8 * len(values)
	list(&p.tables, fmt.Sprintf("static const double %s[%d]", name, len(values)), values, number)
	return name
}

// places is a constant array of whole numbers.
func (p *Product) places(name string, values []int) string {
	name = p.f.Unique(p.f.Name + "_" + name)
	p.bytes += 4 * len(values)
	list(&p.tables, fmt.Sprintf("static const int32_t %s[%d]", name, len(values)), values, func(v int) string {
		return fmt.Sprint(v)
	})
	return name
}

// texts is a constant array of strings.
func (p *Product) texts(name string, values []string) string {
	name = p.f.Unique(p.f.Name + "_" + name)
	for _, v := range values {
		p.bytes += 8 + len(v) + 1
	}
	list(&p.tables, fmt.Sprintf("static const char *const %s[%d]", name, len(values)), values, quoted)
	return name
}

// marks is the texts of a column that are marks of missing values, with NULL behind.
func (p *Product) marks(c *prep.Fitted) string {
	var marks []string
	if c.Reading != nil {
		marks = slices.Clone(c.Reading.Missing)
	}
	key := "marks " + strings.Join(marks, "\x00")
	if m := p.columns[key]; m != nil {
		return m.name
	}
	name := p.f.Unique(p.f.Name + "_marks")
	p.columns[key] = &member{name: name}
	p.bytes += 8 * (len(marks) + 1)
	for i, v := range marks {
		p.bytes += len(v) + 1
		marks[i] = quoted(v)
	}
	list(&p.tables, fmt.Sprintf("static const char *const %s[%d]", name, len(marks)+1), append(marks, "NULL"),
		func(s string) string { return s })
	return name
}
