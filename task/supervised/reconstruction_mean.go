package supervised

import (
	"context"
	"encoding/json"
	"fmt"

	"gorae/data"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// meanSample is the mean of the training samples, value by value: what an autoencoder is compared with.
type meanSample struct {
	Mean []float64 `json:"mean"`
	n    float64
}

// Batch implements train.Consumer.
func (m *meanSample) Batch(b *train.EvalBatch) error {
	size := b.Targets[0].Len() / len(b.Samples)
	if m.Mean == nil {
		m.Mean = make([]float64, size)
	}
	for i := range b.Samples {
		m.n++
		for k, v := range b.Targets[0].F32[i*size : (i+1)*size] {
			m.Mean[k] += (float64(v) - m.Mean[k]) / m.n
		}
	}
	return nil
}

// besideMean compares an autoencoder with the mean of its training samples, on the same samples.
type besideMean struct {
	fitted    *meanSample
	objective task.Objective
	training  *task.Training
	part      string // "" in a later evaluation
	depend    task.Dependence
	seed      uint64
	samples   int

	each    *train.PerSample // metrics of the mean
	network []float64        // mean squared errors, by sample
	mean    []float64
}

func newBesideMean(fitted *meanSample, o task.Objective, t *task.Training, d data.Dataset) *besideMean {
	return &besideMean{fitted: fitted, objective: o, training: t, samples: d.Len(),
		network: make([]float64, d.Len()), mean: make([]float64, d.Len())}
}

// Batch implements train.Consumer.
func (b *besideMean) Batch(e *train.EvalBatch) error {
	if b.each == nil {
		each, err := objectives(b.objective, b.training).PerSample(b.training.Model)
		if err != nil {
			return err
		}
		b.each = each
	}
	size := e.Outputs[0].Len() / len(e.Samples)
	if size != len(b.fitted.Mean) {
		return fmt.Errorf("baselines: samples of %d values, but the mean has %d", size, len(b.fitted.Mean))
	}
	out := tensor.New(tensor.Float32, e.Outputs[0].Shape...)
	for k := range out.F32 {
		out.F32[k] = float32(b.fitted.Mean[k%size])
	}
	for i, sample := range e.Samples {
		y := e.Targets[0].F32[i*size : (i+1)*size]
		mine := rootMeanSquare(e.Outputs[0].F32[i*size:(i+1)*size], y)
		its := rootMeanSquare(out.F32[i*size:(i+1)*size], y)
		b.network[sample], b.mean[sample] = mine*mine, its*its
	}
	own := *e
	own.Outputs = []*tensor.Tensor{out}
	return b.each.Batch(&own)
}

// Compare implements task.Comparison.
func (b *besideMean) Compare(_ context.Context, f *task.Findings) error {
	if b.each == nil {
		return nil
	}
	base := task.Baseline{Name: "mean of the training samples", Part: b.part}
	for k, name := range b.each.Names() {
		if b.each.Kept(k) {
			base.Metrics = append(base.Metrics, train.Metric{Name: name, Value: b.each.Value(k, data.Range(b.samples))})
		}
	}
	f.Baselines = append(f.Baselines, base)
	difference := make([]float64, b.samples)
	for i, v := range b.network {
		difference[i] = v - b.mean[i]
	}
	p, _, words := task.Against([]task.Rival{{Name: "the " + base.Name, Losses: b.mean}},
		func(_, of int) task.Paired {
			return task.ComparePaired(difference, task.SquaredError, b.depend, b.seed, of)
		})
	f.Judge(p.Verdict, words+": "+rmses(b.network, b.mean, b.part)+" ("+p.Test+")")
	return nil
}

// Complete implements task.Completer: the mean is known from the evaluation of the training samples.
func (r *Reconstruction) Complete(_ context.Context, f *task.Finish) error {
	if r.beside != nil {
		r.beside.depend, r.beside.seed = f.Dependence[r.errors.part], f.Seed
	}
	return nil
}

// Kept implements task.Keeper.
func (r *Reconstruction) Kept() any {
	if r.beside == nil || len(r.mean.Mean) > mostKept {
		return nil
	}
	return r.mean
}

// Comparison implements task.Comparer.
func (a *Autoencoder) Comparison(kept json.RawMessage, t *task.Training, d data.Dataset,
	dep task.Dependence) (task.Comparison, error) {
	m := &meanSample{}
	if err := json.Unmarshal(kept, m); err != nil {
		return nil, err
	}
	b := newBesideMean(m, a, t, d)
	b.depend = dep
	return b, nil
}
