package stat

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestSmoothing holds exponential smoothing against statsmodels 0.15 (ETSModel with error, trend and season "add",
// estimated by maximum likelihood on the values before the first origin): forecasts and their mean errors over all
// origins, from golden/statistics/forecast-baselines.json.
func TestSmoothing(t *testing.T) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	b, err := os.ReadFile(filepath.Join(shared, "golden/statistics/forecast-baselines.json"))
	if err != nil {
		t.Fatal(err)
	}
	type method struct {
		MAE   float64
		RMSE  float64
		First []float64 `json:"first_forecast"`
		Last  []float64 `json:"last_forecast"`
	}
	var golden struct {
		Series map[string]struct {
			First   int `json:"first_origin"`
			Step    int
			Horizon int
			Methods map[string]method
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		series, method string
		trend          bool
		season         int
		tolerance      float64 // of a forecast, as a share: the likelihood is flat around its greatest value
	}{
		{"airline-passengers", "ETS(A,A,A), estimated once", true, 12, 2e-3},
		{"monthly-sunspots", "ETS(A,N,N)", false, 0, 1e-4},
		{"daily-min-temperatures", "ETS(A,N,N)", false, 0, 1e-4},
	} {
		x := column(t, filepath.Join(shared, "data/series", c.series+".csv"))
		g := golden.Series[c.series]
		want := g.Methods[c.method]
		s, err := FitSmoothing(x[:g.First], c.trend, c.season)
		if err != nil {
			t.Fatal(err)
		}
		r := s.Begin()
		n, absolute, square := 0.0, 0.0, 0.0
		var last []float64
		for i, v := range x {
			if i >= g.First && (i-g.First)%g.Step == 0 && i+g.Horizon <= len(x) {
				last = last[:0]
				for h := range g.Horizon {
					y := r.Ahead(h + 1)
					last = append(last, y)
					n++
					absolute += math.Abs(y - x[i+h])
					square += (y - x[i+h]) * (y - x[i+h])
					if i == g.First && math.Abs(y/want.First[h]-1) > c.tolerance {
						t.Errorf("%s, %d steps ahead: %.4f, statsmodels has %.4f", c.series, h+1, y, want.First[h])
					}
				}
			}
			r.Add(v)
		}
		for h, y := range last {
			if math.Abs(y/want.Last[h]-1) > c.tolerance {
				t.Errorf("%s, last origin, %d steps ahead: %.4f, statsmodels has %.4f", c.series, h+1, y, want.Last[h])
			}
		}
		if math.Abs(absolute/n/want.MAE-1) > 5e-3 || math.Abs(math.Sqrt(square/n)/want.RMSE-1) > 5e-3 {
			t.Errorf("%s: MAE %.4f, RMSE %.4f; statsmodels has %.4f, %.4f", c.series, absolute/n, math.Sqrt(square/n),
				want.MAE, want.RMSE)
		}
		t.Logf("%s: α %.4f, β %.4f, γ %.4f; MAE %.4f (%.4f)", c.series, s.Alpha, s.Beta, s.Gamma, absolute/n, want.MAE)
	}
}

// column is the second column of a CSV file with a header.
func column(t *testing.T, path string) (x []float64) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, v)
	}
	return x
}

// A missing observation leaves the state as it was forecast. By hand, with α = 0.5, β = 0.25 from level 8 and slope 2:
// 12 is forecast as 10 (level 11, slope 2.5), the missing one as 13.5 (level 13.5), 18 as 16 (level 17, slope 3), and
// the next as 20.
func TestSmoothingOfGaps(t *testing.T) {
	s := &Smoothing{Trend: true, Alpha: 0.5, Beta: 0.25, Level: 8, Slope: 2}
	r := s.Begin()
	for i, v := range []float64{12, math.NaN(), 18} {
		if want := []float64{10, 13.5, 16}[i]; r.Ahead(1) != want {
			t.Errorf("observation %d is forecast as %v, want %v", i, r.Ahead(1), want)
		}
		r.Add(v)
	}
	if r.Ahead(1) != 20 {
		t.Errorf("forecast %v, want 20", r.Ahead(1))
	}
	// What has a line and a season without noise is fitted exactly across gaps, wherever they are.
	x := make([]float64, 48)
	for i := range x {
		x[i] = 5 + 0.5*float64(i) + []float64{3, -1, -2}[i%3]
		if i == 0 || i%7 == 3 || i == 20 || i == 21 {
			x[i] = math.NaN()
		}
	}
	fitted, err := FitSmoothing(x, true, 3)
	if err != nil {
		t.Fatal(err)
	}
	r = fitted.Begin()
	for i, v := range x {
		want := 5 + 0.5*float64(i) + []float64{3, -1, -2}[i%3]
		if y := r.Ahead(1); math.Abs(y-want) > 1e-6 {
			t.Errorf("step %d: %v, want %v", i, y, want)
		}
		r.Add(v)
	}
	nan := math.NaN()
	if _, err := FitSmoothing([]float64{1, nan, 2, nan, nan, nan, 3}, false, 0); err == nil {
		t.Error("three observations are enough")
	}
}
