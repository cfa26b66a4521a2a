package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
)

// TargetScales are the words for how the numbers of a target are learnt, by Scales and log1p, sign(x)·ln(1 + |x|)
// brought to mean 0 and standard deviation 1.
var TargetScales = []string{"zscore", "none", "minmax", "robust", "quantile", "log", "log1p", "box_cox", "yeo_johnson"}

// TargetCurve is a fitted scale of a target's numbers that is no straight line. What is learnt is the feature z of a
// number; what is predicted is the number of z, which is brought within Low and High first: the features of the
// training targets, and one beyond them on either side, so that the exponential of a wild output is no wild number.
type TargetCurve struct {
	Scale string  `json:"scale"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Raw is Map in JSON.
	Raw json.RawMessage `json:"map"`
	Map Map             `json:"-"`
}

// signedLog is the scale log1p of a target.
type signedLog struct{}

// Fit implements Scale.
func (signedLog) Fit(x []float64) Map {
	m := &signedLogs{}
	z := make([]float64, len(x))
	for i, v := range x {
		z[i] = math.Copysign(math.Log1p(math.Abs(v)), v)
	}
	m.Linear = *standard(z)
	return m
}

// Blank implements Scale.
func (signedLog) Blank() Map { return &signedLogs{} }

// signedLogs is signedLog fitted.
type signedLogs struct{ Linear }

// Apply implements Map.
func (m *signedLogs) Apply(x float64) float64 {
	return m.Linear.Apply(math.Copysign(math.Log1p(math.Abs(x)), x))
}

// Invert implements Map.
func (m *signedLogs) Invert(z float64) float64 {
	v := m.Linear.Invert(z)
	return math.Copysign(bounded(math.Expm1(math.Abs(v))), v)
}

// targetScale returns the scale of a word.
func targetScale(word string) (Scale, error) {
	switch {
	case word == "log1p":
		return signedLog{}, nil
	case slices.Contains(TargetScales, word):
		return Scales.Decode(word)
	}
	return nil, oneOf("target_scale", word, TargetScales)
}

// fitCurve fits the scale of a word to the training targets y of rows of t.
func (g *Target) fitCurve(t *data.Table, rows []int, y []float64, word string) error {
	s, err := targetScale(word)
	if err != nil {
		return err
	}
	for i, v := range y {
		if v <= 0 && positive(s) {
			at := i
			if rows != nil {
				at = rows[i]
			}
			return config.Under("target", t.ErrorAt(at, g.Name, "%w", outside(s, v)))
		}
	}
	m := s.Fit(y)
	if m.Check() != nil {
		return config.Errorf("target", "%s: the target %s goes from %s to %s, beyond what %s can take", t.Name, g.Name,
			data.FormatNumber(slices.Min(y)), data.FormatNumber(slices.Max(y)), word).Fix("rescale it")
	}
	if l, is := m.(*Linear); is {
		g.Mean, g.SD = l.Shift, l.Divisor
		return nil
	}
	low, high := m.Apply(slices.Min(y)), m.Apply(slices.Max(y))
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	g.Curve = &TargetCurve{Scale: word, Low: low - 1, High: high + 1, Raw: raw, Map: m}
	return g.Curve.check()
}

// check returns an error for a curve that cannot have been fitted.
func (c *TargetCurve) check() error {
	if c.Map == nil || !finite(c.Low, c.High) || c.Low > c.High {
		return fmt.Errorf("target: a curve from %v to %v", c.Low, c.High)
	}
	return c.Map.Check()
}

// takes returns an error for a number that the curve has no feature for.
func (c *TargetCurve) takes(v float64) error {
	if s, err := targetScale(c.Scale); err == nil && v <= 0 && positive(s) {
		return outside(s, v)
	}
	return nil
}

// learn writes what is learnt of a number, and behind it what it lacks of the number, as Target.Number adds it up.
func (c *TargetCurve) learn(v float64, to []float32) {
	to[0] = float32(c.Map.Apply(v))
	to[1] = float32(v - c.Map.Invert(float64(to[0])))
}

// value returns the number that an output predicts.
func (c *TargetCurve) value(z float64) float64 { return c.Map.Invert(min(max(z, c.Low), c.High)) }

// readCurve completes a saved curve where RegisterAll was called, nil elsewhere.
var readCurve func(c *TargetCurve) error

// read reads the function.
func (c *TargetCurve) read() error {
	scale, err := targetScale(c.Scale)
	if err != nil {
		return err
	}
	c.Map = scale.Blank()
	if err := json.Unmarshal(c.Raw, c.Map); err != nil {
		return fmt.Errorf("target: curve: %w", err)
	}
	return c.check()
}
