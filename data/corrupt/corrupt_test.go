package corrupt

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/config"
)

// TestFilters compares blur and downsample with SciPy and Pillow: testdata/filter.py.
func TestFilters(t *testing.T) {
	text, err := os.ReadFile("testdata/filter.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind     string
		Shape    []int
		Strength float64
		X        []float32
		Y        []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 7 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		way, err := Parse(c.Kind, c.Strength)
		if err != nil {
			t.Fatal(err)
		}
		Corruptions{way}.Apply(Picture{c.X, c.Shape[0], c.Shape[1], c.Shape[2], 255}, 1, 0, 0)
		for i, want := range c.Y {
			if math.Abs(float64(c.X[i])-want) > 2e-6 {
				t.Errorf("%s %v of %v at %d: %v, want %v", c.Kind, c.Strength, c.Shape, i, c.X[i], want)
				break
			}
		}
	}
}

// corrupted is a picture of 64 × 64 pixels of 0.5, corrupted in one way.
func corrupted(t *testing.T, seed uint64, epoch, sample int, word string, value any) []float32 {
	t.Helper()
	c, err := Parse(word, value)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 64*64)
	for i := range x {
		x[i] = 0.5
	}
	Corruptions{c}.Apply(Picture{x, 64, 64, 1, 255}, seed, epoch, sample)
	return x
}

// TestNoise: noise has the standard deviation that is asked for, salt and masks the share.
func TestNoise(t *testing.T) {
	const n = 64 * 64
	x := corrupted(t, 1, 0, 0, "gaussian", 25)
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += float64(v) / n
	}
	for _, v := range x {
		square += (float64(v) - mean) * (float64(v) - mean) / n
	}
	// Standard errors: 25/255/√4096 of the mean, 1/√8192 of the deviation.
	if sd := math.Sqrt(square) * 255; math.Abs(mean-0.5) > 4*25/255.0/64 || math.Abs(sd/25-1) > 4/math.Sqrt(2*n) {
		t.Errorf("mean %v, standard deviation %v of 25", mean, sd)
	}
	count := func(x []float32, v float32) (k float64) {
		for _, y := range x {
			if y == v {
				k++
			}
		}
		return k / n
	}
	for share, got := range map[float64]float64{
		0.05: count(corrupted(t, 1, 0, 0, "salt", 0.1), 0), 0.5: count(corrupted(t, 1, 0, 0, "mask", 0.5), 0),
	} {
		if math.Abs(got-share) > 4*math.Sqrt(share*(1-share)/n) {
			t.Errorf("%v of the pixels, want %v", got, share)
		}
	}
	if got := count(corrupted(t, 1, 0, 0, "salt", 0.1), 1); math.Abs(got-0.05) > 4*math.Sqrt(0.05*0.95/n) {
		t.Errorf("%v of the pixels are white", got)
	}
	squares := count(corrupted(t, 1, 0, 0, "mask", map[string]any{"share": 0.25, "square": 8}), 0)
	if squares > 0.25 || squares < 0.15 { // they overlap: 1 − e^−0.25 = 0.22 of the area at large
		t.Errorf("squares have %v of the area", squares)
	}
	drawn := map[float32]bool{}
	for i := range 20 {
		drawn[corrupted(t, 1, 0, i, "blur", []any{0.5, 3.0})[0]] = true
	}
	if !drawn[0.5] { // of an even picture
		t.Errorf("blur changes an even picture: %v", drawn)
	}
}

// TestFresh: what is done follows from seed, epoch, sample and place alone.
func TestFresh(t *testing.T) {
	first := corrupted(t, 1, 0, 0, "gaussian", 25)
	if !slices.Equal(first, corrupted(t, 1, 0, 0, "gaussian", 25)) {
		t.Error("not the same again")
	}
	for _, other := range [][]float32{corrupted(t, 2, 0, 0, "gaussian", 25), corrupted(t, 1, 1, 0, "gaussian", 25),
		corrupted(t, 1, 0, 1, "gaussian", 25), corrupted(t, 1, Fixed, 0, "gaussian", 25)} {
		if other[0] == first[0] || other[1] == first[1] {
			t.Error("the same noise with another seed, epoch or sample")
		}
	}
}

