package plan

import (
	"fmt"
	"runtime"
	"slices"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/internal/ram"
	"gorae/tensor"
)

// step is one launch in the making: a call with a kernel, or several fused calls.
type step struct {
	calls []*graph.Call // in order; one unless fused
	root  *graph.Call   // the call whose result a cluster finishes, if any (epilogue.go)
	size  int           // elements that a cluster runs over
	fused bool          // elementwise calls (and perhaps a root)
	// pooling is a pooling of the root's result, nil for none (convpool.go).
	pooling *pooling
	pattern pattern // computes the step; nil for one call that a Kernel computes
	index   int     // of its wave
	place   int     // in builder.places
	turn    int     // the last search that has found the step

	in, out []*Value
	launch  Launch
	bind    func(b *builder) Launch
	// inPlace lists pairs (result, operand) that may share memory.
	inPlace [][2]*Value
	temps   []*Value // memory of the step alone
	commit  bool     // runs in Commit
	hoisted bool     // depends on weights alone
	again   bool     // computes something of the forward pass again
}

// builder is one compilation.
type builder struct {
	g      *graph.Graph
	p      *Plan
	value  map[*graph.Node]*Value
	stepOf map[*graph.Call]*step
	users  map[*graph.Call][]*graph.Call // through reshapes
	steps  []*step
	waves  [][]*step       // the steps, those that run at the same time together
	keep   map[*Value]bool // read from outside of steps
	check  map[*Value]bool
	swept  map[*graph.Call]bool // sweeps that move leaves in place
	places []*step              // the steps, each after all whose results it reads; nil where none is
	turn   int                  // counts the searches of after

	threads int // that will run the plan, as far as is known
}

// Compile makes a plan that computes outs, checks that the values of check are
// finite, and carries out assigns. Leaves are found by their names. It is cut for
// the threads of par.Default(), and any other number gives the same results.
func Compile(outs, check []*graph.Node, assigns []graph.Assign) (*Plan, error) {
	return compile(outs, check, assigns, par.Default().Threads())
}

func compile(outs, check []*graph.Node, assigns []graph.Assign, threads int) (*Plan, error) {
	if len(outs)+len(assigns) == 0 {
		return nil, errNothing
	}
	roots := slices.Concat(outs, check)
	moved := map[string]bool{}
	for _, a := range assigns {
		roots = append(roots, a.Value)
		moved[a.State.Call.Op.(graph.Leaf).Name] = true
	}
	g, nodes := graph.Simplify(roots, claims)
	if len(assigns) == 0 && len(g.Recompute) == 0 { // weights stand still: what only they decide is computed once
		g, nodes = graph.Simplify(graph.Fold(nodes), claims)
	}
	b := newBuilder(g, roots)
	b.threads = threads
	b.lower()
	for i, n := range nodes[:len(outs)] {
		v := b.value[n]
		b.keep[v] = true
		b.p.outs = append(b.p.outs, output{v, n.DType, outs[i].Shape})
	}
	for _, n := range nodes[len(outs) : len(outs)+len(check)] {
		b.check[b.value[n]] = true
	}
	b.assign(assigns, nodes[len(outs)+len(check):])
	b.recompute()
	b.line()
	b.fuse()
	b.rematerialize()
	var err error
	if b.steps, err = b.sorted(); err != nil {
		return nil, err
	}
	b.finish()
	b.wave()
	b.layout()
	if err = b.fits(0); err != nil {
		return nil, err
	}
	b.bind()
	// Each thread of a run has room of its own beside the values.
	return b.p, b.fits(b.p.scratch * runtime.GOMAXPROCS(0))
}

// fits returns an error where the values and some numbers beside them take more memory than there is.
func (b *builder) fits(beside int) error {
	if err := ram.FitsBeside(float64(b.p.Bytes()) + 4*float64(beside)); err != nil {
		return fmt.Errorf("the outputs of its layers: %w; give a smaller batch, or make layers smaller", err)
	}
	return nil
}

func newBuilder(g *graph.Graph, roots []*graph.Node) *builder {
	return &builder{
		g: g, p: &Plan{roots: roots},
		value: map[*graph.Node]*Value{}, stepOf: map[*graph.Call]*step{},
		users: map[*graph.Call][]*graph.Call{}, keep: map[*Value]bool{}, check: map[*Value]bool{},
		swept: map[*graph.Call]bool{},
	}
}

