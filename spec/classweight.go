package spec

import (
	"math"

	"gorae/config"
)

// ClassWeight is how much samples of a class count in the loss: the word balanced, or a number for each class, 1 for a
// class without one. Balanced is n / (k·nⱼ) for a class of nⱼ of the n training samples and k classes, so that all
// classes count the same; with it the probabilities of the network are no longer those of the samples' frequencies.
// Metrics count each sample once.
type ClassWeight struct {
	Balanced bool
	Weights  []ClassWeightOf
}

// ClassWeightOf is the weight of a class.
type ClassWeightOf struct {
	Class  string
	Weight float64
}

// UnmarshalConfig reads the word or the map.
func (w *ClassWeight) UnmarshalConfig(d *config.Decoder, written any) error {
	if written == "balanced" {
		w.Balanced = true
		return nil
	}
	m, ok := config.AsMap(written)
	if !ok || len(m) == 0 {
		return config.Errorf("", "%v is no weight of classes", written).
			Fix("give balanced, or a number for each class, such as {no: 1, yes: 5}").Coded(config.WrongType)
	}
	for _, e := range m {
		var v float64
		if err := d.Decode(&v, e.Value); err != nil {
			return config.Under(config.Step(e.Key), err)
		}
		if !(v >= 0) || math.IsInf(v, 0) {
			return config.Errorf(config.Step(e.Key), "%v is no weight", v).Fix("give a number from 0").
				Coded(config.OutOfRange)
		}
		w.Weights = append(w.Weights, ClassWeightOf{e.Key, v})
	}
	return nil
}

// MarshalConfig returns the word or the map.
func (w ClassWeight) MarshalConfig() any {
	if w.Balanced {
		return "balanced"
	}
	var m config.Map
	for _, c := range w.Weights {
		m = append(m, config.Entry{Key: c.Class, Value: c.Weight})
	}
	return m
}

// ConfigSchema returns the word, or a map of numbers.
func (ClassWeight) ConfigSchema(*config.Schemas) config.Map {
	return config.AnyOf(config.Enum("balanced"), config.Map{{Key: "type", Value: "object"},
		{Key: "minProperties", Value: 1},
		{Key: "additionalProperties", Value: config.Map{{Key: "type", Value: "number"}, {Key: "minimum", Value: 0}}}})
}
