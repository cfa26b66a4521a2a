package conv

// axis is one axis of a pass over a result: position residue + step·j of the
// result sums, over the taps of its residue, what the source holds at position
// source·j + tap.at. Forward has one residue and reads in steps of the stride; the
// gradient of the input has as many residues as the stride and reads in steps of 1.
type axis struct {
	result, extent int // positions of the result and of the source
	step, source   int
	taps           [][]tap // by residue, in the order of at
}

// tap is the place index of the kernel, read at offset at.
type tap struct{ index, at int }

func forwardAxis(s Shape, a int) axis {
	x := axis{result: s.Out[a], extent: s.In[a], step: 1, source: s.Stride[a], taps: make([][]tap, 1)}
	for t := range s.Kernel[a] {
		x.taps[0] = append(x.taps[0], tap{t, t*s.Dilation[a] - s.Pad[a]})
	}
	return x
}

// inputGradAxis turns o·stride + t·dilation − pad = i around: o = (i + pad − t·dilation)/stride
// where that is whole. Residues that no position has are left out.
func inputGradAxis(s Shape, a int) axis {
	stride := s.Stride[a]
	x := axis{result: s.In[a], extent: s.Out[a], step: stride, source: 1, taps: make([][]tap, min(stride, s.In[a]))}
	for t := s.Kernel[a] - 1; t >= 0; t-- {
		d := s.Pad[a] - t*s.Dilation[a]
		if r := (stride - d%stride) % stride; r < len(x.taps) {
			x.taps[r] = append(x.taps[r], tap{t, (r + d) / stride})
		}
	}
	return x
}

// span is the range of j of a residue for the positions lo to hi of the result.
func (x *axis) span(residue, lo, hi int) (j0, j1 int) {
	return ceil(lo-residue, x.step), ceil(hi-residue, x.step)
}

// resultIndex is the index of a pixel of the result: of sample n, at the multiples at of the steps from a residue.
func resultIndex(axes *[3]axis, residue [3]int, n int, at [3]int) int {
	for a := range axes {
		n = n*axes[a].result + residue[a] + axes[a].step*at[a]
	}
	return n
}

// window is what the positions lo to hi of the result read of the source: from to
// to, end excluded; it may reach beyond the source on both sides.
func (x *axis) window(lo, hi int) (from, to int) {
	found := false
	for r, taps := range x.taps {
		j0, j1 := x.span(r, lo, hi)
		if len(taps) == 0 || j0 >= j1 {
			continue
		}
		f, t := x.source*j0+taps[0].at, x.source*(j1-1)+taps[len(taps)-1].at+1
		if !found || f < from {
			from = f
		}
		if !found || t > to {
			to = t
		}
		found = true
	}
	return from, to
}

// padded reports whether some result reads beyond the source.
func (x *axis) padded() bool {
	from, to := x.window(0, x.result)
	return from < 0 || to > x.extent
}

// consecutive reports whether the taps of every residue lie side by side.
func (x *axis) consecutive() bool {
	for _, taps := range x.taps {
		for i := 1; i < len(taps); i++ {
			if taps[i].at != taps[i-1].at+1 {
				return false
			}
		}
	}
	return true
}

// inside says, for every j of a residue, which taps read within the source: the
// number of one of the ranges of taps.
func (x *axis) inside(residue int) (kind []int, ranges []span) {
	taps := x.taps[residue]
	_, n := x.span(residue, 0, x.result)
	for j := range max(n, 0) {
		var s span
		for s.lo < len(taps) && x.source*j+taps[s.lo].at < 0 {
			s.lo++
		}
		s.hi = s.lo
		for s.hi < len(taps) && x.source*j+taps[s.hi].at < x.extent {
			s.hi++
		}
		if len(ranges) == 0 || ranges[len(ranges)-1] != s { // both ends sink: what was left does not come again
			ranges = append(ranges, s)
		}
		kind = append(kind, len(ranges)-1)
	}
	return kind, ranges
}
