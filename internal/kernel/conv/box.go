package conv

// box is a range of the pixels of a result that lie one after the other in memory:
// a range of one of the levels sample, axis 0, axis 1, axis 2, with one position
// above it and all positions below.
type box struct{ lo, hi [4]int }

// boxes cuts [N, axes…] into boxes.
type boxes struct {
	shape [4]int // N and the axes
	level int    // of the range
	size  int    // of the range
	outer int    // boxes of all the levels above
	parts int    // boxes of one range
}

// cut makes boxes of about the given number of pixels.
func cut(shape [4]int, pixels int) boxes {
	b := boxes{shape: shape, outer: 1}
	below := shape[1] * shape[2] * shape[3]
	if shape[0]*below == 0 {
		return boxes{shape: shape, size: 1}
	}
	for b.level < 3 && below > pixels {
		b.outer *= shape[b.level]
		b.level++
		below /= shape[b.level]
	}
	n := shape[b.level]
	b.parts = ceil(n, min(n, max(1, pixels/below)))
	b.size = ceil(n, b.parts)
	b.parts = ceil(n, b.size)
	return b
}

// even makes the range of a box an even number of lines or planes where there are several, so that
// pooling by two can follow.
func (b *boxes) even() {
	if n := b.shape[b.level]; b.level > 0 && b.size > 1 && b.size < n {
		b.size += b.size % 2
		b.parts = ceil(n, b.size)
	}
}

func (b *boxes) count() int { return b.outer * b.parts }

// at is box i.
func (b *boxes) at(i int) (x box) {
	x.hi = b.shape
	part := i % b.parts
	x.lo[b.level], x.hi[b.level] = part*b.size, min((part+1)*b.size, b.shape[b.level])
	i /= b.parts
	for l := b.level - 1; l >= 0; l-- {
		x.lo[l] = i % b.shape[l]
		x.hi[l] = x.lo[l] + 1
		i /= b.shape[l]
	}
	return x
}

// rows are the pixels of a box as rows of [N·axes…, channels].
func (b *boxes) rows(x box) (lo, hi int) {
	for l := range 4 {
		lo = lo*b.shape[l] + x.lo[l]
		hi = hi*b.shape[l] + x.hi[l] - 1
	}
	return lo, hi + 1
}

// largest is the greatest extent of a box on each level.
func (b *boxes) largest() (e [4]int) {
	for l := range 4 {
		switch {
		case l < b.level:
			e[l] = 1
		case l == b.level:
			e[l] = b.size
		default:
			e[l] = b.shape[l]
		}
	}
	return e
}
