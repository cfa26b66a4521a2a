package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/graph"
)

// guarded writes a body that is left out unless conditions hold.
func (p *program) guarded(conditions []string, body func()) {
	if len(conditions) == 0 {
		body()
		return
	}
	p.line("if (%s) {", strings.Join(conditions, " && "))
	p.depth++
	body()
	p.depth--
	p.line("}")
}

// affine is i·by + k·step + add as an expression.
func affine(i string, by int, k string, step, add int) string {
	e := ""
	term := func(t string, by int) {
		if n, err := strconv.Atoi(t); err == nil {
			add += n * by
			return
		}
		sign := " + "
		if by < 0 {
			sign, by = " - ", -by
		}
		if e == "" && sign == " + " {
			sign = ""
		}
		e += sign + times(t, by)
	}
	term(i, by)
	term(k, step)
	switch {
	case e == "":
		return strconv.Itoa(add)
	case add > 0:
		e += " + " + strconv.Itoa(add)
	case add < 0:
		e += " - " + strconv.Itoa(-add)
	}
	return e
}

// named gives an expression a name.
func (p *program) named(e string) string {
	if !strings.Contains(e, " ") {
		return e
	}
	v := p.fresh()
	p.line("const int32_t %s = %s;", v, e)
	return v
}

// used is the text of a statement without the names of expressions that it does not use: those of the places of an
// operand that is the same at all of them.
func used(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := len(lines) - 1; i >= 0; i-- { // a name stands before its uses
		rest, ok := strings.CutPrefix(strings.TrimSpace(lines[i]), "const int32_t ")
		name, _, _ := strings.Cut(rest, " = ")
		if ok && strings.HasPrefix(name, "v") && !slices.ContainsFunc(lines[i+1:], func(l string) bool {
			return mentions(l, name)
		}) {
			lines = slices.Delete(lines, i, i+1)
		}
	}
	return strings.Join(lines, "")
}

// mentions reports whether a line has a name, and not only as the beginning or end of another.
func mentions(line, name string) bool {
	word := func(b byte) bool {
		return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	}
	for {
		i := strings.Index(line, name)
		if i < 0 {
			return false
		}
		end := i + len(name)
		if (i == 0 || !word(line[i-1])) && (end == len(line) || !word(line[end])) {
			return true
		}
		line = line[end:]
	}
}

// conv writes the sum of products of a window and a filter.
func (s *scope) conv(c *graph.Call, o graph.Conv, idx []string) string {
	p, a, b := s.p, c.In[0], c.In[1]
	n := len(o.Stride)
	x, w := s.view(a), s.weights(b, filtersFirst(n))
	channels, filters := b.Shape[n], b.Shape[n+1]
	v := p.fresh()
	p.line("float %s = 0.0f;", v)
	f := idx[n+1]
	in, at := append([]string{idx[0]}, make([]string, n+1)...), append(make([]string, n+1), f)
	group := channel(p, f, filters/o.Groups, channels, o.Groups)
	var axis func(d int)
	axis = func(d int) {
		if d == n {
			p.loop(channels, func(i string) {
				in[n+1], at[n] = plus(group, i), i
				p.line("%s += %s * %s;", v, p.read(x, in), p.read(w, at))
			})
			return
		}
		p.loop(b.Shape[d], func(k string) {
			at[d] = k
			in[d+1] = p.named(affine(idx[d+1], o.Stride[d], k, o.Dilation[d], -o.PadLo[d]))
			var within []string
			if o.PadLo[d] > 0 {
				within = append(within, in[d+1]+" >= 0")
			}
			last := (c.Out[0].Shape[d+1]-1)*o.Stride[d] + (b.Shape[d]-1)*o.Dilation[d]
			if last-o.PadLo[d] >= a.Shape[d+1] {
				within = append(within, fmt.Sprintf("%s < %d", in[d+1], a.Shape[d+1]))
			}
			p.guarded(within, func() { axis(d + 1) })
		})
	}
	axis(0)
	return v
}

// filtersFirst is the order of a kernel's axes in which the channels of a filter lie beside each other.
func filtersFirst(n int) []int {
	perm := []int{n + 1}
	for a := range n + 1 {
		perm = append(perm, a)
	}
	return perm
}

// channel is the first channel of the group of a filter.
func channel(p *program, f string, each, channels, groups int) string {
	if groups == 1 {
		return "0"
	}
	if each == 1 {
		return p.named(times(f, channels))
	}
	return p.named(fmt.Sprintf("%s / %d * %d", f, each, channels))
}

