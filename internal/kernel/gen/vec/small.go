package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// Rows of a few columns, such as the classes of a classifier, stay in two vector
// registers from end to end; a call does all rows.

func small(m *M) {
	Put(m, "softmaxSmall", "softmaxSmall", rowKernel{
		name: "softmaxSmall", doc: "is the softmax of rows of at most two vectors.",
		signature: "func(dst, x []float32, rows, cols int)", slices: []string{"dst", "x"},
		row: func(k *Kernel, r rows) {
			_, e, sum := r.exps(k)
			scale := k.Div(k.Reg(F(1)), sum)
			for v := range e {
				k.Store(k.Mul(e[v], scale), r.at(k, "dst", v), r.live[v])
			}
		},
		advance: func(r rows, k *Kernel) { ADDQ(r.step, k.Pointer("dst")) },
	})
	Put(m, "crossEntropySmall", "crossEntropySmall", rowKernel{
		name: "crossEntropySmall", doc: "is the cross-entropy of rows of at most two vectors.",
		signature: "func(loss, x []float32, labels []int32, rows, cols int)", slices: []string{"loss", "x", "labels"},
		row: func(k *Kernel, r rows) {
			top, _, sum := r.exps(k)
			l := logCore(k.M, sum)
			label, at := GP64(), k.Pointer("loss")
			MOVL(Mem{Base: k.Pointer("labels")}, label.As32())
			CMPQ(label, r.cols)
			JCS(LabelRef("inside"))
			MOVL(U32(NaN), Mem{Base: at})
			JMP(LabelRef("next"))
			Label("inside")
			chosen := XMM()
			VMOVSS(Mem{Base: k.Pointer("x"), Index: label, Scale: 4}, chosen)
			VSUBSS(chosen, top.AsX(), chosen)
			VADDSS(l.AsX(), chosen, chosen)
			VMOVSS(chosen, Mem{Base: at})
			Label("next")
		},
		advance: func(_ rows, k *Kernel) {
			ADDQ(Imm(4), k.Pointer("loss"))
			ADDQ(Imm(4), k.Pointer("labels"))
		},
	})
}

// rows is what is known of the rows: columns, bytes of a row, live lanes.
type rows struct {
	cols, step reg.GPVirtual
	live       [2]*Mask
}

func (r rows) at(k *Kernel, name string, v int) Mem {
	return Mem{Base: k.Pointer(name), Disp: v * k.Bytes()}
}

// exps reads a row and gives its largest element and the sum of exp(x − largest)
// in all lanes, and the exponentials themselves.
func (r rows) exps(k *Kernel) (top V, e [2]V, sum V) {
	for v := range e {
		e[v] = k.Select(*r.live[v], k.Load(r.at(k, "x", v), r.live[v]), NegInf)
	}
	top = k.Everywhere(k.Max(e[0], e[1]), larger)
	for v := range e {
		e[v] = expBelow(k.M, k.Sub(e[v], top))
	}
	return top, e, k.Everywhere(k.Add(e[0], e[1]), add)
}

type rowKernel struct {
	name, doc, signature string
	slices               []string
	row                  func(*Kernel, rows)
	advance              func(rows, *Kernel)
}

// Emit writes the kernel for m: rows, cols ≥ 1, cols ≤ two vectors.
func (d rowKernel) Emit(m *M) {
	k := m.Begin(d.name, d.doc, d.signature, true, d.slices...)
	n := Load(Param("rows"), GP64()).(reg.GPVirtual)
	r := rows{cols: Load(Param("cols"), GP64()).(reg.GPVirtual), step: GP64()}
	MOVQ(r.cols, r.step)
	SHLQ(U8(2), r.step)
	// Of the columns, the first vector has up to all its lanes, the second the rest.
	lanes, rest := GP64(), GP64()
	MOVQ(U32(m.Lanes()), lanes)
	CMPQ(r.cols, lanes)
	CMOVQLT(r.cols, lanes)
	MOVQ(r.cols, rest)
	SUBQ(lanes, rest)
	r.live = [2]*Mask{m.First(lanes), m.First(rest)}
	Label("row")
	d.row(k, r)
	ADDQ(r.step, k.Pointer("x"))
	d.advance(r, k)
	DECQ(n)
	JNZ(LabelRef("row"))
	k.End()
}
