package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// rows is a kernel over rows of cols floats. Streams are slices, or places at an
// offset (a parameter, in floats) in one; each has the step of its rows, a
// parameter.
type rows struct {
	name, doc, signature string
	slices               []string
	streams              []stream
	unroll               int
	// body does one vector; at gives its address in a stream.
	body func(k *Kernel, at func(stream int) Mem, live *Mask)
}

type stream struct{ slice, offset, step string }

// Emit writes the kernel for m.
func (d rows) Emit(m *M) {
	k := m.Begin(d.name, d.doc, d.signature, true, d.slices...)
	n := Load(Param("rows"), GP64()).(reg.GPVirtual)
	at := make([]reg.GPVirtual, len(d.streams))
	for i, s := range d.streams {
		at[i] = k.Pointer(s.slice)
		if s.offset != "" {
			at[i] = GP64()
			offset := Load(Param(s.offset), GP64())
			LEAQ(Mem{Base: k.Pointer(s.slice), Index: offset, Scale: 4}, at[i])
		}
	}
	Label("row")
	k.Each("", Load(Param("cols"), GP64()).(reg.GPVirtual), d.unroll, func(i reg.GPVirtual, disp, u int, live *Mask) {
		d.body(k, func(s int) Mem { return Mem{Base: at[s], Index: i, Scale: 1, Disp: disp} }, live)
	})
	for i, s := range d.streams {
		step := Load(Param(s.step), GP64())
		LEAQ(Mem{Base: at[i], Index: step, Scale: 4}, at[i])
	}
	DECQ(n)
	JNZ(LabelRef("row"))
	k.End()
}

