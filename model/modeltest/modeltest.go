// Package modeltest holds the one test that every layer passes.
package modeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Case is a layer with samples to try it on.
type Case struct {
	Layer  layer.Layer
	Inputs [][]int // the shape of a sample, input by input
	// Ids, if not 0, makes the inputs whole numbers from 0 to Ids − 1.
	Ids int
	// Detached says that of the inputs only the shapes count, so that no gradient flows to them.
	Detached bool
	// Straight says that in training the layer changes a weight first, and that gradients are those at the changed
	// weight: finite differences of the weight before the change show others.
	Straight bool
	// Fixed says that in training gradients take for constants what depends on the inputs, as a batch renormalization
	// does: finite differences show others. Keras's numbers hold them (internal/golden).
	Fixed bool
	// Merged says that a file has several weights as one: what is loaded differs by a rounding.
	Merged bool
	// Tolerance is the greatest difference of results in float32 from those in float64; 0 means 1e-5.
	Tolerance float64
}

// SaveLoad, if set, saves a model, loads it, and gives what it loaded; package
// format/keras sets it in its own test of the layers.
type SaveLoad func(*model.Model) (*model.Model, error)

// Check is the test: a layer alone in a model
//   - infers the shape that its result has, for any number of samples;
//   - survives the way to a configuration in JSON and back;
//   - gives the same numbers when computed by a plan, by the naive evaluator in
//     float32, and in float64;
//   - has the gradients that finite differences in float64 show, in training and in prediction, with respect to
//     inputs and weights;
//   - gives the same results and gradients by a plan, whose kernels are fused, as by the
//     evaluator;
//   - has a row in the summary whose formula ends with its count;
//   - and, where save is not nil, is the same after saving and loading.
func Check(t *testing.T, c Case, save SaveLoad) {
	t.Helper()
	if c.Tolerance == 0 {
		c.Tolerance = 1e-5
	}
	m := c.build(t, c.Layer)
	c.shapes(t, m)
	c.config(t, m)
	c.evaluator(t, m)
	for _, training := range []bool{false, true} {
		c.gradients(t, m, training)
	}
	c.summary(t, m)
	if save != nil {
		n, err := save(m)
		if err != nil {
			t.Fatalf("save and load: %v", err)
		}
		c.same(t, "after saving and loading", m, n)
	}
}

// build returns a model of the layer alone, with weights that are no constants.
func (c Case) build(t *testing.T, l layer.Layer) *model.Model {
	t.Helper()
	var in []*model.Value
	for i, s := range c.Inputs {
		in = append(in, model.Apply(layer.Input{Base: layer.Base{Name: fmt.Sprintf("x%d", i)}, Shape: s,
			DType: c.dtype().String()}))
	}
	m := model.New(in, []*model.Value{model.Apply(l, in...)})
	if err := m.Build(7); err != nil {
		t.Fatal(err)
	}
	for _, v := range m.Store().Vars() {
		r := weight.NewRand(11, v.Path)
		for i := range v.Value.F32 {
			v.Value.F32[i] += float32(0.3 * r.Uniform())
		}
	}
	return m
}

func (c Case) dtype() tensor.DType {
	if c.Ids > 0 {
		return tensor.Int32
	}
	return tensor.Float32
}

// samples returns n samples for each input, the same for the same n.
func (c Case) samples(n int) []*tensor.Tensor {
	var xs []*tensor.Tensor
	for i, s := range c.Inputs {
		x := tensor.New(c.dtype(), append([]int{n}, s...)...)
		r := weight.NewRand(uint64(n), fmt.Sprint("x", i))
		for j := range x.I32 {
			x.I32[j] = int32(float64(c.Ids) * r.Uniform())
		}
		for j := range x.F32 {
			x.F32[j] = float32(2*r.Uniform() - 1)
		}
		xs = append(xs, x)
	}
	return xs
}

func predict(t *testing.T, m *model.Model, xs []*tensor.Tensor) *tensor.Tensor {
	t.Helper()
	y, err := m.Predict(context.Background(), xs...)
	if err != nil {
		t.Fatal(err)
	}
	return y[0]
}

// shapes compares inferred with computed shapes, and a sample alone with the same in a batch.
func (c Case) shapes(t *testing.T, m *model.Model) {
	t.Helper()
	for _, n := range []int{1, 3, 8} {
		want := m.OutputTypes(n)[0].Shape
		if got := predict(t, m, c.samples(n)); !got.Shape.Equal(want) || got.Len() != want.Size() {
			t.Errorf("%d samples: inferred %v, got %v", n, want, got.Shape)
		}
	}
	xs := c.samples(3)
	whole := predict(t, m, xs)
	var rows []*tensor.Tensor
	for _, x := range xs {
		rows = append(rows, x.Rows(1, 2))
	}
	close(t, "a sample alone and in a batch", whole.Rows(1, 2), predict(t, m, rows), 1e-6)
}

