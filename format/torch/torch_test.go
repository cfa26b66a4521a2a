package torch_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/torch"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// TestReal reads the state_dicts of testdata, which PyTorch 2.15 wrote by testdata/make.py, and compares what the
// networks give with PyTorch's outputs.
func TestReal(t *testing.T) {
	text := func(rnn layer.Layer) *model.Model {
		return model.Sequential(layer.Input{Shape: []int{5}}, layer.Embedding{InputDim: 11, OutputDim: 4}, rnn,
			layer.Dense{Units: 2})
	}
	for name, m := range map[string]*model.Model{
		"gru": text(layer.GRU{Units: 3}),
		"rnn": text(layer.SimpleRNN{Units: 3}),
		"cnn": model.Sequential(layer.Input{Shape: []int{2, 6, 6}}, layer.Permute{Dims: []int{2, 3, 1}},
			layer.DepthwiseConv2D{KernelSize: []int{3}, DepthMultiplier: 2}, layer.BatchNormalization{Epsilon: 1e-5},
			layer.ReLU{}, layer.Conv2DTranspose{Filters: 3, KernelSize: []int{2}, Strides: []int{2}},
			layer.PReLU{SharedAxes: []int{1, 2}}, layer.GlobalAveragePooling2D{},
			layer.LayerNormalization{Epsilon: 1e-5}, layer.Dense{Units: 2, NoBias: true}),
		"views": model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, Activation: "tanh"},
			layer.Dense{Units: 2}),
	} {
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		if _, err := format.LoadWeights("testdata/"+name+".pt", m, model.CopyOptions{}); err != nil {
			t.Error(err)
			continue
		}
		b, err := os.ReadFile("testdata/" + name + ".npz")
		if err != nil {
			t.Fatal(err)
		}
		io, err := tensor.ReadNPZ(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		y, err := m.Predict(context.Background(), io[0].Tensor)
		if err != nil {
			t.Fatal(err)
		}
		if len(y[0].F32) != len(io[1].F32) {
			t.Fatalf("%s: %d outputs, want %d", name, len(y[0].F32), len(io[1].F32))
		}
		for i, want := range io[1].F32 {
			if d := math.Abs(float64(y[0].F32[i] - want)); d > 2e-6*(1+math.Abs(float64(want))) {
				t.Errorf("%s: output %d is %v, by PyTorch %v", name, i, y[0].F32[i], want)
			}
		}
	}
}

// TestRefused: a whole module is refused by the name of its class, and what does not fit is named in one error.
func TestRefused(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3}, layer.Dense{Units: 5})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	before := m.Store().Snapshot()
	for path, want := range map[string][]string{
		"testdata/module.pt": {`"torch.nn.modules.container.Sequential" is no part of tensors`},
		"testdata/views.pt": {"no weight takes 2.weight (2, 3), 2.bias (2,)",
			"nothing in the file is dense_1/kernel (3, 5), dense_1/bias (5,)",
			"2.weight has shape (2, 3), and dense_1/kernel takes (5, 3)"},
	} {
		_, err := format.LoadWeights(path, m, model.CopyOptions{})
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v; want %q", path, err, w)
			}
		}
	}
	for i, v := range m.Store().Snapshot() {
		if v != before[i] {
			t.Fatal("an error left weights changed")
		}
	}
	if _, err := format.Load("testdata/gru.pt"); err == nil || !strings.Contains(err.Error(), "holds weights alone") {
		t.Errorf("weights read as a model: %v", err)
	}
}

// archive is a file of torch.save with a pickle and a storage of 2 numbers.
func archive(t testing.TB, pickle string) []byte {
	t.Helper()
	return zipOf(t, map[string]string{"m/data.pkl": pickle, "m/data/0": "\x00\x00\x80\x3f\x00\x00\x00\x40"})
}

// huge is the tuple of 2⁶³ − 1.
const huge = "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85"

// TestHostile: pickles that call, hang or grow are refused by what they ask for, within the memory of the file.
func TestHostile(t *testing.T) {
	for name, c := range map[string]struct{ pickle, want string }{
		"os.system":         {"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.", `"os.system" is no part of tensors`},
		"posix by stack":    {"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.", `"posix.system"`},
		"builtins.eval":     {"\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.", `"__builtin__.eval"`},
		"torch.load":        {"\x80\x02ctorch\nload\n.", `"torch.load"`},
		"a storage's class": {"\x80\x02ctorch\nFloatStorage\n)R.", "torch.FloatStorage is called"},
		"inst":              {"(ios\nsystem\n.", "the instruction INST (0x69)"},
		"newobj":            {"\x80\x02}}\x81.", "the instruction NEWOBJ (0x81)"},
		"extension":         {"\x82\x01.", "EXT1"},
		"unknown":           {"\xff.", "unknown (0xff)"},
		"build":             {"\x80\x02)}b.", "a tuple is given attributes"},
		"no stop":           {"\x80\x02}", "cut off"},
		"empty stack":       {"R.", "the stack is empty"},
		"no mark":           {"}u.", "no mark"},
		"huge text":         {"X\xff\xff\xff\xffa.", "cut off"},
		"huge integer":      {"\x8a\xffa.", "255 bytes"},
		"memo bomb":         {strings.Repeat("]q\x00h\x00h\x00\x86q\x00", 100_000) + ".", "more than 262144 values"},
		"deep":              {strings.Repeat("(", 300_000), "more than 262144 values"},
		"nested":            {"N" + strings.Repeat("\x85", 200_000) + ".", "the file holds a tuple"},
		"not a tensor":      {"}X\x01\x00\x00\x00aK\x01s.", `"a" is 1 and no tensor`},
		"beyond":            {tensorOf("K\x01", "K\x02\x85", "K\x01\x85"), "does not lie in its storage"},
		"huge shape":        {tensorOf("K\x00", huge, "K\x00\x85"), "does not lie"},
		"huge stride":       {tensorOf("K\x00", "K\x02\x85", huge), "does not lie"},
		"negative stride":   {tensorOf("K\x01", "K\x02\x85", "J\xff\xff\xff\xff\x85"), "does not lie"},
	} {
		b := archive(t, c.pickle)
		_, err := torch.Read(bytes.NewReader(b), int64(len(b)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	b := archive(t, tensorOf("K\x00", "K\x02\x85", "K\x01\x85"))
	list, err := torch.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	x := make([]float32, 2)
	if err := list[0].Read(x); err != nil || x[0] != 1 || x[1] != 2 {
		t.Errorf("%v, %v; want 1, 2", x, err)
	}
}

// tensorOf is the pickle of {"a": a tensor} over the archive's storage, with instructions for offset, shape, stride.
func tensorOf(offset, shape, stride string) string {
	text := func(s string) string { return "X" + string([]byte{byte(len(s)), 0, 0, 0}) + s }
	id := "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + "K\x02tQ"
	return "\x80\x02}" + text("a") + "ctorch._utils\n_rebuild_tensor_v2\n(" + id + offset + shape + stride +
		"\x89ccollections\nOrderedDict\n)RtRs."
}

// FuzzRead: any pickle in an archive, and any file, gives an error or tensors that can be read.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"gru", "rnn", "cnn", "views", "module"} {
		b, err := os.ReadFile("testdata/" + name + ".pt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(tensorOf("K\x00", "K\x02\x85", "K\x01\x85")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte("PK")) {
			b = archive(t, string(b))
		}
		list, err := torch.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, a := range list {
			_ = a.Read(make([]float32, a.Shape.Size())) // a storage may fail its sum
		}
	})
}
