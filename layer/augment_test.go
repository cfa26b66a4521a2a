package layer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
)

// see computes a layer on one picture shape, n samples that are all x.
func see(t *testing.T, l Layer, training bool, n, rows, columns int, x []float64) []float64 {
	t.Helper()
	tr, y, _, err := call(l, training, []int{n, rows, columns, 1})
	if err != nil {
		t.Fatal(err)
	}
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{"x0": {Type: graph.F32(n, rows, columns, 1),
		V: slices.Repeat(x, n)}}}
	if training {
		k := graph.Key(7, 1)
		key := graph.NewArray(graph.KeyType)
		for i, v := range k {
			key.V[i] = float64(v)
		}
		e.Leaves["key"] = key
	}
	v, err := e.Value(y[0])
	if err != nil {
		t.Fatal(err)
	}
	if tr == nil {
		t.Fatal("no trace")
	}
	return v.V
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// TestRandomLayers: what training does, by hand, where the factor leaves nothing to chance; prediction does nothing.
func TestRandomLayers(t *testing.T) {
	f := func(v ...float64) []float64 { return v }
	square, row := []float64{1, 2, 3, 4}, []float64{10, 20, 40, 70}
	for _, c := range []struct {
		l    Layer
		x    []float64
		rows int
		want []float64
	}{
		{RandomRotation{Factor: f(0.25, 0.25)}, square, 2, f(2, 4, 1,
			3)}, // a quarter, anticlockwise
		{RandomRotation{Factor: f(-0.25, -0.25)}, square, 2, f(3, 1, 4, 2)}, // clockwise
		{RandomTranslation{HeightFactor: f(0.5, 0.5), WidthFactor: f(0, 0)}, square, 2,
			f(1, 2, 1, 2)}, // down, mirrored
		{RandomTranslation{HeightFactor: f(0), WidthFactor: f(0.25, 0.25), FillMode: "constant", FillValue: 9}, row, 1,
			f(9, 10, 20, 40)},
		{RandomTranslation{HeightFactor: f(0), WidthFactor: f(-0.25, -0.25), FillMode: "wrap"}, row, 1,
			f(20, 40, 70, 10)},
		{RandomZoom{HeightFactor: f(0), WidthFactor: f(1, 1), FillMode: "constant"}, row, 1,
			f(0, 15, 55, 0)}, // twice as much is seen
		{RandomZoom{HeightFactor: f(0), WidthFactor: f(-0.5, -0.5)}, row, 1, f(17.5, 25, 35, 47.5)}, // half
		{RandomBrightness{Factor: f(0.1, 0.1)}, row, 1, f(35.5, 45.5, 65.5, 95.5)},
		{RandomBrightness{Factor: f(-0.1, -0.1), ValueRange: f(0, 50)}, row, 1, f(5, 15, 35, 50)},
		{RandomCrop{Height: 1, Width: 4}, row, 1, row},
		{CenterCrop{Height: 1, Width: 2}, row, 1, f(20, 40)},
		{Resizing{Height: 1, Width: 2}, row, 1, f(15, 55)}, // the middle between two, as tf.image.resize
		{Resizing{Height: 2, Width: 4, PadToAspect: true, FillValue: 5}, row, 1, f(10, 20, 40, 70, 5, 5, 5, 5)},
		{Resizing{Height: 1, Width: 1, CropToAspect: true, Interpolation: "nearest"}, row, 1, f(20)},
	} {
		name := TypeName(c.l)
		got := see(t, c.l, true, 2, c.rows, len(c.x)/c.rows, c.x)
		if !slices.EqualFunc(got, slices.Repeat(c.want, 2), near) {
			t.Errorf("%s %+v: %v, want %v", name, c.l, got, c.want)
		}
		if strings.HasPrefix(name, "Random") {
			if got := see(t, c.l, false, 1, c.rows, len(c.x)/c.rows, c.x); !slices.Equal(got, c.x) {
				t.Errorf("%s changes %v to %v in prediction", name, c.x, got)
			}
		}
	}
	// (x − 135)·(1 + factor) + 135 for factors within ±0.5, one for each sample.
	got := see(t, RandomContrast{Factor: f(0.5)}, true, 50, 1, 4, f(110, 120, 140, 170))
	least, most := math.Inf(1), math.Inf(-1)
	for i := 0; i < len(got); i += 4 {
		k := (got[i] - 135) / (110 - 135)
		least, most = min(least, k), max(most, k)
		for j, x := range []float64{110, 120, 140, 170} {
			if !near(got[i+j], (x-135)*k+135) {
				t.Errorf("contrast %v: %v", k, got[i:i+4])
			}
		}
	}
	if least < 0.5 || most > 1.5 || most-least < 0.7 {
		t.Errorf("contrast factors from %v to %v", least, most)
	}
}

