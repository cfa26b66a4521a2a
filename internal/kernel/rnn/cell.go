package rnn

import "gorae/internal/kernel/vec"

// step is one step of some samples of a group, forward: what happens to the gates
// after the products. Rows follow each other without gaps; a row of gates g has
// slots·units floats.
type step struct {
	rows, units  int
	ahead        int       // floats from these states to the next step's, which are fetched
	g            []float32 // the sums; on return the gates
	cPrev, c     []float32 // LSTM
	hPrev, hDrop []float32 // hDrop is h₋₁ as it goes into the products
	h            []float32
}

// back is the same backward.
type back struct {
	rows, units  int
	g            []float32 // the gates; on return the gradients of the sums
	cPrev, c     []float32
	hPrev, hDrop []float32
	h            []float32
	dy           []float32 // the gradient of the output of this step, added to dh; rows dyStep apart
	dyStep       int
	dh           []float32 // of h; on return of h₋₁, without what comes through the products
	dc           []float32 // of c; on return of c₋₁
	dr           []float32 // of r⊙h₋₁, for GRU without ResetAfter
	dropH        []float32 // nil or the factors of h₋₁
	tmp          []float32 // 2·units floats
}

// row is row r of x.
func row(x []float32, r, n int) []float32 { return x[r*n : (r+1)*n : (r+1)*n] }

// forward makes the new state of some samples from the sums of their gates. A GRU
// without ResetAfter only prepares its second product, and forward2 does the rest.
func (p *Plan) forward(s *step) {
	if p.fast != nil {
		switch {
		case p.Cell == LSTM:
			p.fast.forward[LSTM](s.g, s.cPrev, s.c, s.h, s.rows, s.units, s.ahead)
		case p.resets():
			p.fast.forward[reset](s.g, s.hDrop, nil, s.h, s.rows, s.units, s.ahead)
		default:
			p.fast.forward[p.Cell](s.g, s.hPrev, nil, s.h, s.rows, s.units, s.ahead)
		}
		return
	}
	switch p.Cell {
	case Simple:
		simpleForward(p, s)
	case LSTM:
		lstmForward(p, s)
	case UGRNN:
		ugrnnForward(p, s)
	case GRU:
		if p.ResetAfter {
			gruForward(p, s)
		} else {
			gruBeforeForward(p, s)
		}
	}
}

// backward turns the gates of some samples into the gradients of their sums. A GRU
// without ResetAfter leaves that of r to backward2, after the product that gives dr.
func (p *Plan) backward(s *back) {
	if p.fast != nil {
		dy := s.dy[:(s.rows-1)*s.dyStep+s.units]
		switch {
		case p.Cell == LSTM:
			p.fast.backward[LSTM](s.g, s.cPrev, s.h, s.dh, s.dc, dy, s.rows, s.units, s.dyStep)
		case p.resets():
			p.fast.backward[reset2](s.g, s.hPrev, nil, s.dh, nil, dy, s.rows, s.units, s.dyStep)
		default:
			p.fast.backward[p.Cell](s.g, s.hPrev, nil, s.dh, nil, dy, s.rows, s.units, s.dyStep)
		}
		return
	}
	switch p.Cell {
	case Simple:
		simpleBackward(p, s)
	case LSTM:
		lstmBackward(p, s)
	case UGRNN:
		ugrnnBackward(p, s)
	case GRU:
		if p.ResetAfter {
			gruBackward(p, s)
		} else {
			gruBeforeBackward(p, s)
		}
	}
}

func simpleForward(p *Plan, s *step) {
	n := s.rows * s.units
	p.Activation.apply(s.g[:n])
	copy(s.h[:n], s.g[:n])
}

func simpleBackward(p *Plan, s *back) {
	for r := range s.rows {
		d, dh := row(s.g, r, s.units), row(s.dh, r, s.units)
		for i, dy := range s.dy[r*s.dyStep:][:len(d)] {
			d[i] = dh[i] + dy
		}
		p.Activation.back(d, row(s.h, r, s.units))
		clear(dh)
	}
}

func lstmForward(p *Plan, s *step) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		p.Recurrent.apply(g[:2*u])
		p.Activation.apply(g[2*u : 3*u])
		p.Recurrent.apply(g[3*u:])
		i, f, g, o := g[:u], g[u:2*u], g[2*u:3*u], g[3*u:]
		cp, c, h := row(s.cPrev, r, u), row(s.c, r, u), row(s.h, r, u)
		for j := range c {
			c[j] = f[j]*cp[j] + i[j]*g[j]
		}
		copy(h, c)
		p.Activation.apply(h)
		for j := range h {
			h[j] *= o[j]
		}
	}
}

