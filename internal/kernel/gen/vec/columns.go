package main

import . "gorae/internal/kernel/gen/simd"

// columns emits the reductions of a matrix's columns.
func columns(m *M) {
	Put(m, "colSum", "colSum", ColFold{
		Name: "colSum", Doc: "sums columns.", Out: []string{"dst"}, In: []string{"x"}, Sum: true, Strip: 4,
		F: func(m *M, acc, in, _ []V) { m.AddTo(acc[0], in[0]) },
	})
	Put(m, "colMax", "colMax", ColFold{
		Name: "colMax", Doc: "is the largest of each column, or NaN.", Out: []string{"dst"}, In: []string{"x"},
		Start: NegInf, Strip: 4,
		F: func(m *M, acc, in, _ []V) { m.Set(acc[0], m.Max(acc[0], in[0])) },
	})
	Put(m, "colMin", "colMin", ColFold{
		Name: "colMin", Doc: "is the smallest of each column, or NaN.", Out: []string{"dst"}, In: []string{"x"},
		Start: Inf, Strip: 4,
		F: func(m *M, acc, in, _ []V) { m.Set(acc[0], m.Min(acc[0], in[0])) },
	})
}
