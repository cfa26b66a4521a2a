package stat

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reference is one case of a group of values that scipy, statsmodels or scikit-learn computed.
type reference struct {
	Name     string
	Input    json.RawMessage
	Expected json.RawMessage
	Rtol     float64
	Atol     float64
}

func (c reference) near(got, want float64) bool {
	return math.Abs(got-want) <= c.Atol+c.Rtol*math.Abs(want)
}

func (c reference) nearInterval(got Interval, want [2]float64) bool {
	return c.near(got.Low, want[0]) && c.near(got.High, want[1])
}

// references reads the cases of a group whose names begin with a prefix.
func references(t *testing.T, group, prefix string) (out []reference) {
	t.Helper()
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: it names the folder of the reference values")
	}
	b, err := os.ReadFile(filepath.Join(root, "golden/statistics", group+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []reference }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range all.Cases {
		if len(c.Name) >= len(prefix) && c.Name[:len(prefix)] == prefix {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s: no case %s…", group, prefix)
	}
	return out
}

func (c reference) read(t *testing.T, input, expected any) {
	t.Helper()
	if err := json.Unmarshal(c.Input, input); err != nil {
		t.Fatal(c.Name, err)
	}
	if err := json.Unmarshal(c.Expected, expected); err != nil {
		t.Fatal(c.Name, err)
	}
}

// TestWilson: statsmodels' proportion_confint.
func TestWilson(t *testing.T) {
	for _, c := range references(t, "comparison", "proportion-") {
		var in struct{ Count, Nobs int }
		var want struct {
			W95 [2]float64 `json:"wilson_95"`
			W90 [2]float64 `json:"wilson_90"`
		}
		c.read(t, &in, &want)
		for level, want := range map[float64][2]float64{0.95: want.W95, 0.9: want.W90} {
			if got := Wilson(in.Count, in.Nobs, level); !c.nearInterval(got, want) {
				t.Errorf("%s at %g: %v, want %v", c.Name, level, got, want)
			}
		}
	}
}

// TestNewcombe: table II of Newcombe (1998), method 10, at 95 %.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		got := Newcombe(c.k1, c.n1, c.k2, c.n2, 0.95)
		if math.Abs(got.Low-c.low) > 5e-5 || math.Abs(got.High-c.high) > 5e-5 {
			t.Errorf("%+v: %.4f", c, got)
		}
	}
}

// TestMcNemar: statsmodels' exact test, and the mid-p of SciPy's binomial.
func TestMcNemar(t *testing.T) {
	for _, c := range references(t, "comparison", "mcnemar-") {
		var in struct{ Table [2][2]int }
		var want struct {
			Exact float64 `json:"exact_pvalue"`
			Mid   float64 `json:"mid_pvalue"`
		}
		c.read(t, &in, &want)
		exact, mid := McNemar(in.Table[0][1], in.Table[1][0])
		if !c.near(exact, want.Exact) || !c.near(mid, want.Mid) {
			t.Errorf("%s: %v %v, want %+v", c.Name, exact, mid, want)
		}
	}
}

// TestStudent: the 97.5 % quantiles of any table of Student's t, and tail and quantile as each other's inverse.
func TestStudent(t *testing.T) {
	for df, want := range map[float64]float64{1: 12.7062047362, 2: 4.3026527297, 6: 2.4469118511, 30: 2.0422724563,
		1000: 1.9623390808} {
		if got := StudentQuantile(0.975, df); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g degrees: %v", df, got)
		}
		for _, p := range []float64{1e-10, 0.01, 0.3, 0.5, 0.9, 0.9999} {
			x := StudentQuantile(p, df)
			if got := StudentTail(x, df) / 2; math.Abs(got-min(p, 1-p)) > 1e-12 {
				t.Errorf("%g degrees: quantile of %g is %g, whose tail is %g", df, p, x, got)
			}
		}
	}
	// P(X ≥ 7) of 10 throws of a coin: (120 + 45 + 10 + 1)/1024.
	if got := BinomialTail(7, 10, 0.5); math.Abs(got-176.0/1024) > 1e-15 {
		t.Errorf("binomial tail %v", got)
	}
}