func lstmBackward(p *Plan, s *back) {
	u := s.units
	ac, db := s.tmp[:u], s.tmp[u:2*u]
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		i, f, g, o := g[:u], g[u:2*u], g[2*u:3*u], g[3*u:]
		cp, c, dh, dc := row(s.cPrev, r, u), row(s.c, r, u), row(s.dh, r, u), row(s.dc, r, u)
		dy := s.dy[r*s.dyStep:][:u]
		copy(ac, c)
		p.Activation.apply(ac)
		for j := range dh {
			dh[j] += dy[j]
			db[j] = dh[j] * o[j]
		}
		p.Activation.back(db, ac)
		for j := range dc {
			dc[j] += db[j]
			ac[j] *= dh[j]
		}
		p.Recurrent.back(ac, o) // the gradient of o's sum
		copy(o, ac)
		for j := range dc {
			db[j] = dc[j] * g[j]
			ac[j] = dc[j] * i[j]
			dh[j] = dc[j] * cp[j]
			dc[j] *= f[j]
		}
		p.Recurrent.back(db, i)
		copy(i, db)
		p.Activation.back(ac, g)
		copy(g, ac)
		p.Recurrent.back(dh, f)
		copy(f, dh)
		clear(dh)
	}
}

// A row of a GRU has the slots z, r, q, g, where q is h₋₁·U + b′ with ResetAfter and
// r⊙h₋₁ without.

func gruForward(p *Plan, s *step) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		p.Recurrent.apply(g[:2*u])
		z, rs, q, g := g[:u], g[u:2*u], g[2*u:3*u], g[3*u:]
		for j := range g {
			g[j] += rs[j] * q[j]
		}
		p.Activation.apply(g)
		blend(row(s.h, r, u), z, row(s.hPrev, r, u), g)
	}
}

// blend is h = z⊙x + (1−z)⊙y.
func blend(h, z, x, y []float32) {
	for j := range h {
		h[j] = z[j]*x[j] + (1-z[j])*y[j]
	}
}

// unblend adds dy to dh and gives the gradients of a blend's z and y, the slopes of
// the activations applied, and of x in dh.
func (p *Plan) unblend(dh, dy, z, x, y, tmp []float32) (dz, dyy []float32) {
	u := len(dh)
	dz, dyy = tmp[:u], tmp[u:2*u]
	for j := range dh {
		d := dh[j] + dy[j]
		dz[j] = d * (x[j] - y[j])
		dyy[j] = d * (1 - z[j])
		dh[j] = d * z[j]
	}
	p.Recurrent.back(dz, z)
	p.Activation.back(dyy, y)
	return dz, dyy
}

func gruBackward(p *Plan, s *back) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		z, rs, q, g := g[:u], g[u:2*u], g[2*u:3*u], g[3*u:]
		dz, dg := p.unblend(row(s.dh, r, u), s.dy[r*s.dyStep:][:u], z, row(s.hPrev, r, u), g, s.tmp)
		copy(z, dz)
		copy(g, dg)
		dr := dz
		for j := range g {
			dr[j] = g[j] * q[j]
			q[j] = g[j] * rs[j]
		}
		p.Recurrent.back(dr, rs)
		copy(rs, dr)
	}
}

func gruBeforeForward(p *Plan, s *step) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		p.Recurrent.apply(g[:2*u])
		rs, q, hd := g[u:2*u], g[2*u:3*u], row(s.hDrop, r, u)
		for j := range q {
			q[j] = rs[j] * hd[j]
		}
	}
}

func (p *Plan) forward2(s *step) {
	if p.fast != nil {
		p.fast.forward[reset2](s.g, s.hPrev, nil, s.h, s.rows, s.units, s.ahead)
		return
	}
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		p.Activation.apply(g[3*u:])
		blend(row(s.h, r, u), g[:u], row(s.hPrev, r, u), g[3*u:])
	}
}

func gruBeforeBackward(p *Plan, s *back) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 4*u)
		z, g := g[:u], g[3*u:]
		dz, dg := p.unblend(row(s.dh, r, u), s.dy[r*s.dyStep:][:u], z, row(s.hPrev, r, u), g, s.tmp)
		copy(z, dz)
		copy(g, dg)
	}
}

func (p *Plan) backward2(s *back) {
	u := s.units
	d := s.dr[:s.rows*u]
	if p.fast != nil {
		p.fast.backward[reset](s.g, s.hDrop, d, nil, nil, s.dy, s.rows, u, s.dyStep)
	} else {
		for r := range s.rows {
			rs, hd, d := row(s.g, r, 4*u)[u:2*u], row(s.hDrop, r, u), row(d, r, u)
			dr := s.tmp[:u]
			for j := range d {
				dr[j] = d[j] * hd[j]
				d[j] *= rs[j]
			}
			p.Recurrent.back(dr, rs)
			copy(rs, dr)
		}
	}
	if s.dropH != nil {
		vec.Mul(d, d, s.dropH)
	}
	vec.Add(s.dh, s.dh, d)
}

func ugrnnForward(p *Plan, s *step) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 2*u)
		p.Activation.apply(g[:u])
		p.Recurrent.apply(g[u:])
		blend(row(s.h, r, u), g[u:], row(s.hPrev, r, u), g[:u])
	}
}

func ugrnnBackward(p *Plan, s *back) {
	u := s.units
	for r := range s.rows {
		g := row(s.g, r, 2*u)
		g, f := g[:u], g[u:]
		df, dg := p.unblend(row(s.dh, r, u), s.dy[r*s.dyStep:][:u], f, row(s.hPrev, r, u), g, s.tmp)
		copy(f, df)
		copy(g, dg)
	}
}
