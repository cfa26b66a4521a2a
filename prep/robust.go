package prep

import (
	"fmt"
	"math"

	"gorae/quantile"
)

// Robust is z = (x − median) / (q₃ − q₁), quartiles and median being those of the training values, and then, smoothly
// clipped to −3 … 3, z / √(1 + (z/3)²). A few extreme values change neither. Where q₃ = q₁ half of max − min takes the
// place of their difference, and where all values are equal 1.
//
// clip (true) is whether the result is clipped; false leaves z. A column becomes one feature.
//
// Example: 1, 2, 3, 4, 1000 become −0.95, −0.49, 0, 0.49, 3.00.
//
// Source: scikit-learn's RobustScaler, and Holzmüller, Grinsztajn and Steinwart, "Better by Default" (2024), of which
// the clipping is, and what stands for a difference of 0.
type Robust struct {
	NoClip bool `keras:"!clip"`
}

// Fit implements Scale.
func (s Robust) Fit(x []float64) Map {
	sorted := sorted(x)
	m := &robust{Shift: quantile.At(sorted, 0.5), Divisor: quantile.At(sorted, 0.75) - quantile.At(sorted, 0.25)}
	if m.Divisor == 0 {
		m.Divisor = sorted[len(sorted)-1]/2 - sorted[0]/2
	}
	if m.Divisor == 0 {
		m.Divisor = 1
	}
	if s.NoClip {
		return &Linear{m.Shift, m.Divisor}
	}
	return m
}

// Blank implements Scale.
func (s Robust) Blank() Map {
	if s.NoClip {
		return &Linear{}
	}
	return &robust{}
}

// robust is the function of Robust with clipping.
type robust Linear

// softest is the bound of what is clipped smoothly.
const softest = 3

// Apply implements Map.
func (m *robust) Apply(x float64) float64 {
	z := (*Linear)(m).Apply(x)
	if math.Abs(z) > 1e150 { // whose square is beyond float64
		return math.Copysign(softest, z)
	}
	return z / math.Sqrt(1+z*z/(softest*softest))
}

// Invert implements Map.
func (m *robust) Invert(z float64) float64 {
	share := min(z*z/(softest*softest), 1-1e-12)
	return (*Linear)(m).Invert(math.Copysign(softest*math.Sqrt(share/(1-share)), z))
}

// Check implements Map.
func (m *robust) Check() error {
	if err := (*Linear)(m).Check(); err != nil {
		return err
	}
	if m.Divisor < 0 {
		return fmt.Errorf("a spread of %v", m.Divisor)
	}
	return nil
}
