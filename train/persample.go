package train

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
)

// PerSample keeps what each sample of an evaluation adds to its metrics, so that a metric of any choice of the samples
// can be computed without the network: for intervals by resampling, and for tests of two networks on the same samples.
// It is a [Consumer] of the evaluation. A loss counts as a metric, without the penalties of regularisers.
type PerSample struct {
	names   []string
	metrics []metric.Metric
	output  []int // of the model, by metric

	program *model.Program
	masked  []bool           // by output: a mask is among the program's inputs
	shapes  [][]tensor.Shape // of the terms, by metric
	terms   [][]float32      // by metric: the terms of each sample behind each other
	samples []int            // number in the dataset, in the order seen
}

// mostTerms bounds what is kept of a metric, in numbers: 256 MB.
const mostTerms = 64 << 20

// PerSample is a consumer for evaluations e of m. With several outputs the total loss is left out.
func (e Evaluation) PerSample(m *model.Model) (*PerSample, error) {
	c := &Config{Loss: e.Loss, Losses: e.Losses, LossWeights: e.LossWeights, Metrics: e.Metrics,
		OutputMetrics: e.OutputMetrics}
	o, err := newObjective(m, c)
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
	p.program = model.NewProgram(p.trace, model.ProgramConfig{Models: []*model.Model{m}, ReadOnly: true})
	return p, nil
}

// trace computes the terms of all metrics. Inputs are the targets, the outputs, and the masks of masked outputs.
func (p *PerSample) trace(_ *model.Trace, in []*graph.Node) model.Traced {
	n := len(p.masked)
	truth, said, counts := slices.Clone(in[:n]), slices.Clone(in[n:2*n]), make([]*graph.Node, n)
	masks := in[2*n:]
	for i, masked := range p.masked {
		if masked {
			truth[i], said[i], counts[i] = loss.Steps(truth[i], said[i], masks[0])
			masks = masks[1:]
		}
	}
	var out model.Traced
	for k, m := range p.metrics {
		i := p.output[k]
		p.shapes[k] = p.shapes[k][:0]
		for _, t := range m.Terms(truth[i], said[i], counts[i]) {
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
	var in []*tensor.Tensor
	for i, sample := range b.Samples {
		in = in[:0]
		for _, list := range [][]*tensor.Tensor{b.Targets, b.Outputs, b.Masks} {
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
		p.samples = append(p.samples, sample)
		for k, shapes := range p.shapes {
			if len(p.terms[k]) <= mostTerms {
				for _, t := range outs[:len(shapes)] {
					p.terms[k] = append(p.terms[k], t.F32...)
				}
			}
			outs = outs[len(shapes):]
		}
	}
	return nil
}

// Names lists the metrics.
func (p *PerSample) Names() []string { return p.names }

// Samples is the samples seen, by their number in the dataset; functions that take samples take places in this list.
func (p *PerSample) Samples() []int { return p.samples }

// Kept reports whether all of what metric k needs is kept. A metric that keeps very much, such as the confusions of
// thousands of classes, is dropped.
func (p *PerSample) Kept(k int) bool { return len(p.terms[k]) <= mostTerms }

// of is the terms of one sample of metric k.
func (p *PerSample) of(k, sample int) []float32 {
	n := 0
	for _, s := range p.shapes[k] {
		n += s.Size()
	}
	return p.terms[k][sample*n : (sample+1)*n]
}

// Share reports, for a metric that counts samples as right or wrong, such as accuracy, how many of the samples seen
// are right; false for other metrics.
func (p *PerSample) Share(k int) (right int, ok bool) {
	if len(p.shapes[k]) != 2 || !p.Kept(k) || metric.Keeps(p.metrics[k]) {
		return 0, false
	}
	for i := range p.samples {
		t := p.of(k, i)
		if len(t) != 2 || t[1] != 1 || t[0] != 0 && t[0] != 1 {
			return 0, false
		}
		right += int(t[0])
	}
	ones := []float64{1, 4} // a share is the ratio of its sums
	return right, p.metrics[k].Result(ones) == 0.25
}

// Value is metric k of some of the samples, which may repeat. It is for one goroutine at a time.
func (p *PerSample) Value(k int, samples []int) float64 {
	a := metric.NewAccumulator(p.metrics[k])
	terms := make([]*tensor.Tensor, len(p.shapes[k]))
	for i, s := range p.shapes[k] {
		terms[i] = &tensor.Tensor{Shape: s}
	}
	for _, sample := range samples {
		all := p.of(k, sample)
		for i, s := range p.shapes[k] {
			terms[i].F32, all = all[:s.Size()], all[s.Size():]
		}
		a.Add(terms...)
	}
	return a.Result()
}
