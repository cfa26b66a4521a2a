package task

import (
	"fmt"
	"math"

	"gorae/data"
	"gorae/stat"
	"gorae/train"
)

// Baseline is a simple model beside the network, on the same samples.
type Baseline struct {
	Name    string        `json:"name"`
	Metrics train.Metrics `json:"metrics"`
	Note    string        `json:"note,omitempty"` // how it was fitted
	Part    string        `json:"part"`           // of the samples: validation, test
}

// About is the name with how it was fitted.
func (b *Baseline) About() string {
	if b.Note == "" {
		return b.Name
	}
	return b.Name + ", " + b.Note
}

// Verdict is what a test says of the network and another model on the same samples.
type Verdict uint8

const (
	Untold Verdict = iota // it cannot be told which is better
	Better                // the network is
	Worse                 // the other is
)

// Sentence says how the network compares with another model.
func (v Verdict) Sentence(other string) string {
	switch v {
	case Better:
		return "the network is better than " + other
	case Worse:
		return "the network is worse than " + other
	}
	return "it cannot be told whether the network is better or worse than " + other
}

// Paired is the comparison of two models by their losses on the same samples.
type Paired struct {
	Verdict Verdict
	// Test says which test decided, with its probability or interval, or why none could.
	Test string
}

// significance is the probability below which a difference is more than chance explains.
const significance = 1 - level

// ComparePaired compares models by difference, the loss of the first minus that of the second for each sample of a
// part. The losses of classes are 1 for a wrong class and 0, and the test is McNemar's exact one; of other losses it is
// the paired t test. Samples that depend on each other are compared by the interval of the mean difference that
// [Intervals] would give: of whole groups, or of samples in the order of time.
func ComparePaired(difference []float64, classes bool, d Dependence, seed uint64) Paired {
	n := len(difference)
	switch {
	case n < fewest:
		return Paired{Test: fmt.Sprintf("%d samples; a test needs %d or more", n, fewest)}
	case d.Serial || d.Groups != nil:
		return dependent(difference, d, seed)
	case classes:
		first, second := 0, 0
		for _, v := range difference {
			switch {
			case v < 0:
				first++
			case v > 0:
				second++
			}
		}
		p, _ := stat.McNemar(first, second)
		return decided(float64(second-first), p, "McNemar's exact test")
	}
	mean, square := mean(difference), 0.0
	for _, v := range difference {
		square += (v - mean) * (v - mean)
	}
	if square == 0 {
		return Paired{Test: "the errors of all samples differ by the same amount"}
	}
	se := math.Sqrt(square / float64(n-1) / float64(n))
	return decided(mean, stat.StudentTail(mean/se, float64(n-1)), "paired t test")
}

// decided is the verdict of a test with the probability p.
func decided(difference, p float64, test string) Paired {
	out := Paired{Test: test + ", " + stat.Result{P: p, Bound: "="}.Probability()}
	if p < significance {
		out.Verdict = direction(difference)
	}
	return out
}

func direction(difference float64) Verdict {
	if difference < 0 {
		return Better
	}
	return Worse
}

// dependent decides by the interval of the mean difference.
func dependent(difference []float64, d Dependence, seed uint64) Paired {
	all := data.Range(len(difference))
	whole := mean(difference)
	var i stat.Interval
	var err error
	method := "serial dependence allowed for"
	if d.Serial {
		i, err = stat.Serial(whole, difference, level)
	} else {
		method = "bootstrap of groups"
		var b stat.Bootstrapped
		b, err = stat.Bootstrap(len(difference), func(samples []int) float64 {
			sum := 0.0
			for _, s := range samples {
				sum += difference[s]
			}
			return sum / float64(len(samples))
		}, stat.Resampling{Level: level, Seed: seed, Clusters: clusters(all, d.Groups)})
		i = b.BCa
	}
	if err != nil {
		return Paired{Test: err.Error()}
	}
	out := Paired{Test: fmt.Sprintf("95 %% interval of the difference in loss %.3g to %.3g, %s", i.Low, i.High, method)}
	if !i.Contains(0) && i.Low <= i.High {
		out.Verdict = direction(whole)
	}
	return out
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v
	}
	return m / float64(len(x))
}
