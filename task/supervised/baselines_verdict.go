package supervised

import (
	"fmt"
	"math"

	"gorae/baseline"
	"gorae/data"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// sayNegative says of a number what it means that r2 of the samples is below 0, beside a verdict that compares with the
// mean of the training samples.
func (b *beside) sayNegative(f *task.Findings, k int, held *baseline.Samples, ofMean []float64) {
	g := b.targets[k]
	if g.Task != prep.Regression || g.Quantiles != nil {
		return
	}
	y := make([]float64, held.N)
	for i := range y {
		y[i] = g.Number(held.Targets[k].Rows(i, i+1).F32)
	}
	mean, spread := total(y)/float64(len(y)), 0.0
	for _, v := range y {
		spread += (v - mean) * (v - mean)
	}
	network := total(b.network.errors[k])
	switch samples := samplesOf(b.part); {
	case !(spread > 0 && network > spread):
	case network < total(ofMean):
		f.Say("%s: r2 is below 0: the errors are greater than those of the mean of the %s themselves, which nobody "+
			"knows before; they are smaller than those of the training samples' mean, as the two means differ", g.Name,
			samples)
	default:
		f.Say("%s: r2 is below 0: the errors are greater than those of always answering the mean", g.Name)
	}
}

// judge computes the metrics and the errors of a model that answers target k of sample i with a number in the target's
// units, with the logarithm of each class's probability up to a constant, or with the logit of each label. ts are the
// targets with the model's thresholds, errors the quantiles of its errors in training.
func (b *beside) judge(ts Targets, held *baseline.Samples, called names, note string,
	answer func(k, i int) []float64, errors func(k int) []float64) (*compared, error) {
	j := &compared{task.Baseline{Name: called.of(b.targets), Note: note, Part: b.part},
		newAnswers(ts, ts.Rules(b.training), held.N), called}
	batch := &train.EvalBatch{Samples: data.Range(held.N), Targets: held.Targets,
		Masks: make([]*tensor.Tensor, len(b.targets))}
	for k := range b.targets {
		out := tensor.New(tensor.Float32, held.N, b.widths[k])
		var spread []float64
		if b.targets[k].Quantiles != nil {
			spread = errors(k)
		}
		for i := range held.N {
			b.output(k, answer(k, i), spread, out.F32[i*b.widths[k]:(i+1)*b.widths[k]])
		}
		batch.Outputs = append(batch.Outputs, out)
	}
	each, err := objectives(ts, b.training).PerSample(b.training.Model)
	if err != nil {
		return j, err
	}
	if err := (consumers{each, j.answers}).Batch(batch); err != nil {
		return j, err
	}
	for k, name := range each.Names() {
		if each.Kept(k) {
			j.Metrics = append(j.Metrics, train.Metric{Name: name, Value: each.Value(k, batch.Samples)})
		}
	}
	return j, nil
}

// verdict compares the network with the baselines on target k, by the samples that are no copies of training samples.
func (b *beside) verdict(k int, all []*compared) (task.Verdict, string) {
	judged := func(errors []float64) []float64 { return errors }
	samples := samplesOf(b.part)
	if b.judged != nil && len(b.judged) < b.data.Len() {
		judged, samples = b.others, othersOf(b.part)
	}
	network := judged(b.network.errors[k])
	g, n := b.targets[k], len(network)
	classes, loss := g.Task != prep.Regression, task.SquaredError
	if classes {
		loss = task.WrongClass
	}
	if g.Quantiles != nil {
		loss = task.PinballLoss
	}
	if g.Task == prep.Labels {
		loss = task.WrongLabels
	}
	var rivals []task.Rival
	for _, x := range all {
		name := x.names.one(g)
		if x.names == constantName {
			name = "the " + name
		}
		rivals = append(rivals, task.Rival{Name: name, Losses: judged(x.errors[k])})
	}
	p, rival, text := task.Against(rivals, func(r, of int) task.Paired {
		difference := make([]float64, n)
		for i, e := range network {
			difference[i] = e - rivals[r].Losses[i]
		}
		return task.ComparePaired(difference, loss, b.depend, b.seed, of)
	})
	figures := rmses(network, rivals[rival].Losses, samples)
	if classes {
		right := func(errors []float64) string { return layer.Thousands(n - int(total(errors))) }
		a, b := right(network), right(rivals[rival].Losses)
		if g.Task == prep.Labels {
			figures = fmt.Sprintf("%s of %s %s right in every label against %s", a, layer.Thousands(n),
				samples, b)
		} else {
			figures = fmt.Sprintf("%s of %s %s right against %s", a, layer.Thousands(n), samples, b)
		}
	}
	if g.Quantiles != nil {
		figures = pinballs(network, rivals[rival].Losses, samples)
	}
	text += ": " + figures + " (" + p.Test + ")"
	if len(b.targets) > 1 {
		text = g.Name + ": " + text
	}
	return p.Verdict, text
}

// others is the errors of the samples that are no copies of training samples.
func (b *beside) others(errors []float64) []float64 {
	out := make([]float64, len(b.judged))
	for at, i := range b.judged {
		out[at] = errors[i]
	}
	return out
}

// rmses says the roots of the means of squared errors of the network and a baseline.
func rmses(network, other []float64, samples string) string {
	n := float64(len(network))
	return fmt.Sprintf("rmse %s against %s on %s %s", words.Figure(math.Sqrt(total(network)/n)),
		words.Figure(math.Sqrt(total(other)/n)), layer.Thousands(len(network)), samples)
}

// samplesOf is the word for the samples of a part; "" is no part.
func samplesOf(part string) string {
	if part == "" {
		return "samples"
	}
	return part + " samples"
}

// othersOf is the word for the samples of a part without those that equal a training sample.
func othersOf(part string) string {
	switch part {
	case task.Test.String():
		return "test samples that equal no training sample"
	case task.Validation.String():
		return "validation samples that equal no training sample"
	}
	return "samples that equal no training sample"
}
