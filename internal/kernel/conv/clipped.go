package conv

import "gorae/internal/kernel/vec"

// Where a kernel is far wider than the picture that it slides over, or steps over far more than the picture has, hardly
// a tap of it meets a pixel, and the other methods would multiply zeros, copy them, or list taps that are never used.
// Here each product of the definition that has a pixel is made, one by one, and nothing else: the ranges of taps that
// meet one are found on each axis. A file may ask for such shapes; layers that people train have none.

// clipped is that method, for each of the three passes.
type clipped struct {
	s         Shape
	kind      pass
	flags     int
	boxes     boxes // of the result, except of the gradient of the weights
	taps      int   // of a block, for the gradient of the weights
	cg, fg    int   // channels of x and y in a group
	depthwise bool
}

// What the other methods may waste.
const (
	mostWaste   = 64      // products for one that has a pixel, positions of a copy for one of the picture
	mostClasses = 1 << 12 // residues by the strides
)

// wasteful reports whether the other methods would take much more time or memory than the pixels are worth. It does not
// depend on the number of samples.
func wasteful(s Shape, kind pass) bool {
	products, met, window, source, classes := 1., 1., 1., 1., 1.
	for a := range 3 {
		products *= float64(s.Out[a]) * float64(s.Kernel[a])
		met *= float64(s.met(a))
		from, to := -s.Pad[a], s.Stride[a]*(s.Out[a]-1)+s.Dilation[a]*(s.Kernel[a]-1)-s.Pad[a]
		extent := s.In[a]
		if kind == inputGrad {
			from, to = -ceil(s.Dilation[a]*(s.Kernel[a]-1)-s.Pad[a], s.Stride[a]), (s.In[a]-1+s.Pad[a])/s.Stride[a]
			extent = s.Out[a]
			classes *= float64(min(s.Stride[a], s.In[a]))
		}
		window *= float64(max(to, extent-1) - min(from, 0) + 1)
		source *= float64(extent)
	}
	return products > mostWaste*met || window > mostWaste*(source+mostWaste) || classes > mostClasses
}

// met is the number of pairs of a result and a tap of axis a that meet a pixel.
func (s *Shape) met(a int) (n int) {
	if s.Kernel[a] < s.Out[a] {
		for t := range s.Kernel[a] {
			r := s.results(a, t)
			n += r.hi - r.lo
		}
		return n
	}
	for o := range s.Out[a] {
		t := s.tapsIn(a, o, span{0, s.In[a]})
		n += t.hi - t.lo
	}
	return n
}

// tapsIn is the taps of axis a with which result o reads the positions in.
func (s *Shape) tapsIn(a, o int, in span) span {
	first := o*s.Stride[a] - s.Pad[a]
	return within(ceil(in.lo-first, s.Dilation[a]), ceil(in.hi-first, s.Dilation[a]), s.Kernel[a])
}

// results is the results of axis a that read a pixel with tap t.
func (s *Shape) results(a, t int) span {
	first := t*s.Dilation[a] - s.Pad[a]
	return within(ceil(-first, s.Stride[a]), ceil(s.In[a]-first, s.Stride[a]), s.Out[a])
}

// readers is the results of axis a that may read one of the positions in.
func (s *Shape) readers(a int, in span) span {
	reach := (s.Kernel[a] - 1) * s.Dilation[a]
	return within(ceil(in.lo+s.Pad[a]-reach, s.Stride[a]), ceil(in.hi+s.Pad[a], s.Stride[a]), s.Out[a])
}

// within is the part of lo to hi that lies in 0 to n.
func within(lo, hi, n int) span {
	lo = min(max(lo, 0), n)
	return span{lo, max(min(hi, n), lo)}
}

func newClipped(s Shape, e Epilogue, kind pass) *clipped {
	p := &clipped{s: s, kind: kind, flags: e.flags(), cg: s.C / s.Groups, fg: s.F / s.Groups,
		depthwise: s.C == s.Groups && s.F == s.Groups, taps: ceil(s.taps(), manyBlocks)}
	result := s.Out
	if kind == inputGrad {
		result = s.In
	}
	p.boxes = cut([4]int{s.N, result[0], result[1], result[2]}, ceil(s.N*volume(result), manyBlocks))
	return p
}

func (p *clipped) phases() int { return 2 } // the first has nothing to prepare

func (p *clipped) blocks(phase int) int {
	switch {
	case phase == 0:
		return 0
	case p.kind == weightGrad:
		return ceil(p.s.taps(), p.taps)
	}
	return p.boxes.count()
}

func (p *clipped) scratch() int { return 0 }
func (p *clipped) shared() int  { return 0 }

func (p *clipped) sizes() (in, w, out, channels int) {
	s := &p.s
	switch p.kind {
	case inputGrad:
		return s.sizeY(), s.sizeW(), s.sizeX(), s.C
	case weightGrad:
		return s.sizeX(), s.sizeY(), s.sizeW(), 0
	}
	return s.sizeX(), s.sizeW(), s.sizeY(), s.F
}

func (p *clipped) region(block int) (lo, hi int) {
	if p.kind == weightGrad {
		return block * p.taps * p.cg, min((block+1)*p.taps, p.s.taps()) * p.cg
	}
	return p.boxes.rows(p.boxes.at(block))
}

