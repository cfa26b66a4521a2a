package supervised

import (
	"context"
	"math"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// rare collects the true and the predicted classes of samples, and tells how the network does on the rarest class of
// targets whose classes are of very unlike sizes.
type rare struct {
	targets          Targets
	rules            []task.Rule
	truth, predicted [][]int32 // by target and sample; nil for a number
	depend           task.Dependence
	seed             uint64
}

func newRare(ts Targets, rules []task.Rule, samples int, d task.Dependence) *rare {
	r := &rare{targets: ts, rules: rules, depend: d, truth: make([][]int32, len(ts)), predicted: make([][]int32,
		len(ts))}
	for k, g := range ts {
		if g.Task == prep.Classification {
			r.truth[k], r.predicted[k] = make([]int32, samples), make([]int32, samples)
		}
	}
	return r
}

// Batch implements train.Consumer.
func (r *rare) Batch(b *train.EvalBatch) error {
	for k := range r.targets {
		if r.truth[k] == nil {
			continue
		}
		width := b.Outputs[k].Len() / len(b.Samples)
		for i, sample := range b.Samples {
			r.truth[k][sample] = int32(ClassOf(b.Targets[k].Rows(i, i+1)))
			r.predicted[k][sample] = int32(r.rules[k].Class(b.Outputs[k].F32[i*width : (i+1)*width]))
		}
	}
	return nil
}

// Report adds the rarest class of each imbalanced target, by the counts of the collected samples, and the table of the
// classes.
func (r *rare) Report(_ context.Context, f *task.Findings) error {
	for k, truth := range r.truth {
		counts := make([]int, len(r.targets[k].Classes))
		for _, c := range truth {
			counts[c]++
		}
		r.add(f, k, counts, "")
	}
	return r.addTables(f)
}

// add adds the rarest class of target k, where counts say that it is imbalanced; part names the collected samples. In a
// later evaluation, where part is "", a class that no sample is of counts as none.
func (r *rare) add(f *task.Findings, k int, counts []int, part string) {
	least, most, total, more := -1, 0, 0, -1
	for c, n := range counts {
		total, most = total+n, max(most, n)
		if n > 0 || part != "" {
			if least < 0 || n < counts[least] {
				least = c
			}
		}
	}
	if least < 0 || most <= data.Imbalanced*counts[least] {
		return
	}
	for _, n := range counts {
		if most > data.Imbalanced*n && (n > 0 || part != "") {
			more++
		}
	}
	of := func(classes []int32) (samples []int) {
		for i, c := range classes {
			if int(c) == least {
				samples = append(samples, i)
			}
		}
		return samples
	}
	right := func(i int) bool { return r.truth[k][i] == r.predicted[k][i] }
	f.Rare = append(f.Rare, task.RareClass{Target: r.targets[k].Name, Class: r.targets[k].Classes[least],
		Count: counts[least], Of: total, Commonest: most, More: more, Part: part,
		Recall:    task.RateOf(of(r.truth[k]), right, r.depend, r.seed),
		Precision: task.RateOf(of(r.predicted[k]), right, r.depend, r.seed)})
}

// imbalance adds how the network does on the rarest classes, by the counts of the training samples.
func (p *Problem) imbalance(f *task.Finish) {
	if p.rare == nil || p.tally == nil {
		return
	}
	for part, d := range f.Dependence {
		if task.Part(part).String() == p.beside.part {
			p.rare.depend = d
		}
	}
	p.rare.seed = f.Seed
	for k, shares := range p.tally.shares {
		counts := make([]int, len(shares))
		for c, share := range shares {
			counts[c] = int(math.Round(share * p.tally.n))
		}
		p.rare.add(f.Findings, k, counts, p.beside.part)
	}
}

// Examine implements task.Examiner.
func (ts Targets) Examine(t *task.Training, d data.Dataset, depend task.Dependence) task.Examination {
	return newRare(ts, ts.Rules(t), d.Len(), depend)
}
