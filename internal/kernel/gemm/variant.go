package gemm

// Variant is one implementation.
type Variant uint8

// The implementations. Of those that one machine can run, a later one is faster.
const (
	Generic Variant = iota // Go
	AVX2                   // 256-bit vectors and fused multiply-add
	AVX512                 // 512-bit vectors and masks
	NEON                   // 128-bit vectors of arm64
)

// String is the variant's name as GORAE_CPU and package cpu spell it.
func (v Variant) String() string { return [...]string{"generic", "avx2", "avx512", "neon"}[v] }

// Variants are those that this machine can run, slowest first.
func Variants() []Variant {
	var vs []Variant
	for v, m := range machines {
		if m != nil {
			vs = append(vs, Variant(v))
		}
	}
	return vs
}

// Best is the variant that New uses.
func Best() Variant {
	best := Generic
	for v, m := range machines {
		if m != nil {
			best = Variant(v)
		}
	}
	return best
}

// machines holds each variant's kernels, nil where the machine cannot run them.
var machines = [...]machine{Generic: generic{}, AVX2: nil, AVX512: nil, NEON: nil}

// machine is what the driver (Plan.Run) needs of an instruction set. A panel is a
// strip of columns of op(B), a tile the part of C that stays in registers.
type machine interface {
	// width is the number of columns that one vector holds; panels are padded to it.
	width() int
	// panel is the number of columns of the widest panel for C of m rows, a multiple
	// of width. Panels of ragged ends may be narrower: any multiple of width.
	panel(m, left int) int
	// tile is the greatest number of rows of a tile for a panel of the given columns.
	tile(panel int) int
	// stride is the distance from one k to the next in a packed tile of A of the given rows.
	stride(rows int) int
	// sizes are those of blocks.
	sizes() sizes
	// packGroup copies rows of sizes().group panels: dst[p·step + r·w + j] = src[r·ld + p·w + j] for j < w, the columns
	// of a panel. It is there where a group is more than one panel.
	packGroup(dst, src []float32, rows, ld, step int)
	// packTiles copies rows into tiles: dst[t·step + r·stride(height) + i] = src[r·ld + t·height + i] for i < height,
	// and less than a vector of anything behind each tile's last. It is there where sizes().columns is not 0.
	packTiles(dst, src []float32, rows, ld, tiles, height, step int)
	// dot8 is the inner products Σ_k x[i·ld + k]·y[k], for i < rows ≤ 8; k > 0.
	dot8(x []float32, ld, rows int, y []float32, k int) [8]float32
	// hasDots reports whether there is dots: sums[j·4 + i] is Σ_k x[i·ldx + k]·y[j·ldy + k] for i < rows ≤ 4 and
	// j < cols ≤ 5; k > 0. The sums are a result, as what a pointer names would not stay on the caller's stack.
	hasDots() bool
	dots(x []float32, ldx, rows int, y []float32, ldy, cols, k int) (sums [20]float32)
	// packRows copies rows: dst[r·stride + j] = src[r·ld + j] for j < cols, and 0 for
	// cols ≤ j < padded.
	packRows(dst, src []float32, rows, ld, cols, padded, stride int)
	// packCols copies columns: dst[j·stride + r] = src[r·ld + j] for r < rows, j < cols,
	// and any finite numbers for rows ≤ r < padded.
	packCols(dst, src []float32, rows, ld, cols, padded, stride int)
}

// sizes are those of a variant's blocks. They are constants so that a result depends on nothing else.
type sizes struct {
	blockK  int  // a tile runs through K in pieces of at most this length: a panel of B is read for every tile
	group   int  // panels of B that are packed at once; 1: each behind tiles of the one before; 0: none is
	ahead   bool // tiles ask for what the next panel reads
	columns int  // floats of a row of a transposed A up to which tiles read columns of A in place
}

// strip is the work of one call of a kernel: tiles·rows rows of C by cols columns,
//
//	C[i, j] = Σ_k A[i, k]·B[k, j]
//
// where tile t's A[i, k] is a[t·aTile + i·aRow + k·aCol] (aRow or aCol is 1),
// B[k, j] is b[k·bRow + j], C[i, j] is c[i·ldc + j], and mask is laid out as c.
// b holds whole vectors: cols rounded up to the width.
type strip struct {
	tiles, rows, cols, k int
	a                    []float32
	aTile, aRow, aCol    int
	b                    []float32
	bRow                 int
	c                    []float32
	ldc                  int
	bias, mask           []float32
	next                 []float32 // what tiles ask for, see lines
	nextStep, nextTile   int
}

// The flags of a strip say what happens to a tile before it is stored, in this
// order.
const (
	flagAdd   = 1 << iota // add the old C
	flagBias              // add bias[j]
	flagRelu              // max(·, 0)
	flagMask              // 0 where mask > 0 does not hold
	flagCheck             // report what is not finite
)