// config goes to JSON and back.
func (c Case) config(t *testing.T, m *model.Model) {
	t.Helper()
	cfg, err := m.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	n, err := model.FromConfig(plain)
	if err != nil {
		t.Fatalf("configuration %s: %v", text, err)
	}
	if err := n.Build(1); err != nil {
		t.Fatalf("configuration %s: %v", text, err)
	}
	if err := n.Store().CopyFrom(m.Store()); err != nil {
		t.Fatal(err)
	}
	c.same(t, "after configuration and back", m, n)
	again, err := n.Config()
	if err != nil {
		t.Fatal(err)
	}
	if text2, _ := json.Marshal(again); !bytes.Equal(text, text2) {
		t.Errorf("the configuration changes on the way:\n%s\n%s", text, text2)
	}
	// A word of an experiment file does it too.
	e := config.Encode(c.Layer).Plain()
	l, err := layer.Layers.New(layer.Layers.Word(c.Layer), e)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(config.Encode(l), config.Encode(c.Layer)) {
		t.Errorf("%s: %v became %v", layer.Layers.Word(c.Layer), c.Layer, l)
	}
}

func (c Case) same(t *testing.T, when string, m, n *model.Model) {
	t.Helper()
	xs := c.samples(4)
	tolerance := 0.0
	if c.Merged {
		tolerance = c.Tolerance
	}
	close(t, when, predict(t, m, xs), predict(t, n, xs), tolerance)
}

// evaluator compares the plan with the naive evaluator in both precisions.
func (c Case) evaluator(t *testing.T, m *model.Model) {
	t.Helper()
	xs := c.samples(5)
	got := predict(t, m, xs)
	tr, out := c.trace(t, m, 5, false)
	for _, single := range []bool{true, false} {
		e := c.eval(m, tr, xs, single)
		want, err := e.Value(out)
		if err != nil {
			t.Fatal(err)
		}
		close(t, fmt.Sprintf("plan and evaluator, single=%v", single), want.Tensor(), got, c.Tolerance)
	}
}

func (c Case) trace(t *testing.T, m *model.Model, n int, training bool) (*layer.Trace, *graph.Node) {
	t.Helper()
	tr := layer.NewTrace(training)
	var out *graph.Node
	if err := graph.Catch(func() { out = m.Trace(tr, c.inputs(tr, n)...)[0] }); err != nil {
		t.Fatal(err)
	}
	return tr, out
}

func (c Case) inputs(tr *layer.Trace, n int) []*graph.Node {
	var xs []*graph.Node
	for i, s := range c.Inputs {
		xs = append(xs, tr.Graph.Input(fmt.Sprint("x", i), graph.Type{DType: c.dtype(), Shape: append([]int{n}, s...)}))
	}
	return xs
}

func (c Case) eval(m *model.Model, tr *layer.Trace, xs []*tensor.Tensor, single bool) *graph.Evaluator {
	e := &graph.Evaluator{Single: single, Leaves: map[string]*graph.Array{
		"key": graph.ArrayOf(&tensor.Tensor{Shape: tensor.Shape{4}, I32: graph.Key(3, 1)})}}
	for i, x := range xs {
		e.Leaves[fmt.Sprint("x", i)] = graph.ArrayOf(x)
	}
	for name, v := range tr.Leaves {
		e.Leaves[name] = graph.ArrayOf(v.Value)
	}
	return e
}

// gradients compares the gradient of Σ w·y, w fixed numbers, with finite
// differences in float64.
func (c Case) gradients(t *testing.T, m *model.Model, training bool) {
	t.Helper()
	const n = 3
	tr, out := c.trace(t, m, n, training)
	var total *graph.Node
	var leaves, ds []*graph.Node
	if err := graph.Catch(func() {
		w := tensor.New(tensor.Float32, out.Shape...)
		r := weight.NewRand(5, "weights of the sum")
		for i := range w.F32 {
			w.F32[i] = float32(r.Uniform() + 0.5)
		}
		total = out.Mul(tr.Graph.Const(w)).Sum()
		for _, l := range tr.Graph.Leaves() {
			if k := l.Call.Op.(graph.Leaf).Kind; k != graph.State && l.DType == tensor.Float32 &&
				!(c.Detached && k == graph.Input) {
				leaves = append(leaves, l)
			}
		}
		ds = graph.Gradients([]*graph.Node{total}, nil, leaves)
	}); err != nil {
		t.Fatal(err)
	}
	c.planned(t, m, tr, append([]*graph.Node{out, total}, ds...), training)
	e := c.eval(m, tr, c.samples(n), false)
	for i, l := range leaves {
		if ds[i] == nil {
			t.Errorf("training=%v: no gradient flows to %v", training, l.Call.Op)
			continue
		}
		got, err := e.Value(ds[i])
		if err != nil {
			t.Fatal(err)
		}
		c.differences(t, m, tr, total, l, got, training)
	}
}

