package train

import (
	"fmt"
	"math"
	"slices"

	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
)

// PerSample keeps what each sample of an evaluation adds to its metrics, so that a metric of any choice of the samples
// can be computed without the network: for intervals by resampling, and for tests of two networks on the same samples.
// It is a [Consumer] of the evaluation. A loss counts as a metric, without the penalties of regularisers. Losses and
// weighted metrics count samples by their weights.
type PerSample struct {
	names   []string
	metrics []metric.Metric
	output  []int // of the model, by metric

	program *model.Program
	masked  []bool           // by output: a mask is among the program's inputs
	weights int              // how many lists of weights are among the program's inputs: none, one, or one by output
	shapes  [][]tensor.Shape // of the terms, by metric
	samples []int            // number in the dataset, in the order seen
	// By metric, of each sample one behind the other: what the metric keeps of it, or, of a metric that has no way to
	// put these together, its terms.
	sums  [][]float64
	ends  []ends // by metric: where the sums of each sample end
	terms [][]float32
	join  []func(total, sums []float64) []float64
	total []float64             // room for Value
	of    []*metric.Accumulator // by metric, room for keep

	expected int         // samples: see Expect
	dropped  []bool      // by metric: nothing is kept of samples; nil: of none
	whole    [][]float64 // by metric that is dropped, its total so far
}

// Expect says how many samples the evaluation has, so that what is kept of them takes no more memory than it needs.
func (p *PerSample) Expect(samples int) { p.expected = samples }

// Only keeps of the samples what metrics of these names need, to save memory. Of the others Whole still has the value
// over all samples.
func (p *PerSample) Only(names ...string) {
	p.dropped, p.whole = make([]bool, len(p.metrics)), make([][]float64, len(p.metrics))
	for k, name := range p.names {
		p.dropped[k] = p.join[k] != nil && !slices.Contains(names, name)
	}
}

// Whole returns metric k of all samples seen; NaN where it is not known.
func (p *PerSample) Whole(k int) float64 {
	switch {
	case p.drops(k) && len(p.whole[k]) > 0:
		return p.metrics[k].Result(p.whole[k])
	case !p.Kept(k):
		return math.NaN()
	}
	all := make([]int, len(p.samples))
	for i := range all {
		all[i] = i
	}
	return p.Value(k, all)
}

// drops reports whether nothing is kept of samples for metric k.
func (p *PerSample) drops(k int) bool { return p.dropped != nil && p.dropped[k] }

// mostTerms bounds what is kept of a metric, in numbers: 256 MB.
const mostTerms = 64 << 20

// PerSample is a consumer for evaluations e of m. With several outputs the total loss is left out.
func (e Evaluation) PerSample(m *model.Model) (*PerSample, error) {
	c := e.config()
	o, err := newObjective(m, &c)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	p := &PerSample{masked: make([]bool, len(o.losses)), names: slices.Clone(o.names)}
	if len(o.losses) > 1 {
		p.names = p.names[1:]
	}
	for i, l := range o.losses {
		p.metrics, p.output = append(p.metrics, metric.Mean{Loss: l}), append(p.output, i)
	}
	for i, list := range o.metrics {
		for _, x := range list {
			p.metrics, p.output = append(p.metrics, unnamed(x)), append(p.output, i)
		}
	}
	p.shapes, p.terms = make([][]tensor.Shape, len(p.metrics)), make([][]float32, len(p.metrics))
	p.sums, p.ends = make([][]float64, len(p.metrics)), make([]ends, len(p.metrics))
	for _, x := range p.metrics {
		p.join, p.of = append(p.join, metric.Join(x)), append(p.of, metric.NewAccumulator(x))
	}
	p.program = model.NewProgram(p.trace, model.ProgramConfig{Models: []*model.Model{m}, ReadOnly: true})
	return p, nil
}

// trace computes the terms of all metrics. Inputs are the targets, the outputs, the masks of masked outputs, and the
// weights.
func (p *PerSample) trace(_ *model.Trace, in []*graph.Node) model.Traced {
	n := len(p.masked)
	truth, said, counts := slices.Clone(in[:n]), slices.Clone(in[n:2*n]), make([]*graph.Node, n)
	weighted := make([]*graph.Node, n) // counts times the weights
	masks, weights := in[2*n:len(in)-p.weights], in[len(in)-p.weights:]
	for i, masked := range p.masked {
		var mask, w *graph.Node
		if masked {
			mask, masks = masks[0], masks[1:]
			truth[i], said[i], counts[i] = loss.Steps(truth[i], said[i], mask)
		}
		switch p.weights {
		case 0:
		case 1:
			w = weights[0]
		default:
			w = weights[i]
		}
		weighted[i] = weigh(counts[i], mask, w)
	}
	var out model.Traced
	for k, m := range p.metrics {
		i := p.output[k]
		p.shapes[k] = p.shapes[k][:0]
		count := counts[i]
		if isWeighted(m) {
			count = weighted[i]
		}
		terms := m.Terms(truth[i], said[i], count)
		if l, ok := m.(metric.Mean); ok && k < n && p.weights > 0 { // a loss
			divisor := terms[1]
			if terms = m.Terms(truth[i], said[i], weighted[i]); !loss.ByWeights(l.Loss) {
				terms[1] = divisor
			}
		}
		for _, t := range terms {
			p.shapes[k] = append(p.shapes[k], t.Shape)
			out.Outputs = append(out.Outputs, t.AsFloat())
		}
	}
	return out
}

