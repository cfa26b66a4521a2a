package plan

import (
	"fmt"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

// Plan is a compiled computation. It holds no numbers and may be shared.
type Plan struct {
	roots   []*graph.Node // as traced: what a replay evaluates
	values  []*Value
	leaves  []leaf
	outs    []output
	steps   []*step
	waves   [][]*step   // the steps, those that run at the same time together
	hoisted int         // steps at the front that depend on weights alone, a wave each
	copies  [][2]*Value // assignments by copy: to, from
	arena   int         // float32s
	scratch int         // float32s a worker
}

type leaf struct {
	op graph.Leaf
	v  *Value
}

type output struct {
	v     *Value
	dtype tensor.DType
	shape tensor.Shape
}

// Leaves lists the leaves that the plan reads or writes.
func (p *Plan) Leaves() []graph.Leaf {
	ls := make([]graph.Leaf, len(p.leaves))
	for i, l := range p.leaves {
		ls[i] = l.op
	}
	return ls
}

// Bytes returns the memory that a runner of the plan takes for values, without
// its leaves.
func (p *Plan) Bytes() int { return 4 * p.arena }

// String prints the plan: a line for each step with its kernel, what it reads, what it
// writes and where.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan of %d steps, arena %d bytes\n", len(p.steps), 4*p.arena)
	for i, s := range p.steps {
		fmt.Fprintf(&b, "%3d  %s", i, s.launch.Name)
		for _, v := range s.in {
			fmt.Fprintf(&b, " %v", v)
		}
		if len(s.out) > 0 {
			b.WriteString(" →")
		}
		for _, v := range s.out {
			fmt.Fprintf(&b, " %v%v", v, v.shape())
			if v.inArena() {
				fmt.Fprintf(&b, "@%d", v.offset)
			}
		}
		if l := s.label(); l != "" {
			fmt.Fprintf(&b, "  # %s", l)
		}
		b.WriteByte('\n')
	}
	for _, c := range p.copies {
		fmt.Fprintf(&b, "     %v ← %v\n", c[0], c[1])
	}
	return b.String()
}

// label returns the scope in which a step's first labelled call was traced.
func (s *step) label() string {
	for _, c := range s.all() {
		if c.Label != "" {
			return c.Label
		}
	}
	return ""
}
