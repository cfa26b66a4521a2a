package model

import "gorae/layer"

// Reader is a layer that reads the values of an input of a model as the input gives them.
type Reader struct {
	Name  string      // in the model, behind the names of the nested models that it is in: "encoder/embedding"
	Layer layer.Layer // the inner layer of a layer.TimeDistributed
}

// Readers returns the layers that compute with the values of input i as they are, in the order of computation: those
// that are applied to the input itself or behind layers that only move its elements (layer.Traits.Moves), such as a
// Reshape. Nested models are followed inside. A layer that is applied twice is listed twice.
func (m *Model) Readers(i int) []Reader {
	var out []Reader
	m.follow(i, "", func(r Reader) { out = append(out, r) })
	return out
}

// follow calls found for each layer that reads the values of input i, and returns the values of m that hold elements
// of the input and nothing else. prefix stands before the layers' names.
func (m *Model) follow(i int, prefix string, found func(Reader)) (same map[*Value]bool) {
	same = map[*Value]bool{m.inputs[i]: true}
	for _, c := range m.calls {
		for k, v := range c.in {
			if !same[v] {
				continue
			}
			l, name := c.inst.Layer, prefix+m.names[c.inst]
			if each, ok := l.(layer.TimeDistributed); ok {
				l = each.Layer
			}
			if sub, ok := l.(*Model); ok {
				inside := sub.follow(k, name+"/", found)
				for n, y := range c.out {
					same[y] = same[y] || inside[sub.outputs[n]]
				}
				continue
			}
			if !layer.TraitsOf(l).Moves {
				found(Reader{name, l})
				continue
			}
			for _, y := range c.out {
				same[y] = true
			}
		}
	}
	return same
}
