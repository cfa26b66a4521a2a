package conv

// Groups of few channels, of which depthwise convolution has one each, would leave most
// of the columns of a product empty. Here the channels of the result run along the lanes,
// and a line of pixels sums its taps in registers. Each lane needs a channel of its group,
// so the source of a box is spread into planes. There are as many for each strip of
// channels of the result as a group has channels: plane i holds, for every channel of the
// strip, channel i of its group. Pixels of a strip lie close together, as those of
// many channels do not: at a power of two they would share a few sets of the
// cache. Boxes, classes and parts are those of the other methods.

// lanes is that method, for the source and the result of a pass; nil is any other.
type lanes struct {
	v         *variant
	depthwise bool    // one channel on both sides
	planes    int     // of a strip: channels of the source in a group
	channels  int     // of the result
	from      []int32 // for each plane, the channel of the source for each of the result
	near      bool    // those of a vector lie within one vector
	source    source  // in a plane
	size      int     // of a plane
}

// stripLanes is the number of channels of a strip.
const stripLanes = 16

// Where the method pays; BenchmarkConv on a Zen 4.
const (
	mostPlanes = 32 // are worth spreading
	laneShare  = 4  // vectors of a product would be this part full at most
)

// depthwise reports whether every group has one channel on both sides.
func depthwise(s Shape) bool { return s.Groups == s.C && s.F == s.C && s.C > 1 }

// newLanes is the method for planes channels of the source in a group and channels of the
// result in all, if it pays: where a group's columns of a product would be half empty.
func newLanes(s Shape, planes, channels int, v Variant) *lanes {
	l := &lanes{v: transforms(v), depthwise: depthwise(s), planes: planes, channels: channels, near: true}
	each, width := channels/s.Groups, machines[v].width()
	if s.Groups == 1 || each == 0 || planes == 0 || planes > mostPlanes ||
		!l.depthwise && (laneShare*each > width || channels < width) {
		return nil
	}
	for i := range planes {
		for c := range channels {
			l.from = append(l.from, int32(c/each*planes+i))
			l.near = l.near && int(l.from[i*channels+c]-l.from[i*channels+c/width*width]) < width
		}
	}
	return l
}

func (l *lanes) strips() int { return ceil(l.channels, stripLanes) }

// strip is the channels of a strip.
func (l *lanes) strip(i int) (lo, hi int) {
	return i * stripLanes, min((i+1)*stripLanes, l.channels)
}

// floats is what a pixel takes in all planes.
func (l *lanes) floats() int {
	if l == nil {
		return 0
	}
	return l.planes * l.strips() * stripLanes
}

// lay says where everything is in a plane.
func (l *lanes) lay(src *source) {
	if l == nil {
		return
	}
	l.source = *src
	l.source.channels = stripLanes
	l.source.strides()
	l.size = src.size / src.channels * stripLanes
}

func (l *lanes) scratch() int {
	if l == nil {
		return 0
	}
	return l.planes * l.strips() * l.size
}

// packs is the number of blocks that bring the weights in order: for each tap and plane,
// those of the channels of the result. Those of forward lie so.
func (l *lanes) packs(kind pass) int {
	if kind == inputGrad && !l.depthwise {
		return 1
	}
	return 0
}

// pack orders the weights for the gradient of the input.
func (l *lanes) pack(s Shape, w, to []float32) {
	cg, fg := s.C/s.Groups, s.F/s.Groups
	for t := range s.taps() {
		for i := range l.planes {
			for c := range l.channels {
				to[(t*l.planes+i)*l.channels+c] = w[(t*cg+c%cg)*s.F+c/cg*fg+i]
			}
		}
	}
}

// spread makes the planes of what a box sees, in scratch. What lies behind v, to which a
// vector may read, is scratch too.
func (l *lanes) spread(x box, v view, scratch []float32) view {
	pixels := (x.hi[0] - x.lo[0]) * l.source.stride[0] / stripLanes
	channels := len(v.data) * stripLanes / max(1, l.size)
	expand := spreadChannels
	if l.near {
		expand = l.v.expand
	}
	const most = 1 << 16 // pixels of a call
	for strip := range l.strips() {
		lo, hi := l.strip(strip)
		for i := range l.planes {
			to, from := scratch[(strip*l.planes+i)*l.size:], l.from[i*l.channels+lo:i*l.channels+hi]
			for p := 0; p < pixels; p += most {
				expand(to[p*stripLanes:], v.data[p*channels:], from, min(most, pixels-p), stripLanes, channels)
			}
		}
	}
	v.data = scratch
	return v
}

// spreadChannels sets dst[p·dstStep + c] to src[p·step + from[c]].
func spreadChannels(dst, src []float32, from []int32, pixels, dstStep, step int) {
	for p := range pixels {
		to, x := dst[p*dstStep:][:len(from)], src[p*step:]
		for c, i := range from {
			to[c] = x[i]
		}
	}
}

