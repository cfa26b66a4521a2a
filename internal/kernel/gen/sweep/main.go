// Command sweep writes the assembly of package gorae/internal/kernel/sweep.
package main

import . "gorae/internal/kernel/gen/simd"

func main() { Write("sweep", Machines, kernels) }

// ahead is how far ahead the weights and slots are fetched, in bytes.
const ahead = 2048

// unroll is two vectors, and a cache line at least, so that each is asked for once.
func unroll(m *M) int { return max(2, 64/m.Bytes()) }

// sweep puts one optimiser's update, and that of a gradient in rows. out are the slices it writes, in those it
// reads; f gives the new values in out's order.
func sweep(m *M, name string, out, in, scalars []string, f func(m *M, in, s []V) []V) {
	Put(m, name+"Rows", name+"Rows", rows{name + "Rows", out, in, scalars, f})
	Put(m, name, name, Map{Name: name, Doc: "is the kernel of that update.", Out: out, In: in, Scalars: scalars,
		Unroll: unroll(m), Ahead: ahead, F: f})
}

func kernels(m *M) {
	one := func() V { return m.Reg(F(1)) }
	sweep(m, "sgd", []string{"w"}, []string{"w", "g"}, []string{"lr"}, func(m *M, in, s []V) []V {
		w := in[0]
		m.SubProduct(w, in[1], s[0])
		return []V{w}
	})
	sweep(m, "momentum", []string{"w", "v"}, []string{"w", "v", "g"}, []string{"lr", "mom"}, func(m *M, in, s []V) []V {
		v := m.Mul(in[1], s[1])
		m.SubProduct(v, in[2], s[0])
		return []V{m.Add(in[0], v), v}
	})
	sweep(m, "nesterov", []string{"w", "v"}, []string{"w", "v", "g"}, []string{"lr", "mom"}, func(m *M, in, s []V) []V {
		d := m.Mul(in[2], s[0])
		v := m.Mul(in[1], s[1])
		v = m.Sub(v, d)
		u := m.Mul(v, s[1])
		return []V{m.Add(in[0], m.Sub(u, d)), v}
	})
	square := func(m *M, v, g, rho V) V {
		return m.MulAdd(v, rho, m.Mul(m.Sub(one(), rho), m.Mul(g, g)))
	}
	sweep(m, "rms", []string{"w", "v"}, []string{"w", "v", "g"}, []string{"lr", "rho", "eps"},
		func(m *M, in, s []V) []V {
			v := square(m, in[1], in[2], s[1])
			d := m.Div(m.Mul(in[2], s[0]), m.Sqrt(m.Add(v, s[2])))
			return []V{m.Sub(in[0], d), v}
		})
	sweep(m, "rmsMom", []string{"w", "v", "mom"}, []string{"w", "v", "mom", "g"}, []string{"lr", "rho", "eps", "m"},
		func(m *M, in, s []V) []V {
			v := square(m, in[1], in[3], s[1])
			d := m.Div(m.Mul(in[3], s[0]), m.Sqrt(m.Add(v, s[2])))
			mom := m.MulAdd(in[2], s[3], d)
			return []V{m.Sub(in[0], mom), v, mom}
		})
	// The moments of Adam, and its step on w from m and v's root.
	moments := func(m *M, mean, v, g V, s []V) (V, V) {
		mean2 := m.MulAdd(m.Sub(g, mean), m.Sub(one(), s[1]), mean)
		v2 := m.MulAdd(m.Sub(m.Mul(g, g), v), m.Sub(one(), s[2]), v)
		return mean2, v2
	}
	step := func(m *M, w, mean, v V, s []V) V {
		d := m.Div(m.Mul(mean, s[0]), m.Add(m.Sqrt(v), s[3]))
		r := m.Copy(w)
		m.SubProduct(r, w, s[4])
		return m.Sub(r, d)
	}
	names := []string{"alpha", "b1", "b2", "eps", "decay"}
	sweep(m, "adam", []string{"w", "m", "v"}, []string{"w", "m", "v", "g"}, names, func(m *M, in, s []V) []V {
		mean, v := moments(m, in[1], in[2], in[3], s)
		return []V{step(m, in[0], mean, v, s), mean, v}
	})
	sweep(m, "amsgrad", []string{"w", "m", "v", "vmax"}, []string{"w", "m", "v", "vmax", "g"}, names,
		func(m *M, in, s []V) []V {
			mean, v := moments(m, in[1], in[2], in[4], s)
			top := m.Max(in[3], v)
			return []V{step(m, in[0], mean, top, s), mean, v, top}
		})
}
