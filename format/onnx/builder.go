package onnx

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorae/format/onnx/internal/pb"
)

// builder makes a program of a file.
type builder struct {
	*program
	opsets    map[string]int
	functions map[string]*pb.Function
	unknown   []string          // operators that are not known, with their nodes
	alias     map[string]string // of constants
	ends      map[string]bool   // the outputs of all graphs
	made      int
	depth     int
}

// mostDepth bounds functions that call functions.
const mostDepth = 32

// newProgram checks a file's graph.
func newProgram(m *pb.Model) (*program, error) {
	b := &builder{program: &program{constants: map[string]*constant{}}, opsets: opsets(m.Opsets),
		functions: map[string]*pb.Function{}, alias: map[string]string{}, ends: map[string]bool{}}
	b.findEnds(m.Graph)
	for _, f := range m.Functions {
		b.functions[f.Domain+" "+f.Name] = f
	}
	if m.Graph.Sparse > 0 {
		return nil, fmt.Errorf("it has %d sparse initializers, which gorae does not read", m.Graph.Sparse)
	}
	if err := b.initializers(m.Graph, nil); err != nil {
		return nil, err
	}
	var err error
	if b.body, err = b.block(m.Graph.Name, m.Graph.Nodes, nil); err != nil {
		return nil, err
	}
	for _, list := range []struct {
		from []*pb.Value
		to   *[]end
	}{{m.Graph.Inputs, &b.inputs}, {m.Graph.Outputs, &b.outputs}} {
		for _, v := range list.from {
			if b.constants[v.Name] != nil && list.to == &b.inputs {
				continue // files of IR version 3 list initializers as inputs too
			}
			e := end{name: v.Name}
			if t := v.Type; t != nil {
				if t.Kind == "sequence" && b.zipped(v.Name) {
					*list.to = append(*list.to, e)
					continue
				}
				if t.Kind != "tensor" && t.Kind != "" {
					return nil, fmt.Errorf("%q is a %s, no tensor, which gorae does not take", v.Name, t.Kind)
				}
				e.elem, e.dims, e.known = t.Elem, t.Dims, t.Rank
			}
			*list.to = append(*list.to, e)
		}
	}
	for _, v := range b.outputs {
		b.body.outputs = append(b.body.outputs, v.name)
	}
	if len(b.unknown) > 0 {
		slices.Sort(b.unknown)
		return nil, fmt.Errorf("operators that gorae does not compute: %s",
			strings.Join(slices.Compact(b.unknown), ", "))
	}
	if len(b.inputs) == 0 || len(b.outputs) == 0 {
		return nil, fmt.Errorf("its graph has %d inputs and %d outputs", len(b.inputs), len(b.outputs))
	}
	b.roles(b.body)
	b.findSamples()
	b.gatherTexts(b.body)
	b.tokens()
	return b.program, nil
}

// findEnds lists the outputs of a graph and of those within it.
func (b *builder) findEnds(g *pb.Graph) {
	for _, v := range g.Outputs {
		b.ends[v.Name] = true
	}
	for _, n := range g.Nodes {
		for _, a := range n.Attributes {
			if a.G != nil {
				b.findEnds(a.G)
			}
		}
	}
}

// zipped reports whether a value is the map from names of classes to probabilities that a ZipMap makes.
func (b *builder) zipped(name string) bool {
	return slices.ContainsFunc(b.body.nodes, func(n *node) bool {
		return n.op == "ZipMap" && slices.Contains(n.outputs, name)
	})
}

// opsets are the versions of the operators by domain. A domain that is imported twice has the later version.
func opsets(list []pb.Opset) map[string]int {
	m := map[string]int{}
	for _, o := range list {
		d := domain(o.Domain)
		m[d] = max(m[d], int(o.Version))
	}
	return m
}

// domain is the name of a domain; that of the default one is "".
func domain(d string) string {
	if d == "ai.onnx" {
		return ""
	}
	return d
}

