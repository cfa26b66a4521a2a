package onnx

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
	"gorae/weight"
)

// part is a value of the file as the value of a model of layers. Its axes in the model stand for axes of the file, one
// or several behind each other; axes of the file that none stands for have the extent 1. The first is that of the
// samples. So a Transpose of the file needs no layer: pictures have their channels last in the model, and sequences
// their samples first.
type part struct {
	v    *model.Value
	axes [][]int
}

// seen is what is known of a value of the file from its trace for two samples.
type seen struct {
	shape tensor.Shape
	fixed bool         // it does not depend on the inputs
	value *graph.Array // of one that is fixed and known
}

// fill is the numbers of a layer's weights, in the order in which it declares them.
type fill struct {
	layer   string
	weights []*tensor.Tensor
}

// lowering makes a model of Keras's layers of a program.
type lowering struct {
	*program
	seen  map[string]seen
	parts map[string]part
	from  map[string]*node
	uses  map[string][]*node
	deep  int
	fills []fill
	names map[string]bool
	open  bool // some extent is open
}

// unmatched says that a node has no layer.
type unmatched struct {
	node *node
	why  string
}

func (e *unmatched) Error() string { return fmt.Sprintf("%s: %s", e.node.label(), e.why) }

// no stops the lowering at a node.
func (l *lowering) no(n *node, format string, args ...any) {
	panic(&unmatched{n, fmt.Sprintf(format, args...)})
}

// layered is the program as a model of layers with the same numbers; an error names the node that no layer matches.
func (p *program) layered(known map[string]seen, extent int) (m *model.Model, err error) {
	l := &lowering{program: p, seen: known, parts: map[string]part{}, uses: map[string][]*node{},
		from: map[string]*node{}, names: map[string]bool{}}
	defer func() {
		if e, ok := recover().(error); ok && e != nil {
			var no *unmatched
			if no, ok = e.(*unmatched); !ok {
				panic(e)
			}
			m, err = nil, no
		}
	}()
	for _, n := range p.body.nodes {
		for _, name := range n.inputs {
			l.uses[name] = append(l.uses[name], n)
		}
		for _, name := range n.outputs {
			l.from[name] = n
		}
	}
	var in []*model.Value
	for _, e := range p.inputs {
		x, err := e.input()
		if err != nil {
			return nil, err
		}
		x.At = extent
		l.open = l.open || len(x.Open()) > 0
		l.names[x.Name] = true
		v := model.Apply(x)
		in = append(in, v)
		axes := [][]int{{e.samples}}
		for a := range l.seen[e.name].shape {
			if a != e.samples {
				axes = append(axes, []int{a})
			}
		}
		l.parts[e.name] = part{v, axes}
	}
	var out []*model.Value
	for _, e := range p.outputs {
		v, ok := l.part(e.name)
		if !ok {
			return nil, &unmatched{&node{op: "output", name: e.name}, "it does not depend on the inputs"}
		}
		want := [][]int{{e.samples}}
		for a := range l.seen[e.name].shape {
			if a != e.samples {
				want = append(want, []int{a})
			}
		}
		out = append(out, l.arranged(v, l.seen[e.name].shape, want, nil))
	}
	m = model.New(in, out)
	return m, m.BuildFrom(l.set)
}

// part is a value as a value of the model; none where it does not depend on the inputs.
func (l *lowering) part(name string) (part, bool) {
	if p, ok := l.parts[name]; ok {
		return p, true
	}
	n := l.from[name]
	if n == nil || l.seen[name].fixed {
		return part{}, false
	}
	if l.deep++; n.domain != "" && n.op != "Scaler" || lowerings[n.op] == nil || l.deep > mostNodes {
		l.no(n, "no layer of Keras's computes it")
	}
	lowerings[n.op](l, n)
	l.deep--
	p, ok := l.parts[name]
	if !ok {
		l.no(n, "its output %q is none of a layer's", name)
	}
	return p, true
}

