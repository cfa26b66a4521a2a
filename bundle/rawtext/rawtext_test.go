package rawtext_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/bundle/rawtext"
	"gorae/data/source"
	_ "gorae/data/source/all"
	"gorae/task"
	_ "gorae/task/arrays"
)

// predict predicts of a file's content by a model of testdata.
func predict(t *testing.T, model, name, content string) ([]float32, error) {
	t.Helper()
	b, err := bundle.OpenBy(filepath.Join("testdata", model), rawtext.Load)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := source.Find(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(&task.Source{Info: info})
	if err != nil {
		return nil, err
	}
	out, err := b.Predict(t.Context(), bound)
	if err != nil {
		return nil, err
	}
	return out[0].F32, nil
}

// TestPredictions: raw texts, lines of them or rows of a table, are predicted as Keras predicts them
// (testdata/make.py).
func TestPredictions(t *testing.T) {
	text, err := os.ReadFile("testdata/predictions.json")
	if err != nil {
		t.Fatal(err)
	}
	var keras struct {
		Texts       []string
		Lengths     []float64
		Predictions map[string][][]float64
	}
	if err := json.Unmarshal(text, &keras); err != nil {
		t.Fatal(err)
	}
	rows := "length,review\n"
	for i, s := range keras.Texts {
		rows += fmt.Sprintf("%v,%q\n", keras.Lengths[i], s)
	}
	for _, c := range []struct{ model, name, content string }{
		{"reviews", "texts.txt", strings.Join(keras.Texts, "\n") + "\n"},
		{"reviews", "texts.csv", rows},
		{"lengths", "texts.csv", rows},
	} {
		got, err := predict(t, c.model+".keras", c.name, c.content)
		if err != nil {
			t.Fatal(err)
		}
		var want []float64
		for _, row := range keras.Predictions[c.model] {
			want = append(want, row...)
		}
		if len(got) != len(want) {
			t.Fatalf("%s of %s: %d numbers, Keras has %d", c.model, c.name, len(got), len(want))
		}
		for i, v := range want {
			if math.Abs(float64(got[i])-v) > 1e-6*(1+math.Abs(v)) {
				t.Errorf("%s of %s: number %d is %v, Keras has %v", c.model, c.name, i, got[i], v)
			}
		}
	}
}

// TestLacking: what a source lacks is said.
func TestLacking(t *testing.T) {
	for _, c := range []struct{ model, name, content, says string }{
		{"lengths", "t.txt", "one text\n", "lines of text are one input, and the model takes review, length"},
		{"lengths", "t.csv", "review,size\na,1\n", "no column length, which the model takes"},
		{"lengths", "t.csv", "review,length\na,long\nb,1\nc,2\nd,3\n", "column length"},
		{"reviews", "t.csv", "a,b\nx,y\n", "no column review"},
	} {
		_, err := predict(t, c.model+".keras", c.name, c.content)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s of %s: %v, want …%s…", c.model, c.name, err, c.says)
		}
	}
	b, err := bundle.OpenBy("testdata/reviews.keras", rawtext.Load)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Save(filepath.Join(t.TempDir(), "m.keras")); err == nil {
		t.Error("a model is saved without its layers on texts")
	}
}

// A model of Keras's that begins with TextVectorization predicts of lines of text.
func Example() {
	b, err := bundle.OpenBy("testdata/reviews.keras", rawtext.Load)
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "reviews.txt")
	if err := os.WriteFile(path, []byte("the deep sea\na whale\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	info, err := source.Find(path, source.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	texts, err := b.Bind(&task.Source{Info: info})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := b.Predict(context.Background(), texts)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", out[0].F32)
	// Output: [0.412 0.442]
}