// initializers adds the constants of a graph, by new names where rename has one.
func (b *builder) initializers(g *pb.Graph, rename map[string]string) error {
	for _, t := range g.Initializers {
		name := t.Name
		if r, ok := rename[name]; ok {
			name = r
		}
		if err := b.add(name, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) add(name string, t *pb.Tensor) error {
	if b.constants[name] != nil {
		return fmt.Errorf("there are two initializers %q", name)
	}
	for _, d := range t.Dims {
		if d < 0 || int64(int32(d)) != d {
			return fmt.Errorf("tensor %q has the dimensions %v", t.Name, t.Dims)
		}
	}
	if t.Located() {
		if _, err := t.Size(); err != nil {
			return err
		}
	}
	b.constants[name] = &constant{tensor: t}
	b.order = append(b.order, name)
	return nil
}

// block makes the nodes of a graph; rename gives the values of a function other names.
func (b *builder) block(name string, nodes []*pb.Node, rename func(string) string) (*block, error) {
	if b.depth++; b.depth > mostDepth {
		return nil, fmt.Errorf("functions and graphs lie within each other more than %d deep", mostDepth)
	}
	defer func() { b.depth-- }()
	out := &block{name: name}
	for _, x := range nodes {
		if b.made++; b.made > mostNodes {
			return nil, fmt.Errorf("it has more than %d nodes with those of its functions", mostNodes)
		}
		n := &node{op: x.Op, domain: domain(x.Domain), name: x.Name, attributes: x.Attributes}
		n.inputs, n.outputs = renamed(x.Inputs, rename), renamed(x.Outputs, rename)
		for i, name := range n.inputs {
			if of, ok := b.alias[name]; ok {
				n.inputs = slices.Clone(n.inputs)
				n.inputs[i] = of
			}
		}
		n.opset = b.opsets[n.domain]
		if f := b.functions[x.Domain+" "+x.Op]; f != nil {
			inner, err := b.call(f, n)
			if err != nil {
				return nil, err
			}
			out.nodes = append(out.nodes, inner...)
			continue
		}
		if n.op == "Constant" && n.domain == "" && len(n.outputs) == 1 {
			t, err := literal(n)
			if err != nil {
				return nil, err
			}
			if err := b.add(n.outputs[0], t); err != nil {
				return nil, err
			}
			continue
		}
		if n.op == "Identity" && n.domain == "" && len(n.inputs) == 1 && len(n.outputs) == 1 &&
			b.constants[n.inputs[0]] != nil && !b.ends[n.outputs[0]] {
			b.alias[n.outputs[0]] = n.inputs[0] // weights that several nodes share
			continue
		}
		n.operator = operators[strings.TrimPrefix(n.domain+"."+n.op, ".")]
		if n.operator == nil {
			b.unknown = append(b.unknown, n.label())
		}
		for _, a := range x.Attributes {
			if a.Type == pb.GraphType && a.G != nil {
				if err := b.within(n, a, rename); err != nil {
					return nil, err
				}
			}
		}
		out.nodes = append(out.nodes, n)
	}
	return out, nil
}

// within makes the graph of an attribute. Its names are its own, those around it are seen.
func (b *builder) within(n *node, a *pb.Attribute, rename func(string) string) error {
	if a.G.Sparse > 0 {
		return fmt.Errorf("%s: sparse initializers, which gorae does not read", n.label())
	}
	var own map[string]string
	if rename != nil {
		own = map[string]string{}
		for _, t := range a.G.Initializers {
			own[t.Name] = rename(t.Name)
		}
	}
	if err := b.initializers(a.G, own); err != nil {
		return err
	}
	inner, err := b.block(a.G.Name, a.G.Nodes, rename)
	if err != nil {
		return err
	}
	for _, v := range a.G.Inputs {
		inner.inputs = append(inner.inputs, renamed([]string{v.Name}, rename)...)
	}
	for _, v := range a.G.Outputs {
		inner.outputs = append(inner.outputs, renamed([]string{v.Name}, rename)...)
	}
	if n.bodies == nil {
		n.bodies = map[string]*block{}
	}
	n.bodies[a.Name] = inner
	return nil
}

func renamed(names []string, rename func(string) string) []string {
	if rename == nil {
		return names
	}
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = n; n != "" {
			out[i] = rename(n)
		}
	}
	return out
}

// call puts the nodes of a function in the place of a call of it.
func (b *builder) call(f *pb.Function, n *node) ([]*node, error) {
	outer := b.opsets
	b.opsets = maps.Clone(outer)
	maps.Copy(b.opsets, opsets(f.Opsets))
	defer func() { b.opsets = outer }()
	names := map[string]string{}
	for i, name := range f.Inputs {
		names[name] = ""
		if i < len(n.inputs) {
			names[name] = n.inputs[i]
		}
	}
	for i, name := range f.Outputs {
		if i < len(n.outputs) && n.outputs[i] != "" {
			names[name] = n.outputs[i]
		}
	}
	prefix := fmt.Sprintf("%s/%d/", cmp.Or(n.name, n.op), b.made)
	given := map[string]*pb.Attribute{}
	for _, list := range [][]*pb.Attribute{f.Defaults, n.attributes} {
		for _, a := range list {
			given[a.Name] = a
		}
	}
	nodes := make([]*pb.Node, len(f.Nodes))
	for i, x := range f.Nodes {
		y := *x
		y.Attributes = nil
		for _, a := range x.Attributes {
			if a.Ref != "" {
				g := given[a.Ref]
				if g == nil {
					continue // the operator's default
				}
				c := *g
				c.Name = a.Name
				y.Attributes = append(y.Attributes, &c)
				continue
			}
			y.Attributes = append(y.Attributes, a)
		}
		nodes[i] = &y
	}
	inner, err := b.block(f.Name, nodes, func(name string) string {
		if as, ok := names[name]; ok {
			return as
		}
		return prefix + name
	})
	if err != nil {
		return nil, err
	}
	return inner.nodes, nil
}

// literal is the value of a Constant.
func literal(n *node) (*pb.Tensor, error) {
	for _, a := range n.attributes {
		switch a.Name {
		case "value":
			if a.T != nil {
				return a.T, nil
			}
		case "value_float":
			return pb.OfFloats("", nil, []float32{a.F}), nil
		case "value_floats":
			return pb.OfFloats("", []int64{int64(len(a.Floats))}, a.Floats), nil
		case "value_int":
			return pb.OfInts("", nil, []int64{a.I}), nil
		case "value_ints":
			return pb.OfInts("", []int64{int64(len(a.Ints))}, a.Ints), nil
		case "value_string":
			return pb.OfTexts("", nil, []string{a.S}), nil
		case "value_strings":
			return pb.OfTexts("", []int64{int64(len(a.Strings))}, a.Strings), nil
		}
	}
	return nil, fmt.Errorf("%s: a constant without a value that gorae reads", n.label())
}
