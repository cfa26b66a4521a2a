package conv

// source is how a pass reads its source: in place, or from a copy of the part that
// a box needs, with zeros where the convolution reads beyond the edge.
type source struct {
	axes     [3]axis
	channels int
	copies   bool
	extent   [3]int // of the copy of one sample, or of the source
	size     int    // floats of the copy
	stride   [4]int // floats from one sample, and from one position of each axis, to the next
}

func newSource(axes [3]axis, channels int, b *boxes, copies bool) source {
	s := source{axes: axes, channels: channels, copies: copies}
	for a := range 3 {
		s.extent[a] = axes[a].extent
		s.copies = s.copies || axes[a].padded()
	}
	largest := b.largest()
	if s.copies {
		for a := range 3 {
			s.extent[a] = 0
			n := 1
			if a+1 == b.level {
				n = b.parts
			} else if a+1 < b.level {
				n = b.shape[a+1]
			}
			for i := range n {
				from, to := axes[a].window(i*largest[a+1], min((i+1)*largest[a+1], axes[a].result))
				s.extent[a] = max(s.extent[a], to-from)
			}
		}
		s.size = largest[0] * volume(s.extent) * channels
	}
	s.strides()
	return s
}

// strides lays positions of s.channels channels side by side.
func (s *source) strides() {
	s.stride[3] = s.channels
	for a := 2; a >= 0; a-- {
		s.stride[a] = s.stride[a+1] * s.extent[a]
	}
}

// view is what a box reads: data[n·stride[0] + …] with positions counted from org.
type view struct {
	data []float32
	org  [4]int
}

// see makes the view of a box, in scratch if it must be copied.
func (s *source) see(x box, src, scratch []float32) view {
	if !s.copies {
		return view{data: src}
	}
	v := view{data: scratch[:s.size]}
	v.org[0] = x.lo[0]
	var lo, hi [3]int // what of the window lies in the source
	for a := range 3 {
		from, to := s.axes[a].window(x.lo[a+1], x.hi[a+1])
		v.org[a+1] = from
		lo[a] = min(max(from, 0), s.axes[a].extent)
		hi[a] = max(min(to, s.axes[a].extent), lo[a])
	}
	e := [3]int{s.axes[0].extent, s.axes[1].extent, s.axes[2].extent}
	c := s.channels
	left := (lo[2] - v.org[3]) * c // zeros before each line
	used := (hi[2] - lo[2]) * c
	line := s.stride[2]
	for n := x.lo[0]; n < x.hi[0]; n++ {
		to := v.data[(n-x.lo[0])*s.stride[0]:][:s.stride[0]]
		if hi[0] == lo[0] || hi[1] == lo[1] || used == 0 {
			clear(to)
			continue
		}
		clear(to[:(lo[0]-v.org[1])*s.stride[1]])
		for i := lo[0]; i < hi[0]; i++ {
			plane := to[(i-v.org[1])*s.stride[1]:][:s.stride[1]]
			clear(plane[:(lo[1]-v.org[2])*line])
			for j := lo[1]; j < hi[1]; j++ {
				l := plane[(j-v.org[2])*line:][:line]
				clear(l[:left])
				copy(l[left:left+used], src[(((n*e[0]+i)*e[1]+j)*e[2]+lo[2])*c:])
				clear(l[left+used:])
			}
			clear(plane[(hi[1]-v.org[2])*line:])
		}
		clear(to[(hi[0]-v.org[1])*s.stride[1]:])
	}
	return v
}

// index is where sample n and the given positions of the axes lie in a view.
func (s *source) index(v *view, n int, at [3]int) int {
	return (n-v.org[0])*s.stride[0] + (at[0]-v.org[1])*s.stride[1] + (at[1]-v.org[2])*s.stride[2] +
		(at[2]-v.org[3])*s.stride[3]
}
