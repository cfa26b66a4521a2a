package stat

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestForecastErrors: numpy and scipy compute the same from the formulas (testdata/residuals.py); of ±1 with the mean 0
// the statistic is that of statsmodels' acorr_ljungbox, but for the factor of its last lines.
func TestForecastErrors(t *testing.T) {
	var g struct {
		Cases []struct {
			Name   string
			X      []float64
			Errors []struct {
				H, Lags          int
				Stat, Freedom, P float64
			}
			Bias struct {
				H                int
				Stat, Freedom, P float64
			}
		}
		Signs, LjungBox []float64
	}
	b, err := os.ReadFile("testdata/residuals.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) != 5 || len(g.LjungBox) != 3 {
		t.Fatal("cases are missing")
	}
	same := func(name string, got Result, stat, freedom, p float64) {
		t.Helper()
		if !near(got.Statistic, stat, 1e-9) || !near(got.Freedom, freedom, 1e-9) || !near(got.P, p, 1e-9) {
			t.Errorf("%s: %+v, want %v with %v degrees of freedom, p %v", name, got, stat, freedom, p)
		}
	}
	for _, c := range g.Cases {
		for _, want := range c.Errors {
			got, err := ForecastErrors(c.X, want.H, want.Lags)
			if err != nil {
				t.Fatal(c.Name, err)
			}
			same(c.Name, got.Result, want.Stat, want.Freedom, want.P)
			if got.Lags != want.Lags || got.From != want.H {
				t.Errorf("%s: lags %d to %d, want %d to %d", c.Name, got.From, got.Lags, want.H, want.Lags)
			}
		}
		got, err := Bias(c.X, c.Bias.H)
		if err != nil {
			t.Fatal(c.Name, err)
		}
		same(c.Name+": bias", got, c.Bias.Stat, c.Bias.Freedom, c.Bias.P)
	}
	for i, lags := range []int{1, 5, 20} {
		got, err := ForecastErrors(g.Signs, 1, lags)
		a := 1 + 1.5*float64(lags)/float64(len(g.Signs))
		if err != nil || !near(got.Statistic*a, g.LjungBox[i], 1e-9) || !near(got.Freedom*a, float64(lags), 1e-12) {
			t.Errorf("±1, lags to %d: %+v %v, want %v/%v", lags, got, err, g.LjungBox[i], a)
		}
	}
}

// TestForecastErrorsFind: 7 steps apart errors are alike, which the test finds and Lag says; the moving average of the
// errors of the best forecasts 3 steps ahead is no finding at h = 3, though it is one at h = 1.
func TestForecastErrorsFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	week, sums := make([]float64, 140), make([]float64, 300)
	for i := range week {
		week[i] = r.NormFloat64()
		if i%7 == 0 {
			week[i] += 3
		}
	}
	z := make([]float64, len(sums)+2)
	for i := range z {
		z[i] = r.NormFloat64()
	}
	for i := range sums {
		sums[i] = z[i] + z[i+1] + z[i+2]
	}
	d, err := ForecastErrors(week, 1, 14)
	if err != nil || !(d.P < 1e-6) || d.Lag%7 != 0 || !(d.Correlation > .3) {
		t.Errorf("a week: %+v %v", d, err)
	}
	if d, err = ForecastErrors(sums, 3, 14); err != nil || d.P < significant {
		t.Errorf("sums of three at h = 3: %+v %v", d, err)
	}
	if d, err = ForecastErrors(sums, 1, 14); err != nil || d.P > 1e-6 || d.Lag != 1 {
		t.Errorf("sums of three at h = 1: %+v %v", d, err)
	}
	if d, err = ForecastErrors(sums, 3, 1000); err != nil || d.Lags != 62 {
		t.Errorf("1000 lags of 300 errors: %+v %v, want 2 + 300/5", d, err)
	}
	for _, e := range [][]float64{week, sums} {
		if b, err := Bias(e, 3); err != nil {
			t.Error(err)
		} else if biased := b.P < significant; biased != (len(e) == len(week)) { // week has the mean 3/7
			t.Errorf("bias of %d errors: %+v", len(e), b)
		}
	}
}

func TestForecastErrorsRefused(t *testing.T) {
	flat, bad := make([]float64, 40), make([]float64, 40)
	bad[16] = math.Inf(1)
	for _, c := range []struct {
		e          []float64
		h, lags    int
		want, bias string
	}{
		{flat, 1, Auto, "all 40 values are 0", "bias: all 40 values are 0"},
		{bad, 1, Auto, "observation 17 is +Inf", "bias: observation 17 is +Inf"},
		{flat, 0, Auto, "0 steps ahead; give 1 or more", "0 steps ahead; give 1 or more"},
		{flat, 12, Auto, "40 errors of forecasts 12 steps ahead; give 120 or more", "give 48 or more"},
		{flat[:9], 1, Auto, "9 errors of forecasts 1 step ahead; give 20 or more", "give 10 or more"},
		{flat, 3, 2, "lags up to 2, but those below 3 say nothing; give 3 or more", ""},
	} {
		if _, err := ForecastErrors(c.e, c.h, c.lags); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
		if c.bias == "" {
			continue
		}
		if _, err := Bias(c.e, c.h); err == nil || !strings.Contains(err.Error(), c.bias) {
			t.Errorf("%v, want %s", err, c.bias)
		}
	}
}