func pools(m *M) {
	maxOf := func(a, b V) V { return m.Max(a, b) }
	sumOf := func(a, b V) V { return m.Add(a, b) }
	for _, op := range []struct {
		name, what string
		f          func(a, b V) V
	}{{"max", "the greatest", maxOf}, {"add", "the sum", sumOf}} {
		Put(m, op.name+"1", op.name+"1", rows{
			name: op.name + "1", doc: "sets dst to " + op.what + " of dst and a, row by row.",
			signature: "func(dst, a []float32, rows, cols, dstStep, aStep int)",
			slices:    []string{"dst", "a"}, streams: []stream{{"dst", "", "dstStep"}, {"a", "", "aStep"}}, unroll: 2,
			body: func(k *Kernel, at func(int) Mem, live *Mask) {
				k.Store(op.f(k.Load(at(0), live), k.Load(at(1), live)), at(0), live)
			},
		})
		Put(m, op.name+"4", op.name+"4", rows{
			name: op.name + "4", doc: "sets rows of dst to " + op.what + " of what lies at 0, b, c and d of rows of x.",
			signature: "func(dst, x []float32, b, c, d, rows, cols, step int)",
			slices:    []string{"dst", "x"}, streams: []stream{{"dst", "", "cols"}, {"x", "b", "step"},
				{"x", "c", "step"}, {"x", "d", "step"}, {"x", "", "step"}}, unroll: 2,
			body: func(k *Kernel, at func(int) Mem, live *Mask) {
				x := op.f(k.Load(at(4), live), k.Load(at(1), live))
				y := op.f(k.Load(at(2), live), k.Load(at(3), live))
				k.Store(op.f(x, y), at(0), live)
			},
		})
		Put(m, op.name+"5", op.name+"5", rows{
			name: op.name + "5", doc: "sets rows of dst to " + op.what +
				" of them and what lies at 0, b, c and d of rows of x.",
			signature: "func(dst, x []float32, b, c, d, rows, cols, step int)",
			slices:    []string{"dst", "x"}, streams: []stream{{"dst", "", "cols"}, {"x", "b", "step"},
				{"x", "c", "step"}, {"x", "d", "step"}, {"x", "", "step"}}, unroll: 2,
			body: func(k *Kernel, at func(int) Mem, live *Mask) {
				x := op.f(k.Load(at(4), live), k.Load(at(1), live))
				y := op.f(k.Load(at(2), live), k.Load(at(3), live))
				k.Store(op.f(k.Load(at(0), live), op.f(x, y)), at(0), live)
			},
		})
	}
	// winner is the lanes in which x is the greatest, y, or NaN.
	winner := func(x, y V) Mask { return m.Either(m.Cmp(Eq, x, y), m.Cmp(Unord, x, x)) }
	Put(m, "grad1", "grad1", rows{
		name: "grad1", doc: "adds left to dx and clears it where x is y or NaN.",
		signature: "func(dx, x, y, left []float32, rows, cols, step int)",
		slices:    []string{"dx", "x", "y", "left"},
		streams:   []stream{{"dx", "", "step"}, {"x", "", "step"}, {"y", "", "cols"}, {"left", "", "cols"}},
		unroll:    1,
		body: func(k *Kernel, at func(int) Mem, live *Mask) {
			won := winner(k.Load(at(1), live), k.Load(at(2), live))
			left, dx := k.Load(at(3), live), k.Load(at(0), live)
			k.Store(m.Add(dx, m.Only(won, left)), at(0), live)
			k.Store(m.Select(won, Zero, left), at(3), live)
		},
	})
	Put(m, "grad4", "grad4", rows{
		name: "grad4", doc: "sets dx to dy at the first greatest of what lies at 0, b, c and d of x, to 0 at the " +
			"others.",
		signature: "func(dx, x, dy []float32, b, c, d, rows, cols, step int)",
		slices:    []string{"dx", "x", "dy"},
		streams: []stream{{"dy", "", "cols"}, {"x", "b", "step"}, {"x", "c", "step"}, {"x", "d", "step"},
			{"x", "", "step"}, {"dx", "b", "step"}, {"dx", "c", "step"}, {"dx", "d", "step"}, {"dx", "", "step"}},
		unroll: 1,
		body: func(k *Kernel, at func(int) Mem, live *Mask) {
			var x [4]V
			for i, s := range []int{4, 1, 2, 3} {
				x[i] = k.Load(at(s), live)
			}
			y := m.Max(m.Max(x[0], x[1]), m.Max(x[2], x[3]))
			left := k.Load(at(0), live)
			for i, s := range []int{8, 5, 6, 7} {
				won := winner(x[i], y)
				k.Store(m.Only(won, left), at(s), live)
				if i < 3 {
					left = m.Select(won, Zero, left)
				}
			}
		},
	})
	Put(m, "grad5", "grad5", rows{
		name: "grad5", doc: "sets dx to left at the first of what lies at 0, b, c and d of x that is y or NaN, to 0 " +
			"at the others, and clears left there.",
		signature: "func(dx, x, y, left []float32, b, c, d, rows, cols, step int)",
		slices:    []string{"dx", "x", "y", "left"},
		streams: []stream{{"y", "", "cols"}, {"x", "b", "step"}, {"x", "c", "step"}, {"x", "d", "step"},
			{"x", "", "step"}, {"dx", "b", "step"}, {"dx", "c", "step"}, {"dx", "d", "step"}, {"dx", "", "step"},
			{"left", "", "cols"}}, unroll: 1,
		body: func(k *Kernel, at func(int) Mem, live *Mask) {
			y, left := k.Load(at(0), live), k.Load(at(9), live)
			for i, s := range []int{4, 1, 2, 3} {
				won := winner(k.Load(at(s), live), y)
				k.Store(m.Only(won, left), at([]int{8, 5, 6, 7}[i]), live)
				left = m.Select(won, Zero, left)
			}
			k.Store(left, at(9), live)
		},
	})
	hit := func(x, y V) V { return m.One(m.Cmp(Eq, x, y)) }
	Put(m, "hits", "hits", ColFold{
		Name: "hits", Doc: "sets dst[c] to how many elements of column c of x [rows, c] equal y[c]; rows of x are ld " +
			"elements apart.",
		Out: []string{"dst"}, In: []string{"x"}, Channel: []string{"y"}, Start: Zero, Strip: 4,
		F: func(m *M, acc, in, channel []V) { m.AddTo(acc[0], hit(in[0], channel[0])) },
	})
	Put(m, "spread", "spread", RowMap{
		Name: "spread", Doc: "sets dx [rows, c] to part[c] where x equals y[c], else to 0 times part[c].",
		Out: "dx", In: []string{"x"}, Channel: []string{"y", "part"},
		F: func(m *M, in, channel []V) V { return m.Mul(hit(in[0], channel[0]), channel[1]) },
	})
}
