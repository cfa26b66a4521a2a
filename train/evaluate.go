package train

import (
	"context"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Evaluate is the figures of a model on data, in inference mode: the loss, with the penalties
// of regularisers as Keras's evaluate has it, and the metrics. batch is how many samples
// are judged at once, 0 means 32; the figures do not depend on it but for rounding.
//
// The chapter's P8: test data are for one use, at the end. Every decision that is
// made by a figure belongs to validation data.
func Evaluate(ctx context.Context, m *model.Model, d Data, l loss.Loss, metrics []metric.Metric, batch int) (Figures, error) {
	return EvaluateConfig(ctx, m, d, Config{Loss: l, Metrics: metrics, BatchSize: batch})
}

// EvaluateConfig is Evaluate with the losses and metrics of a Config, for models
// with several outputs; what belongs to learning is not looked at.
func EvaluateConfig(ctx context.Context, m *model.Model, d Data, c Config) (Figures, error) {
	if m.Store() == nil {
		return nil, fmt.Errorf("evaluate: model %q is not built; call Build first", m.Name)
	}
	o, err := newObjective(m, &c)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	j, err := newJudge(o, d, c.BatchSize, "data")
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	f, err := j.figures(ctx)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return append(Figures(nil), f...), nil
}

// judge computes an objective's figures over data, without learning.
type judge struct {
	o        *objective
	feed     *feed
	meter    *meter
	batch    *data.Batch
	programs []*judgement
}

// judgement is the objective compiled for inputs of some shapes.
type judgement struct {
	samples int
	shapes  []tensor.Shape // of the inputs
	names   []string
	runner  *plan.Runner
	outs    []*tensor.Tensor
	// stateful: layers remember this batch for the next one
	stateful bool
}

// run computes while the weights stay as they are.
func (p *judgement) run(store *weight.Store) error {
	compute := func() error {
		store.RLock()
		defer store.RUnlock()
		return p.runner.ComputeAt(store.Version())
	}
	if !p.stateful {
		return compute()
	}
	return store.InSession(func() error {
		err := compute()
		if err == nil {
			p.runner.Commit()
		}
		return err
	})
}

func newJudge(o *objective, d Data, batch int, part string) (*judge, error) {
	if batch < 0 {
		return nil, fmt.Errorf("batch_size: %d is not a number of samples; give 1 or more", batch)
	}
	if batch == 0 {
		batch = defaultBatch
	}
	f, err := d.feed(part, batch)
	if err != nil {
		return nil, err
	}
	f.loader.Bucket = o.bucket
	own := *o
	own.terms = nil
	if err := own.fits(part, f.loader.Data.Spec()); err != nil {
		return nil, err
	}
	if err := own.labels(part, f.loader.Data); err != nil {
		return nil, err
	}
	f.prepare()
	j := &judge{o: &own, feed: f, meter: newMeter(&own)}
	j.batch, err = f.loader.New()
	return j, err
}

// figures goes over the data once.
func (j *judge) figures(ctx context.Context) (Figures, error) {
	j.meter.reset()
	for step := range j.feed.loader.Steps() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := j.feed.loader.Fill(j.batch, 0, step); err != nil {
			return nil, err
		}
		in := j.feed.of(j.batch)
		p, err := j.program(len(j.batch.Samples), in)
		if err != nil {
			return nil, err
		}
		for i, t := range in {
			p.runner.Bind(p.names[i], t)
		}
		if err := p.run(j.o.model.Store()); err != nil {
			return nil, err
		}
		for i := range p.outs {
			p.outs[i] = p.runner.Output(i)
		}
		j.meter.add(p.samples, float64(p.outs[0].F32[0]), p.outs[1:])
	}
	return j.meter.now(), nil
}

// program is the objective compiled for a batch: there are at most two sizes, of each at
// most as many extents as a data.Loader rounds to.
func (j *judge) program(samples int, in []*tensor.Tensor) (*judgement, error) {
	for _, p := range j.programs {
		if p.samples == samples && slices.EqualFunc(p.shapes, in, func(s tensor.Shape, x *tensor.Tensor) bool { return s.Equal(x.Shape) }) {
			return p, nil
		}
	}
	p := &judgement{samples: samples}
	for _, x := range in {
		p.shapes = append(p.shapes, x.Shape.Clone())
	}
	t := layer.NewTrace(false)
	var outs []*graph.Node
	if err := graph.Catch(func() {
		var nodes []*graph.Node
		for i, x := range in {
			p.names = append(p.names, fmt.Sprintf("in/%d", i))
			nodes = append(nodes, t.Graph.Input(p.names[i], graph.Type{DType: x.DType(), Shape: x.Shape.Clone()}))
		}
		loss, rest := j.o.trace(t, nodes)
		if penalty := t.Penalty(); penalty != nil {
			loss = loss.Add(penalty)
		}
		outs = append([]*graph.Node{loss}, rest...)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	p.stateful = t.Stateful
	pl, err := plan.Compile(outs, nil, t.Graph.Assigns)
	if err != nil {
		return nil, err
	}
	p.runner = pl.Runner(par.Default())
	for name, v := range t.Leaves {
		p.runner.Bind(name, v.Value)
	}
	p.outs = make([]*tensor.Tensor, len(outs))
	j.programs = append(j.programs, p)
	return p, nil
}

// labels looks for targets that the losses cannot work with, before anything runs.
func (o *objective) labels(part string, ds data.Dataset) error {
	var errs []error
	for i, l := range o.losses {
		switch l := l.(type) {
		case loss.SparseCategoricalCrossentropy:
			shape := o.model.OutputTypes(1)[i].Shape
			classes := shape[len(shape)-1]
			errs = append(errs, eachTarget(ds, i, func(v float64) error {
				if v != float64(int(v)) || v < 0 || v >= float64(classes) {
					return fmt.Errorf("is %v; the model has %d classes, numbered 0 to %d", v, classes, classes-1)
				}
				return nil
			}))
		case loss.BinaryCrossentropy:
			errs = append(errs, eachTarget(ds, i, func(v float64) error {
				if !(v >= 0 && v <= 1) {
					return fmt.Errorf("is %v; %s takes targets from 0 to 1", v, lossName(l))
				}
				return nil
			}))
		}
	}
	if err := first(errs); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// eachTarget calls f with every element of target k and names the first that it objects to. Datasets
// that are not in memory are not read for that: their batches meet the check for NaN.
func eachTarget(ds data.Dataset, k int, f func(v float64) error) error {
	rows, inMemory := []int(nil), false
	var m *data.Memory
	switch d := ds.(type) {
	case *data.Memory:
		m, inMemory = d, true
	case data.Subset:
		m, inMemory = d.Dataset.(*data.Memory)
		rows = d.Rows
	}
	if !inMemory {
		return nil
	}
	y := m.Targets[k].Tensor
	n := tensor.Shape(y.Shape[1:]).Size()
	for i := range ds.Len() {
		row := i
		if rows != nil {
			row = rows[i]
		}
		for e := row * n; e < (row+1)*n; e++ {
			if err := f(y.Float(e)); err != nil {
				return fmt.Errorf("%s at %s %w", m.Targets[k].Name, place(e, y.Shape), err)
			}
		}
	}
	return nil
}

// first is the first error of a list.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
