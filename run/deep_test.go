package run_test

import (
	"fmt"
	stdimage "image"
	"image/color"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"gorae/task"
)

// depths is a folder of grey pictures of 16 bits whose classes differ by what is below their upper 8: depths of 1030 to
// 1059, near, and of 1070 to 1099, far.
func depths(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 40 {
		class, from := "near", 1030
		if i%2 == 1 {
			class, from = "far", 1070
		}
		img := stdimage.NewGray16(stdimage.Rect(0, 0, 8, 8))
		for k := range 64 {
			img.SetGray16(k%8, k/8, color.Gray16{Y: uint16(from + (7*k+11*i)%30)})
		}
		var b strings.Builder
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, class, fmt.Sprintf("%02d.png", i)), b.String())
	}
	return dir
}

// TestSixteenBitPictures: grey pictures of 16 bits keep them, in training, evaluation, prediction and augmentation;
// with bits: 8 it is said what is lost.
func TestSixteenBitPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := depths(t)
	const model = "model: [flatten, dense: {units: 4, activation: tanh}, dense: {units: 1, activation: sigmoid}]\n" +
		"train: {epochs: 15, batch_size: 8}\n"
	for name, options := range map[string]string{"": "",
		"augmented": ", augment: [flip: horizontal, translation: 0.1]"} {
		p := open(t, "data: {source: "+dir+options+"}\n"+model)
		if yaml := resolved(t, p); !strings.Contains(yaml, "bits: 16") || !strings.Contains(yaml, "zscore") {
			t.Errorf("%s: resolved:\n%s", name, yaml)
		}
		if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "pictures of 16 bits a value; all are kept") {
			t.Errorf("%s: notes %q", name, notes)
		}
		r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		if got := r.Report.Test.Of("accuracy"); got != 1 {
			t.Errorf("%s: test accuracy %v", name, got)
		}
		e, err := b.evaluate(dir, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Metrics.Of("accuracy"); got != 1 {
			t.Errorf("%s: accuracy %v", name, got)
		}
		all, err := b.predict(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(all.csv), "\n")[1:] {
			fields := strings.Split(line, ",")
			if !strings.Contains(fields[0], string(filepath.Separator)+fields[1]+string(filepath.Separator)) {
				t.Errorf("%s: row %d: %s", name, i+1, line)
			}
		}
	}
	p := open(t, "data: {source: "+dir+", image: {bits: 8}}\n"+model)
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "image: {bits: 16} keeps all") {
		t.Errorf("notes %q", notes)
	}
	if x := p.Parts[task.Train].Spec().Inputs[0]; x.Shape[2] != 1 {
		t.Errorf("%v", x)
	}
	if _, err := prepare("", "data: {source: "+dir+", image: {bits: 12}}\n"); err == nil ||
		!strings.Contains(err.Error(), "data.image.bits: 12; give 8 or 16") {
		t.Error(err)
	}
}