// TestBootstrap: SciPy's bootstrap intervals, the mean of three seeds.
func TestBootstrap(t *testing.T) {
	for _, c := range references(t, "bootstrap", "bootstrap-") {
		var in struct{ Truth, Predicted []float64 }
		var want struct {
			Value        float64
			Percentile   [2]float64
			BCa          [2]float64
			Acceleration float64 `json:"bca_acceleration"`
		}
		c.read(t, &in, &want)
		statistic := map[string]func([]int) float64{
			"a": func(rows []int) float64 {
				right := 0.0
				for _, r := range rows {
					if in.Truth[r] == in.Predicted[r] {
						right++
					}
				}
				return right / float64(len(rows))
			},
			"f": func(rows []int) float64 {
				tp, wrong := 0.0, 0.0
				for _, r := range rows {
					if in.Truth[r] != in.Predicted[r] {
						wrong++
					} else if in.Truth[r] == 1 {
						tp++
					}
				}
				return 2 * tp / (2*tp + wrong)
			},
			"rm": func(rows []int) float64 {
				s := 0.0
				for _, r := range rows {
					s += (in.Truth[r] - in.Predicted[r]) * (in.Truth[r] - in.Predicted[r])
				}
				return math.Sqrt(s / float64(len(rows)))
			},
			"r2": func(rows []int) float64 {
				m := 0.0
				for _, r := range rows {
					m += in.Truth[r] / float64(len(rows))
				}
				rest, all := 0.0, 0.0
				for _, r := range rows {
					rest += (in.Truth[r] - in.Predicted[r]) * (in.Truth[r] - in.Predicted[r])
					all += (in.Truth[r] - m) * (in.Truth[r] - m)
				}
				return 1 - rest/all
			},
		}
		for kind, f := range statistic {
			if name := c.Name[len("bootstrap-"):]; name[:len(kind)] != kind {
				continue
			}
			got, err := Bootstrap(len(in.Truth), f, Resampling{Times: 10000, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Value-want.Value) > 1e-9 || math.Abs(got.Acceleration-want.Acceleration) > 1e-9 {
				t.Errorf("%s: value %v, acceleration %v, want %+v", c.Name, got.Value, got.Acceleration, want)
			}
			if !c.nearInterval(got.Percentile, want.Percentile) || !c.nearInterval(got.BCa, want.BCa) {
				t.Errorf("%s: %v %v, want %+v ± %v", c.Name, got.Percentile, got.BCa, want, c.Atol)
			}
		}
	}
}

// TestBootstrapRefuses: too few samples or groups, and a statistic that is no number or always the same, are errors.
func TestBootstrapRefuses(t *testing.T) {
	count := func(rows []int) float64 { return float64(len(rows)) }
	for name, f := range map[string]func() error{
		"one sample": func() error { _, err := Bootstrap(1, count, Resampling{}); return err },
		"9 groups": func() error {
			_, err := Bootstrap(90, count, Resampling{Clusters: Blocks(90, 10)})
			return err
		},
		"NaN": func() error {
			_, err := Bootstrap(9, func([]int) float64 { return math.NaN() }, Resampling{})
			return err
		},
		"alike": func() error { _, err := Bootstrap(9, count, Resampling{}); return err },
		"NaN often": func() error {
			_, err := Bootstrap(9, func(rows []int) float64 {
				if rows[0] > 2 {
					return math.NaN()
				}
				return 1
			}, Resampling{})
			return err
		},
		"level": func() error { _, err := Bootstrap(9, count, Resampling{Level: 95}); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if b := Blocks(25, 10); len(b) != 2 || len(b[1]) != 15 {
		t.Errorf("blocks of 25 by 10: %v", b)
	}
}

// TestDieboldMariano: the statistic with Harvey, Leybourne and Newbold's correction, computed by NumPy and SciPy from
// the definition.
func TestDieboldMariano(t *testing.T) {
	corrected := 0
	for _, c := range references(t, "comparison", "diebold-mariano-") {
		var in struct {
			Errors1, Errors2 []float64
			H                int
			Loss             string
		}
		var want struct {
			HLN float64
			P   float64 `json:"hln_pvalue_t"`
		}
		c.read(t, &in, &want)
		losses := func(e []float64) []float64 {
			out := make([]float64, len(e))
			for i, x := range e {
				if out[i] = math.Abs(x); in.Loss == "squared" {
					out[i] = x * x
				}
			}
			return out
		}
		a, b := losses(in.Errors1), losses(in.Errors2)
		d := make([]float64, len(a))
		for i := range d {
			d[i] = a[i] - b[i]
		}
		m := mean(d)
		for i := range d {
			d[i] -= m
		}
		if r, ok := harveyLeybourneNewbold(d, m, in.H); !ok || !c.near(r.Statistic, want.HLN) || !c.near(r.P, want.P) {
			t.Errorf("%s: %+v, want %+v", c.Name, r, want)
		}
		r, err := DieboldMariano(a, b, in.H)
		if err != nil {
			t.Fatal(err)
		}
		if few := len(a) < 20*in.H; few != (r.Freedom < 50) {
			t.Errorf("%s: %d forecasts %d steps ahead, t with %g degrees of freedom", c.Name, len(a), in.H, r.Freedom)
		} else if !few {
			corrected++
			if !c.near(r.P, want.P) {
				t.Errorf("%s: p %v, want %v", c.Name, r.P, want.P)
			}
		}
	}
	if corrected == 0 {
		t.Error("no case has enough forecasts")
	}
}

// TestFixedSmoothing: by hand. d = (1, 0, −1, 0) repeated three times has the mean 0 and all of its variance in the
// third ordinate of the periodogram: I₃ = |Σ d e^{−iπt/2}|²/12 = 6²/12 = 3. With a mean of 1 added and m = 3 ordinates
// (n = 12, h = 1), V = 3/3 = 1 and S = √12.
func TestFixedSmoothing(t *testing.T) {
	a := make([]float64, 12)
	for i := range a {
		a[i] = 1 + []float64{1, 0, -1, 0}[i%4]
	}
	r, err := DieboldMariano(a, make([]float64, 12), 1)
	if err != nil || math.Abs(r.Statistic-math.Sqrt(12)) > 1e-12 || r.Freedom != 6 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDieboldMarianoRefuses(t *testing.T) {
	flat := make([]float64, 20)
	for want, f := range map[string]func() (Result, error){
		"9 forecasts are too few; give 10":  func() (Result, error) { return DieboldMariano(flat[:9], flat[:9], 1) },
		"20 forecasts are too few; give 24": func() (Result, error) { return DieboldMariano(flat, flat, 6) },
		"20 losses beside 19":               func() (Result, error) { return DieboldMariano(flat, flat[:19], 1) },
		"differ by 0 everywhere":            func() (Result, error) { return DieboldMariano(flat, flat, 1) },
		"0 steps ahead":                     func() (Result, error) { return DieboldMariano(flat, flat, 0) },
		"diebold-mariano: observation 3 is +Inf": func() (Result, error) {
			return DieboldMariano(append([]float64{0, 0, math.Inf(1)}, flat[3:]...), flat, 1)
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestSerial: by numpy (testdata/serial.py), and by hand: x = 2 + √2·cos(2πt/40) + 3·(−1)^t has the mean 2, an
// autocorrelation below 0, and of the first m = 40/20 = 2 ordinates of its periodogram only the first is not 0:
// |√2·20|²/40 = 20. V = 20/2 = 10, and t with 4 degrees of freedom is 2.776445105 at 97.5 %.
func TestSerial(t *testing.T) {
	b, err := os.ReadFile("testdata/serial.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		X    []float64
		Half float64
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) != 9 {
		t.Fatal(err, len(cases))
	}
	for _, c := range cases {
		i, err := Serial(7, c.X, 0.95)
		if err != nil || !near(i.Low, 7-c.Half, 1e-9) || !near(i.High, 7+c.Half, 1e-9) {
			t.Errorf("%d samples: %v, %v; want 7 ± %v", len(c.X), i, err, c.Half)
		}
	}
	x := make([]float64, 40)
	for i := range x {
		x[i] = 2 + math.Sqrt2*math.Cos(2*math.Pi*float64(i)/40) + 3*float64(1-2*(i%2))
	}
	half := 2.776445105 * math.Sqrt(10.0/40)
	i, err := Serial(2, x, 0.95)
	if err != nil || math.Abs(i.Low-(2-half)) > 1e-8 || math.Abs(i.High-(2+half)) > 1e-8 {
		t.Errorf("%v, %v; want 2 ± %v", i, err, half)
	}
	if _, err := Serial(0, x[:39], 0.95); err == nil {
		t.Error("39 samples: no error")
	}
	x[3] = math.NaN()
	if _, err := Serial(0, x, 0.95); err == nil {
		t.Error("NaN: no error")
	}
}
