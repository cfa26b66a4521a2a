package golden

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"gorae/data/image"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/utils"
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
	Data         json.RawMessage
	Targets      *array
	Sequences    json.RawMessage
	Vocabulary   []string
	IDF          []float64 `json:"idf_weights"`
	Expected     struct {
		Array      *array
		Error      string
		Vocabulary []string
		IDF        []float64 `json:"idf_weights"`
		Output     *array
		Left       []json.RawMessage
		Right      []json.RawMessage
		Batches    []json.RawMessage
		Rows       [][]int `json:"ragged"`
	}
}

// utilitiesLeft are cases that gorae answers otherwise, with the reason.
var utilitiesLeft = map[string]string{
	"timeseries_dataset_from_array/022": "windows of no steps are refused",
	"load_img/011":                      "a pixel whose place is a tie of rounding, 4.5·4/9 = 2, for which Pillow takes 1",
	"load_img/017":                      "Pillow cuts off at 0 and 255 between the passes across and down, gorae once behind both",
	"load_img/025":                      "the same",
	"load_img/026":                      "the same",
	"load_img/028":                      "Pillow's filters look beyond the part that is cut out",
	"load_img/029":                      "Pillow's filters look beyond the part that is cut out",
	"array_to_img/001":                  "a picture of 32 bits (Pillow's mode I), which no file of gorae's has",
}

// utilityReasons are kinds, or options of a kind, that have no counterpart, with the reason.
var utilityReasons = map[string]string{
	"dataset_from_directory": "folders are read by data.TextFolder and image.Folder, which order and split them " +
		"otherwise",
	"load_img rgba": "a picture has one channel or three; alpha is left out",
	"load_img box":  "Pillow's filters box and hamming are not among those of data/image",
}

