package plan

import (
	"math"
	"testing"

	"gorae/graph"
)

// halves is the table of numbers to twice their size, rounded down.
type halves struct{}

func (halves) Of(x float64) int32 { return int32(math.Floor(2 * x)) }

func (halves) String() string { return "halves" }

// TestMap: a table maps float32 and int32 in the plan as in the evaluator.
func TestMap(t *testing.T) {
	g := graph.New()
	compare(t, g, []*graph.Node{weight(g, "x", 4, 5, 6).Map(halves{}).AsFloat(),
		g.Input("ids", graph.I32(2, 3)).Map(halves{}).AsFloat()}, 1e-6, 1)
}
