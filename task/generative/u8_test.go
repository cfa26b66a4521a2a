package generative_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/image"
	"gorae/data/source"
	_ "gorae/plot"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	_ "gorae/task/generative"
	_ "gorae/task/tabular"
	"gorae/tensor"
	"gorae/train"
)

// trained runs an experiment of examples/U8-new-pictures.
func trained(t *testing.T, name, out string, o run.Options, set ...string) (*run.Result, error) {
	t.Helper()
	f, err := spec.Read("../../examples/U8-new-pictures/"+name, set...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	o.Out = out
	return run.Run(t.Context(), p, o)
}

// TestU8Examples: each experiment of examples/U8-new-pictures can be prepared, with networks of the sizes that its
// words promise, and faces are held out by whole people.
func TestU8Examples(t *testing.T) {
	if os.Getenv("GORAE_SHARED") == "" {
		t.Skip("no GORAE_SHARED")
	}
	files, err := filepath.Glob("../../examples/U8-new-pictures/*.yaml")
	if err != nil || len(files) != 9 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	inputs := map[string]string{"mnist-vae": "(28, 28, 1) (20,)", "mnist-vae-2": "(28, 28, 1) (2,)",
		"mnist-gan": "(32,)", "digits-vae": "(8, 8, 1) (8,)", "digits-gan": "(16,)", "olivetti": "(64,)",
		"olivetti-vae": "(64, 64, 1) (64,)", "monet": "(64,)"}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		if name == "people" { // the judge of faces, a classifier
			continue
		}
		f, err := spec.Read(path, "data.generate.judge=null")
		if err != nil {
			t.Fatal(err)
		}
		p, err := run.Prepare(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var shapes []string
		for _, in := range p.Model.InputTypes(1) {
			shapes = append(shapes, tensor.Shape(in.Shape[1:]).String())
		}
		if got := strings.Join(shapes, " "); got != inputs[name] {
			t.Errorf("%s: inputs %s, want %s", name, got, inputs[name])
		}
		if name == "olivetti" && (p.Rows(task.Test) != 80 || p.Rows(task.Validation) != 40) {
			t.Errorf("%s: parts of %d and %d do not hold whole people of 10 faces", name, p.Rows(task.Validation),
				p.Rows(task.Test))
		}
	}
}

// judge trains a classifier of the digits and returns its file.
func judge(t *testing.T, dir string) string {
	t.Helper()
	f, err := spec.Parse("", "judge", []byte("data: {source: embed:digits}\nmodel: [{dense: {units: 64, activation: "+
		"relu}}, {dense: {units: 10, activation: softmax}}]\ntrain: {epochs: 25, baselines: false}\nseed: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "judge")})
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Report.Test.Of("accuracy"); a < 0.93 {
		t.Fatalf("the judge has an accuracy of %v", a)
	}
	return filepath.Join(r.Dir, run.ModelFile)
}

// baseline returns a metric of a baseline.
func baseline(t *testing.T, r *run.Report, name, metric string) float64 {
	t.Helper()
	for _, b := range r.Findings.Baselines {
		if b.Name == name {
			return b.Metrics.Of(metric)
		}
	}
	t.Fatalf("no baseline %q", name)
	return 0
}

// TestU8VAE: a VAE of the digits is nearer to test pictures than pixels that do not know of each other, its samples are
// nearer than blurred copies of training pictures, and the product writes pictures, codes and its evaluation.
func TestU8VAE(t *testing.T) {
	dir := t.TempDir()
	r, err := trained(t, "digits-vae.yaml", filepath.Join(dir, "vae"), run.Options{},
		"data.generate.judge="+judge(t, dir))
	if err != nil || len(r.Warnings) > 0 {
		t.Fatal(err, r)
	}
	if v := r.Report.Findings.Verdict; len(v) != 2 ||
		!strings.HasPrefix(v[0], "the network is better than independent pixels: ") ||
		!strings.HasPrefix(v[1], "the samples are nearer to test pictures than blurred training pictures: ") {
		t.Errorf("verdict %q", v)
	}
	loss, alone := r.Report.Test.Of("loss"), baseline(t, r.Report, "independent pixels", "loss")
	if loss > alone-2 {
		t.Errorf("%v nats, independent pixels %v; want 2 fewer", loss, alone)
	}
	if s := r.Report.Test.Of("reconstruction") + r.Report.Test.Of("kl"); s < loss-1e-9 || s > loss+1e-9 {
		t.Errorf("reconstruction and kl are %v together, the loss %v", s, loss)
	}
	if d, b := r.Report.Test.Of("distance"), baseline(t, r.Report, "training pictures", "distance"); d < b {
		t.Errorf("distance %v, of real pictures %v", d, b)
	}
	if s := r.Report.Test.Of("class_score"); s < 4 || s > 10 {
		t.Errorf("class score %v", s)
	}
	for _, name := range []string{"samples.png", "reconstructions.png", "nearest.png", "progress.png"} {
		if !slices.Contains(r.Report.Findings.Pictures, name) {
			t.Errorf("no %s", name)
		}
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	info, err := source.Find("embed:digits", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(&task.Source{Info: info})
	if err != nil {
		t.Fatal(err)
	}
	z, err := b.Predict(t.Context(), bound)
	if err != nil || len(bound.Header) != 8 || z[0].Shape[1] != 8 {
		t.Fatal(err, bound.Header)
	}
	e, err := b.Evaluate(t.Context(), &task.Source{Info: info}, "")
	if err != nil || e.Metrics.Of("loss") > alone || e.Intervals[0].Metric != "loss" {
		t.Fatal(err, e)
	}
	pictures(t, b, dir)
}

// pictures holds that new pictures are those of their seed, whatever their number, and that each form is written.
func pictures(t *testing.T, b *bundle.Bundle, dir string) {
	t.Helper()
	x, err := b.Pictures(t.Context(), 9, 5)
	if err != nil {
		t.Fatal(err)
	}
	few, err := b.Pictures(t.Context(), 2, 5)
	if err != nil || !slices.Equal(few.F32, x.F32[:len(few.F32)]) {
		t.Error("the first pictures depend on how many are made", err)
	}
	other, err := b.Pictures(t.Context(), 9, 6)
	if err != nil || slices.Equal(other.F32, x.F32) {
		t.Error("another seed makes the same pictures", err)
	}
	for _, name := range []string{"new.png", "new.npy", "new"} {
		if err := image.Write(filepath.Join(dir, name), x); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "new", "*.png"))
	if err != nil || len(files) != 9 {
		t.Errorf("%d files: %v", len(files), err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "new.png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil || img.Bounds().Dx() != 3*8*24+4 || img.Bounds().Dy() != 3*8*24+4 {
		t.Errorf("%v, %v", img, err)
	}
}

// TestU8GAN: a DCGAN of the digits makes pictures of all classes by a classifier's word, and comes nearer to the test
// pictures than blurred copies of the training pictures. A run that is stopped and resumed writes the same model and
// the same pictures.
func TestU8GAN(t *testing.T) {
	dir := t.TempDir()
	set := "data.generate.judge=" + judge(t, dir)
	r, err := trained(t, "digits-gan.yaml", filepath.Join(dir, "gan"), run.Options{}, set, "train.epochs=40")
	if err != nil || len(r.Warnings) > 0 {
		t.Fatal(err, r)
	}
	if s := r.Report.Test.Of("class_score"); s < 5 || s > 10 {
		t.Errorf("class score %v, want 5 or more of 10", s)
	}
	if d, b := r.Report.Test.Of("distance"), baseline(t, r.Report, "blurred training pictures", "distance"); d > b {
		t.Errorf("distance %v, of blurred training pictures %v", d, b)
	}
	again := filepath.Join(dir, "again")
	const few = "train.epochs=4"
	whole, err := trained(t, "digits-gan.yaml", filepath.Join(dir, "whole"), run.Options{}, set, few)
	if err != nil {
		t.Fatal(err)
	}
	same(t, whole.Dir, again, "digits-gan.yaml", set, few)
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	pictures(t, b, dir)
	info, err := source.Find("embed:digits", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Bind(&task.Source{Info: info}); err == nil || !strings.Contains(err.Error(), "gorae generate") {
		t.Error(err)
	}
}

// TestU8Discriminator: the inferred discriminator, written down as in the run's experiment.yaml, is the same, another
// one learns other numbers, and the run resumes with it.
func TestU8Discriminator(t *testing.T) {
	dir := t.TempDir()
	const few, key = "train.epochs=3", "data.generate.discriminator="
	const inferred = key + "[conv2d: {filters: 16, kernel_size: 4, strides: 2, padding: same, kernel_initializer: " +
		"{random_normal: {stddev: 0.02}}}, leaky_relu: 0.2, conv2d: {filters: 32, kernel_size: 3, padding: same, " +
		"use_bias: false, kernel_initializer: {random_normal: {stddev: 0.02}}}, batch_normalization: 0.9, " +
		"leaky_relu: 0.2, flatten, dense: 1]"
	const dense = key + "{layers: [flatten, {name: hidden, dense: {units: 24, activation: relu}}, dropout: 0.3, " +
		"{name: logit, dense: 1, inputs: hidden}], outputs: logit}"
	history := func(name string, set ...string) string {
		t.Helper()
		r, err := trained(t, "digits-gan.yaml", filepath.Join(dir, name), run.Options{}, append(set, few)...)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(r.Dir, "history.csv"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		for i, l := range lines { // without the seconds
			lines[i] = l[:strings.LastIndex(l, ",")]
		}
		if len(lines) != 4 {
			t.Fatalf("history %q", lines)
		}
		return strings.Join(lines, "\n")
	}
	if a, b := history("inferred"), history("written", inferred); a != b {
		t.Errorf("inferred:\n%s\nwritten:\n%s", a, b)
	}
	if a, b := history("written again", inferred), history("dense", dense); a == b {
		t.Errorf("another discriminator gives the same numbers:\n%s", a)
	}
	same(t, filepath.Join(dir, "dense"), filepath.Join(dir, "again"), "digits-gan.yaml", dense, few)
}

// TestU8Resume: a VAE that is stopped within an epoch and resumed writes the same model and the same pictures.
func TestU8Resume(t *testing.T) {
	dir := t.TempDir()
	const few = "train.epochs=4"
	whole, err := trained(t, "digits-vae.yaml", filepath.Join(dir, "whole"), run.Options{}, few)
	if err != nil {
		t.Fatal(err)
	}
	same(t, whole.Dir, filepath.Join(dir, "again"), "digits-vae.yaml", few)
}

// same stops a run in its third epoch, resumes it, and compares its files with those of a run that was left alone.
func same(t *testing.T, whole, again, name string, set ...string) {
	t.Helper()
	f, err := spec.Read("../../examples/U8-new-pictures/"+name, set...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err = run.Run(ctx, p, run.Options{Out: again, Watch: func(e train.Event) error {
		if e.Kind == train.BatchEnd && e.Epoch == 3 && e.Batch == 5 {
			stop()
		}
		return nil
	}})
	if stopped := (*run.Stopped)(nil); !errors.As(err, &stopped) {
		t.Fatal(err)
	}
	if _, err := trained(t, name, again, run.Options{Resume: true}, set...); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{run.ModelFile, "samples.png", "progress.png"} {
		a, err := os.ReadFile(filepath.Join(whole, file))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(again, file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is another after the resumption", file)
		}
	}
}

// TestU8Patches: samples are compared by patches where the experiment says so, in the run and by the saved model;
// blurred pictures are further from real ones than others of their kind.
func TestU8Patches(t *testing.T) {
	r, err := trained(t, "digits-vae.yaml", filepath.Join(t.TempDir(), "vae"), run.Options{}, "train.epochs=2",
		"data.generate.distance=sliced_wasserstein", "data.rows=400")
	if err != nil {
		t.Fatal(err)
	}
	near, far := baseline(t, r.Report, "training pictures", "distance"),
		baseline(t, r.Report, "blurred training pictures", "distance")
	if d := r.Report.Test.Of("distance"); !(near < d && near < far) {
		t.Errorf("distance of samples %v, of training pictures %v, of blurred ones %v", d, near, far)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	info, err := source.Find("embed:digits", source.Options{Rows: 400})
	if err != nil {
		t.Fatal(err)
	}
	e, err := b.Evaluate(t.Context(), &task.Source{Info: info}, "")
	if err != nil || !(e.Metrics.Of("distance") > near) {
		t.Fatal(err, e)
	}
	if said := strings.Join(e.Findings.Words, "\n"); !strings.Contains(said, "patches of 7×7 pixels") {
		t.Errorf("evaluate says %q", said)
	}
}
