// Package attention computes scaled dot-product attention and its gradients head by head, over pieces of the queries:
// the scores of a piece stay in the second-level cache from the product that makes them to the product that reads them,
// and are never written to memory (Dao, Fu, Ermon, Rudra and Ré, "FlashAttention", 2022). The products are those of
// package gemm, which read the heads where they lie, between those of the other heads.
//
// It stands at the bottom of gorae, in the kernels: slices and numbers, no tensors and no graph. A Plan is made once
// for a shape; each element of a result is computed by one block, in an order that the shape and the instruction set
// decide.
package attention

import (
	"slices"

	"gorae/internal/kernel/gemm"
	"gorae/internal/kernel/philox"
	"gorae/internal/kernel/vec"
)

// Shape is the extents of queries [Batch, T, Heads, D], keys [Batch, S, Groups, D] and values [Batch, S, Groups, E].
// Head h reads group h/(Heads/Groups).
type Shape struct {
	Batch, Heads, Groups int
	T, S, D, E           int
}

// Options are what is done to scores s and weights w.
type Options struct {
	Scale  float32 // s = Scale·q·k
	Causal bool    // query t attends to the keys 0 to t alone
	Zero   bool    // weights that the mask leaves out are 0, also where it leaves out all of a query
	// Mask, if not nil, has the distances in a mask of numbers between neighbours of the batch, heads and queries; keys
	// lie side by side. A key counts where the number is not 0.
	Mask *[3]int
	// Rate is the share of the weights that is dropped.
	Rate   float32
	Stream uint32
}

// fill is the score of a key that a query does not attend to.
const fill = -1e9

// Sizes of the pieces: small enough for the first-level cache, not measured against others.
const (
	causalRows = 64      // queries of a piece, where later pieces attend to more keys
	pieceRows  = 128     // and where all attend to all
	pieceSize  = 1 << 15 // scores of a piece at most
	leastRows  = 8       // but queries at least
)

// Plan is attention of one shape, cut into blocks. It holds no numbers and may be used by many goroutines at once.
type Plan struct {
	Shape
	Options

	pieces  []piece
	first   *piece // the last one, whose dk and dv write what the others add to; nil where it has not all keys
	scratch int
}

// piece is some queries of a head, from r0 on, and the keys that any of them attends to.
type piece struct {
	r0, rows, cols int

	scores *gemm.Plan // q·kᵀ
	gather *gemm.Plan // w·v
	dw     *gemm.Plan // dy·vᵀ
	dq     *gemm.Plan // ds·k
	dk     *gemm.Plan // + dsᵀ·q
	dv     *gemm.Plan // + wᵀ·dy
}

// New plans the computation with the best variant that the machine has.
func New(s Shape, o Options) *Plan { return newVariant(s, o, gemm.Best()) }

func newVariant(s Shape, o Options, v gemm.Variant) *Plan {
	p := &Plan{Shape: s, Options: o}
	rows := pieceRows
	if o.Causal {
		rows = causalRows
	}
	for rows > leastRows && rows*s.S > pieceSize {
		rows /= 2
	}
	products := 0
	for r0 := 0; r0 < s.T; r0 += rows {
		c := piece{r0: r0, rows: min(rows, s.T-r0), cols: s.S}
		if o.Causal && o.Mask == nil {
			c.cols = min(s.S, r0+c.rows)
		}
		q, k, val, y := s.Heads*s.D, s.Groups*s.D, s.Groups*s.E, s.Heads*s.E
		plan := func(g gemm.Shape, e gemm.Epilogue) *gemm.Plan {
			g.Threads = 1 // each piece is a block of its own
			one := gemm.NewVariant(g, e, v)
			products = max(products, one.Scratch())
			return one
		}
		sums := func(e gemm.Epilogue) (dk, dv *gemm.Plan) {
			return plan(gemm.Shape{M: c.cols, N: s.D, K: c.rows, TransA: true, LDB: q, LDC: k}, e),
				plan(gemm.Shape{M: c.cols, N: s.E, K: c.rows, TransA: true, LDB: y, LDC: val}, e)
		}
		c.scores = plan(gemm.Shape{M: c.rows, N: c.cols, K: s.D, TransB: true, LDA: q, LDB: k}, gemm.Epilogue{})
		c.gather = plan(gemm.Shape{M: c.rows, N: s.E, K: c.cols, LDB: val, LDC: y}, gemm.Epilogue{})
		c.dw = plan(gemm.Shape{M: c.rows, N: c.cols, K: s.E, TransB: true, LDA: y, LDB: val}, gemm.Epilogue{})
		c.dq = plan(gemm.Shape{M: c.rows, N: s.D, K: c.cols, LDB: k, LDC: q}, gemm.Epilogue{})
		c.dk, c.dv = sums(gemm.Epilogue{Accumulate: true})
		p.pieces = append(p.pieces, c)
		if c.r0+rows >= s.T && c.cols == s.S {
			p.first = new(c)
			p.first.dk, p.first.dv = sums(gemm.Epilogue{})
		}
	}
	// The weights of a piece, the weights after dropping, the gradients of the weights.
	p.scratch = 3*p.pieces[0].rows*s.S + s.S + products
	return p
}

