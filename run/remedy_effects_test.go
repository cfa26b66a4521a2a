package run_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
	"gorae/tensor"
)

// bars is n pictures (8, 8) of a lying or a standing bar of three pixels anywhere in noise, with their classes.
func bars(t *testing.T, r *rand.Rand, n int) string {
	t.Helper()
	const side = 8
	x, y := tensor.New(tensor.Uint8, n, side, side, 1), tensor.New(tensor.Int32, n)
	for i := range n {
		p := x.U8[i*side*side:][:side*side]
		for j := range p {
			p[j] = uint8(math.Abs(60 * r.NormFloat64()))
		}
		y.I32[i] = int32(i % 2)
		row, col := r.IntN(side-2), r.IntN(side-2)
		for j := range 3 {
			if y.I32[i] == 0 {
				p[(row+1)*side+col+j] = 220
			} else {
				p[(row+j)*side+col+1] = 220
			}
		}
	}
	return writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
}

// TestP9Effects: each remedy against overfitting is one line of the experiment. Its effect on the loss of test samples
// of a network that overfits is the mean difference over training sets drawn anew, and is told from chance by its
// standard error. All lower the loss but batch normalization, which does not in this network.
func TestP9Effects(t *testing.T) {
	if testing.Short() {
		t.Skip("trains 48 small networks")
	}
	const base = `data:
  source: SOURCE
  test: {source: TEST}
  rows: 80
split: {validation: 0}
model:
  - flatten
  - dense: {units: 64, activation: relu}
  - dense: {units: 1, activation: sigmoid}
train: {epochs: 100, batch_size: 16, callbacks: [], baselines: false, metrics: [binary_crossentropy]}
`
	remedies := []struct{ name, line, by string }{
		{"none", "", ""},
		{"L1", "units: 64,", "units: 64, kernel_regularizer: {l1: 0.003},"},
		{"L2", "units: 64,", "units: 64, kernel_regularizer: {l2: 0.03},"},
		{"dropout", "  - dense: {units: 1,", "  - dropout: 0.5\n  - dense: {units: 1,"},
		{"batch normalization", "  - dense: {units: 1,", "  - batch_normalization\n  - dense: {units: 1,"},
		{"early stopping", "split: {validation: 0}\n", "split: {validation: 0.25}\n"},
		{"more data", "rows: 80", "rows: 320"},
		{"augmentation", "  rows: 80", "  augment: [translation: 0.25]\n  rows: 80"},
	}
	const seeds = 6
	loss := make([][seeds]float64, len(remedies))
	for s := range seeds {
		r := rand.New(rand.NewPCG(9, uint64(s)))
		text := strings.NewReplacer("SOURCE", fmt.Sprintf("%q", bars(t, r, 320)), "TEST",
			fmt.Sprintf("%q", bars(t, r, 400))).Replace(base)
		for k, m := range remedies {
			p := open(t, strings.Replace(text, m.line, m.by, 1), fmt.Sprint("seed=", s+1))
			res, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
			if err != nil {
				t.Fatal(err)
			}
			loss[k][s] = res.Report.Test.Of("binary_crossentropy") // without penalties
		}
	}
	for k, m := range remedies {
		mean, square := 0.0, 0.0
		for s := range seeds {
			mean += (loss[0][s] - loss[k][s]) / seeds
		}
		for s := range seeds {
			d := loss[0][s] - loss[k][s] - mean
			square += d * d
		}
		se := math.Sqrt(square / (seeds - 1) / seeds)
		t.Logf("%-20s test loss lower by %.3f, standard error %.3f", m.name, mean, se)
		const t5 = 2.571 // Student's t with 5 degrees of freedom, two-sided 5 %
		if helps := mean > t5*se; k > 0 && helps == (m.name == "batch normalization") {
			t.Errorf("%s: %.3f with a standard error of %.3f", m.name, mean, se)
		}
	}
}
