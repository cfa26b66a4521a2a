package bundle_test

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
	"gorae/task/word2vec"
	"gorae/tensor"
)

// modelOf writes files, given as names and contents, trains the experiment beside them and opens its model.
func modelOf(experiment string, files ...string) (*bundle.Bundle, error) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o600); err != nil {
			return nil, err
		}
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(experiment))
	if err != nil {
		return nil, err
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		return nil, err
	}
	r, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		return nil, err
	}
	return bundle.Open(filepath.Join(r.Dir, run.ModelFile))
}

// grid is a grey picture of 8 × 8 pixels, those in a column from split on white.
func grid(split int, random *rand.Rand) image.Image {
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = uint8(random.IntN(60))
		if i%8 >= split {
			m.Pix[i] += 180
		}
	}
	return m
}

// encoded is the bytes of a picture's file.
func encoded(m image.Image) string {
	var b strings.Builder
	_ = png.Encode(&b, m) // a strings.Builder takes all
	return b.String()
}

// A text is a string; the prediction is the name of a class with its probabilities.
func ExamplePredictions_text() {
	text, labels := "", ""
	for i := range 60 {
		text += fmt.Sprintf("a %s film about the year %d\n", []string{"great", "dull"}[i%2], 1960+i)
		labels += []string{"good\n", "bad\n"}[i%2]
	}
	b, err := modelOf(`{data: {source: a.txt, labels: y.txt}, train: {epochs: 30, baselines: false}}`, "a.txt", text,
		"y.txt", labels)
	if err != nil {
		fmt.Println(err)
		return
	}
	type answer struct {
		Prediction string
		P          map[string]float64
	}
	answers, err := bundle.Predictions[answer](context.Background(), b, []string{"a great year", "about a dull film"})
	for _, a := range answers {
		fmt.Println(a.Prediction, a.P[a.Prediction] > 0.5)
	}
	fmt.Println(err)
	// Output:
	// good true
	// bad true
	// <nil>
}

// A picture is an image.Image of any size, or the bytes of its file.
func ExamplePredictions_image() {
	random := rand.New(rand.NewPCG(1, 2))
	var files []string
	for i := range 60 {
		class, split := "narrow", 6
		if i%2 == 1 {
			class, split = "wide", 2
		}
		files = append(files, fmt.Sprintf("pictures/%s/%d.png", class, i), encoded(grid(split, random)))
	}
	b, err := modelOf(`{data: {source: pictures}, train: {epochs: 15, baselines: false}}`, files...)
	if err != nil {
		fmt.Println(err)
		return
	}
	classes, err := bundle.Predictions[string](context.Background(), b, []image.Image{grid(6, random), grid(2, random)})
	fmt.Println(classes, err)
	// Output: [narrow wide] <nil>
}

// An array is nested slices of numbers of the shape of a sample.
func ExamplePredictions_arrays() {
	random := rand.New(rand.NewPCG(1, 2))
	sample := func(class int) (x [2][3]float32) {
		for i := range x {
			for k := range x[i] {
				x[i][k] = float32(random.NormFloat64() + 4*float64(class*(1-i)))
			}
		}
		return x
	}
	x, y := tensor.New(tensor.Float32, 80, 2, 3), tensor.New(tensor.Int32, 80)
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
		for k, row := range sample(i % 2) {
			copy(x.F32[6*i+3*k:], row[:])
		}
	}
	var npz strings.Builder
	if err := tensor.WriteNPZ(&npz, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}}); err != nil {
		fmt.Println(err)
		return
	}
	b, err := modelOf(`{data: {source: a.npz}, train: {epochs: 30, baselines: false}}`, "a.npz", npz.String())
	if err != nil {
		fmt.Println(err)
		return
	}
	classes, err := bundle.Predictions[int](context.Background(), b, [][2][3]float32{sample(0), sample(1)})
	fmt.Println(classes, err)
	// Output: [0 1] <nil>
}

// A sequence is a slice of its steps, of any length.
func ExamplePredictions_sequence() {
	type step struct{ Speed float64 }
	random := rand.New(rand.NewPCG(1, 2))
	walk := func(slope float64) (steps []step) {
		for i := range 5 + random.IntN(5) {
			steps = append(steps, step{slope*float64(i) + random.Float64()})
		}
		return steps
	}
	table := "id,step,speed,kind\n"
	for i := range 60 {
		kind := []string{"rises", "falls"}[i%2]
		for k, s := range walk([]float64{0.5, -0.5}[i%2]) {
			table += fmt.Sprintf("%d,%d,%g,%s\n", i, k, s.Speed, kind)
		}
	}
	b, err := modelOf(`{data: {source: walks.csv, target: kind, sequence: {id: id, step: step}}, train: {epochs: 20,
		baselines: false}}`, "walks.csv", table)
	if err != nil {
		fmt.Println(err)
		return
	}
	kinds, err := bundle.Predictions[string](context.Background(), b, [][]step{walk(0.5), walk(-0.5)})
	fmt.Println(kinds, err)
	// Output: [rises falls] <nil>
}

