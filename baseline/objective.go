package baseline

import (
	"math"

	"gorae/internal/kernel/gemm"
	"gorae/internal/par"
)

const (
	rowBlock = 256 // samples that go through the products together
	laneSize = 1 << 22
	mostLane = 16
)

// objective is the mean loss of a linear model over samples with its gradient. Weights lie as [columns, outputs], the
// dense columns first; the constants follow.
type objective struct {
	of      *Design
	s       *Samples
	outputs int
	classes []int32   // of each sample; nil: numbers
	numbers []float64 // of each sample
	lambda  float64

	lanes   int
	weights []float64 // of the present evaluation
	dense   []float32 // the dense columns' weights
	sums    [][]float64
	losses  []float64
	scratch []*room // by worker
	whole   *gemm.Plan
	rest    *gemm.Plan
	back    *gemm.Plan
	backEnd *gemm.Plan
	scores  []float64 // [samples, outputs], where they are wanted
	kept    []float64 // the loss of each sample, where it is wanted
}

// room is a worker's.
type room struct {
	z, r, g   []float32
	product   []float32
	scores, e []float64
}

func newObjective(x *Design, s *Samples, outputs int) *objective {
	o := &objective{of: x, s: s, outputs: outputs, dense: make([]float32, x.dense*outputs)}
	blocks := (s.N + rowBlock - 1) / rowBlock
	o.lanes = max(1, min(mostLane, laneSize/o.size(), blocks))
	for range o.lanes {
		o.sums = append(o.sums, make([]float64, o.size()))
	}
	o.losses = make([]float64, o.lanes)
	o.scratch = make([]*room, par.Default().Threads())
	forward := func(rows int) *gemm.Plan {
		return gemm.New(gemm.Shape{M: rows, N: outputs, K: x.dense}, gemm.Epilogue{})
	}
	back := func(rows int) *gemm.Plan { // the transpose of the gradient: the samples are read as they lie
		return gemm.New(gemm.Shape{M: outputs, N: x.dense, K: rows, TransA: true}, gemm.Epilogue{})
	}
	o.whole, o.rest = forward(rowBlock), forward(s.N%rowBlock)
	o.back, o.backEnd = back(rowBlock), back(s.N%rowBlock)
	return o
}

// cost is the work of an evaluation and of the step that it leads to, in multiply-adds of the fast products: what else
// there is to do counts for the time that it takes beside those (measured on an EPYC with AVX2).
func (o *objective) cost() float64 {
	const (
		fewest   = 4   // outputs; fewer take as long, since reading the samples does
		ofEntry  = 8   // a sparse entry, forward and back
		ofSample = 300 // logarithm, loops
		ofScore  = 100 // exponential
		ofPlace  = 8   // a weight, for each lane's sums and each pair of L-BFGS
	)
	n, k := float64(o.s.N), float64(o.outputs)
	return n*(2*max(k, fewest)*float64(o.of.dense)+ofSample+ofScore*k) + ofEntry*k*float64(len(o.s.ids)) +
		ofPlace*float64(o.size())*float64(o.lanes+mostPairs)
}

// size is the number of weights and constants.
func (o *objective) size() int { return (o.of.dense + o.of.sparse + 1) * o.outputs }

// penalised is the number of weights that bear the penalty.
func (o *objective) penalised() int { return o.size() - o.outputs }

// eval is the objective at some weights; the gradient goes to g.
func (o *objective) eval(weights, g []float64) float64 {
	o.run(weights)
	n := float64(o.s.N)
	clear(g)
	total := 0.0
	for l, sums := range o.sums {
		total += o.losses[l]
		for i, v := range sums {
			g[i] += v / n
		}
	}
	w := weights[:o.penalised()]
	for i, v := range w {
		g[i] += o.lambda * v
	}
	return total/n + o.lambda/2*dot(w, w)
}

// each is the loss of each sample at some weights, without the penalty.
func (o *objective) each(weights []float64) []float64 {
	o.kept = make([]float64, o.s.N)
	o.run(weights)
	out := o.kept
	o.kept = nil
	return out
}

