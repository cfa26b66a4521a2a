package train

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
)

// objective holds the losses, metrics and weights of a model's outputs, which training and evaluation share.
type objective struct {
	model   *model.Model
	losses  []loss.Loss
	factors []float64
	metrics [][]metric.Metric // by output
	names   []string          // of the metrics: loss, each output's loss if there are several, metrics

	directions map[string]metric.Direction // of the metrics, by name

	recompute, carry bool // how it is learnt (Config)

	inputs, targets int
	bucket          bool  // batches may have fewer steps than the model's inputs say
	terms           []int // outputs of a trace that belong to each metric
}

func newObjective(m *model.Model, c *Config) (_ *objective, err error) {
	filled := config.Filled(*c) // losses and metrics written as literals
	c = &filled
	o := &objective{bucket: c.Bucket, model: m, losses: c.Losses, factors: c.LossWeights,
		metrics: c.OutputMetrics, recompute: c.Recompute, carry: c.Truncate > 0}
	outputs := m.OutputNames()
	n := len(outputs)
	if o.losses == nil {
		if c.Loss == nil {
			return nil, fmt.Errorf("loss: none is given; take one from package loss, as loss.MeanSquaredError{}")
		}
		for range outputs {
			o.losses = append(o.losses, c.Loss)
		}
	}
	if o.metrics == nil {
		o.metrics = make([][]metric.Metric, n)
		for i := range o.metrics {
			o.metrics[i] = c.Metrics
		}
	}
	o.metrics = slices.Clone(o.metrics)
	for i, list := range o.metrics[:min(n, len(o.metrics))] {
		if o.metrics[i], err = expanded(list, m, i); err != nil {
			return nil, err
		}
		if len(c.WeightedMetrics) > 0 {
			weighted, err := expanded(c.WeightedMetrics, m, i)
			if err != nil {
				return nil, err
			}
			o.metrics[i] = slices.Concat(o.metrics[i], weightedMetrics(o.metrics[i], weighted))
		}
	}
	if o.factors == nil {
		for range outputs {
			o.factors = append(o.factors, 1)
		}
	}
	for _, part := range []struct {
		what string
		have int
	}{{"losses", len(o.losses)}, {"loss_weights", len(o.factors)}, {"metrics", len(o.metrics)}} {
		if part.have != n {
			return nil, fmt.Errorf("%s: %d for %d outputs (%s); give one for each", part.what, part.have, n,
				strings.Join(outputs, ", "))
		}
	}
	for i, l := range o.losses {
		if l == nil {
			return nil, fmt.Errorf("losses: none for output %q", outputs[i])
		}
		if err := config.Check(l); err != nil {
			return nil, config.Under(lossName(l), err)
		}
	}
	o.names, o.directions = []string{"loss"}, map[string]metric.Direction{"loss": metric.Min}
	for _, out := range outputs {
		if n > 1 {
			o.names = append(o.names, out+"_loss")
			o.directions[out+"_loss"] = metric.Min
		}
	}
	for i, out := range outputs {
		for _, m := range o.metrics[i] {
			name := metricName(m)
			if n > 1 {
				name = out + "_" + name
			}
			o.names = append(o.names, name)
			o.directions[name] = metric.DirectionOf(m)
		}
	}
	for i, name := range o.names {
		for _, other := range o.names[:i] {
			if name == other {
				return nil, fmt.Errorf("metrics: two metrics are called %q; leave one out", name)
			}
		}
	}
	return o, nil
}

// expanded checks metrics of an output of a model, and makes metrics of one value each of those that have several.
func expanded(list []metric.Metric, m *model.Model, output int) (all []metric.Metric, err error) {
	width := 1
	if s := m.OutputTypes(1)[output].Shape; len(s) > 1 {
		width = s[len(s)-1]
	}
	for k, x := range list {
		if unnamed(x) == nil {
			return nil, fmt.Errorf("metrics: number %d of output %q is nil", k+1, m.OutputNames()[output])
		}
		if err := config.Check(unnamed(x)); err != nil {
			return nil, config.Under(metricName(x), err)
		}
		parts := metric.Expand(unnamed(x), width)
		if len(parts) == 1 && parts[0].Suffix == "" {
			all = append(all, x)
			continue
		}
		for _, p := range parts {
			all = append(all, NamedMetric{p.Metric, metricName(x) + p.Suffix})
		}
	}
	return all, nil
}

