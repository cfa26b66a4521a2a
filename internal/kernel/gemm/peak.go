package gemm

import "time"

// PeakGFLOPS measures the arithmetic ceiling of one thread, in 10⁹ floating-point
// operations a second: independent fused multiply-adds on registers (in the
// portable variant, multiplications and additions of independent variables). It
// takes some 20 ms and returns the best of several runs, because a run can only
// be disturbed downwards.
func PeakGFLOPS() float64 {
	const runs, each = 20, time.Millisecond
	rounds, best := 1000, 0.0
	for range runs {
		start := time.Now()
		flops := spend(rounds)
		took := time.Since(start)
		best = max(best, flops/took.Seconds()/1e9)
		rounds = max(1000, int(float64(rounds)*each.Seconds()/max(took.Seconds(), 1e-6)))
	}
	return best
}

// portablePeak is the portable variant's ceiling: eight independent chains. The
// sum is in the result so that the compiler cannot drop the loop.
func portablePeak(rounds int) (flops float64) {
	var a, b, c, d, e, f, g, h float32
	x, y := float32(0.5), float32(1)
	for range rounds {
		a = a*x + y
		b = b*x + y
		c = c*x + y
		d = d*x + y
		e = e*x + y
		f = f*x + y
		g = g*x + y
		h = h*x + y
	}
	return float64(rounds)*16 + 0*float64(a+b+c+d+e+f+g+h)
}
