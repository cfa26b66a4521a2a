package plan

import (
	"slices"

	"gorae/graph"
)

// clusterFusion joins elementwise calls. A cluster grows from its last call backwards: a call joins the cluster of
// the calls that read it when they run over the same elements at the same positions, and when no other step lies
// between the two (it would have to run before and after). A value that is read elsewhere too is written as one more
// result of the pass.
type clusterFusion struct{}

func (clusterFusion) match(b *builder, c *graph.Call) pattern {
	if s := b.stepOf[c]; !s.fused || s.root != nil || b.join(c, s) {
		return nil
	}
	return cluster{}
}

// epilogueFusion lets roots (products, convolutions, batch normalisations) join the clusters that read them, when
// these have their final size.
type epilogueFusion struct{}

func (epilogueFusion) match(b *builder, c *graph.Call) pattern {
	if s := b.stepOf[c]; s.root != c || b.join(c, s) {
		return nil
	}
	return cluster{}
}

// cluster is a step of elementwise calls, with the root that feeds it if there is one, or of a root alone.
type cluster struct{}

func (cluster) lower(b *builder, s *step) (before *step) {
	if s.root != nil {
		return b.prepareRoot(s)
	}
	b.prepareElementwise(s)
	return nil
}

// maxCluster is the number of calls up to which a cluster's temporaries stay in the first-level cache.
const maxCluster = 48

// join merges the step s of call c into the cluster of one of its users and reports whether it could.
func (b *builder) join(c *graph.Call, s *step) bool {
	var tried []*step
	for _, u := range b.users[c] {
		k := b.stepOf[u]
		if k == s || !k.fused || k.size != s.size || slices.Contains(tried, k) {
			continue
		}
		tried = append(tried, k)
		if k.root != nil && s.root != nil || k.root == u || len(k.calls)+len(s.calls) > maxCluster {
			continue
		}
		if !b.straight(c, k) || b.between(s, k) {
			continue
		}
		b.unite(s, k)
		slices.SortFunc(k.calls, func(x, y *graph.Call) int { return x.ID - y.ID })
		return true
	}
	return false
}

// straight reports whether every call of k that reads c reads it at the position at which it writes.
func (b *builder) straight(c *graph.Call, k *step) bool {
	for _, u := range k.all() {
		for _, x := range u.In {
			if b.makerCall(x) != c {
				continue
			}
			if u == k.root || x.Shape.Size() != k.size || b.value[x] != b.value[c.Out[0]] {
				return false
			}
		}
	}
	return true
}
