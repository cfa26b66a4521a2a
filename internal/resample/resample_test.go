package resample

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// TestOthers compares with PIL, PyTorch and numpy: testdata/resample.py.
func TestOthers(t *testing.T) {
	text, err := os.ReadFile("testdata/resample.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Filter    string
		Antialias bool
		X, Y      []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 60 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		f, err := Parse(c.Filter)
		if err != nil {
			t.Fatal(err)
		}
		in, out := len(c.X), len(c.Y)
		taps := Of(f, in, out, c.Antialias)
		dense := matrix(taps, in)
		for i, want := range c.Y {
			got, sum, full := 0.0, 0.0, 0.0
			lo, hi := taps.Span(i)
			if lo < 0 || hi > in {
				t.Fatalf("%v %d→%d: taps %d reach from %d to %d", f, in, out, i, lo, hi)
			}
			for k := lo; k < hi; k++ {
				w := float64(taps.Weights[i*taps.Width+k-lo])
				got += w * c.X[k]
				sum += w
			}
			for k, x := range c.X {
				full += float64(dense[i*in+k]) * x
			}
			if math.Abs(got-want) > 2e-4 || math.Abs(sum-1) > 1e-6 || math.Abs(full-got) > 1e-9 {
				t.Errorf("%v antialias=%v %d→%d [%d]: %v, as a matrix %v, want %v; the weights add up to %v", f,
					c.Antialias, in, out, i, got, full, want, sum)
			}
		}
	}
}

// TestBicubicPlain: without antialiasing Keys's kernel of four taps, halfway between
// samples −1/16, 9/16, 9/16, −1/16 (Keys 1981).
func TestBicubicPlain(t *testing.T) {
	taps := Of(Bicubic, 8, 4, false)
	want := []float32{-1. / 16, 9. / 16, 9. / 16, -1. / 16}
	if taps.Width != 4 || taps.Start[1] != 1 {
		t.Fatalf("%+v", taps)
	}
	for k, w := range want {
		if got := taps.Weights[4+k]; math.Abs(float64(got-w)) > 1e-7 {
			t.Errorf("tap %d: %v, want %v", k, got, w)
		}
	}
}

func TestParse(t *testing.T) {
	_, err := Parse("bilinaer")
	if err == nil || !strings.Contains(err.Error(), `did you mean "bilinear"`) &&
		!strings.Contains(err.Error(), "bilinear") {
		t.Error(err)
	}
	for _, n := range Names() {
		if f, err := Parse(n); err != nil || f.String() != n {
			t.Errorf("%s: %v %v", n, f, err)
		}
	}
}

// matrix is the weights as a dense matrix [out, in].
func matrix(t *Taps, in int) []float32 {
	m := make([]float32, len(t.Start)*in)
	for i, s := range t.Start {
		copy(m[i*in+s:], t.Weights[i*t.Width:(i+1)*t.Width])
	}
	return m
}
