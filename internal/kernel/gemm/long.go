package gemm

import "gorae/internal/kernel/vec"

// Long is C [M, N] = Aᵀ·B with A [K, M] and B [K, N] where K is much the longest: the
// gradient of weights that all the steps of a sequence, or all the places of a picture, share.
// K is cut into lanes that keep their sums apart, so that A and B are read once, whole rows one
// after the other, and several threads have work. The lanes' sums are added in a tree.
// The cuts depend on the shape alone. With Sums the columns of B are added up on
// the way, the gradient of a bias, while they are at hand.
//
// Lanes run first, each a block by itself; when all are done, so do the parts of Sum.
type Long struct {
	M, N, K int
	Sums    bool

	chunk   int      // rows of A and B that are multiplied at once, and stay in L2 for the sums
	chunks  int      // of all K
	lanes   int      //
	product [2]*Plan // of a whole chunk, and of the last one
}

// Sizes of long products; BenchmarkLong on a Zen 4.
const (
	longSize  = 1 << 17 // numbers of C at most: the lanes hold it several times
	longK     = 1024    // and rows at least
	longChunk = 3 << 15 // numbers of A and B in a chunk
	longSum   = 1 << 14 // numbers that one part of Sum adds up
)

// NewLong plans the product with the best variant that the machine has, or gives nil where it is
// not long.
func NewLong(m, n, k int, sums bool) *Long { return newLong(m, n, k, sums, Best()) }

func newLong(m, n, k int, sums bool, v Variant) *Long {
	if m < 1 || n < 1 || k < longK || k < 2*(m+n) || m*n > longSize {
		return nil
	}
	l := &Long{M: m, N: n, K: k, Sums: sums}
	l.chunks = ceil(k, min(machines[v].sizes().blockK, max(1, longChunk/(m+n))))
	l.chunk = ceil(k, l.chunks)
	l.chunks = ceil(k, l.chunk)
	l.lanes = min(enough, l.chunks)
	for i, rows := range [2]int{l.chunk, k - (l.chunks-1)*l.chunk} {
		l.product[i] = NewVariant(Shape{M: m, N: n, K: rows, TransA: true, Threads: 1},
			Epilogue{Accumulate: true}, v)
	}
	return l
}

// Lanes is the number of blocks of Run.
func (l *Long) Lanes() int { return l.lanes }

// Parts is the number of blocks of Sum.
func (l *Long) Parts() int { return ceil(l.M*l.N, longSum) }

// Scratch is the number of floats that a call of Run needs for itself.
func (l *Long) Scratch() int { return max(l.product[0].Scratch(), l.product[1].Scratch()) + l.N }

// Shared is the number of floats that the lanes and Sum have in common.
func (l *Long) Shared() int { return (l.lanes - 1) * (l.M*l.N + l.N) }

// lane is where a lane adds up: the results themselves for the first, a part of shared for
// the others.
func (l *Long) lane(i int, c, sums, shared []float32) (own, ownSums []float32) {
	if i == 0 {
		return c, sums
	}
	size := l.M * l.N
	own = shared[(i-1)*(size+l.N):]
	return own[:size], own[size : size+l.N]
}

// Run computes one lane. sums has N floats, and is nil without Sums.
func (l *Long) Run(lane int, a, b, c, sums, shared, scratch []float32) {
	own, ownSums := l.lane(lane, c, sums, shared)
	own = own[:l.M*l.N]
	clear(own)
	if l.Sums {
		ownSums = ownSums[:l.N]
		clear(ownSums)
	}
	some, scratch := scratch[:l.N], scratch[l.N:]
	for i := lane * l.chunks / l.lanes; i < (lane+1)*l.chunks/l.lanes; i++ {
		p := l.product[0]
		if i == l.chunks-1 {
			p = l.product[1]
		}
		k := i * l.chunk
		next := min(l.chunk, l.K-k-p.K) // rows of the next chunk
		for block := range p.Blocks() {
			after := [2][]float32{}
			if next > 0 {
				after = [2][]float32{part(a[(k+p.K)*l.M:], next*l.M, block, p.Blocks()),
					part(b[(k+p.K)*l.N:], next*l.N, block, p.Blocks())}
			}
			p.run(block, a[k*l.M:], b[k*l.N:], own, nil, nil, scratch, after)
		}
		if l.Sums {
			vec.ColSum(some, b[k*l.N:], p.K, l.N, l.N)
			vec.Add(ownSums, ownSums, some)
		}
	}
}

// Sum adds up one part of the lanes' results: neighbours, then neighbours of those.
func (l *Long) Sum(part int, c, sums, shared []float32) {
	lo, hi := part*longSum, min((part+1)*longSum, l.M*l.N)
	for d := 1; d < l.lanes; d *= 2 {
		for i := 0; i+d < l.lanes; i += 2 * d {
			to, toSums := l.lane(i, c, sums, shared)
			from, fromSums := l.lane(i+d, c, sums, shared)
			vec.Add(to[lo:hi], to[lo:hi], from[lo:hi])
			if l.Sums && part == 0 {
				vec.Add(toSums[:l.N], toSums[:l.N], fromSums)
			}
		}
	}
}

// part is one of n parts of the first size numbers of x.
func part(x []float32, size, i, n int) []float32 { return x[i*size/n : (i+1)*size/n] }