// lower makes a value for each node and a step for each call.
func (b *builder) lower() {
	for _, c := range b.g.Calls {
		switch op := c.Op.(type) {
		case graph.Leaf:
			v := b.newValue(c.Out[0])
			v.leaf = len(b.p.leaves)
			b.p.leaves = append(b.p.leaves, leaf{op, v})
			continue
		case graph.Const:
			b.newValue(c.Out[0]).fixed = op.Value
			continue
		case graph.Reshape:
			b.value[c.Out[0]] = b.value[c.In[0]]
			continue
		}
		b.lowerCall(c)
	}
}

// lowerCall makes the values and the step of a call that computes something.
func (b *builder) lowerCall(c *graph.Call) {
	s := &step{calls: []*graph.Call{c}, fused: fusible(c)}
	if s.fused {
		s.size = c.Out[0].Shape.Size()
	}
	if isRoot(c) {
		s.root, s.calls, s.fused, s.size = c, nil, true, c.Out[0].Shape.Size()
	}
	b.enter(c, s)
}

// enter makes the values of a call of a step, and lets those that the call reads know it.
func (b *builder) enter(c *graph.Call, s *step) {
	b.stepOf[c] = s
	for _, o := range c.Out {
		b.newValue(o).maker = s
	}
	for _, x := range c.In {
		if m := b.makerCall(x); m != nil && !slices.Contains(b.users[m], c) {
			b.users[m] = append(b.users[m], c)
		}
	}
}

// makerCall returns the call whose result x is, seen through reshapes; nil for leaves.
func (b *builder) makerCall(x *graph.Node) *graph.Call {
	return b.source(b.value[x].Node)
}

func (b *builder) source(x *graph.Node) *graph.Call {
	switch x.Call.Op.(type) {
	case graph.Leaf, graph.Const:
		return nil
	}
	return x.Call
}

// newBuffer returns a value of n float32s without a node.
func (b *builder) newBuffer(n int) *Value {
	v := &Value{ID: len(b.p.values), Size: n, leaf: -1, offset: -1}
	b.p.values = append(b.p.values, v)
	return v
}

func (b *builder) newValue(n *graph.Node) *Value {
	v := &Value{ID: len(b.p.values), Node: n, DType: n.DType, Size: n.Shape.Size(), leaf: -1, offset: -1}
	b.p.values = append(b.p.values, v)
	b.value[n] = v
	return v
}

// assign chooses how each assignment is carried out: by a sweep that moves its leaves in place, or by a copy.
func (b *builder) assign(assigns []graph.Assign, nodes []*graph.Node) {
	to := map[*graph.Node]string{}
	for i, a := range assigns {
		to[nodes[i]] = a.State.Call.Op.(graph.Leaf).Name
	}
	for _, c := range b.g.Calls {
		if b.inPlaceSweep(c, to) {
			b.swept[c] = true
		}
	}
	for i, a := range assigns {
		n := nodes[i]
		if b.swept[n.Call] {
			continue
		}
		v := b.value[n]
		b.keep[v] = true
		op := a.State.Call.Op.(graph.Leaf)
		var dst *Value
		for _, l := range b.p.leaves {
			if l.op.Name == op.Name {
				dst = l.v
			}
		}
		if dst == nil { // written, never read
			dst = &Value{ID: len(b.p.values), Node: a.State, DType: a.State.DType, Size: a.State.Shape.Size(),
				leaf: len(b.p.leaves), offset: -1}
			b.p.values = append(b.p.values, dst)
			b.p.leaves = append(b.p.leaves, leaf{op, dst})
		}
		b.p.copies = append(b.p.copies, [2]*Value{dst, v})
	}
}

// inPlaceSweep reports whether c is an optimiser's update all of whose results go
// to the leaves it reads, and to nothing else.
func (b *builder) inPlaceSweep(c *graph.Call, to map[*graph.Node]string) bool {
	s := newSweep(c)
	if s == nil {
		return false
	}
	for i, y := range c.Out {
		l, ok := c.In[s.moved[i]].Call.Op.(graph.Leaf)
		if !ok || to[y] != l.Name || len(b.users[c]) > 0 || b.keep[b.value[y]] || b.check[b.value[y]] {
			return false
		}
	}
	return true
}

// all lists the calls of a step, the root first and the pooling last.
func (s *step) all() []*graph.Call {
	if s.root == nil {
		return s.calls
	}
	all := append([]*graph.Call{s.root}, s.calls...)
	if s.pooling != nil {
		all = append(all, s.pooling.call)
	}
	return all
}

