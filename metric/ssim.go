package metric

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

func init() { Metrics.RegisterOwn(SSIM{}, "ssim") }

// SSIM is the mean structural similarity of pictures [height, width, channels] (Wang, Bovik, Sheikh and Simoncelli,
// "Image quality assessment: from error visibility to structural similarity", 2004): of every window of filter_size ×
// filter_size pixels that lies within the picture, weighted by a Gaussian,
//
//	(2·μy·μŷ + C₁)(2·σyŷ + C₂) / ((μy² + μŷ² + C₁)(σy² + σŷ² + C₂)),   C₁ = (k1·max_val)²,   C₂ = (k2·max_val)²
//
// and the mean of these over the windows, the channels and the pictures. It is 1 for equal pictures. The defaults are
// those of the paper and of tf.image.ssim.
type SSIM struct {
	MaxVal      float64 `keras:"max_val,default=1,above=0"`        // what white is, black being 0: 1, or 255 for bytes
	FilterSize  int     `keras:"filter_size,default=11,min=1"`     // the side of a window, in pixels
	FilterSigma float64 `keras:"filter_sigma,default=1.5,above=0"` // the standard deviation of the weights, in pixels
	K1          float64 `keras:"k1,default=0.01,above=0"`          // keeps C₁ from 0
	K2          float64 `keras:"k2,default=0.03,above=0"`          // keeps C₂ from 0
}

// Terms implements Metric: the sum over the samples, and their number.
func (m SSIM) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	g := y.Graph()
	if len(y.Shape) != 4 {
		g.Fail("ssim", "pictures have the axes height, width and channels, but a sample is %v", y.Shape[1:])
	}
	n, h, wide, c := y.Shape[0], y.Shape[1], y.Shape[2], y.Shape[3]
	if h < m.FilterSize || wide < m.FilterSize {
		g.Fail("ssim", "pictures of %d×%d pixels are smaller than the window of %d×%d; give a smaller filter_size", h,
			wide, m.FilterSize, m.FilterSize)
	}
	weights := tensor.New(tensor.Float32, m.FilterSize)
	for i, v := range m.weights() {
		weights.F32[i] = float32(v)
	}
	planes := func(x *graph.Node) *graph.Node { return x.Transpose(0, 3, 1, 2).Reshape(n*c, h, wide, 1) }
	mean := func(x *graph.Node) *graph.Node {
		x = x.Conv(g.Const(weights).Reshape(m.FilterSize, 1, 1, 1), graph.Conv{})
		return x.Conv(g.Const(weights).Reshape(1, m.FilterSize, 1, 1), graph.Conv{})
	}
	y, pred = planes(y), planes(pred)
	my, mp := mean(y), mean(pred)
	vy, vp := mean(y.Square()).Sub(my.Square()), mean(pred.Square()).Sub(mp.Square())
	cov := mean(y.Mul(pred)).Sub(my.Mul(mp))
	c1, c2 := m.constants()
	s := my.Mul(mp).MulC(2).AddC(c1).Mul(cov.MulC(2).AddC(c2)).
		Div(my.Square().Add(mp.Square()).AddC(c1).Mul(vy.Add(vp).AddC(c2)))
	return average(s.Reshape(n, -1).Mean(1), w)
}

// weights are those of a window along one axis; they add up to 1.
func (m SSIM) weights() []float64 {
	out, sum := make([]float64, m.FilterSize), 0.0
	for i := range out {
		d := float64(i) - float64(m.FilterSize-1)/2
		out[i] = math.Exp(-d * d / (2 * m.FilterSigma * m.FilterSigma))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func (m SSIM) constants() (c1, c2 float64) {
	return (m.K1 * m.MaxVal) * (m.K1 * m.MaxVal), (m.K2 * m.MaxVal) * (m.K2 * m.MaxVal)
}

// Of returns the SSIM of a picture [height, width, channels] in float64; NaN where it is smaller than a window.
func (m SSIM) Of(y, pred []float32, height, width, channels int) float64 {
	m = config.Filled(m)
	high, wide := height-m.FilterSize+1, width-m.FilterSize+1
	if high < 1 || wide < 1 {
		return math.NaN()
	}
	c1, c2 := m.constants()
	weights := m.weights()
	total := 0.0
	rows := make([][5]float64, height*wide) // the means along the rows of y, ŷ, y², ŷ² and y·ŷ
	for c := range channels {
		for i := range height {
			for j := range wide {
				var s [5]float64
				for k, v := range weights {
					at := (i*width+j+k)*channels + c
					a, b := float64(y[at]), float64(pred[at])
					s[0] += v * a
					s[1] += v * b
					s[2] += v * a * a
					s[3] += v * b * b
					s[4] += v * a * b
				}
				rows[i*wide+j] = s
			}
		}
		for i := range high {
			for j := range wide {
				var s [5]float64
				for k, v := range weights {
					for e, x := range rows[(i+k)*wide+j] {
						s[e] += v * x
					}
				}
				my, mp := s[0], s[1]
				total += (2*my*mp + c1) * (2*(s[4]-my*mp) + c2) /
					((my*my + mp*mp + c1) * (s[2] - my*my + s[3] - mp*mp + c2))
			}
		}
	}
	return total / float64(high*wide*channels)
}

// Result implements Metric.
func (SSIM) Result(sums []float64) float64 { return ratio(sums) }

// Traits implements Described.
func (SSIM) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (SSIM) Direction() Direction { return Max }

// Side returns the side of a window, in pixels: the least side of a picture.
func (m SSIM) Side() int { return config.Filled(m).FilterSize }
