// Command norm writes the assembly of package gorae/internal/kernel/norm.
package main

import . "gorae/internal/kernel/gen/simd"

func main() { Write("norm", kernels) }

func kernels(m *M) {
	Put(m, "colShifted", "colShifted", ColFold{
		Name: "colShifted", Doc: "sums x − shift by columns.", Out: []string{"dst"}, In: []string{"x"},
		Channel: []string{"shift"}, Sum: true, Strip: 2,
		F: func(m *M, acc, in, ch []V) { m.AddTo(acc[0], m.Sub(in[0], ch[0])) },
	})
	Put(m, "colDeviation", "colDeviation", ColFold{
		Name: "colDeviation", Doc: "sums (x − mean)² by columns.", Out: []string{"dst"}, In: []string{"x"},
		Channel: []string{"mean"}, Sum: true, Strip: 2,
		F: func(m *M, acc, in, ch []V) {
			d := m.Sub(in[0], ch[0])
			m.Accumulate(acc[0], d, d)
		},
	})
	Put(m, "gradSums", "gradSums", ColFold{
		Name: "gradSums", Doc: "sums dy and dy·(x − mean) by columns.", Out: []string{"sum", "dot"},
		In: []string{"dy", "x"}, Channel: []string{"mean"}, Sum: true, Strip: 1,
		F: func(m *M, acc, in, ch []V) {
			m.AddTo(acc[0], in[0])
			m.Accumulate(acc[1], in[0], m.Sub(in[1], ch[0]))
		},
	})
	Put(m, "normalize", "normalize", RowMap{
		Name: "normalize", Doc: "sets dst to (x − mean)·scale + shift.", Out: "dst", In: []string{"x"},
		Channel: []string{"mean", "scale", "shift"},
		F:       func(m *M, in, ch []V) V { return m.MulAdd(m.Sub(in[0], ch[0]), ch[1], ch[2]) },
	})
	Put(m, "apply", "apply", RowMap{
		Name: "apply", Doc: "sets dst to x·scale + shift.", Out: "dst", In: []string{"x"},
		Channel: []string{"scale", "shift"},
		F:       func(m *M, in, ch []V) V { return m.MulAdd(in[0], ch[0], ch[1]) },
	})
	Put(m, "gradInput", "gradInput", RowMap{
		Name: "gradInput", Doc: "sets dx to dy·p + (x − mean)·q + t.", Out: "dx", In: []string{"dy", "x"},
		Channel: []string{"mean", "p", "q", "t"},
		F: func(m *M, in, ch []V) V {
			r := m.MulAdd(m.Sub(in[1], ch[0]), ch[2], ch[3])
			m.Accumulate(r, in[0], ch[1])
			return r
		},
	})
}
