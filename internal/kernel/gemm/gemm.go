// Package gemm multiplies float32 matrices: C = op(A)·op(B), with what usually
// follows (bias, relu, the gradient through a relu, a test for NaN) done while the
// result is still in registers.
//
// It stands at the bottom of gorae, in the kernels: slices and numbers, no tensors
// and no graph. A Plan is made once per shape and cut into blocks, which the
// caller schedules on as many threads as it likes: each element of C is computed by
// one block, in an order that depends on the shape and the instruction set alone,
// so the bits of the result do not depend on the number of threads or of blocks.
//
// The method is that of Goto and van de Geijn, Anatomy of High-Performance Matrix
// Multiplication (ACM TOMS 34, 2008): C is covered by tiles that live in registers
// while K runs; what a tile reads is packed into the order in which it is read,
// where reading it in place would cost more, while the numbers before it are
// multiplied (ahead.go). Tiles have any height up to the
// kernel's greatest, so that the rows are shared out evenly (64 rows are 13, 13, 13,
// 13 and 12, and not four times 14 and a rest of 8).
package gemm

import "fmt"

// Shape is C [M, N] = op(A)·op(B), all row-major. op(A) is [M, K] and op(B) is
// [K, N].
type Shape struct {
	M, N, K int
	TransA  bool // A is stored [K, M]
	TransB  bool // B is stored [N, K]
	// LDA, LDB and LDC are the distances between the starts of two stored rows, for
	// matrices that are parts of wider ones; 0 means the length of a row.
	LDA, LDB, LDC int
	// BPacked says that B comes as Plan.Pack has written it (LDB is then that of
	// the matrix given to Pack).
	BPacked bool
	// Beside is the number of other products of this shape that run at the same time: with so
	// many blocks at hand each is cut less finely.
	Beside int
	// Threads is the number of threads that share the blocks, 0 where it is not known: for few of
	// them a product is cut less finely. The numbers are the same for any.
	Threads int
}

// Epilogue is what happens to C = op(A)·op(B) before it is stored, in this order.
type Epilogue struct {
	Accumulate bool // add the old C
	Bias       bool // add bias[n] to column n
	Relu       bool // max(·, 0), through which NaN passes
	Mask       bool // 0 where mask > 0 does not hold; mask is [M, N] laid out as C is: the gradient through a relu
	Check      bool // report whether all that was stored is finite
}

// String says the shape as the planner prints it: 64x512x784 nt.
func (s Shape) String() string {
	t := []byte("nn")
	if s.TransA {
		t[0] = 't'
	}
	if s.TransB {
		t[1] = 't'
	}
	return fmt.Sprintf("%dx%dx%d %s", s.M, s.N, s.K, t)
}

// natural fills in the leading dimensions that were left out.
func (s Shape) natural() Shape {
	ar, ac := s.M, s.K
	if s.TransA {
		ar, ac = ac, ar
	}
	br, bc := s.K, s.N
	if s.TransB {
		br, bc = bc, br
	}
	if s.M < 0 || s.N < 0 || s.K < 0 {
		panic(fmt.Sprintf("gemm: shape %v has a negative extent", s))
	}
	for _, d := range []struct {
		name       string
		ld         *int
		rows, cols int
	}{{"LDA", &s.LDA, ar, ac}, {"LDB", &s.LDB, br, bc}, {"LDC", &s.LDC, s.M, s.N}} {
		if *d.ld == 0 {
			*d.ld = d.cols
		}
		if *d.ld < d.cols {
			panic(fmt.Sprintf("gemm: shape %v: %s is %d, shorter than a row of %d", s, d.name, *d.ld, d.cols))
		}
	}
	return s
}

// extent is the number of floats from the first to the last element of a stored
// matrix.
func extent(rows, cols, ld int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*ld + cols
}
