package conv

import (
	"fmt"
	"testing"
	"time"

	"gorae/internal/kernel/gemm"
)

// layer is a convolution of a known network.
type layer struct {
	name string
	Shape
}

// layers are the convolutions of small networks: W2 classifies 28×28 digits, W3
// 32×32 colour images, W6 series of 390 steps, W7 volumes of 16³, and residual
// networks of 224×224 images one by one.
func layers() []layer {
	conv := func(name string, n, c, f int, in [3]int, kernel, stride, pad int) layer {
		s := Shape{N: n, C: c, F: f, In: in}
		for a := range 3 {
			if s.Kernel[a], s.Stride[a] = 1, 1; in[a] > 1 {
				s.Kernel[a], s.Stride[a], s.Pad[a] = kernel, stride, pad
			}
		}
		return layer{name, fit(s, s.Pad)}
	}
	depth := func(name string, c, side int) layer {
		l := conv(name, 1, c, c, [3]int{1, side, side}, 3, 1, 1)
		l.Groups = c
		return l
	}
	grouped := func(name string, c, f, groups, side int) layer {
		l := conv(name, 1, c, f, [3]int{1, side, side}, 3, 1, 1)
		l.Groups = groups
		return l
	}
	return []layer{
		conv("W2a", 64, 1, 32, [3]int{1, 28, 28}, 3, 1, 0),
		conv("W2b", 64, 32, 64, [3]int{1, 13, 13}, 3, 1, 0),
		conv("W3a", 64, 3, 32, [3]int{1, 32, 32}, 3, 1, 1),
		conv("W3b", 64, 32, 32, [3]int{1, 32, 32}, 3, 1, 1),
		conv("W3c", 64, 32, 64, [3]int{1, 16, 16}, 3, 1, 1),
		conv("W3d", 64, 64, 64, [3]int{1, 16, 16}, 3, 1, 1),
		conv("W3e", 64, 64, 128, [3]int{1, 8, 8}, 3, 1, 1),
		conv("W3f", 64, 128, 128, [3]int{1, 8, 8}, 3, 1, 1),
		conv("W2b1", 1, 32, 64, [3]int{1, 13, 13}, 3, 1, 0),
		conv("W3b1", 1, 32, 32, [3]int{1, 32, 32}, 3, 1, 1),
		conv("W3d1", 1, 64, 64, [3]int{1, 16, 16}, 3, 1, 1),
		conv("W3e1", 1, 64, 128, [3]int{1, 8, 8}, 3, 1, 1),
		conv("W3f1", 1, 128, 128, [3]int{1, 8, 8}, 3, 1, 1),
		conv("W6a", 32, 3, 64, [3]int{1, 1, 390}, 3, 1, 0),
		conv("W6b", 32, 64, 64, [3]int{1, 1, 388}, 3, 1, 0),
		conv("W7a", 16, 1, 16, [3]int{16, 16, 16}, 3, 1, 0),
		conv("W7b", 16, 16, 32, [3]int{7, 7, 7}, 3, 1, 0),
		conv("stem7x7s2", 1, 3, 64, [3]int{1, 224, 224}, 7, 2, 3),
		conv("1x1x256to64", 1, 256, 64, [3]int{1, 56, 56}, 1, 1, 0),
		conv("3x3x512", 1, 512, 512, [3]int{1, 7, 7}, 3, 1, 1),
		depth("depth3x3x32", 32, 112),
		depth("depth3x3x512", 512, 14),
		grouped("depth3x3x32to64", 32, 64, 32, 56),
		grouped("group3x3x128by4", 128, 128, 32, 56),
		grouped("group3x3x256by8", 256, 256, 32, 28),
		conv("3x3s2x128", 1, 128, 128, [3]int{1, 56, 56}, 3, 2, 1),
	}
}

// BenchmarkConv reports the operations of the direct convolution over the time of
// the best run, and its share of the arithmetic peak of one thread. The first phase
// of forward and of the gradient of the input, which packs the weights, counts.
func BenchmarkConv(b *testing.B) {
	peak := gemm.PeakGFLOPS()
	for _, l := range layers() {
		for kind, name := range []string{"forward", "input", "weight"} {
			b.Run(fmt.Sprintf("%s/%s", l.name, name), func(b *testing.B) {
				pl := newPlan(l.Shape, Epilogue{Check: true}, pass(kind), Best())
				n, w, out, _ := pl.method.sizes()
				in, weights, to := make([]float32, n), make([]float32, w), make([]float32, out)
				shared, scratch := make([]float32, pl.Shared()), make([]float32, pl.Scratch())
				best := time.Hour // what disturbs a run only makes it slower
				for b.Loop() {
					start := time.Now()
					for phase := range pl.Phases() {
						for i := range pl.Blocks(phase) {
							pl.Run(phase, i, in, weights, to, nil, nil, shared, scratch)
						}
					}
					best = min(best, time.Since(start))
				}
				g := pl.Flops() / best.Seconds() / 1e9
				b.ReportMetric(g, "GFLOP/s")
				b.ReportMetric(100*g/peak, "%peak")
				b.ReportMetric(best.Seconds()*1e6, "µs")
			})
		}
	}
}

