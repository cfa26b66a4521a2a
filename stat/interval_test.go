package stat

import (
	"math"
	"testing"
)

// By hand: 2·e^(∓1/2) = 1.213061 and 3.297443; of 0.8 ± z·√(0.8·0.2/100) there are 100 independent samples, and
// Wilson's interval of 80 among 100 is 0.7111708 to 0.8666331 (statsmodels: proportion_confint(80, 100,
// method="wilson")).
func TestIntervalScales(t *testing.T) {
	d := NormalQuantile(0.975) * math.Sqrt(0.8*0.2/100)
	for _, c := range []struct {
		name      string
		got, want Interval
	}{
		{"positive", Interval{1, 3}.Positive(2), Interval{1.2130613, 3.2974425}},
		{"of 0", Interval{-1, 1}.Positive(0), Interval{-1, 1}},
		{"share", Interval{0.8 - d, 0.8 + d}.Share(0.8, 0.95), Interval{0.7111708, 0.8666331}},
		{"all alike", Interval{1, 1}.Share(1, 0.95), Interval{1, 1}},
	} {
		if math.Abs(c.got.Low-c.want.Low) > 1e-5 || math.Abs(c.got.High-c.want.High) > 1e-5 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}
