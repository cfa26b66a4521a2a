package prep

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// By hand, for the scores 1 to 9: a tenth of new scores lies above the greatest, so that 0.9 is bounded by the ninth,
// and no score bounds more.
func TestConformityBound(t *testing.T) {
	c := NewConformity([]float64{5, 1, 9, 2, 8, 3, 7, 4, 6})
	for _, x := range []struct{ level, want float64 }{{0.9, 9}, {0.8, 8}, {0.5, 5}, {0.51, 6}, {0.1, 1},
		{0.91, math.Inf(1)}} {
		if got := c.Bound(x.level); got != x.want {
			t.Errorf("level %v: %v, want %v", x.level, got, x.want)
		}
	}
	for level, want := range map[float64]int{0.9: 9, 0.95: 19, 0.5: 1, 0.99: 99} {
		if got := c.Needed(level); got != want {
			t.Errorf("level %v needs %d samples, want %d", level, got, want)
		}
	}
	for _, bad := range [][]float64{nil, {1, math.NaN()}, {1, math.Inf(1)}, {-1, 2}} {
		if NewConformity(bad) != nil {
			t.Errorf("%v are scores", bad)
		}
	}
}

// Exchangeable scores cover as the theory says: a new one is within the bound with the probability ⌈(n + 1)·level⌉ /
// (n + 1), whatever their distribution, and of the thinned ones with that or up to two thousandths more.
func TestConformityCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, x := range []struct {
		n, times int
		level    float64
	}{{20, 20000, 0.9}, {99, 20000, 0.95}, {2500, 3000, 0.9}, {1001, 3000, 0.8}} {
		in := 0
		for range x.times {
			scores := make([]float64, x.n)
			for i := range scores {
				scores[i] = math.Exp(2 * rng.NormFloat64())
			}
			if math.Exp(2*rng.NormFloat64()) <= NewConformity(scores).Bound(x.level) {
				in++
			}
		}
		p := math.Ceil(float64(x.n+1)*x.level-1e-9) / float64(x.n+1)
		got, se := float64(in)/float64(x.times), math.Sqrt(p*(1-p)/float64(x.times))
		if more := 0.002; got < p-4*se || got > p+4*se+more {
			t.Errorf("%d samples at %v: covered %v, want %v ± %v", x.n, x.level, got, p, se)
		}
	}
}

// A file cannot hold scores that no training wrote.
func TestConformityOfFiles(t *testing.T) {
	target := func(conformity string) error {
		return json.Unmarshal([]byte(`{"name":"y","task":"regression","mean":0,"sd":1,"conformity":`+conformity+`}`),
			new(Target))
	}
	if err := target(`{"samples":3,"scores":[0,0.5,2]}`); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{`{"samples":0,"scores":[]}`, `{"samples":2,"scores":[2,1]}`,
		`{"samples":2,"scores":[1]}`, `{"samples":1,"scores":[-1]}`, `{"samples":5000,"scores":[1,2]}`} {
		if err := target(bad); err == nil || !strings.Contains(err.Error(), "conformity") {
			t.Errorf("%s: error %v", bad, err)
		}
	}
}
