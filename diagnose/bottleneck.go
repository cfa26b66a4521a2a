package diagnose

import (
	"fmt"
	"slices"

	"gorae/layer"
	"gorae/model"
)

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

func bottleneckFound(c *Case) ([]Finding, error) {
	if c.trained() && !c.look().Weak || !c.Supervised() {
		return nil, nil
	}
	m := c.Model
	if all := m.Networks(); len(all) > 1 {
		m = all[0]
	}
	name, from, to, classes := bottleneck(m, m.Summary())
	if name == "" {
		return nil, nil
	}
	grade := Tip
	if c.look().Harmed() {
		grade = Fault
	}
	nodes := 1
	for nodes < classes {
		nodes *= 2
	}
	f := found(grade, name, "%s brings %d features down to %d, and %d classes are told apart by no more", name, from,
		to,
		classes).with("units", float64(to), float64(classes-1)).with("features before", float64(from), 0)
	for _, l := range c.layers() {
		if l.name == name {
			f = f.set(l.change("units", fmt.Sprint(nodes))...)
		}
	}
	return []Finding{f}, nil
}
