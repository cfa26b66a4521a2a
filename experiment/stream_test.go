package experiment

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
	"gorae/train"
)

// untrained is the product of an experiment before its first step.
func untrained(t *testing.T, text string) *Product {
	t.Helper()
	r := open(t, text)
	return &Product{Model: r.Model, Recipe: r.Recipe, path: "model.keras"}
}

// TestStream: predictions and figures of pictures that are read some at a time are those of one tensor of all, to the bit.
func TestStream(t *testing.T) {
	ctx := context.Background()
	dir := pets(t, 300, 12) // more than one batch
	p := untrained(t, "data: {source: "+dir+", features: zscore}\nmodel: [{conv2d: {filters: 3, kernel_size: 3}}, flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	for _, path := range []string{dir, filepath.Join(dir, "list.csv")} {
		src, err := p.Read(path, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if src.Arrays != nil || src.Dataset == nil {
			t.Fatal("the pictures are in memory")
		}
		target := ""
		if path != dir {
			target = "kind"
		}
		got, err := p.Predict(ctx, src)
		if err != nil {
			t.Fatal(err)
		}
		xs, err := p.Inputs(src)
		if err != nil {
			t.Fatal(err)
		}
		want, err := p.Model.Predict(ctx, xs...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got[0].F32, want[0].F32) || len(got[0].F32) != 300 {
			t.Errorf("%s: predictions differ", path)
		}
		f, err := p.Evaluate(ctx, src, target)
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
		r := open(t, "data: {source: "+dir+"}\nmodel: [flatten, {dense: {units: 1, activation: sigmoid}}]\n")
		all, err := train.Evaluate(ctx, p.Model, train.Pairs(xs[0], y), r.Train.Loss, r.measures(), p.Model.PredictBatch())
		if err != nil || fmt.Sprint(f) != fmt.Sprint(all) {
			t.Errorf("%s: %v, of all at once %v %v", path, f, all, err)
		}
	}
}

// TestStreamMemory: what predict and evaluate hold does not grow with the pictures: these would be 350 MB of floats, and 90 MB of bytes.
func TestStreamMemory(t *testing.T) {
	dir := pets(t, 4, 16)
	list := "file,class\n"
	for i := range 5000 {
		list += fmt.Sprintf("%s/%02d.png,%s\n", []string{"lying", "upright"}[i%2], i%4, []string{"lying", "upright"}[i%2])
	}
	path := filepath.Join(dir, "many.csv")
	if err := os.WriteFile(path, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	p := untrained(t, "data: {source: "+pets(t, 20, 77)+"}\nmodel: [flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	src, err := p.Read(path, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Predict(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Evaluate(context.Background(), src, ""); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 120<<20 {
		t.Errorf("the heap has grown by %d MB", grown>>20)
	}
}

// TestOthersModel: a model that came without a recipe is judged on a folder of classes, and says what does not fit.
func TestOthersModel(t *testing.T) {
	ctx := context.Background()
	dir := pets(t, 12, 8)
	r := open(t, "data: {source: "+dir+"}\nmodel: [flatten, {dense: {units: 1, activation: sigmoid}}]\n")
	p := &Product{Model: r.Model, path: "other.keras"}
	src, err := p.Read(dir, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if f, err := p.Evaluate(ctx, src, ""); err != nil || len(f) != 2 || f[1].Name != "accuracy" {
		t.Errorf("%v %v", f, err)
	}
	if y, err := p.Predict(ctx, src); err != nil || y[0].Shape[0] != 12 {
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
	for path, want := range map[string]string{
		dir:                              "3 kinds of pictures, but other.keras tells 2 apart",
		filepath.Join(dir, "third"):      "pictures without classes; put each class's pictures into a folder of its own",
		filepath.Join(third, "x.png"):    "pictures without classes",
		filepath.Join(dir, "nobody.png"): "no such file",
	} {
		src, err := p.Read(path, nil, "")
		if err == nil {
			_, err = p.Evaluate(ctx, src, "")
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
