package golden

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"gorae/data/image"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// utilityCase is a line of keras3-training/timeseries.jsonl: a utility of Keras for data.
type utilityCase struct {
	Name, Kind   string
	Options      map[string]any
	X, Y         *array
	Size         []int
	PNG          string `json:"png_base64"`
	Adapt, Input []string
	Vocabulary   []string
	IDF          []float64 `json:"idf_weights"`
	Expected     struct {
		Array      *array
		Error      string
		Vocabulary []string
		IDF        []float64 `json:"idf_weights"`
		Output     *array
		Rows       [][]int `json:"ragged"`
	}
}

// TestUtilities: resized pictures, unpacked pictures and one-hot rows are Keras's. Windows of series, padding, texts
// and folders are read by gorae's own sources, by other arguments: they are listed.
func TestUtilities(t *testing.T) {
	file := "keras3-training/timeseries.jsonl"
	y := newTally(file)
	lines(t, file, func(c *utilityCase) {
		_, resized := c.Options["target_size"]
		switch mode := c.Options["color_mode"]; {
		case c.Expected.Error != "":
			y.refused++
		case c.Kind == "text_vectorization":
			y.try(t, c.Name, c.textVectorization)
		case c.Kind == "image_resize" || c.Kind == "smart_resize":
			y.try(t, c.Name, c.resize)
		case c.Kind == "to_categorical" && slices.ContainsFunc(c.Y.V, func(v float64) bool { return v < 0 }):
			y.options["to_categorical of numbers below 0, which count from the end"]++
		case c.Kind == "to_categorical":
			y.try(t, c.Name, c.oneHot)
		case c.Kind == "load_img" && !resized && (mode == "rgb" || mode == "grayscale"):
			y.try(t, c.Name, c.unpack)
		case c.Kind == "load_img":
			y.options["load_img with transparency, or resized by Pillow"]++
		default:
			y.missing[c.Kind]++
		}
	}, whole)
	y.report(t)
}

// resize goes by the layer Resizing. Keras resizes in float32 (1e-4).
func (c *utilityCase) resize(t *testing.T) {
	options := map[string]any{"height": c.Size[0], "width": c.Size[1]}
	if c.Kind == "smart_resize" {
		options["crop_to_aspect_ratio"] = true
	}
	for k, v := range c.Options {
		options[k] = v
	}
	l, err := layer.Layers.New("Resizing", options)
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range computers {
		tr, x := layer.NewTrace(false), c.X.value()
		if len(x.Shape) == 3 {
			x.Shape = append(tensor.Shape{1}, x.Shape...)
		}
		var out *graph.Node
		if err := graph.Catch(func() {
			s := layer.NewScope(tr, weight.NewStore(), true)
			out = s.Child("layer", l, tr.Graph.Input("x", x.Type))[0].Reshape(c.Expected.Array.Shape...)
		}); err != nil {
			t.Fatal(err)
		}
		got, err := how.compute(leaves{"x": x}, []*graph.Node{out}, nil)
		if err != nil {
			t.Fatal(err)
		}
		within{abs: 1e-4}.compare(t, how.name, got.outs[0], c.Expected.Array)
	}
}

// oneHot goes by the operation that targets become one-hot rows with.
func (c *utilityCase) oneHot(t *testing.T) {
	shape := c.Expected.Array.Shape
	x := &graph.Array{Type: graph.I32(c.Y.Shape...), V: c.Y.V}
	for i, v := range x.V {
		x.V[i] = float64(int(v))
	}
	g := graph.New()
	out := g.Input("y", x.Type).OneHot(shape[len(shape)-1]).Reshape(shape...)
	for _, how := range computers {
		got, err := how.compute(leaves{"y": x}, []*graph.Node{out}, nil)
		if err != nil {
			t.Fatal(err)
		}
		within{}.compare(t, how.name, got.outs[0], c.Expected.Array)
	}
}

// unpack reads the picture.
func (c *utilityCase) unpack(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(c.PNG)
	if err != nil {
		t.Fatal(err)
	}
	want := c.Expected.Array
	p, err := image.Decode(b, want.Shape[2], 0)
	if err != nil {
		t.Fatal(err)
	}
	got := graph.NewArray(graph.F32(p.Height, p.Width, p.Channels))
	for i, v := range p.Pix {
		got.V[i] = float64(v)
	}
	within{}.compare(t, fmt.Sprint("pixels of ", c.Options["color_mode"]), got, want)
}
