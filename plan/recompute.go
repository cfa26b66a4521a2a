package plan

import (
	"slices"

	"gorae/graph"
)

// recompute lets gradients compute parts of the forward pass again in place of keeping what they read of it (Chen, Xu,
// Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016). The calls that lead to the values that
// the graph names (graph.Graph.Recompute) are cut into segments. What crosses a cut is kept; what gradients read of
// the others is computed once more, by copies of the calls that stand right before the gradients of their segment. The
// copies compute the same bits, random numbers included, which are functions of their key and position.
//
// The last segment has no copies: its gradients come first. Loops over steps are kept; they have a way of their own
// (graph.Scan.Recompute).
func (b *builder) recompute() {
	f := b.forwardPass()
	if f == nil {
		return
	}
	cuts := f.cuts()
	if len(cuts) == 0 {
		return
	}
	before := map[*graph.Call][]*graph.Call{} // copies, by the first call that reads one of them
	for i, from := 0, 0; i < len(cuts); i, from = i+1, cuts[i] {
		if first, copies := f.copySegment(from, cuts[i], cuts); first != nil {
			before[first] = append(before[first], copies...)
		}
	}
	var all []*graph.Call
	for _, c := range b.g.Calls {
		all = append(append(all, before[c]...), c)
	}
	b.g.Calls = all
	for i, c := range all {
		c.ID = i
	}
}

// forwardPass is the calls that lead to the values of which a graph says that they may be computed again.
type forwardPass struct {
	*builder
	calls  []*graph.Call // in order, those that compute something
	place  map[*graph.Call]int
	values []passed
	of     map[*Value]*passed
}

// passed is a value of the forward pass.
type passed struct {
	*Value
	made, last int // places of the call that makes it, and of the last of the forward pass that reads it
	bytes      int
	back       []*graph.Call // others that read it
	fixed      bool          // it is in memory in any case
}

// forwardPass returns the forward pass; nil where nothing is to be computed again.
func (b *builder) forwardPass() *forwardPass {
	if len(b.g.Recompute) == 0 {
		return nil
	}
	leads := map[*graph.Call]bool{}
	for _, n := range b.g.Recompute {
		leads[n.Call] = true
	}
	for _, c := range slices.Backward(b.g.Calls) {
		if leads[c] {
			for _, x := range c.In {
				leads[x.Call] = true
			}
		}
	}
	f := &forwardPass{builder: b, place: map[*graph.Call]int{}, of: map[*Value]*passed{}}
	for _, c := range b.g.Calls {
		if leads[c] && b.stepOf[c] != nil {
			f.place[c] = len(f.calls)
			f.calls = append(f.calls, c)
		}
	}
	for i, c := range f.calls {
		_, loop := c.Op.(graph.Scan)
		for _, y := range c.Out {
			v := b.value[y]
			p := passed{Value: v, made: i, last: i, bytes: v.Size * v.DType.Size()}
			p.fixed = loop || b.keep[v] || b.check[v] || p.bytes < leastRepeated
			for _, u := range b.users[c] {
				if !b.reads(u, v) {
					continue
				}
				if at, forward := f.place[u]; forward {
					p.last = max(p.last, at)
				} else {
					p.back = append(p.back, u)
				}
			}
			f.values = append(f.values, p)
		}
	}
	for i := range f.values {
		f.of[f.values[i].Value] = &f.values[i]
	}
	return f
}

// reads reports whether a call reads a value.
func (b *builder) reads(c *graph.Call, v *Value) bool {
	return slices.ContainsFunc(c.In, func(x *graph.Node) bool { return b.value[x] == v })
}

// crosses reports whether a value is read behind one of the cuts before which it is made.
func (p *passed) crosses(cuts []int) bool {
	return slices.ContainsFunc(cuts, func(cut int) bool { return p.made < cut && cut <= p.last })
}

// mostSegments is the number of segments up to which cuts are tried.
const mostSegments = 64

// cuts returns the places of the calls that begin a segment, but for the first: of some numbers of segments those that
// are estimated to take the least memory, none where all take as much as keeping everything.
func (f *forwardPass) cuts() (best []int) {
	total := 0 // bytes that gradients read
	for i := range f.values {
		if p := &f.values[i]; len(p.back) > 0 && !p.fixed {
			total += p.bytes
		}
	}
	least := total
	for n := 2; n <= mostSegments; n += max(1, n/4) {
		cuts := f.cut(total / n)
		if bytes := f.memory(cuts); bytes < least {
			best, least = cuts, bytes
		}
	}
	return best
}

