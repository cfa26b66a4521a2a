package plan

import (
	"fmt"
	"math"

	"gorae/graph"
	"gorae/tensor"
)

// NonFinite is the error of a run in which NaN or infinity arose: the first
// operation whose operands were finite and whose result is not, or the leaf that
// came with it.
type NonFinite struct {
	Label string  // the layer, empty for leaves
	What  string  // the operation or the leaf
	Leaf  bool    // What is a leaf
	Value float64 // NaN or ±Inf
}

func (e *NonFinite) Error() string {
	switch {
	case e.What == "":
		return "NaN or infinity arose"
	case e.Leaf:
		return fmt.Sprintf("%s holds %v", e.What, e.Value)
	case e.Label == "":
		return fmt.Sprintf("%s gave %v", e.What, e.Value)
	}
	return fmt.Sprintf("%s: %s gave %v", e.Label, e.What, e.Value)
}

// explain replays the run in the naive evaluator, operation by operation, and
// names where NaN or infinity arose. It is slow and runs once, when all is lost anyway.
func (r *Runner) explain() error {
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{}}
	for i, l := range r.plan.leaves {
		e.Leaves[l.op.Name] = graph.ArrayOf(&tensor.Tensor{Shape: l.op.Type.Shape, F32: r.bound[i].F32, I32: r.bound[i].I32, U8: r.bound[i].U8})
	}
	var found *NonFinite
	e.Watch = func(n *graph.Node, a *graph.Array) {
		if found != nil || a.Finite() {
			return
		}
		for _, v := range a.V {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				_, isLeaf := n.Call.Op.(graph.Leaf)
				found = &NonFinite{Label: n.Call.Label, What: n.Call.Op.String(), Leaf: isLeaf, Value: v}
				return
			}
		}
	}
	for _, n := range r.plan.roots {
		if _, err := e.Value(n); err != nil || found != nil {
			break
		}
	}
	if found == nil {
		found = &NonFinite{}
	}
	return found
}
