package env

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Space says which values an observation or an action may have.
type Space interface {
	// Len is the count of numbers of a value.
	Len() int
	// Check returns an error for a value that is not of the space: of another length, with NaN or infinity in it, or no
	// number of a Discrete space. Bounds of a Box are a scale and not checked, as Gymnasium does not check them either.
	Check(value []float64) error
	// String describes the space as Gymnasium does.
	String() string
}

// Discrete is the space of the numbers 0 to N − 1.
type Discrete struct{ N int }

// Len is 1.
func (d Discrete) Len() int { return 1 }

// Check returns an error unless the value is one whole number from 0 to N − 1.
func (d Discrete) Check(value []float64) error {
	if len(value) != 1 {
		return fmt.Errorf("has %d numbers; a value of %v is one", len(value), d)
	}
	if v := value[0]; v != math.Trunc(v) || v < 0 || v >= float64(d.N) { // NaN is not equal to itself
		return fmt.Errorf("is %v; a value of %v is a whole number from 0 to %d", v, d, d.N-1)
	}
	return nil
}

// String is Discrete(N).
func (d Discrete) String() string { return fmt.Sprintf("Discrete(%d)", d.N) }

// Box is the space of lists of real numbers between bounds, which may be infinite.
type Box struct {
	Low, High []float64 // of one length
	Names     []string  // of the numbers, for tables of observations; nil: none
}

// Len is the count of numbers.
func (b Box) Len() int { return len(b.Low) }

// Check returns an error for a value of another length, or with NaN or infinity.
func (b Box) Check(value []float64) error {
	if len(value) != len(b.Low) {
		return fmt.Errorf("has %d numbers; the observation space says %d", len(value), len(b.Low))
	}
	for i, v := range value {
		if v-v != 0 { // NaN or infinite
			return fmt.Errorf("number %d is %v; all must be finite", i+1, v)
		}
	}
	return nil
}

// String is Box([low …], [high …], (n,)).
func (b Box) String() string {
	list := func(vs []float64) string {
		var s []string
		for _, v := range vs {
			s = append(s, fmt.Sprintf("%.4g", v))
		}
		return "[" + strings.Join(s, " ") + "]"
	}
	return fmt.Sprintf("Box(%s, %s, (%d,))", list(b.Low), list(b.High), len(b.Low))
}

// Same reports whether two spaces have the same values and bounds.
func Same(a, b Space) bool {
	switch a := a.(type) {
	case Discrete:
		return a == b
	case Box:
		b, ok := b.(Box)
		return ok && slices.Equal(a.Low, b.Low) && slices.Equal(a.High, b.High)
	}
	return a == b
}

// check returns an error for a space that no value fits.
func check(s Space) error {
	switch s := s.(type) {
	case nil:
		return fmt.Errorf("is nil; give env.Box or env.Discrete")
	case Discrete:
		if s.N < 1 {
			return fmt.Errorf("%v has no value; give N from 1", s)
		}
	case Box:
		if len(s.Low) != len(s.High) || len(s.Low) == 0 {
			return fmt.Errorf("has %d lower and %d upper bounds; give as many of both, and at least one", len(s.Low),
				len(s.High))
		}
		for i := range s.Low {
			if !(s.Low[i] < s.High[i]) {
				return fmt.Errorf("number %d lies between %v and %v; the lower bound must be the smaller", i+1,
					s.Low[i], s.High[i])
			}
		}
	default:
		return fmt.Errorf("is a %T; give env.Box or env.Discrete", s)
	}
	return nil
}
