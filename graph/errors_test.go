package graph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gorae/tensor"
)

// TestErrors: what does not fit is said in one line with its shapes.
func TestErrors(t *testing.T) {
	other := New().Input("x", F32(2))
	outside := New().Input("o", F32())
	for _, c := range []struct {
		f    func(g *Graph, m, v, ids *Node)
		want string
	}{
		{func(g *Graph, m, v, ids *Node) { m.Add(g.Input("y", F32(2))) },
			"add: shapes (2, 3) and (2,) do not broadcast: axis 1 has 3 and 2"},
		{func(g *Graph, m, v, ids *Node) { m.Add(ids) }, "add: needs float32, got int32(3); use Cast"},
		{func(g *Graph, m, v, ids *Node) { m.Elem(Add) }, "add: takes 2 operands, got 1"},
		{func(g *Graph, m, v, ids *Node) { m.Elem(Kind(250)) }, "kind: no such function"},
		{func(g *Graph, m, v, ids *Node) { m.Add(nil) },
			"add: operand 1 is nil; a gradient that does not flow is no value"},
		{func(g *Graph, m, v, ids *Node) { m.Add(other) }, "add: operand 1 belongs to another graph"},
		{func(g *Graph, m, v, ids *Node) { m.MatMul(m) }, "matmul: (2, 3) times (2, 3): inner extents are 3 and 2"},
		{func(g *Graph, m, v, ids *Node) { m.MatMul(v) }, "matmul: needs matrices, got (2, 3) and (3,)"},
		{func(g *Graph, m, v, ids *Node) { m.MatMul(ids) }, "matmul: needs float32, got float32(2, 3) and int32(3)"},
		{func(g *Graph, m, v, ids *Node) { m.Broadcast(2, 2, 3).MatMul(m.Transpose().Broadcast(3, 3, 2)) },
			"matmul: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3"},
		{func(g *Graph, m, v, ids *Node) { m.Sum(2) }, "sum: shape (2, 3) has no axis 2"},
		{func(g *Graph, m, v, ids *Node) { ids.Sum() }, "sum: needs float32, got int32(3); use Cast"},
		{func(g *Graph, m, v, ids *Node) { g.Input("e", F32(2, 0)).ReduceMax(1) },
			"reduce_max: no elements along axes [1] of (2, 0)"},
		{func(g *Graph, m, v, ids *Node) { g.Apply(Reduce{ReduceSum, []int{1, 0}}, m) },
			"sum: [1 0] are no axes of (2, 3) in order"},
		{func(g *Graph, m, v, ids *Node) { g.Apply(Reduce{Reduction(9), nil}, m) }, "reduction: no such reduction"},
		{func(g *Graph, m, v, ids *Node) { m.Variance(-3) }, "variance: shape (2, 3) has no axis -3"},
		{func(g *Graph, m, v, ids *Node) { m.LogSumExp(5) }, "logsumexp: shape (2, 3) has no axis 5"},
		{func(g *Graph, m, v, ids *Node) { m.Softmax(2) }, "softmax: shape (2, 3) has no axis 2"},
		{func(g *Graph, m, v, ids *Node) { m.LogSoftmax(-4) }, "log_softmax: shape (2, 3) has no axis -4"},
		{func(g *Graph, m, v, ids *Node) { m.Sum().Softmax(-1) }, "softmax: shape () has no axis -1"},
		{func(g *Graph, m, v, ids *Node) { m.Sum().ArgMax() }, "argmax: no elements along a last axis of float32()"},
		{func(g *Graph, m, v, ids *Node) { m.Reshape(4) }, "reshape: (2, 3) has 6 elements, (4,) has 4"},
		{func(g *Graph, m, v, ids *Node) { m.Reshape(4, -1) }, "reshape: (2, 3) does not fill (4, -1)"},
		{func(g *Graph, m, v, ids *Node) { m.Reshape(-1, -2, -3) }, "reshape: (2, 3) does not fill (-1, -2, -3)"},
		{func(g *Graph, m, v, ids *Node) { m.Reshape(-2, -3) },
			"reshape: axis 0 of (-2, -3) has the negative extent -2"},
		{func(g *Graph, m, v, ids *Node) { m.Transpose(0, 0) }, "transpose: [0 0] is no order of the axes of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Transpose(1) }, "transpose: [1] is no order of the axes of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Broadcast(3, 3) },
			"broadcast: shapes (2, 3) and (3, 3) do not broadcast: axis 0 has 2 and 3"},
		{func(g *Graph, m, v, ids *Node) { m.Broadcast(3) }, "broadcast: (2, 3) does not repeat to (3,)"},
		{func(g *Graph, m, v, ids *Node) { m.Sum().Broadcast(1<<40, 1<<40) },
			"broadcast: (1099511627776, 1099511627776) has more than 2147483647 elements; make it smaller"},
		{func(g *Graph, m, v, ids *Node) { m.Tile(2) }, "tile: (2, 3) needs 2 counts, got [2]"},
		{func(g *Graph, m, v, ids *Node) { m.Tile(2, -1) }, "tile: axis 1 repeats -1 times"},
		{func(g *Graph, m, v, ids *Node) { Concatenate(2, m, m) }, "concat: shape (2, 3) has no axis 2"},
		{func(g *Graph, m, v, ids *Node) { Concatenate(0) }, "concat: needs a value"},
		{func(g *Graph, m, v, ids *Node) { Concatenate(0, m, v) },
			"concat: operand 1 is float32(3), operand 0 is float32(2, 3): they differ beside axis 0"},
		{func(g *Graph, m, v, ids *Node) { m.Slice([]int{0, 1}, []int{2, 4}, nil) },
			"slice: 1:4:1 is outside of axis 1 of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Slice([]int{0}, []int{2}, nil) }, "slice: shape (2, 3) needs 2 bounds"},
		{func(g *Graph, m, v, ids *Node) { m.Slice([]int{0, 0}, []int{2, 3}, []int{1, 0}) },
			"slice: 0:3:0 is outside of axis 1 of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Narrow(1, 2, 1) }, "slice: 2:1:1 is outside of axis 1 of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Split(1, 1, 1) }, "split: parts [1 1] do not fill axis 1 of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Pad([]int{1}, []int{1}, 0) }, "pad: shape (2, 3) needs 2 margins"},
		{func(g *Graph, m, v, ids *Node) { m.Pad([]int{-1, 0}, []int{0, 0}, 0) },
			"pad: margins of axis 0 are negative: pad(lo=[-1 0] hi=[0 0] inner=[0 0] value=0)"},
		{func(g *Graph, m, v, ids *Node) { ids.Pad([]int{1}, []int{0}, 0.5) }, "pad: the value 0.5 does not fit int32"},
		{func(g *Graph, m, v, ids *Node) { m.Gather(v) },
			"gather: needs float32 rows and int32 ids, got float32(2, 3) and float32(3)"},
		{func(g *Graph, m, v, ids *Node) { m.ScatterAdd(ids, 2) },
			"scatter_add: rows float32(2, 3) do not belong to ids int32(3)"},
		{func(g *Graph, m, v, ids *Node) { v.ScatterAdd(ids, -1) },
			"scatter_add: needs float32 rows, int32 ids and a number of rows, got float32(3), int32(3) and -1"},
		{func(g *Graph, m, v, ids *Node) { ids.OneHot(0) },
			"one_hot: needs int32 ids and a depth of 1 or more, got int32(3) and 0"},
		{func(g *Graph, m, v, ids *Node) { m.Pick(ids) },
			"pick: float32(2, 3) has no element for each of the ids int32(3)"},
		{func(g *Graph, m, v, ids *Node) { m.Pick(m) },
			"pick: needs float32 rows and int32 ids, got float32(2, 3) and float32(2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.SparseCrossEntropy(ids) },
			"sparse_cross_entropy: pick: float32(2, 3) has no element for each of the ids int32(3)"},
		{func(g *Graph, m, v, ids *Node) { m.Dropout(g.Input("k", KeyType), 1, 0) },
			"dropout: rate 1 is not in [0, 1)"},
		{func(g *Graph, m, v, ids *Node) { m.Dropout(ids, 0.5, 0) },
			"dropout: needs float32 and a key, got float32(2, 3) and int32(3)"},
		{func(g *Graph, m, v, ids *Node) { RandomNormal(ids, 0, 2) }, "random: needs a key, got int32(3)"},
		{func(g *Graph, m, v, ids *Node) { RandomNormal(g.Input("k", KeyType), 0, -2) },
			"random: axis 0 of (-2,) has the negative extent -2"},
		{func(g *Graph, m, v, ids *Node) { m.Cast(tensor.DType(7)) }, "cast: dtype(7) is no type"},
		{func(g *Graph, m, v, ids *Node) { v.BatchNorm(v, v, 1e-3) },
			"batch_norm: needs a batch of features, got float32(3)"},
		{func(g *Graph, m, v, ids *Node) { m.BatchNorm(m, v, 1e-3) }, "batch_norm: gamma: got shape (2, 3), want [3]"},
		{func(g *Graph, m, v, ids *Node) { m.LayerNorm(v, m, 1e-3) },
			"layer_norm: beta of (2, 3) does not fill the axes [1] of (2, 3)"},
		{func(g *Graph, m, v, ids *Node) { m.Check("dense", -1, 4) }, "dense: got shape (2, 3), want [-1 4]"},
		{func(g *Graph, m, v, ids *Node) { g.Input("m", F32(2, 4)) },
			`leaf: "m" is used as input(m) float32(2, 3) and as input(m) float32(2, 4)`},
		{func(g *Graph, m, v, ids *Node) { g.Leaf(Weight, "m", m.Type) },
			`leaf: "m" is used as input(m) float32(2, 3) and as weight(m) float32(2, 3)`},
		{func(g *Graph, m, v, ids *Node) { g.Input("n", F32(-1, 2)) },
			"input: axis 0 of (-1, 2) has the negative extent -1"},
		{func(g *Graph, m, v, ids *Node) { g.Assign(m, m) }, "assign: input(m) is no state or weight"},
		{func(g *Graph, m, v, ids *Node) { g.Assign(g.Leaf(State, "s", F32()), m) },
			"assign: state(s) holds float32() and cannot take float32(2, 3)"},
		{func(g *Graph, m, v, ids *Node) { g.Assign(g.Leaf(State, "s", F32(2)), other) },
			"assign: state(s) or its value belongs to another graph"},
		{func(g *Graph, m, v, ids *Node) { Gradients([]*Node{ids}, nil, []*Node{m}) },
			"gradient: input(ids) is int32(3) and got a gradient that is float32(3)"},
		{func(g *Graph, m, v, ids *Node) { Gradients([]*Node{m}, []*Node{v}, []*Node{m}) },
			"gradient: input(m) is float32(2, 3) and got a gradient that is float32(3)"},
		{func(g *Graph, m, v, ids *Node) { Gradients([]*Node{m, v}, []*Node{v}, []*Node{m}) },
			"gradient: 2 values and 1 gradients"},
		{func(g *Graph, m, v, ids *Node) { Gradients([]*Node{m}, nil, []*Node{other}) },
			"gradient: input(x) belongs to another graph"},
		{func(g *Graph, m, v, ids *Node) {
			Compose(&Composite{Name: "leak", Body: func(x []*Node) []*Node { return []*Node{outside} }}, m)
		}, "leak: leak: the body gives a value from outside; make it an operand"},
		{func(g *Graph, m, v, ids *Node) {
			Compose(&Composite{Name: "leaf",
				Body: func(x []*Node) []*Node { return []*Node{x[0].Graph().Input("w", F32())} }}, m)
		}, "leaf: leaf: the body uses 2 leaves and has 1 operands; make each an operand"},
	} {
		g := New()
		m, v, ids := g.Input("m", F32(2, 3)), g.Input("v", F32(3)), g.Input("ids", I32(3))
		err := Catch(func() { g.Scope("net", func() { g.Scope("d1", func() { c.f(g, m, v, ids) }) }) })
		if strings.HasPrefix(c.want, "concat: needs") {
			c.want = "!" + c.want // there is no graph to ask for a label
		}
		want := strings.Replace("net/d1: "+c.want, "net/d1: !", "", 1)
		var e *Error
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestInferAnything: whatever types an operation gets, it answers with types or with one readable line, and
// what it accepts can be evaluated.
func TestInferAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	times := 60000
	if testing.Short() {
		times = 10000
	}
	for range times {
		ops := allOps()
		op := ops[r.IntN(len(ops))]
		if _, ok := op.(Leaf); ok {
			continue // Input makes them below
		}
		arity := r.IntN(4)
		call := func(g *Graph, x []*Node) []*Node { return g.Apply(op, x...) }
		if c, ok := op.(*Composite); ok { // composites are called by their methods
			axis := r.IntN(7) - 3
			m, ok := map[string]func(g *Graph, x []*Node) []*Node{
				"softmax":     func(g *Graph, x []*Node) []*Node { return []*Node{x[0].Softmax(axis)} },
				"log_softmax": func(g *Graph, x []*Node) []*Node { return []*Node{x[0].LogSoftmax(axis)} },
				"logsumexp":   func(g *Graph, x []*Node) []*Node { return []*Node{x[0].LogSumExp(axis)} },
				"sparse_cross_entropy": func(g *Graph, x []*Node) []*Node {
					return []*Node{x[0].SparseCrossEntropy(x[1])}
				},
				"batch_norm": func(g *Graph, x []*Node) []*Node {
					y, mean, variance := x[0].BatchNorm(x[1], x[2], 1e-3)
					return []*Node{y, mean, variance}
				},
				"layer_norm": func(g *Graph, x []*Node) []*Node {
					return []*Node{x[0].LayerNorm(x[1], x[2], 1e-3, axis)}
				},
			}[c.Name]
			if !ok || r.IntN(10) > 0 {
				continue
			}
			call, arity = m, 3
		}
		var in []Type
		for range arity {
			s := tensor.Shape{}
			for range r.IntN(4) {
				s = append(s, []int{-1, 0, 1, 2, 3, 4, 1 << 40}[min(r.IntN(8), 5+r.IntN(60)/59)])
			}
			in = append(in, Type{tensor.DType(r.IntN(5) * r.IntN(2) % 3), s})
		}
		g := New()
		leaves := map[string]*Array{}
		err := Catch(func() {
			var x []*Node
			for i, typ := range in {
				x = append(x, g.Input(fmt.Sprint(i), typ))
			}
			for i, typ := range in {
				leaves[fmt.Sprint(i)] = fill(r, typ)
			}
			for _, y := range call(g, x) {
				if a := value(t, y, leaves, true); len(a.V) != y.Shape.Size() {
					t.Errorf("%v of %v: %d elements for %v", op, in, len(a.V), y.Type)
				}
			}
		})
		if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 250) {
			t.Errorf("%v of %v: no readable line: %v", op, in, err)
		}
	}
}

// TestEvaluatorErrors: leaves without values, or with others than they hold.
func TestEvaluatorErrors(t *testing.T) {
	n := New().Input("x", F32(2)).Exp()
	for want, leaves := range map[string]map[string]*Array{
		"input(x) has no value": nil,
		"input(x) is float32(2) and was given float32(3) with 3 elements": {"x": NewArray(F32(3))},
		"input(x) is float32(2) and was given float32(2) with 1 elements": {"x": {F32(2), []float64{1}}},
	} {
		if _, err := (&Evaluator{Leaves: leaves}).Value(n); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestCatchOthers: a panic that is no *Error is a bug and goes on.
func TestCatchOthers(t *testing.T) {
	defer func() {
		if r := recover(); r != "bug" {
			t.Errorf("recovered %v", r)
		}
	}()
	t.Errorf("returned %v", Catch(func() { panic("bug") }))
}
