package plan

import (
	"fmt"
	"math"

	"gorae/graph"
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

// explain replays the run in the naive evaluator and names where NaN or infinity arose. It is slow, and runs once
// only: the run has failed.
func (r *Runner) explain() error {
	leaves := map[string]*graph.Array{}
	for i, l := range r.plan.leaves {
		leaves[l.op.Name] = arrayOf(l.op, r.bound[i])
	}
	return firstNonFinite(r.plan.roots, leaves, true)
}

// firstNonFinite evaluates roots operation by operation and returns the first value that is not finite.
func firstNonFinite(roots []*graph.Node, leaves map[string]*graph.Array, single bool) *NonFinite {
	e := &graph.Evaluator{Single: single, Leaves: leaves}
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
	for _, n := range roots {
		if _, err := e.Value(n); err != nil || found != nil {
			break
		}
	}
	if found == nil {
		found = &NonFinite{}
	}
	return found
}
