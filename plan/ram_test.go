package plan

import (
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/ram"
)

// TestTooLarge: what cannot fit this machine's memory is refused before it is asked for.
func TestTooLarge(t *testing.T) {
	have := ram.Total
	defer func() { ram.Total = have }()
	compile := func() error {
		g := graph.New()
		x := g.Input("x", graph.F32(8, 1000))
		_, err := Compile([]*graph.Node{x.MatMul(g.Leaf(graph.Weight, "w", graph.F32(1000, 4000))).Softmax(-1)}, nil,
			nil)
		return err
	}
	if err := compile(); err != nil {
		t.Error(err)
	}
	ram.Total = func() float64 { return 1e5 }
	if err := compile(); err == nil ||
		!strings.HasSuffix(err.Error(),
			"of memory are needed and this machine has 100 KB; give a smaller batch, or make layers smaller") {
		t.Error(err)
	}
}
