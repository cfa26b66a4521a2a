package task

import (
	"context"
	"encoding/json"
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
	Part    string        `json:"part,omitempty"` // of the samples: validation, test; "" in an evaluation of others
}

// About is the name with how it was fitted.
func (b *Baseline) About() string {
	if b.Note == "" {
		return b.Name
	}
	return b.Name + ", " + b.Note
}

// Comparer is a Fitted that compares its network with the baselines of its training on other samples.
type Comparer interface {
	// Comparison compares on the samples d with encoded targets. kept is what Keeper.Kept returned, as JSON.
	Comparison(kept json.RawMessage, t *Training, d data.Dataset, dep Dependence) (Comparison, error)
}

// Comparison collects what a network answers in an evaluation, and compares it with baselines.
type Comparison interface {
	train.Consumer
	// Compare adds the baselines and the verdict to the findings, after the evaluation.
	Compare(ctx context.Context, f *Findings) error
}

// Constant is a problem that knows how well one does without looking at the inputs.
type Constant interface {
	// ConstantLoss returns the loss over the training samples, without penalties, of always answering with the mean or
	// the shares of the classes, and what that is called. It is NaN where the problem has none. It is called after
	// [Problem.Finish].
	ConstantLoss() (loss float64, name string, err error)
}

// Featured is a Fitted that has a name for each feature of its only input.
type Featured interface{ FeatureNames() []string }

// Verdict is what a test says of the network and another model on the same samples.
type Verdict uint8

const (
	Untold Verdict = iota // it cannot be told which is better
	Better                // the network is
	Worse                 // the other is
)

// MarshalText writes better, worse or untold.
func (v Verdict) MarshalText() ([]byte, error) {
	return []byte([...]string{"untold", "better", "worse"}[v]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	switch string(text) {
	case "better":
		*v = Better
	case "worse":
		*v = Worse
	default:
		*v = Untold
	}
	return nil
}

// Paired is the comparison of two models by their losses on the same samples.
type Paired struct {
	Verdict Verdict
	// Test says which test decided, with its probability or interval, or why none could.
	Test string
}

// Rival is a baseline with its losses on the samples that the network is judged by.
type Rival struct {
	Name   string
	Losses []float64
}

// Against compares the network with several baselines on the same samples; compare compares it with one of a number of
// them. The network is better where
// it is better than each of them at the level of 5 %, which keeps the level however many there are (an
// intersection-union test), and worse where it is worse than one of them at 5 % divided by their number (Bonferroni):
// to be worse than the best of several is more than one chance. Returned are the verdict, the number of the rival that
// it is about, and the beginning of a sentence.
func Against(rivals []Rival, compare func(k, of int) Paired) (p Paired, rival int, words string) {
	all := make([]Paired, len(rivals))
	for k := range rivals {
		all[k] = compare(k, len(rivals))
	}
	best := func(of Verdict, not bool) int { // of the least loss among those with the verdict, or without it
		least := -1
		for k, r := range rivals {
			if (all[k].Verdict == of) != not && (least < 0 || sum(r.Losses) < sum(rivals[least].Losses)) {
				least = k
			}
		}
		return least
	}
	if rival = best(Worse, false); rival >= 0 {
		return all[rival], rival, "the network is worse than " + rivals[rival].Name
	}
	if rival = best(Better, true); rival >= 0 {
		return all[rival], rival, "it cannot be told whether the network is better or worse than " + rivals[rival].Name
	}
	rival = best(Better, false)
	words = "the network is better than " + rivals[rival].Name
	if len(rivals) > 1 {
		words = "the network is better than every baseline; the best of them is " + rivals[rival].Name
	}
	return all[rival], rival, words
}

// significance is the probability below which a difference is more than chance explains.
const significance = 1 - level

// Loss is the name of the loss by which two models are compared sample by sample.
type Loss string

// The losses of comparisons.
const (
	WrongClass   Loss = "the share of wrong classes"              // 1 for a wrong class, else 0
	WrongLabels  Loss = "the share of samples with a wrong label" // 1 where any label is wrong, else 0
	SquaredError Loss = "mean squared error"
	PinballLoss  Loss = "pinball loss" // mean over the quantiles
	Nats         Loss = "nats"         // the mean of −ln of the probability given to what came
)

// ComparePaired compares models by difference, the loss of the first minus that of the second for each sample of a
// part. The test of [WrongClass] and [WrongLabels] is McNemar's exact one; of other losses it is the paired t test.
// Samples that depend on each other are compared by the interval of the mean difference that [Intervals] would give: of
// whole groups, or of samples in the order of time. The first is better at the level of 5 %, and worse at 5 % divided
// by the number of comparisons of which this is one (see [Against]).
func ComparePaired(difference []float64, loss Loss, d Dependence, seed uint64, comparisons int) Paired {
	n := len(difference)
	switch {
	case n < fewest:
		return Paired{Test: fmt.Sprintf("%d samples; a test needs %d or more", n, fewest)}
	case d.Serial || d.Groups != nil:
		return dependent(difference, loss, d, seed, comparisons)
	case loss == WrongClass || loss == WrongLabels:
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
		return Decided(float64(second-first), p, "McNemar's exact test", comparisons)
	}
	mean, square := mean(difference), 0.0
	for _, v := range difference {
		square += (v - mean) * (v - mean)
	}
	if square == 0 {
		return Paired{Test: "the errors of all samples differ by the same amount"}
	}
	se := math.Sqrt(square / float64(n-1) / float64(n))
	return Decided(mean, stat.StudentTail(mean/se, float64(n-1)), "paired t test", comparisons)
}

// Decided is the verdict of a two-sided test with the probability p of a difference in loss as great as that of the
// network and another model. Where the network loses more, p is multiplied by the number of comparisons.
func Decided(difference, p float64, test string, comparisons int) Paired {
	out := Paired{Test: test + ", " + stat.Result{P: p, Bound: "="}.Probability()}
	if difference > 0 && comparisons > 1 && p < significance {
		out.Test = fmt.Sprintf("%s; corrected for %d baselines %s", out.Test, comparisons,
			stat.Result{P: min(1, p*float64(comparisons)), Bound: "="}.Probability())
		p *= float64(comparisons)
	}
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
func dependent(difference []float64, loss Loss, d Dependence, seed uint64, comparisons int) Paired {
	all := data.Range(len(difference))
	whole := mean(difference)
	level := float64(level)
	if whole > 0 {
		level = 1 - significance/float64(comparisons)
	}
	var i stat.Interval
	var err error
	method := "serial dependence allowed for"
	if d.Serial {
		i, err = stat.Serial(whole, difference, level)
	} else {
		var of Interval
		of.of(all, statistic{value: func(samples []int) float64 {
			sum := 0.0
			for _, s := range samples {
				sum += difference[s]
			}
			return sum / float64(len(samples))
		}}, nil, d, seed, level)
		if of.Why != "" {
			return Paired{Test: of.Why}
		}
		i, method = of.Interval, of.Method
	}
	if err != nil {
		return Paired{Test: stat.Reason(err).Error()}
	}
	out := Paired{Test: fmt.Sprintf("%.3g %% interval of the difference in %s %.3g to %.3g, %s", 100*level, loss,
		i.Low, i.High, method)}
	if !i.Contains(0) && i.Low <= i.High {
		out.Verdict = direction(whole)
	}
	return out
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
