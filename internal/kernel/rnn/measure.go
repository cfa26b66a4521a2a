package rnn

// measure panics if an argument is too short, so that assembly never reads or writes
// beyond it.
func (p *Plan) measure(a *Args, shared, scratch []float32) {
	if len(shared) < p.shared || len(scratch) < p.scratch {
		p.short("shared or scratch")
	}
	out := p.Batch * p.Units
	seq := out
	if p.Sequences {
		seq *= p.Steps
	}
	w, u := p.sizeOfW(), p.sizeOfU()
	b := p.columnsOfW()
	if p.Cell == GRU && p.ResetAfter {
		b *= 2
	}
	x := p.Batch * p.Steps * p.In
	if p.Table > 0 {
		p.need("X", a.X, p.Table*p.In, true)
		if len(a.IDs) < p.Batch*p.Steps || len(a.Lists) < p.Lists() {
			p.short("IDs or Lists")
		}
		if a.DropX != nil {
			panic("rnn: " + p.Shape.String() + ": the rows of a table are the same for all samples, dropout is not")
		}
	} else {
		p.need("X", a.X, max(x, p.Batch*p.XOrder.PerSample), true)
		if p.XOrder.Grouped && a.DropX != nil {
			panic("rnn: " + p.Shape.String() + ": inputs that lie in groups are read in place, without dropout")
		}
	}
	p.need("Kernel", a.Kernel, w, true)
	p.need("Recurrent", a.Recurrent, u, true)
	p.need("Bias", a.Bias, b, false)
	p.need("H0", a.H0, out, false)
	p.need("C0", a.C0, out, false)
	p.need("Mask", a.Mask, p.Batch*p.Steps, false)
	p.need("DropX", a.DropX, p.Batch*p.In, false)
	p.need("DropH", a.DropH, out, false)
	if p.Bare && (a.Mask != nil || a.DropX != nil || a.DropH != nil || a.YC != nil || a.Residual != nil) {
		panic("rnn: " + p.Shape.String() + ": a bare pass has no mask, no dropout, no states of all steps and no " +
			"residual")
	}
	p.need("Residual", a.Residual, p.Residual(), p.isBackward)
	if !p.isBackward {
		p.need("Y", a.Y, seq, false)
		p.need("YC", a.YC, out*p.Steps, false)
		p.need("HT", a.HT, out, false)
		p.need("CT", a.CT, out, false)
		return
	}
	p.need("DY", a.DY, seq, false)
	p.need("DYC", a.DYC, out*p.Steps, false)
	p.need("DHT", a.DHT, out, false)
	p.need("DCT", a.DCT, out, false)
	p.need("DX", a.DX, x, false)
	p.need("DH0", a.DH0, out, false)
	p.need("DC0", a.DC0, out, false)
	p.need("DKernel", a.DKernel, w, true)
	p.need("DRecurrent", a.DRecurrent, u, true)
	p.need("DBias", a.DBias, b, false)
}

func (p *Plan) need(name string, x []float32, n int, must bool) {
	if len(x) < n && (must || x != nil) {
		p.short(name)
	}
}

func (p *Plan) short(name string) {
	panic("rnn: " + p.Shape.String() + ": " + name + " is too short")
}
