package run_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	dataseries "gorae/data/series"
	"gorae/prep"
	"gorae/run"
	"gorae/spec"
	"gorae/task/series"
	"gorae/task/tabular/fitted"
	"gorae/tensor"
)

// samplesOf are all samples of all parts, as text.
func samplesOf(t *testing.T, p *run.Prepared) string {
	t.Helper()
	var all strings.Builder
	for part := range p.Parts {
		d := p.Parts[part]
		if d == nil {
			continue
		}
		row := d.Spec().Row()
		for i := range d.Len() {
			if err := d.Read(0, i, row); err != nil {
				t.Fatal(err)
			}
			for k := range row {
				fmt.Fprint(&all, row[k].F32, row[k].I32)
			}
		}
	}
	return all.String()
}

// TestAgain: an experiment that is prepared again has the samples of one that is prepared for the first time. Columns
// are fitted once for all networks, and again where data or split differ.
func TestAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	var b strings.Builder
	b.WriteString("a,b,c,y\n")
	for i := range 120 {
		fmt.Fprintf(&b, "%d,k%d,%d,%d\n", i*i%37, i%5, i%11, i*i%37/13)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	file := func(features, rest string) *spec.File {
		f, err := spec.Parse("", "again", []byte(fmt.Sprintf("data: {source: %q, target: y, task: classification, "+
			"features: {%s}}\n%s", path, features, rest)))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	columns := func(p *run.Prepared) *prep.Pipeline { return p.Fitted.(*fitted.Fitted).Pipeline }
	const network, other = "model: [dense: 8, dense: 3]\n", "model: [dense: 3]\ntrain: {batch_size: 7}\n"
	first, err := run.Prepare(t.Context(), file("b: onehot", network))
	if err != nil {
		t.Fatal(err)
	}
	var kept *prep.Pipeline
	for i, c := range []struct {
		features, rest string
		kept           bool
	}{
		{"b: onehot", network, false}, {"b: onehot", other, true}, {"b: onehot", network, true},
		{"b: target", network, false}, {"b: onehot", other + "split: {test: 0.3}\n", false},
		{"b: onehot", other + "seed: 9\n", false}, {"b: onehot", network, true}, {"b: onehot", "", false},
		{"b: drop", "", false}, {"b: drop, c: drop", "", false}, {"b: drop, a: drop", "", false},
		{"a: minmax", "", false}, {"b: onehot", network, false}, // which has been forgotten
	} {
		again, err := first.Again(t.Context(), file(c.features, c.rest))
		if err != nil {
			t.Fatal(err)
		}
		anew, err := run.Prepare(t.Context(), file(c.features, c.rest))
		if err != nil {
			t.Fatal(err)
		}
		if samplesOf(t, again) != samplesOf(t, anew) {
			t.Errorf("case %d: other samples", i)
		}
		if now := columns(again); (now == kept) != c.kept {
			t.Errorf("case %d: kept %v, want %v", i, now == kept, c.kept)
		} else if c.features == "b: onehot" && c.rest == network {
			kept = now
		}
	}
}

// TestAgainReads: data of every kind are read once for all experiments, of whatever network and seed: once the samples
// of one were read, the files may hold anything. What is fitted to a series is fitted once for a split.
func TestAgainReads(t *testing.T) {
	for _, c := range []struct{ name, data, network, other string }{
		{"table", "source: table.csv, target: y", "[dense: 8, dense: 2]", "[dense: 2]"},
		{"texts", "source: texts.csv, target: y, features: {text: {text: {length: 4}}}",
			"[{embedding: {input_dim: vocabulary, output_dim: 4}}, {global_average_pooling1d: {}}, dense: 1]",
			"[{embedding: {input_dim: vocabulary, output_dim: 2}}, flatten, dense: 1]"},
		{"folder of texts", "source: texts", "[dense: 4, dense: 1]", "[dense: 1]"},
		{"pictures", "source: pictures", "[{conv2d: {filters: 2, kernel_size: 3}}, flatten, dense: 2]",
			"[flatten, dense: 2]"},
		{"pictures in a list", "source: list.csv, target: class, features: zscore", "[flatten, dense: 2]",
			"[flatten, dense: 3, dense: 2]"},
		{"pictures to generate", "source: pictures, generate: {kind: vae, latent: 2, size: [8, 8]}", "", ""},
		{"pictures to restore", "source: pictures, corrupt: [{gaussian: 25}]", "", ""},
		{"arrays", "source: arrays.npz", "[flatten, dense: 2]", "[flatten, dense: 3, dense: 2]"},
		{"series", "source: series.csv, time: day, target: y, series: {window: 6}", "[flatten, dense: 1]",
			"[{lstm: 3}, dense: 1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			everyKind(t, dir)
			file := func(network string, seed int) *spec.File {
				text := fmt.Sprintf("data: {%s}\nseed: %d\nsplit: {seed: 5}\n", c.data, seed)
				if network != "" {
					text += "model: " + network + "\n"
				}
				f, err := spec.Parse(filepath.Join(dir, "experiment.yaml"), "again", []byte(text))
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			fits := map[int]*dataseries.Fitted{} // by seed
			again := func(first *run.Prepared, network string, seed int) string {
				t.Helper()
				p, err := first.Again(t.Context(), file(network, seed))
				if err != nil {
					t.Fatal(err)
				}
				if f, ok := p.Fitted.(*series.Fitted); ok {
					if fits[seed] != nil && fits[seed] != f.Fitted {
						t.Errorf("seed %d: the series was fitted again", seed)
					}
					fits[seed] = f.Fitted
				}
				return samplesOf(t, p)
			}
			first, err := run.Prepare(t.Context(), file(c.network, 1))
			if err != nil {
				t.Fatal(err)
			}
			want := again(first, c.network, 1)
			if want != samplesOf(t, first) {
				t.Error("other samples")
			}
			err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				size := int64(16) // what says the format
				if ext := filepath.Ext(path); ext == ".png" || ext == ".txt" {
					size = 0
				}
				return os.Truncate(path, size)
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				for seed := 1; seed <= 5; seed++ { // the trainings of a trial, as of five folds
					if again(first, c.other, seed) != want {
						t.Errorf("seed %d: other samples", seed)
					}
				}
			}
		})
	}
}

