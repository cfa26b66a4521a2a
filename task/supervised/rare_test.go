package supervised

import (
	"context"
	"math"
	"testing"

	"gorae/prep"
	"gorae/task"
)

// TestRare: 12 of 492 samples are fraud, of which 3 are found, beside 2 that are none. Wilson's intervals are those of
// the formula in E. B. Wilson, 1927, computed by hand.
func TestRare(t *testing.T) {
	ts := Targets{{Name: "kind", Task: prep.Classification, Classes: []string{"fraud", "ok"}},
		{Name: "price", Task: prep.Regression, SD: 1},
		{Name: "even", Task: prep.Classification, Classes: []string{"a", "b"}}}
	r := newRare(ts, nil, 492, task.Dependence{})
	for i := range 492 {
		r.truth[0][i], r.predicted[0][i], r.truth[2][i] = 1, 1, int32(i%2)
		if i < 12 {
			r.truth[0][i] = 0
		}
		if i >= 9 && i < 14 {
			r.predicted[0][i] = 0
		}
	}
	var f task.Findings
	if err := r.Report(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Rare) != 1 {
		t.Fatalf("%+v", f.Rare)
	}
	x := f.Rare[0]
	if x.Class != "fraud" || x.Count != 12 || x.Of != 492 || x.Commonest != 480 || x.More != 0 {
		t.Errorf("%+v", x)
	}
	for _, c := range []struct {
		rate            task.Rate
		right, of       int
		least, greatest float64
	}{{x.Recall, 3, 12, 0.088942, 0.532305}, {x.Precision, 3, 5, 0.230724, 0.882379}} {
		if c.rate.Right != c.right || c.rate.Of != c.of || math.Abs(c.rate.Interval.Low-c.least) > 1e-5 ||
			math.Abs(c.rate.Interval.High-c.greatest) > 1e-5 {
			t.Errorf("%+v %+v, want %+v", c.rate, c.rate.Interval, c)
		}
	}
}

// TestRareOfMany: the rarest of four classes, by the counts of training samples, of which the part has none.
func TestRareOfMany(t *testing.T) {
	ts := Targets{{Name: "kind", Task: prep.Classification, Classes: []string{"a", "b", "c", "d"}}}
	r := newRare(ts, nil, 5, task.Dependence{})
	for counts, want := range map[[4]int]struct {
		class string
		more  int
	}{{1000, 400, 30, 20}: {"d", 1}, {1000, 400, 100, 100}: {}, {1000, 99, 1000, 0}: {"d", 1}} {
		var f task.Findings
		r.add(&f, 0, counts[:], "test")
		if want.class == "" {
			if len(f.Rare) > 0 {
				t.Errorf("%v: %+v", counts, f.Rare)
			}
			continue
		}
		if len(f.Rare) != 1 || f.Rare[0].Class != want.class || f.Rare[0].More != want.more ||
			f.Rare[0].Recall.Of != 0 {
			t.Errorf("%v: %+v", counts, f.Rare)
		}
	}
	// Of evaluated samples the classes count that are there.
	var f task.Findings
	if err := r.Report(context.Background(), &f); err != nil || len(f.Rare) != 0 {
		t.Errorf("%+v %v", f.Rare, err)
	}
}
