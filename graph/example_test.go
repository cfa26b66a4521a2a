package graph_test

import (
	"fmt"

	"gorae/graph"
)

// A dense layer is traced: there are types, and no numbers yet.
func ExampleGraph() {
	g := graph.New()
	x := g.Input("x", graph.F32(32, 2352))
	g.Scope("dense", func() {
		w := g.Leaf(graph.Weight, "dense/kernel", graph.F32(2352, 64))
		b := g.Leaf(graph.Weight, "dense/bias", graph.F32(64))
		x.MatMul(w).Add(b).Relu()
	})
	fmt.Print(g)
	// Output:
	// %0 float32(32, 2352) = input(x)
	// %1 float32(2352, 64) = weight(dense/kernel)  # dense
	// %2 float32(64) = weight(dense/bias)  # dense
	// %3 float32(32, 64) = matmul %0 %1  # dense
	// %4 float32(32, 64) = add %3 %2  # dense
	// %5 float32(32, 64) = relu %4  # dense
}

// The derivative of x³ is a graph again, so it has a derivative itself.
func ExampleGradients() {
	g := graph.New()
	x := g.Input("x", graph.F32())
	y := x.Mul(x.Square())
	first := graph.Gradients([]*graph.Node{y}, nil, []*graph.Node{x})[0]
	second := graph.Gradients([]*graph.Node{first}, nil, []*graph.Node{x})[0]

	e := &graph.Evaluator{Leaves: map[string]*graph.Array{"x": {Type: graph.F32(), V: []float64{2}}}}
	for _, n := range []*graph.Node{y, first, second} {
		v, err := e.Value(n)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v.V[0])
	}
	// Output:
	// 8
	// 12
	// 12
}

// Shapes that do not fit stop the trace with an error that says where.
func ExampleCatch() {
	g := graph.New()
	err := graph.Catch(func() {
		x := g.Input("x", graph.F32(32, 10))
		g.Scope("dense_1", func() {
			x.MatMul(g.Leaf(graph.Weight, "kernel", graph.F32(12, 4)))
		})
	})
	fmt.Println(err)
	// Output: dense_1: matmul: (32, 10) times (12, 4): inner extents are 10 and 12
}

// Every computation is there once, and operations that do nothing are gone.
func ExampleSimplify() {
	g := graph.New()
	x := g.Input("x", graph.F32(2, 3))
	y := x.Exp().MulC(1).Add(x.Exp().Named("tap"))
	s, _ := graph.Simplify([]*graph.Node{y}, func(*graph.Call) bool { return true })
	fmt.Print(s)
	// Output:
	// %0 float32(2, 3) = input(x)
	// %1 float32(2, 3) = exp %0
	// %2 float32(2, 3) = add %1 %1
}
