package loss

import "gorae/config"

// Traits are what other packages must know of a loss, and of a metric. The zero value of a field means that it is not
// declared: nothing is known of a loss of a user's own without a method Traits. Every loss of this package declares all
// of them.
type Traits struct {
	Targets     Targets
	Predictions Predictions
	Outputs     Outputs
	Units       Units
}

// Targets says what the targets are.
type Targets uint8

const (
	// Numbers are any real numbers, on any scale: standardised targets are fine.
	Numbers Targets = iota + 1
	// Amounts are numbers with a zero of their own, mostly 0 or more: counts, prices. Targets must not be standardised.
	Amounts
	// Shares are numbers from 0 to 1, one for each output: one-hot classes, several labels, probabilities.
	Shares
	// Signs are −1 and 1, or 0 and 1, of two classes.
	Signs
	// ClassNumbers are whole numbers from 0 to the number of outputs − 1, one for each row of outputs.
	ClassNumbers
	// ByShape are class numbers or one-hot rows: the shapes of targets and predictions decide.
	ByShape
)

// Classes reports whether targets are classes, and not numbers that a regression predicts.
func (t Targets) Classes() bool { return t >= Shares }

// Predictions says what the outputs of the network are read as.
type Predictions uint8

const (
	// AnyNumbers are outputs read as they are.
	AnyNumbers Predictions = iota + 1
	// Probabilities are outputs from 0 to 1, as sigmoid and softmax give them.
	Probabilities
	// Logits are numbers z whose sigmoid(z), or softmax(z) of several, are the probabilities (from_logits).
	Logits
	// Scores are numbers of any size that are no probabilities: of two classes the sign says which, as with the hinge
	// losses.
	Scores
)

// Threshold is what parts two classes of one output: the second class is above it, the first class below it and at it,
// as in Keras. It is 0 of logits and scores, 0.5 of everything else, whose targets are 0 and 1.
func (p Predictions) Threshold() float64 {
	if p == Logits || p == Scores {
		return 0
	}
	return 0.5
}

// Outputs says whether the outputs of a sample are compared with each other.
type Outputs uint8

const (
	// EachOutput: every output is compared with a target of its own.
	EachOutput Outputs = iota + 1
	// AmongOutputs: outputs are compared with each other, one for each class. A single output says nothing.
	AmongOutputs
)

// Units says in which units the value is, for targets that have a unit.
type Units uint8

const (
	// NoUnits: the value is a share, a ratio, a logarithm, and the same in any unit of the target.
	NoUnits Units = iota + 1
	// TargetUnits: the value is in the target's units.
	TargetUnits
	// OtherUnits: the value depends on the target's units in another way, as a square does.
	OtherUnits
)

// Described is a loss that declares its traits.
type Described interface{ Traits() Traits }

// TraitsOf is what a loss declares. A loss that wraps another one shows the inner one by a method Unwrap() Loss.
func TraitsOf(l Loss) Traits {
	switch l := config.Filled(l).(type) {
	case Described:
		return l.Traits()
	case interface{ Unwrap() Loss }:
		return TraitsOf(l.Unwrap())
	}
	return Traits{}
}

// probabilistic are the traits of a loss of probabilities, or of logits.
func probabilistic(t Targets, o Outputs, fromLogits bool) Traits {
	p := Probabilities
	if fromLogits {
		p = Logits
	}
	return Traits{Targets: t, Predictions: p, Outputs: o, Units: NoUnits}
}

// numeric are the traits of a loss of a regression.
func numeric(t Targets, u Units) Traits {
	return Traits{Targets: t, Predictions: AnyNumbers, Outputs: EachOutput, Units: u}
}
