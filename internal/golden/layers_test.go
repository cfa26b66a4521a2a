package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// layerCase is a line of keras3/layers/GROUP.jsonl.
type layerCase struct {
	Name     string         `json:"name"`
	Class    string         `json:"class_name"`
	Config   map[string]any `json:"config"`
	Training bool           `json:"training"`
	Call     struct {
		Args   json.RawMessage
		Kwargs map[string]json.RawMessage
	}
	Inputs  []*array
	Masks   []*array
	Weights []struct {
		Path      string
		Trainable bool
		Value     *array
	}
	Prior        []struct{ Inputs, Outputs []*array }
	Outputs      []*array
	OutputMasks  []*array `json:"output_masks"`
	Cotangents   []*array
	GradInputs   []*array `json:"grad_inputs"`
	GradWeights  []*array `json:"grad_weights"`
	WeightsAfter []*array `json:"weights_after"`
	Losses       []number
	Tolerance    float64
	GradientGone string `json:"gradient_error"`
	Adapt        []*array
}

// adapter is a layer that finds its constants in data.
type adapter[L layer.Layer] interface {
	Adapted(x *tensor.Tensor) (L, error)
}

// adapted is the layer with the constants of the data that Keras adapted it to.
func adapted[L layer.Layer](l adapter[L], x *tensor.Tensor) (layer.Layer, error) { return l.Adapted(x) }

// adapt forgets what Keras's adapt wrote into the configuration, and finds it again.
func (c *layerCase) adapt(cfg map[string]any) (layer.Layer, error) {
	for _, key := range []string{"bin_boundaries", "vocabulary", "idf_weights"} {
		delete(cfg, key)
	}
	l, err := layer.Layers.New(c.Class, cfg)
	if err != nil {
		return nil, err
	}
	x := c.Adapt[0].value().Tensor()
	switch l := l.(type) {
	case layer.Discretization:
		return adapted(l, x)
	case layer.IntegerLookup:
		return adapted(l, x)
	}
	return nil, fmt.Errorf("%T adapts to nothing", l)
}

var groups = []string{"core", "activation", "conv", "pool", "reshape", "norm", "regularization", "merge", "attention",
	"rnn", "preprocessing", "image"}

// TestLayers: outputs, masks, gradients, states afterwards and penalties of every layer are Keras's.
func TestLayers(t *testing.T) {
	for _, group := range groups {
		file := "keras3/layers/" + group + ".jsonl"
		y := newTally(file)
		lines(t, file, func(c *layerCase) {
			if c.ofStrings() {
				return // TestStrings
			}
			if !layer.Layers.Has(c.Class) && !layer.Cells.Has(c.Class) {
				y.lacks(t, c.Class)
				return
			}
			if _, err := c.trace(); y.refuses(c.Class, err) {
				return
			}
			y.try(t, c.Name, c.check)
		})
		y.report(t)
	}
}

// reference is "$3" among the arguments of a call: input 3.
var reference = regexp.MustCompile(`"\$(\d+)"`)

// inputs lists the inputs that arguments name, in their order.
func inputs(arguments json.RawMessage) (list []int) {
	for _, m := range reference.FindAllSubmatch(arguments, -1) {
		i, _ := strconv.Atoi(string(m[1]))
		list = append(list, i)
	}
	return list
}

// traced is a case as a graph.
type traced struct {
	trace  *layer.Trace
	store  *weight.Store
	x, y   []*graph.Node // the inputs of the case; the outputs of the layer
	values leaves
}

// trace calls the layer with the case's arguments.
func (c *layerCase) trace() (*traced, error) {
	l, err := c.layer()
	var cell layer.Cell
	if layer.Cells.Has(c.Class) {
		cell, err = layer.Cells.New(c.Class, c.Config)
	}
	if err != nil {
		return nil, err
	}
	r := &traced{trace: layer.NewTrace(c.Training), store: weight.NewStore()}
	r.values = leaves{"key": {Type: graph.KeyType, V: make([]float64, 4)}}
	err = graph.Catch(func() {
		s := layer.NewScope(r.trace, r.store, true)
		for i, in := range c.Inputs {
			r.x = append(r.x, r.trace.Graph.Input(fmt.Sprint("x", i), in.value().Type))
			if i < len(c.Masks) && c.Masks[i] != nil {
				name := fmt.Sprint("mask", i)
				r.values[name] = c.Masks[i].value()
				s.SetMask(r.x[i], r.trace.Graph.Input(name, r.values[name].Type))
			}
		}
		if cell != nil { // one step of it
			y, next := cell.Step(s.Within("layer"), r.x[0], r.x[1:])
			r.y = append([]*graph.Node{y}, next...)
			return
		}
		order, labels := inputs(c.Call.Args), []int(nil)
		if given := (&struct{ Images, Labels json.RawMessage }{}); json.Unmarshal(c.Call.Args, &[]any{given}) == nil {
			if given.Images != nil {
				order, labels = inputs(given.Images), inputs(given.Labels)
			}
		}
		further, arguments := c.keywords(s, l, r.x)
		var x []*graph.Node
		for _, i := range order {
			x = append(x, c.batch(r.x[i]))
		}
		r.y = s.ChildWith("layer", l, arguments, append(x, further...)...)
		if c.alone() {
			for i, y := range r.y {
				r.y[i] = y.Reshape(y.Shape[1:]...)
			}
		}
		for _, i := range labels { // layers that change pictures say what becomes of their targets
			y := r.x[i]
			for _, change := range r.trace.Targets {
				y = change(y)
			}
			r.y = append(r.y, y)
		}
	})
	if err != nil {
		return nil, layer.Cause(err)
	}
	vars := r.store.Vars()
	if len(vars) != len(c.Weights) {
		return nil, fmt.Errorf("%d weights, Keras has %d", len(vars), len(c.Weights))
	}
	for i, v := range vars {
		if w := c.Weights[i].Value; !v.Shape.Equal(w.Shape) {
			return nil, fmt.Errorf("%s has shape %v, %s of Keras %v", v.Path, v.Shape, c.Weights[i].Path, w.Shape)
		}
	}
	return r, nil
}

