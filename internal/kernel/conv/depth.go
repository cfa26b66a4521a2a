package conv

// Depthwise convolution, where each channel is a group, has no products of matrices:
// channels run along the lanes, and a line of pixels sums its taps in registers. It
// shares the boxes, classes and parts of the other methods.

// depthwise reports whether every group has one channel on both sides.
func depthwise(s Shape) bool { return s.Groups == s.C && s.F == s.C && s.C > 1 }

// line computes the pixels of a class on each line of a box.
func (p *inner) line(c *class, x box, v *view, o *operands) (finite bool) {
	src := &p.source
	ax := &src.axes
	var j0, j1 [3]int
	for a := range 3 {
		if j0[a], j1[a] = ax[a].span(c.residue[a], x.lo[a+1], x.hi[a+1]); j0[a] >= j1[a] {
			return true
		}
	}
	channels := p.s.C
	dstStep, srcStep := ax[2].step*channels, ax[2].source*channels
	most := max(1, longCall/(1+len(c.offsets)*(1+channels/p.m.width()))) // pixels of a call
	bad := 0
	var mask, from []float32
	for n := x.lo[0]; n < x.hi[0]; n++ {
		for i := j0[0]; i < j1[0]; i++ {
			for j := j0[1]; j < j1[1]; j++ {
				for k := j0[2]; k < j1[2]; k += most {
					to := channels * (((n*ax[0].result+c.residue[0]+ax[0].step*i)*ax[1].result+c.residue[1]+ax[1].step*j)*ax[2].result + c.residue[2] + ax[2].step*k)
					if p.flags&flagMask != 0 {
						mask = o.mask[to:]
					}
					if len(c.offsets) > 0 {
						from = v.data[src.index(v, n, [3]int{ax[0].source*i + c.first[0], ax[1].source*j + c.first[1], ax[2].source*k + c.first[2]}):]
					}
					bad |= p.depth.depth(o.out[to:], from, o.w, o.bias, mask, c.offsets, c.weights, channels, min(most, j1[2]-k), dstStep, srcStep, p.flags)
				}
			}
		}
	}
	return bad == 0 || p.flags&flagCheck == 0
}

// lineGrad adds what a box contributes to the gradient of each tap.
func (p *outer) lineGrad(x box, v *view, dy, sum []float32) {
	src, channels := &p.source, p.s.C
	lo, _ := p.boxes.rows(x)
	pixels := x.hi[3] - x.lo[3]
	most := max(1, longCall/(1+channels/p.m.width())) // pixels of a call
	for _, r := range p.runs {
		var at [3]int
		for a := range 3 {
			at[a] = src.axes[a].source*x.lo[a+1] + r.first[a]
		}
		from := src.index(v, x.lo[0], at)
		to := sum[r.row*channels:][:channels]
		for l, line := range p.lines[:(x.hi[0]-x.lo[0])*(x.hi[1]-x.lo[1])*(x.hi[2]-x.lo[2])] {
			for k := 0; k < pixels; k += most {
				p.depth.depthGrad(to, v.data[from+line.a+k*src.axes[2].source*channels:], dy[(lo+l*pixels+k)*channels:], channels, min(most, pixels-k), src.axes[2].source*channels, channels)
			}
		}
	}
}

// depthGo is the portable sum of taps.
func depthGo(dst, src, w, bias, mask []float32, at, wAt []int, n, pixels, dstStep, srcStep, flags int) (bad int) {
	for p := range pixels {
		to := dst[p*dstStep:][:n]
		clear(to)
		for t, offset := range at {
			a, b := src[p*srcStep+offset:][:n], w[wAt[t]:][:n]
			for c, x := range a {
				to[c] += x * b[c]
			}
		}
		var m []float32
		if flags&flagMask != 0 {
			m = mask[p*dstStep:]
		}
		if !finish(to, to, bias, m, flags&^flagAdd|flagCheck) {
			bad = 1
		}
	}
	return bad
}

// depthGradGo is the portable inner product along pixels.
func depthGradGo(dst, x, dy []float32, n, pixels, xStep, dyStep int) {
	for p := range pixels {
		a, b := x[p*xStep:][:n], dy[p*dyStep:][:n]
		for c, v := range a {
			dst[c] += v * b[c]
		}
	}
}
