package generative

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gorae/tensor"
)

// made returns pictures by the formula of testdata/details.py.
func made(n, start int) *tensor.Tensor {
	x := tensor.New(tensor.Float32, n, 34, 33, 2)
	at := 0
	for i := start; i < start+n; i++ {
		for y := range 34 {
			for z := range 33 {
				for c := range 2 {
					x.F32[at] = float32((7*i+3*y*y+5*z+11*c+i*z*y)%17) / 16
					at++
				}
			}
		}
	}
	return x
}

// TestU8Details: levels, patches and distances are those of NumPy and SciPy.
func TestU8Details(t *testing.T) {
	text, err := os.ReadFile("testdata/details.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Fine, Half, Distance []float64 }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	one, other := laplacian(made(3, 0)), laplacian(made(4, 5))
	if len(one) != 2 || !one[1].Shape.Equal(tensor.Shape{3, 17, 17, 2}) {
		t.Fatalf("%d levels, the last of shape %v", len(one), one[len(one)-1].Shape)
	}
	for k, places := range [][][3]int{{{0, 0, 0}, {1, 32, 1}, {33, 7, 0}, {20, 11, 1}},
		{{0, 0, 0}, {1, 16, 1}, {16, 7, 0}, {10, 11, 1}}} {
		for i, p := range places {
			s := one[k].Shape
			got := one[k].F32[((2*s[1]+p[0])*s[2]+p[1])*s[3]+p[2]]
			near(t, "pixel", float64(got), [][]float64{want.Fine, want.Half}[k][i], 1e-6)
		}
	}
	for k := range one {
		of := func(x *tensor.Tensor, each int) patches {
			p := cut(x, each, func(i, k int) (int, int) {
				return (5*i + 3*k) % (x.Shape[1] - 6), (7*k + i) % (x.Shape[2] - 6)
			})
			p.standardize(2)
			return p
		}
		a, b := of(one[k], 6), of(other[k], 5)
		got := sliced(a, b, 5, func(d int) []float32 {
			theta := make([]float32, a.d)
			for j := range theta {
				theta[j] = float32((3*d+2)*(j+1)%13) - 6
			}
			return theta
		})
		near(t, "distance", got, want.Distance[k], 1e-6)
	}
}

// TestU8Sharp: pictures have a distance of 0 from themselves, less from others of their kind than blurred or noisy
// ones, of which the finest level says most; the same seed gives the same number.
func TestU8Sharp(t *testing.T) {
	details := func(x *tensor.Tensor) *Details {
		d, err := DetailsOf(x, 3)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	squares := func(start int) *tensor.Tensor { // white ones at changing places
		x := tensor.New(tensor.Float32, 12, 32, 32, 1)
		for i := range 12 {
			k := i + start
			for y := range 9 {
				for z := range 7 + k%3 {
					x.F32[(i*32+(k*5+k*k)%22+y)*32+(k*11)%21+z] = 1
				}
			}
		}
		return x
	}
	real := details(squares(0))
	distance := func(x *tensor.Tensor) []float64 {
		d, err := SlicedWassersteinLevels(details(x), real)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if same := distance(squares(0)); !slices.Equal(same, []float64{0, 0}) {
		t.Errorf("of the same pictures %v", same)
	}
	like := distance(squares(100))
	noisy := squares(100)
	for i := range noisy.F32 {
		noisy.F32[i] += float32(i*i%101) / 500
	}
	for what, x := range map[string]*tensor.Tensor{"blurred": binomial(binomial(squares(100), 1), 1), "noisy": noisy} {
		if d := distance(x); d[0] < 1.5*like[0] {
			t.Errorf("%s pictures %v, sharp ones %v", what, d, like)
		}
	}
	if again := distance(squares(100)); !slices.Equal(again, like) {
		t.Errorf("%v, then %v", like, again)
	}
	for what, x := range map[string]*tensor.Tensor{"small": tensor.New(tensor.Float32, 2, 6, 9, 1),
		"flat": tensor.New(tensor.Float32, 2, 64)} {
		if _, err := DetailsOf(x, 1); err == nil {
			t.Errorf("%s pictures have details", what)
		}
	}
	black := details(tensor.New(tensor.Float32, 2, 32, 32, 1))
	if d, err := SlicedWasserstein(black, real); err != nil || math.IsNaN(d) || d <= 0 {
		t.Errorf("black pictures: %v, %v", d, err)
	}
	if d, err := DetailsOf(squares(0), 4); err != nil {
		t.Error(err)
	} else if _, err := SlicedWasserstein(d, real); err == nil {
		t.Error("details of other seeds were compared")
	}
}
