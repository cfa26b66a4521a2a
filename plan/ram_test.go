package plan

import (
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/ram"
)

// TestTooLarge: what cannot fit this machine's memory is refused before it is asked for.
func TestTooLarge(t *testing.T) {
	defer ram.SetLimit(ram.SetLimit(0))
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
	ram.SetLimit(1e5)
	if err := compile(); err == nil ||
		!strings.HasSuffix(err.Error(),
			"of memory are needed and this process may use 100 KB; give a smaller batch, or make layers smaller") {
		t.Error(err)
	}
}
