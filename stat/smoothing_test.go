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