// TestRandomFlip: each sample by its own chance, near one in two; crops begin everywhere, equally often.
func TestRandomFlip(t *testing.T) {
	row := []float64{1, 2, 3, 4, 5}
	const n = 400
	got := see(t, RandomFlip{Mode: "horizontal"}, true, n, 1, 5, row)
	turned := 0
	for i := 0; i < len(got); i += 5 {
		switch got[i] {
		case 5:
			turned++
		case 1:
		default:
			t.Fatalf("%v is no flip of %v", got[i:i+5], row)
		}
	}
	if turned < 160 || turned > 240 {
		t.Errorf("%d of %d flipped", turned, n)
	}
	if got := see(t, RandomFlip{Mode: "vertical"}, true, 50, 1, 5, row); !slices.Equal(got, slices.Repeat(row, 50)) {
		t.Error("a vertical flip changes a single row")
	}
	// In prediction Keras 3.15.1 leaves the picture and its size as they are (golden cases RandomCrop.base, .to-1 and
	// others of keras3/layers/image.jsonl).
	if got := see(t, RandomCrop{Height: 1, Width: 3}, false, 2, 1, 5, row); !slices.Equal(got, slices.Repeat(row, 2)) {
		t.Errorf("a crop in prediction: %v", got)
	}
	got = see(t, RandomCrop{Height: 1, Width: 3}, true, n, 1, 5, row)
	begins := map[float64]int{}
	for i := 0; i < len(got); i += 3 {
		if got[i+1] != got[i]+1 || got[i+2] != got[i]+2 {
			t.Fatalf("%v is no window", got[i:i+3])
		}
		begins[got[i]]++
	}
	if len(begins) != 3 || begins[1] < 95 || begins[2] < 95 || begins[3] < 95 {
		t.Errorf("windows begin %v", begins)
	}
}

func TestRandomErrors(t *testing.T) {
	f := func(v ...float64) []float64 { return v }
	for says, l := range map[string]Layer{
		`random_rotation "l": factor: from 0.5 to 2; give a range within -1 to 1`: RandomRotation{Factor: f(0.5, 2)},
		`random_rotation "l": factor: [1 2 3] is neither a number nor a pair`:     RandomRotation{Factor: f(1, 2, 3)},
		`random_zoom "l": height_factor: from 0.5 to 0.1`: RandomZoom{HeightFactor: f(0.5,
			0.1)},
		`random_brightness "l": value_range: [3 1] is no pair`: RandomBrightness{Factor: f(0.1),
			ValueRange: f(3, 1)},
		`random_crop "l": height: 0 is not a number of pixels; give 1 or more`: RandomCrop{Width: 2},
		`resizing "l": crop_to_aspect_ratio and pad_to_aspect_ratio exclude each`: Resizing{Height: 1, Width: 1,
			CropToAspect: true, PadToAspect: true},
	} {
		if _, _, _, err := call(l, true, []int{2, 4, 4, 1}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nwant %s", err, says)
		}
	}
	// A lone factor is written as one number, as Keras reads it; the value range as Keras's default.
	m := config.Encode(RandomBrightness{Factor: f(0.2)})
	if v := m.Get("factor"); v != 0.2 {
		t.Errorf("factor is written as %v", v)
	}
	if v, ok := m.Get("value_range").([]any); !ok || len(v) != 2 || v[0] != 0.0 || v[1] != 255.0 {
		t.Errorf("value_range is written as %v", m.Get("value_range"))
	}
}
