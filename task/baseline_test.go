package task

import (
	"strings"
	"testing"
)

// TestComparePaired holds the tests of two models against SciPy 1.17: binomtest(3, 15).pvalue = 0.03515625 and
// binomtest(7, 15).pvalue = 1 for McNemar's, ttest_1samp for the paired t test.
func TestComparePaired(t *testing.T) {
	classes := func(first, second int) []float64 {
		d := make([]float64, 40)
		for i := range first {
			d[i] = -1
		}
		for i := range second {
			d[first+i] = 1
		}
		return d
	}
	numbers := []float64{-1, -2, -1.5, -0.5, -2, -1, 0.5, -1, -1.5, -1} // ttest_1samp: 0.0010979
	opposite := make([]float64, len(numbers))
	for i, v := range numbers {
		opposite[i] = -v
	}
	groups := make([]int, 200)
	apart := make([]float64, 200)
	for i := range apart {
		groups[i], apart[i] = i/10, -1+0.1*float64(i%7)
	}
	for _, c := range []struct {
		name    string
		d       []float64
		loss    Loss
		of      Dependence
		verdict Verdict
		says    string
	}{
		{"better", classes(12, 3), WrongClass, Dependence{}, Better, "McNemar's exact test, p = 0.0352"},
		{"worse", classes(3, 12), WrongClass, Dependence{}, Worse, "McNemar's exact test, p = 0.0352"},
		{"alike", classes(8, 7), WrongClass, Dependence{}, Untold, "McNemar's exact test, p = 1"},
		{"numbers", numbers, SquaredError, Dependence{}, Better, "paired t test, p = 0.0011"},
		{"numbers the other way", opposite, SquaredError, Dependence{}, Worse, "paired t test, p = 0.0011"},
		{"few", classes(9, 0)[:9], WrongClass, Dependence{}, Untold, "9 samples; a test needs 10 or more"},
		{"equal", make([]float64, 20), SquaredError, Dependence{}, Untold,
			"the errors of all samples differ by the same"},
		{"groups", apart, WrongClass, Dependence{Groups: groups}, Better, "bootstrap of groups"},
		{"time", apart, WrongClass, Dependence{Serial: true}, Better, "serial dependence allowed for"},
	} {
		p := ComparePaired(c.d, c.loss, c.of, 1, 1)
		if p.Verdict != c.verdict || !strings.Contains(p.Test, c.says) {
			t.Errorf("%s: %d (%s), want %d with %q", c.name, p.Verdict, p.Test, c.verdict, c.says)
		}
	}
}

// TestAgainst: the network is better where it is better than each baseline, worse where it is worse than one by more
// than the choice among them explains.
func TestAgainst(t *testing.T) {
	rivals := []Rival{{"a", []float64{3}}, {"b", []float64{2}}, {"c", []float64{1}}}
	for _, c := range []struct {
		p       [3]float64 // of the tests
		sign    [3]float64 // of the differences in loss
		verdict Verdict
		words   string
	}{
		{[3]float64{0.01, 0.02, 0.04}, [3]float64{-1, -1, -1}, Better,
			"the network is better than every baseline; the best of them is c"},
		{[3]float64{0.01, 0.06, 0.04}, [3]float64{-1, -1, -1}, Untold,
			"it cannot be told whether the network is better or worse than b"},
		{[3]float64{0.01, 0.02, 0.04}, [3]float64{-1, -1, 1}, Untold, // 3 · 0.04 > 0.05
			"it cannot be told whether the network is better or worse than c"},
		{[3]float64{0.01, 0.02, 0.01}, [3]float64{-1, -1, 1}, Worse, "the network is worse than c"},
		{[3]float64{0.001, 0.001, 0.9}, [3]float64{1, 1, 1}, Worse, "the network is worse than b"},
	} {
		p, _, words := Against(rivals, func(k, of int) Paired { return Decided(c.sign[k], c.p[k], "test", of) })
		if p.Verdict != c.verdict || words != c.words {
			t.Errorf("%v %v: %d, %q; want %d, %q", c.p, c.sign, p.Verdict, words, c.verdict, c.words)
		}
	}
	_, _, words := Against(rivals[:1], func(int, int) Paired { return Paired{Verdict: Better} })
	if words != "the network is better than a" {
		t.Error(words)
	}
}
