package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func larger(a, b float64) bool { return a > b }

// meansOf is the mean score of a configuration over samples.
func meansOf(scores [][]float64) func(k int, samples []int) float64 {
	return func(k int, samples []int) float64 {
		sum := 0.0
		for _, i := range samples {
			sum += scores[k][i]
		}
		return sum / float64(len(samples))
	}
}

// TestCorrectBestByHand: of two samples a draw leaves one out where it has the other twice. With the scores 0 and 1 for
// one configuration and 1 and 0 for the other, the best on one sample is always wrong on the other.
func TestCorrectBestByHand(t *testing.T) {
	for _, c := range []struct {
		scores                    [][]float64
		raw, corrected, low, high float64
	}{
		{[][]float64{{0, 1}, {1, 0}}, 0.5, 0, 0, 0},
		{[][]float64{{1, 1}, {0, 0}}, 1, 1, 1, 1},
		{[][]float64{{0, 1}}, 0.5, 0.5, 0, 1},
	} {
		b, err := CorrectBest(len(c.scores), 2, meansOf(c.scores), larger, Resampling{Seed: 1, Times: 4000})
		if err != nil {
			t.Fatal(err)
		}
		if b.Value != c.raw || math.Abs(b.Corrected-c.corrected) > 0.03 || b.Interval.Low != c.low ||
			b.Interval.High != c.high {
			t.Errorf("%v: %+v, want %+v", c.scores, b, c)
		}
	}
}

// TestCorrectBest: the best of 40 equal configurations looks better than they are, and the corrected value does not, in
// the mean over simulations; groups are drawn whole; a metric without a value is passed over.
func TestCorrectBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	raw, corrected := 0.0, 0.0
	const times = 60
	for range times {
		scores := make([][]float64, 40)
		for k := range scores {
			for range 100 {
				v := 0.0
				if r.Float64() < 0.8 {
					v = 1
				}
				scores[k] = append(scores[k], v)
			}
		}
		b, err := CorrectBest(40, 100, meansOf(scores), larger, Resampling{Seed: r.Uint64(), Times: 200})
		if err != nil {
			t.Fatal(err)
		}
		raw, corrected = raw+b.Value/times, corrected+b.Corrected/times
		if b.Interval.Low >= b.Corrected || b.Interval.High <= b.Corrected {
			t.Errorf("%+v", b)
		}
	}
	if raw < 0.86 || math.Abs(corrected-0.8) > 0.015 {
		t.Errorf("raw %v, corrected %v of 0.8", raw, corrected)
	}
	value := func(_ int, samples []int) float64 {
		seen := map[int]bool{}
		for _, i := range samples {
			seen[i] = true
		}
		if seen[0] != seen[1] || seen[2] != seen[3] {
			t.Error("a group is drawn in part")
		}
		return 1
	}
	groups := [][]int{{0, 1}, {2, 3}, {4}}
	if _, err := CorrectBest(2, 5, value, larger, Resampling{Seed: 1, Times: 100, Clusters: groups}); err != nil {
		t.Error(err)
	}
	never := func(int, []int) float64 { return math.NaN() }
	if _, err := CorrectBest(2, 5, never, larger, Resampling{}); err == nil {
		t.Error("a metric that is never defined")
	}
	if _, err := CorrectBest(0, 5, value, larger, Resampling{}); err == nil {
		t.Error("no configuration")
	}
}
