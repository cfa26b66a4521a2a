package emit

import (
	"fmt"
	"slices"
	"strconv"

	"gorae/graph"
	"gorae/tensor"
)

// scan writes a loop over steps: states are arrays that each step replaces.
func (s *scope) scan(c *graph.Call, o graph.Scan) {
	var types []graph.Type
	for _, x := range c.In {
		types = append(types, x.Type)
	}
	_, outs, err := o.Step(types)
	if err != nil {
		s.p.refuse(c)
		return
	}
	// Results that nobody reads are not computed.
	var used []int
	for i := range outs {
		if len(s.readers[c.Out[i]]) > 0 {
			used = append(used, i)
		}
	}
	roots := slices.Clone(outs[:o.States])
	for _, i := range used {
		roots = append(roots, outs[i])
	}
	_, roots = graph.Simplify(roots, bodies)
	body := newScope(s.p, append(roots, roots...)...) // twice, so that results are kept
	body.outer = s
	body.operand = func(l graph.Leaf) *graph.Node {
		i, _ := strconv.Atoi(l.Name)
		return c.In[i]
	}
	body.leaf = func(l graph.Leaf) *graph.Array {
		i, _ := strconv.Atoi(l.Name)
		if x := c.In[i]; i >= o.States+sequences(o) && s.isStatic(x) {
			return s.known(x)
		}
		return nil
	}
	n := o.States + sequences(o)
	for i, x := range c.In {
		if i >= o.States && !(i >= n && s.isStatic(x)) {
			s.view(x)
		}
	}
	var states []view
	for i, x := range c.In[:o.States] {
		b := s.p.buffer(c.Out[i])
		b.size, b.state = x.Shape.Size(), true
		states = append(states, contiguous(b, x.Shape))
		s.store(states[i], x)
	}
	steps := c.In[o.States].Shape[1]
	for _, i := range used {
		if i < o.States && s.isLast(c.Out[i], o, steps) {
			v := contiguous(states[i].buf, c.Out[i].Shape)
			v.strides[1] = 0
			s.views[c.Out[i]] = v
			continue
		}
		s.views[c.Out[i]] = contiguous(s.p.buffer(c.Out[i]), c.Out[i].Shape)
	}
	t := "t" + strconv.Itoa(len(s.p.loops))
	head := fmt.Sprintf("for (int32_t %s = 0; %s < %d; %s++)", t, t, steps, t)
	if o.Reverse {
		head = fmt.Sprintf("for (int32_t %s = %d; %s >= 0; %s--)", t, steps-1, t, t)
	}
	at := func(v view) view { // a step of a sequence
		w := v
		w.moving = slices.Clone(v.moving)
		if v.strides[1] != 0 {
			w.moving = append(w.moving, times(t, v.strides[1]))
		}
		w.strides = slices.Delete(slices.Clone(v.strides), 1, 2)
		return w
	}
	s.p.steps(fmt.Sprintf("%s: %d steps", c.Label, steps), head, func() {
		for l := range body.readers {
			op, ok := l.Call.Op.(graph.Leaf)
			if !ok || body.isStatic(l) {
				continue
			}
			i, _ := strconv.Atoi(op.Name)
			switch {
			case i < o.States:
				body.views[l] = states[i]
			case i < n:
				body.views[l] = at(s.view(c.In[i]))
			default:
				body.views[l] = s.view(c.In[i])
			}
		}
		var next []view
		for _, x := range roots {
			next = append(next, body.held(x))
		}
		for k, i := range used {
			if y := s.views[c.Out[i]]; y.buf != states[min(i, o.States-1)].buf {
				s.copy(at(y), next[o.States+k], stepShape(c.Out[i].Shape), c.Label+": result of the step")
			}
		}
		for i := range states {
			s.copy(states[i], next[i], c.In[i].Shape, c.Label+": next state")
		}
	})
}

func sequences(o graph.Scan) int {
	if o.Masked {
		return o.Inputs + 1
	}
	return o.Inputs
}

func stepShape(s tensor.Shape) tensor.Shape { return slices.Delete(slices.Clone(s), 1, 2) }

// isLast reports whether of a loop's states only those after the last step are read.
func (s *scope) isLast(n *graph.Node, o graph.Scan, steps int) bool {
	last := steps - 1
	if o.Reverse {
		last = 0
	}
	return !slices.ContainsFunc(s.readers[n], func(c *graph.Call) bool {
		if c == nil {
			return true
		}
		cut, ok := c.Op.(graph.Slice)
		return !ok || cut.Start[1] != last || c.Out[0].Shape[1] != 1
	})
}