// Scratch is the number of floats that a call of Run or RunGrad needs for itself.
func (p *Plan) Scratch() int { return p.scratch }

// Blocks is the number of blocks of Run: a piece of a head each.
func (p *Plan) Blocks() int { return p.Batch * p.Heads * len(p.pieces) }

// GradBlocks is the number of blocks of RunGrad: a group of heads each, since they add to the same keys.
func (p *Plan) GradBlocks() int { return p.Batch * p.Groups }

// Flops is the number of multiplications and additions of Run, and of RunGrad.
func (p *Plan) Flops() (forward, backward float64) {
	for _, c := range p.pieces {
		n := 2 * float64(p.Batch*p.Heads*c.rows*c.cols)
		forward += n * float64(p.D+p.E)
		backward += n * float64(3*p.D+2*p.E)
	}
	return
}

// Memory is the arguments of Run and RunGrad.
type Memory struct {
	Q, K, V    []float32
	Mask       []float32
	Key        []int32   // of the dropout: the seed, and the step
	Y          []float32 // [Batch, T, Heads, E]; Run writes it
	Most, Sum  []float32 // [Batch, Heads, T]: a query's greatest score, and the sum of e^(s − Most); Run writes them
	DY         []float32
	DQ, DK, DV []float32 // RunGrad writes them
}

// work is the scratch of a piece.
type work struct {
	w, dropped, dw, fill, products []float32
}

func (p *Plan) work(scratch []float32) (w work) {
	rows := p.pieces[0].rows
	cut := func(n int) []float32 {
		part := scratch[:n]
		scratch = scratch[n:]
		return part
	}
	w.w, w.dropped, w.dw, w.fill = cut(rows*p.S), cut(rows*p.S), cut(rows*p.S), cut(p.S)
	w.products = scratch
	if p.Mask != nil {
		vec.Fill(w.fill, fill)
	}
	return w
}

// multiply runs all blocks of a product.
func multiply(g *gemm.Plan, a, b, c, scratch []float32) {
	for block := range g.Blocks() {
		g.Run(block, a, b, c, nil, nil, scratch)
	}
}

// Run computes one block of y.
func (p *Plan) Run(block int, m *Memory, scratch []float32) {
	w := p.work(scratch)
	c := &p.pieces[block%len(p.pieces)]
	head := block / len(p.pieces)
	b, h := head/p.Heads, head%p.Heads
	p.scores(c, b, h, m, &w)
	weights := w.w
	for i := range c.rows {
		row, at := p.row(c, i, w.w), head*p.T+c.r0+i
		most := vec.ReduceMax(row)
		m.Most[at], m.Sum[at] = most, vec.ExpSum(row, row, most)
		p.after(c, i, w.w)
		if p.Zero {
			p.clear(m, b, h, c.r0+i, row)
		}
		if p.Rate > 0 {
			p.drop(row, row, m.Key, at)
		}
	}
	y := m.Y[(b*p.T+c.r0)*p.Heads*p.E+h*p.E:]
	multiply(c.gather, weights, m.V[p.value(b, h):], y, w.products)
	for i := range c.rows {
		row := y[i*p.Heads*p.E:][:p.E]
		vec.MulS(row, row, 1/m.Sum[head*p.T+c.r0+i])
	}
}

// query, key and value are where the queries of a piece, and the keys and the values of a head begin.
func (p *Plan) query(c *piece, b, h int) int { return ((b*p.T+c.r0)*p.Heads + h) * p.D }

func (p *Plan) key(b, h int) int   { return (b*p.S*p.Groups + h/(p.Heads/p.Groups)) * p.D }
func (p *Plan) value(b, h int) int { return (b*p.S*p.Groups + h/(p.Heads/p.Groups)) * p.E }

// row is the scores of query i of a piece that count.
func (p *Plan) row(c *piece, i int, scores []float32) []float32 {
	n := c.cols
	if p.Causal && p.Mask == nil {
		n = min(n, c.r0+i+1)
	}
	return scores[i*c.cols:][:n]
}