// alone reports whether the input is one sample without an axis of samples, as some layers of Keras take it. Values of
// gorae's networks have that axis always; a sample is a batch of one.
func (c *layerCase) alone() bool {
	rank := len(c.Inputs[0].Shape)
	switch c.Class {
	case "CategoryEncoding", "IntegerLookup", "Hashing", "Discretization":
		return rank == 1 && c.Config["output_mode"] != "int" && c.Config["output_mode"] != "one_hot"
	case "CenterCrop", "Resizing":
		return rank == 3
	}
	return rank == 3 && strings.HasPrefix(c.Class, "Random")
}

// batch gives a sample that is alone an axis of samples.
func (c *layerCase) batch(x *graph.Node) *graph.Node {
	if !c.alone() {
		return x
	}
	return x.Reshape(append([]int{1}, x.Shape...)...)
}

// layer makes the layer; options of the call are keys of gorae's layers.
func (c *layerCase) layer() (layer.Layer, error) {
	if layer.Cells.Has(c.Class) {
		return nil, nil
	}
	cfg := maps.Clone(c.Config)
	if layer.Layers.Has(c.Class) {
		of, _ := layer.SignatureOf(layer.Layers.Prototype(c.Class))
		for _, key := range of.Options {
			var on bool
			if v := c.Call.Kwargs[key]; v != nil {
				if err := json.Unmarshal(v, &on); err != nil {
					return nil, err
				}
				cfg[key] = on
			}
		}
	}
	if len(c.Adapt) > 0 && c.Class != "Normalization" {
		return c.adapt(cfg)
	}
	return layer.Layers.New(c.Class, cfg)
}

// keywords returns the inputs and the arguments that the call gives by keyword.
func (c *layerCase) keywords(s *layer.Scope, l layer.Layer, all []*graph.Node) ([]*graph.Node, layer.Arguments) {
	of, _ := layer.SignatureOf(l)
	var further []*graph.Node
	given := layer.Arguments{}
	for name, value := range c.Call.Kwargs {
		switch is := inputs(value); {
		case name == "initial_state" || name == "states" || slices.Contains(of.Inputs, name): // further inputs
			for _, i := range is {
				further = append(further, all[i])
			}
		case slices.Contains(of.Options, name):
		case name == "mask" && of.Masks != nil:
			var list []any
			if err := json.Unmarshal(value, &list); err != nil {
				s.Fail("mask: %v", err)
			}
			for k, v := range list {
				if v != nil {
					given[of.Masks[k]], is = all[is[0]], is[1:]
				}
			}
		case slices.Contains(of.Named, name):
			given[name] = all[is[0]]
		default:
			s.Fail("the call has %s=%s", name, value)
		}
	}
	return further, given
}

// fill gives inputs, weights and sessions their values. Values that a run before has assigned stay.
func (r *traced) fill(c *layerCase, x []*array) {
	for i, a := range x {
		r.values[fmt.Sprint("x", i)] = a.value()
	}
	i := 0
	for _, v := range r.store.Vars() {
		if name := leafName(r.trace.Leaf(v)); r.values[name] == nil {
			r.values[name] = c.Weights[i].Value.value()
		}
		i++
	}
	for _, n := range r.trace.Graph.Leaves() {
		l := n.Call.Op.(graph.Leaf)
		if l.Kind == graph.Session && r.values[l.Name] == nil {
			r.values[l.Name] = graph.NewArray(l.Type)
		}
	}
}

// within32 are the bounds of float32.
var within32 = within{abs: 1e-6, rel: 1e-5, largest: true}

