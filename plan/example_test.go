package plan_test

import (
	"fmt"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/plan"
	"gorae/tensor"
)

// A line y = 2x + 1, computed for three x.
func Example() {
	g := graph.New()
	x := g.Input("x", graph.F32(3))
	p, err := plan.Compile([]*graph.Node{x.MulC(2).AddC(1)}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	pool := par.New(1)
	defer pool.Close()
	r := p.Runner(pool)
	r.Bind("x", tensor.Of([]float32{0, 1, 2}, 3))
	if err := r.Compute(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Output(0).F32)
	// Output: [1 3 5]
}
