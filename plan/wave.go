package plan

import (
	"fmt"
	"strings"

	"gorae/graph"
)

// waveSize is the number of elements of a step's results up to which the step runs beside others. Larger steps have
// blocks enough for all threads, and their results would have to live at the same time.
const waveSize = 1 << 18

// wave groups steps that run at the same time: networks of an ensemble, and branches of one network, have many small
// steps of the same kind that do not read each other's results. One of them alone has too few blocks for several
// threads; together they are shared out as one launch. Each block computes what it would compute alone, so that the
// numbers are the same.
//
// A step joins the first step of its kind that runs when all that the step reads is there. Steps only move forward, and
// what changes weights in place stays at the end.
func (b *builder) wave() {
	maker := map[*Value]*step{}
	for _, s := range b.steps {
		for _, v := range s.out {
			maker[v] = s
		}
	}
	kinds := map[string][]*step{} // that have not run, in order
	for _, s := range b.steps[b.p.hoisted:] {
		if k := s.kind(); k != "" {
			kinds[k] = append(kinds[k], s)
		}
	}
	done := map[*step]bool{}
	ready := func(s *step) bool {
		for _, v := range s.in {
			if m := maker[v]; m != nil && !done[m] {
				return false
			}
		}
		return true
	}
	add := func(steps ...*step) {
		for _, s := range steps {
			done[s], s.index = true, len(b.waves)
		}
		b.waves = append(b.waves, steps)
	}
	for i, s := range b.steps {
		switch k := s.kind(); {
		case done[s]:
		case i < b.p.hoisted || k == "":
			add(s)
		default:
			var together, later []*step
			for _, t := range kinds[k] {
				switch {
				case done[t]:
				case t == s || ready(t):
					together = append(together, t)
				default:
					later = append(later, t)
				}
			}
			kinds[k] = later
			add(together...)
		}
	}
	b.steps = b.steps[:0]
	for _, w := range b.waves {
		b.steps = append(b.steps, w...)
	}
}

// kind tells steps apart by what they compute and on how much; "" for a step that runs by itself. What is computed
// again waits until it is read.
func (s *step) kind() string {
	if s.commit || s.again || len(s.calls) == 0 && s.root == nil {
		return ""
	}
	size := 0
	for _, v := range s.out {
		size += v.Size
	}
	if size > waveSize {
		return ""
	}
	var k strings.Builder
	for _, c := range s.all() {
		switch c.Op.(type) {
		case graph.Scan, graph.ScanGrad: // loops share out their steps themselves
			return ""
		}
		fmt.Fprintf(&k, "%T", c.Op)
		for _, y := range c.Out {
			fmt.Fprint(&k, y.DType, y.Shape)
		}
	}
	return k.String()
}
