package layer

import (
	"slices"

	"gorae/config"
)

// Traits are the properties of a layer that other packages depend on. The zero value of a field means that the layer
// does not declare it; every layer of this package declares all of them. A layer of a user's own declares them by a
// method Traits, most easily from [Elementwise]; without it the layer drops masks, as Keras's layers do by default, and
// a network that has it cannot be streamed.
type Traits struct {
	Mask     MaskRule
	Steps    StepRule
	Format   Format
	Features FeatureRule
	Samples  SampleRule
	// Activation is the function that the layer ends with, "" if it ends with none.
	Activation Activation
	// Moves reports that each element of the output is an element of the first input, unchanged; the layer changes
	// only the shape, the order or the number of elements. False also stands for "not declared".
	Moves bool
	// Remembers reports that a layer of CausalSteps can be called with one step after the other: in a trace with
	// Trace.Reach it keeps what it needs of the steps before. False also stands for "not declared".
	Remembers bool
}

// MaskRule is the rule, one of Keras's, for the mask of a layer's first input.
type MaskRule uint8

const (
	// PassesMask: the outputs have the mask of the first input (Keras's supports_masking).
	PassesMask MaskRule = iota + 1
	// DropsMask: the layer does not know masks, and the outputs have none. Keras warns of it; a trace lists the
	// layer in Trace.Unmasked.
	DropsMask
	// HandlesMask: the layer reads or makes masks itself, by Scope.Mask and Scope.SetMask. Outputs whose mask it does
	// not set have none.
	HandlesMask
)

// StepRule is whether step t of the output depends on later steps of the input.
type StepRule uint8

const (
	// StepByStep: step t of the output follows from step t of the inputs and, in a recurrent layer, from the steps
	// before. A sequence can then be read piece by piece (model.Stream).
	StepByStep StepRule = iota + 1
	// CausalSteps: step t of the output follows from the steps 0 to t of the inputs, which the layer needs all at once:
	// a network of such layers and of those that work step by step reads a sequence as a window.
	CausalSteps
	// AcrossSteps: the layer looks along the whole sequence, or the output has no steps.
	AcrossSteps
	// ByFirstInput: step t of the output follows from step t of the first input. The others are read as a whole, as
	// attention reads its values.
	ByFirstInput
)

// Format is the place of the channels in a layer's input and output.
type Format uint8

const (
	// AnyFormat: the layer keeps the order of the axes and works the same for each order.
	AnyFormat Format = iota + 1
	// ChannelsLast: [batch, positions…, channels].
	ChannelsLast
	// ChannelsFirst: [batch, channels, positions…].
	ChannelsFirst
	// ReordersAxes: the output has another order of axes than the input.
	ReordersAxes
)

// FeatureRule is whether a layer's channels are new features, computed from those of its input by weights.
type FeatureRule uint8

const (
	// NewFeatures: each channel of the output is a function of all channels of the input.
	NewFeatures FeatureRule = iota + 1
	// SameFeatures: channels are moved, scaled, dropped or summarised.
	SameFeatures
)

// SampleRule is whether one sample of a batch has an influence on the output of another in training.
type SampleRule uint8

const (
	// SeparateSamples: the output of a sample is its own.
	SeparateSamples SampleRule = iota + 1
	// SharesStatistics: all samples of a batch are put on one scale, by their mean and variance.
	SharesStatistics
	// MixesSamples: a sample of the output is a blend of several, with a blend of their targets, so that the targets
	// must be numbers that can be blended and not class numbers.
	MixesSamples
)

// Described is a layer that declares its traits.
type Described interface{ Traits() Traits }

// TraitsOf returns the traits that a layer declares; the zero value for a user's layer without a method Traits.
func TraitsOf(l Layer) Traits {
	if d, ok := config.Filled(l).(Described); ok {
		return d.Traits()
	}
	return Traits{}
}

// Elementwise returns the traits of a layer that makes each element of its output from the element of its input at the
// same place: masks pass, steps stay apart, features stay themselves.
func Elementwise() Traits {
	return Traits{Mask: PassesMask, Steps: StepByStep, Format: AnyFormat, Features: SameFeatures,
		Samples: SeparateSamples}
}

// featurewise returns the traits of a layer that makes new features of the last axis alone.
func featurewise(a Activation) Traits {
	t := Elementwise()
	t.Features, t.Activation = NewFeatures, Activation(a.word())
	return t
}

// spatial returns the traits of a layer over positions that makes no new features.
func spatial(format string) Traits {
	t := Traits{Mask: DropsMask, Steps: AcrossSteps, Format: ChannelsLast, Features: SameFeatures,
		Samples: SeparateSamples}
	if format == channelsFirst {
		t.Format = ChannelsFirst
	}
	return t
}

// displacing returns the traits of a layer that puts the elements of its input at other places.
func displacing(f Format) Traits {
	t := rearranging(f)
	t.Moves = true
	return t
}

// convolving returns the traits of a layer that makes new features of windows.
func convolving(format string, a Activation) Traits {
	t := spatial(format)
	t.Features, t.Activation = NewFeatures, Activation(a.word())
	return t
}

// rearranging returns the traits of a layer that moves elements without regard to steps.
func rearranging(f Format) Traits {
	return Traits{Mask: DropsMask, Steps: AcrossSteps, Format: f, Features: SameFeatures, Samples: SeparateSamples}
}

// merging returns the traits of a layer that joins several inputs element by element.
func merging() Traits {
	t := Elementwise()
	t.Mask = HandlesMask
	return t
}

// along returns StepByStep where a layer works along the last axes alone.
func along(axes ...int) StepRule {
	for _, a := range axes {
		if a != -1 {
			return AcrossSteps
		}
	}
	return StepByStep
}

// Stepwise reports whether a layer with a number of inputs works step by step. Further inputs of a recurrent layer are
// states to start from, which belong to whole sequences.
func Stepwise(l Layer, inputs int) bool {
	return TraitsOf(l).Steps == StepByStep && !(inputs > 1 && Recurrent(l))
}

// StepwiseOn reports whether a layer works step by step on the inputs that are read piece by piece, where late says
// which those are and the others are known as a whole: the states that a recurrent layer starts from, the values of
// attention.
func StepwiseOn(l Layer, late []bool) bool {
	rest := len(late) > 0 && slices.Contains(late[1:], true)
	switch steps := TraitsOf(l).Steps; {
	case steps == ByFirstInput:
		return !rest && len(late) > 1 // of a single input, attention reads the whole
	case steps == StepByStep && Recurrent(l):
		return !rest
	default:
		return steps == StepByStep
	}
}

// Wrapper is a layer around other layers.
type Wrapper interface {
	// Wrapped lists the inner layers, with their paths below that of the wrapper: "forward_layer".
	Wrapped() []Part
}

// Part is an inner layer of a Wrapper.
type Part struct {
	Path  string
	Layer Layer
}

// TakesIDs is a layer whose inputs are whole numbers from 0 to IDs() − 1.
type TakesIDs interface{ IDs() int }

// MasksValue is a layer that masks the steps whose features all equal MaskValue().
type MasksValue interface{ MaskValue() float64 }

// Lookup is a layer with a table [ids, features], one row for each id, in the weight with the name TableName().
type Lookup interface {
	TakesIDs
	TableName() string
	TableWidth() int
}

// Probabilities reports whether the values of an activation lie between 0 and 1 and can be read as probabilities.
func (a Activation) Probabilities() bool {
	switch a {
	case "softmax", "sigmoid", "hard_sigmoid", "legacy_hard_sigmoid":
		return true
	}
	return false
}
