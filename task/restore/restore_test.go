package restore_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/corrupt"
	pictures "gorae/data/image"
	"gorae/data/source"
	"gorae/metric"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// prepare reads and prepares an experiment.
func prepare(t *testing.T, text string) (*run.Prepared, error) {
	t.Helper()
	f, err := spec.Parse("", "test", []byte(text))
	if err != nil {
		return nil, err
	}
	return run.Prepare(t.Context(), f)
}

// learn runs an experiment in a directory, and opens its model.
func learn(t *testing.T, text, dir string) (*run.Report, *bundle.Bundle) {
	t.Helper()
	p, err := prepare(t, text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > 0 {
		t.Fatal(r.Warnings)
	}
	b, err := bundle.Open(filepath.Join(dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	return r.Report, b
}

func from(t *testing.T, path string) *task.Source {
	t.Helper()
	i, err := source.Find(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &task.Source{Info: i}
}

// baseline is the PSNR of a baseline.
func baseline(t *testing.T, f *task.Findings, name string) float64 {
	t.Helper()
	for _, b := range f.Baselines {
		if b.Name == name {
			return b.Metrics.Of("psnr")
		}
	}
	t.Fatalf("no baseline %q: %+v", name, f.Baselines)
	return 0
}

// TestU5 takes noise off the bundled digits: 4 of 16 levels are 12.04 dB, 20·log₁₀(16/4), and the restored pictures are
// better than those by the best Gaussian filter. What is predicted for pictures that are corrupted by hand is as good
// as the evaluation says.
func TestU5(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	dir := t.TempDir()
	r, b := learn(t, `
data: {source: "embed:digits", pixels: [8, 8], corrupt: {gaussian: 4}}
model:
  layers:
    - conv2d: {filters: 16, kernel_size: 3, padding: same, activation: relu}
    - conv2d: {filters: 16, kernel_size: 3, padding: same, activation: relu}
    - {name: noise, conv2d: {filters: 1, kernel_size: 3, padding: same}}
    - {name: restored, subtract: {}, inputs: [input, noise]}
train: {epochs: 6, optimizer: {adam: 0.003}}
seed: 1
`, filepath.Join(dir, "run"))
	own := r.Test.Of("psnr")
	corrupted, filter := baseline(t, &r.Findings, "corrupted picture"), baseline(t, &r.Findings, "Gaussian filter")
	if want := 20 * math.Log10(4); math.Abs(corrupted-want) > 0.1 {
		t.Errorf("corrupted pictures: %v dB, want %v", corrupted, want)
	}
	if own < filter+1 || filter < corrupted+2 {
		t.Errorf("%.2f dB, of a Gaussian filter %.2f dB, of corrupted pictures %.2f dB", own, filter, corrupted)
	}
	if len(r.Findings.Verdict) != 1 || !strings.Contains(r.Findings.Verdict[0], "better than every baseline") {
		t.Errorf("verdict %v", r.Findings.Verdict)
	}
	if _, err := os.Stat(filepath.Join(dir, "run", "restored.png")); err != nil {
		t.Error(err)
	}

	// The first 40 digits as an array, corrupted by hand.
	s, err := from(t, "embed:digits").Read()
	if err != nil {
		t.Fatal(err)
	}
	const n, size = 40, 64
	clean, noisy := tensor.New(tensor.Float32, n, 8, 8, 1), tensor.New(tensor.Float32, n, 8, 8, 1)
	for i := range n {
		for k := range size {
			clean.F32[i*size+k] = float32(s.Table.Columns[k].Numbers[i])
		}
		x := noisy.F32[i*size : (i+1)*size]
		for k, v := range clean.F32[i*size : (i+1)*size] {
			x[k] = v / 16
		}
		corrupt.Corruptions{{Kind: corrupt.Gaussian, Low: 4, High: 4}}.Apply(corrupt.Picture{X: x, Height: 8, Width: 8,
			Channels: 1, White: 16}, 1, corrupt.Fixed, i)
		for k := range x {
			x[k] *= 16
		}
	}
	for name, x := range map[string]*tensor.Tensor{"clean.npy": clean, "noisy.npy": noisy} {
		writeNPY(t, filepath.Join(dir, name), x)
	}
	e, err := b.Evaluate(context.Background(), from(t, filepath.Join(dir, "clean.npy")), "")
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(from(t, filepath.Join(dir, "noisy.npy")))
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.Predict(context.Background(), bound)
	if err != nil {
		t.Fatal(err)
	}
	psnr := 0.0
	for i := range n {
		y := slices.Clone(clean.F32[i*size : (i+1)*size])
		for k := range y {
			y[k] /= 16
		}
		psnr += metric.PSNR{}.Of(y, out[0].F32[i*size:(i+1)*size]) / n
	}
	if got := e.Metrics.Of("psnr"); math.Abs(got-psnr) > 1e-4 {
		t.Errorf("evaluate says %v dB, predictions have %v dB", got, psnr)
	}
	if len(e.Intervals) == 0 || !e.Intervals[1].Approximate {
		t.Errorf("intervals of 40 pictures: %+v", e.Intervals)
	}
}

func writeNPY(t *testing.T, path string, x *tensor.Tensor) {
	t.Helper()
	f, err := os.Create(path)
	if err == nil {
		err = tensor.WriteNPY(f, x)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// picture writes a picture of waves.
func picture(t *testing.T, path string, height, width, k int, colour bool) {
	t.Helper()
	grey, rgb := image.NewGray(image.Rect(0, 0, width, height)), image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := uint8(127 + 90*math.Sin(0.3*float64(x)+0.05*float64(k*y)))
			grey.SetGray(x, y, color.Gray{Y: v})
			rgb.SetRGBA(x, y, color.RGBA{R: v, G: 255 - v, B: 60, A: 255})
		}
	}
	var img image.Image = grey
	if colour {
		img = rgb
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err == nil {
		err = png.Encode(f, img)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// gallery writes a folder of pictures of several sizes.
func gallery(t *testing.T, dir string, n int, colour bool) {
	t.Helper()
	for i := range n {
		picture(t, filepath.Join(dir, string(rune('a'+i))+".png"), 24+i, 40-i, i, colour)
	}
}

const small = `
model:
  layers:
    - conv2d: {filters: 8, kernel_size: 3, padding: same, activation: relu}
    - {name: noise, conv2d: {filters: CHANNELS, kernel_size: 3, padding: same, kernel_initializer: zeros}}
    - {name: restored, subtract: {}, inputs: [input, noise]}
`

// TestU5Patches learns from patches of colour pictures of several sizes in a folder, and restores whole ones.
func TestU5Patches(t *testing.T) {
	dir := t.TempDir()
	gallery(t, filepath.Join(dir, "p"), 12, true)
	r, b := learn(t, "data: {source: "+filepath.Join(dir, "p")+", corrupt: [{gaussian: 25}, {salt: 0.02}, clip], "+
		"patch: 16, patches: 200}\n"+
		strings.ReplaceAll(small, "CHANNELS", "3")+"train: {epochs: 4, metrics: [psnr, ssim], "+
		"optimizer: {adam: 0.005}}\n", filepath.Join(dir, "run"))
	if r.Rows != [3]int{0, 2, 2} || r.Test.Of("psnr") < baseline(t, &r.Findings, "corrupted picture")+1 {
		t.Errorf("%v pictures; %+v, %+v", r.Rows, r.Test, r.Findings.Baselines)
	}
	if !(r.Test.Of("ssim") > 0 && r.Test.Of("ssim") < 1) {
		t.Errorf("ssim %v", r.Test.Of("ssim"))
	}
	if w := r.Findings.Verdict; len(w) != 1 || !strings.Contains(w[0], "2 samples; an interval needs 10 or more") {
		t.Errorf("verdict %v", w)
	}
	bound, err := b.Bind(from(t, filepath.Join(dir, "p")))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = bound.Pictures(t.Context(), func(p task.Restored) error {
		names = append(names, p.Name)
		if i := len(names) - 1; !p.Pixels.Shape.Equal(tensor.Shape{24 + i, 40 - i, 3}) {
			t.Errorf("%s: %v", p.Name, p.Pixels.Shape)
		}
		return pictures.EncodePNG(&strings.Builder{}, p.Pixels)
	})
	if err != nil || len(names) != 12 || names[11] != "l" {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := b.Predict(t.Context(), bound); err == nil || !strings.Contains(err.Error(), "several sizes") {
		t.Errorf("an array of pictures of several sizes: %v", err)
	}
	if names, err := b.Explain(t.Context(), from(t, filepath.Join(dir, "p")), filepath.Join(dir, "seen")); err != nil ||
		len(names) != 2 {
		t.Errorf("explain: %v, %v", names, err)
	}
}

// TestU5Resume: a training that was stopped and resumed ends with the same bits.
func TestU5Resume(t *testing.T) {
	dir := t.TempDir()
	gallery(t, filepath.Join(dir, "p"), 8, false)
	text := "data: {source: " + filepath.Join(dir, "p") + ", corrupt: {gaussian: [5, 40]}, patch: 16, patches: 160}\n" +
		strings.ReplaceAll(small, "CHANNELS", "1") + "train: {epochs: 3}\n"
	_, whole := learn(t, text, filepath.Join(dir, "whole"))
	p, err := prepare(t, text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	batches := 0
	if _, err := run.Run(ctx, p, run.Options{Out: filepath.Join(dir, "cut"), Watch: func(e train.Event) error {
		if batches++; batches == 9 {
			stop()
		}
		return nil
	}}); err == nil {
		t.Fatal("was not stopped")
	}
	if p, err = prepare(t, text); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "cut"), Resume: true}); err != nil {
		t.Fatal(err)
	}
	resumed, err := bundle.Open(filepath.Join(dir, "cut", run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range whole.Model.Store().Vars() {
		if w := resumed.Model.Store().Var(v.Path); w == nil || !slices.Equal(v.Value.F32, w.Value.F32) {
			t.Errorf("%s differs after resuming", v.Path)
		}
	}
}

// TestU5Errors: what cannot be done is one line with the place and what to do.
func TestU5Errors(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	gallery(t, at("grey"), 8, false)
	gallery(t, at("mixed"), 4, false)
	picture(t, at("mixed/z.png"), 30, 30, 1, true)
	gallery(t, at("large"), 8, false)
	picture(t, at("large/a.png"), 12, 90, 1, false)
	for i := range 8 {
		picture(t, at("alike/"+string(rune('a'+i))+".png"), 20, 20, i, false)
	}
	if err := os.MkdirAll(at("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	const flat = "model: [{flatten: {}}, {dense: 400}, {reshape: {target_shape: [20, 20, 1]}}]\n"
	for _, c := range []struct{ text, says string }{
		{"data: {source: DIR/empty, corrupt: {gaussian: 25}}", "empty: no pictures in it"},
		{"data: {source: DIR/grey, corrupt: {gaussian: -3}}", "data.corrupt: gaussian: -3; give a number from 0 to"},
		{"data: {source: DIR/grey, corrupt: {salt: 1.5}}", "data.corrupt: salt: 1.5; give a number from 0 to 1"},
		{"data: {source: DIR/grey, corrupt: [blur: 1, downsample: 99]}",
			"data.corrupt[1]: downsample: 99; give a whole number from 2 to 16"},
		{"data: {source: DIR/grey, corrupt: {mask: {share: 2}}}", "data.corrupt: mask: 2; give a number from 0 to 1"},
		{"data: {source: DIR/grey, corrupt: 5}", "data.corrupt: 5 is neither a name nor a name with its value"},
		{"data: {source: DIR/grey, corrupt: {gausian: 3}}", `unknown corruption "gausian"`},
		{"data: {source: DIR/grey, corrupt: []}", "data.corrupt: an empty list; name what the pictures"},
		{"data: {source: DIR/large, corrupt: {blur: 1}}",
			"a.png is 12 pixels high and 90 wide; give patch: 12, or leave small pictures out"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}, patches: 9}", "learnt from as a whole; give data.patch too"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}, target: class}", "the target is the clean picture"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}, codes: 2}", "codes are of a network that learns its own input"},
		{"data: {source: \"embed:digits\", corrupt: {blur: 1}}", "data.pixels: [HEIGHT, WIDTH]"},
		{"data: {source: \"embed:digits\", corrupt: {blur: 1}, pixels: [9, 9]}", "65 columns, which are no 9×9 pixels"},
		{"data: {source: \"embed:iris\", corrupt: {blur: 1}, pixels: [1, 5]}", "holds no numbers"},
		{"data: {source: DIR/grey, corrupt: {blur: 1}, patch: 20}\nmodel: [{conv2d: {filters: 1, kernel_size: 3}}]",
			"the output is not of the shape of the input"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}, patch: 20}\n" + flat,
			"depends on the size of the picture, so that what it learns of patches of 20×20 pixels cannot be done"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}, test: {source: DIR/grey}}\n" + flat,
			"a.png: 24 pixels high and 40 wide, but the network takes 20 and 20"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}}\ntrain: {loss: sparse_categorical_crossentropy}",
			"takes class numbers, but the target is a picture"},
		{"data: {source: \"embed:digits\", corrupt: {blur: 1}, pixels: [8, 8]}\ntrain: {metrics: [ssim]}",
			"the windows of ssim are 11×11 pixels, but samples are 8×8"},
		{"data: {source: DIR/alike, corrupt: {blur: 1}}\ntrain: {bucket: true}", "has no meaning for the task restore"},
		{"data: {source: DIR/alike, patch: 8}", "data.patch"},
	} {
		_, err := prepare(t, strings.ReplaceAll(c.text, "DIR", dir)+"\n")
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\nerror %v\n want %q", c.text, err, c.says)
		}
	}
	p, err := prepare(t, "data: {source: "+at("mixed")+", corrupt: {blur: 1}, patch: 16}\n")
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "4 grey pictures among 5, taken as colour") {
		t.Errorf("notes %s", notes)
	}
}
