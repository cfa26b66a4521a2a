package conv

import "math"

// Where the windows of a pooling are so large that each element lies in thousands of them, the elements of all windows
// are not gone through: along one axis after the other, runs of 1, 2, 4, … elements are joined, and a window is put
// together from runs, in the time of the elements and results and the logarithm of the windows. A file may ask for
// such windows; layers that people train have none.

// mostOverlap is the number of windows that an element lies in up to which the elements of windows are gone through.
const mostOverlap = 1 << 12

// wide reports whether a pooling is of that kind.
func (p *Pool) wide() bool {
	joined := 1.0
	for a := range 3 {
		n := 0
		for _, s := range p.spans[a] {
			n += s.hi - s.lo
		}
		joined *= float64(n)
	}
	return !p.gradient() && joined > mostOverlap*float64(volume(p.In)+volume(p.Out))
}

// sample pools one sample.
func (p *Pool) sample(n int, x, y []float32) {
	size, result := volume(p.In)*p.C, volume(p.Out)*p.C
	v := make([]float64, size)
	for i, e := range x[n*size : (n+1)*size] {
		v[i] = float64(e)
	}
	shape := p.In
	for a := range 3 {
		v = p.along(a, v, shape)
		shape[a] = p.Out[a]
	}
	y = y[n*result : (n+1)*result]
	at := 0
	for _, s0 := range p.spans[0] {
		for _, s1 := range p.spans[1] {
			for _, s2 := range p.spans[2] {
				taps := (s0.hi - s0.lo) * (s1.hi - s1.lo) * (s2.hi - s2.lo)
				for range p.C {
					switch {
					case taps == 0:
						y[at] = 0
					case p.kind == avgPool:
						y[at] = float32(v[at] / float64(taps))
					default:
						y[at] = float32(v[at])
					}
					at++
				}
			}
		}
	}
}

// along joins the windows of one axis of v, of which it makes use.
func (p *Pool) along(a int, v []float64, shape [3]int) []float64 {
	outer, inner, n, spans := 1, p.C, shape[a], p.spans[a]
	for i := range 3 {
		if i < a {
			outer *= shape[i]
		} else if i > a {
			inner *= shape[i]
		}
	}
	none, join := 0.0, func(dst, src []float64) {
		for i, e := range src {
			dst[i] += e
		}
	}
	if p.kind == maxPool {
		none, join = math.Inf(-1), func(dst, src []float64) {
			for i, e := range src {
				dst[i] = max(dst[i], e)
			}
		}
	}
	out := make([]float64, outer*len(spans)*inner)
	for i := range out {
		out[i] = none
	}
	for o := range outer {
		runs, to := v[o*n*inner:(o+1)*n*inner], out[o*len(spans)*inner:]
		for length := 1; length <= n; length *= 2 {
			for k, s := range spans {
				if size := s.hi - s.lo; size&length != 0 { // behind the shorter runs of the window
					from := s.lo + size&(length-1)
					join(to[k*inner:(k+1)*inner], runs[from*inner:(from+1)*inner])
				}
			}
			for i := 0; i+2*length <= n; i++ {
				join(runs[i*inner:(i+1)*inner], runs[(i+length)*inner:(i+length+1)*inner])
			}
		}
	}
	return out
}