// fits checks that a dataset has what the objective needs, before anything runs.
func (o *objective) fits(part string, s data.Spec) error {
	if in := o.model.InputNames(); len(s.Inputs) != len(in) {
		return fmt.Errorf("%s: %d inputs for a model that takes %d (%s)", part, len(s.Inputs), len(in),
			strings.Join(in, ", "))
	}
	if out := o.model.OutputNames(); o.losses != nil && len(s.Targets) != len(out) {
		return fmt.Errorf("%s: %d targets for a model with %d outputs (%s)", part, len(s.Targets), len(out),
			strings.Join(out, ", "))
	}
	o.inputs, o.targets = len(s.Inputs), len(s.Targets)
	for i, t := range o.model.InputTypes(1) {
		got, want := s.Inputs[i].Shape, t.Shape[1:]
		if !got.Equal(want) && !o.model.TakesInput(i, got) {
			return fmt.Errorf("%s: input %q of the model takes samples of shape %v, got %v", part,
				o.model.InputNames()[i], want, got)
		}
	}
	return nil
}

// weighed checks that weights of samples are one list, or one for each output.
func (o *objective) weighed(part string, f *feed) error {
	if n := len(f.samples); n > 1 && n != len(o.model.OutputNames()) {
		return fmt.Errorf("%s: weights for %d outputs, the model has %d (%s)", part, n, len(o.model.OutputNames()),
			strings.Join(o.model.OutputNames(), ", "))
	}
	return nil
}

// trace computes the loss, without penalties, and behind it what the meter adds up:
// each output's loss if there are several, and the metrics' terms.
func (o *objective) trace(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	return o.compare(t, in, o.predictions(t, in))
}

// predictions are the model's outputs for the inputs of a step.
func (o *objective) predictions(t *model.Trace, in []*graph.Node) []*graph.Node {
	t.Recompute, t.Carry = o.recompute, o.carry && t.Training
	x := make([]*graph.Node, o.inputs)
	for i, want := range o.model.InputTypes(1) {
		if x[i] = in[i]; x[i].DType != want.DType {
			x[i] = x[i].Cast(want.DType) // pixels stay bytes up to here
		}
	}
	t.Shorter = o.bucket
	return o.model.Trace(t, x...)
}

// compare computes the loss of predictions and what the meter adds up.
func (o *objective) compare(t *model.Trace, in, pred []*graph.Node) (*graph.Node, []*graph.Node) {
	y := in[o.inputs : o.inputs+o.targets]
	weights := make([]*graph.Node, len(pred)) // of samples, by output
	for i := range weights {
		switch given := in[o.inputs+o.targets:]; {
		case len(given) == 1:
			weights[i] = given[0]
		case len(given) > 1:
			weights[i] = given[i]
		}
	}
	y = slices.Clone(y)
	for i := range y {
		for _, change := range t.Targets {
			y[i] = change(y[i])
		}
	}
	var total *graph.Node
	var parts, terms []*graph.Node
	o.terms = o.terms[:0]
	for i, p := range pred {
		l := loss.Total(o.losses[i], y[i], p, t.Mask(p), weights[i])
		parts = append(parts, l)
		if o.factors[i] != 1 {
			l = l.MulC(o.factors[i])
		}
		if total == nil {
			total = l
		} else {
			total = total.Add(l)
		}
		truth, said, counts := y[i], p, (*graph.Node)(nil)
		if mask := t.Mask(p); mask != nil { // as Keras: steps that the mask leaves out count in no metric
			truth, said, counts = loss.Steps(truth, said, mask)
		}
		for _, m := range o.metrics[i] {
			count := counts
			if isWeighted(m) {
				count = weigh(counts, t.Mask(p), weights[i])
			}
			ts := m.Terms(truth, said, count)
			terms, o.terms = append(terms, ts...), append(o.terms, len(ts))
		}
	}
	if len(parts) == 1 {
		parts = nil
	}
	return total, append(parts, terms...)
}

// lossName is the name of a loss in messages.
func lossName(l loss.Loss) string { return loss.Losses.Word(l) }
