package stat

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// golden is testdata/stat.json, what statsmodels says; stat.py beside it made it.
type golden struct {
	Series map[string][]float64
	ADF    []struct {
		Series        string
		Trend         Trend
		Lags, Used, N int
		Stat, P       float64
		Crit          [3]float64
	}
	KPSS []struct {
		Series     string
		Trend      Trend
		Lags, Used int
		Stat, P    float64
	}
	LjungBox []struct {
		Series       string
		Lags, Fitted int
		Stat, P      float64
	}
	ACF []struct {
		Series string
		R      []float64
	}
	Gamma [][3]float64
	OLS   struct {
		X, Y, Coef, Err []float64
		SSR             float64
	}
}

func load(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/stat.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol*max(1, math.Abs(b)) }

func TestADF(t *testing.T) {
	g := load(t)
	if len(g.ADF) < 50 {
		t.Fatalf("%d cases", len(g.ADF))
	}
	for _, c := range g.ADF {
		r, err := ADF(g.Series[c.Series], c.Trend, c.Lags)
		if err != nil {
			t.Errorf("%s %v lags %d: %v", c.Series, c.Trend, c.Lags, err)
			continue
		}
		if !near(r.Statistic, c.Stat, 1e-7) || !near(r.P, c.P, 1e-7) || r.Lags != c.Used || r.N != c.N {
			t.Errorf("%s %v lags %d: got %+v, statsmodels has %v, p %v, %d lags, %d observations", c.Series, c.Trend,
				c.Lags, r, c.Stat, c.P, c.Used, c.N)
		}
		for i := range c.Crit {
			if !near(r.Critical[i], c.Crit[i], 1e-9) {
				t.Errorf("%s %v: critical value %d: %v, want %v", c.Series, c.Trend, i, r.Critical[i], c.Crit[i])
			}
		}
	}
}

// TestADFTable: MacKinnon's surfaces against the table that Dickey and Fuller
// published (Fuller 1976, table 8.5.2, n = ∞).
func TestADFTable(t *testing.T) {
	for _, c := range []struct {
		trend Trend
		tau   float64
		p     float64
	}{
		{Zero, -2.58, 0.01}, {Zero, -1.95, 0.05}, {Zero, -1.62, 0.10},
		{Level, -3.43, 0.01}, {Level, -2.86, 0.05}, {Level, -2.57, 0.10},
		{Line, -3.96, 0.01}, {Line, -3.41, 0.05}, {Line, -3.12, 0.10},
	} {
		if p := mackinnonP(c.tau, c.trend); math.Abs(p-c.p) > 0.002 {
			t.Errorf("%v: τ = %v has p %v, the table says %v", c.trend, c.tau, p, c.p)
		}
	}
}

func TestKPSS(t *testing.T) {
	g := load(t)
	if len(g.KPSS) < 30 {
		t.Fatalf("%d cases", len(g.KPSS))
	}
	for _, c := range g.KPSS {
		r, err := KPSS(g.Series[c.Series], c.Trend, c.Lags)
		if err != nil {
			t.Errorf("%s: %v", c.Series, err)
			continue
		}
		if !near(r.Statistic, c.Stat, 1e-8) || !near(r.P, c.P, 1e-8) || r.Lags != c.Used {
			t.Errorf("%s %v lags %d: got %+v, statsmodels has %v, p %v, %d lags", c.Series, c.Trend, c.Lags, r, c.Stat,
				c.P, c.Used)
		}
	}
}

func TestLjungBox(t *testing.T) {
	g := load(t)
	for _, c := range g.LjungBox {
		r, err := LjungBox(g.Series[c.Series], c.Lags, c.Fitted)
		if err != nil {
			t.Fatal(err)
		}
		if !near(r.Statistic, c.Stat, 1e-9) || math.Abs(r.P-c.P) > 1e-9 {
			t.Errorf("%s lags %d: got %v, p %v; statsmodels has %v, p %v", c.Series, c.Lags, r.Statistic, r.P, c.Stat,
				c.P)
		}
	}
	for _, c := range g.ACF {
		r, err := Autocorrelation(g.Series[c.Series], len(c.R)-1)
		if err != nil {
			t.Fatal(err)
		}
		for k := range r {
			if !near(r[k], c.R[k], 1e-10) {
				t.Errorf("%s: r_%d = %v, want %v", c.Series, k, r[k], c.R[k])
			}
		}
	}
}

