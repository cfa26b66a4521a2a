package prep

func init() {
	Scales.RegisterOwn(Rescale{}, "rescale")
	Scales.RegisterOwn(Unscaled{}, "none")
}

// Rescale is x / 255: pixels of 8 bits become 0 … 1.
//
// It has no arguments, and nothing is fitted. A column becomes one feature.
//
// Example: 0, 51, 255 become 0, 0.2, 1.
//
// Source: Keras's Rescaling(1/255).
type Rescale struct{}

// Fit implements Scale.
func (Rescale) Fit([]float64) Map { return &Linear{Divisor: 255} }

// Blank implements Scale.
func (Rescale) Blank() Map { return &Linear{} }

// Unscaled is x: a number stays as it is.
//
// It has no arguments, and nothing is fitted. A column becomes one feature.
//
// Example: 1, 20, 300 stay 1, 20, 300.
//
// Source: none; it is the identity.
type Unscaled struct{}

// Fit implements Scale.
func (Unscaled) Fit([]float64) Map { return &Linear{Divisor: 1} }

// Blank implements Scale.
func (Unscaled) Blank() Map { return &Linear{} }
