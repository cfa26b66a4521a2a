package gemm

// Plan is a product of one shape, cut into blocks. It holds no numbers and may be
// used by many goroutines at once, each with scratch of its own.
type Plan struct {
	Shape
	Epilogue
	Variant Variant

	m              machine
	tile           int // rows of a tile, at most
	panel          int // columns of a panel, at most
	gridM, gridN   int // blocks in each direction
	blockN         int // columns of a block, a multiple of panel
	blockK         int // a tile runs through K in pieces of at most this length
	packA, packB   bool
	sizeA, scratch int // floats
}

// Sizes of blocks. They are constants so that the result depends on nothing else;
// BenchmarkGemm on a Zen 4 (32 KB, 1 MB and 32 MB of cache) chose them.
const (
	maxBlockK = 512     // a panel of B (32 columns) takes 64 KB at most and is read from L2
	maxPackA  = 1 << 17 // floats of packed A: half of L2
	blockRows = 256     // rows that share a packed panel of B
	blockCols = 256     // columns that share packed A
	blockWork = 1 << 21 // multiply-adds worth handing to a thread: some 40 µs
	fewRows   = 128     // up to here every block takes all the rows
	inPlaceM  = 28      // up to here B is read in place, two tiles being too few to repay packing
)

// New plans the product with the best variant that the machine has. An
// inconsistent shape (a negative extent, a leading dimension shorter than its row)
// is a mistake of the program and panics.
func New(s Shape, e Epilogue) *Plan { return NewVariant(s, e, Best()) }

// NewVariant is New with the given variant, one of Variants().
func NewVariant(s Shape, e Epilogue, v Variant) *Plan {
	p := &Plan{Shape: s.natural(), Epilogue: e, Variant: v, m: machines[v]}
	p.panel = p.m.panel(p.M, p.N)
	if p.BPacked {
		p.panel = packedPanel(p.m, p.N)
	}
	p.tile = p.m.tile(p.panel)
	if p.M == 0 || p.N == 0 {
		return p
	}
	pieces := max(1, ceil(p.K, maxBlockK))
	p.blockK = ceil(p.K, pieces)
	p.packB = !p.BPacked && (p.TransB || p.M > inPlaceM)
	p.packA = p.M > fewRows || p.TransA
	p.grid()
	if p.packA {
		p.sizeA = ceil(ceil(p.M, p.gridM), p.tile) * p.blockK * p.m.stride()
	}
	p.scratch = p.sizeA + p.blockK*p.panel
	return p
}

// grid cuts C into blocks that are big enough to be worth a thread's while and
// repay what they pack, yet leave several to every thread.
func (p *Plan) grid() {
	rows := p.M
	if p.M > fewRows {
		rows = max(blockRows, blockWork/max(1, p.N*p.K))
		if p.packA {
			rows = min(rows, maxPackA/max(1, p.blockK))
		}
	}
	p.gridM = max(1, ceil(p.M, max(1, rows)))
	rows = ceil(p.M, p.gridM)
	cols := ceil(blockWork, max(1, rows*p.K))
	if p.packA {
		cols = max(cols, blockCols)
	}
	p.blockN = min(ceil(cols, p.panel), max(1, ceil(p.N, p.panel))) * p.panel
	p.gridN = max(1, ceil(p.N, p.blockN))
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }

// Blocks is the number of independent pieces. Each element of C is written by
// exactly one; an empty C has none.
func (p *Plan) Blocks() int { return p.gridM * p.gridN }

// Region is the part of C that a block writes: rows r0 to r1 and columns c0 to c1,
// ends excluded. Neighbouring blocks share their rows of op(A).
func (p *Plan) Region(block int) (r0, r1, c0, c1 int) {
	i, j := block/p.gridN, block%p.gridN
	return i * p.M / p.gridM, (i + 1) * p.M / p.gridM, j * p.blockN, min((j+1)*p.blockN, p.N)
}

// Scratch is the number of floats that a call of Run needs for itself.
func (p *Plan) Scratch() int { return p.scratch }

// packedPanel is the panel of packed matrices: that of many rows, so that one
// packed matrix serves batches of any size.
func packedPanel(m machine, n int) int { return m.panel(1<<30, n) }

// PackedB is the number of floats that Pack writes: K times N rounded up to whole
// vectors.
func (p *Plan) PackedB() int { return p.K * ceil(p.N, p.m.width()) * p.m.width() }

// Pack writes B in the order in which kernels read it, for plans with BPacked: for
// each panel of columns, K rows of the panel one after the other, padded to whole
// vectors. The layout depends on the variant, K and N, and not on M or on TransB.
func (p *Plan) Pack(dst, b []float32) {
	for c := 0; c < p.N; {
		w := packedPanel(p.m, p.N-c)
		p.packPanel(dst[c*p.K:], b, 0, p.K, c, min(w, p.N-c), w)
		c += w
	}
}

// packPanel copies op(B)[k0:k1, c:c+cols] into rows of w floats.
func (p *Plan) packPanel(dst, b []float32, k0, k1, c, cols, w int) {
	if k0 == k1 {
		return
	}
	if p.TransB {
		p.m.packCols(dst, b[c*p.LDB+k0:], cols, p.LDB, k1-k0, w, w)
	} else {
		p.m.packRows(dst, b[k0*p.LDB+c:], k1-k0, p.LDB, cols, w, w)
	}
}

// packTile copies op(A)[r:r+rows, k0:k1] into k1−k0 columns, stride floats apart.
func (p *Plan) packTile(dst, a []float32, r, rows, k0, k1 int) {
	if k0 == k1 {
		return
	}
	s := p.m.stride()
	if p.TransA {
		p.m.packRows(dst, a[k0*p.LDA+r:], k1-k0, p.LDA, rows, s, s)
	} else {
		p.m.packCols(dst, a[r*p.LDA+k0:], rows, p.LDA, k1-k0, s, s)
	}
}
