package run

import (
	"slices"

	"gorae/layer"
	"gorae/model"
)

// reportCapacity says what the number of parameters and of nodes has to do with what was measured: that an overfitting
// network has more parameters than training samples, or that one that is not better than its baselines has a
// bottleneck.
func (p *Prepared) reportCapacity(r *Report) {
	if _, ok := p.how.(*supervised); !ok {
		return
	}
	s := p.Model.Summary()
	if r.Gap != nil && r.Gap.Meaning() == Overfitting && s.Trainable > r.Rows[0] {
		r.Findings.Say("the network has %s parameters for %s training %ss: so many can learn them by heart; fewer "+
			"nodes are one remedy more", layer.Thousands(s.Trainable), layer.Thousands(r.Rows[0]), p.Fitted.Unit())
	}
	if !r.Findings.Unproven() {
		return
	}
	if name, from, to, classes := bottleneck(p.Model, s); name != "" {
		r.Findings.Say("%s brings %d features down to %d, and %d classes are told apart by no more: a bottleneck, in "+
			"which information may be lost; give it %d nodes or more", name, from, to, classes, powerOfTwo(classes-1))
	}
}

// bottleneck returns the narrowest hidden layer behind which a softmax tells more classes of a sample apart than its
// nodes can place freely: log-probabilities of K classes are a point of K − 1 dimensions, and behind a layer of h < K −
// 1 nodes they lie on a surface of h dimensions. It returns "" where there is none, where layers are no chain, and
// where the classes are those of steps, such as words, of which there are usually more than nodes.
func bottleneck(m *model.Model, s model.Summary) (name string, from, to, classes int) {
	all := m.Layers()
	if len(m.OutputNames()) != 1 || len(all) < 3 || len(m.OutputTypes(1)[0].Shape) != 2 || !chain(s) {
		return "", 0, 0, 0
	}
	last, ok := all[len(all)-1].Layer.(layer.Dense)
	if !ok || last.Activation != "softmax" {
		return "", 0, 0, 0
	}
	for _, i := range all[:len(all)-1] {
		d, ok := i.Layer.(layer.Dense)
		if !ok {
			continue
		}
		row := s.Rows[slices.IndexFunc(s.Rows, func(r model.Row) bool { return r.Name == i.Name() })]
		if before := row.Features(); d.Units < last.Units-1 && d.Units < before && (name == "" || d.Units < to) {
			name, from, to = i.Name(), before, d.Units
		}
	}
	return name, from, to, last.Units
}

// chain reports whether each layer has one layer before it, and is before one.
func chain(s model.Summary) bool {
	before := map[string]bool{}
	for _, r := range s.Rows {
		for _, f := range r.From {
			if len(r.From) > 1 || before[f] {
				return false
			}
			before[f] = true
		}
	}
	return true
}

// powerOfTwo returns the smallest power of 2 that is n or more.
func powerOfTwo(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}
