package stat

import "math"

// surface is MacKinnon's (1994, table 3, N = 1) approximation of the
// distribution of the Dickey-Fuller t-value τ: P = Φ(polynomial in τ), one
// polynomial up to star and another above it; P is 0 below least, 1 above most.
type surface struct {
	star, least, most float64
	small             [3]float64 // 1, τ, τ²
	large             [4]float64 // 1, τ, τ², τ³
	// critical is β∞ + β1/T + β2/T² + β3/T³ at 1, 5 and 10 per cent (2010, table 2).
	critical [3][4]float64
}

var surfaces = [...]surface{
	Level: {
		star: -1.61, least: -18.83, most: 2.74,
		small: [3]float64{2.1659, 1.4412, 3.8269e-2},
		large: [4]float64{1.7339, 9.3202e-1, -1.2745e-1, -1.0368e-2},
		critical: [3][4]float64{
			{-3.43035, -6.5393, -16.786, -79.433}, {-2.86154, -2.8903, -4.234, -40.040}, {-2.56677, -1.5384, -2.809, 0},
		},
	},
	Line: {
		star: -2.89, least: -16.18, most: 0.7,
		small: [3]float64{3.2512, 1.6047, 4.9588e-2},
		large: [4]float64{2.5261, 6.1654e-1, -3.7956e-1, -6.0285e-2},
		critical: [3][4]float64{
			{-3.95877, -9.0531, -28.428, -134.155}, {-3.41049, -4.3904, -9.036, -45.374},
			{-3.12705, -2.5856, -3.925, -22.380},
		},
	},
	Zero: {
		star: -1.04, least: -19.04, most: math.Inf(1),
		small: [3]float64{0.6344, 1.2378, 3.2496e-2},
		large: [4]float64{0.4797, 9.3557e-1, -0.6999e-1, 3.3066e-2},
		critical: [3][4]float64{
			{-2.56574, -2.2358, -3.627, 0}, {-1.94100, -0.2686, -3.365, 31.223}, {-1.61682, 0.2656, -2.714, 25.364},
		},
	},
}

func mackinnonP(tau float64, t Trend) float64 {
	s := &surfaces[t]
	switch {
	case tau > s.most:
		return 1
	case tau < s.least:
		return 0
	case tau <= s.star:
		return normal(s.small[0] + tau*(s.small[1]+tau*s.small[2]))
	}
	return normal(s.large[0] + tau*(s.large[1]+tau*(s.large[2]+tau*s.large[3])))
}

func mackinnonCritical(t Trend, n int) (out [3]float64) {
	inv := 1 / float64(n)
	for i, b := range surfaces[t].critical {
		out[i] = b[0] + inv*(b[1]+inv*(b[2]+inv*b[3]))
	}
	return out
}

// normal returns the standard normal distribution function Φ.
func normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