func (p *clipped) run(phase, block int, o operands) (finite bool) {
	if phase == 0 {
		return true
	}
	channels := p.s.F
	if p.kind == inputGrad {
		channels = p.s.C
	}
	lo, hi := p.region(block)
	clear(o.out[lo*channels : hi*channels])
	switch p.kind {
	case forward:
		p.forward(p.boxes.at(block), &o)
	case inputGrad:
		p.inputGrad(p.boxes.at(block), &o)
	case weightGrad:
		p.weightGrad(lo/max(1, p.cg), hi/max(1, p.cg), &o)
		return p.flags&flagCheck == 0 || vec.Finite(o.out[lo*channels:hi*channels])
	}
	finite = true
	for r := lo; r < hi; r++ {
		row := o.out[r*channels : (r+1)*channels]
		var mask []float32
		if p.flags&flagMask != 0 {
			mask = o.mask[r*channels:]
		}
		if !finish(row, row, o.bias, mask, p.flags) {
			finite = false
		}
	}
	return finite
}

// forward adds up the results of a box.
func (p *clipped) forward(x box, o *operands) {
	s := &p.s
	out := [3]span{{x.lo[1], x.hi[1]}, {x.lo[2], x.hi[2]}, {x.lo[3], x.hi[3]}}
	in := [3]span{{0, s.In[0]}, {0, s.In[1]}, {0, s.In[2]}}
	for n := x.lo[0]; n < x.hi[0]; n++ {
		s.pairs(n, out, in, func(to, from, tap int) {
			y, x, w := o.out[to*s.F:][:s.F], o.in[from*s.C:][:s.C], o.w[tap*p.cg*s.F:]
			if p.depthwise {
				addProducts(y, x, w)
				return
			}
			for c, v := range x {
				g := c / p.cg * p.fg
				addScaled(y[g:g+p.fg], w[c%p.cg*s.F+g:], v)
			}
		})
	}
}

// inputGrad adds up the gradients of the positions of a box.
func (p *clipped) inputGrad(x box, o *operands) {
	s := &p.s
	var in, out [3]span
	for a := range 3 {
		in[a] = span{x.lo[a+1], x.hi[a+1]}
		out[a] = s.readers(a, in[a])
	}
	for n := x.lo[0]; n < x.hi[0]; n++ {
		s.pairs(n, out, in, func(from, to, tap int) {
			dx, dy, w := o.out[to*s.C:][:s.C], o.in[from*s.F:][:s.F], o.w[tap*p.cg*s.F:]
			if p.depthwise {
				addProducts(dx, dy, w)
				return
			}
			for c := range dx {
				g := c / p.cg * p.fg
				dx[c] += product(dy[g:g+p.fg], w[c%p.cg*s.F+g:])
			}
		})
	}
}

// weightGrad adds up the gradients of the taps first to last.
func (p *clipped) weightGrad(first, last int, o *operands) {
	s := &p.s
	for tap := first; tap < last; tap++ {
		t := [3]int{tap / s.Kernel[2] / s.Kernel[1], tap / s.Kernel[2] % s.Kernel[1], tap % s.Kernel[2]}
		out := [3]span{s.results(0, t[0]), s.results(1, t[1]), s.results(2, t[2])}
		dw := o.out[tap*p.cg*s.F:][:p.cg*s.F]
		for n := range s.N {
			for i := out[0].lo; i < out[0].hi; i++ {
				for j := out[1].lo; j < out[1].hi; j++ {
					for k := out[2].lo; k < out[2].hi; k++ {
						at := [3]int{i, j, k}
						dy := o.w[place(n, s.Out, at)*s.F:][:s.F]
						x := o.in[place(n, s.In, s.position(at, t))*s.C:][:s.C]
						if p.depthwise {
							addProducts(dw, x, dy)
							continue
						}
						for c, v := range x {
							g := c / p.cg * p.fg
							addScaled(dw[c%p.cg*s.F+g:][:p.fg], dy[g:], v)
						}
					}
				}
			}
		}
	}
}

// pairs calls f with the places in y, x and w of each pair of a result and a tap of sample n that read one of the
// positions in.
func (s *Shape) pairs(n int, out, in [3]span, f func(y, x, tap int)) {
	for i := out[0].lo; i < out[0].hi; i++ {
		r0 := s.tapsIn(0, i, in[0])
		if r0.lo == r0.hi {
			continue
		}
		for j := out[1].lo; j < out[1].hi; j++ {
			r1 := s.tapsIn(1, j, in[1])
			if r1.lo == r1.hi {
				continue
			}
			for k := out[2].lo; k < out[2].hi; k++ {
				r2 := s.tapsIn(2, k, in[2])
				at := [3]int{i, j, k}
				y := place(n, s.Out, at)
				for t0 := r0.lo; t0 < r0.hi && r2.lo < r2.hi; t0++ {
					for t1 := r1.lo; t1 < r1.hi; t1++ {
						t := [3]int{t0, t1, r2.lo}
						x, tap := place(n, s.In, s.position(at, t)), place(0, s.Kernel, t)
						for t2 := range r2.hi - r2.lo {
							f(y, x+t2*s.Dilation[2], tap+t2)
						}
					}
				}
			}
		}
	}
}

// position is where the result at reads x with tap t.
func (s *Shape) position(at, t [3]int) (i [3]int) {
	for a := range 3 {
		i[a] = at[a]*s.Stride[a] + t[a]*s.Dilation[a] - s.Pad[a]
	}
	return i
}

// place is the index of a position of sample n.
func place(n int, size, at [3]int) int { return ((n*size[0]+at[0])*size[1]+at[1])*size[2] + at[2] }

// addProducts adds a·b to dst.
func addProducts(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] += a[i] * b[i]
	}
}

// addScaled adds v·a to dst.
func addScaled(dst, a []float32, v float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] += v * a[i]
	}
}

// product is Σ a·b over the elements of a.
func product(a, b []float32) (sum float32) {
	b = b[:len(a)]
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
