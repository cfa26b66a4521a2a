package prep

import "gorae/data"

func init() { Encoders.RegisterOwn(Indicator{}) }

// Indicator is 1 where the value is missing and 0 elsewhere.
//
// It has no arguments, and nothing is fitted. A column of any kind becomes one feature. indicator: true adds it to
// another transform.
//
// Example: 3, nothing, 5 become 0, 1, 0.
//
// Source: scikit-learn's MissingIndicator.
type Indicator struct{}

// Fit implements Encoder.
func (Indicator) Fit(*Fitting) (Encoded, error) { return &indicator{}, nil }

// Blank implements Encoder.
func (Indicator) Blank() Encoded { return &indicator{} }

// indicator is Indicator fitted.
type indicator struct{}

// Width implements Encoded.
func (*indicator) Width() int { return 1 }

// Names implements Encoded.
func (*indicator) Names(column string) []string { return []string{column + " missing"} }

// Bind implements Encoded.
func (*indicator) Bind(_ *data.Table, c *data.Column) (Row, error) {
	return func(to []float32, r int) error {
		if c.IsMissing(r) {
			to[0] = 1
		}
		return nil
	}, nil
}

// Check implements Encoded.
func (*indicator) Check() error { return nil }
