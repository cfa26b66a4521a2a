package model

// OutputLayers returns the layer that makes each output.
func (m *Model) OutputLayers() []*Instance {
	var out []*Instance
	for _, v := range m.outputs {
		out = append(out, v.from.inst)
	}
	return out
}