// finish lowers each step, hoists those that depend on weights alone, and puts sweeps and checks at the end.
func (b *builder) finish() {
	var body, sweeps []*step
	for _, s := range b.steps {
		if len(s.calls) == 1 && b.swept[s.calls[0]] {
			sweeps = append(sweeps, s)
			continue
		}
		if before := b.prepare(s); before != nil {
			before.again = s.again
			body = append(body, before)
		}
		body = append(body, s)
	}
	if s := b.checkStep(); s != nil {
		body = append(body, s)
	}
	if len(sweeps) > 0 {
		body = append(body, b.sweepStep(sweeps))
	}
	if b.keepsAll() {
		body = b.hoist(body)
	}
	b.steps = body
}

// perRun reports whether a leaf may differ from run to run while the weights stay the same.
func (b *builder) perRun(v *Value) bool {
	k := b.p.leaves[v.leaf].op.Kind
	return k == graph.Input || k == graph.Session
}

// keepsAll reports whether the plan moves no weight, so that what weights alone decide is computed once for each
// version of them.
func (b *builder) keepsAll() bool { return len(b.swept) == 0 && b.keepsWeights() }

// keepsWeights reports whether the plan assigns to nothing but the memory of a session.
func (b *builder) keepsWeights() bool {
	for _, c := range b.p.copies {
		if !b.perRun(c[0]) {
			return false
		}
	}
	return true
}

// hoist moves the steps that depend on weights and constants alone to the front: a plan that changes no weight runs
// them once for each version of the weights.
func (b *builder) hoist(body []*step) []*step {
	fixed := func(v *Value) bool {
		switch {
		case v.fixed != nil:
			return true
		case v.leaf >= 0:
			return !b.perRun(v)
		}
		return v.maker.hoisted
	}
	var first, rest []*step
	for _, s := range body {
		s.hoisted = len(s.in) > 0
		for _, v := range s.in {
			s.hoisted = s.hoisted && fixed(v)
		}
		if !s.hoisted {
			rest = append(rest, s)
			continue
		}
		first = append(first, s)
		for _, v := range s.out {
			v.pinned = true
		}
	}
	b.p.hoisted = len(first)
	return append(first, rest...)
}

// prepare lists the values of a step and lowers it. before is a step that must run first, nil for none.
func (b *builder) prepare(s *step) (before *step) {
	inside := func(v *Value) bool { return v.maker == s }
	seen := map[*Value]bool{}
	for _, c := range s.all() {
		for _, x := range c.In {
			if v := b.value[x]; !inside(v) && !seen[v] {
				seen[v] = true
				s.in = append(s.in, v)
			}
		}
	}
	for _, c := range s.all() {
		for _, y := range c.Out {
			v := b.value[y]
			if !s.fused || b.escapes(s, v) {
				s.out = append(s.out, v)
			}
		}
	}
	if s.pattern != nil {
		return s.pattern.lower(b, s)
	}
	b.prepareCall(s)
	return nil
}

// prepareCall gives a step of one call to the first kernel that claims it.
func (b *builder) prepareCall(s *step) {
	c := s.calls[0]
	k := kernelFor(c)
	var shared *Value
	if m, ok := k.(sharer); ok && m.shared(c) > 0 {
		shared = b.newBuffer(m.shared(c))
		s.temps = append(s.temps, shared)
	}
	s.bind = func(b *builder) Launch {
		bd := &Binding{Call: c, Shared: shared}
		for _, x := range c.In {
			bd.In = append(bd.In, b.value[x])
		}
		for _, y := range c.Out {
			bd.Out = append(bd.Out, b.value[y])
		}
		return k.Bind(bd)
	}
}

// escapes reports whether a value made in s is needed elsewhere.
func (b *builder) escapes(s *step, v *Value) bool {
	if b.keep[v] || b.check[v] {
		return true
	}
	for _, u := range b.users[v.Node.Call] {
		if b.stepOf[u] == s {
			continue
		}
		for _, x := range u.In {
			if b.value[x] == v {
				return true
			}
		}
	}
	return false
}

// fusible reports whether a call works element by element, so that it can join
// others in one pass.
func fusible(c *graph.Call) bool {
	switch op := c.Op.(type) {
	case graph.Elem, graph.Dropout:
		return true
	case graph.Broadcast:
		return c.Out[0].DType == tensor.Float32
	case graph.Cast:
		return op.To == tensor.Float32
	}
	return false
}