// plus is the sum of two indices.
func plus(a, b string) string {
	if a == "0" {
		return b
	}
	if b == "0" {
		return a
	}
	return a + " + " + b
}

// convTranspose writes the sum of products over the windows in which an element lies.
func (s *scope) convTranspose(c *graph.Call, o graph.ConvInputGrad, idx []string) string {
	p, a, b := s.p, c.In[0], c.In[1]
	n := len(o.Stride)
	x, w := s.view(a), s.weights(b, nil)
	channels, filters := b.Shape[n], b.Shape[n+1]/o.Groups
	v := p.fresh()
	p.line("float %s = 0.0f;", v)
	in, at := append([]string{idx[0]}, make([]string, n+1)...), make([]string, n+2)
	group := channel(p, idx[n+1], channels, filters, o.Groups)
	if at[n] = idx[n+1]; o.Groups > 1 {
		if at[n] = "0"; channels > 1 {
			at[n] = p.named(fmt.Sprintf("%s %% %d", idx[n+1], channels))
		}
	}
	var axis func(d int)
	axis = func(d int) {
		if d == n {
			p.loop(filters, func(f string) {
				in[n+1], at[n+1] = plus(group, f), plus(group, f)
				p.line("%s += %s * %s;", v, p.read(x, in), p.read(w, at))
			})
			return
		}
		p.loop(b.Shape[d], func(k string) {
			at[d] = k
			far := p.named(affine(idx[d+1], 1, k, -o.Dilation[d], o.PadLo[d]))
			within := []string{far + " >= 0", fmt.Sprintf("%s < %d", far, a.Shape[d+1]*o.Stride[d])}
			if in[d+1] = far; o.Stride[d] > 1 {
				within = append(within, fmt.Sprintf("%s %% %d == 0", far, o.Stride[d]))
				in[d+1] = fmt.Sprintf("%s / %d", far, o.Stride[d])
			}
			p.guarded(within, func() { axis(d + 1) })
		})
	}
	axis(0)
	return v
}

// pool writes the maximum or the mean of a window.
func (s *scope) pool(c *graph.Call, o graph.Pool, greatest bool, idx []string) string {
	p, a := s.p, c.In[0]
	n := len(a.Shape) - 2
	x := s.view(a)
	in := slices.Clone(idx)
	lo, hi := make([]string, n), make([]string, n)
	fixed, count := 1, []string{}
	for d := range n {
		extent := a.Shape[d+1]
		if o.Bins != nil {
			lo[d] = p.named(fmt.Sprintf("%s / %d", times(idx[d+1], extent), o.Bins[d]))
			hi[d] = p.named(fmt.Sprintf("(%s + %d) / %d", times(idx[d+1], extent), extent+o.Bins[d]-1, o.Bins[d]))
			count = append(count, fmt.Sprintf("(%s - %s)", hi[d], lo[d]))
			continue
		}
		lo[d] = p.named(affine(idx[d+1], o.Stride[d], "0", 0, -o.PadLo[d]))
		hi[d] = p.named(affine(idx[d+1], o.Stride[d], "0", 0, o.Window[d]-o.PadLo[d]))
		end := (c.Out[0].Shape[d+1]-1)*o.Stride[d] + o.Window[d] - o.PadLo[d]
		if o.PadLo[d] == 0 && end <= extent {
			fixed *= o.Window[d]
			continue
		}
		lo[d] = p.named(fmt.Sprintf("%s < 0 ? 0 : %s", lo[d], lo[d]))
		hi[d] = p.named(fmt.Sprintf("%s > %d ? %d : %s", hi[d], extent, extent, hi[d]))
		count = append(count, fmt.Sprintf("(%s - %s)", hi[d], lo[d]))
	}
	v := p.fresh()
	p.line("float %s = %s;", v, map[bool]string{true: "-INFINITY", false: "0.0f"}[greatest])
	var axis func(d int)
	axis = func(d int) {
		if d == n {
			if e := p.read(x, in); greatest {
				p.line("%s = %s(%s, %s);", v, p.help("max"), v, e)
			} else {
				p.line("%s += %s;", v, e)
			}
			return
		}
		p.between(lo[d], hi[d], func(i string) {
			in[d+1] = i
			axis(d + 1)
		})
	}
	axis(0)
	if greatest {
		return v
	}
	if len(count) == 0 {
		return fmt.Sprintf("%s / %d.0f", v, fixed)
	}
	if fixed > 1 {
		count = append(count, strconv.Itoa(fixed))
	}
	return fmt.Sprintf("%s / (float)(%s)", v, strings.Join(count, " * "))
}
