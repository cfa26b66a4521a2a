package run

import (
	"context"

	"gorae/train"
)

// Try trains in memory: no directory, no checkpoint, no callbacks that write files, and no look at the test samples.
// With steps above 0 it takes so many steps from the first weights, without callbacks. The network has the weights that
// a run would keep.
func (p *Prepared) Try(ctx context.Context, steps int) (*train.History, error) {
	return p.TryFrom(ctx, nil, steps)
}

// TryFrom is Try from the state of a former training of the same samples: its weights, its optimizer's state, and the
// batch that would have come next. Nil: from the first weights.
func (p *Prepared) TryFrom(ctx context.Context, s *train.Snapshot, steps int) (*train.History, error) {
	t := &p.Spec.Train
	c := train.Config{Epochs: t.Epochs, BatchSize: t.BatchSize, Seed: p.Spec.Seed,
		NoShuffle: t.Shuffle != nil && !*t.Shuffle, Monitor: t.Monitor, KeepBest: steps == 0}
	if s != nil { // the passes through the samples go on, epochs and callbacks do not
		c.Initial = &train.Snapshot{Seed: s.Seed, Samples: s.Samples, BatchSize: s.BatchSize, Pass: s.Pass,
			PassBatch: s.PassBatch, Weights: s.Weights, Steps: s.Steps, Sessions: s.Sessions}
	}
	if steps > 0 {
		c.Epochs, c.StepsPerEpoch = 1, steps
		return p.how.train(ctx, c)
	}
	for _, cb := range t.Callbacks {
		if _, ok := cb.(train.FileCallback); !ok {
			c.Callbacks = append(c.Callbacks, cb)
		}
	}
	return p.how.train(ctx, c)
}
