package explain

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// cam is a network for which Grad-CAM has a formula: behind a mean over places z_k = Σ_c w_ck·mean(A_c).
func cam(t testing.TB, last layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{6, 8, 3}}, layer.Conv2D{Filters: 4, KernelSize: []int{3, 3}, Activation: "relu"}, layer.MaxPooling2D{}, layer.GlobalAveragePooling2D{}, last)
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

// TestGradCAM: behind a mean over places Grad-CAM is the class activation map of Zhou et al. 2016, w·A over the number of
// places, up to its scale.
func TestGradCAM(t *testing.T) {
	ctx := context.Background()
	m := cam(t, layer.Dense{Units: 3, Activation: "softmax"})
	u, err := m.Upto(places(m)[1])
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

func TestMapsAndFilters(t *testing.T) {
	m := cam(t, layer.Dense{Units: 3, Activation: "softmax"})
	maps, err := Maps(context.Background(), m, sample())
	if err != nil {
		t.Fatal(err)
	}
	if len(maps) != 2 || len(maps[0].Sheet.Tiles) != 4 || !strings.HasSuffix(maps[0].Sheet.Title, ": 4 maps of 4 × 6") || !strings.HasSuffix(maps[1].Sheet.Title, ": 4 maps of 2 × 3") {
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
		t.Error("maps of a network without places")
	}
	if _, err := GradCAM(context.Background(), flat, tensor.New(tensor.Float32, 1, 4), 0, 1); err == nil {
		t.Error("heat of a network without places")
	}
	if _, _, err := flat.Sensitivity(context.Background(), "dense", 5, tensor.New(tensor.Float32, 1, 4)); err == nil {
		t.Error("an absent output was differentiated")
	}
	if _, _, err := flat.Sensitivity(context.Background(), "dens", 0, tensor.New(tensor.Float32, 1, 4)); err == nil || !strings.Contains(err.Error(), `no layer "dens"`) {
		t.Error(err)
	}
}

// Heat over a picture: hot places become red, cold ones grey.
func ExampleHeat_Over() {
	h := &Heat{Rows: 1, Columns: 2, V: []float32{0, 0.5}}
	img := image.NewGray(image.Rect(0, 0, 2, 1))
	img.Pix[0], img.Pix[1] = 100, 100
	over := h.Over(img)
	fmt.Println(over.At(0, 0), over.At(1, 0))
	// Output: {100 100 100 255} {150 68 68 255}
}
