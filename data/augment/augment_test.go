package augment

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// TestWarp compares with PyTorch and colorsys: testdata/warp.py.
func TestWarp(t *testing.T) {
	text, err := os.ReadFile("testdata/warp.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		X    []float32
		Maps []struct {
			Map [6]float64
			Y   []float64
		}
		Hues []struct {
			Turn float64
			Y    []float64
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Maps) != 6 || len(ref.Hues) != 5 {
		t.Fatal("no reference")
	}
	same := func(what any, got []float32, want []float64) {
		t.Helper()
		for i := range want {
			if math.Abs(float64(got[i])-want[i]) > 1e-3 {
				t.Errorf("%v at %d: %v, want %v", what, i, got[i], want[i])
				return
			}
		}
	}
	for _, m := range ref.Maps {
		p := picture{ref.X, 7, 10, 3, 0, 255}
		to := make([]float32, len(ref.X))
		p.warp(to, affine{m.Map[0], m.Map[1], m.Map[2], m.Map[3], m.Map[4], m.Map[5]})
		same(m.Map, to, m.Y)
	}
	for _, h := range ref.Hues {
		p := picture{slices.Clone(ref.X), 7, 10, 3, 0, 255}
		p.turnHue(float32(h.Turn))
		same(h.Turn, p.x, h.Y)
	}
}

// numbered is n pictures of bytes, all different, with one-hot targets.
func numbered(t testing.TB, n, height, width, channels int) *data.Memory {
	x := tensor.New(tensor.Uint8, n, height, width, channels)
	for i := range x.U8 {
		x.U8[i] = uint8(i*i*7 + i/13)
	}
	y := tensor.New(tensor.Float32, n, n)
	for i := range n {
		y.F32[i*n+i] = 1
	}
	m, err := data.Of(x, y)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// read is sample i of an epoch.
func read(t testing.TB, d *Dataset, epoch, i int) ([]uint8, []float32) {
	t.Helper()
	var row data.Row
	for _, f := range d.Spec().Fields() {
		row = append(row, *tensor.New(f.DType, f.Shape...))
	}
	if err := d.Read(epoch, i, row); err != nil {
		t.Fatal(err)
	}
	return row[0].U8, row[1].F32
}

func one(t testing.TB, source data.Dataset, ts ...Transform) *Dataset {
	t.Helper()
	d, err := New(source, 1, ts...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestExact: maps onto whole pixels copy them.
func TestExact(t *testing.T) {
	x := tensor.New(tensor.Uint8, 1, 2, 3, 1)
	copy(x.U8, []uint8{1, 2, 3, 4, 5, 6})
	m, err := data.Of(x, tensor.New(tensor.Float32, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	square := tensor.New(tensor.Uint8, 1, 2, 2, 1)
	copy(square.U8, []uint8{1, 2, 3, 4})
	q, err := data.Of(square, tensor.New(tensor.Float32, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   data.Dataset
		t    []Transform
		want []uint8
	}{
		{m, nil, []uint8{1, 2, 3, 4, 5, 6}},
		{m, []Transform{{FlipHorizontal, 0, 1}}, []uint8{3, 2, 1, 6, 5, 4}},
		{m, []Transform{{FlipVertical, 0, 1}}, []uint8{4, 5, 6, 1, 2, 3}},
		{m, []Transform{{FlipHorizontal, 0, 1}, {FlipVertical, 0, 1}}, []uint8{6, 5, 4, 3, 2, 1}},
		{m, []Transform{{FlipHorizontal, 0, 0}}, []uint8{1, 2, 3, 4, 5, 6}},
		{m, []Transform{{TranslateX, 1. / 3, 1. / 3}}, []uint8{1, 1, 2, 4, 4, 5}}, // to the right, the edge mirrored
		{m, []Transform{{TranslateY, 0.5, 0.5}}, []uint8{1, 2, 3, 1, 2, 3}},
		{q, []Transform{{Rotation, 90, 90}}, []uint8{2, 4, 1, 3}}, // anticlockwise
		{q, []Transform{{Rotation, 180, 180}}, []uint8{4, 3, 2, 1}},
		{m, []Transform{{CropResize, 1, 1}}, []uint8{1, 2, 3, 4, 5, 6}},
		// First the flip, then the shift: 3 2 1 becomes 3 3 2.
		{m, []Transform{{FlipHorizontal, 0, 1}, {TranslateX, 1. / 3, 1. / 3}}, []uint8{3, 3, 2, 6, 6, 5}},
		{m, []Transform{{Brightness, 0.1, 0.1}}, []uint8{27, 28, 29, 30, 31, 32}}, // 25.5 more
		{m, []Transform{{Contrast, 1, 1}}, []uint8{0, 1, 3, 5, 7, 9}},             // 3.5 + 2·(x − 3.5), from 0
		{m, []Transform{{Cutout, 0, 0}}, []uint8{1, 2, 3, 4, 5, 6}},
	} {
		if got, _ := read(t, one(t, c.of, c.t...), 0, 0); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.t, got, c.want)
		}
	}
}

// all is every transform at once.
func all(t testing.TB) []Transform {
	var ts []Transform
	for _, c := range []struct {
		word  string
		value any
	}{{"flip", "both"}, {"rotation", 15}, {"translation", 0.1}, {"zoom", []any{-0.2, 0.3}}, {"crop", 0.7},
		{"colour", 0.3}, {"cutout", 0.3}, {"mixup", 0.4}} {
		p, err := Parse(c.word, c.value)
		if err != nil {
			t.Fatal(err)
		}
		ts = append(ts, p...)
	}
	return ts
}

// TestSame: a sample's variation depends on the seed, the epoch and its number alone: batches are the same
// for one worker and for several, and when an epoch is taken up in its middle.
func TestSame(t *testing.T) {
	m := numbered(t, 24, 9, 8, 3)
	gather := func(d data.Dataset, epoch, step int) (out []uint8) {
		l := data.Loader{Data: d, Size: 5, Shuffle: true, Seed: 9}
		s, err := l.Stream(epoch, step)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for range 10 - epoch*l.Steps() - step {
			b, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b.Inputs[0].U8...)
			for _, v := range b.Targets[0].F32 {
				out = append(out, uint8(v*255))
			}
		}
		return out
	}
	whole := gather(one(t, m, all(t)...), 0, 0)
	alone := gather(lone{one(t, m, all(t)...)}, 0, 0)
	if !slices.Equal(whole, alone) {
		t.Error("one worker and several see other pictures")
	}
	rest := gather(one(t, m, all(t)...), 1, 2)
	if !slices.Equal(whole[len(whole)-len(rest):], rest) {
		t.Error("taken up again, the pictures are others")
	}
	d := one(t, m, all(t)...)
	first, _ := read(t, d, 0, 3)
	again, _ := read(t, d, 0, 3)
	later, _ := read(t, d, 1, 3)
	d.Seed = 2
	other, _ := read(t, d, 0, 3)
	if !slices.Equal(first, again) || slices.Equal(first, later) || slices.Equal(first, other) {
		t.Error("the same place must give the same picture, another epoch or seed another")
	}
}

// lone hides the workers of a dataset.
type lone struct{ d *Dataset }

func (l lone) Spec() data.Spec {
	s := l.d.Spec()
	s.Workers = 0
	return s
}
func (l lone) Len() int                              { return l.d.Len() }
func (l lone) Read(epoch, i int, row data.Row) error { return l.d.Read(epoch, i, row) }

// TestMixup: targets are mixed in the pictures' share, which is Beta(a, a).
func TestMixup(t *testing.T) {
	x, y := tensor.New(tensor.Float32, 2, 1, 1, 1), tensor.New(tensor.Float32, 2, 1)
	x.F32[1], y.F32[1] = 1, 1
	m, err := data.Of(x, y)
	if err != nil {
		t.Fatal(err)
	}
	const a, n = 0.4, 4000
	d := one(t, m, Transform{Mixup, 0, a})
	row := data.Row{*tensor.New(tensor.Float32, 1, 1, 1), *tensor.New(tensor.Float32, 1)}
	for epoch := range n {
		if err := d.Read(epoch, 1, row); err != nil || row[0].F32[0] != row[1].F32[0] {
			t.Fatalf("picture %v, target %v, %v", row[0].F32, row[1].F32, err)
		}
	}
	r := stream(3, 0, 0, 0)
	sum, square := 0.0, 0.0
	for range n {
		v := beta(&r, a)
		sum, square = sum+v, square+v*v
	}
	mean := sum / n
	if variance := square/n - mean*mean; math.Abs(mean-0.5) > 0.02 || math.Abs(variance-1/(4*(2*a+1))) > 0.01 {
		t.Errorf("mean %v, variance %v; Beta has 0.5 and %v", mean, variance, 1/(4*(2*a+1)))
	}
	labels, err := data.Of(x, &tensor.Tensor{Shape: tensor.Shape{2}, I32: []int32{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(labels, 1, Transform{Mixup, 0, a}); err == nil ||
		!strings.Contains(err.Error(), "give one-hot targets and the loss categorical_crossentropy") {
		t.Error(err)
	}
}

// TestRanges: floats stay within black and white, and every transform does something.
func TestRanges(t *testing.T) {
	x := tensor.New(tensor.Float32, 6, 8, 9, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i%17) / 16
	}
	m, err := data.Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	row := data.Row{*tensor.New(tensor.Float32, 8, 9, 3)}
	for k := range kinds - 1 { // mixup has its own test
		low, high := 0.3, 0.4
		if k == FlipHorizontal || k == FlipVertical {
			low, high = 0, 1
		}
		d := one(t, m, Transform{k, low, high})
		if err := d.Read(0, 2, row); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(row[0].F32, x.F32[2*216:3*216]) {
			t.Errorf("%v changes nothing", k)
		}
		if slices.Min(row[0].F32) < 0 || slices.Max(row[0].F32) > 1 {
			t.Errorf("%v leaves the range: %v to %v", k, slices.Min(row[0].F32), slices.Max(row[0].F32))
		}
	}
	d := one(t, m, Transform{Cutout, 0.5, 0.5})
	if err := d.Read(0, 0, row); err != nil {
		t.Fatal(err)
	}
	grey := 0
	for i, v := range row[0].F32 {
		if v == 0.5 && x.F32[i] != 0.5 {
			grey++
		}
	}
	if grey == 0 || grey > 4*4*3 {
		t.Errorf("a cutout of 4 × 4 makes %d values grey", grey)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		word  string
		value any
		says  string
	}{
		{"flipp", 1, `unknown transform "flipp"; known are flip,`},
		{"flip", "sideways", "flip: sideways is none of horizontal, vertical, both"},
		{"rotation", "x", "rotation: x is neither a number nor a pair [low, high]"},
		{"rotation", 200, "rotation: from -200 to 200; give a range within -180 to 180"},
		{"zoom", []any{0.5, 0.1}, "zoom: from 0.5 to 0.1"},
		{"zoom", []any{"a", 0.1}, "zoom: [a 0.1] is no pair of numbers"},
		{"translation", map[string]any{"hight": 1}, `translation: unknown key "hight"`},
		{"crop", 0.0, "crop: from 0 to 1; give a range within 0.01 to 1"},
		{"cutout", -1, "cutout: from -1 to -1"},
		{"mixup", "a", "mixup: a is no number"},
		{"brightness", math.NaN(), "brightness: from NaN to NaN"},
		{"colour", 2, "colour: 2 is no strength"},
	} {
		if _, err := Parse(c.word, c.value); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v: %v, want %q", c.word, c.value, err, c.says)
		}
	}
	ts, err := Parse("translation", map[string]any{"height": 0.1, "width": []any{0, 0.2}})
	if err != nil || !slices.Equal(ts, []Transform{{TranslateY, -0.1, 0.1}, {TranslateX, 0, 0.2}}) {
		t.Error(ts, err)
	}
	grey := numbered(t, 2, 3, 3, 1)
	if _, err := New(grey, 1, Transform{Hue, 0, 0.1}); err == nil ||
		!strings.Contains(err.Error(), "pictures of 1 channels have no colours") {
		t.Error(err)
	}
	flat, err := data.Of(tensor.New(tensor.Float32, 2, 9), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(flat, 1); err == nil || !strings.Contains(err.Error(), "one input [height, width, channels]") {
		t.Error(err)
	}
	d := &Dataset{Source: grey, Low: 3, High: 2}
	if err := d.Check(); err == nil {
		t.Error("black above white was taken")
	}
}

// TestForms reads a list, a map and one entry, and what was written of them.
func TestForms(t *testing.T) {
	var d config.Decoder
	for _, x := range []struct {
		written any
		want    Transforms
	}{
		{"flip", Transforms{{FlipHorizontal, 0, 0.5}}},
		{config.Map{{Key: "zoom", Value: 0.2}, {Key: "rotation", Value: 10}},
			Transforms{{Zoom, -0.2, 0.2}, {Rotation, -10, 10}}},
		{[]any{"flip", config.Map{{Key: "translation", Value: config.Map{{Key: "height", Value: 0.1}}}}},
			Transforms{{FlipHorizontal, 0, 0.5}, {TranslateY, -0.1, 0.1}}},
	} {
		var ts, again Transforms
		if err := ts.UnmarshalConfig(&d, x.written); err != nil || !slices.Equal(ts, x.want) {
			t.Errorf("%v: %v, %v", x.written, ts, err)
		}
		if err := again.UnmarshalConfig(&d, ts.MarshalConfig()); err != nil || !slices.Equal(again, ts) {
			t.Errorf("%v again: %v, %v", ts, again, err)
		}
	}
	var ts Transforms
	err := ts.UnmarshalConfig(&d, []any{"flip", 3})
	if want := "[1]: 3 is neither a name nor a name with its value; write one as {rotation: 10}"; err == nil ||
		err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func BenchmarkAugment(b *testing.B) {
	d := one(b, numbered(b, 8, 32, 32, 3), all(b)[:6]...)
	row := data.Row{*tensor.New(tensor.Uint8, 32, 32, 3), *tensor.New(tensor.Float32, 8)}
	for i := 0; b.Loop(); i++ {
		if err := d.Read(i, i%8, row); err != nil {
			b.Fatal(err)
		}
	}
}
