package explain

import (
	"math"
	"strings"
	"testing"
)

// TestM3Curves: the four functions of the chapter are drawn with their values, and functions of a row are refused.
func TestM3Curves(t *testing.T) {
	f, err := Activations(t.Context())
	if err != nil || len(f.Panels) != 4 {
		t.Fatalf("%d panels, %v", len(f.Panels), err)
	}
	for i, sigma := range []func(z float64) float64{
		func(z float64) float64 { return math.Max(z, 0) },
		func(z float64) float64 { return 1 / (1 + math.Exp(-z)) },
		func(z float64) float64 { return (math.Exp(z) - math.Exp(-z)) / (math.Exp(z) + math.Exp(-z)) },
		func(z float64) float64 { return z },
	} {
		l := f.Panels[i].Lines[0]
		if len(l.X) != 201 || l.X[0] != -5 || math.Abs(l.X[200]-5) > 1e-9 {
			t.Errorf("%s is drawn from %v to %v at %d places", l.Name, l.X[0], l.X[len(l.X)-1], len(l.X))
		}
		for k, z := range l.X {
			if d := math.Abs(l.Y[k] - sigma(z)); d > 1e-6 {
				t.Errorf("%s(%v) is %v, want %v", l.Name, z, l.Y[k], sigma(z))
			}
		}
	}
	for name, want := range map[string]string{"relux": `did you mean "relu"?`, "softmax": "acts on a row of numbers",
		"glu": "acts on a row of numbers", "sparsemax": "acts on a row of numbers"} {
		if _, err := Activations(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
