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
// one configuration and 1 and 0 for the other, the best on one sample is always wrong on the other. The interval holds
// the corrected value, and is a point where no draw differs from another.
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
		if i := b.Interval; b.Value != c.raw || math.Abs(b.Corrected-c.corrected) > 0.03 || i.Low > c.low+0.03 ||
			i.High < c.high-0.03 || i.Low > b.Corrected || i.High < b.Corrected || c.low == c.high &&
			c.raw == c.corrected && i.Low != i.High {
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

// TestWinner: the interval of a winner against the distribution of a cut normal. Two values with the standard error 1
// are independent; the first is 0 and the best, so that X, about μ, is cut off below the second, b. At the ends of the
// interval the share (Φ(−μ) − Φ(b − μ))/(1 − Φ(b − μ)) of what is left below 0 is one less half of the error, and half
// of the error. Where b is so near that there would be hardly an end, the interval of both values together bounds it.
func TestWinner(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var draws [][]float64
	for range 40_000 {
		draws = append(draws, []float64{r.NormFloat64(), r.NormFloat64()})
	}
	for _, second := range []float64{-30, -1.5, -0.5} {
		for _, d := range draws {
			d[1] += second
		}
		w := newWinner([]float64{0, second}, draws, 0, 100_000)
		w.step = 0
		i := w.interval(0.95)
		half := (0.05 - 0.005) / 0.995 / 2
		for _, end := range []struct{ mu, share float64 }{{i.Low, 1 - half}, {i.High, half}} {
			// The few thousandths of probability beyond the joint interval shift the share by about as much.
			cut := NormalCDF(second - end.mu)
			far := math.Abs(math.Abs(end.mu)-w.together(0.995)) < 0.05
			if got := (NormalCDF(-end.mu) - cut) / (1 - cut); math.Abs(got-end.share) > 0.02 && !far {
				t.Errorf("second %v, end %v: share %v, want %v", second, end.mu, got, end.share)
			}
		}
		if second == -0.5 && (i.Low > -2.9 || i.Low < -3.2) { // Φ(3.02) = √0.995 of two
			t.Errorf("near: %v", i)
		}
		if second == -30 && (math.Abs(i.Low+1.96) > 0.08 || math.Abs(i.High-1.96) > 0.08) {
			t.Errorf("alone: %v, want ±1.96", i)
		}
		for _, d := range draws {
			d[1] -= second
		}
	}
}

// TestCorrectBestCovers: at 95 %, of configurations that are alike and of such that are not, on few samples and many;
// simulated, within what 300 simulations allow. The interval that the first source has covers 100, 100 and 90 %.
func TestCorrectBestCovers(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for seconds")
	}
	const configurations, times = 20, 300
	r := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct {
		samples int
		p       func(k int) float64
	}{
		{50, func(int) float64 { return 0.8 }},
		{200, func(k int) float64 { return 0.7 + 0.2*float64(k)/(configurations-1) }},
		{200, func(k int) float64 {
			if k == 3 {
				return 0.9
			}
			return 0.8
		}},
	} {
		hits := 0
		for range times {
			scores := make([][]float64, configurations)
			for k := range scores {
				for range c.samples {
					v := 0.0
					if r.Float64() < c.p(k) {
						v = 1
					}
					scores[k] = append(scores[k], v)
				}
			}
			b, err := CorrectBest(configurations, c.samples, meansOf(scores), larger,
				Resampling{Seed: r.Uint64(), Times: 200})
			if err != nil {
				t.Fatal(err)
			}
			if b.Interval.Contains(c.p(b.Best)) {
				hits++
			}
		}
		if share := float64(hits) / times; share < 0.91 || share > 0.995 {
			t.Errorf("%d samples: covers %v", c.samples, share)
		}
	}
}

// TestWinnerThatDoesNotVary: a loss of 0 has no spread over draws; its variance is then the mean of its rivals' and its
// own. Rivals cut it off nevertheless. With the values 0 and -0.1 and normal draws of the second with the standard
// error 0.1, the winner's is s = 0.1/√2. Cut off at -0.1, the share of (Φ(-μ/s) - c)/(1 - c), c = Φ((-0.1 - μ)/s), that
// is half of the error lies at μ = 0.1405 by a table of Φ. The other end would lie beyond the joint interval,
// -2.81·s = -0.198, and is -1.96·s = -0.139 where nothing cuts.
func TestWinnerThatDoesNotVary(t *testing.T) {
	const m = 10_000
	var draws [][]float64
	for i := range m {
		draws = append(draws, []float64{0, -0.1 + 0.1*NormalQuantile((float64(i)+0.5)/m)})
	}
	const n = 100_000 // Student's quantile is the normal one
	w := newWinner([]float64{0, -0.1}, draws, 0, n)
	if want := 0.1 / math.Sqrt2; math.Abs(w.sigma[0]-want) > 1e-4 || w.ratio[0] != 1 || w.ratio[1] != 0 {
		t.Fatalf("standard error %v, want %v; ratios %v, want 1 and 0", w.sigma[0], want, w.ratio)
	}
	w.step = 0
	if i := w.interval(0.95); !(i.Low > -0.2 && i.Low < -0.16) || math.Abs(i.High-0.1405) > 0.003 {
		t.Errorf("%v, want -0.2 to -0.16 and 0.1405", i)
	}
}