// set gives the layers their numbers.
func (l *lowering) set(s *weight.Store) error {
	s.Alloc()
	for _, f := range l.fills {
		var vars []*weight.Var
		for _, v := range s.Vars() {
			if strings.HasPrefix(v.Path, f.layer+"/") {
				vars = append(vars, v)
			}
		}
		if len(vars) != len(f.weights) {
			return fmt.Errorf("layer %q has %d weights for %d", f.layer, len(vars), len(f.weights))
		}
		for i, v := range vars {
			if v.Shape.Size() != len(f.weights[i].F32) {
				return fmt.Errorf("layer %q: weight %d is %v for %v", f.layer, i, v.Shape, f.weights[i].Shape)
			}
			copy(v.Value.F32, f.weights[i].F32)
		}
	}
	return nil
}

// name is a name for the layer of a node: that of its weights in PyTorch and TensorFlow, or the class.
func (l *lowering) name(class, weight string) string {
	base := strings.ToLower(class)
	w := strings.TrimSuffix(weight, ":0")
	for _, end := range []string{".weight", "/kernel", "/Cast/ReadVariableOp", "/MatMul/ReadVariableOp",
		".weight_ih_l0"} {
		if b, ok := strings.CutSuffix(w, end); ok && b != "" {
			parts := strings.Split(b, "/")
			base = strings.ReplaceAll(parts[len(parts)-1], ".", "_")
		}
	}
	name := base
	for i := 1; l.names[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	l.names[name] = true
	return name
}

// layer makes a layer of a class with Keras's arguments.
func (l *lowering) layer(n *node, class string, args map[string]any, ws ...*tensor.Tensor) layer.Layer {
	if args == nil {
		args = map[string]any{}
	}
	weight := ""
	if len(n.inputs) > 1 {
		weight = n.inputs[1]
	}
	name := l.name(class, weight)
	args["name"] = name
	y, err := layer.Layers.New(class, args)
	if err != nil {
		l.no(n, "%v", err)
	}
	if len(ws) > 0 {
		l.fills = append(l.fills, fill{name, ws})
	}
	return y
}

// op makes an operation of keras.ops.
func (l *lowering) op(n *node, name string, args ops.Args) layer.Layer {
	o, err := ops.New(name, args)
	if err != nil {
		l.no(n, "%v", err)
	}
	return o
}

// give is the result of a node.
func (l *lowering) give(n *node, v *model.Value, axes [][]int) { l.parts[n.outputs[0]] = part{v, axes} }

// in is input i as a part, which has to depend on the inputs of the graph.
func (l *lowering) in(n *node, i int) part {
	if i < len(n.inputs) {
		if p, ok := l.part(n.inputs[i]); ok {
			return p
		}
	}
	l.no(n, "its input %d is no result of a layer", i)
	return part{}
}

// shape is that of input i in the file.
func (l *lowering) shape(n *node, i int) tensor.Shape { return l.seen[n.inputs[i]].shape }

// result is the shape of output 0 in the file.
func (l *lowering) result(n *node) tensor.Shape { return l.seen[n.outputs[0]].shape }

// constant is input i as numbers of the file; nil where it is not given.
func (l *lowering) constant(n *node, i int) *tensor.Tensor {
	if i >= len(n.inputs) || n.inputs[i] == "" {
		return nil
	}
	k := l.constants[n.inputs[i]]
	if k == nil {
		if v := l.seen[n.inputs[i]].value; v != nil {
			return v.Tensor()
		}
		l.no(n, "its input %d is computed", i)
	}
	t, err := k.read()
	if err != nil {
		l.no(n, "%v", err)
	}
	return t
}

// isConstant reports whether input i is numbers of the file.
func (l *lowering) isConstant(n *node, i int) bool {
	return i < len(n.inputs) && (l.constants[n.inputs[i]] != nil || l.seen[n.inputs[i]].value != nil)
}

// floats is input i as numbers of the file, of float32.
func (l *lowering) floats(n *node, i int) *tensor.Tensor {
	t := l.constant(n, i)
	if t != nil && t.DType() != tensor.Float32 {
		return (&graph.Array{Type: graph.Type{DType: tensor.Float32, Shape: t.Shape}, V: graph.ArrayOf(t).V}).Tensor()
	}
	return t
}

// plain is the axes of a value of some rank in the order of the file, samples first.
func plain(rank int) [][]int {
	axes := make([][]int, rank)
	for i := range axes {
		axes[i] = []int{i}
	}
	return axes
}

// channelsLast is the axes of a value with those of the channels last.
func channelsLast(rank int) [][]int {
	axes := [][]int{{0}}
	for i := 2; i < rank; i++ {
		axes = append(axes, []int{i})
	}
	return append(axes, []int{1})
}

func sameAxes(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal) }

