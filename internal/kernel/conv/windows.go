package conv

import "gorae/internal/kernel/vec"

// windows are neighbouring windows of one line of a result, of the same number of
// elements each.
type windows struct {
	c, pixels  int
	step       int    // floats of x from one window to the next
	a0, a1, a2 span   // of the first window
	in         [3]int // extents of x
	sample     int
	first      int // element of dx that the gradient's memory begins with
}

// taps is the number of elements of each window.
func (r *windows) taps() int {
	return (r.a0.hi - r.a0.lo) * (r.a1.hi - r.a1.lo) * (r.a2.hi - r.a2.lo)
}

// at is where element t of the first window lies in x, in row-major order.
func (r *windows) at(t int) int {
	n2, n1 := r.a2.hi-r.a2.lo, r.a1.hi-r.a1.lo
	k, j, i := t%n2+r.a2.lo, t/n2%n1+r.a1.lo, t/n2/n1+r.a0.lo
	return (((r.sample*r.in[0]+i)*r.in[1]+j)*r.in[2] + k) * r.c
}

// joins are the kernels that fold the elements of windows: dst and one more, four,
// dst and four more.
type joins struct {
	one       func(dst, a []float32, rows, cols, dstStep, aStep int)
	four, all func(dst, x []float32, b, c, d, rows, cols, step int)
}

// fold joins the elements of each window, four at a time where there are four;
// empty windows are 0.
func (r *windows) fold(f joins, x, y []float32) {
	n := r.taps()
	t := 0
	switch {
	case n == 0:
		clear(y)
	case n >= 4:
		join := f.four
		for ; t+4 <= n; t += 4 {
			a := r.at(t)
			join(y, x[a:], r.at(t+1)-a, r.at(t+2)-a, r.at(t+3)-a, r.pixels, r.c, r.step)
			join = f.all
		}
	default:
		a := r.at(0)
		for p := range r.pixels {
			copy(y[p*r.c:(p+1)*r.c], x[a+p*r.step:])
		}
		t = 1
	}
	for ; t < n; t++ {
		f.one(y, x[r.at(t):], r.pixels, r.c, r.c, r.step)
	}
}

// scale divides by the number of elements.
func (r *windows) scale(y []float32) {
	if n := r.taps(); n > 1 {
		vec.MulS(y, y, 1/float32(n))
	}
}

// direct reports whether the gradient of a maximum writes every element of dx
// once.
func (p *Pool) direct() bool {
	if p.kind != maxPoolGrad || !p.apart {
		return false
	}
	taps := 1
	for a := range 3 {
		next, size := 0, -1
		for _, s := range p.spans[a] {
			if s.lo != next || size >= 0 && s.hi-s.lo != size {
				return false
			}
			next, size = s.hi, s.hi-s.lo
		}
		if next != p.In[a] {
			return false
		}
		taps *= size
	}
	return taps%4 == 0
}

// maxGrad brings dy to the first greatest element of each window.
func (p *Pool) maxGrad(r *windows, x, dy, dx, scratch []float32) {
	n := r.taps()
	if n == 0 {
		return
	}
	if n == 4 && p.apart {
		a := r.at(0)
		p.m.grad4(dx[a-r.first:], x[a:], dy, r.at(1)-a, r.at(2)-a, r.at(3)-a, r.pixels, r.c, r.step)
		return
	}
	size := r.pixels * r.c
	y, left := scratch[:size], scratch[size:2*size]
	r.fold(joins{p.m.max1, p.m.max4, p.m.max5}, x, y)
	copy(left, dy)
	t := 0
	for ; p.apart && t+4 <= n; t += 4 {
		a := r.at(t)
		p.m.grad5(dx[a-r.first:], x[a:], y, left, r.at(t+1)-a, r.at(t+2)-a, r.at(t+3)-a, r.pixels, r.c, r.step)
	}
	for ; t < n; t++ {
		a := r.at(t)
		p.m.grad1(dx[a-r.first:], x[a:], y, left, r.pixels, r.c, r.step)
	}
}
