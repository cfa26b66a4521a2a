package bundle_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/bundle"
	"gorae/data"
	"gorae/task"
	"gorae/tensor"
)

// TestValuesOfPictures: pictures as image.Image, as the bytes of a file and as a file predict the same.
func TestValuesOfPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(3, 4))
	picture := func(class int) image.Image {
		m := image.NewNRGBA(image.Rect(0, 0, 12, 10))
		for y := range 10 {
			for x := range 12 {
				m.Set(x, y, color.NRGBA{uint8(random.IntN(120) + 130*class), uint8(random.IntN(256)), 40, 255})
			}
		}
		return m
	}
	content := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for class, name := range []string{"blue", "red"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			if err := os.WriteFile(filepath.Join(dir, name, fmt.Sprint(i, ".png")), content(picture(class)),
				0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := learnt(t, `{data: {source: "`+dir+`", image: {size: [8, 8]}}, train: {epochs: 2, baselines: false}}`)
	m := picture(1)
	want := fromFile(t, b, "one.png", content(m))[0]
	for what, v := range map[string]any{"image": m, "bytes": content(m)} {
		got, err := bundle.Prediction[map[string]any](t.Context(), b, v)
		if err != nil {
			t.Fatal(err)
		}
		same(t, what, got, want)
	}
	for want, v := range map[string]any{
		"sample 1: a text, but the model takes an image.Image or the bytes of a picture file": "a.png",
		"picture 1: ": []byte("no picture"),
		"sample 1: *image.NRGBA, but the model takes pictures; this one has no pixels": &image.NRGBA{},
	} {
		if _, err := bundle.Prediction[string](t.Context(), b, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

// TestValuesOfSeries: a history predicts what the window that ends with the series does, with times as text and as
// time.Time.
func TestValuesOfSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	b := learnt(t, `{data: {source: embed:airline, time: Month, series: {window: 12}}, train: {epochs: 2}}`)
	table, err := data.Samples()[sample(t, "airline")].Table()
	if err != nil {
		t.Fatal(err)
	}
	names := b.Fitted.(task.Columner).Needs()
	clock, err := table.Column(names[0])
	if err != nil {
		t.Fatal(err)
	}
	number, err := table.Column(names[1])
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.Write(names); err != nil {
		t.Fatal(err)
	}
	var rows, timed []map[string]any
	for i := range 40 {
		v, err := number.Float(i)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse("2006-01", clock.Spelling(i))
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, map[string]any{names[0]: clock.Spelling(i), names[1]: int(v)})
		timed = append(timed, map[string]any{names[0]: at, names[1]: v})
		if err := w.Write([]string{clock.Spelling(i), fmt.Sprint(v)}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	all := fromFile(t, b, "airline.csv", text.Bytes())
	got, err := bundle.Predictions[map[string]any](t.Context(), b, [][]map[string]any{rows, timed, rows[:20]})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "text", got[0], all[len(all)-1])
	same(t, "time.Time", got[1], all[len(all)-1])
	same(t, "20 rows", got[2], all[len(all)-1-20])
	if _, err := bundle.Prediction[float64](t.Context(), b, rows[:5]); err == nil || !strings.Contains(err.Error(),
		"sample 1: ") {
		t.Error(err)
	}
	if _, err := bundle.Prediction[float64](t.Context(), b, rows[0]); err == nil || !strings.Contains(err.Error(),
		"sample 1: a struct or a map, but the model takes a history: a list of rows with the values ") {
		t.Error(err)
	}
}

func sample(t *testing.T, name string) int {
	t.Helper()
	for i, s := range data.Samples() {
		if s.Name == name {
			return i
		}
	}
	t.Fatalf("no sample %s", name)
	return 0
}

// TestValuesOfSequences: sequences as lists of steps predict what a table in long form does.
func TestValuesOfSequences(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(5, 6))
	walk := func(class int) (steps [][]float64) {
		for range 4 + random.IntN(6) {
			steps = append(steps, []float64{random.NormFloat64() + float64(class), random.Float64()})
		}
		return steps
	}
	long := func(all [][][]float64, labelled bool) []byte {
		var b bytes.Buffer
		b.WriteString("id,step,a,b")
		if labelled {
			b.WriteString(",kind")
		}
		for i, steps := range all {
			for k, s := range steps {
				fmt.Fprintf(&b, "\n%d,%d,%v,%v", i, k, s[0], s[1])
				if labelled {
					fmt.Fprintf(&b, ",k%d", i%2)
				}
			}
		}
		b.WriteString("\n")
		return b.Bytes()
	}
	var all [][][]float64
	for i := range 40 {
		all = append(all, walk(i%2))
	}
	path := filepath.Join(dir, "walks.csv")
	if err := os.WriteFile(path, long(all, true), 0o644); err != nil {
		t.Fatal(err)
	}
	b := learnt(t, `{data: {source: "`+path+`", target: kind, sequence: {id: id, step: step}}, train: {epochs: 2,
		baselines: false}}`)
	want := fromFile(t, b, "new.csv", long(all[:7], false))
	got, err := bundle.Predictions[map[string]any](t.Context(), b, all[:7])
	if err != nil {
		t.Fatal(err)
	}
	named := make([][]map[string]float64, 7)
	for i, steps := range all[:7] {
		for _, s := range steps {
			named[i] = append(named[i], map[string]float64{"a": s[0], "b": s[1]})
		}
	}
	byName, err := bundle.Predictions[map[string]any](t.Context(), b, named)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		same(t, fmt.Sprint("sequence ", i), got[i], want[i])
		same(t, fmt.Sprint("sequence by name ", i), byName[i], want[i])
	}
	for want, v := range map[string]any{
		"sample 1, step 1: no value \"b\"; a step has a, b":          []map[string]float64{{"a": 1}},
		"sequence 1, step 2: 1 value; give one for each of a, b":     [][]float64{{1, 2}, {3}},
		"sample 1, step 1: NaN is no number; give one for each of a": [][]float64{{math.NaN(), 1}},
		"sequence 1 has no steps":                                    [][]float64{},
		"sample 1: a text, but the model takes a list of steps":      "text",
	} {
		if _, err := bundle.Prediction[string](t.Context(), b, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

// TestValuesOfText: a text is a sample of a model that takes one column of text, and of a language model.
func TestValuesOfText(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("review,label\n")
	for i := range 60 {
		fmt.Fprintf(&b, "\"a %s film, number %d\",%s\n", []string{"good", "bad"}[i%2], i, []string{"yes", "no"}[i%2])
	}
	path := filepath.Join(dir, "reviews.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	m := learnt(t, `{data: {source: "`+path+`", target: label, features: {review: {text: {words: 50, length: 8}}}},
		train: {epochs: 2, baselines: false}}`)
	want := fromFile(t, m, "new.csv", []byte("review\n\"a good, good film\"\n"))[0]
	for what, v := range map[string]any{"string": "a good, good film",
		"struct": struct{ Review string }{"a good, good film"}} {
		got, err := bundle.Prediction[map[string]any](t.Context(), m, v)
		if err != nil {
			t.Fatal(err)
		}
		same(t, what, got, want)
	}
	lm := filepath.Join(dir, "plays.txt")
	if err := os.WriteFile(lm, []byte(strings.Repeat("to be or not to be, ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	l := learnt(t, `{data: {source: "`+lm+`", text: {unit: character, window: 10}}, train: {epochs: 1,
		baselines: false}}`)
	rows := fromFile(t, l, "new.txt", []byte("to be or not to be"))
	got, err := bundle.Prediction[[]map[string]any](t.Context(), l, "to be or not to be")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(rows) {
		t.Fatalf("%d rows; want %d", len(got), len(rows))
	}
	for i := range rows {
		same(t, fmt.Sprint("token ", i), got[i], rows[i])
	}
}

// TestValuesOfArrays: nested slices predict what an array of a file does.
func TestValuesOfArrays(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(7, 8))
	x, y := tensor.New(tensor.Float32, 60, 3, 2), tensor.New(tensor.Int32, 60)
	for i := range x.F32 {
		y.I32[i/6] = int32(i / 6 % 2)
		x.F32[i] = float32(random.NormFloat64()) + float32(y.I32[i/6])
	}
	npy := func(x *tensor.Tensor) []byte {
		var b bytes.Buffer
		if err := tensor.WriteNPY(&b, x); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, a := range map[string]*tensor.Tensor{"x.npy": x, "y.npy": y} {
		if err := os.WriteFile(filepath.Join(dir, name), npy(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := learnt(t, `{data: {source: "`+filepath.Join(dir, "x.npy")+`", labels: "`+filepath.Join(dir, "y.npy")+
		`"}, train: {epochs: 2, baselines: false}}`)
	want := fromFile(t, b, "new.npy", npy(x.Rows(0, 5)))
	samples := make([][3][2]float32, 5)
	for i := range samples {
		for k := range 3 {
			copy(samples[i][k][:], x.F32[6*i+2*k:])
		}
	}
	got, err := bundle.Predictions[map[string]any](t.Context(), b, samples)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		same(t, fmt.Sprint("sample ", i), got[i], want[i])
	}
	if _, err := bundle.Prediction[int](t.Context(), b, [][]int{{1, 2}}); err == nil || !strings.Contains(err.Error(),
		"sample 1: a list of 1 where one of 3 is needed: the model takes samples of shape (3, 2)") {
		t.Error(err)
	}
}
