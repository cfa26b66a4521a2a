package metric

import (
	"math"

	"gorae/graph"
	"gorae/loss"
)

func init() { Metrics.RegisterOwn(PSNR{}, "psnr") }

// PSNR is the mean over the samples of the peak signal-to-noise ratio of a picture or another signal, in decibels:
//
//	PSNR = 10 · log₁₀(max_val² / mean (y − ŷ)²)
//
// as tf.image.psnr has it. Ten decibels more are a tenth of the mean squared error. An error below −100 dB counts as
// that much, so that a picture without any error has 100 dB and not infinitely many.
type PSNR struct {
	MaxVal float64 `keras:"max_val,default=1,above=0"` // what white is, black being 0: 1, or 255 for bytes
}

// leastError is the mean squared error of values up to 1 at 100 dB.
const leastError = 1e-10

// Terms implements Metric: the sum of the decibels of the samples, and their number.
func (m PSNR) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	n := y.Shape[0]
	e := y.Sub(pred).DivC(m.MaxVal).Square().Reshape(n, -1).Mean(1)
	return average(e.MaxC(leastError).Log().MulC(-10/math.Ln10), w)
}

// Of returns the PSNR of a picture in float64.
func (m PSNR) Of(y, pred []float32) float64 {
	most := m.MaxVal
	if most == 0 {
		most = 1
	}
	sum := 0.0
	for i, v := range y {
		d := (float64(v) - float64(pred[i])) / most
		sum += d * d
	}
	return -10 * math.Log10(max(leastError, sum/float64(max(1, len(y)))))
}

// Result implements Metric.
func (PSNR) Result(sums []float64) float64 { return ratio(sums) }

// Traits implements Described.
func (PSNR) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (PSNR) Direction() Direction { return Max }
