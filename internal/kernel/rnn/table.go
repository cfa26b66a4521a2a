package rnn

import "gorae/internal/kernel/vec"

// Where the inputs are rows of a table (Shape.Table), as an embedding's are, few rows make many inputs: a text says
// its frequent words again and again. So the rows that occur are listed, each is projected once, and a step takes
// its gates from the projections. Back, the gradients of the gates that came of one row are added up first, and then go
// through the projection's products together. What is the sum of products in the definition is the
// product of sums here.

const (
	tableRows  = 224 // rows that go through the products at once: whole tiles of 14
	tableLanes = 8   // lanes of W's gradients
	// rows from the one that is copied to the one that is fetched: BenchmarkRNN and bench's train:text on a Zen 5
	rowsAhead = 16
)

// parts is how many times tableRows rows may occur.
func (p *Plan) parts() int { return ceil(min(p.Batch*p.Steps, p.Table+1), tableRows) }

// lists say which places (a sample's steps, sample by sample) ask for which rows of the table. Those that are masked
// ask for none. Rows are numbered in the order in which a pass meets them first; those that are not there are one row
// more, of NaN.
type lists struct {
	head  []int32 // of each row of the table, and of the one more, its number among those that occur; −1 for none
	next  []int32 // of each place, the next one that asks for the same row; −1 after the last
	place []int32 // of each row that occurs, by its number, the first place
	rank  []int32 // of each place, the number of its row; −1 for none
	count []int32 // one: how many rows occur
}

// Lists is the number of int32s of Args.Lists.
func (p *Plan) Lists() int {
	if p.Table == 0 {
		return 0
	}
	return p.Table + 1 + 3*p.Batch*p.Steps + 1
}

func (p *Plan) lists(a *Args) lists {
	n, t := p.Batch*p.Steps, p.Table+1
	x := a.Lists
	return lists{x[:t], x[t : t+n], x[t+n : t+2*n], x[t+2*n : t+3*n], x[t+3*n : t+3*n+1]}
}

// Rows is the part of the lists that says of each row of the table its number in the order in which a pass meets them,
// −1 for one that does not occur.
func (s Shape) Rows(all []int32) []int32 { return all[:s.Table] }

// list fills the lists. It goes through the places as the passes do, so that rows which occur first next to each other
// lie next to each other for them.
func (p *Plan) list(a *Args) {
	l := p.lists(a)
	for i := range l.head { // until all is listed it is the first place that asks for the row
		l.head[i] = -1
	}
	asks := func(i int) bool { return a.Mask == nil || a.Mask[i] != 0 }
	which := func(i int) int {
		if id := int(a.IDs[i]); id >= 0 && id < p.Table {
			return id
		}
		return p.Table
	}
	for i := p.groups - 1; i >= 0; i-- {
		g := p.group(i, a)
		for t := p.Steps - 1; t >= 0; t-- {
			for r := g.rows - 1; r >= 0; r-- {
				at := (g.r0+r)*p.Steps + p.at(t)
				l.next[at] = -1
				if asks(at) {
					id := which(at)
					l.next[at], l.head[id] = l.head[id], int32(at)
				}
			}
		}
	}
	count := int32(0)
	for i := range p.groups {
		g := p.group(i, a)
		for t := range p.Steps {
			for r := range g.rows {
				at := (g.r0+r)*p.Steps + p.at(t)
				if !asks(at) {
					l.rank[at] = -1
					continue
				}
				first := l.head[which(at)]
				if first == int32(at) {
					l.rank[at], l.place[count] = count, first
					count++
				}
				l.rank[at] = l.rank[first]
			}
		}
	}
	l.count[0] = count
	for k, at := range l.place[:count] {
		l.head[which(int(at))] = int32(k)
	}
}

// part is the first places of a part's rows.
func (l *lists) part(i int) []int32 {
	lo := min(i*tableRows, int(l.count[0]))
	return l.place[lo:min(lo+tableRows, int(l.count[0]))]
}

// inputsOf copies the rows that some places ask for; 0 follows up to tableRows.
func (p *Plan) inputsOf(dst []float32, a *Args, places []int32) {
	n := p.In
	for i, at := range places {
		if k := i + rowsAhead; k < len(places) {
			if id := a.IDs[places[k]]; uint32(id) < uint32(p.Table) {
				vec.Fetch(row(a.X, int(id), n))
			}
		}
		vec.Gather(dst[i*n:][:n], a.X[:p.Table*n], a.IDs[at:at+1], n)
	}
	clear(dst[len(places)*n : tableRows*n])
}

// projectTable projects a part of the rows that occur.
func (p *Plan) projectTable(block int, a *Args, shared, scratch []float32) {
	l := p.lists(a)
	places := l.part(block)
	if len(places) == 0 {
		return
	}
	own := part(scratch)
	work, xs := own.take(p.gemmScratch), own.take(tableRows*p.In)
	p.inputsOf(xs, a, places)
	p.project(&p.rows, shared[p.projected+block*tableRows*p.width():], xs, tableRows, a, shared, work)
}

