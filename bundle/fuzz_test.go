package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/format/csource"
	"gorae/format/csource/product"
	"gorae/format/keras/rawinput"
	"gorae/format/onnx"
	onnxproduct "gorae/format/onnx/product"
	"gorae/internal/ram"
	"gorae/layer"
	"gorae/model"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
)

// changed is a model file whose members of some names have another content.
func changed(t testing.TB, file []byte, members map[string]string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := members[f.Name]; ok {
			b = []byte(s)
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.Name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// member is the content of a member of a model file.
func member(t testing.TB, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// trained are model files of one epoch each, of a table with classes, one with numbers, a text, a series and labels,
// and samples for each of them.
func trained(t testing.TB) (files [][]byte, samples []string) {
	t.Helper()
	dir := t.TempDir()
	var table, text, series, tags strings.Builder
	tags.WriteString("a,tags\n")
	table.WriteString("a,b,kind,y\n")
	text.WriteString("words,mood\n")
	series.WriteString("day,v\n")
	for i := range 40 {
		fmt.Fprintf(&table, "%d,%.2f,%s,%d\n", i*7%31, float64(i*i%17)/3, []string{"x", "z", ""}[i%3], i%2)
		fmt.Fprintf(&text, "%s day,%s\n", []string{"good", "bad rain"}[i%2], []string{"up", "down"}[i%2])
		fmt.Fprintf(&tags, "%d,%s\n", i, []string{"dog|person", "", "dog", "cat|person"}[i%4])
		fmt.Fprintf(&series, "2001-01-%02d,%d\n", 1+i%28, i)
	}
	s := series.String()[:strings.Index(series.String(), "2001-01-28")]
	for i, c := range []struct{ content, experiment string }{
		{table.String(), "data: {source: d0.csv, target: y}"},
		{table.String(), "data: {source: d1.csv, target: b}"},
		{text.String(), "data: {source: d2.csv, target: mood, features: {words: {text: {length: 4}}}}"},
		{s, "data: {source: d3.csv, time: day, target: v, series: {window: 3}}"},
		{tags.String(), "data: {source: d4.csv, target: tags}\nsplit: {validation: 0.3, test: 0.3}"},
	} {
		name := filepath.Join(dir, fmt.Sprintf("d%d.csv", i))
		if err := os.WriteFile(name, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(c.experiment), "train.epochs=1")
		if err != nil {
			t.Fatal(err)
		}
		p, err := run.Prepare(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, fmt.Sprint(i))})
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(r.Dir, run.ModelFile))
		if err != nil {
			t.Fatal(err)
		}
		files, samples = append(files, b), append(samples, c.content)
	}
	return files, samples
}

// FuzzPredict opens model files with any configuration and any preprocessing, and predicts any samples with them: no
// panic, no more than some memory, no more than some seconds. The weights are those of five trainings.
func FuzzPredict(f *testing.F) {
	if testing.Short() {
		f.Skip("takes half a second; continuous integration runs it")
	}
	files, samples := trained(f)
	for i, file := range files {
		f.Add(uint8(i), member(f, file, "config.json"), member(f, file, bundle.Member), samples[i])
	}
	const (
		memory = 256 << 20
		limit  = 20 * time.Second
	)
	f.Fuzz(func(t *testing.T, which uint8, config, prep, table string) {
		defer ram.SetLimit(ram.SetLimit(memory))
		begun := time.Now()
		predict(t, files[int(which)%len(files)], config, prep, table)
		if took := time.Since(begun); took > limit {
			t.Errorf("%v", took)
		}
	})
}

// FuzzProducts writes products of any configuration and any preprocessing as ONNX, as C and as layers of Keras before
// the network: a file, or an error of one line.
func FuzzProducts(f *testing.F) {
	if testing.Short() {
		f.Skip("takes half a second; continuous integration runs it")
	}
	files, _ := trained(f)
	for i, file := range files {
		f.Add(uint8(i), member(f, file, "config.json"), member(f, file, bundle.Member))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which uint8, config, prep string) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		file := changed(t, files[int(which)%len(files)], map[string]string{"config.json": config, bundle.Member: prep})
		b, err := bundle.Read(bytes.NewReader(file), int64(len(file)), "f.keras")
		if err != nil {
			return
		}
		_, asONNX := onnxproduct.WriteFile(filepath.Join(dir, "m.onnx"), b, onnx.Options{})
		_, _, raw := rawinput.File(b)
		var asC error
		if product.Known(b) {
			_, _, asC = product.WriteFile(filepath.Join(dir, "m.c"), b, csource.Options{Name: "m"})
		}
		for _, err := range []error{asONNX, raw, asC} {
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
		}
	})
}

// FuzzSamples predicts from any file of samples, of any format, with the networks of five trainings and one of
// pictures: an error of one line, or a prediction for each sample.
func FuzzSamples(f *testing.F) {
	if testing.Short() {
		f.Skip("takes half a second; continuous integration runs it")
	}
	files, samples := trained(f)
	var bundles []*bundle.Bundle
	for i, file := range files {
		b, err := bundle.Read(bytes.NewReader(file), int64(len(file)), "f.keras")
		if err != nil {
			f.Fatal(err)
		}
		bundles = append(bundles, b)
		f.Add(uint8(i), "f.csv", []byte(samples[i]))
	}
	m := model.Sequential(layer.Input{Shape: []int{4, 4, 1}}, layer.Flatten{}, layer.Dense{Units: 2})
	if err := m.Build(1); err != nil {
		f.Fatal(err)
	}
	bundles = append(bundles, &bundle.Bundle{Model: m})
	for _, pattern := range []string{"../data/*/testdata/*", "../tensor/testdata/*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatal(pattern, err)
		}
		for i, p := range paths {
			if b, err := os.ReadFile(p); err == nil && len(b) < 1<<14 {
				f.Add(uint8(i), filepath.Base(p), b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, name string, content []byte) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		b := bundles[int(which)%len(bundles)]
		bound, err := b.Bind(&task.Source{Info: source.Of(bytes.NewReader(content), name, source.Options{})})
		if err != nil {
			if strings.Contains(err.Error(), "\n") && !strings.Contains(name, "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		y, err := b.Predict(ctx, bound)
		if err != nil || bound.Decode == nil {
			return
		}
		_ = bound.WriteCSV(io.Discard, y)
	})
}

// predict goes as far as the inputs let it.
func predict(t *testing.T, file []byte, config, prep, table string) {
	file = changed(t, file, map[string]string{"config.json": config, bundle.Member: prep})
	b, err := bundle.Read(bytes.NewReader(file), int64(len(file)), "f.keras")
	if err != nil {
		return
	}
	bound, err := b.Bind(&task.Source{Info: source.Of(strings.NewReader(table), "t.csv", source.Options{})})
	if err != nil {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	out, err := b.Predict(ctx, bound)
	if err != nil || bound.Decode == nil {
		return
	}
	_ = bound.WriteCSV(io.Discard, out)
}