// Batch implements Consumer.
func (p *PerSample) Batch(b *EvalBatch) error {
	for i := range p.masked {
		if masked := b.Masks[i] != nil; masked != p.masked[i] {
			p.masked[i] = masked
			p.program.Reset()
		}
	}
	weights := b.OutputWeights
	if b.Weights != nil {
		weights = []*tensor.Tensor{b.Weights}
	}
	if len(weights) != p.weights {
		p.weights = len(weights)
		p.program.Reset()
	}
	var in []*tensor.Tensor
	for i, sample := range b.Samples {
		in = in[:0]
		for _, list := range [][]*tensor.Tensor{b.Targets, b.Outputs, b.Masks, weights} {
			for _, t := range list {
				if t != nil {
					in = append(in, t.Rows(i, i+1))
				}
			}
		}
		outs, err := p.program.Run(in...)
		if err != nil {
			return err
		}
		if p.samples == nil {
			p.samples = make([]int, 0, p.expected)
		}
		p.samples = append(p.samples, sample)
		for k, shapes := range p.shapes {
			if p.Kept(k) || p.drops(k) {
				p.keep(k, outs[:len(shapes)])
			}
			outs = outs[len(shapes):]
		}
	}
	return nil
}

// keep takes the terms of one sample of metric k.
func (p *PerSample) keep(k int, terms []*tensor.Tensor) {
	if p.join[k] == nil {
		for _, t := range terms {
			p.terms[k] = append(p.terms[k], t.F32...)
		}
		return
	}
	a := p.of[k]
	a.Reset()
	a.Add(terms...)
	if p.drops(k) {
		if sums := a.Sums(); len(sums) > 0 { // none of a sample that counts nothing
			p.whole[k] = p.join[k](p.whole[k], sums)
		}
		return
	}
	if p.sums[k] == nil {
		p.sums[k] = make([]float64, 0, p.expected*len(a.Sums()))
	}
	p.sums[k] = append(p.sums[k], a.Sums()...)
	p.ends[k].add(len(a.Sums()))
}

// ends are the places where what is kept of each sample ends, in a list of all: multiples of a width, as long as it is
// the same of all samples.
type ends struct {
	n, width int
	at       []int // nil as long as it is
}

// add adds a sample of which n numbers are kept.
func (e *ends) add(n int) {
	switch {
	case e.at != nil:
		e.at = append(e.at, e.at[e.n-1]+n)
	case e.n == 0:
		e.width = n
	case e.width != n:
		for i := range e.n {
			e.at = append(e.at, (i+1)*e.width)
		}
		e.at = append(e.at, e.n*e.width+n)
	}
	e.n++
}

// of returns where what is kept of sample i begins and ends.
func (e *ends) of(i int) (from, to int) {
	switch {
	case e.at == nil:
		return i * e.width, (i + 1) * e.width
	case i == 0:
		return 0, e.at[0]
	}
	return e.at[i-1], e.at[i]
}

// Names lists the metrics.
func (p *PerSample) Names() []string { return p.names }

// Metric returns metric k.
func (p *PerSample) Metric(k int) metric.Metric { return p.metrics[k] }

// Samples is the samples seen, by their number in the dataset; functions that take samples take places in this list.
func (p *PerSample) Samples() []int { return p.samples }

// Kept reports whether all of what metric k needs is kept. A metric that keeps very much, such as the confusions of
// thousands of classes, is dropped.
func (p *PerSample) Kept(k int) bool {
	return len(p.terms[k]) <= mostTerms && 2*len(p.sums[k]) <= mostTerms && !p.drops(k)
}

// Sums reports whether metric k is put together from what it keeps of each sample; else Value goes over the samples
// themselves, which takes much longer.
func (p *PerSample) Sums(k int) bool { return p.join[k] != nil }

// Of returns what metric k keeps of sample i of those seen, where [PerSample.Sums] holds: what [metric.Join] puts
// together. It must not be changed.
func (p *PerSample) Of(k, i int) []float64 {
	from, to := p.ends[k].of(i)
	return p.sums[k][from:to]
}

