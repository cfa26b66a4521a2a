package supervised

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"gorae/data"
	"gorae/internal/words"
	"gorae/reduce"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// rivals is what an autoencoder is compared with: the mean of the training samples, and where it has codes the
// principal components of the training samples, as many as there are codes.
type rivals struct {
	Mean []float64          `json:"mean"`
	PCA  *reduce.Projection `json:"pca,omitempty"`
	Note string             `json:"note,omitempty"` // how the components were fitted
	Why  string             `json:"why,omitempty"`  // there are none; "" where none are asked for
	n    float64
}

// Batch adds training samples to the mean; it implements train.Consumer.
func (m *rivals) Batch(b *train.EvalBatch) error {
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

// mostFlat is the number of values of the samples that principal components are fitted to: 256 MB.
const mostFlat = 1 << 26

// components fits principal components to training samples, or to a random share of them where they are many.
func (m *rivals) components(d data.Dataset, codes int, seed uint64) {
	x, err := flatten(d, mostFlat, seed)
	if err == nil {
		m.PCA, err = reduce.PCA{Components: min(codes, x.Len()), Seed: seed}.Fit(x)
	}
	if err != nil {
		m.Why = err.Error()
		return
	}
	if x.Len() < d.Len() {
		m.Note = fmt.Sprintf("fitted to %d random training samples", x.Len())
	}
}

// flatten returns the inputs of samples, or of a random share of them that has a number of values at most.
func flatten(d data.Dataset, most int, seed uint64) (reduce.Rows, error) {
	row := d.Spec().Row()
	size := row[0].Len()
	rows := picked(d.Len(), max(1, most/max(1, size)), seed)
	values := make([]float32, 0, len(rows)*size)
	for _, i := range rows {
		if err := d.Read(0, i, row); err != nil {
			return nil, err
		}
		values = append(values, row[0].F32...)
	}
	return reduce.Flat(values, size), nil
}

// picked is a number of samples in their order, at random from the seed; all where there are no more.
func picked(samples, most int, seed uint64) []int {
	rows := data.Range(samples)
	if most < samples {
		r := rand.New(rand.NewPCG(seed, 0xc0de))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:most]
		slices.Sort(rows)
	}
	return rows
}

// models are the rivals as models that give a sample back.
func (m *rivals) models() []*rival {
	all := []*rival{{name: "mean of the training samples", of: func([]float32) []float64 { return m.Mean }}}
	if p := m.PCA; p != nil {
		all = append(all, &rival{name: words.Plural(len(p.Components), "principal component"), note: m.Note,
			of: func(x []float32) []float64 { return p.Inverse(p.Transform(floats(x))) }})
	}
	return all
}

// check refuses rivals of samples of another size.
func (m *rivals) check() error {
	if m.PCA == nil {
		return nil
	}
	p := m.PCA
	if len(p.Mean) != len(m.Mean) || len(p.Components) != len(p.Variance) ||
		slices.ContainsFunc(p.Components, func(c []float64) bool { return len(c) != len(m.Mean) }) {
		return fmt.Errorf("principal components that are not of %d values", len(m.Mean))
	}
	return nil
}

// rival is a model beside the network.
type rival struct {
	name, note string
	of         func(x []float32) []float64
	each       *train.PerSample // its metrics
	errors     []float64        // mean squared errors, by sample
}

// besideRivals compares an autoencoder with its rivals, on the same samples.
type besideRivals struct {
	fitted    *rivals
	objective task.Objective
	training  *task.Training
	part      string // "" in a later evaluation
	judged    []int  // the samples that are compared; nil: all
	depend    task.Dependence
	seed      uint64
	samples   int

	all     []*rival  // nil before the first batch
	network []float64 // mean squared errors, by sample
}

func newBesideRivals(fitted *rivals, o task.Objective, t *task.Training, d data.Dataset) *besideRivals {
	return &besideRivals{fitted: fitted, objective: o, training: t, samples: d.Len(),
		network: make([]float64, d.Len())}
}