// choose sets the gates of a chunk to the projections of its rows; in assembly the steps do that themselves. Gates of
// masked steps are looked at by nobody.
func (g *group) choose(gates []float32, t0, steps int, shared []float32) {
	p, wide := g.p, g.p.width()
	l := p.lists(g.a)
	for s := range steps {
		at := g.r0*p.Steps + p.at(t0+s)
		for r := range g.rows {
			if k := int(l.rank[at+r*p.Steps]); k >= 0 {
				copy(gates[(s*g.rows+r)*wide:][:wide], shared[p.projected+k*wide:])
			}
		}
	}
}

// fetchProjections asks for the projections that step t reads.
func (g *group) fetchProjections(t int, shared []float32) {
	p, wide := g.p, g.p.width()
	rank := p.lists(g.a).rank[g.r0*p.Steps+p.at(t):]
	for r := range g.rows {
		if k := int(rank[r*p.Steps]); k >= 0 {
			vec.Fetch(shared[p.projected+k*wide:][:wide])
		}
	}
}

// gatesAt is where a place's gates begin in the residual.
func (p *Plan) gatesAt(place int32) int {
	b := int(uint32(place) / uint32(p.Steps))
	t := p.at(int(place) - b*p.Steps)
	i := b * p.groups / p.Batch
	if (i+1)*p.Batch/p.groups <= b { // groups begin at i·Batch/groups, rounded down
		i++
	}
	r0, r1 := i*p.Batch/p.groups, (i+1)*p.Batch/p.groups
	return r0*p.perSample() + (t*(r1-r0)+b-r0)*p.width()
}

// tableGradients gives W's gradient, one lane's part of it, and those of the rows. The residual has the
// gates' gradients by now. The result says whether the rows' gradients are finite.
func (p *Plan) tableGradients(lane int, a *Args, shared, scratch []float32) (finite bool) {
	finite = true
	own := part(scratch)
	work, xs, dxs, gates := own.take(p.gemmScratch), own.take(tableRows*p.In), own.take(tableRows*p.In),
		own.take(tableRows*p.width())
	kernel := p.kernelOf(lane, a, shared)
	clear(kernel)
	l := p.lists(a)
	for i := lane; i < p.parts(); i += p.lanesW {
		places := l.part(i)
		if len(places) == 0 {
			break
		}
		p.inputsOf(xs, a, places)
		p.sumGates(gates, a, &l, places)
		for k, m := range p.rows.toKernel {
			c := p.inputs[k]
			multiply(m, xs, gates[c.g:], kernel[c.w:], nil, work)
		}
		if a.DX == nil {
			continue
		}
		dx, inPlace := dxs, false
		if at := i * tableRows * p.In; p.ByRank && at+len(dxs) <= len(a.DX) {
			dx, inPlace = a.DX[at:at+len(dxs)], true
		}
		for k, m := range p.rows.toInput {
			multiply(m, gates[p.inputs[k].g:], p.backW[k].of(a, shared), dx, nil, work)
		}
		dx = dx[:len(places)*p.In]
		finite = vec.Finite(dx) && finite
		switch {
		case p.ByRank && !inPlace:
			copy(a.DX[i*tableRows*p.In:], dx)
		case !p.ByRank:
			p.placeRows(a.DX, dx, &l, places)
		}
	}
	if a.DX == nil || a.Mask == nil || p.ByRank {
		return finite
	}
	n := len(l.rank)
	for i := n * lane / p.lanesW; i < n*(lane+1)/p.lanesW; i++ {
		if l.rank[i] < 0 {
			clear(row(a.DX, i, p.In))
		}
	}
	return finite
}

// placeRows copies rows' gradients to their first places, and 0 to the others.
func (p *Plan) placeRows(dst, dx []float32, l *lists, places []int32) {
	for k, at := range places {
		if k+rowsAhead < len(places) {
			vec.Fetch(row(dst, int(places[k+rowsAhead]), p.In))
		}
		copy(row(dst, int(at), p.In), row(dx, k, p.In))
		for j := l.next[at]; j >= 0; j = l.next[j] {
			clear(row(dst, int(j), p.In))
		}
	}
}

// sumGates adds up the gates' gradients of all the places that ask for the rows that some places ask for first; 0
// follows up to tableRows.
func (p *Plan) sumGates(dst []float32, a *Args, l *lists, places []int32) {
	var from [tableRows]int
	for i, at := range places {
		from[i] = p.gatesAt(at)
	}
	wide := p.width()
	for i, at := range places {
		if k := i + rowsAhead; k < len(places) {
			vec.Fetch(a.Residual[from[k]:][:wide])
		}
		sum := row(dst, i, wide)
		copy(sum, a.Residual[from[i]:])
		for j := l.next[at]; j >= 0; j = l.next[j] {
			vec.Add(sum, sum, a.Residual[p.gatesAt(j):][:wide])
		}
	}
	clear(dst[len(places)*p.width() : tableRows*p.width()])
}