// TestUtilities: functions for data give what Keras's do.
func TestUtilities(t *testing.T) {
	file := "keras3-training/timeseries.jsonl"
	y := newTally(file)
	lines(t, file, func(c *utilityCase) {
		kind := c.Kind
		if mode, filter := c.Options["color_mode"], c.Options["interpolation"]; mode == "rgba" {
			kind += " rgba"
		} else if kind == "load_img" && (filter == "box" || filter == "hamming") {
			kind += " box"
		}
		run := map[string]func(t *testing.T){"image_resize": c.resize, "smart_resize": c.resize,
			"to_categorical": c.oneHot, "load_img": c.unpack, "text_vectorization": c.textVectorization,
			"pad_sequences": c.pad, "normalize": c.normalize, "split_dataset": c.split, "array_to_img": c.bytes,
			"timeseries_dataset_from_array": c.windows}[kind]
		switch {
		case c.Expected.Error != "":
			y.refused++
		case utilitiesLeft[c.Name] != "":
			y.listed[c.Name+": "+utilitiesLeft[c.Name]]++
		case utilityReasons[kind] != "":
			y.listed[kind+": "+utilityReasons[kind]]++
		case run == nil:
			t.Errorf("%s: %s is neither tested nor listed", c.Name, kind)
		default:
			y.try(t, c.Name, run)
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

// tensor is an array with elements as they are written: int64 become int32, and float64 float32.
func (a *array) tensor() *tensor.Tensor { return a.value().Tensor() }

// equals compares a tensor, which has float32, with an array.
func (a *array) equals(t *testing.T, what string, got *tensor.Tensor) {
	t.Helper()
	within{abs: 1e-7, rel: 1e-6}.compare(t, what, graph.ArrayOf(got), a)
}

// number is an option, or what stands for it where it is left out.
func (c *utilityCase) number(key string, other float64) float64 {
	if v, ok := c.Options[key].(float64); ok {
		return v
	}
	return other
}

func (c *utilityCase) oneHot(t *testing.T) {
	got, err := utils.ToCategorical(c.Y.tensor(), int(c.number("num_classes", 0)))
	if err != nil {
		t.Fatal(err)
	}
	c.Expected.Array.equals(t, "rows", got)
}

func (c *utilityCase) normalize(t *testing.T) {
	got, err := utils.Normalize(c.X.tensor(), int(c.number("axis", -1)), c.number("order", 2))
	if err != nil {
		t.Fatal(err)
	}
	c.Expected.Array.equals(t, "rows", got)
}

func (c *utilityCase) bytes(t *testing.T) {
	x := c.X.tensor()
	if c.Options["data_format"] == "channels_first" {
		n := x.Shape.Size() / x.Shape[0]
		last := tensor.New(tensor.Float32, x.Shape[1], x.Shape[2], x.Shape[0])
		for i, v := range x.F32 {
			last.F32[i%n*x.Shape[0]+i/n] = v
		}
		x = last
	}
	got, err := utils.ArrayToImg(x)
	if err != nil {
		t.Fatal(err)
	}
	got.Shape = c.Expected.Array.Shape // of one channel Pillow has no axis
	c.Expected.Array.equals(t, "bytes", got)
}

func (c *utilityCase) split(t *testing.T) {
	var all array
	if err := json.Unmarshal(c.Data, &all); err != nil {
		var list []*array // several arrays: their samples go together
		if err := json.Unmarshal(c.Data, &list); err != nil {
			t.Fatal(err)
		}
		all = *list[0]
	}
	n := all.Shape[0]
	left, right, err := utils.SplitDataset(n, utils.Split{Left: c.number("left_size", 0),
		Right: c.number("right_size", 0)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]json.RawMessage{c.Expected.Left, c.Expected.Right} {
		got := [][]int{left, right}[i]
		if len(got) != len(want) {
			t.Fatalf("part %d has %d samples, Keras has %d", i, len(got), len(want))
		}
		for k, text := range want {
			var a array
			var sample []*array
			if json.Unmarshal(text, &sample) == nil {
				a = *sample[0]
			} else if err := json.Unmarshal(text, &a); err != nil {
				t.Fatal(err)
			}
			if all.V[got[k]] != a.V[0] {
				t.Errorf("part %d, sample %d is %v, Keras has %v", i, k, all.V[got[k]], a.V[0])
			}
		}
	}
}

func (c *utilityCase) pad(t *testing.T) {
	o := utils.Padding{MaxLen: int(c.number("maxlen", 0)), Value: c.number("value", 0)}
	o.Padding, _ = c.Options["padding"].(string)
	o.Truncating, _ = c.Options["truncating"].(string)
	want := c.Expected.Array
	var got *tensor.Tensor
	var err error
	var flat [][]float64
	var steps [][][]float64
	switch {
	case json.Unmarshal(c.Sequences, &flat) == nil && want.DType == "int32":
		whole := make([][]int, len(flat))
		for i, s := range flat {
			for _, v := range s { // Keras cuts numbers off
				whole[i] = append(whole[i], int(v))
			}
		}
		got, err = utils.PadSequences(whole, o)
	case json.Unmarshal(c.Sequences, &flat) == nil:
		got, err = utils.PadSequences(flat, o)
	default:
		if err := json.Unmarshal(c.Sequences, &steps); err != nil {
			t.Fatal(err)
		}
		got, err = utils.PadSteps(steps, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	want.equals(t, "sequences", got)
}

// windows compares all batches of a case, put together: the loader makes batches.
func (c *utilityCase) windows(t *testing.T) {
	o := utils.Timeseries{SequenceLength: int(c.number("sequence_length", 0)),
		SequenceStride: int(c.number("sequence_stride", 0)), SamplingRate: int(c.number("sampling_rate", 0)),
		StartIndex: int(c.number("start_index", 0)), EndIndex: int(c.number("end_index", 0))}
	var y *tensor.Tensor
	if c.Targets != nil {
		y = c.Targets.tensor()
	}
	var all array
	if err := json.Unmarshal(c.Data, &all); err != nil {
		t.Fatal(err)
	}
	d, err := utils.TimeseriesDatasetFromArray(all.tensor(), y, o)
	if err != nil {
		t.Fatal(err)
	}
	var x, targets []float64
	for _, b := range c.Expected.Batches {
		var parts []*array
		if json.Unmarshal(b, &parts) != nil {
			parts = []*array{new(array)}
			if err := json.Unmarshal(b, parts[0]); err != nil {
				t.Fatal(err)
			}
		}
		x = append(x, parts[0].V...)
		if len(parts) > 1 {
			targets = append(targets, parts[1].V...)
		}
	}
	if got := graph.ArrayOf(d.Inputs[0].Tensor).V; !slices.Equal(got, x) {
		t.Errorf("windows %v, Keras has %v", got, x)
	}
	if y != nil {
		if got := graph.ArrayOf(d.Targets[0].Tensor).V; !slices.Equal(got, targets) {
			t.Errorf("targets %v, Keras has %v", got, targets)
		}
	}
}

// unpack reads the picture, and resizes it as Pillow does.
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
	if c.Options["target_size"] != nil {
		word, _ := c.Options["interpolation"].(string)
		filter := map[string]image.Filter{"": image.Nearest, "nearest": image.Nearest, "bilinear": image.Bilinear,
			"bicubic": image.Bicubic, "lanczos": image.Lanczos3}[word]
		fit := image.Stretch
		if c.Options["keep_aspect_ratio"] == true {
			fit = image.Crop
		}
		if p, err = p.Fit(want.Shape[0], want.Shape[1], filter, fit, true); err != nil {
			t.Fatal(err)
		}
	}
	got := graph.NewArray(graph.F32(p.Height, p.Width, p.Channels))
	for i, v := range p.Pix {
		got.V[i] = float64(v)
	}
	tol := within{}
	if c.Options["target_size"] != nil {
		tol.abs = 1 // Pillow rounds to bytes between the passes across and down
	}
	tol.compare(t, fmt.Sprint("pixels of ", c.Options["color_mode"]), got, want)
}
