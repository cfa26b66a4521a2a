package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// moves emits fills and conversions.
func moves(m *M) {
	Put(m, "fill", "fill", Map{
		Name: "fill", Doc: "sets dst to s.", Out: []string{"dst"}, Scalars: []string{"s"}, Unroll: 4, Exact: true,
		F: func(_ *M, _, s []V) []V { return []V{s[0]} },
	})
	Put(m, "fromInt32", "fromInt32", Map{
		Name: "fromInt32", Doc: "converts x.", Out: []string{"dst"}, In: []string{"x"},
		Types: map[string]string{"x": "[]int32"}, Unroll: 4, Exact: true,
		F: func(m *M, in, _ []V) []V { return []V{m.FromInt(in[0])} },
	})
	Put(m, "toInt32", "toInt32", Map{
		Name: "toInt32", Doc: "truncates x.", Out: []string{"dst"}, In: []string{"x"},
		Types: map[string]string{"dst": "[]int32"}, Unroll: 4, Exact: true,
		F: func(m *M, in, _ []V) []V { return []V{m.TruncToInt(in[0])} },
	})
	Put(m, "wholeFromUint8", "wholeFromUint8", bytesKernel{})
	Put(m, "fetch", "fetch", fetchKernel{})
}

// fetchKernel asks for cache lines.
type fetchKernel struct{}

func (fetchKernel) Emit(m *M) {
	const line = 64
	k := m.Begin("fetch", "asks for the lines of x.", "func(x []float32)", false, "x")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	i := GP64()
	XORQ(i, i)
	SHLQ(U8(2), n)
	Label("loop")
	CMPQ(i, n)
	JGE(LabelRef("done"))
	PREFETCHT0(k.Addr("x", i, 0))
	ADDQ(I32(line), i)
	JMP(LabelRef("loop"))
	Label("done")
	RET()
}

// bytesKernel converts pixels, whole vectors only.
type bytesKernel struct{}

func (bytesKernel) Emit(m *M) {
	k := m.Begin("wholeFromUint8", "converts the bytes x; the length of dst is a multiple of the vector's.",
		"func(dst []float32, x []uint8)", false, "dst", "x")
	n := Load(Param("dst").Len(), GP64()).(reg.GPVirtual)
	i := GP64()
	XORQ(i, i)
	Label("loop")
	SUBQ(I32(m.Lanes()), n)
	JLT(LabelRef("done"))
	v := m.New()
	VPMOVZXBD(k.Addr("x", i, 0), v)
	at := k.Addr("dst", i, 0)
	at.Scale = 4
	m.Store(m.FromInt(v), at, nil)
	ADDQ(I32(m.Lanes()), i)
	JMP(LabelRef("loop"))
	Label("done")
	k.End()
}
