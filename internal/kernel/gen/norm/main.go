// Command norm writes the assembly of package gorae/internal/kernel/norm.
package main

import . "gorae/internal/kernel/gen/simd"

func main() { Write("norm", Machines, kernels) }

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
	add := func(m *M, a, b V) V { return m.Add(a, b) }
	Put(m, "rowShifted", "rowShifted", Fold{
		Name: "rowShifted", Doc: "is Σ x − shift.", In: []string{"x"}, Scalars: []string{"shift"}, DeadIs: "shift",
		Unroll: 4, Join: add,
		F: func(m *M, acc V, in, s []V) V { m.AddTo(acc, m.Sub(in[0], s[0])); return nil },
	})
	Put(m, "rowDeviation", "rowDeviation", Fold{
		Name: "rowDeviation", Doc: "is Σ (x − mean)².", In: []string{"x"}, Scalars: []string{"mean"}, DeadIs: "mean",
		Unroll: 4, Join: add,
		F: func(m *M, acc V, in, s []V) V {
			d := m.Sub(in[0], s[0])
			m.Accumulate(acc, d, d)
			return nil
		},
	})
	Put(m, "rowNormalize", "rowNormalize", Map{
		Name: "rowNormalize", Doc: "sets dst to (x − mean)·inv·gamma + beta.", Out: []string{"dst"},
		In: []string{"x", "gamma", "beta"}, Scalars: []string{"mean", "inv"}, Unroll: 4,
		F: func(m *M, in, s []V) []V {
			return []V{m.MulAdd(m.Mul(m.Sub(in[0], s[0]), s[1]), in[1], in[2])}
		},
	})
	Put(m, "rowDot", "rowDot", Fold{
		Name: "rowDot", Doc: "is Σ dy·gamma·(x − mean).", In: []string{"dy", "gamma", "x"}, Scalars: []string{"mean"},
		Unroll: 4, Join: add,
		F: func(m *M, acc V, in, s []V) V {
			m.Accumulate(acc, m.Mul(in[0], in[1]), m.Sub(in[2], s[0]))
			return nil
		},
	})
	Put(m, "rowGradSums", "rowGradSums", Map{
		Name: "rowGradSums", Doc: "adds dy·(x − mean)·inv to dgamma and dy to dbeta.",
		Out: []string{"dgamma", "dbeta"}, In: []string{"dgamma", "dbeta", "dy", "x"}, Scalars: []string{"mean", "inv"},
		Unroll: 2,
		F: func(m *M, in, s []V) []V {
			return []V{m.MulAdd(in[2], m.Mul(m.Sub(in[3], s[0]), s[1]), in[0]), m.Add(in[1], in[2])}
		},
	})
	Put(m, "rowGradInput", "rowGradInput", Map{
		Name: "rowGradInput", Doc: "sets dx to dy·gamma·inv + (x − mean)·q + t.", Out: []string{"dx"},
		In: []string{"dy", "gamma", "x"}, Scalars: []string{"mean", "inv", "q", "t"}, Unroll: 2,
		F: func(m *M, in, s []V) []V {
			r := m.MulAdd(m.Sub(in[2], s[0]), s[2], s[3])
			m.Accumulate(r, m.Mul(in[0], in[1]), s[1])
			return []V{r}
		},
	})
}
