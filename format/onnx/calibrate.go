package onnx

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"gorae/format/onnx/internal/emit"
	"gorae/model"
	"gorae/tensor"
)

// Calibration is the ranges of the activations that quantized products and convolutions read, from samples that a
// network has seen.
//
// A range is chosen among that from the least to the greatest number and narrower ones, without 0.01, 0.1 and 0.5 % of
// the numbers at each end, by the mean squared error of what the uint8 numbers of the range stand for.
type Calibration struct {
	model *model.Model
	seen  []numbers
}

// numbers are some of those of an activation, and the extremes of all.
type numbers struct {
	low, high float64
	some      []float32
}

// The numbers that are kept of an activation, in all and of one batch.
const (
	keptNumbers  = 1 << 17
	batchNumbers = 1 << 13
)

// Calibrate returns a calibration of a built model that has seen no samples. Options are those of the file.
func Calibrate(m *model.Model, o Options) (*Calibration, error) {
	o.Calibration = nil
	f, err := network(m, o)
	if err != nil {
		return nil, err
	}
	activations := f.Activations()
	if len(activations) == 0 {
		return nil, fmt.Errorf("model %q has no convolution and no product with a matrix of weights outside of loops, "+
			"so that there is nothing to quantize", m.Name)
	}
	f.Outputs = nil
	f.Observe(activations)
	var b bytes.Buffer
	if err := f.Write(&b, m.Name, nil); err != nil {
		return nil, err
	}
	file, err := Load(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	c := &Calibration{model: file.Model}
	for range activations {
		c.seen = append(c.seen, numbers{low: math.Inf(1), high: math.Inf(-1)})
	}
	return c, nil
}

// Model is the network whose outputs are the activations; its inputs are those of the model.
func (c *Calibration) Model() *model.Model { return c.model }

// Activations is how many activations are quantized.
func (c *Calibration) Activations() int { return len(c.seen) }

// See adds the outputs of [Calibration.Model] for a batch of samples.
func (c *Calibration) See(outputs []*tensor.Tensor) {
	for k, y := range outputs {
		s := &c.seen[k]
		step := max(1, len(y.F32)/batchNumbers)
		for i, v := range y.F32 {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				continue
			}
			s.low, s.high = min(s.low, float64(v)), max(s.high, float64(v))
			if i%step == 0 && len(s.some) < keptNumbers {
				s.some = append(s.some, v)
			}
		}
	}
}

// Add computes the activations of samples and adds them.
func (c *Calibration) Add(ctx context.Context, x ...*tensor.Tensor) error {
	y, err := c.model.Predict(ctx, x...)
	if err == nil {
		c.See(y)
	}
	return err
}

// Ranges are the ranges that are chosen; nil without a calibration.
func (c *Calibration) Ranges() (ranges []emit.Range) {
	if c == nil {
		return nil
	}
	for _, s := range c.seen {
		ranges = append(ranges, s.choose())
	}
	return ranges
}

// choose returns the range of the least error.
func (s numbers) choose() emit.Range {
	if len(s.some) == 0 {
		return emit.Range{}
	}
	sorted := slices.Clone(s.some)
	slices.Sort(sorted)
	whole := emit.Range{Low: s.low, High: s.high}
	best, least := whole, math.Inf(1)
	for _, without := range []float64{0, 0.0001, 0.001, 0.005} {
		r := whole
		if without > 0 {
			n := int(without * float64(len(sorted)))
			r = emit.Range{Low: float64(sorted[n]), High: float64(sorted[len(sorted)-1-n])}
		}
		scale, zero := r.Levels()
		sum := 0.0
		for _, v := range sorted {
			q := min(max(math.RoundToEven(float64(v)/float64(scale))+float64(zero), 0), math.MaxUint8)
			d := (q-float64(zero))*float64(scale) - float64(v)
			sum += d * d
		}
		if sum < least {
			best, least = r, sum
		}
	}
	return best
}