// TestReach: a part with so much around it as Reach says is corrupted as within the whole.
func TestReach(t *testing.T) {
	const h, w = 40, 36
	whole := make([]float32, h*w)
	for i := range whole {
		whole[i] = float32(math.Sin(float64(i) * 0.7))
	}
	cs := Corruptions{{Kind: Blur, Low: 1.2, High: 1.2}, {Kind: Downsample, Low: 2, High: 2}}
	around, grid := cs.Reach()
	if around != 5+6 || grid != 2 {
		t.Fatalf("%d around, a grid of %d", around, grid)
	}
	const top, left, side = 14, 12, 6
	part := make([]float32, 0, h*w)
	t0, l0 := (top-around)/grid*grid, max(0, left-around)/grid*grid
	t1, l1 := top+side+around, left+side+around
	for y := t0; y < t1; y++ {
		part = append(part, whole[y*w+l0:y*w+l1]...)
	}
	cs.Apply(Picture{part, t1 - t0, l1 - l0, 1, 1}, 1, 0, 0)
	cs.Apply(Picture{whole, h, w, 1, 1}, 1, 0, 0)
	for y := top; y < top+side; y++ {
		for x := left; x < left+side; x++ {
			got, want := part[(y-t0)*(l1-l0)+x-l0], whole[y*w+x]
			if math.Abs(float64(got-want)) > 1e-6 {
				t.Fatalf("at %d, %d: %v, want %v", y, x, got, want)
			}
		}
	}
}

// TestForms reads and writes every form, and refuses others with one line.
func TestForms(t *testing.T) {
	var d config.Decoder
	for _, x := range []struct {
		written any
		want    Corruptions
	}{
		{config.Map{{Key: "gaussian", Value: 25}}, Corruptions{{Kind: Gaussian, Low: 25, High: 25}}},
		{[]any{config.Map{{Key: "blur", Value: []any{0.5, 2}}}, "clip"},
			Corruptions{{Kind: Blur, Low: 0.5, High: 2}, {Kind: Clip}}},
		{config.Map{{Key: "downsample", Value: 2}, {Key: "salt", Value: 0.1}},
			Corruptions{{Kind: Downsample, Low: 2, High: 2}, {Kind: Salt, Low: 0.1, High: 0.1}}},
		{config.Map{{Key: "mask", Value: config.Map{{Key: "share", Value: 0.25}, {Key: "square", Value: 8}}}},
			Corruptions{{Kind: Mask, Low: 0.25, High: 0.25, Square: 8}}},
	} {
		var cs Corruptions
		if err := cs.UnmarshalConfig(&d, x.written); err != nil || !slices.Equal(cs, x.want) {
			t.Errorf("%v: %v, %v", x.written, cs, err)
		}
		var again Corruptions
		if err := again.UnmarshalConfig(&d, cs.MarshalConfig()); err != nil || !slices.Equal(again, cs) {
			t.Errorf("%v again: %v, %v", cs, again, err)
		}
	}
	one := func(word string, value any) config.Map { return config.Map{{Key: word, Value: value}} }
	for says, written := range map[string]any{
		"gaussian: -5; give a number from 0 to 1e+06":          one("gaussian", -5),
		"gaussian: from 9 to 3; give a number from 0 to 1e+06": one("gaussian", []any{9, 3}),
		`unknown corruption "gausian"; known are`:              one("gausian", 5),
		`did you mean "gaussian"?`:                             one("gausian", 5),
		"salt: from 0 to NaN":                                  one("salt", []any{0, math.NaN()}),
		"salt: 1.5; give a number from 0 to 1":                 one("salt", 1.5),
		"downsample: 2.5; give a whole number from 2 to 16":    one("downsample", 2.5),
		"downsample: [2 4] is no number; give one, such as":    one("downsample", []any{2, 4}),
		"blur: nothing is no number; give one, such as":        "blur",
		`mask: unknown key "size"; known are share, square`:    one("mask", one("size", 3)),
		"mask: share: nothing is no number; give one, such as": one("mask", one("square", 3)),
		"mask: square: 2.5 is no side of a square; give 1 to 4096 pixels": one("mask", config.Map{
			{Key: "share", Value: 0.1}, {Key: "square", Value: 2.5}}),
		"clip: 3; write clip, or leave it out":                                        one("clip", 3),
		"12 is neither a name nor a name with its value; write one as {gaussian: 25}": 12,
	} {
		var cs Corruptions
		err := cs.UnmarshalConfig(&d, written)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: error %v, want %q", written, err, says)
		}
	}
}
