package run

import (
	"context"
	"math"
	"slices"

	"gorae/bundle"
	"gorae/config"
	"gorae/data"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// How many samples settleBucket tries, and what rounding may change.
const (
	bucketTries = 8
	bucketSlack = 1e-5
)

// bucket reports whether batches hold samples of like lengths.
func (p *Prepared) bucket() bool { return p.Spec.Train.Bucket != nil && *p.Spec.Train.Bucket }

// batches says how samples are put into batches.
func (p *Prepared) batches() task.Batches {
	return task.Batches{Size: p.Spec.Train.BatchSize, Bucket: p.bucket()}
}

// settleBucket batches samples of like lengths where the network's loss does not depend on padding, which
// is tried on a few training samples.
func (p *Prepared) settleBucket() error {
	const key = "train.bucket"
	wanted := p.Spec.Train.Bucket
	if wanted != nil && !*wanted {
		return nil
	}
	d := p.Parts[task.Train]
	length := d.Spec().Length
	if length == nil {
		if wanted != nil {
			return task.Errorf(key, "all samples have the same length; leave it out")
		}
		return nil
	}
	if p.Spec.Train.Several() != nil {
		if wanted != nil {
			return task.Errorf(key, "samples of like lengths cannot be batched for several networks").
				Fix("leave bucket or train.ensemble out")
		}
		return nil
	}
	rows := data.Range(min(d.Len(), 64*bucketTries))
	slices.SortStableFunc(rows, func(a, b int) int { return length(a) - length(b) })
	rows = rows[:min(len(rows), bucketTries)]
	few := train.Data{Source: data.Subset{Dataset: d, Rows: rows}}
	evaluate := func(bucket bool) (float64, error) {
		e := bundle.Evaluation(p.Fitted, p.Training)
		e.OutputMetrics, e.BatchSize, e.Bucket = make([][]metric.Metric, len(e.Losses)), bucketTries, bucket
		m, err := e.Run(context.Background(), p.Model, few)
		if err != nil {
			return 0, err
		}
		return m[0].Value, nil
	}
	whole, err := evaluate(false)
	if err != nil {
		return config.Errorf("model", "%v", err).AtKey()
	}
	short, err := evaluate(true)
	same := err == nil && math.Abs(short-whole) <= bucketSlack*(1+math.Abs(whole))
	switch {
	case same, wanted == nil:
		p.Spec.Train.Bucket = &same
		return nil
	case err != nil:
		return task.Errorf(key, "the network does not take shorter sequences: %v; leave bucket out", err)
	}
	return task.Errorf(key, "the network's results depend on padding; mask it (embedding: {mask_zero: true}), or "+
		"leave bucket out")
}
