package metric_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/metric"
	"gorae/tensor"
)

// pictureCase is a case of testdata/pictures.json, computed by TensorFlow: testdata/pictures.py.
type pictureCase struct {
	Shape       []int
	MaxVal      float64 `json:"max_val"`
	FilterSize  int     `json:"filter_size"`
	FilterSigma float64 `json:"filter_sigma"`
	K1, K2      float64
	Y, Pred     []float32
	PSNR, SSIM  []float64
}

// TestPictures compares PSNR and SSIM with tf.image.psnr and tf.image.ssim, as terms of a graph and of single pictures.
func TestPictures(t *testing.T) {
	text, err := os.ReadFile("testdata/pictures.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []pictureCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 5 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		psnr := metric.PSNR{MaxVal: c.MaxVal}
		ssim := metric.SSIM{MaxVal: c.MaxVal, FilterSize: c.FilterSize, FilterSigma: c.FilterSigma, K1: c.K1, K2: c.K2}
		size := len(c.Y) / c.Shape[0]
		sums := [2]float64{}
		for i := range c.Shape[0] {
			y, pred := c.Y[i*size:(i+1)*size], c.Pred[i*size:(i+1)*size]
			if got := psnr.Of(y, pred); math.Abs(got-c.PSNR[i]) > 1e-5 {
				t.Errorf("%v: psnr %v, want %v", c.Shape, got, c.PSNR[i])
			}
			if got := ssim.Of(y, pred, c.Shape[1], c.Shape[2], c.Shape[3]); math.Abs(got-c.SSIM[i]) > 1e-6 {
				t.Errorf("%v: ssim %v, want %v", c.Shape, got, c.SSIM[i])
			}
			sums[0] += c.PSNR[i] / float64(c.Shape[0])
			sums[1] += c.SSIM[i] / float64(c.Shape[0])
		}
		for k, m := range []metric.Metric{psnr, ssim} {
			if got := ofTerms(t, m, c); math.Abs(got-sums[k]) > 2e-5 {
				t.Errorf("%v: %T of the terms %v, want %v", c.Shape, m, got, sums[k])
			}
		}
	}
}

// ofTerms returns the value of a metric over a batch, by the terms of its graph.
func ofTerms(t *testing.T, m metric.Metric, c pictureCase) float64 {
	t.Helper()
	g := graph.New()
	typ := graph.F32(c.Shape...)
	terms := m.Terms(g.Input("y", typ), g.Input("p", typ), nil)
	array := func(x []float32) *graph.Array {
		a := &graph.Array{Type: typ}
		for _, v := range x {
			a.V = append(a.V, float64(v))
		}
		return a
	}
	e := graph.Evaluator{Leaves: map[string]*graph.Array{"y": array(c.Y), "p": array(c.Pred)}}
	var sums []float64
	for _, n := range terms {
		v, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, v.V...)
	}
	return m.Result(sums)
}

// TestPicturesByScikitImage compares with skimage.metrics (golden/statistics/images.json): its windows that reach
// beyond the picture are left out there.
func TestPicturesByScikitImage(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	text, err := os.ReadFile(filepath.Join(root, "golden/statistics/images.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Name  string
			Input struct {
				A, B  any
				Range float64 `json:"data_range"`
			}
			Expected map[string]any
		}
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range all.Cases {
		a, shape := flat(c.Input.A)
		b, _ := flat(c.Input.B)
		if want, ok := c.Expected["psnr"].(float64); ok { // infinite of equal pictures
			n++
			if got := (metric.PSNR{MaxVal: c.Input.Range}).Of(a, b); math.Abs(got-want) > 1e-5 {
				t.Errorf("%s: psnr %v, want %v", c.Name, got, want)
			}
		}
		if want, ok := c.Expected["ssim_gaussian"].(float64); ok {
			n++
			got := metric.SSIM{MaxVal: c.Input.Range}.Of(a, b, shape[0], shape[1], 1)
			if math.Abs(got-want) > 1e-5 {
				t.Errorf("%s: ssim %v, want %v", c.Name, got, want)
			}
		}
	}
	if n < 8 {
		t.Fatalf("%d values compared", n)
	}
}

// flat returns the numbers of nested lists, and the lengths of the lists.
func flat(v any) (out []float32, shape []int) {
	list, ok := v.([]any)
	if !ok {
		return []float32{float32(v.(float64))}, nil
	}
	for _, x := range list {
		inner, below := flat(x)
		out, shape = append(out, inner...), append([]int{len(list)}, below...)
	}
	return out, shape
}

// TestPicturesAtTheEdge: equal pictures have 100 dB, and windows that are larger than a picture are an error.
func TestPicturesAtTheEdge(t *testing.T) {
	x := make([]float32, 64)
	if got := (metric.PSNR{}).Of(x, x); got != 100 {
		t.Errorf("equal pictures: %v dB", got)
	}
	if got := (metric.SSIM{}).Of(x, x, 8, 8, 1); !math.IsNaN(got) {
		t.Errorf("8×8 pixels: ssim %v", got)
	}
	if got := (metric.SSIM{FilterSize: 5}).Of(x, x, 8, 8, 1); got != 1 {
		t.Errorf("equal pictures: ssim %v", got)
	}
	g := graph.New()
	err := graph.Catch(func() {
		y := g.Const(tensor.New(tensor.Float32, 1, 8, 8, 1))
		config.Filled(metric.SSIM{}).Terms(y, y, nil)
	})
	if err == nil || !strings.Contains(err.Error(), "8×8 pixels are smaller than the window of 11×11") {
		t.Errorf("error %v", err)
	}
}
