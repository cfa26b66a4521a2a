package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// base is a sound experiment: its data and its file.
type base struct {
	name    string
	kind    string // table, images, series, text
	data    func() (*table, error)
	target  string
	number  bool   // the target is a number
	first   string // a column of numbers that says much of the target; "" where there is none
	head    string // the sections data and split, with SOURCE in the place of the file
	layers  []string
	epochs  int
	judge   bool                           // thresholds were not chosen on it
	season  bool                           // a series with a season longer than a few steps
	overlap bool                           // classes overlap
	bent    bool                           // a linear model is far behind
	good    []string                       // columns without which nothing can be said
	arrays  bool                           // the source is arrays, and no table
	begins  int                            // so many of the first pictures of Fashion-MNIST are the source
	draw    func() (pixels, labels []byte) // the source is drawn: nil of others
}

// mlp is two hidden layers and an output.
func mlp(units int, activation string) []string {
	return []string{"dense: {units: 32, activation: relu}", "dense: {units: 16, activation: relu}",
		fmt.Sprintf("dense: {units: %d, activation: %s}", units, activation)}
}

const parts = "split: {validation: 0.2, test: 0.3}\n"

// head is the sections data and split of a table.
func head(target string) string { return "data: {source: SOURCE, target: " + target + "}\n" + parts }

// pixelHead is head of a table of pixels.
const pixelHead = "data: {source: SOURCE, target: digit, features: minmax}\n" + parts

// seriesHead is head of a series.
func seriesHead(target string, window int) string {
	return fmt.Sprintf("data: {source: SOURCE, target: %s, series: {window: %d}}\n"+
		"split: {validation: 0.2, test: 0.25}\n", target, window)
}

// textHead is head of texts of so many words.
func textHead(words int) string {
	return fmt.Sprintf("data: {source: SOURCE, target: label, features: {text: {text: {words: %d, output: tfidf}}}}\n",
		words) + parts
}

// mnistHead is head of rows of a part of MNIST.
func mnistHead(part string, rows int) string {
	return fmt.Sprintf("data: {source: SHARED/mnist/%[1]s-images-idx3-ubyte.gz, labels: "+
		"SHARED/mnist/%[1]s-labels-idx1-ubyte.gz, rows: %[2]d}\n", part, rows) + parts
}

func flat(l []string) []string { return append([]string{"flatten: {}"}, l...) }

// texted is a network of texts.
func texted(units int, activation string) []string {
	return append([]string{"dropout: 0.5"}, mlp(units, activation)...)
}

// conv is a network of pictures.
func conv() []string {
	return []string{"conv2d: {filters: 8, kernel_size: 3, strides: 2, activation: relu}",
		"conv2d: {filters: 12, kernel_size: 3, strides: 2, activation: relu}", "flatten: {}",
		"dense: {units: 10, activation: softmax}"}
}

// bases are the sound experiments: those that thresholds are chosen on, and those of the judgement. Each table is read
// once.
func bases() []base { return everyBase() }

var everyBase = sync.OnceValue(func() []base {
	all := slices.Concat(chosen(), former(), second(), judged())
	for i := range all {
		if all[i].data == nil {
			continue
		}
		read := sync.OnceValues(all[i].data)
		all[i].data = func() (*table, error) {
			t, err := read()
			if err != nil {
				return nil, err
			}
			return t.clone(), nil
		}
	}
	return all
})

