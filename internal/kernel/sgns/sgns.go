// Package sgns holds the loops of negative sampling: products of rows of one matrix with rows of another, and the
// updates that both sides get of them.
//
// Rows lie ld float32s apart, a multiple of [Lane], and are computed whole: what a row has beyond its numbers must be
// 0, and stays 0. Six rows of the second matrix go together. Their loads are shared by all rows of the first: a product
// and its two updates otherwise wait for memory.
//
// Elements of an update do not meet each other: an update of some columns has the same bits as these columns of an
// update of all. The bits of products depend on the variant: assembly for AVX-512 and AVX2, portable Go.
// Assembly reads denormal numbers as 0 and writes 0 for them.
package sgns

// Width is the number of rows of the second matrix that go together.
const Width = 6

// Stride is the distance in float32s between the rows of products and coefficients.
const Stride = 8

// Lane is the number of float32s of which a row's distance and the bounds of an update are multiples: a cache line.
const Lane = 16

// variant is one implementation of the kernels, with distances in bytes.
type variant struct {
	name   string
	dots   func(dst, a, b []float32, ia []int32, ib *[Width]int32, ld int)
	update func(a, o, b []float32, ia, io []int32, ib *[Width]int32, g []float32, ld, from, to int)
	fetch  func(a []float32, ids []int32, ld int)
}

var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

// Dots sets dst[i·Stride + j] to the product of row ia[i] of a and row ib[j] of b. The Stride − Width elements
// after each six are overwritten by anything.
func Dots(dst, a, b []float32, ia []int32, ib *[Width]int32, ld int) {
	if len(ia) == 0 {
		return
	}
	if len(dst) < len(ia)*Stride {
		panic("sgns: there is no room for the products")
	}
	need(a, ia, ld)
	need(b, ib[:], ld)
	use.dots(dst, a, b, ia, ib, 4*ld)
}

// Update adds to rows of o and b, in columns from to to:
//
//	o[io[i]] += Σ_j g[i·Stride + j]·b[ib[j]]     b as it was
//	b[ib[j]] += Σ_i g[i·Stride + j]·a[ia[i]]
//
// i by i; a row of a that is written as one of o is read by the next i as it then is. The rows ib of b must differ, but
// for one that has only zeros in g, which may come any number of times.
func Update(a, o, b []float32, ia, io []int32, ib *[Width]int32, g []float32, ld, from, to int) {
	if len(ia) == 0 || from >= to {
		return
	}
	if len(io) != len(ia) || len(g) < len(ia)*Stride {
		panic("sgns: rows and coefficients differ in number")
	}
	if from < 0 || to > ld || from%Lane != 0 || to%Lane != 0 {
		panic("sgns: columns that are no whole cache lines of a row")
	}
	need(a, ia, ld)
	need(o, io, ld)
	need(b, ib[:], ld)
	use.update(a, o, b, ia, io, ib, g, 4*ld, 4*from, 4*to)
}

// Fetch asks for rows of a to be brought near.
func Fetch(a []float32, ids []int32, ld int) {
	if len(ids) == 0 {
		return
	}
	need(a, ids, ld)
	use.fetch(a, ids, 4*ld)
}

// need panics unless a has the rows ids: assembly does not look.
func need(a []float32, ids []int32, ld int) {
	if ld <= 0 || ld%Lane != 0 {
		panic("sgns: a row is no multiple of a cache line")
	}
	rows := uint32(len(a) / ld)
	for _, id := range ids {
		if uint32(id) >= rows {
			panic("sgns: a matrix has no such row")
		}
	}
}