// Batch implements train.Consumer.
func (b *besideRivals) Batch(e *train.EvalBatch) error {
	size := e.Outputs[0].Len() / len(e.Samples)
	if size != len(b.fitted.Mean) {
		return fmt.Errorf("baselines: samples of %d values, but the mean has %d", size, len(b.fitted.Mean))
	}
	if b.all == nil {
		b.all = b.fitted.models()
		for _, r := range b.all {
			r.errors = make([]float64, b.samples)
			var err error
			if r.each, err = objectives(b.objective, b.training).PerSample(b.training.Model); err != nil {
				return err
			}
		}
	}
	for i, sample := range e.Samples {
		own := rootMeanSquare(e.Outputs[0].F32[i*size:(i+1)*size], e.Targets[0].F32[i*size:(i+1)*size])
		b.network[sample] = own * own
	}
	for _, r := range b.all {
		if err := r.batch(e, size); err != nil {
			return err
		}
	}
	return nil
}

// batch adds what the rival gives back of a batch of samples of a size.
func (r *rival) batch(e *train.EvalBatch, size int) error {
	out := tensor.New(tensor.Float32, e.Outputs[0].Shape...)
	for i, sample := range e.Samples {
		y, to := e.Targets[0].F32[i*size:(i+1)*size], out.F32[i*size:(i+1)*size]
		for k, v := range r.of(y) {
			to[k] = float32(v)
		}
		own := rootMeanSquare(to, y)
		r.errors[sample] = own * own
	}
	own := *e
	own.Outputs = []*tensor.Tensor{out}
	return r.each.Batch(&own)
}

// Compare implements task.Comparison.
func (b *besideRivals) Compare(_ context.Context, f *task.Findings) error {
	if b.all == nil {
		return nil
	}
	if b.fitted.Why != "" {
		f.Say("no principal components stand beside the network: %s", b.fitted.Why)
	}
	samples, judged := samplesOf(b.part), data.Range(b.samples)
	if b.judged != nil && len(b.judged) < b.samples {
		samples, judged = othersOf(b.part), b.judged
	}
	of := func(errors []float64) []float64 {
		out := make([]float64, len(judged))
		for at, i := range judged {
			out[at] = errors[i]
		}
		return out
	}
	network := of(b.network)
	var against []task.Rival
	for _, r := range b.all {
		base := task.Baseline{Name: r.name, Note: r.note, Part: b.part}
		for k, name := range r.each.Names() {
			if r.each.Kept(k) {
				base.Metrics = append(base.Metrics, train.Metric{Name: name,
					Value: r.each.Value(k, data.Range(b.samples))})
			}
		}
		f.Baselines = append(f.Baselines, base)
		against = append(against, task.Rival{Name: "the " + r.name, Losses: of(r.errors)})
	}
	p, k, words := task.Against(against, func(k, rivals int) task.Paired {
		difference := make([]float64, len(network))
		for i, v := range network {
			difference[i] = v - against[k].Losses[i]
		}
		return task.ComparePaired(difference, task.SquaredError, b.depend, b.seed, rivals)
	})
	f.Judge(p.Verdict, words+": "+rmses(network, against[k].Losses, samples)+" ("+p.Test+")")
	return nil
}

// Complete implements task.Completer: the rivals are known from the training samples.
func (r *Reconstruction) Complete(_ context.Context, f *task.Finish) error {
	if r.beside != nil {
		r.beside.judged, r.beside.depend = f.Judged(r.errors.part, r.beside.samples)
		r.beside.seed = f.Seed
	}
	return nil
}

// Kept implements task.Keeper.
func (r *Reconstruction) Kept() any {
	if r.beside == nil || len(r.rivals.Mean) > mostKept {
		return nil
	}
	m := r.rivals
	if p := m.PCA; p != nil && len(p.Components)*len(p.Mean) > mostKept {
		return &rivals{Mean: m.Mean, Why: fmt.Sprintf("they have %d numbers, and the model file holds %d at most",
			len(p.Components)*len(p.Mean), mostKept)}
	}
	return m
}

// Comparison implements task.Comparer.
func (a *Autoencoder) Comparison(kept json.RawMessage, t *task.Training, d data.Dataset,
	dep task.Dependence) (task.Comparison, error) {
	m := &rivals{}
	if err := json.Unmarshal(kept, m); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	b := newBesideRivals(m, a, t, d)
	b.depend = dep
	return b, nil
}