// The rows of a text are its tokens, each with what a language model expects behind it.
func ExamplePredictions_language() {
	type token struct {
		Character, Prediction string
		P                     float64
	}
	b, err := modelOf(`{data: {source: a.txt, text: {unit: character, window: 6}}, train: {epochs: 8, baselines: false,
		optimizer: {adam: {learning_rate: 0.03}}}, model: [{embedding: {input_dim: vocabulary, output_dim: 8}},
		{gru: {units: 16, return_sequences: true}}, {dense: {units: vocabulary, activation: softmax}}]}`,
		"a.txt", strings.Repeat("abcd", 300))
	if err != nil {
		fmt.Println(err)
		return
	}
	tokens, err := bundle.Prediction[[]token](context.Background(), b, "abcdabc")
	if err != nil {
		fmt.Println(err)
		return
	}
	last := tokens[len(tokens)-1]
	fmt.Println(last.Character, last.Prediction, last.P > 0.5)
	// Output: c d true
}

// A sentence becomes its translation.
func ExamplePredictions_translate() {
	pairs := ""
	for i := range 200 {
		k := i % 4
		pairs += fmt.Sprintf("%s %s\t%s %s\n", []string{"red", "old", "big", "new"}[k],
			[]string{"house", "tree", "car"}[i%3], []string{"maison", "arbre", "voiture"}[i%3],
			[]string{"rouge", "vieux", "grand", "neuf"}[k])
	}
	b, err := modelOf(`{data: {source: pairs.tsv, translate: {from: 1, to: 2, unit: word, units: 16}}, train: {
		epochs: 30, baselines: false, optimizer: {adam: {learning_rate: 0.02}}}}`, "pairs.tsv", pairs)
	if err != nil {
		fmt.Println(err)
		return
	}
	french, err := bundle.Predictions[string](context.Background(), b, []string{"old tree", "red car"})
	fmt.Println(french, err)
	// Output: [arbre vieux voiture rouge] <nil>
}

// Words have vectors, with which the nearest ones are found; a word alone gives its vector.
func ExamplePredictions_word2vec() {
	text := ""
	for i := range 600 {
		text += "the " + []string{"cat", "dog", "cow"}[i%3] + " sleeps and eats in the barn\n" +
			"a " + []string{"fig", "plum", "pear"}[i/3%3] + " grows and falls from a tree\n"
	}
	b, err := modelOf(`{data: {source: a.txt, word2vec: {size: 16, sample: 0, learning_rate: 0.05,
		epochs: 5}}, train: {baselines: false}}`, "a.txt", text)
	if err != nil {
		fmt.Println(err)
		return
	}
	near, err := b.Fitted.(*word2vec.Fitted).Vectors(b.Model).Near("cat", 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	words := []string{near[0].Word, near[1].Word}
	slices.Sort(words)
	fmt.Println(words)
	vector, err := bundle.Prediction[map[string]any](context.Background(), b, "cat")
	fmt.Println(vector["word"], len(vector)-1, err)
	// Output:
	// [cow dog]
	// cat 16 <nil>
}

// A sample of a model with data.group_by is the rows of one key; its prediction is the group and the codes.
func ExamplePredictions_grouped() {
	type order struct {
		Day    time.Time
		Amount float64
	}
	random := rand.New(rand.NewPCG(1, 2))
	orders := func(key int) (rows []order) {
		for i := range 3 + 5*(key%2) {
			rows = append(rows, order{time.Date(2024, 3, 1+3*i+random.IntN(3), 0, 0, 0, 0, time.UTC),
				float64(10+50*(key%2)) + random.NormFloat64()})
		}
		return rows
	}
	table := "customer,day,amount\n"
	for i := range 100 {
		for _, o := range orders(i) {
			table += fmt.Sprintf("%d,%s,%g\n", i, o.Day.Format(time.DateOnly), o.Amount)
		}
	}
	b, err := modelOf(`{data: {source: orders.csv, group_by: customer, cluster: {codes: 2, k: [2, 3]}},
		train: {epochs: 5}}`, "orders.csv", table)
	if err != nil {
		fmt.Println(err)
		return
	}
	type answer struct {
		Group int
		Error float64 // of the reconstruction
	}
	a, err := bundle.Predictions[answer](context.Background(), b, [][]order{orders(0), orders(1), orders(2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a[0].Group == a[2].Group, a[0].Group == a[1].Group)
	// Output: true false
}

// A picture with noise becomes one without.
func ExamplePredictions_restore() {
	random := rand.New(rand.NewPCG(1, 2))
	var files []string
	for i := range 40 {
		files = append(files, fmt.Sprintf("pictures/%d.png", i), encoded(grid(1+i%7, random)))
	}
	b, err := modelOf(`{data: {source: pictures, corrupt: {gaussian: 50}}, train: {epochs: 10, baselines: false}}`,
		files...)
	if err != nil {
		fmt.Println(err)
		return
	}
	noisy := grid(4, random)
	clean, err := bundle.Prediction[image.Image](context.Background(), b, noisy)
	if err != nil {
		fmt.Println(err)
		return
	}
	left, _, _, _ := clean.At(0, 4).RGBA()
	right, _, _, _ := clean.At(7, 4).RGBA()
	fmt.Println(clean.Bounds(), left < right)
	// Output: (0,0)-(8,8) true
}

// New pictures are made from a seed.
func ExampleBundle_Pictures() {
	random := rand.New(rand.NewPCG(1, 2))
	var files []string
	for i := range 60 {
		files = append(files, fmt.Sprintf("pictures/%d.png", i), encoded(grid(1+i%7, random)))
	}
	b, err := modelOf(`{data: {source: pictures, generate: {kind: vae, latent: 2}}, train: {epochs: 3}}`, files...)
	if err != nil {
		fmt.Println(err)
		return
	}
	pictures, err := b.Pictures(context.Background(), 3, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pictures.Shape)
	// Output: (3, 8, 8, 1)
}
