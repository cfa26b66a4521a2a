package plan

import "gorae/graph"

// fusion recognises several calls that one step computes. The planner tries the fusions in the order of the list
// fusions on every call; the first that takes a call keeps it. Calls that no fusion takes are steps of their own,
// for the first [Kernel] that claims them, and [reference] claims what is left.
//
// A new fused kernel is one file with a fusion and its pattern, and one line of the list.
type fusion interface {
	// match looks at a call whose step has no pattern yet. Where the fusion begins there, it moves the other calls
	// into the call's step (builder.give) and returns what computes that step. nil means that nothing was found, or
	// that the call has joined a step which has a pattern already.
	match(b *builder, c *graph.Call) pattern
}

// pattern is one occurrence of a fusion.
type pattern interface {
	// lower lists what step s reads, writes and needs, and sets its bind. before is a step that must run first, nil
	// for none.
	lower(b *builder, s *step) (before *step)
}

// fusions is the list. Clusters grow from their last call, so the calls are gone through backwards for them.
var fusions = []struct {
	fusion
	backwards bool
}{
	{fusion: recurrentFusion{}},
	{fusion: lookupFusion{}},
	{fusion: splitKFusion{}},
	{fusion: sparseGradientFusion{}},
	{fusion: clusterFusion{}, backwards: true},
	{fusion: epilogueFusion{}},
	{fusion: convPoolFusion{}},
}

// fuse finds all patterns.
func (b *builder) fuse() {
	for _, f := range fusions {
		for i := range b.g.Calls {
			if f.backwards {
				i = len(b.g.Calls) - 1 - i
			}
			c := b.g.Calls[i]
			if s := b.stepOf[c]; s == nil || s.pattern != nil {
				continue
			}
			if p := f.match(b, c); p != nil {
				b.stepOf[c].pattern = p
			}
		}
	}
}

// give moves call c, which has a step to itself, into the step of call to.
func (b *builder) give(c, to *graph.Call) {
	s := b.stepOf[c]
	s.root, s.calls = nil, []*graph.Call{c}
	b.unite(s, b.stepOf[to])
}
