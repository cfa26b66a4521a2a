package conv

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// BenchmarkMethod is where the table of methods comes from: for shapes on both sides of
// its limits, the time of the product over that of Winograd's method, run in turns.
func BenchmarkMethod(b *testing.B) {
	for _, c := range []int{8, 16, 24, 32, 64} {
		for _, in := range [][3]int{{1, 1, 390}, {1, 4, 4}, {1, 5, 5}, {1, 7, 7}, {1, 16, 16}} {
			s := Shape{N: 16, C: c, F: c, In: in, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}}
			if in[1] == 1 {
				s.Kernel[1], s.Pad[1] = 1, 0
			}
			s = fit(s, s.Pad)
			for kind, name := range []string{"forward", "input", "weight"} {
				b.Run(fmt.Sprintf("%d/%d/%dx%d/%s", c, s.N, in[1], in[2], name), func(b *testing.B) {
					v := Best()
					f := transforms(v).square()
					if in[1] == 1 {
						f = transforms(v).flat()
					}
					product, tiles := &Plan{Shape: s.natural(), Variant: v}, &Plan{Shape: s.natural(), Variant: v}
					product.method, tiles.method = newInner(product.Shape, Epilogue{}, pass(kind), v),
						newWinograd(product.Shape, Epilogue{}, pass(kind), v, f)
					if pass(kind) == weightGrad {
						product.method, tiles.method = newOuter(product.Shape, Epilogue{}, v),
							newWinogradGrad(product.Shape, Epilogue{}, v, f)
					}
					best := [2]time.Duration{math.MaxInt64, math.MaxInt64}
					runs := [2]func(){product.once(), tiles.once()}
					for b.Loop() {
						for i, run := range runs {
							start := time.Now()
							run()
							best[i] = min(best[i], time.Since(start))
						}
					}
					b.ReportMetric(float64(best[0])/float64(best[1]), "product/tiles")
				})
			}
		}
	}
}

// once gives a function that runs all blocks.
func (p *Plan) once() func() {
	n, w, out, _ := p.method.sizes()
	in, weights, to := make([]float32, n), make([]float32, w), make([]float32, out)
	shared, scratch := make([]float32, p.Shared()), make([]float32, p.Scratch())
	return func() {
		for phase := range p.Phases() {
			for i := range p.Blocks(phase) {
				p.Run(phase, i, in, weights, to, nil, nil, shared, scratch)
			}
		}
	}
}
