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
		classes bool
		of      Dependence
		verdict Verdict
		says    string
	}{
		{"better", classes(12, 3), true, Dependence{}, Better, "McNemar's exact test, p = 0.0352"},
		{"worse", classes(3, 12), true, Dependence{}, Worse, "McNemar's exact test, p = 0.0352"},
		{"alike", classes(8, 7), true, Dependence{}, Untold, "McNemar's exact test, p = 1"},
		{"numbers", numbers, false, Dependence{}, Better, "paired t test, p = 0.0011"},
		{"numbers the other way", opposite, false, Dependence{}, Worse, "paired t test, p = 0.0011"},
		{"few", classes(9, 0)[:9], true, Dependence{}, Untold, "9 samples; a test needs 10 or more"},
		{"equal", make([]float64, 20), false, Dependence{}, Untold, "the errors of all samples differ by the same"},
		{"groups", apart, true, Dependence{Groups: groups}, Better, "bootstrap of groups"},
		{"time", apart, true, Dependence{Serial: true}, Better, "serial dependence allowed for"},
	} {
		p := ComparePaired(c.d, c.classes, c.of, 1)
		if p.Verdict != c.verdict || !strings.Contains(p.Test, c.says) {
			t.Errorf("%s: %q (%s), want %q with %q", c.name, p.Verdict.Sentence("it"), p.Test,
				c.verdict.Sentence("it"), c.says)
		}
	}
}
