package diagnose

import "gorae/model"

// Bottleneck is the layer that is said to be too narrow, with its features.
func Bottleneck(m *model.Model) (name string, from, to, classes int) {
	return bottleneck(m, m.Summary())
}