// chosen are those that thresholds are chosen on, with former. Some of them were of earlier judgements: what these
// showed was mended.
func chosen() []base {
	return []base{
		{name: "rings", bent: true, good: []string{"u", "v"}, kind: "table", data: made(rings(500, 4, 11)),
			target: "kind", first: "u", head: head("kind"),
			layers: mlp(3, "softmax")},
		{name: "friedman", bent: true, kind: "table", data: made(friedman(500, 1, 12)), target: "y", number: true,
			first: "x4",
			head:  head("y"), layers: mlp(1, "linear")},
		{name: "xor", bent: true, good: []string{"p", "q", "shop"}, kind: "table", data: made(xor(600, 0.2, 13)),
			target: "bought", first: "p", head: head("bought"),
			layers: mlp(1, "sigmoid")},
		{name: "wine", kind: "table", data: plain("toy/wine_data.csv", 1, true, 0), target: "y", first: "f13",
			head: head("y"), layers: mlp(3, "softmax")},
		{name: "digits", kind: "images", data: file("embed:digits", 700), target: "digit", head: pixelHead,
			layers: mlp(10, "softmax")},
		{name: "wave", kind: "series", season: true, data: made(wave(420, 12, 14)),
			target: "load", number: true, first: "load",
			head: seriesHead("load", 24), layers: flat(mlp(1, "linear"))},
		{name: "reviews", kind: "text", data: made(reviews(1200, 15)), target: "label", head: textHead(200),
			layers: texted(1, "sigmoid")},

		{name: "rings-2", bent: true, good: []string{"u", "v"}, kind: "table", data: made(rings(600, 6, 21)),
			target: "kind", first: "v",
			head: head("kind"), layers: mlp(3, "softmax")},
		{name: "friedman-2", bent: true, kind: "table", data: made(friedman(600, 1.5, 22)), target: "y", number: true,
			first: "x1", head: head("y"), layers: mlp(1, "linear")},
		{name: "spirals", bent: true, good: []string{"a", "b"}, kind: "table", data: made(spirals(600, 0.12, 23)),
			target: "side", first: "a",
			head: head("side"), layers: mlp(1, "sigmoid")},
		{name: "xor-2", bent: true, overlap: true, good: []string{"p", "q", "shop"}, kind: "table",
			data:   made(xor(700, 0.4, 24)),
			target: "bought", first: "q",
			head: head("bought"), layers: mlp(1, "sigmoid")},
		{name: "iris", kind: "table", data: file("embed:iris", 0), target: "species",
			first: "petal_length", head: head("species"), layers: mlp(3, "softmax")},
		{name: "cancer", kind: "table", data: plain("toy/breast_cancer.csv", 1, true, 0), target: "y",
			first: "f1", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "boston", kind: "table", data: plain("tabular/housing.csv", 0, false, 0), target: "y",
			number: true, first: "f13", head: head("y"), layers: mlp(1, "linear")},
		{name: "pima", kind: "table", overlap: true, data: plain("tabular/pima-indians-diabetes.csv", 0, true, 0),
			target: "y", first: "f2", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "sonar", kind: "table", data: plain("tabular/sonar.csv", 0, true, 0), target: "y",
			first: "f11", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "titanic", kind: "table", data: file("embed:titanic", 0), target: "Survived", first: "Age",
			head: "data: {source: SOURCE, target: Survived, features: {PassengerId: drop, Name: drop, Ticket: drop, " +
				"Cabin: drop}}\n" + parts, layers: mlp(1, "sigmoid")},
		{name: "digits-2", kind: "images", data: file("embed:digits", 1100), target: "digit", head: pixelHead,
			layers: mlp(10, "softmax")},
		{name: "mnist", kind: "images", target: "digit", head: mnistHead("train", 1200), layers: conv(),
			arrays: true, epochs: 20},
		{name: "wave-2", kind: "series", season: true, data: made(wave(500, 24, 25)), target: "load", number: true,
			first: "load", head: seriesHead("load", 48), layers: flat(mlp(1, "linear"))},
		{name: "temperatures", kind: "series", data: file("series/daily-min-temperatures.csv", 0),
			target: "Temp", number: true, first: "Temp", head: "data: {source: SOURCE, target: Temp, time: Date, " +
				"series: {window: 14}, rows: 1200}\nsplit: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1,
				"linear"))},
		{name: "reviews-2", kind: "text", data: made(reviews(1500, 26)), target: "label", head: textHead(200),
			layers: texted(1, "sigmoid")},

		{name: "california", kind: "table", data: file("tabular/california-housing.csv.gz", 900),
			target: "median_house_value", number: true, head: head("median_house_value"), layers: mlp(1, "linear")},
		{name: "sunspots", kind: "series", data: file("series/monthly-sunspots.csv", 0),
			target: "Sunspots",
			number: true, head: "data: {source: SOURCE, target: Sunspots, series: {window: 24}, rows: 1500}\n" +
				"split: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1, "linear"))},
		{name: "customers", kind: "table", data: file("tabular/Mall_Customers.csv", 0), target: "last",
			number: true, head: head("last"), layers: mlp(1, "linear")},
		{name: "opinions", kind: "text", overlap: true, data: file("text/nsmc-train.tsv.gz", 1500), target: "label",
			head: "data: {source: SOURCE, target: label, features: {id: drop, document: {text: {unit: character, " +
				"ngrams: 3, " +
				"words: 1500, count: 2, output: tfidf}}}}\n" + parts,
			layers: texted(1, "sigmoid")},
		{name: "spirals-3", bent: true, good: []string{"a", "b"}, kind: "table", data: made(spirals(450, 0.2, 33)),
			target: "side",
			head:   head("side"), layers: mlp(1, "sigmoid")},
		{name: "friedman-3", bent: true, kind: "table", data: made(friedman(450, 2, 34)), target: "y", number: true,
			head: head("y"), layers: mlp(1, "linear")},
		{name: "xor-3", bent: true, overlap: true, good: []string{"p", "q", "shop"}, kind: "table",
			data:   made(xor(500, 0.8, 35)),
			target: "bought",
			head:   head("bought"),
			layers: mlp(1, "sigmoid")},
	}
}