// want is input i with its axes in an order.
func (l *lowering) want(n *node, i int, axes [][]int) *model.Value {
	return l.arranged(l.in(n, i), l.shape(n, i), axes, n)
}

// arranged puts the axes of a part into an order, by a Permute and a Reshape that adds or drops axes of extent 1.
func (l *lowering) arranged(p part, shape tensor.Shape, want [][]int, n *node) *model.Value {
	if n == nil {
		n = &node{op: "output"}
	}
	if sameAxes(p.axes, want) {
		return p.v
	}
	index := func(list [][]int, a []int) int {
		return slices.IndexFunc(list, func(b []int) bool { return slices.Equal(a, b) })
	}
	one := func(a []int) bool { // axes whose extent is 1
		for _, k := range a {
			if shape[k] != 1 {
				return false
			}
		}
		return true
	}
	var dims []int // the axes of p in the order of want, then those that go
	for _, a := range want {
		if i := index(p.axes, a); i >= 0 {
			dims = append(dims, i)
		} else if !one(a) {
			l.no(n, "its axes %v are wanted as %v", p.axes, want)
		}
	}
	for i, a := range p.axes {
		if index(want, a) < 0 {
			if !one(a) {
				l.no(n, "its axes %v are wanted as %v", p.axes, want)
			}
			dims = append(dims, i)
		}
	}
	if dims[0] != 0 {
		l.no(n, "its samples lie along another axis than the first")
	}
	v := p.v
	if !slices.IsSorted(dims) {
		v = model.Apply(l.layer(n, "Permute", map[string]any{"dims": ints(dims[1:])}), v)
	}
	if len(want) != len(p.axes) || len(dims) != len(want) {
		v = model.Apply(l.layer(n, "Reshape", map[string]any{"target_shape": l.extents(n, want, shape)}), v)
	}
	return v
}

// extents are those of a sample with some axes, for a Reshape.
func (l *lowering) extents(n *node, axes [][]int, shape tensor.Shape) []any {
	target := []any{}
	for _, a := range axes[1:] {
		size := 1
		for _, k := range a {
			size *= shape[k]
		}
		target = append(target, float64(size))
	}
	if l.open {
		l.no(n, "a shape is to be changed where extents are open")
	}
	return target
}

func ints(vs []int) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = float64(v)
	}
	return out
}

// permuted is an array with its axes in another order.
func permuted(t *tensor.Tensor, perm ...int) *tensor.Tensor {
	g := graph.New()
	a, err := (&graph.Evaluator{}).Value(g.Const(t).Transpose(perm...))
	if err != nil {
		panic(err) // a constant has a value
	}
	return a.Tensor()
}

// numbersIn is an array as nested lists, for an argument.
func numbersIn(t *tensor.Tensor) any {
	var list func(shape tensor.Shape, at int) any
	list = func(shape tensor.Shape, at int) any {
		if len(shape) == 0 {
			return t.Float(at)
		}
		out := make([]any, shape[0])
		for i := range out {
			out[i] = list(shape[1:], at+i*shape[1:].Size())
		}
		return out
	}
	return list(t.Shape, 0)
}

// agree reports whether two models give the same for some inputs, but for rounding.
func agree(a, b []*tensor.Tensor) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Shape.Equal(b[i].Shape) {
			return false
		}
		for k := range a[i].Shape.Size() {
			x, y := a[i].Float(k), b[i].Float(k)
			if d := math.Abs(x - y); !(d <= 1e-4+1e-3*math.Abs(x)) && !(math.IsNaN(x) && math.IsNaN(y)) {
				return false
			}
		}
	}
	return true
}
