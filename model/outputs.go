package model

// OutputLayers returns the layer that makes each output; of an ensemble that of its first network, of whose kind the
// mean is.
func (m *Model) OutputLayers() []*Instance {
	if networks := m.Networks(); networks != nil {
		return networks[0].OutputLayers()
	}
	var out []*Instance
	for _, v := range m.outputs {
		out = append(out, v.from.inst)
	}
	return out
}