// line computes the pixels of a class on each line of a box, strip by strip.
func (p *inner) line(c *class, x box, v *view, o *operands) (finite bool) {
	l := p.lanes
	src := &l.source
	ax := &src.axes
	var j0, j1 [3]int
	for a := range 3 {
		if j0[a], j1[a] = ax[a].span(c.residue[a], x.lo[a+1], x.hi[a+1]); j0[a] >= j1[a] {
			return true
		}
	}
	dstStep, srcStep := ax[2].step*l.channels, ax[2].source*stripLanes
	dstLine, srcLine := ax[1].step*ax[2].result*l.channels, ax[1].source*src.stride[2]
	pixels := max(1, longCall/(1+2*len(c.offsets))) // of a call
	lines := max(1, pixels/(j1[2]-j0[2]))
	bad := 0
	var bias, mask, from []float32
	for strip := range l.strips() {
		lo, hi := l.strip(strip)
		if p.flags&flagBias != 0 {
			bias = o.bias[lo:]
		}
		for n := x.lo[0]; n < x.hi[0]; n++ {
			for i := j0[0]; i < j1[0]; i++ {
				for j := j0[1]; j < j1[1]; j += lines {
					for k := j0[2]; k < j1[2]; k += pixels {
						to := lo + l.channels*resultIndex(ax, c.residue, n, [3]int{i, j, k})
						if p.flags&flagMask != 0 {
							mask = o.mask[to:]
						}
						if len(c.offsets) > 0 {
							from = v.data[strip*l.planes*l.size+src.index(v, n,
								[3]int{ax[0].source*i + c.first[0], ax[1].source*j + c.first[1],
									ax[2].source*k + c.first[2]}):]
						}
						bad |= l.v.depth(o.out[to:], from, o.w[lo:], bias, mask, c.offsets, c.weights, hi-lo,
							min(lines, j1[1]-j), min(pixels, j1[2]-k), dstLine, srcLine, dstStep, srcStep, p.flags)
					}
				}
			}
		}
	}
	return bad == 0 || p.flags&flagCheck == 0
}

// lineGrad adds what a box contributes to the gradient of each tap and plane.
func (p *outer) lineGrad(x box, v *view, dy, sum []float32) {
	l := p.lanes
	src := &l.source
	ax := &src.axes
	first, _ := p.boxes.rows(x)
	across, down := x.hi[3]-x.lo[3], x.hi[2]-x.lo[2]
	const pixels = longCall / 2 // of a call
	lines := max(1, pixels/max(1, across))
	step, dyStep := ax[2].source*stripLanes, l.channels
	xLine, dyLine := ax[1].source*src.stride[2], across*l.channels
	planes := (x.hi[0] - x.lo[0]) * (x.hi[1] - x.lo[1]) // of lines
	for strip := range l.strips() {
		lo, hi := l.strip(strip)
		for _, r := range p.runs {
			var at [3]int
			for a := range 3 {
				at[a] = ax[a].source*x.lo[a+1] + r.first[a]
			}
			for i := range l.planes {
				from := (strip*l.planes+i)*l.size + src.index(v, x.lo[0], at)
				to := sum[(r.row+i)*l.channels+lo : (r.row+i)*l.channels+hi]
				for n := range planes {
					for j := 0; j < down; j += lines {
						line := n*down + j
						for k := 0; k < across; k += pixels {
							l.v.depthGrad(to, v.data[from+p.lines[line].a+k*step:],
								dy[(first+line*across+k)*l.channels+lo:], hi-lo, min(lines, down-j),
								min(pixels, across-k), xLine, dyLine, step, dyStep)
						}
					}
				}
			}
		}
	}
}

// depthGo is the portable sum of taps.
func depthGo(dst, src, w, bias, mask []float32, at, wAt []int, n, lines, pixels, dstLine, srcLine, dstStep, srcStep,
	flags int) (bad int) {
	for l := range lines {
		for p := range pixels {
			out := l*dstLine + p*dstStep
			to := dst[out:][:n]
			clear(to)
			for t, offset := range at {
				a, b := src[l*srcLine+p*srcStep+offset:][:n], w[wAt[t]:][:n]
				for c, x := range a {
					to[c] += x * b[c]
				}
			}
			var m []float32
			if flags&flagMask != 0 {
				m = mask[out:]
			}
			if !finish(to, to, bias, m, flags&^flagAdd|flagCheck) {
				bad = 1
			}
		}
	}
	return bad
}

// depthGradGo is the portable inner product along lines of pixels.
func depthGradGo(dst, x, dy []float32, n, lines, pixels, xLine, dyLine, xStep, dyStep int) {
	for l := range lines {
		for p := range pixels {
			a, b := x[l*xLine+p*xStep:][:n], dy[l*dyLine+p*dyStep:][:n]
			for c, v := range a {
				dst[c] += v * b[c]
			}
		}
	}
}
