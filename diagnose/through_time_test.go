package diagnose_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorae/diagnose"
	"gorae/tensor"
)

// TestGradientOfGoodNetwork: a network whose gradient vanishes is not told so where it is measured to be better than
// its baselines, and not where nothing was measured beside it. The class is
// whether the last of 20 steps is outside ±0.5, which no linear model tells; the recurrent matrix begins at 0.
func TestGradientOfGoodNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const n, steps = 400, 20
	x, y := tensor.New(tensor.Float32, n, steps, 1), tensor.New(tensor.Int32, n)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i*i%1009) * 1.7))
	}
	for i := range y.I32 {
		if v := x.F32[i*steps+steps-1]; v*v > 0.25 {
			y.I32[i] = 1
		}
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	for _, c := range []struct {
		set  string
		says bool
	}{
		{"train.epochs=60", false}, {"train.optimizer.adam.learning_rate=1.0e-9", true},
		{"train.baselines=false", false},
	} {
		d, of := diagnosis(t, "", fmt.Sprintf(`data: {source: %q, features: none}
split: {validation: 0.2, test: 0.3}
model:
  - simple_rnn: {units: 8, activation: relu, recurrent_initializer: zeros}
  - dense: {units: 16, activation: relu}
  - dense: {units: 1, activation: sigmoid}
train: {epochs: 1, optimizer: {adam: {learning_rate: 0.01}}}
`, path), c.set)
		says := slices.ContainsFunc(append(d.Findings, diagnose.Faults(d.Findings)...), func(f diagnose.Finding) bool {
			return f.Code == "gradient/through-time"
		})
		if says != c.says {
			t.Errorf("%s: verdict %q; findings %q", c.set, of.Report.Findings.Verdict, codes(d))
		}
	}
}

// writeNPZ writes arrays into a file and returns its path.
func writeNPZ(t *testing.T, arrays ...tensor.Named) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tensor.WriteNPZ(f, arrays); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
