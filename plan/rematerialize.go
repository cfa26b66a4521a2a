package plan

import (
	"cmp"
	"slices"

	"gorae/graph"
	"gorae/tensor"
)

// rematerialize lets clusters compute values again that they would read from memory, where fewer values are stored for
// it: the gradient of gelu takes x, from which it computes what the forward pass would have to keep beside its result
// (Briggs, Cooper and Torczon, "Rematerialization", 1992). The numbers are the same bits.
func (b *builder) rematerialize() {
	for _, s := range b.places {
		if s != nil && 4*s.size >= leastRepeated && s.isCluster() {
			for r := b.repetition(s); r != nil; r = b.repetition(s) {
				b.repeat(s, r)
			}
		}
	}
}

const (
	leastRepeated = 16 << 10 // bytes of a value; smaller ones stay in the first-level cache
	beyondCache   = 1 << 20  // bytes of a value that is likely to leave the second-level cache
)

// costs are what the kinds of calls cost: those that are not named here as much as a multiplication.
var costs = map[graph.Kind]int{
	graph.Div: 2, graph.Recip: 2, graph.Sqrt: 3, graph.Rsqrt: 3, graph.Exp: 6, graph.Expm1: 8, graph.Log: 10,
	graph.Log1p: 10, graph.Sigmoid: 10, graph.Tanh: 14, graph.Erf: 15, graph.Softplus: 20, graph.Sin: 20,
	graph.Cos: 20, graph.Pow: 30,
}

// mostCost is the cost up to which a value is computed again. One that leaves the second-level cache is written and
// read at some 10 GB/s, the time of 25 multiplications.
func (s *step) mostCost() int {
	if 4*s.size < beyondCache {
		return 2
	}
	return 20
}

// isCluster reports whether a step is a cluster and nothing more.
func (s *step) isCluster() bool {
	_, ok := s.pattern.(cluster)
	return ok && s.pooling == nil
}

// repetition is values of a cluster that their readers can compute again from one value more, or from none.
type repetition struct {
	values []*repeated
	gain   int // values that are stored no more, less the one that is stored for them
	cost   int
}

// repeated is one of the values.
type repeated struct {
	call    *graph.Call   // that makes it
	calls   []*graph.Call // of the cluster, all that it takes, in order
	readers []*step
}

// repetition returns the best repetition of values of s; nil where none saves memory.
func (b *builder) repetition(s *step) *repetition {
	var best *repetition
	var sources []*Value // what the values may be computed from
	if s.root != nil {
		sources = append(sources, b.value[s.root.Out[0]])
	}
	for _, c := range s.calls {
		for _, x := range c.In {
			if v := b.value[x]; v.Size == s.size && !slices.Contains(sources, v) {
				sources = append(sources, v)
			}
		}
	}
	for _, from := range append(sources, nil) {
		r := &repetition{}
		last := 0 // place of the last reader
		for _, c := range s.calls {
			v := b.again(s, c, from)
			if v == nil {
				continue
			}
			r.values = append(r.values, v)
			for _, t := range v.calls {
				r.cost += cost(t) * len(v.readers)
			}
			for _, k := range v.readers {
				last = max(last, k.place)
			}
		}
		if r.gain = len(r.values); from != nil && !b.lives(from, last) {
			r.gain--
		}
		if r.gain > 0 && (best == nil || cmp.Or(r.gain-best.gain, best.cost-r.cost) > 0) {
			best = r
		}
	}
	return best
}

func cost(c *graph.Call) int { return cmp.Or(costs[c.Op.(graph.Elem).Kind], 1) }

// again tells how all readers of the value of c, a call of cluster s, can compute it from one value; nil if it cannot
// be done, or is too dear.
func (b *builder) again(s *step, c *graph.Call, from *Value) *repeated {
	v := b.value[c.Out[0]]
	if v == from || b.keep[v] || b.check[v] || !b.escapes(s, v) {
		return nil
	}
	r := &repeated{call: c}
	last := 0
	for _, u := range b.users[c] {
		k := b.stepOf[u]
		if k == s || slices.Contains(r.readers, k) {
			continue
		}
		op, elementwise := u.Op.(graph.Elem)
		// The mask of a relu is read in the epilogue of a product.
		if !elementwise || op.Kind == graph.ReluGrad || !k.isCluster() || k.size != s.size || !b.straight(c, k) {
			return nil
		}
		r.readers = append(r.readers, k)
		last = max(last, k.place)
	}
	needed := map[*graph.Call]bool{}
	if !b.needs(s, c, from, last, needed) {
		return nil
	}
	total := 0
	for _, t := range s.calls {
		if needed[t] {
			total += cost(t)
			r.calls = append(r.calls, t)
		}
	}
	if total > s.mostCost() {
		return nil
	}
	for _, k := range r.readers {
		if len(k.calls)+len(r.calls) > maxCluster {
			return nil
		}
	}
	return r
}

// needs adds the calls of s that compute the value of c from one value and others that are in memory up to a place,
// and reports whether there are such.
func (b *builder) needs(s *step, c *graph.Call, from *Value, place int, calls map[*graph.Call]bool) bool {
	if op, ok := c.Op.(graph.Elem); !ok || c.Out[0].DType != tensor.Float32 || c == s.root || op.Kind.Arity() > 3 {
		return false
	}
	calls[c] = true
	for _, x := range c.In {
		v := b.value[x]
		switch m := b.makerCall(x); {
		case v == from || calls[m]:
		case v.maker == s:
			if !b.needs(s, m, from, place, calls) {
				return false
			}
		case !b.lives(v, place):
			return false
		}
	}
	return true
}

// lives reports whether a value is in memory up to a place without being read by more steps than now, or is so small
// that it does not matter.
func (b *builder) lives(v *Value, place int) bool {
	if v.maker == nil || b.keep[v] || 4*v.Size < leastRepeated {
		return true
	}
	return slices.ContainsFunc(b.users[v.Node.Call], func(u *graph.Call) bool {
		k := b.stepOf[u]
		return k != v.maker && k.place >= place && slices.ContainsFunc(u.In, func(x *graph.Node) bool {
			return b.value[x] == v
		})
	})
}

// repeat gives the readers of a cluster's values calls of their own for them.
func (b *builder) repeat(s *step, r *repetition) {
	own := map[*step]map[*graph.Node]*graph.Node{}
	for _, v := range r.values {
		for _, k := range v.readers {
			if own[k] == nil {
				own[k] = map[*graph.Node]*graph.Node{}
			}
			b.copyCalls(k, v.calls, own[k])
			for _, u := range k.calls {
				b.redirect(u, own[k])
			}
		}
		b.users[v.call] = slices.DeleteFunc(b.users[v.call], func(u *graph.Call) bool { return b.stepOf[u] != s })
	}
}

// copyCalls puts copies of calls in front of those of a cluster, but for those that have a copy there already.
func (b *builder) copyCalls(k *step, calls []*graph.Call, own map[*graph.Node]*graph.Node) {
	at := 0 // behind the copies that are there
	for _, y := range own {
		if _, ok := y.Call.Op.(graph.Reshape); !ok {
			at++
		}
	}
	for _, c := range calls {
		if own[c.Out[0]] != nil {
			continue
		}
		d := b.copyCall(c, own)
		d.Label = "" // that of the cluster is its first call's
		b.enter(d, k)
		k.calls = slices.Insert(k.calls, at, d)
		at++
	}
}
