package graph

import "slices"

// Fold moves factors and terms of channels into weights: where s and t, one number for each filter, depend on
// weights, states and constants alone,
//
//	conv(x, w)·s + t   is   conv(x, w·s) + t,   (conv(x, w) + b)·s + t   is   conv(x, w·s) + (b·s + t)
//
// and likewise for products and transposed convolutions. A plan that changes no weight computes w·s once for each
// version of the weights, so that a batch normalisation behind a convolution costs nothing in prediction. It is for
// simplified nodes, whose results it gives in a new graph; what it leaves unused goes with the next [Simplify].
func Fold(roots []*Node) []*Node {
	if len(roots) == 0 {
		return nil
	}
	calls := reach(roots)
	f := &folder{uses: map[*Node]int{}, hoistable: map[*Node]bool{}, sums: map[*Node]sum{}}
	for _, c := range calls {
		for _, x := range c.In {
			f.uses[x]++
		}
	}
	for _, r := range roots {
		f.uses[r]++
	}
	g, m := New(), map[*Node]*Node{}
	for _, c := range calls {
		g.label = c.Label
		in := make([]*Node, len(c.In))
		for i, x := range c.In {
			in[i] = m[x]
		}
		y := f.fold(c, in)
		if y == nil {
			out := g.Apply(c.Op, in...)
			for i, o := range c.Out {
				m[o] = out[i]
				f.hoistable[out[i]] = f.isHoistable(c, in)
			}
			if l, ok := c.Op.(Leaf); ok {
				g.leaves[l.Name] = out[0]
			}
			f.start(out[0])
			continue
		}
		m[c.Out[0]] = y
	}
	out := make([]*Node, len(roots))
	for i, r := range roots {
		out[i] = m[r]
	}
	return out
}

// folder is one run of Fold. Its maps but uses are of new nodes.
type folder struct {
	uses      map[*Node]int
	hoistable map[*Node]bool // depends on weights, states and constants alone
	sums      map[*Node]sum
}

// sum is a node that is op(x, w), plus bias where that is not nil.
type sum struct {
	op    Op
	label string // of the product
	x, w  *Node
	bias  *Node
}

func (f *folder) isHoistable(c *Call, in []*Node) bool {
	switch op := c.Op.(type) {
	case Leaf:
		return op.Kind != Input
	case Const:
		return true
	}
	return len(in) > 0 && !slices.ContainsFunc(in, func(x *Node) bool { return !f.hoistable[x] })
}

// start notes a sum of products whose weights can take factors.
func (f *folder) start(y *Node) {
	c := y.Call
	switch op := c.Op.(type) {
	case Conv:
	case ConvInputGrad:
		if op.Groups > 1 {
			return
		}
	case MatMul:
		if op.TransB || len(c.In[1].Shape) != 2 {
			return
		}
	default:
		return
	}
	if f.hoistable[c.In[1]] && !f.hoistable[y] {
		f.sums[y] = sum{op: c.Op, label: c.Label, x: c.In[0], w: c.In[1]}
	}
}

// fold gives what a product with s or a sum with t becomes, nil where it stays.
func (f *folder) fold(c *Call, in []*Node) *Node {
	e, ok := c.Op.(Elem)
	if !ok || e.Kind != Mul && e.Kind != Add {
		return nil
	}
	for i := range 2 {
		y, v := in[i], in[1-i]
		s, ok := f.sums[y]
		if !ok || f.uses[c.In[i]] != 1 || !f.hoistable[v] || len(v.Shape) != 1 ||
			v.Shape[0] != y.Shape[len(y.Shape)-1] {
			continue
		}
		switch {
		case e.Kind == Mul:
			s.w = f.keep(s.scaled(v))
			if s.bias != nil {
				s.bias = f.keep(s.bias.Mul(v))
			}
			y = s.product()
			if s.bias != nil {
				y = y.Add(s.bias)
			}
		case s.bias == nil:
			s.bias = v
			y = y.Add(v)
		default:
			s.bias = f.keep(s.bias.Add(v))
			y = s.product().Add(s.bias)
		}
		f.sums[y] = s
		return y
	}
	return nil
}

func (f *folder) keep(x *Node) *Node {
	f.hoistable[x] = true
	return x
}

// product is the call of the product with its present weights, under the label that it was traced with.
func (s sum) product() *Node {
	g := s.x.Graph()
	old := g.label
	defer func() { g.label = old }()
	g.label = s.label
	return g.apply1(s.op, s.x, s.w)
}

// scaled returns the weights with each filter multiplied by its element of v.
func (s sum) scaled(v *Node) *Node {
	if _, ok := s.op.(ConvInputGrad); ok { // its results are the channels of w, the last axis but one
		v = v.Reshape(v.Shape[0], 1)
	}
	return s.w.Mul(v)
}