// TestChiSquare: the tables that everybody has, and scipy's gammaincc.
func TestChiSquare(t *testing.T) {
	for _, c := range [][3]float64{{3.841, 1, 0.05}, {6.635, 1, 0.01}, {18.307, 10, 0.05}, {23.209, 10, 0.01},
		{124.342, 100, 0.05}} {
		if p := ChiSquareTail(c[0], c[1]); math.Abs(p-c[2]) > 2e-5 {
			t.Errorf("χ² > %v with %v degrees of freedom: %v, the table says %v", c[0], c[1], p, c[2])
		}
	}
	g := load(t)
	for _, c := range g.Gamma {
		if q := upperGamma(c[0], c[1]); math.Abs(q-c[2]) > 1e-12 && math.Abs(q/c[2]-1) > 1e-9 {
			t.Errorf("Q(%v, %v) = %v, scipy has %v", c[0], c[1], q, c[2])
		}
	}
	if !math.IsNaN(ChiSquareTail(1, 0)) || !math.IsNaN(ChiSquareTail(-1, 2)) || ChiSquareTail(0, 3) != 1 ||
		ChiSquareTail(math.Inf(1), 3) != 0 {
		t.Error("the edges of χ² are wrong")
	}
}

func TestLeastSquares(t *testing.T) {
	o := load(t).OLS
	l, err := LeastSquares(o.X, 3, o.Y)
	if err != nil {
		t.Fatal(err)
	}
	for i := range o.Coef {
		if !near(l.Coef[i], o.Coef[i], 1e-10) || !near(l.Err[i], o.Err[i], 1e-10) {
			t.Errorf("coefficient %d: %v ± %v, want %v ± %v", i, l.Coef[i], l.Err[i], o.Coef[i], o.Err[i])
		}
	}
	if !near(l.SSR, o.SSR, 1e-10) {
		t.Errorf("SSR %v, want %v", l.SSR, o.SSR)
	}
	if _, err := LeastSquares([]float64{1, 2, 1, 2, 1, 2}, 2, []float64{1, 2, 3}); err == nil ||
		!strings.Contains(err.Error(), "column 2") {
		t.Errorf("dependent columns: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	flat := make([]float64, 40)
	line := make([]float64, 40)
	bad := make([]float64, 40)
	for i := range line {
		line[i] = float64(i) * 0.1
	}
	bad[16] = math.NaN()
	check := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, f := range []func([]float64) error{
		func(x []float64) error { _, err := ADF(x, Level, Auto); return err },
		func(x []float64) error { _, err := ADF(x, Line, 2); return err },
		func(x []float64) error { _, err := KPSS(x, Level, Auto); return err },
		func(x []float64) error { _, err := LjungBox(x, Auto, 0); return err },
		func(x []float64) error { _, err := Stationarity(x); return err },
	} {
		check(f(flat), "nothing random")
		check(f(bad), "observation 17 is NaN")
	}
	_, err := ADF(line, Level, 1)
	check(err, "random to test")
	_, err = ADF(line[:3], Level, Auto)
	check(err, "3 observations")
	_, err = KPSS(line, Line, Auto)
	check(err, "exact line")
	_, err = KPSS(line, Zero, Auto)
	check(err, "Level or Line")
	_, err = KPSS(line, Level, 40)
	check(err, "40 lags")
	_, err = ADF(line, Level, 30)
	check(err, "30 lags")
	_, err = LjungBox(line, 40, 0)
	check(err, "40 lags")
	_, err = LjungBox(line, 3, 3)
	check(err, "more lags than coefficients")
	_, err = Autocorrelation(nil, 0)
	check(err, "lag 0 of 0")
}

// TestLeastSquaresMany: a dependent column gets 0 and changes nothing else.
func TestLeastSquaresMany(t *testing.T) {
	o := load(t).OLS
	wide := make([]float64, 0, 30*4)
	other := make([]float64, 30)
	for i := range 30 {
		r := o.X[3*i : 3*i+3]
		wide = append(wide, r[0], r[1], 2*r[0]-3*r[1], r[2])
		other[i] = 5 - r[2]
	}
	b, err := LeastSquaresMany(wide, 4, [][]float64{o.Y, other}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{o.Coef[0], o.Coef[1], 0, o.Coef[2]}, {5, 0, 0, -1}}
	for i := range want {
		for j := range want[i] {
			if !near(b[i][j], want[i][j], 1e-9) {
				t.Errorf("right side %d: %v, want %v", i, b[i], want[i])
			}
		}
	}
	if b, err := LeastSquaresMany([]float64{1, 2, 3}, 3, [][]float64{{6}}, 0); err != nil || b[0][0] != 6 ||
		b[0][1] != 0 {
		t.Errorf("one row of three columns: %v %v", b, err)
	}
	if _, err := LeastSquaresMany([]float64{1, 2}, 3, [][]float64{{6}}, 0); err == nil {
		t.Error("two numbers are no row of three")
	}
}

// TestNature: noise, a walk and a line are told apart, by made tests too: what the four tests say and what follows.
func TestNature(t *testing.T) {
	g := load(t)
	for name, want := range map[string]Nature{"noise": Stationary, "walk": DifferenceStationary,
		"trend": TrendStationary, "gdp": DifferenceStationary} {
		v, err := Stationarity(g.Series[name])
		if err != nil {
			t.Fatal(err)
		}
		if v.Nature() != want {
			t.Errorf("%s: %v, want %v: %+v", name, v.Nature(), want, v)
		}
	}
	const no, yes = .5, .01 // whether a test rejects
	for _, c := range []struct {
		level, levelKPSS, line, lineKPSS float64
		want                             Nature
		wanders                          bool
	}{
		{yes, no, yes, no, Stationary, false},
		{yes, no, no, yes, Stationary, false},
		{no, yes, yes, no, TrendStationary, false},
		{yes, yes, yes, no, Contradictory, false},
		{no, no, yes, no, TrendStationary, false},
		{no, yes, no, yes, DifferenceStationary, true},
		{no, yes, no, no, Undecided, true},
		{no, no, no, no, Undecided, false},
		{no, no, no, yes, Undecided, false},
		{yes, yes, yes, yes, Contradictory, false},
		{yes, yes, no, yes, Contradictory, false},
		{no, yes, yes, yes, Contradictory, false},
	} {
		var s StationarityResult
		s.Level.ADF.P, s.Level.KPSS.P, s.Line.ADF.P, s.Line.KPSS.P = c.level, c.levelKPSS, c.line, c.lineKPSS
		if s.Nature() != c.want || s.Wanders() != c.wanders {
			t.Errorf("%+v: %v, wanders: %v", c, s.Nature(), s.Wanders())
		}
	}
}

// TestSeriesReferences: the shared values of statsmodels' adfuller (n, c, ct; AIC and given lags), kpss (c, ct; auto
// and given lags) and acorr_ljungbox.
func TestSeriesReferences(t *testing.T) {
	trends := map[string]Trend{"n": Zero, "c": Level, "ct": Line}
	count := 0
	check := func(c reference, r Result, err error, statistic, p float64, lags int) {
		if err != nil || !c.near(r.Statistic, statistic) || !c.near(r.P, p) || r.Lags != lags {
			t.Errorf("%s: %+v %v, want %v, p %v, %d lags", c.Name, r, err, statistic, p, lags)
		}
		count++
	}
	type input struct {
		X          []float64
		Regression string
		Autolag    *string
		Maxlag     int
		Nlags      any
		Lags       int
		ModelDF    int `json:"model_df"`
	}
	for _, c := range references(t, "series", "adf-") {
		var in input
		var want struct {
			Statistic, Pvalue float64
			Lags              int `json:"used_lag"`
		}
		c.read(t, &in, &want)
		trend, ok := trends[in.Regression]
		lags := Auto
		if in.Autolag == nil {
			lags = in.Maxlag
		} else {
			ok = ok && *in.Autolag == "AIC"
		}
		if ok {
			r, err := ADF(in.X, trend, lags)
			check(c, r, err, want.Statistic, want.Pvalue, want.Lags)
		}
	}
	for _, c := range references(t, "series", "kpss-") {
		var in input
		var want struct {
			Statistic, Pvalue float64
			Lags              int
		}
		c.read(t, &in, &want)
		lags := Auto
		switch given := in.Nlags.(type) {
		case float64:
			lags = int(given)
		case string:
			if given != "auto" {
				lags = want.Lags // the legacy rule, which ADF and KPSS of this package do not have
			}
		}
		r, err := KPSS(in.X, trends[in.Regression], lags)
		check(c, r, err, want.Statistic, want.Pvalue, want.Lags)
	}
	for _, c := range references(t, "series", "ljung-box-") {
		var in input
		var want struct {
			Stat float64 `json:"lb_stat"`
			P    float64 `json:"lb_pvalue"`
		}
		c.read(t, &in, &want)
		r, err := LjungBox(in.X, in.Lags, in.ModelDF)
		check(c, r, err, want.Stat, want.P, in.Lags)
	}
	if count < 120 {
		t.Errorf("%d cases", count)
	}
}
