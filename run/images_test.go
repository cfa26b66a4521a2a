package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	stdimage "image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/internal/par"
	"gorae/loss"
	"gorae/run"
	"gorae/task"
	"gorae/task/image"
	"gorae/task/supervised"
	"gorae/tensor"
	"gorae/train"
)

// pets is a folder of two classes of pictures, upright and lying bars, and a CSV of the same.
func pets(t *testing.T, n, side int) string {
	t.Helper()
	dir := t.TempDir()
	list := "picture,kind,weight\n"
	for i := range n {
		class := []string{"lying", "upright"}[i%2]
		img := stdimage.NewRGBA(stdimage.Rect(0, 0, side, side))
		for y := range side {
			for x := range side {
				along := x
				if i%2 == 0 {
					along = y
				}
				v := uint8(30 + 10*(i%7))
				if (along+i)%6 < 3 {
					v = 220 - uint8(i%5)
				}
				img.Set(x, y, color.RGBA{v, v / 2, 255 - v, 255})
			}
		}
		name := filepath.Join(class, fmt.Sprintf("%02d.png", i))
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		list += fmt.Sprintf("%s,%s,%d\n", filepath.ToSlash(name), class, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "list.csv"), []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestU1 learns which class a picture belongs to from a folder, draws what it saw, and predicts raw
// files: the whole way of pictures.
func TestU1(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := pets(t, 60, 16)
	out := filepath.Join(t.TempDir(), "run")
	r := open(t, "data:\n  source: "+dir+"\n  augment: [{translation: 0.2}, {brightness: 0.1}]\ntrain: {epochs: "+
		"8}\nseed: 3\n")
	for _, want := range []string{"image: {size: 16, colour: rgb}", "conv2d: {filters: 32,",
		"- dense: {units: 1, activation: sigmoid}"} {
		if !strings.Contains(resolved(t, r), want) {
			t.Errorf("the resolved experiment lacks %q:\n%s", want, resolved(t, r))
		}
	}
	res, err := run.Run(t.Context(), r, run.Options{Out: out})
	if err != nil {
		t.Fatal(err)
	}
	if a := res.Report.Test.Of("accuracy"); a < 0.85 {
		t.Errorf("test accuracy %v on bars", a)
	}
	for _, f := range []string{image.SheetFile, supervised.ConfusionFile + ".png", supervised.ConfusionFile + ".svg"} {
		if st, err := os.Stat(filepath.Join(out, f)); err != nil || st.Size() < 500 {
			t.Errorf("%s: %v", f, err)
		}
	}
	p := load(t, filepath.Join(out, run.ModelFile))
	// From the folder, from the list, and from one file.
	for path, n := range map[string]int{dir: 60, filepath.Join(dir, "list.csv"): 60,
		filepath.Join(dir, "upright", "01.png"): 1} {
		said, err := p.predict(path, nil)
		if err != nil || said.out[0].Shape[0] != n {
			t.Fatalf("%s: %v %v", path, said, err)
		}
		if !strings.HasPrefix(said.csv, "file,prediction,p(lying),p(upright)\n") ||
			strings.Count(said.csv, "\n") != n+1 ||
			!strings.Contains(said.csv, filepath.Join("upright", "01.png")+",") {
			t.Errorf("%s:\n%.300s", path, said.csv)
		}
	}
	f, err := p.evaluate(dir, "", "")
	if err != nil || f.Metrics.Of("accuracy") < 0.85 {
		t.Errorf("%v %v", f, err)
	}
	src, err := find(dir, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	seen := filepath.Join(t.TempDir(), "seen")
	names, err := p.Explain(t.Context(), src, seen)
	if err != nil || len(names) < 10 || filepath.Base(names[0]) != "filters.png" ||
		filepath.Base(names[len(names)-1]) != "grad-cam.png" {
		t.Errorf("%v %v", names, err)
	}
	for _, n := range names {
		if st, err := os.Stat(n); err != nil || st.Size() < 200 {
			t.Errorf("%s: %v", n, err)
		}
	}
	if _, err := p.evaluate(dir, "", "kind"); err == nil {
		t.Error("an absent target was found")
	}
}

// TestAugmentLearningRows: only learning rows are varied, only for the training, in each epoch anew.
func TestAugmentLearningRows(t *testing.T) {
	dir := pets(t, 20, 16)
	r := open(t, "data: {source: "+dir+", augment: [{rotation: 30}, {flip: both}], features: zscore}\nsplit: "+
		"{validation: 0.2, test: 0.2}\n")
	varied := 0
	for i := range r.Rows(task.Train) {
		clean, first, second := sample(t, r.Parts[task.Train], 0, i), sample(t, r.Augmented, 0, i),
			sample(t, r.Augmented, 1, i)
		if !slices.Equal(clean[0].F32, sample(t, r.Parts[task.Train], 5, i)[0].F32) {
			t.Error("the rows that figures are computed of change with the epoch")
		}
		if !slices.Equal(clean[0].F32, first[0].F32) && !slices.Equal(first[0].F32, second[0].F32) {
			varied++
		}
		if clean[1].F32[0] != first[1].F32[0] {
			t.Error("the target changed")
		}
	}
	if varied != r.Rows(task.Train) || r.Augmented.Len() != r.Rows(task.Train) {
		t.Errorf("%d of %d learning pictures vary", varied, r.Rows(task.Train))
	}
	for _, d := range []data.Dataset{r.Parts[task.Validation], r.Parts[task.Test]} {
		for i := range d.Len() {
			if !slices.Equal(sample(t, d, 0, i)[0].F32, sample(t, d, 3, i)[0].F32) {
				t.Error("validation or test pictures vary")
			}
		}
	}
	// zscore by channel, of the learning rows alone: their mean is 0 and sd 1.
	for c := range 3 {
		n, sum, square := 0.0, 0.0, 0.0
		for i := range r.Rows(task.Train) {
			x := sample(t, r.Parts[task.Train], 0, i)[0].F32
			for k := c; k < len(x); k += 3 {
				n, sum, square = n+1, sum+float64(x[k]), square+float64(x[k])*float64(x[k])
			}
		}
		if mean := sum / n; mean > 1e-5 || mean < -1e-5 || square/n < 0.9999 || square/n > 1.0001 {
			t.Errorf("channel %d: mean %v, mean square %v", c, mean, square/n)
		}
	}
}

// TestPictureList: a CSV of paths; a figure to foretell; a test folder apart; mixup's loss.
func TestPictureList(t *testing.T) {
	dir := pets(t, 30, 14)
	list := filepath.Join(dir, "list.csv")
	r := open(t, "data: {source: "+list+", target: weight, task: regression, image: {size: 8, colour: grey, resize: "+
		"area}}\nmodel: [flatten, {dense: {units: 1}}]\n")
	if f := r.Fitted.(*image.Fitted); !f.Sample.Equal(tensor.Shape{8, 8, 1}) || f.Outputs()[0].Name != "weight" ||
		f.Outputs()[0].Classes != nil {
		t.Errorf("%v %v", f.Sample, f.Outputs())
	}
	r = open(t, "data: {source: "+list+", target: kind, test: {source: "+dir+"}}\nmodel: [flatten, {dense: {units: "+
		"1, activation: sigmoid}}]\n", "data.test.source="+list)
	if rows(r)[2] != 30 {
		t.Errorf("%v rows", rows(r))
	}
	r = open(t, "data: {source: "+dir+", augment: [{mixup: 0.2}]}\nmodel: [flatten, {dense: {units: 2, activation: "+
		"softmax}}]\ntrain: {epochs: 1}\n")
	if w := loss.Losses.Word(r.Training.Losses[0]); w != "categorical_crossentropy" {
		t.Errorf("mixup with %s", w)
	}
	if _, err := run.Run(t.Context(), r, run.Options{Out: filepath.Join(t.TempDir(), "run")}); err != nil {
		t.Error(err)
	}
}

// TestPictureErrors: each is one line with its place.
func TestPictureErrors(t *testing.T) {
	dir := pets(t, 6, 12)
	bad := pets(t, 12, 12)
	if err := os.WriteFile(filepath.Join(bad, "lying", "00.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	for says, text := range map[string]string{
		"data.augment[1]: unknown transform \"rotate\"": "data: {source: " +
			dir + ", augment: [{flip: horizontal}, {rotate: 10}]}",
		"data.augment[0]: rotation: from -300 to 300": "data: {source: " +
			dir + ", augment: [{rotation: 300}]}",
		"data.image.size: 100000 ": "data: {source: " +
			dir + ", image: {size: 100000}}",
		"data.labels: pictures have their classes by folder": "data: {source: " +
			dir + ", labels: y.csv}",
		"train.loss: sparse_categorical_crossentropy takes class numbers, and mix_up": "data: {source: " +
			dir + "}\nmodel: [mix_up, flatten, {dense: {units: 2, activation: softmax}}]\ntrain: {loss: " +
			"sparse_categorical_crossentropy}",
		"pictures without classes; put each class": "data: {source: " +
			dir + ", test: {source: " + filepath.Join(dir, "lying") + "}}",
		"data.image.size: 0 is not a number of pixels": "data: {source: " +
			dir + ", image: {size: 0}}",
		"data.image.fit: \"strech\" is unknown": "data: {source: " +
			dir + ", image: {fit: strech}}",
		"data.augment: is a key of the task image, which embed:iris is no data for; leave it out": "data: {source: " +
			"embed:iris, augment: [{flip: horizontal}]}",
		"skip_broken: true} leaves broken files out": "data: {source: " +
			bad + "}",
		"holds pictures without classes": "data: {source: " +
			filepath.Join(dir, "lying") + "}",
		"data.paths: paths: ": "data: {source: " +
			filepath.Join(dir, "list.csv") + ", paths: file, target: kind}",
		"mixup: target \"class\" is of int32": "data: {source: " +
			dir + ", augment: [{mixup: 0.2}]}\nmodel: [flatten, {dense: {units: 2, activation: softmax}}]\ntrain: " +
			"{loss: sparse_categorical_crossentropy}",
		"pictures have no columns; give one word": "data: {source: " +
			dir + ", features: {a: zscore}}",
		"data.image.colour: \"blue\" is unknown": "data: {source: " +
			dir + ", image: {colour: blue}}",
		"data.image.colours: unknown key; did you mean \"c": "data: {source: " +
			dir + ", image: {colours: rgb}}",
	} {
		_, err := prepare("x.yaml", text)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") ||
			!strings.HasPrefix(err.Error(), "x.yaml:") {
			t.Errorf("%v\nwant %q", err, says)
		}
	}
	for from, to := range map[string]string{"lying": "train", "upright": "test"} {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := prepare("x.yaml", "data: {source: "+dir+"}"); err == nil ||
		!strings.HasSuffix(err.Error(), "holds test and train, which are parts of a set and no classes; give "+
			"source: "+filepath.Join(dir, "train")+", test: {source: "+filepath.Join(dir, "test")+"}") {
		t.Error(err)
	}
	r := open(t, "data: {source: "+bad+", image: {skip_broken: true}}")
	if n := rows(r)[0] + rows(r)[1] + rows(r)[2]; n != 11 ||
		!strings.Contains(strings.Join(r.Notes, "\n"), "1 broken file left out") {
		t.Errorf("%d samples: %v", n, r.Notes)
	}
}

// TestAugmentRepeats: a run whose pictures are varied before the network and within it ends with the same model on one
// thread and on two, and after having been stopped in the middle of an epoch and taken up again.
func TestAugmentRepeats(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	text := "data:\n  source: " + pets(t, 40, 14) + "\n" + `  augment: [{flip: both}, {rotation: 20}, {translation: 0.1}, {zoom: 0.1}, {crop: 0.7}, {colour: 0.2}, {cutout: 0.3}, {mixup: 0.2}]
model:
  - random_flip
  - random_rotation: 0.1
  - random_color_jitter: {value_range: [0, 1], brightness_factor: 0.1, contrast_factor: 0.1, saturation_factor: [0.4, 0.6], hue_factor: 0.1}
  - random_erasing: {value_range: [0, 1]}
  - mix_up: 0.3
  - conv2d: {filters: 4, kernel_size: 3, activation: relu}
  - spatial_dropout2d: 0.2
  - flatten
  - dense: {units: 2, activation: softmax}
train: {epochs: 3, batch_size: 8, callbacks: []}
`
	before := par.Default()
	defer par.SetDefault(before)
	fit := func(threads int, out string, o run.Options) ([]byte, error) {
		par.SetDefault(par.New(threads))
		r := open(t, text)
		if w := loss.Losses.Word(r.Training.Losses[0]); w != "categorical_crossentropy" {
			t.Errorf("mixing with %s", w)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		batches := 0
		o.Out = out
		if !o.Resume {
			o.Watch = nil
		} else {
			o.Watch = func(e train.Event) error {
				if e.Kind == train.BatchEnd {
					if batches++; batches == 3 {
						stop()
					}
				}
				return nil
			}
		}
		if _, err := run.Run(ctx, r, o); err != nil {
			return nil, err
		}
		return os.ReadFile(filepath.Join(out, run.ModelFile))
	}
	want, err := fit(1, filepath.Join(t.TempDir(), "one"), run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := fit(2, filepath.Join(t.TempDir(), "two"), run.Options{})
	if err != nil || !bytes.Equal(want, two) {
		t.Errorf("on two threads the model is another (%v)", err)
	}
	out, stops := filepath.Join(t.TempDir(), "stopped"), 0
	for {
		got, err := fit(1+stops%2, out, run.Options{Resume: true})
		var stopped *run.Stopped
		if errors.As(err, &stopped) {
			stops++
			continue
		}
		if err != nil || !bytes.Equal(want, got) {
			t.Errorf("after %d stops the model is another (%v)", stops, err)
		}
		break
	}
	if stops < 3 {
		t.Errorf("it was stopped %d times", stops)
	}
}

// TestPicturesLeftOut: what skip_broken leaves out is told of in predictions too; a picture may come from standard
// input.
func TestPicturesLeftOut(t *testing.T) {
	dir := pets(t, 12, 12)
	whole, err := os.ReadFile(filepath.Join(dir, "upright", "01.png"))
	if err != nil {
		t.Fatal(err)
	}
	p := untrained(t, "data: {source: "+dir+", image: {skip_broken: true}}")
	a, err := p.predict(filepath.Join(dir, "upright", "01.png"), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.predict("-", bytes.NewReader(whole))
	if err != nil || !slices.Equal(a.out[0].F32, b.out[0].F32) {
		t.Errorf("%v %v %v", a, b, err)
	}
	if _, err := find("-", strings.NewReader("a,b\n1,2\n"), ""); err != nil {
		t.Errorf("a table on standard input: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "upright", "03.png"), whole[:60], 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err := p.predict(dir, nil); err != nil || said.bound.Data.Len() != 11 ||
		!strings.Contains(strings.Join(said.bound.Notes, "\n"), "1 broken file left out; the first: ") {
		t.Errorf("%+v %v", said, err)
	}
}