func (o *objective) run(weights []float64) {
	o.weights = weights
	for i := range o.dense {
		o.dense[i] = float32(weights[i])
	}
	par.Default().Run(o.lanes, o)
}

// Run computes a lane: every lanes-th block of samples.
func (o *objective) Run(lane, worker int) {
	sums := o.sums[lane]
	clear(sums)
	o.losses[lane] = 0
	if o.scratch[worker] == nil {
		o.scratch[worker] = &room{z: make([]float32, rowBlock*o.outputs), r: make([]float32, rowBlock*o.outputs),
			g:       make([]float32, o.of.dense*o.outputs),
			product: make([]float32, max(o.whole.Scratch(), o.rest.Scratch(), o.back.Scratch(), o.backEnd.Scratch())),
			scores:  make([]float64, o.outputs), e: make([]float64, o.outputs)}
	}
	for from := lane * rowBlock; from < o.s.N; from += o.lanes * rowBlock {
		o.losses[lane] += o.block(from, min(from+rowBlock, o.s.N), sums, o.scratch[worker])
	}
}

// block adds the gradient of the samples from … to − 1 to sums, and returns the sum of their losses.
func (o *objective) block(from, to int, sums []float64, in *room) (total float64) {
	k, p := o.outputs, o.of.dense
	forward, back := o.whole, o.back
	if to-from < rowBlock {
		forward, back = o.rest, o.backEnd
	}
	clear(in.z)
	x := o.s.dense[from*p : to*p]
	for b := range forward.Blocks() {
		forward.Run(b, x, o.dense, in.z[:(to-from)*k], nil, nil, in.product)
	}
	constants := o.size() - k
	for i := from; i < to; i++ {
		for j := range k {
			in.scores[j] = float64(in.z[(i-from)*k+j]) + o.weights[constants+j]
		}
		ids, values := o.entries(i)
		for e, id := range ids {
			at := (p + int(id)) * k
			for j := range k {
				in.scores[j] += float64(values[e]) * o.weights[at+j]
			}
		}
		if o.scores != nil {
			copy(o.scores[i*k:], in.scores)
			continue
		}
		loss := o.sample(i, in.scores, in.e)
		if o.kept != nil {
			o.kept[i] = loss
			continue
		}
		total += loss
		for e, id := range ids {
			at := (p + int(id)) * k
			for j := range k {
				sums[at+j] += float64(values[e]) * in.e[j]
			}
		}
		for j, v := range in.e {
			sums[constants+j] += v
			in.r[(i-from)*k+j] = float32(v)
		}
	}
	if o.scores != nil || o.kept != nil {
		return 0
	}
	for b := range back.Blocks() {
		back.Run(b, in.r[:(to-from)*k], x, in.g, nil, nil, in.product)
	}
	for j := range k {
		for i, v := range in.g[j*p : (j+1)*p] {
			sums[i*k+j] += float64(v)
		}
	}
	return total
}

// entries is the sparse columns of a sample.
func (o *objective) entries(i int) (ids []int32, values []float32) {
	if o.s.starts == nil {
		return nil, nil
	}
	a, b := o.s.starts[i], o.s.starts[i+1]
	return o.s.ids[a:b], o.s.values[a:b]
}

// sample is the loss of sample i; e becomes its derivative with respect to the scores.
func (o *objective) sample(i int, scores, e []float64) float64 {
	switch {
	case o.classes == nil:
		e[0] = scores[0] - o.numbers[i]
		return e[0] * e[0] / 2
	case o.outputs == 1:
		y, z := float64(o.classes[i]), scores[0]
		e[0] = 1/(1+math.Exp(-z)) - y
		return math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - y*z
	}
	top, sum := math.Inf(-1), 0.0
	for _, v := range scores {
		top = math.Max(top, v)
	}
	for j, v := range scores {
		e[j] = math.Exp(v - top)
		sum += e[j]
	}
	for j := range e {
		e[j] /= sum
	}
	y := o.classes[i]
	e[y]--
	return top + math.Log(sum) - scores[y]
}
