package metric

import (
	"gorae/config"
	"gorae/loss"
)

// Direction says which values of a metric are better.
type Direction uint8

const (
	// Unknown: the metric does not say. Who monitors it must be told the mode, min or max, as in Keras.
	Unknown Direction = iota
	// Min: smaller values are better.
	Min
	// Max: greater values are better.
	Max
)

// String is Keras's word for the direction: min, max, or unknown.
func (d Direction) String() string { return [...]string{"unknown", "min", "max"}[d] }

// MarshalText writes Keras's word for the direction.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads Keras's word for a direction.
func (d *Direction) UnmarshalText(b []byte) error {
	for _, x := range []Direction{Unknown, Min, Max} {
		if x.String() == string(b) {
			*d = x
			return nil
		}
	}
	return config.Errorf("", "%q is no direction; give min, max or unknown", b)
}

// Directed is a metric that says which values are better.
type Directed interface{ Direction() Direction }

// Described is a metric that declares what it compares.
type Described interface{ Traits() loss.Traits }

// Wrapper is a metric that shows another one under another name, or in other units.
type Wrapper interface{ Unwrap() Metric }

// DirectionOf is the direction of a metric, or of the metric that it wraps; Unknown where a metric of a user's own has
// no method Direction.
func DirectionOf(m Metric) Direction {
	switch m := config.Filled(m).(type) {
	case Directed:
		return m.Direction()
	case Wrapper:
		return DirectionOf(m.Unwrap())
	}
	return Unknown
}

// TraitsOf is what a metric, or the metric that it wraps, declares; nothing is known of a metric of a user's own
// without a method Traits.
func TraitsOf(m Metric) loss.Traits {
	switch m := config.Filled(m).(type) {
	case Described:
		return m.Traits()
	case Wrapper:
		return TraitsOf(m.Unwrap())
	}
	return loss.Traits{}
}

// Traits implements Described: those of the loss.
func (m Mean) Traits() loss.Traits { return loss.TraitsOf(m.Loss) }

// Direction implements Directed: a loss is to be small.
func (Mean) Direction() Direction { return Min }

// Decider is a metric that parts two classes at a threshold. At is the metric at another one, that of a loss for
// outputs
// as they are; nil where the metric is given a threshold of its own.
type Decider interface {
	At(threshold float64) Metric
}

// share are the traits of a share of samples that is taken by probabilities.
func share(t loss.Targets, o loss.Outputs) loss.Traits {
	return loss.Traits{Targets: t, Predictions: loss.Probabilities, Outputs: o, Units: loss.NoUnits}
}

// order are the traits of a metric of classes that depends on nothing but the order of the outputs: probabilities and
// their logits give the same.
func order(t loss.Targets, o loss.Outputs) loss.Traits {
	return loss.Traits{Targets: t, Predictions: loss.AnyNumbers, Outputs: o, Units: loss.NoUnits}
}

// unitless are the traits of a metric of a regression that is the same in any unit.
func unitless() loss.Traits {
	return loss.Traits{Targets: loss.Numbers, Predictions: loss.AnyNumbers, Outputs: loss.EachOutput,
		Units: loss.NoUnits}
}
