package main

import . "gorae/internal/kernel/gen/simd"

func add(m *M, a, b V) V     { return m.Add(a, b) }
func larger(m *M, a, b V) V  { return m.Max(a, b) }
func smaller(m *M, a, b V) V { return m.Min(a, b) }

// reductions emits the folds of a slice.
func reductions(m *M) {
	Put(m, "sum", "sum", Fold{
		Name: "sum", Doc: "is Σ x.", In: []string{"x"}, Unroll: 8, Join: add,
		F: func(m *M, acc V, in, _ []V) V { m.AddTo(acc, in[0]); return nil },
	})
	Put(m, "sumSquares", "sumSquares", Fold{
		Name: "sumSquares", Doc: "is Σ x².", In: []string{"x"}, Unroll: 8, Join: add,
		F: func(m *M, acc V, in, _ []V) V { m.Accumulate(acc, in[0], in[0]); return nil },
	})
	Put(m, "dot", "dot", Fold{
		Name: "dot", Doc: "is Σ a·b over a's length.", In: []string{"a", "b"}, Unroll: 8, Join: add,
		F: func(m *M, acc V, in, _ []V) V { m.Accumulate(acc, in[0], in[1]); return nil },
	})
	Put(m, "maxOf", "maxOf", Fold{
		Name: "maxOf", Doc: "is the largest element, or NaN.", In: []string{"x"}, Unroll: 4, Join: larger,
		Start: NegInf, Dead: NegInf,
		F: func(m *M, acc V, in, _ []V) V { m.Set(acc, m.Max(acc, in[0])); return nil },
	})
	Put(m, "minOf", "minOf", Fold{
		Name: "minOf", Doc: "is the smallest element, or NaN.", In: []string{"x"}, Unroll: 4, Join: smaller,
		Start: Inf, Dead: Inf,
		F: func(m *M, acc V, in, _ []V) V { m.Set(acc, m.Min(acc, in[0])); return nil },
	})
	// Σ x·0 is NaN as soon as one x is not finite.
	Put(m, "zeroIfFinite", "zeroIfFinite", Fold{
		Name: "zeroIfFinite", Doc: "is Σ x·0: 0, or NaN if an x is not finite.", In: []string{"x"}, Unroll: 8,
		Join: add,
		F:    func(m *M, acc V, in, _ []V) V { m.Accumulate(acc, in[0], Zero); return nil },
	})
	// s is the largest x.
	shifted := func(m *M, x, s V) V { return expBelow(m, m.Sub(x, s)) }
	Put(m, "expSum", "expSum", Fold{
		Name: "expSum", Doc: "sets dst to exp(x − s) and is the sum of it.", Out: "dst", In: []string{"x"},
		Scalars: []string{"s"}, Unroll: 2, Join: add, Dead: NegInf,
		F: func(m *M, acc V, in, s []V) V {
			e := shifted(m, in[0], s[0])
			m.AddTo(acc, e)
			return e
		},
	})
	Put(m, "sumExp", "sumExp", Fold{
		Name: "sumExp", Doc: "is Σ exp(x − s).", In: []string{"x"}, Scalars: []string{"s"}, Unroll: 2, Join: add,
		Dead: NegInf,
		F:    func(m *M, acc V, in, s []V) V { m.AddTo(acc, shifted(m, in[0], s[0])); return nil },
	})
}
