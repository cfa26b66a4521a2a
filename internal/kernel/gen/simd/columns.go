package simd

import (
	"slices"
	"strconv"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ColFold reduces the columns of matrices [rows, C] whose rows lie ld elements
// apart to vectors [C], a strip of columns at a time in registers. Sums are
// taken over blocks of RowBlock rows, and those added with Kahan's compensation.
type ColFold struct {
	Name, Doc string
	Out       []string // [C], the accumulators
	In        []string // [rows, C]
	Channel   []string // [C], read once per strip
	Start     C
	Sum       bool
	Strip     int // vectors side by side
	F         func(m *M, acc, in, channel []V)
}

// RowBlock is how many rows are added up before compensation.
const RowBlock = 16

// Emit writes the kernel for m: func(out…, in…, channel… []float32, rows, ld int)
// with rows ≥ 1.
func (d ColFold) Emit(m *M) {
	all := append(append(append([]string{}, d.Out...), d.In...), d.Channel...)
	sig := Signature(all, nil, nil, "")
	k := m.Begin(d.Name, d.Doc, sig[:len(sig)-1]+", rows, ld int)", true, all...)
	cols := Load(Param(d.Out[0]).Len(), GP64()).(reg.GPVirtual)
	ld := Load(Param("ld"), GP64()).(reg.GPVirtual)
	SHLQ(U8(2), ld)
	c := GP64()
	XORQ(c, c)
	for _, s := range slices.Compact([]int{d.Strip, 1}) {
		name := "strip" + strconv.Itoa(s)
		Label(name)
		SUBQ(I32(s*m.Lanes()), cols)
		JLT(LabelRef(name + "end"))
		d.strip(k, name, s, c, ld, nil)
		ADDQ(I32(s*m.Bytes()), c)
		JMP(LabelRef(name))
		Label(name + "end")
		ADDQ(I32(s*m.Lanes()), cols)
	}
	TESTQ(cols, cols)
	JZ(LabelRef("done"))
	d.strip(k, "rest", 1, c, ld, m.rest(cols))
	Label("done")
	k.End()
}

// strip reduces s vectors of columns from byte c on.
func (d ColFold) strip(k *Kernel, label string, s int, c, ld reg.GPVirtual, live *Mask) {
	m := k.M
	at := make([]reg.GPVirtual, len(d.In))
	for j, name := range d.In {
		at[j] = GP64()
		LEAQ(k.Addr(name, c, 0), at[j])
	}
	channel := make([][]V, s)
	for v := range s {
		for _, name := range d.Channel {
			channel[v] = append(channel[v], k.Load(k.Addr(name, c, v*m.Bytes()), live))
		}
	}
	fresh := func(start C) [][]V {
		a := make([][]V, s)
		for v := range s {
			for range d.Out {
				a[v] = append(a[v], m.Copy(start))
			}
		}
		return a
	}
	rows := Load(Param("rows"), GP64()).(reg.GPVirtual)
	var total, lost [][]V
	block := rows
	if d.Sum {
		total, lost = fresh(Zero), fresh(Zero)
		Label(label + "block")
		block = GP64()
		MOVQ(U32(RowBlock), block)
		CMPQ(rows, block)
		CMOVQLT(rows, block)
		SUBQ(block, rows)
	}
	acc := fresh(d.Start)
	Label(label + "row")
	for v := range s {
		in := make([]V, len(d.In))
		for j := range d.In {
			in[j] = k.Load(Mem{Base: at[j], Disp: v * m.Bytes()}, live)
		}
		d.F(m, acc[v], in, channel[v])
	}
	for j := range d.In {
		ADDQ(ld, at[j])
	}
	DECQ(block)
	JNZ(LabelRef(label + "row"))
	if d.Sum {
		for v := range s {
			for j := range d.Out {
				y := m.Sub(acc[v][j], lost[v][j])
				t := m.Add(total[v][j], y)
				m.Set(lost[v][j], m.Sub(m.Sub(t, total[v][j]), y))
				m.Set(total[v][j], t)
			}
		}
		TESTQ(rows, rows)
		JNZ(LabelRef(label + "block"))
		acc = total
	}
	for v := range s {
		for j, name := range d.Out {
			k.Store(acc[v][j], k.Addr(name, c, v*m.Bytes()), live)
		}
	}
}

// RowMap is an elementwise kernel over matrices [rows, C] and vectors [C] that
// belong to the columns.
type RowMap struct {
	Name, Doc string
	Out       string   // [rows, C]
	In        []string // [rows, C]
	Channel   []string // [C]
	F         func(m *M, in, channel []V) V
}

// Emit writes the kernel for m: func(out, in…, channel… []float32, rows int);
// the length of the first channel vector is C; rows, C ≥ 1.
func (d RowMap) Emit(m *M) {
	all := append(append([]string{d.Out}, d.In...), d.Channel...)
	sig := Signature(all, nil, nil, "")
	k := m.Begin(d.Name, d.Doc, sig[:len(sig)-1]+", rows int)", true, all...)
	rows := Load(Param("rows"), GP64()).(reg.GPVirtual)
	Label("row")
	n := Load(Param(d.Channel[0]).Len(), GP64()).(reg.GPVirtual)
	k.Each("", n, 2, func(i reg.GPVirtual, disp, u int, live *Mask) {
		var in, channel []V
		for _, name := range d.In {
			in = append(in, k.Load(k.Addr(name, i, disp), live))
		}
		for _, name := range d.Channel {
			channel = append(channel, k.Load(k.Addr(name, i, disp), live))
		}
		k.Store(d.F(m, in, channel), k.Addr(d.Out, i, disp), live)
	})
	step := Load(Param(d.Channel[0]).Len(), GP64()).(reg.GPVirtual)
	SHLQ(U8(2), step)
	for _, name := range append([]string{d.Out}, d.In...) {
		ADDQ(step, k.pointers[name])
	}
	DECQ(rows)
	JNZ(LabelRef("row"))
	k.End()
}
