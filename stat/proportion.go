package stat

import "math"

// Interval is a confidence interval, its ends included.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Contains reports whether x lies within the interval.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Positive returns the interval of a statistic that cannot be negative, such as a mean of squares, from the symmetric
// one value ± d: value·e^(± d/value), which is as wide to first order and stays above 0 (the delta method for the
// logarithm). i itself where value is not above 0.
func (i Interval) Positive(value float64) Interval {
	if !(value > 0) {
		return i
	}
	d := (i.High - i.Low) / 2
	return Interval{value * math.Exp(-d/value), value * math.Exp(d/value)}
}

// Share returns the interval of a share from the symmetric one value ± d at the level: Wilson's of as many independent
// samples as would give that width, n = value·(1 − value)·(z/d)². i itself where d is 0.
func (i Interval) Share(value, level float64) Interval {
	d := (i.High - i.Low) / 2
	if !(d > 0) {
		return i
	}
	z := NormalQuantile((1 + level) / 2)
	n := value * (1 - value) * (z / d) * (z / d)
	return wilson(value*n, n, level)
}

// Wilson returns the score interval of a share of k among n:
//
//	(p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n),   p̂ = k/n,  z = Φ⁻¹((1 + level)/2)
//
// level is 0.95 for an interval of 95 %. With n = 0 the interval is all of [0, 1].
//
// Source: Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
// Statistical Association 22 (1927).
func Wilson(k, n int, level float64) Interval { return wilson(float64(k), float64(n), level) }

// wilson returns the interval of Wilson for counts that need not be whole, such as an effective number of samples.
func wilson(k, n, level float64) Interval {
	if !(n > 0) {
		return Interval{0, 1}
	}
	z := NormalQuantile((1 + level) / 2)
	p := k / n
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	i := Interval{max(0, mid-half), min(1, mid+half)}
	// The ends of no success and of nothing but successes are 0 and 1, which rounding misses.
	if k == 0 {
		i.Low = 0
	}
	if k == n {
		i.High = 1
	}
	return i
}

// Newcombe returns the interval of the difference k1/n1 − k2/n2 of two shares of different samples, from the Wilson
// intervals of each, by [Difference].
//
// Source: Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
// methods", Statistics in Medicine 17 (1998), method 10.
func Newcombe(k1, n1, k2, n2 int, level float64) Interval {
	if n1 == 0 || n2 == 0 {
		return Interval{-1, 1}
	}
	return Difference(float64(k1)/float64(n1), Wilson(k1, n1, level), float64(k2)/float64(n2), Wilson(k2, n2, level))
}

// Difference returns the interval of the difference a − b of two estimates of different samples, from the interval of
// each:
//
//	d − √((a − l_a)² + (u_b − b)²)   to   d + √((u_a − a)² + (b − l_b)²)
//
// Source: Zou and Donner, "Construction of confidence limits about effect measures: a general approach", Statistics in
// Medicine 27 (2008).
func Difference(a float64, ofA Interval, b float64, ofB Interval) Interval {
	return Interval{a - b - math.Hypot(a-ofA.Low, ofB.High-b), a - b + math.Hypot(ofA.High-a, b-ofB.Low)}
}

// McNemar returns the exact test of two classifiers on the same samples: onlyA and onlyB are the numbers of samples
// that one alone classified rightly. Where both are equally good, onlyA is binomial with n = onlyA + onlyB and p = ½;
// exact is the two-sided probability of a count as far from n/2 or farther, mid counts half of the probability of this
// very count.
//
// Sources: McNemar, Psychometrika 12 (1947); mid-p: Fagerland, Lydersen and Laake, BMC Medical Research Methodology
// 13 (2013).
func McNemar(onlyA, onlyB int) (exact, mid float64) {
	n, k := onlyA+onlyB, min(onlyA, onlyB)
	if n == 0 {
		return 1, 1
	}
	lower := 1 - BinomialTail(k+1, n, 0.5)
	point := BinomialTail(k, n, 0.5) - BinomialTail(k+1, n, 0.5)
	exact = min(1, 2*lower)
	mid = min(1, 2*lower-point)
	if 2*k == n {
		mid = 1 - point/2
	}
	return exact, mid
}

// Tango returns the score interval of the difference of two shares of the same n samples, of which onlyA count in the
// first share alone and onlyB in the second alone: the differences θ with
//
//	(onlyA − onlyB − n·θ)² ≤ z²·n·(2q + θ(1 − θ)),   z = Φ⁻¹((1 + level)/2)
//
// where q is the greatest likelihood's probability, given θ, of a sample that counts in the second share alone. 0 is in
// it where McNemar's statistic (onlyA − onlyB)²/(onlyA + onlyB) is at most z². n is 1 or more.
//
// Source: Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
// design", Statistics in Medicine 17 (1998).
func Tango(onlyA, onlyB, n int, level float64) Interval {
	a, b, all := float64(onlyA), float64(onlyB), float64(n)
	z := NormalQuantile((1 + level) / 2)
	end := func(out float64) float64 {
		in := (a - b) / all
		for range 60 { // halves the distance to less than a float64 tells
			mid := (in + out) / 2
			// q is the greater root of 2n·q² + second·q − b·θ(1 − θ).
			second := (2*all-a+b)*mid - a - b
			q := (math.Sqrt(second*second+8*all*b*mid*(1-mid)) - second) / (4 * all)
			if d := a - b - all*mid; d*d <= z*z*all*(2*q+mid*(1-mid)) {
				in = mid
			} else {
				out = mid
			}
		}
		return in
	}
	return Interval{end(-1), end(1)}
}

// Paired returns the interval of the difference of two shares of the same n samples, and the probability p of McNemar's
// exact test that both are equal: [Tango]'s interval, which reaches to 0 where the exact test does not reject 0 at 1 −
// level. The exact test is the stricter of both, so that the interval contains 0 where p ≥ 1 − level, and for levels up
// to 0.999 only there.
func Paired(onlyA, onlyB, n int, level float64) (i Interval, p float64) {
	i = Tango(onlyA, onlyB, n, level)
	if p, _ = McNemar(onlyA, onlyB); p >= 1-level {
		i.Low, i.High = min(i.Low, 0), max(i.High, 0)
	}
	return i, p
}