// BenchmarkScale reports samples and pixels a second of forward and backward over
// batches and over sizes: the cost of a pixel should not depend on either.
func BenchmarkScale(b *testing.B) {
	run := func(n, side int) {
		s := Shape{N: n, C: 32, F: 32, In: [3]int{1, side, side}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}}
		s = fit(s, s.Pad)
		b.Run(fmt.Sprintf("batch%d/%dx%d", n, side, side), func(b *testing.B) {
			var total time.Duration
			for _, kind := range passes {
				pl := newPlan(s, Epilogue{Check: true}, kind, Best())
				n, w, out, _ := pl.method.sizes()
				in, weights, to := make([]float32, n), make([]float32, w), make([]float32, out)
				shared, scratch := make([]float32, pl.Shared()), make([]float32, pl.Scratch())
				best := time.Hour
				for range max(5, b.N) {
					start := time.Now()
					for phase := range pl.Phases() {
						for i := range pl.Blocks(phase) {
							pl.Run(phase, i, in, weights, to, nil, nil, shared, scratch)
						}
					}
					best = min(best, time.Since(start))
				}
				total += best
			}
			b.ReportMetric(float64(n)/total.Seconds(), "samples/s")
			b.ReportMetric(float64(n*side*side)/total.Seconds()/1e6, "Mpixels/s")
		})
	}
	for n := 1; n <= 512; n *= 2 {
		run(n, 16)
	}
	for _, side := range []int{16, 28, 32, 56, 64, 112, 128, 224} {
		run(4, side)
	}
}

// BenchmarkPool reports the bytes of x, and for a gradient those of dx too, over the
// time of the best run.
func BenchmarkPool(b *testing.B) {
	two := [3]int{1, 2, 2}
	for _, w := range []Window{
		{N: 64, C: 32, In: [3]int{1, 26, 26}, Out: [3]int{1, 13, 13}, Kernel: two, Stride: two},
		{N: 64, C: 64, In: [3]int{1, 11, 11}, Out: [3]int{1, 5, 5}, Kernel: two, Stride: two},
		{N: 64, C: 32, In: [3]int{1, 32, 32}, Out: [3]int{1, 16, 16}, Kernel: two, Stride: two},
		{N: 64, C: 128, In: [3]int{1, 8, 8}, Out: [3]int{1, 4, 4}, Kernel: two, Stride: two},
		{N: 16, C: 16, In: [3]int{14, 14, 14}, Out: [3]int{7, 7, 7}, Kernel: [3]int{2, 2, 2}, Stride: [3]int{2, 2, 2}},
		{N: 32, C: 64, In: [3]int{1, 1, 386}, Out: [3]int{1, 1, 1}, Kernel: [3]int{1, 1, 386}, Stride: [3]int{1, 1, 1}},
		{N: 1, C: 64, In: [3]int{1, 112, 112}, Out: [3]int{1, 56, 56}, Kernel: [3]int{1, 3, 3}, Stride: two,
			Pad: [3]int{0, 1, 1}},
	} {
		for kind, name := range []string{"max", "avg", "maxgrad", "avggrad"} {
			b.Run(fmt.Sprintf("%v_%d_to_%v/%s", w.In, w.C, w.Out, name), func(b *testing.B) {
				p := newPool(w, poolKind(kind), use())
				x, y := make([]float32, w.N*volume(w.In)*w.C), make([]float32, w.N*volume(w.Out)*w.C)
				out, scratch := make([]float32, len(x)), make([]float32, p.Scratch())
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					for i := range p.Blocks() {
						p.Run(i, x, y, out, scratch)
					}
					best = min(best, time.Since(start))
				}
				bytes := 4 * float64(len(x))
				if p.gradient() {
					bytes *= 2
				}
				b.ReportMetric(bytes/best.Seconds()/1e9, "GB/s")
				b.ReportMetric(best.Seconds()*1e6, "µs")
			})
		}
	}
}
