package tune

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Kind is the kind of a parameter's values.
type Kind uint8

// The kinds of values.
const (
	Float  Kind = iota // numbers
	Int                // whole numbers
	Choice             // one of several options, by its number from 0
)

// Param is a value that is searched for, and where.
type Param struct {
	Name string
	Kind Kind
	// Low and High are the ends of a Float's or an Int's range, both of which belong to it. Log: the logarithm is
	// sampled uniformly. Step, of a Float without Log, leaves Low, Low + Step, …; 0: every number. An Int has steps of
	// 1, or of Step.
	Low, High, Step float64
	Log             bool
	Options         int // of a Choice
	// When are the options under which the parameter exists, all of which must be chosen; nil: always.
	When []Condition
	// Start is the parameter's value in the first trial, the user's own.
	Start float64
}

// Condition is an option of a Choice that stands earlier in the Space.
type Condition struct{ Param, Option int }

// Space is the parameters of a study. A parameter stands behind those that it depends on.
type Space []Param

// Values are values of all parameters of a Space, in its order; NaN where one does not exist.
type Values []float64

// Check returns an error for ranges without values and for conditions on what is no earlier Choice.
func (s Space) Check() error {
	for i, p := range s {
		switch {
		case p.Kind == Choice && p.Options < 1:
			return fmt.Errorf("%s: a choice without options", p.Name)
		case p.Kind == Choice:
		case !(p.Low <= p.High) || math.IsInf(p.High-p.Low, 0):
			return fmt.Errorf("%s: %v to %v is no range", p.Name, p.Low, p.High)
		case p.Log && p.Low <= 0:
			return fmt.Errorf("%s: a logarithmic range begins above 0, this one at %v", p.Name, p.Low)
		case p.Step < 0 || p.Log && p.Kind == Float && p.Step > 0:
			return fmt.Errorf("%s: step %v has no meaning here", p.Name, p.Step)
		}
		for _, c := range p.When {
			if c.Param < 0 || c.Param >= i || s[c.Param].Kind != Choice || c.Option >= s[c.Param].Options {
				return fmt.Errorf("%s: depends on no option of an earlier choice", p.Name)
			}
		}
	}
	return nil
}

// exists reports whether parameter i exists beside the values of those before it.
func (s Space) exists(i int, v Values) bool {
	return !slices.ContainsFunc(s[i].When, func(c Condition) bool { return v[c.Param] != float64(c.Option) })
}

// Start returns the values of the first trial.
func (s Space) Start() Values {
	v := make(Values, len(s))
	for i, p := range s {
		if v[i] = math.NaN(); s.exists(i, v) {
			v[i] = p.clip(p.Start)
		}
	}
	return v
}

// step is the distance of two values, 0 where there is none.
func (p Param) step() float64 {
	if p.Kind == Int && p.Step == 0 {
		return 1
	}
	return p.Step
}

// steps is the number of a range's values; 0: any number.
func (p Param) steps() int {
	switch {
	case p.Kind == Choice:
		return p.Options
	case p.step() == 0:
		return 0
	}
	return int(math.Floor((p.High-p.Low)/p.step()+1e-9)) + 1
}

// top is the greatest value of the range.
func (p Param) top() float64 {
	if step := p.step(); step > 0 {
		return p.Low + step*float64(p.steps()-1)
	}
	return p.High
}

// clip returns the value of the range that is nearest to v.
func (p Param) clip(v float64) float64 {
	if p.Kind == Choice {
		return min(max(v, 0), float64(p.Options-1))
	}
	if step := p.step(); step > 0 {
		v = p.Low + math.RoundToEven((v-p.Low)/step)*step
	}
	return min(max(v, p.Low), p.top())
}

// ends are the ends of the interval that is sampled: half a step beyond the range where it has steps, of the logarithm
// where the range is logarithmic.
func (p Param) ends() (low, high float64) {
	low, high = p.Low-p.step()/2, p.top()+p.step()/2
	if p.Log {
		low, high = math.Log(low), math.Log(high)
	}
	return low, high
}

// at returns the value at a place of the sampled interval.
func (p Param) at(u float64) float64 {
	if p.Log {
		u = math.Exp(u)
	}
	return p.clip(u)
}

// random draws a value uniformly.
func (p Param) random(rng *rand.Rand) float64 {
	if p.Kind == Choice {
		return float64(rng.IntN(p.Options))
	}
	low, high := p.ends()
	return p.at(low + (high-low)*rng.Float64())
}
