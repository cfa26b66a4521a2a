package series

import (
	"fmt"

	"gorae/data/series"
	"gorae/tensor"
	"gorae/train"
)

// collector keeps what the network gives for windows during an evaluation.
type collector struct {
	windows windows
	out     []float32 // window by window
	size    int       // values of a window
	seen    int
}

func newCollector(w windows) *collector { return &collector{windows: w} }

// Batch implements train.Consumer.
func (c *collector) Batch(b *train.EvalBatch) error {
	y := b.Outputs[0]
	if c.out == nil {
		c.size = y.Len() / len(b.Samples)
		c.out = make([]float32, c.windows.part.Len()*c.size)
	}
	for i, sample := range b.Samples {
		copy(c.out[sample*c.size:(sample+1)*c.size], y.F32[i*c.size:])
	}
	c.seen += len(b.Samples)
	return nil
}

// forecasts returns the collected forecasts, in the units of the targets.
func (c *collector) forecasts() (*series.Forecasts, error) {
	n := c.windows.part.Len()
	if c.seen != n {
		return nil, fmt.Errorf("%d of %d windows were evaluated", c.seen, n)
	}
	out := &tensor.Tensor{Shape: tensor.Shape{n, c.size}, F32: c.out}
	return c.windows.of.Forecasts("network", c.windows.part, out)
}