func (c *layerCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			r, err := c.trace()
			if err != nil {
				t.Fatal(err)
			}
			if !how.single && slices.Contains(rounded, c.Name) {
				roundConstants(r.trace.Graph)
			}
			tol := within{abs: c.Tolerance, rel: c.Tolerance}
			if how.single {
				tol = within32
			}
			for _, p := range c.Prior {
				r.fill(c, p.Inputs)
				got, err := how.compute(r.values, r.y, r.trace.Graph.Assigns)
				if err != nil {
					t.Fatal(err)
				}
				for i, want := range p.Outputs {
					tol.compare(t, fmt.Sprint("output of the call before ", i), got.outs[i], want)
				}
				for name, a := range got.next {
					r.values[name] = a
				}
			}
			r.fill(c, c.Inputs)
			c.outputs(t, r, how, tol)
			c.gradients(t, r, how, tol)
		})
	}
}

// outputs compares outputs, masks, penalties and states.
func (c *layerCase) outputs(t *testing.T, r *traced, how computer, tol within) {
	if len(r.y) != len(c.Outputs) {
		t.Fatalf("%d outputs, Keras has %d", len(r.y), len(c.Outputs))
	}
	nodes := slices.Clone(r.y)
	masks := map[int]int{}
	for i, y := range r.y {
		if m := r.trace.Mask(y); m != nil {
			masks[i], nodes = len(nodes), append(nodes, m)
		}
	}
	penalty := r.trace.Penalty()
	if penalty != nil {
		nodes = append(nodes, penalty)
	}
	got, err := how.compute(r.values, nodes, r.trace.Graph.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range c.Outputs {
		tol.compare(t, fmt.Sprint("output ", i), got.outs[i], want)
		if i < len(c.OutputMasks) {
			k, masked := masks[i]
			checkMask(t, fmt.Sprint("mask of output ", i), masked, c.OutputMasks[i], func() *graph.Array {
				return got.outs[k]
			})
		}
	}
	want := 0.0
	for _, l := range c.Losses {
		want += float64(l)
	}
	sum := 0.0
	if penalty != nil {
		sum = got.outs[len(nodes)-1].V[0]
	}
	if !tol.near(sum, want, want) {
		t.Errorf("the penalties are %v, Keras has %v", sum, want)
	}
	for i, v := range r.store.Vars() {
		if w := c.WeightsAfter[i]; w != nil {
			after := got.next[leafName(r.trace.Leaf(v))]
			if after == nil {
				after = r.values[leafName(r.trace.Leaf(v))]
			}
			tol.compare(t, v.Path+" afterwards", after, w)
		}
	}
}

// checkMask compares a mask with Keras's. Where Keras has a mask of ones, no mask is the same.
func checkMask(t *testing.T, what string, masked bool, want *array, got func() *graph.Array) {
	t.Helper()
	if d := departureOf(t.Name(), what); d != nil {
		d.differ++
		return
	}
	switch {
	case masked && want == nil:
		t.Errorf("%s: there is one, Keras has none", what)
	case masked:
		within{}.compare(t, what, got(), want)
	case want != nil && slices.Contains(want.V, 0):
		t.Errorf("%s: there is none, Keras has one", what)
	}
}

// gradients compares the gradients of Σ output·cotangent with respect to inputs and weights.
func (c *layerCase) gradients(t *testing.T, r *traced, how computer, tol within) {
	if c.GradientGone != "" {
		return
	}
	var ys, dys, xs []*graph.Node
	for i, d := range c.Cotangents {
		if d == nil || strings.HasPrefix(r.y[i].DType.String(), "int") {
			continue
		}
		name := fmt.Sprint("cotangent", i)
		r.values[name] = d.value()
		ys, dys = append(ys, r.y[i]), append(dys, r.trace.Graph.Input(name, r.y[i].Type))
	}
	var want []*array
	var names []string
	for i, g := range c.GradInputs {
		if g != nil {
			xs, want, names = append(xs, r.x[i]), append(want, g), append(names, fmt.Sprint("input ", i))
		}
	}
	for i, v := range r.store.Vars() {
		if g := c.GradWeights[i]; g != nil {
			xs, want, names = append(xs, r.trace.Leaf(v)), append(want, g), append(names, v.Path)
		}
	}
	if len(ys) == 0 || len(xs) == 0 {
		return
	}
	var nodes []*graph.Node
	if err := graph.Catch(func() { nodes = graph.Gradients(ys, dys, xs) }); err != nil {
		t.Fatal(layer.Cause(err))
	}
	some := slices.DeleteFunc(slices.Clone(nodes), func(n *graph.Node) bool { return n == nil })
	if len(some) == 0 {
		some = r.y
	}
	got, err := how.compute(r.values, append(slices.Clone(some), r.y...), r.trace.Graph.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	k := 0
	for i, n := range nodes {
		d := graph.NewArray(xs[i].Type)
		if n != nil {
			d, k = got.outs[k], k+1
		}
		within := tol
		if strings.Contains(names[i], "/lora_") { // whose weights are float32 in Keras, whatever the layer's type is
			within = within32
		}
		within.compare(t, "gradient of "+names[i], d, want[i])
	}
}
