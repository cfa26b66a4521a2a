package main

import . "gorae/internal/kernel/gen/simd"

// The recurrences of package rnn (cell.go), with tanh and sigmoid.

var simpleForward = pass{field: "forward[Simple]", name: "simpleForward", doc: "is h = g = tanh g.", slots: 1,
	slices: []string{"h"},
	f: func(m *M, x *vectors) {
		h := tanhOf(m, x.gate(0))
		x.setGate(0, h)
		x.set("h", h)
	}}

var simpleBackward = pass{field: "backward[Simple]", name: "simpleBackward", doc: "is g = (dh + dy)·(1 − g²), dh = 0.",
	slots: 1, slices: []string{"dh", "dy"}, backward: true,
	f: func(m *M, x *vectors) {
		d := m.Add(x.get("dh"), x.get("dy"))
		x.setGate(0, tanhSlope(m, d, x.gate(0)))
		x.set("dh", m.Reg(Zero))
	}}

var lstmForward = pass{field: "forward[LSTM]", name: "lstmForward", doc: "is c = f·prev + i·g, h = o·tanh c.",
	slots: 4, slices: []string{"prev", "c", "h"},
	f: func(m *M, x *vectors) {
		y := activate(m, []function{sigmoid, sigmoid, tanh, sigmoid}, x.gate(0), x.gate(1), x.gate(2), x.gate(3))
		for i, y := range y {
			x.setGate(i, y)
		}
		c := m.Mul(y[1], x.get("prev"))
		m.Accumulate(c, y[0], y[2])
		x.set("c", c)
		x.set("h", m.Mul(y[3], tanhOf(m, c)))
	}}

var lstmBackward = pass{field: "backward[LSTM]", name: "lstmBackward",
	doc: "goes back through lstmForward; tanh c is h/o.", slots: 4, slices: []string{"prev", "h", "dh", "dc", "dy"},
	backward: true,
	f: func(m *M, x *vectors) {
		o := x.gate(3) // never 0: sigmoid −40 is 4·10⁻¹⁸
		t := m.Div(x.get("h"), o)
		d := m.Add(x.get("dh"), x.get("dy"))
		x.set("dh", m.Reg(Zero))
		x.setGate(3, sigmoidSlope(m, m.Mul(d, t), o))
		dc := m.Add(x.get("dc"), tanhSlope(m, m.Mul(d, o), t))
		f := x.gate(1)
		x.set("dc", m.Mul(dc, f))
		x.setGate(1, sigmoidSlope(m, m.Mul(dc, x.get("prev")), f))
		i, g := x.gate(0), x.gate(2)
		x.setGate(0, sigmoidSlope(m, m.Mul(dc, g), i))
		x.setGate(2, tanhSlope(m, m.Mul(dc, i), g))
	}}

// blend is z·a + (1−z)·b.
func blend(m *M, z, a, b V) V {
	d := m.Sub(a, b)
	return m.MulAdd(d, z, b)
}

var gruForward = pass{field: "forward[GRU]", name: "gruForward", doc: "is g = tanh(g + r·q), h = z·prev + (1−z)·g.",
	slots: 4, slices: []string{"prev", "h"},
	f: func(m *M, x *vectors) {
		zr := activate(m, []function{sigmoid, sigmoid}, x.gate(0), x.gate(1))
		z, r := zr[0], zr[1]
		x.setGate(0, z)
		x.setGate(1, r)
		a := x.gate(3)
		m.Accumulate(a, r, x.gate(2))
		g := tanhOf(m, a)
		x.setGate(3, g)
		x.set("h", blend(m, z, x.get("prev"), g))
	}}

// unblend goes back through a blend of the state before with the candidate g: it
// stores the gradients of the two sums and of the state, and gives that of g's.
func unblend(m *M, x *vectors, gateZ, gateG int) V {
	d := m.Add(x.get("dh"), x.get("dy"))
	z, g := x.gate(gateZ), x.gate(gateG)
	x.set("dh", m.Mul(d, z))
	dg := tanhSlope(m, m.Mul(d, m.Sub(m.Reg(F(1)), z)), g)
	x.setGate(gateG, dg)
	x.setGate(gateZ, sigmoidSlope(m, m.Mul(d, m.Sub(x.get("prev"), g)), z))
	return dg
}

var gruBackward = pass{field: "backward[GRU]", name: "gruBackward", doc: "goes back through gruForward.", slots: 4,
	slices: []string{"prev", "dh", "dy"}, backward: true,
	f: func(m *M, x *vectors) {
		dg := unblend(m, x, 0, 3)
		r, q := x.gate(1), x.gate(2)
		x.setGate(2, m.Mul(dg, r))
		x.setGate(1, sigmoidSlope(m, m.Mul(dg, q), r))
	}}

var ugrnnForward = pass{field: "forward[UGRNN]", name: "ugrnnForward", doc: "is h = f·prev + (1−f)·g.", slots: 2,
	slices: []string{"prev", "h"},
	f: func(m *M, x *vectors) {
		gf := activate(m, []function{tanh, sigmoid}, x.gate(0), x.gate(1))
		g, f := gf[0], gf[1]
		x.setGate(0, g)
		x.setGate(1, f)
		x.set("h", blend(m, f, x.get("prev"), g))
	}}

var ugrnnBackward = pass{field: "backward[UGRNN]", name: "ugrnnBackward", doc: "goes back through ugrnnForward.",
	slots: 2, slices: []string{"prev", "dh", "dy"}, backward: true,
	f: func(m *M, x *vectors) { unblend(m, x, 1, 0) }}

// A GRU that resets before its product: what comes before the product, and its candidate after.

var resetForward = pass{field: "forward[reset]", name: "resetForward",
	doc: "is q = r·prev, prev being h₋₁ as it goes into products.", slots: 4, slices: []string{"prev"},
	f: func(m *M, x *vectors) {
		zr := activate(m, []function{sigmoid, sigmoid}, x.gate(0), x.gate(1))
		z, r := zr[0], zr[1]
		x.setGate(0, z)
		x.setGate(1, r)
		x.setGate(2, m.Mul(r, x.get("prev")))
	}}

var candidateForward = pass{field: "forward[reset2]", name: "candidateForward",
	doc: "is g = tanh g, h = z·prev + (1−z)·g.", slots: 4, slices: []string{"prev", "h"},
	f: func(m *M, x *vectors) {
		g := tanhOf(m, x.gate(3))
		x.setGate(3, g)
		x.set("h", blend(m, x.gate(0), x.get("prev"), g))
	}}

var candidateBackward = pass{field: "backward[reset2]", name: "candidateBackward",
	doc: "goes back through candidateForward.", slots: 4, slices: []string{"prev", "dh", "dy"}, backward: true,
	f: func(m *M, x *vectors) { unblend(m, x, 0, 3) }}

var resetBackward = pass{field: "backward[reset]", name: "resetBackward",
	doc:   "goes back through resetForward: h is the gradient of q, on return what is left of it to be added to dh.",
	slots: 4, slices: []string{"prev", "h", "dy"}, backward: true,
	f: func(m *M, x *vectors) {
		d, r := x.get("h"), x.gate(1)
		x.setGate(1, sigmoidSlope(m, m.Mul(d, x.get("prev")), r))
		x.set("h", m.Mul(d, r))
	}}
