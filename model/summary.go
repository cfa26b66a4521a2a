package model

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// Summary is the summary of a model, with a row for each layer.
type Summary struct {
	Name      string
	Rows      []Row
	Total     int // parameters, states included, as Keras counts
	Trainable int // those that training moves
	built     bool
}

// Row is one layer.
type Row struct {
	Name, Type string
	Shape      string // of a batch: (None, 64)
	Params     int
	Formula    string   // how Params is counted, in words
	From       []string // the layers before it
	in, out    tensor.Shape
	makes      bool // its channels are new features
	steps      bool // it goes over time steps
	window     bool // it moves a window over places
	first      bool // its channels stand before the places
}

// Features is the number of channels that the layer is given, without steps and places.
func (r Row) Features() int {
	if len(r.in) == 0 {
		return 0
	}
	_, channels := r.places(r.in)
	return channels
}

// places returns the extents of a sample's places, and its number of channels.
func (r Row) places(s tensor.Shape) (extents []int, channels int) {
	if r.first {
		return s[1:], s[0]
	}
	return s[:len(s)-1], s[len(s)-1]
}

// Summary describes the model; it must be built.
func (m *Model) Summary() Summary {
	s := Summary{Name: m.Name, built: m.built}
	if !m.built {
		return s
	}
	moved := map[*weight.Variable]bool{}
	for _, v := range m.TrainableWeights() {
		moved[v.Variable] = true
		s.Trainable += v.Shape.Size()
	}
	counted := map[*weight.Variable]bool{}
	seen := map[*Instance]bool{}
	for _, c := range m.calls {
		if seen[c.inst] {
			continue
		}
		seen[c.inst] = true
		r := Row{Name: m.names[c.inst], Type: layer.TypeName(c.inst.Layer),
			Shape: layer.Features(m.types[c.out[0]].Shape)}
		r.steps = layer.Recurrent(c.inst.Layer)
		r.out = sampleShape(m.types[c.out[0]].Shape)
		r.form(c.inst.Layer)
		var in, out []tensor.Shape
		for _, v := range c.in {
			in = append(in, sampleShape(m.types[v].Shape))
			r.From = append(r.From, m.valueName(v))
		}
		if len(in) > 0 {
			r.in = in[0]
		}
		for _, v := range c.out {
			out = append(out, sampleShape(m.types[v].Shape))
		}
		prefix := m.names[c.inst] + "/"
		for _, v := range m.store.Vars() {
			if !strings.HasPrefix(v.Path, prefix) {
				continue
			}
			n := v.Shape.Size()
			r.Params += n
			r.makes = r.makes || moved[v.Variable] && layer.TraitsOf(c.inst.Layer).Features != layer.SameFeatures
			if !counted[v.Variable] {
				counted[v.Variable] = true
				s.Total += n
			}
		}
		if f, ok := config.Filled(c.inst.Layer).(layer.Formulator); ok {
			r.Formula = f.Formula(in, out)
		}
		if r.Formula == "" && r.Params == 0 {
			r.Formula = "none: it has no parameters"
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// form reads from a layer's configuration what its axes are.
func (r *Row) form(l layer.Layer) {
	if _, ok := l.(*Model); ok {
		return
	}
	c := config.Encode(l)
	r.window = c.Get("kernel_size") != nil || c.Get("pool_size") != nil
	r.first = len(r.out) > 1 && layer.TraitsOf(l).Format == layer.ChannelsFirst
}

func sampleShape(s tensor.Shape) tensor.Shape {
	if len(s) == 0 {
		return s
	}
	return s[1:]
}

// Write prints the table, with formulas also how the parameters are counted and what
// that means.
func (s Summary) Write(w io.Writer, formulas bool) error {
	if !s.built {
		_, err := fmt.Fprintf(w, "model %q is not built\n", s.Name)
		return err
	}
	head := []string{"Layer (type)", "Output shape", "Params"}
	if formulas {
		head = append(head, "Formula")
	}
	s.Rows = slices.Clone(s.Rows)
	for i := range s.Rows { // names come from files
		s.Rows[i].Name = words.Short(words.Visible(s.Rows[i].Name), 100)
	}
	rows := [][]string{head}
	for _, r := range s.Rows {
		row := []string{r.Name + " (" + r.Type + ")", r.Shape, layer.Thousands(r.Params)}
		if formulas {
			row = append(row, r.Formula)
		}
		rows = append(rows, row)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Model: %q\n", s.Name)
	table(&b, rows)
	fmt.Fprintf(&b, "Total params: %s (%s)\n", layer.Thousands(s.Total), size(4*s.Total))
	fmt.Fprintf(&b, "Trainable params: %s\n", layer.Thousands(s.Trainable))
	fmt.Fprintf(&b, "Non-trainable params: %s\n", layer.Thousands(s.Total-s.Trainable))
	if formulas {
		s.words(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// words returns the counts in words.
func (s Summary) words(b *strings.Builder) {
	b.WriteString("\nNone is the number of samples. No formula above has it: the parameters do\n" +
		"not grow with the samples, so the samples must be independent of each other.\n")
	if slices.ContainsFunc(s.Rows, func(r Row) bool { return r.steps }) {
		b.WriteString("Nor do those of a recurrent layer grow with the time steps, so the steps must be at least " +
			"stationary.\n")
	}
	for _, r := range s.Rows {
		if n := len(r.out); n > 0 && r.makes {
			places, channels := r.places(r.out)
			fmt.Fprintf(b, "%s makes %s", r.Name, counted(channels, "new feature"))
			if n > 1 {
				fmt.Fprintf(b, " at each of %s", counted(tensor.Shape(places).Size(), "place"))
			}
			b.WriteString(".\n")
		}
	}
	s.windows(b)
	first, last := s.Rows[0].out, s.Rows[len(s.Rows)-1].out
	fmt.Fprintf(b, "One cell of a tensor is one feature: %s go in (%dD), %s come out (%dD).\n",
		layer.Thousands(first.Size()), len(first), layer.Thousands(last.Size()), len(last))
}

// counted returns a number with its noun: 1 place, 2 places, 1,000 places.
func counted(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return layer.Thousands(n) + " " + word
}

// windows returns the sentences on how convolution and pooling layers change positions and channels.
func (s Summary) windows(b *strings.Builder) {
	var rows []Row
	for _, r := range s.Rows {
		if r.window && len(r.in) == len(r.out) && len(r.out) > 1 && (len(rows) == 0 || len(rows[0].out) == len(r.out)) {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return
	}
	first, last := rows[0], rows[len(rows)-1]
	from, c := first.places(first.in)
	to, k := last.places(last.out)
	args := []any{len(first.in), len(last.out), graph.Times(from), counted(c, "channel"), graph.Times(to),
		counted(k, "channel")}
	fewer, more := tensor.Shape(to).Size() < tensor.Shape(from).Size(), k > c
	switch {
	case fewer && more:
		fmt.Fprintf(b, "Windows take %dD and give %dD: %s places of %s became %s places of %s: fewer places, more "+
			"channels.\n", args...)
	case fewer:
		fmt.Fprintf(b, "Windows take %dD and give %dD: %s places of %s became %s places of %s; where places get "+
			"fewer, channels usually get more.\n", args...)
	default:
		fmt.Fprintf(b, "Windows take %dD and give %dD: %s places of %s became %s places of %s.\n", args...)
	}
}

// table prints rows, the first of them a head, in columns; the third is a number.
func table(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], words.Width(c))
		}
	}
	line := func() {
		for i, n := range width {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(strings.Repeat("─", n))
		}
		b.WriteByte('\n')
	}
	for k, r := range rows {
		var l strings.Builder
		for i, c := range r {
			if i > 0 {
				l.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[i]-words.Width(c))
			if i == 2 {
				c = pad + c
			} else {
				c += pad
			}
			l.WriteString(c)
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
		if k == 0 {
			line()
		}
	}
	line()
}

// size prints a number of bytes.
func size(n int) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.2f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.2f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