// after clears what is behind the scores of query i that count.
func (p *Plan) after(c *piece, i int, scores []float32) {
	clear(scores[i*c.cols+len(p.row(c, i, scores)) : (i+1)*c.cols])
}

// scores computes the scores of a piece.
func (p *Plan) scores(c *piece, b, h int, m *Memory, w *work) {
	multiply(c.scores, m.Q[p.query(c, b, h):], m.K[p.key(b, h):], w.w, w.products)
	scores := w.w[:c.rows*c.cols]
	vec.MulS(scores, scores, p.Scale)
	if p.Mask == nil {
		return
	}
	for i := range c.rows {
		row := w.w[i*c.cols:][:c.cols]
		vec.Where(row, p.mask(m, b, h, c.r0+i), row, w.fill)
		if p.Causal {
			vec.Fill(row[min(c.cols, c.r0+i+1):], fill)
		}
	}
}

// mask is that of a query.
func (p *Plan) mask(m *Memory, b, h, t int) []float32 {
	return m.Mask[b*p.Mask[0]+h*p.Mask[1]+t*p.Mask[2]:][:p.S]
}

// clear sets to 0 what the mask, or the order of the steps, leaves out.
func (p *Plan) clear(m *Memory, b, h, t int, row []float32) {
	if p.Mask == nil {
		return
	}
	for j, on := range p.mask(m, b, h, t) {
		if on == 0 || p.Causal && j > t {
			row[j] = 0
		}
	}
}

// drop drops weights of a query, which is query at of all heads.
func (p *Plan) drop(dst, src []float32, key []int32, at int) {
	philox.Dropout(dst, src, p.Rate, philox.Key{Lo: uint32(key[0]), Hi: uint32(key[1])}, p.Stream,
		uint64(uint32(key[2]))|uint64(uint32(key[3]))<<32, uint64(at)*uint64(p.S))
}

// RunGrad computes one block of the gradients.
func (p *Plan) RunGrad(block int, m *Memory, scratch []float32) {
	w := p.work(scratch)
	b, g := block/p.Groups, block%p.Groups
	each := p.Heads / p.Groups
	if p.first == nil { // the gradients of keys and values are sums
		for j := range p.S {
			at := (b*p.S+j)*p.Groups + g
			clear(m.DK[at*p.D:][:p.D])
			clear(m.DV[at*p.E:][:p.E])
		}
	}
	for h := g * each; h < (g+1)*each; h++ {
		for i := range slices.Backward(p.pieces) {
			c := &p.pieces[i]
			if p.first != nil && h == g*each && i == len(p.pieces)-1 {
				c = p.first
			}
			p.gradients(c, b, h, m, &w)
		}
	}
}

// gradients adds what a piece gives.
func (p *Plan) gradients(c *piece, b, h int, m *Memory, w *work) {
	k, v := p.key(b, h), p.value(b, h)
	first := (b*p.Heads+h)*p.T + c.r0
	p.scores(c, b, h, m, w)
	dy := m.DY[((b*p.T+c.r0)*p.Heads+h)*p.E:]
	multiply(c.dw, dy, m.V[v:], w.dw, w.products)
	weights := w.w
	if p.Rate > 0 || p.Zero && p.Mask != nil {
		weights = w.dropped
	}
	for i := range c.rows {
		row := p.row(c, i, w.w)
		vec.ExpSum(row, row, m.Most[first+i])
		vec.MulS(row, row, 1/m.Sum[first+i])
		p.after(c, i, w.w)
		d, t := w.dw[i*c.cols:][:len(row)], c.r0+i
		if p.Rate > 0 || p.Zero && p.Mask != nil {
			to := p.row(c, i, w.dropped)
			copy(to, row)
			p.after(c, i, w.dropped)
			if p.Rate > 0 {
				p.drop(to, to, m.Key, first+i)
				p.drop(d, d, m.Key, first+i)
			}
			if p.Zero {
				p.clear(m, b, h, t, to)
				p.clear(m, b, h, t, d)
			}
		}
		vec.SoftmaxGrad(d, d, row, 1, len(row))
		p.clear(m, b, h, t, d)
		p.after(c, i, w.dw)
	}
	multiply(c.dv, weights, dy, m.DV[v:], w.products)
	ds := w.dw[:c.rows*c.cols]
	vec.MulS(ds, ds, p.Scale)
	q := p.query(c, b, h)
	multiply(c.dq, ds, m.K[k:], m.DQ[q:], w.products)
	multiply(c.dk, ds, m.Q[q:], m.DK[k:], w.products)
}
