package emit

import (
	"slices"
	"strconv"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
)

// operands are those of a Scan by their roles.
type operands struct {
	states, inputs, fixed []*graph.Node
	mask                  *graph.Node
}

func operandsOf(c *graph.Call, o graph.Scan) (p operands) {
	p.states, p.inputs = c.In[:o.States], c.In[o.States:o.States+o.Inputs]
	p.fixed = c.In[o.States+o.Inputs:]
	if o.Masked {
		p.mask, p.fixed = p.fixed[0], p.fixed[1:]
	}
	return p
}

// scan lowers a loop: as an RNN, LSTM or GRU where it is one, else as a Scan.
func (l *lowering) scan(n *graph.Node, o graph.Scan) {
	c := n.Call
	if r, ok := l.recurrence(c, o); ok {
		r.lower(n)
		return
	}
	p := operandsOf(c, o)
	var nodes []*pb.Node
	g := &pb.Graph{Name: unique(l.f.nodeNames, legal(c.Label+"/step"))}
	b, outs, err := l.body(c, o)
	if err != nil {
		l.f.fault = err
		return
	}
	// What the body reads of the graph around is lowered before the loop.
	var inputs []string
	for _, x := range p.states {
		inputs = append(inputs, l.in(x, nil, pb.F32))
	}
	sequences := c.In[o.States : len(c.In)-len(p.fixed)]
	for _, x := range sequences {
		inputs = append(inputs, l.in(x, nil, natural(x)))
	}
	for _, x := range p.fixed {
		if !l.isStatic(x) {
			l.value(x)
		}
	}
	for _, e := range l.shape(n)[:1] {
		if !e.fixed() {
			l.dim(e)
		}
	}
	target, around := l.f.sink, l.f.within
	l.f.sink, l.f.within = &nodes, g.Name
	in := b.inputs(c, o)
	for i, x := range in {
		switch {
		case i < o.States+len(sequences):
			name := l.f.Name(g.Name + "/in_" + strconv.Itoa(i))
			g.Inputs = append(g.Inputs, Tensor{name, natural(x), open(len(x.Shape))}.Value())
			b.put(x, name, natural(x), nil)
		case !l.isStatic(c.In[i]):
			v := l.value(c.In[i])
			b.put(x, v.name, v.elem, v.perm)
		}
	}
	used := make([]bool, len(outs))
	for i := range outs {
		used[i] = i < o.States || l.uses[c.Out[i]] > 0
	}
	declare := func(x *graph.Node) {
		name := l.f.Name(g.Name + "/out")
		l.f.copied(name, b.in(x, nil, pb.F32), name)
		g.Outputs = append(g.Outputs, Tensor{name, pb.F32, open(len(x.Shape))}.Value())
	}
	for _, x := range outs[:o.States] {
		declare(x)
	}
	var kept []int
	for i, x := range outs {
		if l.uses[c.Out[i]] > 0 {
			declare(x)
			kept = append(kept, i)
		}
	}
	g.Nodes = nodes
	l.f.sink, l.f.within = target, around
	direction := btoi(o.Reverse)
	every := func(k, v int) []int { return slices.Repeat([]int{v}, k) }
	results := l.f.Node(c.Label, "Scan", inputs, o.States+len(kept),
		&pb.Attribute{Name: "body", Type: pb.GraphType, G: g}, Int("num_scan_inputs", len(sequences)),
		Ints("scan_input_axes", every(len(sequences), 1)...), Ints("scan_input_directions",
			every(len(sequences), direction)...), Ints("scan_output_axes", every(len(kept), 1)...),
		Ints("scan_output_directions", every(len(kept), direction)...))
	for k, i := range kept {
		l.put(c.Out[i], results[o.States+k], pb.F32, nil)
	}
}

// open are the dimensions of a tensor of which only the rank is declared.
func open(rank int) []pb.Dim { return slices.Repeat([]pb.Dim{{Value: -1}}, rank) }

// body traces a step of a loop for all extents.
func (l *lowering) body(c *graph.Call, o graph.Scan) (b *lowering, outs []*graph.Node, err error) {
	var graphs []*graph.Graph
	for k, g := range l.graphs {
		call := g.Calls[c.ID]
		var types []graph.Type
		for _, x := range call.In {
			types = append(types, x.Type)
		}
		_, roots, err := call.Op.(graph.Scan).Step(types)
		if err != nil {
			return nil, nil, err
		}
		t := &traced{opset: l.f.Opset}
		step, roots := graph.Simplify(roots, t.claims)
		if graphs = append(graphs, step); k == 0 {
			outs = roots
		} else if err := alike(graphs[0], step); err != nil {
			return nil, nil, err
		}
	}
	b = newLowering(l.f, graphs, outs)
	b.outer, b.root, b.lift = l, l.root, map[*graph.Node]*graph.Node{}
	return b, outs, nil
}

// inputs are the leaves of the body, nil where it does not read one, in the order of the operands.
func (l *lowering) inputs(c *graph.Call, o graph.Scan) []*graph.Node {
	types, in := map[int]*graph.Node{}, make([]*graph.Node, len(c.In))
	for _, leaf := range l.graphs[0].Leaves() {
		if i, err := strconv.Atoi(leaf.Call.Op.(graph.Leaf).Name); err == nil {
			types[i] = leaf
		}
	}
	for i, x := range c.In {
		leaf := types[i]
		if leaf == nil { // nobody reads it; it is an input of the body all the same
			s := x.Shape
			if i >= o.States && i < o.States+o.Inputs+btoi(o.Masked) {
				s = append(slices.Clone(s[:1]), s[2:]...)
			}
			leaf = &graph.Node{Call: &graph.Call{ID: 1 << 30, Op: graph.Leaf{}},
				Type: graph.Type{DType: x.DType, Shape: s}}
		}
		if in[i] = leaf; i >= o.States+o.Inputs+btoi(o.Masked) && l.outer.isStatic(x) {
			l.lift[leaf] = x
		}
	}
	return in
}
