package layer

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/tensor"
)

// colourGolden is testdata/colour.json.
type colourGolden struct {
	Pixels [][3]float64
	Hue    []struct {
		Factor      float64
		Plus, Minus [][3]float64
	}
	Saturation []struct {
		Factor float64
		Y      [][3]float64
	}
	Beta []struct {
		A float64
		Q []float64
	}
}

func colourReference(t *testing.T) (ref colourGolden) {
	t.Helper()
	text, err := os.ReadFile("testdata/colour.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

// train computes a layer in training on pictures x [n, …].
func train(t *testing.T, l Layer, shape []int, x []float64, seed uint64) []float64 {
	t.Helper()
	_, y, _, err := call(l, true, shape)
	if err != nil {
		t.Fatal(err)
	}
	return compute(t, y[0], shape, x, seed)
}

func compute(t *testing.T, y *graph.Node, shape []int, x []float64, seed uint64) []float64 {
	t.Helper()
	key := graph.NewArray(graph.KeyType)
	for i, v := range graph.Key(seed, 1) {
		key.V[i] = float64(v)
	}
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{"x0": {Type: graph.F32(shape...), V: x},
		"key": key}}
	v, err := e.Value(y)
	if err != nil {
		t.Fatal(err)
	}
	return v.V
}

// TestColours compares hue and saturation with Python's colorsys, in either order of the channels and in another range.
func TestColours(t *testing.T) {
	ref := colourReference(t)
	k := len(ref.Pixels)
	last, first := make([]float64, 3*k), make([]float64, 3*k)
	for i, p := range ref.Pixels {
		for c, v := range p {
			last[3*i+c], first[c*k+i] = 255*v, v
		}
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 2e-5 }
	is := func(got []float64, want [][3]float64, channelsFirst bool) bool {
		for i, p := range want {
			for c, v := range p {
				if g := got[3*i+c]; !channelsFirst && !near(g/255, v) {
					return false
				}
				if channelsFirst && !near(got[c*k+i], v) {
					return false
				}
			}
		}
		return true
	}
	for _, s := range ref.Saturation {
		f := []float64{s.Factor, s.Factor}
		if got := train(t, RandomSaturation{Factor: f}, []int{1, 4, k / 4, 3}, last, 1); !is(got, s.Y, false) {
			t.Errorf("saturation %v: %v, want %v", s.Factor, got, s.Y)
		}
		if got := train(t, RandomSaturation{Factor: f, ValueRange: []float64{0, 1}, DataFormat: "channels_first"},
			[]int{1, 3, 4, k / 4}, first, 1); !is(got, s.Y, true) {
			t.Errorf("saturation %v, channels first: %v, want %v", s.Factor, got, s.Y)
		}
	}
	for _, h := range ref.Hue {
		f, ways := []float64{h.Factor, h.Factor}, map[bool]int{}
		for seed := range uint64(12) {
			got := train(t, RandomHue{Factor: f}, []int{1, 4, k / 4, 3}, last, seed)
			other := train(t, RandomHue{Factor: f, ValueRange: []float64{0, 1}, DataFormat: "channels_first"},
				[]int{1, 3, 4, k / 4}, first, seed)
			plus, minus := is(got, h.Plus, false), is(got, h.Minus, false)
			if !plus && !minus || !(plus && is(other, h.Plus, true) || minus && is(other, h.Minus, true)) {
				t.Errorf("hue %v: %v, and channels first %v; want %v or %v", h.Factor, got, other, h.Plus, h.Minus)
			}
			ways[plus]++
		}
		if h.Factor > 0 && h.Factor < 1 && (ways[true] < 2 || ways[false] < 2) {
			t.Errorf("hue %v turns %v", h.Factor, ways)
		}
	}
	for says, l := range map[string]Layer{
		`random_hue "l": pictures of 1 channels have no colours; it needs 3`:   RandomHue{Factor: []float64{0.1}},
		`random_saturation "l": pictures of 1 channels have no colours`:        RandomSaturation{Factor: []float64{0.1}},
		`random_color_jitter "l": pictures of 1 channels have no colours`:      RandomColorJitter{Hue: []float64{0.1}},
		`random_erasing "l": scale: from 0.5 to 2; give a range within 0 to 1`: RandomErasing{Scale: []float64{0.5, 2}},
		`random_erasing "l": fill_value: 2 numbers for 1 channels`: RandomErasing{FillValue: []float64{1,
			2}},
		`mix_up "l": alpha: -1 is not allowed; give a positive number`: MixUp{Alpha: -1},
	} {
		if _, _, _, err := call(l, true, []int{2, 4, 4, 1}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nwant %s", err, says)
		}
	}
	if got := see(t, RandomColorJitter{Brightness: []float64{0.1, 0.1}}, true, 1, 1, 4,
		[]float64{10, 20, 40, 70}); !slices.EqualFunc(got, []float64{35.5, 45.5, 65.5, 95.5}, near) {
		t.Errorf("jitter of brightness alone: %v", got)
	}
}

// TestRandomErasing: what is erased is one rectangle whose sides are √a of the picture's, with the probability
// wanted, anywhere.
func TestRandomErasing(t *testing.T) {
	const n, rows, columns = 600, 20, 10
	x := make([]float64, n*rows*columns)
	for i := range x {
		x[i] = 100
	}
	shape := []int{n, rows, columns, 1}
	got := train(t, RandomErasing{Factor: []float64{0.7, 0.7}, Scale: []float64{0.09, 0.25}, FillValue: []float64{7}},
		shape, x, 4)
	erased, tops := 0, map[int]int{}
	for i := range n {
		p := got[i*rows*columns:][:rows*columns]
		top, bottom, left, right, count := rows, -1, columns, -1, 0
		for j, v := range p {
			switch v {
			case 7:
				count++
				top, bottom, left, right = min(top, j/columns), max(bottom, j/columns), min(left, j%columns), max(right,
					j%columns)
			case 100:
			default:
				t.Fatalf("a pixel is %v", v)
			}
		}
		if count == 0 {
			continue
		}
		erased++
		tops[top/5]++
		// From √0.09 to √0.25 of each side, and to a pixel more or less by where it lies on the grid.
		if h, w := bottom-top+1, right-left+1; h*w != count || h < 5 || h > 11 || w < 2 || w > 6 {
			t.Errorf("%d pixels within %d × %d are erased", count, h, w)
		}
	}
	if math.Abs(float64(erased)-0.7*n) > 5*math.Sqrt(n*0.7*0.3) || tops[0] < 50 || tops[1] < 50 || tops[2] < 20 {
		t.Errorf("%d of %d have a rectangle; they begin at %v", erased, n, tops)
	}
	noise := train(t, RandomErasing{Factor: []float64{1, 1}, Scale: []float64{1, 1}}, shape, x, 4)
	dark, other := 0, 0
	for _, v := range noise {
		if v < 0 || v > 255 {
			t.Fatalf("noise of %v", v)
		}
		if v == 0 {
			dark++
		} else if v != 100 {
			other++
		}
	}
	if share := float64(dark) / float64(len(x)); math.Abs(share-0.5) > 0.01 || dark+other < len(x)-5 {
		t.Errorf("of the noise %v is black, half of a normal distribution; %d pixels stay", share, len(x)-dark-other)
	}
	if got := see(t, RandomErasing{}, false, 1, 1, 4, []float64{1, 2, 3, 4}); !slices.Equal(got,
		[]float64{1, 2, 3, 4}) {
		t.Errorf("prediction erases: %v", got)
	}
}

// TestBeta compares quantiles with scipy, and the numbers drawn with the distribution.
func TestBeta(t *testing.T) {
	for _, b := range colourReference(t).Beta {
		for i, want := range b.Q {
			if got := betaQuantile(b.A, float64(i)/16); math.Abs(got-want) > 1e-9 {
				t.Errorf("Beta(%v, %[1]v) at %d/16: %v, scipy has %v", b.A, i, got, want)
			}
		}
		tr, x := NewTrace(true), []float64{0}
		var y *graph.Node
		if err := graph.Catch(func() { y = betaDraw(NewScope(tr, nil, false), b.A) }); err != nil {
			t.Fatal(err)
		}
		below := make([]int, 16)
		const draws = 3000
		for seed := range uint64(draws) {
			v := compute(t, y, []int{1}, x, seed)[0]
			if v < 0 || v > 1 {
				t.Fatalf("Beta(%v, %[1]v) gave %v", b.A, v)
			}
			for i := range below {
				if v < b.Q[i] {
					below[i]++
				}
			}
		}
		for i, k := range below {
			p := float64(i) / 16
			// Where the distribution is piled up at its ends, float32 cannot tell quantiles apart.
			if b.Q[i] > 1e-6 && b.Q[i] < 1-1e-6 && math.Abs(float64(k)-p*draws) > 5*math.Sqrt(draws*p*(1-p))+1 {
				t.Errorf("Beta(%v, %[1]v): %d of %d below the quantile of %v", b.A, k, draws, p)
			}
		}
	}
}

// TestMixUp: a batch is mixed with itself shifted, and the targets by the same share: a target that is a sum of
// pixels stays it.
func TestMixUp(t *testing.T) {
	const n = 5
	shape := []int{n, 1, 2, 1}
	tr, y, _, err := call(MixUp{Alpha: 1}, true, shape)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Targets) != 1 {
		t.Fatal("targets are not mixed")
	}
	x := []float64{1, 10, 2, 20, 3, 30, 4, 40, 5, 50}
	var target *graph.Node
	if err := graph.Catch(func() {
		target = tr.Targets[0](tr.Graph.Input("x0", graph.F32(shape...)).
			Sum(1, 2))
	}); err != nil {
		t.Fatal(err)
	}
	shares, shifts := map[int]int{}, map[int]int{}
	for seed := range uint64(400) {
		v, sums := compute(t, y[0], shape, x, seed), compute(t, target, shape, x, seed)
		// v0 = λ·1 + (1 − λ)·(1 + k), and so on: the shift is the one that fits all.
		found := -1
		var share float64
		for k := range n {
			λ := 1.0
			if k > 0 {
				λ = 1 - (v[0]-1)/float64(k)
			}
			fits := λ > -1e-5 && λ < 1+1e-5
			for i := range n {
				other := (i + k) % n
				fits = fits && math.Abs(v[2*i]-(λ*x[2*i]+(1-λ)*x[2*other])) < 1e-4
			}
			if fits {
				found, share = k, λ
				break
			}
		}
		if found < 0 {
			t.Fatalf("seed %d: %v is no mixture", seed, v)
		}
		shifts[found]++
		if found > 0 {
			shares[int(share*3.999)]++
		}
		for i := range n {
			if math.Abs(sums[i]-v[2*i]-v[2*i+1]) > 1e-4 {
				t.Errorf("seed %d: target %v of %v", seed, sums[i], v[2*i:2*i+2])
			}
		}
	}
	for k := range n {
		if shifts[k] < 50 {
			t.Errorf("shifts %v", shifts)
		}
	}
	for k := range 4 { // Beta(1, 1) is even
		if shares[k] < 50 {
			t.Errorf("shares %v", shares)
		}
	}
	err = graph.Catch(func() { tr.Targets[0](tr.Graph.Const(tensor.Of([]int32{0, 1, 0, 1, 0}, n))) })
	if err == nil || !strings.Contains(err.Error(), "give one-hot targets, by the loss categorical_crossentropy") {
		t.Error(err)
	}
	if got := see(t, MixUp{}, false, 1, 1, 4, []float64{1, 2, 3, 4}); !slices.Equal(got, []float64{1, 2, 3, 4}) {
		t.Errorf("prediction mixes: %v", got)
	}
}