// cut begins a new segment where the values of one that gradients read have some bytes, where the fewest bytes cross
// among the places with half of that or more.
func (f *forwardPass) cut(most int) (cuts []int) {
	cross := make([]int, len(f.calls)+1) // bytes that cross a cut before each call
	read := make([]int, len(f.calls))    // bytes of each call's values that gradients read
	for i := range f.values {
		p := &f.values[i]
		if p.fixed {
			continue
		}
		for at := p.made + 1; at <= p.last; at++ {
			cross[at] += p.bytes
		}
		if len(p.back) > 0 {
			read[p.made] += p.bytes
		}
	}
	bytes, half, at := 0, 0, 0 // of the segment, and behind the best place for its end
	for i := range f.calls {
		if bytes >= most/2 && (at == 0 || cross[i] <= cross[at]) {
			at, half = i, 0
		}
		bytes, half = bytes+read[i], half+read[i]
		if bytes > most && at > 0 {
			cuts = append(cuts, at)
			bytes, at = half, 0
		}
	}
	return cuts
}

// memory estimates the bytes of the forward pass's values in a training step: what crosses cuts, and the most that the
// gradients of a segment read beside.
func (f *forwardPass) memory(cuts []int) int {
	kept, most := 0, 0
	segment := make([]int, len(cuts)+1)
	for i := range f.values {
		p := &f.values[i]
		switch {
		case p.fixed:
		case p.crosses(cuts):
			kept += p.bytes
		case len(p.back) > 0:
			at, _ := slices.BinarySearch(cuts, p.made+1)
			segment[at] += p.bytes
			most = max(most, segment[at])
		}
	}
	return kept + most
}

// copySegment gives the gradients that read values of calls from one place to another copies of the values that do not
// cross cuts. first is the first call that reads one.
func (f *forwardPass) copySegment(from, to int, cuts []int) (first *graph.Call, copies []*graph.Call) {
	kept := func(p *passed) bool { return p.made < from || p.fixed || p.crosses(cuts) }
	wanted := map[*graph.Call]bool{}
	var dropped []*passed
	for i := range f.values {
		if p := &f.values[i]; p.made >= from && p.made < to && len(p.back) > 0 && !kept(p) {
			dropped = append(dropped, p)
			wanted[f.calls[p.made]] = true
			for _, u := range p.back {
				if first == nil || u.ID < first.ID {
					first = u
				}
			}
		}
	}
	for at := to - 1; at >= from; at-- {
		if c := f.calls[at]; wanted[c] {
			for _, x := range c.In {
				if p := f.of[f.value[x]]; p != nil && !kept(p) {
					wanted[f.calls[p.made]] = true
				}
			}
		}
	}
	own := map[*graph.Node]*graph.Node{}
	for _, c := range f.calls[from:to] {
		if wanted[c] {
			d := f.copyCall(c, own)
			f.lowerCall(d)
			f.stepOf[d].again = true
			copies = append(copies, d)
		}
	}
	for _, p := range dropped {
		for _, u := range p.back {
			f.redirect(u, own)
		}
		maker := f.calls[p.made]
		f.users[maker] = slices.DeleteFunc(f.users[maker], func(u *graph.Call) bool {
			return !slices.ContainsFunc(maker.Out, func(y *graph.Node) bool { return f.reads(u, f.value[y]) })
		})
	}
	return first, copies
}

// copyCall makes a copy of a call on copies of its operands, where there are any in own, to which its results are
// added.
func (b *builder) copyCall(c *graph.Call, own map[*graph.Node]*graph.Node) *graph.Call {
	d := &graph.Call{Graph: c.Graph, Op: c.Op, Label: c.Label, ID: c.ID}
	for _, x := range c.In {
		d.In = append(d.In, b.copyOf(x, own))
	}
	for i, y := range c.Out {
		n := &graph.Node{Call: d, Index: i, Type: y.Type}
		d.Out = append(d.Out, n)
		own[y] = n
	}
	return d
}

// copyOf is the copy of a node, through reshapes, or the node itself where there is none.
func (b *builder) copyOf(x *graph.Node, own map[*graph.Node]*graph.Node) *graph.Node {
	if y := own[x]; y != nil {
		return y
	}
	if _, ok := x.Call.Op.(graph.Reshape); !ok {
		return x
	}
	from := b.copyOf(x.Call.In[0], own)
	if from == x.Call.In[0] {
		return x
	}
	c := &graph.Call{Graph: x.Call.Graph, Op: x.Call.Op, In: []*graph.Node{from}, ID: x.Call.ID}
	y := &graph.Node{Call: c, Type: x.Type}
	c.Out = []*graph.Node{y}
	b.value[y] = b.value[from]
	own[x] = y
	return y
}

// redirect makes a call read copies.
func (b *builder) redirect(u *graph.Call, own map[*graph.Node]*graph.Node) {
	for i, x := range u.In {
		y := b.copyOf(x, own)
		if y == x {
			continue
		}
		u.In[i] = y
		if m := b.makerCall(y); !slices.Contains(b.users[m], u) {
			b.users[m] = append(b.users[m], u)
		}
	}
}
