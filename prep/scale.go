package prep

import (
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
)

// Scale is a transform of a column of numbers into one feature, by statistics of the training values. Fields of a type
// are its arguments; Scales gives it its word.
type Scale interface {
	// Fit returns the function that the values x give, of which there is one at least. They are finite, and above 0
	// where the scale is Positive; x stays as it is.
	Fit(x []float64) Map
	// Blank returns an empty function of the kind that Fit returns, for reading a saved one.
	Blank() Map
}

// Map is a fitted function of one number. It is saved as JSON.
type Map interface {
	// Apply returns the feature of x.
	Apply(x float64) float64
	// Invert returns the number whose feature z is, for z that no number has that of the nearest feature.
	Invert(z float64) float64
	// Check returns an error for a function that cannot have been fitted.
	Check() error
}

// Positive is a Scale that is defined for numbers above 0 alone.
type Positive interface {
	Scale
	Positive()
}

// Scales are the scales by their words.
var Scales = config.NewRegistry[Scale]("scale", "gorae/prep")

// positive reports whether a scale is defined for numbers above 0 alone.
func positive(s Scale) bool {
	_, is := s.(Positive)
	return is
}

// outside is the error of a number that a scale is not defined for.
func outside(s Scale, x float64) error {
	return fmt.Errorf("%s is not above 0, as %s needs numbers to be; yeo_johnson and log1p take any",
		data.FormatNumber(x), Scales.Word(s))
}

// Linear is the function (x − Shift) / Divisor.
type Linear struct {
	Shift   float64 `json:"shift"`
	Divisor float64 `json:"divisor"`
}

// Apply implements Map.
func (l *Linear) Apply(x float64) float64 { return (x - l.Shift) / l.Divisor }

// Invert implements Map.
func (l *Linear) Invert(z float64) float64 { return z*l.Divisor + l.Shift }

// Check implements Map.
func (l *Linear) Check() error {
	if !finite(l.Shift, l.Divisor) || l.Divisor == 0 {
		return fmt.Errorf("(x − %v) / %v is no transform", l.Shift, l.Divisor)
	}
	return nil
}

func finite(x ...float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// standard returns the function that gives x the mean 0 and the standard deviation 1; of equal values the deviation
// counts as 1.
func standard(x []float64) *Linear {
	l := &Linear{Shift: mean(x), Divisor: 1}
	if slices.ContainsFunc(x, func(v float64) bool { return v != x[0] }) { // equal values may have a rounding's sd
		l.Divisor = deviation(x, l.Shift)
	}
	return l
}
