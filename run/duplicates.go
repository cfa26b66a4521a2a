package run

import (
	"fmt"
	"path/filepath"
	"slices"

	"gorae/bundle"
	"gorae/internal/rowhash"
	"gorae/internal/words"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// Duplicates is how many samples of a part are equal to training samples, in what the network is given of them.
type Duplicates struct {
	Part    string `json:"part"`
	Samples int    `json:"samples"`
	Equal   int    `json:"equal"`        // inputs and targets
	Inputs  int    `json:"equal_inputs"` // inputs, whatever the targets
	// Repeated is how many training samples are equal to another training sample, of Training.
	Repeated int `json:"training_repeated"`
	Training int `json:"training_samples"`
	// P is the probability that as many of the part's samples or more are equal to training samples where both parts
	// were drawn from the same source: given the number of equal samples in both, each is one of the part's with the
	// probability of the part's share.
	P float64 `json:"p"`
	// Metric is the first metric, or the loss without one, and Without its value without the equal samples; "" where
	// there are none, or nothing else.
	Metric  string  `json:"metric,omitempty"`
	Without float64 `json:"without,omitempty"`
}

// copied is the probability below which more samples are equal across the parts than within the training part.
const copied = 0.01

// coarseShare is the share of repeated training samples from which, and conflicting the share of samples with equal
// inputs but other targets from which equal samples are taken to be chance: there are few different ones.
const (
	coarseShare = 0.5
	conflicting = 0.05
)

// salt is that of the hashes of the run's samples: it follows from the data and their split.
func (p *Prepared) salt() rowhash.Salt {
	if p.found == nil {
		return rowhash.Salt{}
	}
	words := []string{p.found.Split}
	for _, sum := range p.found.Sources {
		words = append(words, sum)
	}
	slices.Sort(words)
	return rowhash.NewSalt(words...)
}

// duplicates compares the samples of an evaluated part with the training samples, whose hashes are sorted.
func (p *Prepared) duplicates(part task.Part, each *train.PerSample) Duplicates {
	learnt, h, serial := p.hashes[task.Train], p.hashes[part], p.Dependence[task.Train].Serial
	rows, inputs := learnt.Rows, learnt.Inputs
	d := Duplicates{Part: part.String(), Samples: len(h.Rows), Training: len(rows)}
	d.Repeated = rowhash.Repeated(rows)
	var others []int
	equal := make([]bool, len(h.Rows))
	for i, v := range h.Rows {
		if _, equal[i] = slices.BinarySearch(rows, v); equal[i] {
			d.Equal++
		} else {
			others = append(others, i)
		}
		if _, ok := slices.BinarySearch(inputs, h.Inputs[i]); ok {
			d.Inputs++
		}
	}
	d.P = rowhash.Chance(d.Equal, d.Samples, d.Repeated, d.Training)
	if d.copies(serial) {
		p.copies[part] = equal
	}
	if d.Equal > 0 && len(others) > 0 {
		if name, v, ok := bundle.MetricOn(each, others); ok {
			d.Metric, d.Without = name, v
		}
	}
	return d
}

// chance reports whether as many samples are equal to training samples as the values that occur lead to expect.
func (d *Duplicates) chance(serial bool) bool {
	conflicts := float64(d.Inputs-d.Equal) / float64(max(1, d.Inputs))
	return d.P >= copied && (serial || d.Repeated >= int(coarseShare*float64(d.Training)) || conflicts >= conflicting)
}

// copies reports whether the samples that equal training samples are taken for copies of them.
func (d *Duplicates) copies(serial bool) bool { return d.Equal > 0 && !serial && !d.chance(serial) }

// sayDuplicates adds a sentence on the samples of the part that the report is on.
// Serial says that they are windows of a series.
func (r *Report) sayDuplicates(serial bool) {
	if len(r.Duplicates) == 0 {
		return
	}
	d, units := r.Duplicates[len(r.Duplicates)-1], r.Unit+"s"
	if d.Equal == 0 {
		return
	}
	equal := fmt.Sprintf("%d of %d %s %s are equal to training %s (inputs and targets)", d.Equal, d.Samples, d.Part,
		units, units)
	switch {
	case d.P < copied && serial:
		r.Findings.Say("%s, more than chance explains (%s; %d of the %d training %s equal another one): a stretch of "+
			"the series stands in both parts", equal, stat.Result{P: d.P, Bound: "="}.Probability(), d.Repeated,
			d.Training, units)
	case d.P < copied:
		return // a finding of package diagnose
	case d.chance(serial):
		r.Findings.Say("%s, about as many as to be expected, since %d of the %d training %s equal another one too",
			equal, d.Repeated, d.Training, units)
		return // the others are those of rare values
	default:
		r.Findings.Say("%s, and %d of the %d training %s equal another one too: if these are copies, remove them, as "+
			"the figures include %[4]s that were trained on", equal, d.Repeated, d.Training, units)
	}
	if d.Metric != "" {
		r.Findings.Say("%s without the %s %s that are equal to training %s: %s", d.Metric, d.Part, units, units,
			words.Figure(d.Without))
	}
}

// writeHashes writes the hashes of all samples beside the model file, if they have been evaluated one by one.
func (p *Prepared) writeHashes(dir string) error {
	if p.hashes == [3]*rowhash.Hashes{} {
		return nil
	}
	sum, err := bundle.Digest(filepath.Join(dir, ModelFile))
	if err != nil {
		return err
	}
	return rowhash.NewFile(p.salt(), sum, p.hashes).Write(filepath.Join(dir, rowhash.Name))
}
