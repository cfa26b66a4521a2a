package bundle

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gorae/tensor"
)

// check is what the network gave, when it was saved, for a few made-up samples: of a few numbers of each output, for
// inputs drawn from the range that scaled features have, and never rows of the data.
type check struct {
	Outputs [][]float32 `json:"outputs"`
}

const (
	checkSamples = 2
	checkNumbers = 32      // of each output that are kept
	checkInputs  = 1 << 16 // numbers that the inputs of a sample may have; larger networks have no check
	// checkTolerance is relative to 1 + |y|: other instruction sets and versions add up in another order.
	checkTolerance = 1e-3
)

// made are the made-up samples; none for a network that remembers or has large inputs.
func (b *Bundle) made() []*tensor.Tensor {
	if len(b.Model.Store().Sessions()) > 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(18, 4))
	var x []*tensor.Tensor
	for _, t := range b.Model.InputTypes(checkSamples) {
		if t.Shape.Size() > checkSamples*checkInputs {
			return nil
		}
		v := tensor.New(t.DType, t.Shape...)
		for i := range v.F32 {
			v.F32[i] = float32(4*rng.Float64() - 2)
		}
		for i := range v.I32 { // ids that every table has
			v.I32[i] = int32(i % 2)
		}
		for i := range v.U8 {
			v.U8[i] = uint8(rng.IntN(256))
		}
		x = append(x, v)
	}
	return x
}

// computed is what the network gives for the made-up samples; nil where it has no check.
func (b *Bundle) computed(ctx context.Context) (*check, error) {
	x := b.made()
	if x == nil {
		return nil, nil
	}
	ys, err := b.Model.Predict(ctx, x...)
	if err != nil {
		return nil, err
	}
	c := &check{}
	for _, y := range ys {
		var out []float32
		for i := range min(y.Len(), checkNumbers) {
			v := y.Float(i)
			if math.IsNaN(v) || math.IsInf(v, 0) { // the network is no good for such samples
				return nil, nil
			}
			out = append(out, float32(v))
		}
		c.Outputs = append(c.Outputs, out)
	}
	return c, nil
}

// Verify computes what the network gives for the made-up samples of its file, and returns an error where that differs
// from what it gave when it was saved: on another processor, by another version of gorae, or after damage. A file
// without made-up samples is not verified.
func (b *Bundle) Verify(ctx context.Context) error {
	if b.check == nil {
		return nil
	}
	now, err := b.computed(ctx)
	if err != nil || now == nil || len(now.Outputs) != len(b.check.Outputs) { // a prediction will say what is wrong
		return ctx.Err()
	}
	for k, was := range b.check.Outputs {
		for i, w := range was {
			if i >= len(now.Outputs[k]) {
				break
			}
			y := now.Outputs[k][i]
			if d := math.Abs(float64(y - w)); !(d <= checkTolerance*(1+math.Abs(float64(w)))) {
				return fmt.Errorf("%s: the network gives other numbers here than where it was saved: number %d of "+
					"output %s for a made-up sample is %v and was %v; compare predictions with those of the program "+
					"that wrote the file before they are used", b.path, i+1, b.Model.OutputNames()[k], y, w)
			}
		}
	}
	return nil
}
