package main

import . "gorae/internal/kernel/gen/simd"

// elementwise emits the functions of one element each.
func elementwise(m *M) {
	unary(m, "Neg", 4, true, func(m *M, x V) V { return m.Neg(x) })
	unary(m, "Abs", 4, true, func(m *M, x V) V { return m.Abs(x) })
	unary(m, "Sign", 2, true, func(m *M, x V) V {
		s := m.Or(m.And(x, SignBit), F(1))
		return m.Select(m.Cmp(Gt, m.Abs(x), m.Reg(Zero)), s, x)
	})
	unary(m, "Exp", 1, false, exp)
	unary(m, "Expm1", 1, false, expm1)
	unary(m, "Log", 1, false, log)
	unary(m, "Log1p", 1, false, log1p)
	unary(m, "Sqrt", 1, false, func(m *M, x V) V { return m.Sqrt(x) })
	unary(m, "Rsqrt", 1, false, func(m *M, x V) V { return m.Div(m.Reg(F(1)), m.Sqrt(x)) })
	unary(m, "Recip", 1, false, func(m *M, x V) V { return m.Div(m.Reg(F(1)), x) })
	unary(m, "Square", 4, false, func(m *M, x V) V { return m.Mul(x, x) })
	unary(m, "Tanh", 1, false, tanh)
	unary(m, "Sigmoid", 1, false, sigmoid)
	unary(m, "Erf", 1, false, erf)
	unary(m, "Relu", 4, false, func(m *M, x V) V { return m.MaxOr(m.Reg(Zero), x) })
	unary(m, "Floor", 4, false, func(m *M, x V) V { return m.Floor(x) })
	unary(m, "Ceil", 4, false, func(m *M, x V) V { return m.Ceil(x) })
	unary(m, "Round", 4, false, func(m *M, x V) V { return m.Round(x) })
	unary(m, "Sin", 1, false, sinCos(0))
	unary(m, "Cos", 1, false, sinCos(1))
	unary(m, "Softplus", 1, false, softplus)
	unary(m, "Not", 4, false, func(m *M, x V) V { return m.One(m.Cmp(Eq, x, m.Reg(Zero))) })

	both(m, "Add", 4, func(m *M, a, b V) V { return m.Add(a, b) })
	both(m, "Sub", 4, func(m *M, a, b V) V { return m.Sub(a, b) })
	both(m, "Mul", 4, func(m *M, a, b V) V { return m.Mul(a, b) })
	both(m, "Div", 4, func(m *M, a, b V) V { return m.Div(a, b) })
	scalar(m, "RsubS", 4, func(m *M, a, s V) V { return m.Sub(s, a) })
	scalar(m, "RdivS", 4, func(m *M, a, s V) V { return m.Div(s, a) })
	both(m, "Pow", 1, pow)
	scalar(m, "RpowS", 1, func(m *M, a, s V) V { return pow(m, s, a) })
	both(m, "Max", 4, func(m *M, a, b V) V { return m.Max(a, b) })
	both(m, "Min", 4, func(m *M, a, b V) V { return m.Min(a, b) })
	for _, c := range []struct {
		op  string
		how uint8
	}{{"Eq", Eq}, {"Ne", Ne}, {"Lt", Lt}, {"Le", Le}, {"Gt", Gt}, {"Ge", Ge}} {
		both(m, c.op, 4, func(m *M, a, b V) V { return m.One(m.Cmp(c.how, a, b)) })
	}
	isTrue := func(m *M, x V) Mask { return m.Cmp(Ne, x, m.Reg(Zero)) }
	both(m, "And", 4, func(m *M, a, b V) V { return m.One(m.Both(isTrue(m, a), isTrue(m, b))) })
	both(m, "Or", 4, func(m *M, a, b V) V { return m.One(m.Either(isTrue(m, a), isTrue(m, b))) })

	Put(m, "where", "where", Map{
		Name: "where", Doc: "is the kernel of Where.", Out: []string{"dst"}, In: []string{"c", "a", "b"}, Unroll: 2,
		F: func(m *M, in, _ []V) []V { return []V{m.Select(isTrue(m, in[0]), in[1], in[2])} },
	})
	Put(m, "mulAdd", "mulAdd", Map{
		Name: "mulAdd", Doc: "is the kernel of MulAdd.", Out: []string{"dst"}, In: []string{"a", "b", "c"}, Unroll: 2,
		F: func(m *M, in, _ []V) []V { return []V{m.MulAdd(in[0], in[1], in[2])} },
	})
	grad := func(name, doc string, f func(m *M, dy, y V) V) {
		Put(m, name, name, Map{
			Name: name, Doc: doc, Out: []string{"dst"}, In: []string{"dy", "y"}, Unroll: 4,
			F: func(m *M, in, _ []V) []V { return []V{f(m, in[0], in[1])} },
		})
	}
	grad("reluGrad", "is the kernel of ReluGrad.", func(m *M, dy, y V) V {
		return m.Only(m.Cmp(Gt, y, m.Reg(Zero)), dy)
	})
	grad("sigmoidGrad", "is the kernel of SigmoidGrad.", func(m *M, dy, y V) V {
		return m.Mul(m.Mul(dy, y), m.Sub(m.Reg(F(1)), y))
	})
	grad("tanhGrad", "is the kernel of TanhGrad.", func(m *M, dy, y V) V {
		r := m.Reg(F(1))
		m.SubProduct(r, y, y)
		return m.Mul(dy, r)
	})
	Put(m, "softmaxGrad", "softmaxGrad", Map{
		Name: "softmaxGrad", Doc: "sets dst to y·(dy − s).", Out: []string{"dst"}, In: []string{"dy", "y"},
		Scalars: []string{"s"}, Unroll: 4,
		F: func(m *M, in, s []V) []V { return []V{m.Mul(in[1], m.Sub(in[0], s[0]))} },
	})
	Put(m, "logSoftmaxGrad", "logSoftmaxGrad", Map{
		Name: "logSoftmaxGrad", Doc: "sets dst to dy − s·exp(y).", Out: []string{"dst"}, In: []string{"dy", "y"},
		Scalars: []string{"s"},
		F: func(m *M, in, s []V) []V {
			r := m.Copy(in[0])
			m.SubProduct(r, exp(m, in[1]), s[0])
			return []V{r}
		},
	})
}
