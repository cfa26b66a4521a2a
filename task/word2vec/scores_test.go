package word2vec

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/stat"
	"gorae/task"
	"gorae/word2vec"
)

// TestVerdict: vectors whose angles follow people's scores are better than those at random, which are worse than they;
// equal ones cannot be told apart. Word i of the first lies at the angle of i/100 of a right angle from word 0, so that
// cosines fall as the scores do and the rank correlation is 1.
func TestVerdict(t *testing.T) {
	const n = 60
	var words []string
	values := make([]float32, 0, 2*n)
	b := benchmark{name: "b"}
	for i := range n {
		words = append(words, fmt.Sprintf("w%d", i))
		angle := float64(i) / 100 * math.Pi / 2
		values = append(values, float32(math.Cos(angle)), float32(math.Sin(angle)))
		if i > 0 {
			b.pairs = append(b.pairs, word2vec.Pair{A: "w0", B: words[i], Score: float64(n - i)})
		}
	}
	good := word2vec.NewVectors(words, 2, values)
	random := word2vec.Random(words, 2, 5)
	for _, c := range []struct {
		own, rival *word2vec.Vectors
		want       task.Verdict
		says, by   string
	}{
		{good, random, task.Better, "b: the network is better than it: rank correlation 1.0000 against ",
			"95 % interval"},
		{random, good, task.Worse, "b: the network is worse than it: rank correlation ", "95 % interval"},
		{good, good, task.Untold, "b: it cannot be told whether the network is better or worse than it: rank ",
			"nearly all resamples give 0"},
	} {
		got, words := verdict(c.own, b, []rival{{name: "it", vectors: c.rival}}, 1)
		if got != c.want || !strings.HasPrefix(words, c.says) ||
			!strings.Contains(words, " on 59 pairs ("+c.by) {
			t.Errorf("%v, %q; want %v, %q", got, words, c.want, c.says)
		}
	}
}

// TestScoreInterval: a rank correlation has the bootstrap's interval, a share of analogies Wilson's.
func TestScoreInterval(t *testing.T) {
	const n = 60
	var words []string
	values := make([]float32, 0, 2*n)
	b := benchmark{name: "b"}
	var questions []word2vec.Question
	for i := range n {
		words = append(words, fmt.Sprintf("w%d", i))
		angle := float64(i) / 100 * math.Pi / 2
		values = append(values, float32(math.Cos(angle)), float32(math.Sin(angle)))
		if i > 0 {
			b.pairs = append(b.pairs, word2vec.Pair{A: "w0", B: words[i], Score: float64((i * 17) % n)})
		}
		if i >= 20 && i < 40 {
			questions = append(questions, word2vec.Question{A: "w0", B: "w5", C: words[i], D: fmt.Sprintf("w%d", i+5)})
		}
	}
	v := word2vec.NewVectors(words, 2, values)
	var m task.Measured
	s := similarity(v, b)
	s.measured(&m)
	if i := m.Intervals[0]; i.Metric != "spearman_b" || i.Why != "" || !i.Contains(s.Value) || i.High-i.Low < 0.3 ||
		i.High-i.Low > 0.7 || m.Samples != n-1 {
		t.Errorf("%+v of %v", i, s)
	}
	a := analogies(v, questions)
	want := stat.Wilson(int(math.Round(a.Value*20)), 20, 0.95)
	if a.measured(&m); m.Intervals[1].Interval != want || m.Intervals[1].Method != "wilson" || a.Covered != 20 {
		t.Errorf("%+v, want %v", m.Intervals[1], want)
	}
}
