package gemm

// Plan is a product of one shape, cut into blocks. It holds no numbers and may be
// used by many goroutines at once, each with scratch of its own.
type Plan struct {
	Shape
	Epilogue
	Variant Variant

	m              machine
	asm            *vectors // m, if it is in assembly
	byDots         bool     // see dot.go
	narrow         bool     // see narrow.go
	tile           int      // rows of a tile, at most
	panel          int      // columns of a panel, at most
	gridM, gridN   int      // blocks in each direction
	blockN         int      // columns of a block, a multiple of panel
	blockK         int      // a tile runs through K in pieces of at most this length
	swapped        bool     // A and B have changed places, and C is its transpose
	wide           bool     // few rows may have wide panels
	packA          bool     // A is packed before use
	packB          bool     // B is packed before use
	asks           bool     // tiles ask for what the next panel reads
	sizeA, scratch int      // floats
}

// Sizes of blocks in every variant (those of each are its sizes).
const (
	blockRows     = 256     // rows that share a packed panel of B
	blockCols     = 1024    // columns that share packed A
	leastRows     = 64      // where B is packed, blocks are not made lower than this,
	leastCols     = 128     // and where A is packed, not narrower than this (else half of it)
	enough        = 8       // blocks; a product is cut finer only while it has fewer,
	ofThread      = 2       // or fewer than so many of each thread
	blockWork     = 1 << 18 // multiply-adds worth handing to a thread: 5 µs
	rowsOfReading = 3       // reading B costs a block as much as so many rows of arithmetic
	inPlace       = 5       // tiles below each other, up to which B is read in place
	inCache       = 1 << 17 // floats of A in rows that a block reads, of which it needs some columns
	page          = 1024    // rows this far apart (4 KB) meet in the same cache sets: A is packed, and B is earlier
)

// New plans the product with the best variant that the machine has. An
// inconsistent shape (a negative extent, a leading dimension shorter than its row)
// is a mistake of the program and panics.
func New(s Shape, e Epilogue) *Plan { return NewVariant(s, e, Best()) }

// NewVariant is New with the given variant, one of Variants().
func NewVariant(s Shape, e Epilogue, v Variant) *Plan {
	p := &Plan{Shape: s.natural(), Epilogue: e, Variant: v, m: machines[v], asm: inAssembly[v]}
	p.vectors()
	p.swap()
	p.byDots = !p.TransA && p.TransB && !p.BPacked && p.K > 0 && min(p.M, p.N) <= maxDots
	p.narrow = p.isNarrow()
	p.wide = !p.TransA && !p.TransB && !p.BPacked
	p.panel = p.panelAt(p.N)
	p.tile = p.m.tile(p.panel)
	if p.M == 0 || p.N == 0 {
		return p
	}
	p.blockK = ceil(p.K, max(1, ceil(p.K, p.m.sizes().blockK)))
	p.packB = p.N > p.m.width() && !p.TransB && !p.BPacked && p.m.sizes().group > 0 &&
		(p.M > inPlace*p.tile || p.M > 2*p.tile && (p.TransA || p.LDB%page == 0))
	p.packA = !p.byDots && !p.narrow &&
		(p.TransA || p.LDA%page == 0 && p.M > p.tile) && !p.readsColumns()
	p.grid()
	p.asks = p.m.sizes().ahead && p.K >= leastRounds*round && p.M/p.gridM > (leastTiles-1)*p.tile
	if p.packA {
		p.sizeA = (ceil(ceil(p.M, p.gridM), p.tile) + 1) * p.sizeOfTile(p.blockK, p.tile)
	}
	switch {
	case p.narrow && !p.TransB:
		p.scratch = p.m.width() * p.columnLength()
	case !p.byDots && !p.narrow:
		panels := max(1, p.m.sizes().group)
		if p.packsPanels() {
			panels = 2 // the present one and the next
		}
		p.scratch = p.sizeA + p.blockK*p.panel*panels
	}
	return p
}

// readsColumns reports whether the columns of a transposed A are read in place: where one panel alone reads them, and
// where the rows are so short that what a block reads stays in the second-level cache.
func (p *Plan) readsColumns() bool {
	most := p.m.sizes().columns
	return p.TransA && most > 0 && (p.N <= p.panel || p.LDA <= most && p.LDA*p.blockK <= inCache)
}

// sizeOfTile is the number of floats that a packed tile of A takes for k columns: the last is written as a whole
// vector.
func (p *Plan) sizeOfTile(k, rows int) int {
	stride := p.m.stride(rows)
	return (k-1)*stride + max(stride, p.m.width())
}

