package task

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/loss"
	"gorae/metric"
	"gorae/stat"
	"gorae/train"
)

// Of many samples in groups each group is put together once: intervals are those of the mean of equal groups, value ±
// t · sd/√groups, whether the groups are many or few, and of metrics that are put together as of those that are not.
func TestIntervalsOfManySamplesInGroups(t *testing.T) {
	for _, count := range []int{60, 1000} {
		const each = 8 * 1000
		random := rand.New(rand.NewPCG(uint64(count), 3))
		x, y := make([]float32, each), make([]float32, each)
		groups, means := make([]int, each), make([]float64, count)
		level := make([]float64, count)
		for g := range level {
			level[g] = 2 + random.NormFloat64()
		}
		for i := range each {
			groups[i] = i % count
			x[i] = float32(level[i%count] + random.NormFloat64())
		}
		errors := make([]float64, each)
		sizes := make([]float64, count)
		for i := range each {
			errors[i] = float64(x[i])
			means[i%count] += math.Abs(errors[i])
			sizes[i%count]++
		}
		mean := 0.0
		for g := range means {
			mean += means[g] / each
			means[g] /= sizes[g]
		}
		square := 0.0
		for _, m := range means {
			square += (m - mean) * (m - mean)
		}
		half := stat.StudentQuantile(0.975, float64(count-1)) * math.Sqrt(square/float64(count-1)/float64(count))
		e := train.Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{metric.MeanAbsoluteError{}}}
		ms, p := identity(t, e, x, y, nil)
		d := Dependence{Groups: groups}
		want := map[int]string{60: "bootstrap of groups", 1000: "jackknife of groups"}[count]
		plain := IntervalOf(each, func(samples []int) float64 {
			sum := 0.0
			for _, i := range samples {
				sum += math.Abs(errors[i])
			}
			return sum / float64(len(samples))
		}, d, 1)
		for _, i := range []Interval{Intervals(ms, p, d, 1, "mae")[0], plain} {
			centre := (i.High + i.Low) / 2
			if i.Method != want || math.Abs((i.High-centre)/half-1) > 0.08 || math.Abs(centre-mean) > half/5 {
				t.Errorf("%d groups: %+v, want %v ± %v", count, i, mean, half)
			}
		}
	}
}