// Share reports, for a metric that counts samples as right or wrong, such as accuracy, how many of the samples seen
// are right; false for other metrics.
func (p *PerSample) Share(k int) (right int, ok bool) {
	if len(p.sums[k]) != 2*len(p.samples) || p.metrics[k].Result([]float64{1, 4}) != 0.25 {
		return 0, false // a share is the ratio of its sums
	}
	for i := range p.samples {
		sum, count := p.sums[k][2*i], p.sums[k][2*i+1]
		if count != 1 || sum != 0 && sum != 1 {
			return 0, false
		}
		right += int(sum)
	}
	return right, true
}

// Rarest returns, for a metric to which each class matters alike ([metric.Counted]), the number of samples of the
// rarest class that occurs; false for other metrics.
func (p *PerSample) Rarest(k int) (samples int, ok bool) {
	var of []int
	for i := range p.ends[k].n {
		begin, end := p.ends[k].of(i)
		if sums := p.sums[k][begin:end]; len(sums) > 0 {
			positives := metric.Positives(p.metrics[k], sums)
			if of == nil {
				of = make([]int, len(positives))
			}
			for class, v := range positives {
				if v > 0 {
					of[class]++
				}
			}
		}
	}
	for _, n := range of {
		if n > 0 && (!ok || n < samples) {
			samples, ok = n, true
		}
	}
	return samples, ok
}

// Scores returns, for the exact area under the ROC curve of samples that count alike, the score of each sample seen and
// whether it is a positive one; false for other metrics, and where targets are neither 0 nor 1.
func (p *PerSample) Scores(k int) (scores []float64, positive []bool, ok bool) {
	terms := p.terms[k]
	if !metric.IsROC(p.metrics[k]) || len(terms) != 2*len(p.samples) || len(p.shapes[k]) != 2 {
		return nil, nil, false
	}
	for i := range p.samples {
		y := terms[2*i+1]
		if y != 0 && y != 1 {
			return nil, nil, false
		}
		scores, positive = append(scores, float64(terms[2*i])), append(positive, y == 1)
	}
	return scores, positive, true
}

// Value is metric k of some of the samples, which may repeat; NaN of none. It is for one goroutine at a time.
func (p *PerSample) Value(k int, samples []int) float64 {
	if len(samples) == 0 {
		return math.NaN()
	}
	if p.join[k] == nil {
		return p.evaluate(k, samples)
	}
	p.total = p.joined(k, p.total[:0], samples)
	return p.result(k, p.total)
}

// joined puts together what metric k keeps of samples.
func (p *PerSample) joined(k int, total []float64, samples []int) []float64 {
	for _, sample := range samples {
		begin, end := p.ends[k].of(sample)
		if sums := p.sums[k][begin:end]; len(sums) > 0 { // none of a sample that counts nothing
			total = p.join[k](total, sums)
		}
	}
	return total
}

func (p *PerSample) result(k int, total []float64) float64 {
	if len(total) == 0 {
		return math.NaN()
	}
	return p.metrics[k].Result(total)
}

// Parts puts together what metric k keeps of each of some parts of the samples, where Sums reports that it can, and
// returns the metric of those parts that are given by their number, which may repeat. It is for one goroutine at a
// time.
func (p *PerSample) Parts(k int, parts [][]int) func(parts []int) float64 {
	totals := make([][]float64, len(parts))
	for i, part := range parts {
		totals[i] = p.joined(k, nil, part)
	}
	return func(chosen []int) float64 {
		p.total = p.total[:0]
		for _, i := range chosen {
			if len(totals[i]) > 0 {
				p.total = p.join[k](p.total, totals[i])
			}
		}
		return p.result(k, p.total)
	}
}

// Influence returns a function that writes the influence of each of some samples on metric k of them
// ([metric.Influence]); nil where the metric has none.
func (p *PerSample) Influence(k int) func(samples []int, u []float64) {
	of := metric.Influence(p.metrics[k])
	if of == nil || p.join[k] == nil {
		return nil
	}
	return func(samples []int, u []float64) {
		p.Value(k, samples)
		for at, sample := range samples {
			begin, end := p.ends[k].of(sample)
			if u[at] = 0; begin < end {
				u[at] = of(p.total, p.sums[k][begin:end])
			}
		}
	}
}

// evaluate is the value of a metric that keeps the samples themselves.
func (p *PerSample) evaluate(k int, samples []int) float64 {
	a := metric.NewAccumulator(p.metrics[k])
	terms := make([]*tensor.Tensor, len(p.shapes[k]))
	for i, s := range p.shapes[k] {
		terms[i] = &tensor.Tensor{Shape: s}
	}
	n := len(p.terms[k]) / len(p.samples)
	for _, sample := range samples {
		all := p.terms[k][sample*n : (sample+1)*n]
		for i, s := range p.shapes[k] {
			terms[i].F32, all = all[:s.Size()], all[s.Size():]
		}
		a.Add(terms...)
	}
	return a.Result()
}
