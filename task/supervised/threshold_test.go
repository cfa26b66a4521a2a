package supervised

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/prep"
	"gorae/spec"
)

// TestChoice compares the chosen threshold with the best one of all values of the probabilities and of those between
// them, each tried by itself by the definitions of the figures.
func TestChoice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := &prep.Target{Name: "y", Classes: []string{"no", "yes"}}
	figures := func(l *one, threshold float64, first bool) (precision, recall, specificity float64) {
		tp, fp, fn, tn := 0.0, 0.0, 0.0, 0.0
		for i, p := range l.p {
			said, is := p > float32(threshold), l.has[i]
			if first {
				said, is = !said, !is
			}
			switch {
			case said && is:
				tp++
			case said:
				fp++
			case is:
				fn++
			default:
				tn++
			}
		}
		if tp > 0 {
			precision = tp / (tp + fp)
		}
		return precision, tp / (tp + fn), tn / (tn + fp)
	}
	reached, missed := 0, 0
	for range 400 {
		l := &one{}
		for range 3 + rng.IntN(30) {
			has := rng.IntN(3) == 0
			p := rng.Float64() + map[bool]float64{true: 0.15, false: -0.15}[has]
			p = math.Round(20*math.Min(1, math.Max(0, p))) / 20
			l.p, l.has = append(l.p, float32(p)), append(l.has, has)
		}
		if n := l.positives(); n == 0 || n == len(l.has) {
			continue
		}
		aims := []string{"f1", "balanced_accuracy", "recall_at_precision", "precision_at_recall"}
		aim := &spec.Threshold{Aim: aims[rng.IntN(4)], Class: []string{"", "no", "yes"}[rng.IntN(3)]}
		if aim.Aim[0] == 'r' || aim.Aim[0] == 'p' {
			aim.At = 0.5 + rng.Float64()/2
		}
		value := func(threshold float64) float64 {
			p, r, s := figures(l, threshold, aim.Class == "no")
			switch {
			case aim.Aim == "f1" && p == 0:
				return 0
			case aim.Aim == "f1":
				return 2 * p * r / (p + r)
			case aim.Aim == "balanced_accuracy":
				return (r + s) / 2
			case aim.Aim == "recall_at_precision" && p >= aim.At:
				return r
			case aim.Aim == "precision_at_recall" && r >= aim.At:
				return p
			}
			return -1
		}
		best := -1.0
		for k := 1; k < 40; k++ {
			best = math.Max(best, value(float64(k)/40))
		}
		c := newChoice(aim, g, l)
		if c.found != (best >= 0) {
			t.Fatalf("%+v: found is %v, the best is %v", aim, c.found, best)
		}
		if !c.found {
			missed++
			continue
		}
		reached++
		if got := value(c.threshold); math.Abs(got-best) > 1e-12 {
			t.Fatalf("%+v: %v at %v, the best is %v", aim, got, c.threshold, best)
		}
		p, r, _ := figures(l, c.threshold, aim.Class == "no")
		if math.Abs(c.counts.precision()-p) > 1e-12 || math.Abs(c.counts.recall()-r) > 1e-12 {
			t.Fatalf("%+v: precision %v and recall %v, want %v and %v", aim, c.counts.precision(), c.counts.recall(), p,
				r)
		}
	}
	if reached < 100 || missed < 5 {
		t.Errorf("%d reached, %d missed", reached, missed)
	}
}

// TestClassTable: by hand, of seven samples of three classes: a is right twice of three, b once of two and said of two
// others, c of two never.
func TestClassTable(t *testing.T) {
	r := &rare{targets: Targets{{Name: "y", Task: prep.Classification, Classes: []string{"a", "b", "c"}}},
		truth: [][]int32{{0, 0, 0, 1, 1, 2, 2}}, predicted: [][]int32{{0, 0, 1, 1, 0, 1, 0}}}
	want := []ClassReport{
		{Class: "a", Support: 3, Precision: new(2.0 / 4), Recall: new(2.0 / 3), F1: new(4.0 / 7)},
		{Class: "b", Support: 2, Precision: new(1.0 / 3), Recall: new(1.0 / 2), F1: new(2.0 / 5)},
		{Class: "c", Support: 2, Recall: new(0.0), F1: new(0.0)},
	}
	same := func(a, b *float64) bool { return (a == nil) == (b == nil) && (a == nil || math.Abs(*a-*b) < 1e-12) }
	for i, got := range r.table(0) {
		w := want[i]
		if got.Class != w.Class || got.Support != w.Support || !same(got.Precision, w.Precision) ||
			!same(got.Recall, w.Recall) || !same(got.F1, w.F1) {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
}
