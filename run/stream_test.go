package run_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/format/keras"
	"gorae/loss"
	"gorae/metric"
	"gorae/tensor"
	"gorae/train"
)

// TestStream: predictions and figures of pictures that are read some at a time are those of one tensor of all, to the
// bit.
func TestStream(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	ctx := t.Context()
	dir := pets(t, 300, 12) // more than one batch
	p := untrained(t, "data: {source: "+dir+", features: zscore}\nmodel: [{conv2d: {filters: 3, kernel_size: 3}}, "+
		"flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	for _, path := range []string{dir, filepath.Join(dir, "list.csv")} {
		target := ""
		if path != dir {
			target = "kind"
		}
		got, err := p.predict(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, whole := got.bound.Data.(*data.Memory); whole {
			t.Fatal("the pictures are in memory")
		}
		x := tensor.New(tensor.Float32, 300, 12, 12, 3)
		for i := range 300 {
			copy(x.F32[i*12*12*3:], sample(t, got.bound.Data, 0, i)[0].F32)
		}
		want, err := p.Model.Predict(ctx, x)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.out[0].F32, want[0].F32) || len(got.out[0].F32) != 300 {
			t.Errorf("%s: predictions differ", path)
		}
		f, err := p.evaluate(path, "", target)
		if err != nil {
			t.Fatal(err)
		}
		y := tensor.New(tensor.Float32, 300, 1)
		for i := range y.F32 {
			y.F32[i] = float32(i / 150) // the folder's order
			if path != dir {
				y.F32[i] = float32(i % 2)
			}
		}
		samples, err := data.Of(x, y)
		if err != nil {
			t.Fatal(err)
		}
		e := train.Evaluation{Losses: []loss.Loss{loss.BinaryCrossentropy{}},
			OutputMetrics: [][]metric.Metric{{metric.BinaryAccuracy{}}}, BatchSize: p.Model.PredictBatch()}
		all, err := e.Run(ctx, p.Model, train.Data{Source: samples})
		if err != nil || len(f.Metrics) != 2 || f.Metrics[0].Value != all[0].Value ||
			f.Metrics[1].Value != all[1].Value {
			t.Errorf("%s: %v, of all at once %v %v", path, f.Metrics, all, err)
		}
	}
}

// TestStreamMemory: what predict and evaluate hold does not grow with the pictures: these would be 350 MB of floats,
// and 90 MB of bytes.
func TestStreamMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := pets(t, 4, 16)
	list := "file,class\n"
	for i := range 5000 {
		list += fmt.Sprintf("%s/%02d.png,%s\n", []string{"lying", "upright"}[i%2], i%4,
			[]string{"lying", "upright"}[i%2])
	}
	path := filepath.Join(dir, "many.csv")
	if err := os.WriteFile(path, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	p := untrained(t, "data: {source: "+pets(t, 20,
		77)+"}\nmodel: [flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := p.predict(path, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.evaluate(path, "", ""); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 120<<20 {
		t.Errorf("the heap has grown by %d MB", grown>>20)
	}
}

// TestOthersModel: a model that came without a recipe is judged on a folder of classes, and says what does not fit.
func TestOthersModel(t *testing.T) {
	dir := pets(t, 12, 8)
	r := open(t, "data: {source: "+dir+"}\nmodel: [flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	path := filepath.Join(t.TempDir(), "other.keras")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(keras.Save(f, r.Model), f.Close()); err != nil {
		t.Fatal(err)
	}
	p := load(t, path)
	if e, err := p.evaluate(dir, "", ""); err != nil || len(e.Metrics) != 2 || e.Metrics[1].Name != "accuracy" {
		t.Errorf("%v %v", e, err)
	}
	if y, err := p.predict(dir, nil); err != nil || y.out[0].Shape[0] != 12 {
		t.Errorf("%v %v", y, err)
	}
	third := filepath.Join(dir, "third")
	if err := os.MkdirAll(third, 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "upright", "01.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(third, "x.png"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		dir: "3 kinds of pictures, but " + path + " tells 2 apart",
		filepath.Join(dir, "third"): "pictures without classes; put each class's pictures into a folder of its " +
			"own",
		filepath.Join(third, "x.png"):    "pictures without classes",
		filepath.Join(dir, "nobody.png"): "no such file",
	} {
		_, err := p.evaluate(source, "", "")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", source, err)
		}
	}
}