// planned compares what a plan makes of nodes, with its fused kernels forward and
// backward, with the naive evaluator in float64.
func (c Case) planned(t *testing.T, m *model.Model, tr *layer.Trace, nodes []*graph.Node, training bool) {
	t.Helper()
	var outs []*graph.Node
	for _, n := range nodes {
		if n != nil {
			outs = append(outs, n)
		}
	}
	for _, a := range tr.Graph.Assigns {
		outs = append(outs, a.Value)
	}
	p, err := plan.Compile(outs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Runner(par.Default())
	xs := c.samples(3)
	for i, x := range xs {
		r.Bind(fmt.Sprint("x", i), x)
	}
	for name, v := range tr.Leaves {
		r.Bind(name, v.Value)
	}
	r.Bind("key", tensor.Of(graph.Key(3, 1), 4))
	if err := r.Compute(); err != nil {
		t.Fatal(err)
	}
	e := c.eval(m, tr, xs, false)
	for i, n := range outs {
		want, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		close(t, fmt.Sprintf("plan and evaluator, training=%v, result %d", training, i), want.Tensor(), r.Output(i),
			5*c.Tolerance)
	}
}

// differences compares up to twenty elements of a gradient.
func (c Case) differences(t *testing.T, m *model.Model, tr *layer.Trace, total, l *graph.Node, got *graph.Array,
	training bool) {
	t.Helper()
	if training && c.Fixed || training && c.Straight && l.Call.Op.(graph.Leaf).Kind == graph.Weight {
		return
	}
	const h = 1e-5
	at := func(j int, by float64) float64 {
		e := c.eval(m, tr, c.samples(3), false)
		e.Leaves[l.Call.Op.(graph.Leaf).Name].V[j] += by
		a, err := e.Value(total)
		if err != nil {
			t.Fatal(err)
		}
		return a.V[0]
	}
	step := max(1, len(got.V)/20)
	for j := 0; j < len(got.V); j += step {
		want := (at(j, h) - at(j, -h)) / (2 * h)
		if d := math.Abs(got.V[j] - want); !(d <= 1e-5*(1+math.Abs(want))) {
			t.Errorf("training=%v: gradient of %v at %d is %v, finite differences give %v", training, l.Call.Op, j,
				got.V[j], want)
			return
		}
	}
}

// summary looks for the layer's row and the count at its formula's end.
func (c Case) summary(t *testing.T, m *model.Model) {
	t.Helper()
	s := m.Summary()
	r := s.Rows[len(s.Rows)-1]
	n := 0
	for _, v := range m.Store().Vars() {
		n += v.Shape.Size()
	}
	if r.Params != n || r.Type != layer.TypeName(c.Layer) || r.Shape != layer.Features(m.OutputTypes(2)[0].Shape) {
		t.Errorf("row %+v of a layer with %d parameters", r, n)
	}
	if want := "= " + layer.Thousands(n); n > 0 && !strings.HasSuffix(r.Formula, want) ||
		n == 0 && !strings.HasPrefix(r.Formula, "none") {
		t.Errorf("formula %q of %d parameters", r.Formula, n)
	}
	// The parameters do not depend on the number of samples.
	if _, err := m.Predict(context.Background(), c.samples(9)...); err != nil ||
		len(m.Store().Vars()) > 0 && m.Summary().Total != n {
		t.Errorf("another number of samples: %v", err)
	}
}

func close(t *testing.T, what string, want, got *tensor.Tensor, tolerance float64) {
	t.Helper()
	if !want.Shape.Equal(got.Shape) {
		t.Errorf("%s: shapes %v and %v", what, want.Shape, got.Shape)
		return
	}
	for i := range want.Len() {
		a, b := want.Float(i), got.Float(i)
		if d := math.Abs(a - b); !(d <= tolerance*(1+math.Abs(a))) {
			t.Errorf("%s: element %d is %v and %v", what, i, a, b)
			return
		}
	}
}
