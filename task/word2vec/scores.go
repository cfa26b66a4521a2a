package word2vec

import (
	"fmt"
	"math"

	"gorae/stat"
	"gorae/task"
	"gorae/train"
	"gorae/word2vec"
)

// score is what vectors reach on a benchmark.
type score struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Covered int     `json:"covered"` // pairs or questions all words of which have vectors
	Of      int     `json:"of"`

	interval task.Interval
}

// metric returns the score as a metric.
func (s score) metric() train.Metric {
	m := train.Metric{Name: s.Name, Value: s.Value}
	if math.IsNaN(s.Value) {
		m.Why = fmt.Sprintf("%d of %d have vectors", s.Covered, s.Of)
	}
	return m
}

// scores returns what vectors reach on each benchmark.
func (p *problem) scores(v *word2vec.Vectors) []score {
	var out []score
	for _, b := range p.similarity {
		out = append(out, similarity(v, b))
	}
	if len(p.questions) > 0 {
		out = append(out, analogies(v, p.questions))
	}
	return out
}

// measured adds the score and its interval to what is reported.
func (s score) measured(m *task.Measured) {
	m.Samples += s.Covered
	m.Metrics = append(m.Metrics, s.metric())
	s.interval.Metric = s.Name
	m.Intervals = append(m.Intervals, s.interval)
}

// similarity is the rank correlation with people's scores. Its interval is the bootstrap's over the pairs.
func similarity(v *word2vec.Vectors, b benchmark) score {
	s := v.Similarity(b.pairs)
	cosines, scores := v.Cosines(b.pairs)
	return score{"spearman_" + b.name, s.Spearman, s.Covered, s.Pairs, task.IntervalOf(len(scores),
		func(some []int) float64 { return spearman(cosines, scores, some) }, task.Dependence{}, 1)}
}

// analogies is the share of right answers, with Wilson's interval.
func analogies(v *word2vec.Vectors, questions []word2vec.Question) score {
	_, all := v.Answer(questions)
	right := make([]bool, all.Covered)
	for i := range all.Right {
		right[i] = true
	}
	return score{"analogies", all.Share(), all.Covered, all.All, task.IntervalOfShare(right, task.Dependence{}, 1)}
}

// rival is vectors beside the trained ones.
type rival struct {
	name, note string
	vectors    *word2vec.Vectors
}

// verdict compares rank correlations on the pairs of a benchmark, by the interval of their difference over resampled
// pairs.
func verdict(own *word2vec.Vectors, b benchmark, beside []rival, seed uint64) (task.Verdict, string) {
	mine, scores := own.Cosines(b.pairs)
	var all []task.Rival
	var theirs [][]float64
	for _, r := range beside {
		cosines, _ := r.vectors.Cosines(b.pairs)
		theirs = append(theirs, cosines)
		// One number stands for the whole: Against only looks for the best rival.
		all = append(all, task.Rival{Name: r.name, Losses: []float64{-spearman(cosines, scores, nil)}})
	}
	p, k, words := task.Against(all, func(k, _ int) task.Paired {
		i := task.IntervalOf(len(scores), func(some []int) float64 {
			return spearman(mine, scores, some) - spearman(theirs[k], scores, some)
		}, task.Dependence{}, seed)
		if i.Why != "" {
			return task.Paired{Test: i.Why}
		}
		out := task.Paired{Test: fmt.Sprintf("95 %% interval of the difference %.2f to %.2f, by resampled pairs", i.Low,
			i.High)}
		switch {
		case i.Low > 0:
			out.Verdict = task.Better
		case i.High < 0:
			out.Verdict = task.Worse
		}
		return out
	})
	return p.Verdict, fmt.Sprintf("%s: %s: rank correlation %.4f against %.4f on %d pairs (%s)", b.name, words,
		spearman(mine, scores, nil), -all[k].Losses[0], len(scores), p.Test)
}

// spearman is the rank correlation over some of the pairs, all for nil; NaN where it is not defined.
func spearman(x, y []float64, some []int) float64 {
	if some != nil {
		a, b := make([]float64, len(some)), make([]float64, len(some))
		for i, k := range some {
			a[i], b[i] = x[k], y[k]
		}
		x, y = a, b
	}
	r, err := stat.Spearman(x, y)
	if err != nil {
		return math.NaN()
	}
	return r
}
