package supervised

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/loss"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// TestClassPredictions: classes and probabilities are the same for a network that gives logits as for one that
// gives their probabilities, σ(z) of one output and softmax(z) of several.
func TestClassPredictions(t *testing.T) {
	const n = 40
	rng := rand.New(rand.NewPCG(1, 2))
	for width, classes := range map[int][]string{1: {"lying", "upright"}, 2: {"lying", "upright"}, 3: {"a", "b", "c"}} {
		ts := Targets{&prep.Target{Name: "kind", Task: prep.Classification, Classes: classes, SD: 1}}
		z, p, y := tensor.New(tensor.Float32, n, width), tensor.New(tensor.Float32, n, width),
			tensor.New(tensor.Int32, n)
		samples := make([]int, n)
		for i := range n {
			samples[i], y.I32[i] = n-i, int32(i%len(classes)) // samples come in any order
			sum := 0.0
			for k := range width {
				z.F32[i*width+k] = float32(rng.NormFloat64())
				sum += math.Exp(float64(z.F32[i*width+k]))
			}
			for k := range width {
				e := math.Exp(float64(z.F32[i*width+k]))
				if p.F32[i*width+k] = float32(e / sum); width == 1 {
					p.F32[i] = float32(e / (1 + e))
				}
			}
		}
		said := func(out *tensor.Tensor, takes loss.Predictions) []classified {
			c := newClasses(ts, task.Test, nil, []task.Rule{{Predictions: takes, Probable: true}})
			if err := c.Batch(&train.EvalBatch{Samples: samples, Targets: []*tensor.Tensor{y},
				Outputs: []*tensor.Tensor{out}}); err != nil {
				t.Fatal(err)
			}
			return c.predicted[0]
		}
		of, want := said(z, loss.Logits), said(p, loss.Probabilities)
		if len(of) != n || len(want) != n {
			t.Fatalf("%d and %d predictions of %d samples", len(of), len(want), n)
		}
		for i, w := range want {
			g := of[i]
			if g.sample != samples[i] || g.predicted != w.predicted || g.class != w.class ||
				g.class != i%len(classes) ||
				math.Abs(float64(g.p-w.p)) > 1e-5 || math.Abs(float64(g.right-w.right)) > 1e-5 {
				t.Errorf("%d outputs: sample %d: %+v of logits, %+v of probabilities", width, i, g, w)
			}
			if two := len(classes) == 2; w.p < 1/float32(len(classes)) || w.class == w.predicted && w.p != w.right ||
				w.right > w.p ||
				two && w.class != w.predicted && math.Abs(float64(w.p+w.right-1)) > 1e-5 {
				t.Errorf("%d outputs: %+v", width, w)
			}
		}
	}
}