// experiment is an experiment in the making: a base that a plant may spoil.
type experiment struct {
	base
	table  *table
	layers []string
	train  string // keys of the section train but the optimizer, epochs, batch and callbacks
	optim  string
	epochs int
	batch  int
	stop   bool
	sets   []string // assignments
	r      *rand.Rand
}

// begin returns the sound experiment of a base; what is drawn at random is drawn from the seed.
func (b base) begin(seed uint64) (*experiment, error) {
	e := &experiment{base: b, layers: append([]string(nil), b.layers...), optim: "{adam: {learning_rate: 0.005}}",
		epochs: 40, batch: 32, stop: true, r: rand.New(rand.NewPCG(seed, 77))}
	if b.epochs > 0 {
		e.epochs = b.epochs
	}
	if b.data == nil {
		return e, nil
	}
	var err error
	e.table, err = b.data()
	return e, err
}

// write writes the experiment into a folder and returns its text.
func (e *experiment) write(dir string) (string, error) {
	source := filepath.Join(dir, "data.csv")
	if e.table != nil {
		if err := e.table.write(source); err != nil {
			return "", err
		}
	}
	head := strings.ReplaceAll(e.head, "SOURCE", strconv.Quote(source))
	head = strings.ReplaceAll(head, "SHARED", filepath.Join(os.Getenv("GORAE_SHARED"), "data"))
	if e.begins > 0 {
		if err := e.idx(dir); err != nil {
			return "", err
		}
		head = strings.ReplaceAll(head, "FASHION", dir)
	}
	if e.draw != nil {
		pixels, labels := e.draw()
		if err := writeIDX(dir, pixels, labels); err != nil {
			return "", err
		}
		head = strings.ReplaceAll(head, "FOLDER", dir)
	}
	stop := "[]"
	if e.stop {
		stop = "[{early_stopping: {patience: 8, restore_best_weights: true}}]"
	}
	return fmt.Sprintf("%smodel: [{%s}]\ntrain: {%soptimizer: %s, epochs: %d, batch_size: %d, callbacks: %s}\n", head,
		strings.Join(e.layers, "}, {"), e.train, e.optim, e.epochs, e.batch, stop), nil
}
