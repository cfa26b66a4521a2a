package explain

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// cam is a network for which Grad-CAM has a formula: behind a mean over positions z_k = Σ_c w_ck·mean(A_c).
func cam(t testing.TB, last layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{6, 8, 3}},
		layer.Conv2D{Filters: 4, KernelSize: []int{3, 3}, Activation: "relu"}, layer.MaxPooling2D{},
		layer.GlobalAveragePooling2D{}, last)
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	return m
}

func sample() *tensor.Tensor {
	x := tensor.New(tensor.Float32, 1, 6, 8, 3)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i * i)))
	}
	return x
}

// TestGradCAM: behind a mean over positions Grad-CAM is the class activation map of Zhou et al. 2016, w·A over the
// number of positions, up to its scale.
func TestGradCAM(t *testing.T) {
	ctx := context.Background()
	m := cam(t, layer.Dense{Units: 3, Activation: "softmax"})
	u, err := m.Upto(featureLayers(m)[1].name)
	if err != nil {
		t.Fatal(err)
	}
	y, err := u.Predict(ctx, sample())
	if err != nil {
		t.Fatal(err)
	}
	a := y[0] // [1, 2, 3, 4]
	layers := m.Layers()
	w := m.Store().Var(layers[len(layers)-1].Name() + "/kernel").Value
	for k := range 3 {
		want := make([]float32, 6)
		for p := range want {
			for c := range 4 {
				want[p] += w.F32[c*3+k] * a.F32[p*4+c]
			}
		}
		big := enlarge(want, 2, 3, 6, 8)
		top := float32(0)
		for _, v := range big {
			top = max(top, v)
		}
		h, err := GradCAM(ctx, m, sample(), k, 1)
		if err != nil {
			t.Fatal(err)
		}
		if h.Rows != 6 || h.Columns != 8 || !strings.HasPrefix(h.Layer, "max_pooling2d") {
			t.Errorf("%d × %d of %s", h.Columns, h.Rows, h.Layer)
		}
		for i, v := range big {
			if top > 0 {
				v /= top
			}
			if math.Abs(float64(h.V[i]-v)) > 1e-5 {
				t.Errorf("class %d at %d: %v, want %v", k, i, h.V[i], v)
			}
		}
	}
	// One output for two classes: what speaks for one speaks against the other.
	m = cam(t, layer.Dense{Units: 1, Activation: "sigmoid"})
	first, err := GradCAM(ctx, m, sample(), 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	second, err := GradCAM(ctx, m, sample(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	same := true
	for i := range first.V {
		same = same && first.V[i] == second.V[i]
	}
	if same {
		t.Error("both classes have the same heat")
	}
}

// TestOrders: the same network with the channels first, behind a permutation, and over flat rows has the same maps and
// the same heat.
func TestOrders(t *testing.T) {
	ctx := context.Background()
	net := func(format string, head ...layer.Layer) *model.Model {
		axis := -1
		if format == "channels_first" {
			axis = 1
		}
		m := model.Sequential(append(head, layer.Conv2D{Filters: 4, KernelSize: []int{3, 3}, DataFormat: format},
			layer.BatchNormalization{Axis: &axis}, layer.Apply{Activation: "relu"},
			layer.MaxPooling2D{DataFormat: format}, layer.GlobalAveragePooling2D{DataFormat: format},
			layer.Dense{Units: 3, Activation: "softmax"})...)
		if err := m.Build(5); err != nil {
			t.Fatal(err)
		}
		return m
	}
	x := sample()
	flat := tensor.Of(x.F32, 1, 6*8*3)
	turned := featureLayer{first: true}
	swapped := tensor.New(tensor.Float32, 1, 3, 6, 8)
	for i, v := range x.F32 {
		swapped.F32[i%3*48+i/3] = v
	}
	if got := turned.picture(swapped); !slices.Equal(got.F32, x.F32) || !got.Shape.Equal(x.Shape) {
		t.Fatalf("%v", got)
	}
	last := net("channels_last", layer.Input{Shape: []int{6, 8, 3}})
	want, err := Maps(ctx, last, x)
	if err != nil {
		t.Fatal(err)
	}
	heat, err := GradCAM(ctx, last, x, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		m    *model.Model
		x    *tensor.Tensor
		skip int // layers before the convolution
	}{
		"channels first": {net("channels_first", layer.Input{Shape: []int{3, 6, 8}}), swapped, 0},
		"permuted": {net("channels_first", layer.Input{Shape: []int{6, 8, 3}},
			layer.Permute{Dims: []int{3, 1, 2}}), x, 1},
		"flat": {net("channels_last", layer.Input{Shape: []int{144}}, layer.Reshape{Target: []int{6, 8, 3}}),
			flat, 1},
	} {
		if err := c.m.Store().CopyFrom(last.Store()); err != nil {
			t.Fatal(err)
		}
		got, err := Maps(ctx, c.m, c.x)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got = got[c.skip:]
		if len(got) != 4 || len(want) != 4 {
			t.Fatalf("%s: %d layers, %d", name, len(got), len(want))
		}
		for i, w := range want {
			if len(got[i].Sheet.Tiles) != len(w.Sheet.Tiles) {
				t.Fatalf("%s: %s", name, got[i].Sheet.Title)
			}
			for k, tile := range w.Sheet.Tiles {
				if d := cmp.Diff(tile.Image, got[i].Sheet.Tiles[k].Image); d != "" {
					t.Errorf("%s: map %d of %s (-want +got):\n%s", name, k, w.Name, d)
				}
			}
		}
		h, err := GradCAM(ctx, c.m, c.x, 1, 1)
		if err != nil || h.Rows != 6 || h.Columns != 8 ||
			!slices.EqualFunc(h.V, heat.V, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-5 }) {
			t.Errorf("%s: other heat: %v", name, err)
		}
		if canvas, err := Canvas(ctx, c.m, c.x); err != nil || !slices.Equal(canvas.F32, x.F32) {
			t.Errorf("%s: another picture: %v", name, err)
		}
	}
}

func TestMapsAndFilters(t *testing.T) {
	m := cam(t, layer.Dense{Units: 3, Activation: "softmax"})
	maps, err := Maps(context.Background(), m, sample())
	if err != nil {
		t.Fatal(err)
	}
	if len(maps) != 2 || len(maps[0].Sheet.Tiles) != 4 ||
		!strings.HasSuffix(maps[0].Sheet.Title, ": 4 maps of 4 × 6") ||
		!strings.HasSuffix(maps[1].Sheet.Title, ": 4 maps of 2 × 3") {
		t.Errorf("%+v", maps)
	}
	f, err := Filters(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tiles) != 4 || !strings.HasSuffix(f.Title, ": 4 filters of 3 × 3 over 3 channels") {
		t.Errorf("%+v", f)
	}
	// The greatest weight is black or white in its channel.
	extreme := 0
	for y := range 3 {
		for x := range 3 {
			c := f.Tiles[0].Image.At(x, y).(color.RGBA)
			for _, v := range []uint8{c.R, c.G, c.B} {
				if v == 0 || v == 255 {
					extreme++
				}
			}
		}
	}
	if extreme < 1 {
		t.Error("no weight has the full contrast")
	}
	flat := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 2})
	if err := flat.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := Filters(flat); err == nil || !strings.Contains(err.Error(), "filters are drawn of Conv2D") {
		t.Error(err)
	}
	if _, err := Maps(context.Background(), flat, tensor.New(tensor.Float32, 1, 4)); err == nil {
		t.Error("maps of a network without spatial axes")
	}
	if _, err := GradCAM(context.Background(), flat, tensor.New(tensor.Float32, 1, 4), 0, 1); err == nil {
		t.Error("heat of a network without spatial axes")
	}
	if _, _, err := flat.Sensitivity(context.Background(), "dense", 5, tensor.New(tensor.Float32, 1, 4)); err == nil {
		t.Error("an absent output was differentiated")
	}
	if _, _, err := flat.Sensitivity(context.Background(), "dens", 0, tensor.New(tensor.Float32, 1, 4)); err == nil ||
		!strings.Contains(err.Error(), `no layer "dens"`) {
		t.Error(err)
	}
}

// Heat over a picture: hot positions become red, cold ones grey.
func ExampleHeat_Over() {
	h := &Heat{Rows: 1, Columns: 2, V: []float32{0, 0.5}}
	img := image.NewGray(image.Rect(0, 0, 2, 1))
	img.Pix[0], img.Pix[1] = 100, 100
	over := h.Over(img)
	fmt.Println(over.At(0, 0), over.At(1, 0))
	// Output: {100 100 100 255} {150 68 68 255}
}
