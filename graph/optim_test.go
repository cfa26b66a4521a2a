package graph

import (
	"math"
	"testing"
)

// TestOptimisers: one step of each from w = 1, g = 0.5, by hand after Keras 3's formulas.
func TestOptimisers(t *testing.T) {
	g := New()
	c := func(v float64) *Node { return g.Scalar(v) }
	w, d, zero := c(1), c(0.5), c(0)
	first := func(x, _ *Node) *Node { return x }
	alpha := AdamAlpha(c(0.001), c(1), math.Log(0.9), math.Log(0.999))
	adam, m1, v1 := Adam(w, zero, zero, d, alpha, AdamAttr{0.9, 0.999, 1e-7})
	adamw, _, _ := AdamW(w, zero, zero, d, alpha, c(0.001), AdamWAttr{0.9, 0.999, 1e-7, 0.004})
	rms, _ := RMSProp(w, d, c(0.1), []*Node{c(0.04)}, RMSPropAttr{Rho: 0.9, Epsilon: 1e-7})
	full, moved := RMSProp(w, d, c(0.1), []*Node{c(0.04), c(0.1), c(0.2)},
		RMSPropAttr{Rho: 0.9, Momentum: 0.5, Epsilon: 1e-7, Centered: true})
	for _, c := range []struct {
		name string
		n    *Node
		want float64
	}{
		{"sgd", SGD(w, d, c(0.1)), 0.95},
		{"momentum", first(Momentum(w, c(0.2), d, c(0.1), MomentumAttr{Momentum: 0.9})), 1.13}, // v' = 0.18 - 0.05
		{"nesterov", first(Momentum(w, c(0.2), d, c(0.1), MomentumAttr{0.9, true})), 1.067},    // 1 + 0.117 - 0.05
		{"alpha", alpha, 0.00031622777},     // 0.001 * sqrt(0.001) / 0.1
		{"adam", adam, 0.9990000063},        // 1 - 0.05 * alpha / (sqrt(0.00025) + 1e-7)
		{"adam, m", m1, 0.05},               // 0.1 * 0.5
		{"adam, v", v1, 0.00025},            // 0.001 * 0.25
		{"adamw", adamw, 0.9989960063},      // less 1 * 0.004 * 0.001
		{"rmsprop", rms, 0.7975561},         // 1 - 0.05 / sqrt(0.0610001)
		{"rmsprop, v", moved[0], 0.061},     // 0.9 * 0.04 + 0.1 * 0.25
		{"rmsprop, a", moved[1], 0.14},      // 0.09 + 0.05
		{"rmsprop, m", moved[2], 0.3457363}, // 0.1 + 0.05 / sqrt(0.061 - 0.0196 + 1e-7)
		{"rmsprop, centred, with momentum", full, 1 - 0.3457363},
	} {
		if got := value(t, c.n, nil, false).V[0]; !near(got, c.want, 3e-7) {
			t.Errorf("%s: %.9f, want %v", c.name, got, c.want)
		}
	}
}
