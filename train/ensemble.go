package train

import (
	"context"
	"errors"
	"fmt"

	"gorae/data"
	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
)

// Ensemble is the training of several networks at once, of which the trained model is the mean (model.Ensemble): one
// step is a step of each network with samples of its own. The networks do not see each other; each learns what it would
// learn alone from the same samples. Config.BatchSize is the number of samples for each network.
type Ensemble struct {
	// Networks are those of the model, in its order.
	Networks []*model.Model
	// Folds, if not nil, has for each network the training samples that it does not learn from, without which the
	// samples of no other network are left out. Where there is no Config.Validation, each network is evaluated on its
	// fold at the end of each epoch, and the metrics are those of all folds together: every sample counts once, by
	// the network that has not learnt from it. Without folds each network learns from all samples, each in an order
	// of its own.
	Folds [][]int
}

// build builds the networks, which share the weights of the model.
func (e *Ensemble) build(m *model.Model, seed uint64) error {
	if len(e.Networks) < 2 {
		return fmt.Errorf("ensemble: %d networks; give 2 or more", len(e.Networks))
	}
	if e.Folds != nil && len(e.Folds) != len(e.Networks) {
		return fmt.Errorf("ensemble: %d folds for %d networks; give one for each", len(e.Folds), len(e.Networks))
	}
	for _, n := range e.Networks {
		if err := n.Build(seed); err != nil {
			return err
		}
	}
	if len(model.TrainableWeights(append([]*model.Model{m}, e.Networks...)...)) > len(m.TrainableWeights()) {
		return errors.New("ensemble: the model does not have the networks' weights; make it of them by model.Ensemble")
	}
	return nil
}

// lists are the samples that each network learns from, of n.
func (e *Ensemble) lists(n int) ([][]int, error) {
	lists := make([][]int, len(e.Networks))
	for k := range lists {
		if e.Folds == nil {
			lists[k] = data.Range(n)
			continue
		}
		out := make([]bool, n)
		for _, i := range e.Folds[k] {
			if i < 0 || i >= n {
				return nil, fmt.Errorf("ensemble: sample %d of fold %d is none of %d", i, k+1, n)
			}
			out[i] = true
		}
		for i, left := range out {
			if !left {
				lists[k] = append(lists[k], i)
			}
		}
		if len(lists[k]) == 0 || len(e.Folds[k]) == 0 {
			return nil, fmt.Errorf("ensemble: fold %d has %d of %d samples; each network needs some to learn from and "+
				"some to be evaluated on", k+1, len(e.Folds[k]), n)
		}
	}
	return lists, nil
}

// ensemble is an Ensemble in a Trainer.
type ensemble struct {
	*Ensemble
	o     []*objective // by network
	views []*tensor.Tensor
}

func newEnsemble(e *Ensemble, m *model.Model, c *Config) (*ensemble, error) {
	switch {
	case c.Truncate > 0:
		return nil, errors.New("ensemble: truncate cannot be used with it; leave one out")
	case c.Bucket:
		return nil, errors.New("ensemble: bucket cannot be used with it; leave one out")
	}
	if err := e.build(m, c.Seed); err != nil {
		return nil, err
	}
	x := &ensemble{Ensemble: e}
	for _, n := range e.Networks {
		o, err := newObjective(n, c)
		if err != nil {
			return nil, err
		}
		o.inputs, o.targets = len(n.InputNames()), len(n.OutputNames())
		x.o = append(x.o, o)
	}
	return x, nil
}

// trace computes for each network its loss, with its penalties, and what a meter adds up. The loss of the step is their
// sum, so that each weight has the gradient that it has in a training of its network alone. In has for each network
// what a step of one network has.
func (e *ensemble) trace(whole *objective) Trace {
	return func(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		for _, v := range whole.model.Store().Vars() { // under the names that they have in the model
			t.Leaf(v)
		}
		each := len(in) / len(e.o)
		var sum *graph.Node
		var outs []*graph.Node
		for k, o := range e.o {
			targets, penalties := len(t.Targets), len(t.Penalties)
			t.Targets = t.Targets[:0]
			loss, rest := o.trace(t, in[k*each:(k+1)*each])
			t.Targets = t.Targets[:min(targets, len(t.Targets))]
			if sum == nil {
				sum = loss
			} else {
				sum = sum.Add(loss)
			}
			for _, p := range t.Penalties[penalties:] { // the step adds them to the sum itself
				loss = loss.Add(p)
			}
			outs = append(append(outs, loss), rest...)
		}
		whole.terms = e.o[0].terms
		return sum, outs
	}
}

// learn does one step with a batch of equally many samples for each network.
func (t *Trainer) learnEnsemble(n int, in []*tensor.Tensor) error {
	e, k := t.ensemble, len(t.ensemble.o)
	each := n / k
	if len(e.views) != k*len(in) {
		e.views = make([]*tensor.Tensor, k*len(in))
		for i := range e.views {
			e.views[i] = new(tensor.Tensor)
		}
	}
	for j, x := range in {
		for i := range k {
			part(e.views[i*len(in)+j], x, i*each, each)
		}
	}
	_, outs, err := t.step.Run(e.views...)
	if err != nil {
		return err
	}
	for of := len(outs) / k; len(outs) > 0; outs = outs[of:] {
		t.meter.add(each, float64(outs[0].F32[0]), outs[1:of])
	}
	return nil
}

// part makes v n rows of x from a row on.
func part(v, x *tensor.Tensor, from, n int) {
	v.Shape = append(append(v.Shape[:0], n), x.Shape[1:]...)
	row := tensor.Shape(x.Shape[1:]).Size()
	lo, hi := from*row, (from+n)*row
	switch {
	case x.I32 != nil:
		v.I32 = x.I32[lo:hi]
	case x.U8 != nil:
		v.U8 = x.U8[lo:hi]
	default:
		v.F32 = x.F32[lo:hi]
	}
}

// passes are evaluators whose metrics are computed together: those of the folds.
type passes []*evaluator

// run goes over the data of each once. The metrics are valid until the next call.
func (p passes) run(ctx context.Context) (Metrics, error) {
	if p[0].scores != nil {
		p[0].scores.reset()
	}
	for _, e := range p {
		if err := e.feed.each(ctx, e.batch, e.compute); err != nil {
			return nil, err
		}
	}
	if p[0].scores == nil {
		return nil, nil
	}
	return p[0].scores.now(), nil
}

// evaluators evaluates each network on its fold of d.
func (e *ensemble) evaluators(d Data, batch int, part string) (passes, error) {
	if _, err := e.lists(d.Len()); err != nil {
		return nil, err
	}
	var p passes
	var shared *meter
	for k, o := range e.o {
		own := *o
		own.terms = nil
		if shared == nil {
			shared = newMeter(&own)
		}
		x, err := newPass(&own, objectiveScores{&own, shared}, d, batch, part)
		if err != nil {
			return nil, err
		}
		if x.feed.loader.Lists = [][]int{e.Folds[k]}; x.batch != nil {
			if x.batch, err = x.feed.loader.New(); err != nil {
				return nil, err
			}
		}
		p = append(p, x)
	}
	return p, nil
}
