package model

import "gorae/layer"

// Traits implements layer.Described for a model that is a layer of another one: they follow from those of its layers.
func (m *Model) Traits() layer.Traits {
	t := layer.Traits{Mask: layer.HandlesMask, Steps: layer.StepByStep, Format: layer.AnyFormat,
		Features: layer.SameFeatures,
		Samples:  layer.SeparateSamples}
	if m.stepwise(false) != nil {
		t.Steps = layer.AcrossSteps
	}
	for _, i := range m.Layers() {
		of := layer.TraitsOf(i.Layer)
		if of.Features == layer.NewFeatures {
			t.Features = layer.NewFeatures
		}
		t.Samples = max(t.Samples, of.Samples)
		t.Activation = of.Activation
	}
	return t
}