// everyKind writes data of several kinds into a directory.
func everyKind(t *testing.T, dir string) {
	t.Helper()
	put := func(name string, content []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table, texts, list, steps := "a,b,y\n", "text,y\n", "path,class\n", "day,y\n"
	x, y := tensor.New(tensor.Float32, 60, 3, 2), tensor.New(tensor.Int32, 60)
	for i := range 60 {
		table += fmt.Sprintf("%d,k%d,%s\n", i*i%37, i%5, []string{"no", "yes"}[i/3%2])
		words := []string{"good film", "a bad one", "no more of it", "again and again"}[i%4]
		texts += fmt.Sprintf("%s %d,%d\n", words, i%9, i%4/2)
		put(fmt.Sprintf("texts/%d/%d.txt", i%4/2, i), []byte(words))
		picture := image.NewGray(image.Rect(0, 0, 8, 8))
		for k := range picture.Pix {
			picture.Pix[k] = uint8(i*k + 100*(i%2))
		}
		var b bytes.Buffer
		if err := png.Encode(&b, picture); err != nil {
			t.Fatal(err)
		}
		put(fmt.Sprintf("pictures/%d/%d.png", i%2, i), b.Bytes())
		list += fmt.Sprintf("pictures/%d/%d.png,c%d\n", i%2, i, i%2)
		steps += fmt.Sprintf("2024-01-%02d %02d:00,%d\n", 1+i/24, i%24, i*i%23)
		y.I32[i] = int32(i % 2)
		for k := range 6 {
			x.F32[6*i+k] = float32(i * k % 7)
		}
	}
	put("table.csv", []byte(table))
	put("texts.csv", []byte(texts))
	put("list.csv", []byte(list))
	put("series.csv", []byte(steps))
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}}); err != nil {
		t.Fatal(err)
	}
	put("arrays.npz", b.Bytes())
}
