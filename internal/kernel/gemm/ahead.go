package gemm

// ahead is what the next panel of a block will read. The tiles of the panel before it ask for its lines, two in each
// round of their inner loop, so that they come out of memory while numbers that are there are multiplied. Where B is
// packed, rows that a tile has asked for are packed behind the next tile.
type ahead struct {
	plan       *Plan
	b          []float32
	c0, c1     int // columns of the block
	panel          // the next one
	now, other []float32
	lines      [2]lines     // those of B and of C
	later      [2][]float32 // what is read behind the block; tiles ask for it when there is nothing else
	run        lines        // of the first of later
	asked      int          // rows of B that tiles have asked for, before the last tile and with it
	before     int
	done       int // rows that are packed
}

// panel is rows k0 to k1 of op(B) and columns j to j+cols, in rows of w floats.
type panel struct{ k0, k1, j, cols, w int }

// lines are pairs of cache lines step floats apart. A tile asks for a pair in each round, the next tile begins tile
// floats further.
type lines struct {
	from       []float32
	step, tile int
	tiles      int // that it takes to ask for all
}

// linesOf are the first pairs of rows of a matrix, for tiles of so many rounds.
func linesOf(from []float32, step, rows, rounds int) lines {
	return lines{from, step, rounds * step, ceil(rows, rounds)}
}

// ask gives a strip some of the lines, and reports whether there are any; it takes fewer tiles then.
func (l *lines) ask(s *strip) bool {
	if l.tiles == 0 {
		return false
	}
	s.tiles = min(s.tiles, l.tiles)
	s.next, s.nextStep, s.nextTile = l.from, l.step, l.tile
	if l.tiles -= s.tiles; l.tiles > 0 {
		l.from = l.from[s.tiles*l.tile:]
	}
	return true
}

const (
	round       = 4  // k of a round of the kernels' inner loop
	pair        = 32 // floats of two cache lines
	leastRounds = 32 // of a tile, which are worth a call of its own
	leastTiles  = 4  // of a block: so many ask for a panel of B, and fewer would ask while they wait for their own
)

// packed returns a packed panel.
func (h *ahead) packed(of panel) []float32 {
	if h.panel != of {
		h.panel, h.done = of, 0
	}
	h.packTo(of.k1 - of.k0)
	h.now, h.other = h.other, h.now
	return h.now
}

// packTo packs rows of the next panel.
func (h *ahead) packTo(rows int) {
	if rows > h.done {
		h.plan.packPanel(h.other[h.done*h.w:], h.b, h.k0+h.done, h.k0+rows, h.j, h.cols, h.w)
		h.done = rows
	}
}

// begin prepares for the panel behind another, in rows r0 to r1 of C.
func (h *ahead) begin(of panel, c []float32, r0, r1 int) {
	p := h.plan
	h.panel, h.lines, h.asked, h.before, h.done = panel{}, [2]lines{}, 0, 0, 0
	n := panel{k0: of.k0, k1: of.k1, j: of.j + of.w}
	if n.j >= h.c1 {
		n = panel{k0: of.k1, k1: min(of.k1+p.blockK, p.K), j: h.c0}
	}
	k, rounds := n.k1-n.k0, (of.k1-of.k0)/round
	if k == 0 || rounds < leastRounds {
		return
	}
	n.w = p.panelAt(h.c1 - n.j)
	n.cols = min(n.w, h.c1-n.j)
	h.panel = n
	switch {
	case p.BPacked:
		h.lines[0] = linesOf(h.b[n.j*p.K+n.k0*n.w:], n.w, k, rounds)
	case p.TransB: // columns of op(B) lie in rows: a tile asks for a pair in each of many, of more panels than one
		h.lines[0] = lines{h.b[n.j*p.LDB+n.k0:], p.LDB, pair, ceil(k, pair)}
	default:
		h.lines[0] = linesOf(h.b[n.k0*p.LDB+n.j:], p.LDB, k, rounds)
	}
	h.lines[1] = linesOf(c[r0*p.LDC+n.j:], p.LDC, r1-r0, rounds)
}

// ask gives a strip lines to ask for.
func (h *ahead) ask(s *strip) {
	s.next, s.nextStep, s.nextTile = s.b, 0, 0
	if h.plan.packsPanels() && h.done < h.k1-h.k0 {
		s.tiles = 1
	}
	h.before = h.asked
	for i := range h.lines {
		if h.lines[i].ask(s) {
			if i == 0 {
				h.asked = min(h.asked+s.tiles*(s.k/round), h.k1-h.k0)
			}
			return
		}
	}
	for !h.run.ask(s) && len(h.later[0])+len(h.later[1]) > 0 && s.k >= round {
		h.run = linesOf(h.later[0], pair, ceil(len(h.later[0]), pair), s.k/round)
		h.later = [2][]float32{h.later[1]}
	}
}
