package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPictures: restored pictures are written as files of a folder, as one file, and as arrays; other forms are
// refused, as is the folder of the input.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	experiment := filepath.Join(dir, "e.yaml")
	text := "data: {source: \"embed:digits\", pixels: [8, 8], corrupt: {gaussian: 4}}\nmodel: [{conv2d: {filters: 1, " +
		"kernel_size: 3, padding: same}}]\ntrain: {epochs: 1, batch_size: 512, baselines: false}\n"
	if err := os.WriteFile(experiment, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "run")
	if _, stderr, code := gorae("", "train", experiment, "--out", out); code != 0 {
		t.Fatal(stderr)
	}
	model, restored := filepath.Join(out, "model.keras"), filepath.Join(dir, "restored")
	if _, stderr, code := gorae("", "predict", model, "--input", "embed:digits", "--output", restored); code != 0 {
		t.Fatal(stderr)
	}
	files, err := os.ReadDir(restored)
	if err != nil || len(files) != 1797 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	first := filepath.Join(restored, files[0].Name())
	f, err := os.Open(first)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(f)
	if cerr := f.Close(); err != nil || cerr != nil || img.Bounds().Dx() != 8 || img.Bounds().Dy() != 8 {
		t.Errorf("%v, %v, %v", img, err, cerr)
	}
	for _, name := range []string{"one.png", "one.npy", "one.npz"} {
		_, stderr, code := gorae("", "predict", model, "--input", first, "--output", filepath.Join(dir, name))
		if st, err := os.Stat(filepath.Join(dir, name)); code != 0 || err != nil || st.Size() == 0 {
			t.Errorf("%s: %s, %v", name, stderr, err)
		}
	}
	for _, c := range []struct{ input, output, says string }{
		{first, filepath.Join(dir, "a.csv"), "the predictions are pictures; name a folder"},
		{first, "-", "the predictions are pictures; name a folder"},
		{restored, filepath.Join(dir, "a.png"), "one file for 1797 pictures; name a folder"},
		{restored, restored, "the folder of --input, whose pictures would be lost"},
		{first, restored, "the folder of --input, whose pictures would be lost"},
		{first, filepath.Join(dir, "a.jpg"), `".jpg" is no form of predictions`},
	} {
		_, stderr, code := gorae("", "predict", model, "--input", c.input, "--output", c.output)
		if code == 0 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: code %d, %s, want %q", c.output, code, stderr, c.says)
		}
	}
}