// vectors makes rows of columns: a matrix of one column without gaps is stored as
// its transpose is.
func (p *Plan) vectors() {
	if p.M == 1 && p.TransA && p.LDA == 1 {
		p.TransA, p.LDA = false, p.K
	}
	if p.N == 1 && !p.TransB && p.LDB == 1 && !p.BPacked {
		p.TransB, p.LDB = true, p.K
	}
}

// swap turns a transposed matrix times a vector, Aᵀ·b, into the row bᵀ·A, for which
// A is read as it is stored. A row and a column of C without gaps are the same; a
// bias is not.
func (p *Plan) swap() {
	if p.N != 1 || !p.TransA || !p.TransB || p.BPacked || p.LDC != 1 || p.Bias || p.M == 1 {
		return
	}
	p.swapped = true
	p.Shape = Shape{M: 1, N: p.M, K: p.K, LDA: p.LDB, LDB: p.LDA, LDC: p.M, Beside: p.Beside,
		Threads: p.Threads}
}

// grid cuts C into blocks: as large as the caches like, then finer until there are
// enough for several threads or they are not worth a thread's while. Columns are
// halved first: whoever shares rows of A in place shares nothing that is packed.
func (p *Plan) grid() {
	unit, lowRows, lowCols := p.panel, leastRows, max(p.panel, leastCols/2)
	switch {
	case p.byDots:
		unit, lowRows, lowCols = 8, 8, 8
	case p.packA:
		lowCols = leastCols
	}
	if !p.packA && !p.packB && !p.TransB && !p.byDots {
		lowRows = p.M
	}
	rows, cols := ceil(p.M, ceil(p.M, blockRows)), ceil(min(p.N, blockCols), unit)*unit
	least := enough
	if p.Threads > 0 {
		least = min(enough, ofThread*(p.Threads-1)+1)
	}
	for ceil(p.M, rows)*ceil(p.N, cols)*(p.Beside+1) < least && (rows+rowsOfReading)*cols*p.K >= 2*blockWork {
		if c := ceil(ceil(cols, 2), unit) * unit; c < cols && c >= lowCols {
			cols = c
		} else if r := ceil(rows, 2); r < rows && r >= lowRows {
			rows = r
		} else {
			break
		}
	}
	p.gridM, p.gridN, p.blockN = ceil(p.M, rows), ceil(p.N, cols), cols
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
	r0, r1, c0, c1 = i*p.M/p.gridM, (i+1)*p.M/p.gridM, j*p.blockN, min((j+1)*p.blockN, p.N)
	if p.swapped {
		return c0, c1, r0, r1
	}
	return r0, r1, c0, c1
}

// Scratch is the number of floats that a call of Run needs for itself.
func (p *Plan) Scratch() int { return p.scratch }

// packedPanel is the panel of packed matrices: that of many rows, so that one
// packed matrix serves batches of any size.
func packedPanel(m machine, n int) int { return m.panel(1<<30, n) }

// PackedB is the number of floats that Pack writes: K times N rounded up to whole
// vectors.
func (p *Plan) PackedB() int { return p.K * ceil(p.N, p.m.width()) * p.m.width() }

// Packable reports whether the product is computed in the same order with a packed B, so that the bits of its result
// stay: not where it consists of inner products of rows.
func (p *Plan) Packable() bool { return !p.TransB && !p.narrow && !p.byDots && !p.swapped }

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

// packGroup copies op(B)[k0:k1, c:end], panel after panel, where panels are packed by themselves and not by a tile.
func (p *Plan) packGroup(dst, b []float32, k0, k1, c, end int) {
	size := (k1 - k0) * p.panel
	if k1 > k0 && end-c == p.panel*p.m.sizes().group {
		p.m.packGroup(dst, b[k0*p.LDB+c:], k1-k0, p.LDB, size)
		return
	}
	for ; c < end; c += p.panel {
		w := p.panelAt(end - c)
		p.packPanel(dst, b, k0, k1, c, min(w, end-c), w)
		dst = dst[min(size, len(dst)):]
	}
}

// packsGroup reports whether B is packed by packGroup.
func (p *Plan) packsGroup() bool { return p.packB && p.m.sizes().group > 1 }

// packsPanels reports whether a panel of B is packed while the one before it is computed.
func (p *Plan) packsPanels() bool { return p.packB && p.m.sizes().group == 1 }

// packTile copies op(A)[r:r+rows, k0:k1] into k1−k0 columns, stride floats apart.
func (p *Plan) packTile(dst, a []float32, r, rows, k0, k1 int) {
	if k0 == k1 {
		return
	}
	s := p.m.stride(rows)
	if p.TransA {
		p.m.packRows(dst, a[k0*p.LDA+r:], k1-k0, p.LDA, rows, s, s)
	} else {
		p.m.packCols(dst, a[r*p.LDA+k0:], rows, p.LDA, k1-k0, s, s)
	}
}
