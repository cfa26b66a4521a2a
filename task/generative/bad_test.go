package generative_test

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
	"gorae/spec"
	"gorae/tensor"
)

func prepare(t *testing.T, dir, text string) (*run.Prepared, error) {
	t.Helper()
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(text))
	if err != nil {
		return nil, err
	}
	return run.Prepare(t.Context(), f)
}

// paint writes a picture of a size, grey or in colours.
func paint(t *testing.T, path string, h, w int, grey bool) {
	t.Helper()
	var img image.Image
	if grey {
		g := image.NewGray(image.Rect(0, 0, w, h))
		g.Pix[1] = 255
		img = g
	} else {
		c := image.NewRGBA(image.Rect(0, 0, w, h))
		c.Set(0, 0, color.RGBA{255, 0, 9, 255})
		img = c
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// array writes an array of float32, the first of which is given.
func array(t *testing.T, path string, first float32, shape ...int) {
	t.Helper()
	x := tensor.New(tensor.Float32, shape...)
	x.F32[0] = first
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tensor.WriteNPY(f, x); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMistakes: what new pictures cannot be learnt from, or by, is one line with place, value and remedy.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	for i := range 4 {
		paint(t, filepath.Join(dir, "sizes", string(rune('a'+i))+".png"), 8+4*(i%2), 8, true)
		paint(t, filepath.Join(dir, "mix", string(rune('a'+i))+".png"), 8, 8, i > 0)
		paint(t, filepath.Join(dir, "good", string(rune('a'+i))+".png"), 8, 8, true)
	}
	paint(t, filepath.Join(dir, "one", "a.png"), 8, 8, true)
	for name, text := range map[string]string{"text.txt": "no picture\n", "empty/a.txt": "no picture\n",
		"broken/a.png": "no picture", "t.csv": "a,b,c\n1,2,3\n4,5,6\n7,8,9\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	array(t, filepath.Join(dir, "flat.npy"), 1, 6, 9)
	array(t, filepath.Join(dir, "minus.npy"), -1, 6, 8, 8)
	array(t, filepath.Join(dir, "black.npy"), 0, 6, 8, 8)
	array(t, filepath.Join(dir, "five.npy"), 1, 6, 8, 8, 5)
	for text, want := range map[string]string{
		"data: {source: good, generate: {kind: van}}": `data.generate.kind: "van" is unknown; did you mean "vae"?`,
		"data: {source: good, generate: {latent: 4}}": "data.generate.kind: is missing",
		"data: {source: good, generate: {kind: gan, latent: 0}}": "data.generate.latent: 0 is not a number of latent " +
			"numbers; give a number from 1",
		"data: {source: good, generate: {kind: gan, latnet: 3}}": `did you mean "latent"`,
		"data: {source: sizes, generate: {kind: vae}}": "pictures of 2 sizes (8 high and 8 wide, 12 and 8, …); write " +
			"size: [HEIGHT, WIDTH] below data.generate",
		"data: {source: mix, generate: {kind: vae}}": "3 pictures of 4 are grey and the others in colours; write " +
			"colour: grey or colour: rgb below data.generate",
		"data: {source: mix, generate: {kind: vae, colour: grey}}":   "",
		"data: {source: sizes, generate: {kind: gan, size: [8, 8]}}": "",
		"data: {source: empty, generate: {kind: vae}}":               "no pictures in it",
		"data: {source: broken, generate: {kind: vae}}":              "a.png: ",
		"data: {source: text.txt, generate: {kind: vae}}":            "text.txt",
		"data: {source: none, generate: {kind: vae}}":                "no such file",
		"data: {source: one, generate: {kind: vae}}":                 "1 training pictures; give 2 or more",
		"data: {source: one/a.png, generate: {kind: vae}}":           "is one picture; give a folder of many",
		"data: {source: t.csv, generate: {kind: vae}}":               "3 columns of numbers are no square picture",
		"data: {source: good, generate: {kind: gan, size: [4, 9], distance: sliced_wasserstein}}": "1:58: " +
			"data.generate.distance: sliced_wasserstein: pictures of shape (4, 9, 1) are smaller than patches of 7×7 " +
			"pixels; leave it out",
		"data: {source: t.csv, generate: {kind: vae, size: [2, 2]}}":         "[2 2] are 4 pixels, but the table has 3",
		"data: {source: flat.npy, generate: {kind: vae}}":                    "an array of shape (6, 9); pictures are",
		"data: {source: five.npy, generate: {kind: vae}}":                    "with 1 channel or 3",
		"data: {source: minus.npy, generate: {kind: vae}}":                   "values from -1 to 0; pixels go from 0",
		"data: {source: black.npy, generate: {kind: vae}}":                   "all training pictures are black",
		"data: {source: good, generate: {kind: gan, sigma: 1}}":              "data.generate.sigma: is a key of kind: vae",
		"data: {source: good, generate: {kind: vae, judge: none.keras}}":     "none.keras: no such file; check the path",
		"data: {source: good, features: zscore, generate: {kind: vae}}":      "learns from pictures alone",
		"data: {source: good, generate: {kind: vae}}\nmodel: [dense: 3]":     "takes one input, got 2",
		"data: {source: good, generate: {kind: gan}}\nmodel: [dense: 3]":     "model: a generator takes 64 latent numbers",
		"data: {source: good, generate: {kind: gan}}\ntrain: {loss: mse}":    "has no meaning for the task generative",
		"data: {source: good, generate: {kind: vae}}\ntrain: {monitor: acc}": "train.monitor",
		"data: {source: good, generate: {kind: vae}}\ntrain: {batch_size: 99}": "train.batch_size: 99, but there are " +
			"4 training pictures; give 4 or fewer",
		"data: {source: good, generate: {kind: vae, discriminator: [dense: 1]}}": "1:44: " +
			"data.generate.discriminator: is a key of kind: gan",
		"data: {source: good, generate: {kind: gan, discriminator: [flatten, dense: 2]}}": "" +
			"data.generate.discriminator: output 1 has the shape (2,), " +
			"but a discriminator has one output of one number; end with dense: 1",
		"data: {source: good, generate: {kind: gan, discriminator: [dense: 1]}}": "output 1 has the shape (8, 8, 1)",
		"data: {source: good, generate: {kind: gan, discriminator: [flatten, dense: {units: 1, activation: " +
			"sigmoid}]}}": "ends with sigmoid, but its loss takes logits; leave the activation out",
		"data: {source: good, generate: {kind: gan, discriminator: [flatten, conv2d: {filters: 2, " +
			"kernel_size: 3}]}}": "1:69: data.generate.discriminator[1].conv2d: ",
		"data: {source: good, generate: {kind: gan, discriminator: [flatten, {dense: 1, inputs: x}]}}": "1:88: " +
			"data.generate.discriminator[1].inputs: no layer \"x\" stands before this one",
		"data: {source: good, generate: {kind: gan, discriminator: [dens: 1]}}": `did you mean "dense"`,
		"data: {source: good, generate: {kind: gan, discriminator: []}}":        "data.generate.discriminator: no layers",
		"data: {source: good, generate: {kind: gan, discriminator: [dense: vocabulary]}}": "" +
			"data.generate.discriminator[0]: vocabulary stands for the number of ids of a text",
		"data: {source: good, generate: {kind: gan, discriminator: [pretrained: none.keras]}}": "1:72: " +
			"data.generate.discriminator[0].pretrained: ",
		"data: {source: embed:digits, generate: {kind: vae}}": "65 columns of numbers are no square picture; name " +
			"those that are no pixels in data.target",
	} {
		split := "\nsplit: {validation: 0, test: 0}\n"
		_, err := prepare(t, dir, text+split)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s:\n%v, want\n%s", text, err, want)
		}
	}
}
