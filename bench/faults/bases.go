package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorae/data/source"
)

// table is rows of text under a header.
type table struct {
	names []string
	rows  [][]string
}

// column returns the place of a column.
func (t *table) column(name string) int {
	for k, n := range t.names {
		if n == name {
			return k
		}
	}
	panic("no column " + name)
}

// add adds a column.
func (t *table) add(name string, value func(i int) string) {
	t.names = append([]string{name}, t.names...)
	for i, r := range t.rows {
		t.rows[i] = append([]string{value(i)}, r...)
	}
}

// each changes a column.
func (t *table) each(name string, change func(i int, v string) string) {
	k := t.column(name)
	for i := range t.rows {
		t.rows[i][k] = change(i, t.rows[i][k])
	}
}

func (t *table) clone() *table {
	out := &table{names: append([]string(nil), t.names...)}
	for _, r := range t.rows {
		out.rows = append(out.rows, append([]string(nil), r...))
	}
	return out
}

func (t *table) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(append([][]string{t.names}, t.rows...)); err != nil {
		return err
	}
	return f.Close()
}

// base is a sound experiment: its data and its file.
type base struct {
	name   string
	kind   string // table, images, series, text
	data   func() (*table, error)
	target string
	number bool   // the target is a number
	first  string // a column of numbers that says much of the target; "" where there is none
	head   string // the sections data and split, with SOURCE in the place of the file
	layers []string
	epochs int
	judge  bool // thresholds were not chosen on it
	fresh  bool // of a second judgement of sound runs, after what the first one showed was mended
	arrays bool // the source is arrays, and no table
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// mlp is two hidden layers and an output.
func mlp(units int, activation string) []string {
	return []string{"dense: {units: 32, activation: relu}", "dense: {units: 16, activation: relu}",
		fmt.Sprintf("dense: {units: %d, activation: %s}", units, activation)}
}

const parts = "split: {validation: 0.2, test: 0.3}\n"

// rings is three classes in rings, with features that say nothing.
func rings(n, noise int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &table{names: []string{"u", "v"}}
	for k := range noise {
		t.names = append(t.names, fmt.Sprintf("n%d", k))
	}
	t.names = append(t.names, "kind")
	for range n {
		class := r.IntN(3)
		radius, angle := 1+1.2*float64(class)+0.22*r.NormFloat64(), 2*math.Pi*r.Float64()
		row := []string{number(radius * math.Cos(angle)), number(radius * math.Sin(angle))}
		for range noise {
			row = append(row, number(r.NormFloat64()))
		}
		t.rows = append(t.rows, append(row, []string{"inner", "middle", "outer"}[class]))
	}
	return t
}

// friedman is Friedman's first function of five of eight features, with noise.
func friedman(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 2))
	t := &table{names: []string{"x1", "x2", "x3", "x4", "x5", "x6", "x7", "y"}}
	for range n {
		x := make([]float64, 7)
		row := make([]string, 0, 8)
		for k := range x {
			x[k] = r.Float64()
			row = append(row, number(x[k]))
		}
		y := 10*math.Sin(math.Pi*x[0]*x[1]) + 20*(x[2]-0.5)*(x[2]-0.5) + 10*x[3] + 5*x[4] + noise*r.NormFloat64()
		t.rows = append(t.rows, append(row, number(y)))
	}
	return t
}

// spirals is two classes that no line parts.
func spirals(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 3))
	t := &table{names: []string{"a", "b", "c", "d", "side"}}
	for i := range n {
		side := i % 2
		at := 0.5 + 2.2*math.Sqrt(r.Float64())
		turn := at*1.6 + math.Pi*float64(side)
		t.rows = append(t.rows, []string{number(at*math.Cos(turn) + noise*r.NormFloat64()),
			number(at*math.Sin(turn) + noise*r.NormFloat64()), number(r.NormFloat64()), number(r.NormFloat64()),
			[]string{"left", "right"}[side]})
	}
	r.Shuffle(n, func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
	return t
}

// xor is two classes by the sign of a product, and a category.
func xor(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 4))
	t := &table{names: []string{"p", "q", "r", "s", "shop", "bought"}}
	for range n {
		p, q, s := r.NormFloat64(), r.NormFloat64(), r.IntN(4)
		score := p*q + 0.5*float64(s-1) + noise*r.NormFloat64()
		word := "no"
		if score > 0 {
			word = "yes"
		}
		t.rows = append(t.rows, []string{number(p), number(q), number(r.NormFloat64()), number(r.ExpFloat64()),
			[]string{"north", "east", "south", "west"}[s], word})
	}
	return t
}

// wave is a series with a season and a memory.
func wave(n, season int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 5))
	t := &table{names: []string{"hour", "load"}}
	e := 0.0
	for i := range n {
		e = 0.6*e + r.NormFloat64()
		phase := 2 * math.Pi * float64(i) / float64(season)
		y := 20 + 5*math.Sin(phase) + 3*math.Cos(2*phase)*math.Sin(phase/2) + 0.8*e
		t.rows = append(t.rows, []string{strconv.Itoa(i), number(y)})
	}
	return t
}

// reviews is made texts for and against, of words that say which and of words that do not.
func reviews(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 6))
	good := strings.Fields("fine lovely great bright warm clever charming superb moving honest")
	bad := strings.Fields("dull awful poor weak cold clumsy boring stale hollow false")
	other := strings.Fields("film story actor scene music camera plot end start hour house city road night day man " +
		"woman " +
		"child dog train war sea rain letter table door glass voice hand face")
	t := &table{names: []string{"text", "label"}}
	for range n {
		side := r.IntN(2)
		var words []string
		for range 8 + r.IntN(10) {
			switch v := r.Float64(); {
			case v < 0.12:
				words = append(words, [][]string{bad, good}[side][r.IntN(10)])
			case v < 0.16:
				words = append(words, [][]string{good, bad}[side][r.IntN(10)])
			default:
				words = append(words, other[r.IntN(len(other))])
			}
		}
		t.rows = append(t.rows, []string{strings.Join(words, " "), []string{"against", "for"}[side]})
	}
	return t
}

// file reads a table of the shared folder, or an embedded sample.
func file(path string, most int) func() (*table, error) {
	return func() (*table, error) {
		at := path
		if !strings.HasPrefix(path, "embed:") {
			at = filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(path))
		}
		s, err := source.Open(at, source.Options{})
		if err != nil {
			return nil, err
		}
		t := &table{names: s.Table.Names()}
		n := s.Table.Rows
		step := 1
		if most > 0 {
			step = max(1, n/most)
		}
		for i := 0; i < n && (most == 0 || len(t.rows) < most); i += step {
			var row []string
			for k := range s.Table.Columns {
				row = append(row, s.Table.Columns[k].Text(i))
			}
			t.rows = append(t.rows, row)
		}
		return t, nil
	}
}

func made(t *table) func() (*table, error) {
	return func() (*table, error) { return t.clone(), nil }
}

// plain reads rows of numbers without names, the target last.
func plain(path string, skip int, classes bool, most int) func() (*table, error) {
	return func() (*table, error) {
		f, err := os.Open(filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			return nil, err
		}
		t := &table{rows: rows[skip:]}
		if most > 0 && len(t.rows) > most {
			t.rows = t.rows[:most]
		}
		for k := range len(t.rows[0]) - 1 {
			t.names = append(t.names, fmt.Sprintf("f%d", k+1))
		}
		t.names = append(t.names, "y")
		if classes {
			t.each("y", func(_ int, v string) string { return "class " + v })
		}
		r2 := rand.New(rand.NewPCG(1, 9))
		r2.Shuffle(len(t.rows), func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
		return t, nil
	}
}

// bases are the sound experiments. Those with judge false are for choosing thresholds.
func bases() []base {
	head := func(target string) string { return "data: {source: SOURCE, target: " + target + "}\n" + parts }
	pixels := "data: {source: SOURCE, target: digit, features: minmax}\n" + parts
	series := func(target string, window int) string {
		return fmt.Sprintf("data: {source: SOURCE, target: %s, series: {window: %d}}\n"+
			"split: {validation: 0.2, test: 0.25}\n", target, window)
	}
	texts := "data: {source: SOURCE, target: label, features: {text: {text: {words: 200, output: tfidf}}}}\n" + parts
	mnist := "data: {source: SHARED/mnist/train-images-idx3-ubyte.gz, labels: " +
		"SHARED/mnist/train-labels-idx1-ubyte.gz, " +
		"rows: %d}\n" + parts
	flat := func(l []string) []string { return append([]string{"flatten: {}"}, l...) }
	conv := []string{"conv2d: {filters: 8, kernel_size: 3, strides: 2, activation: relu}",
		"conv2d: {filters: 12, kernel_size: 3, strides: 2, activation: relu}", "flatten: {}",
		"dense: {units: 10, activation: softmax}"}
	return []base{
		{name: "rings", kind: "table", data: made(rings(500, 4, 11)), target: "kind", first: "u", head: head("kind"),
			layers: mlp(3, "softmax")},
		{name: "friedman", kind: "table", data: made(friedman(500, 1, 12)), target: "y", number: true, first: "x4",
			head: head("y"), layers: mlp(1, "linear")},
		{name: "xor", kind: "table", data: made(xor(600, 0.2, 13)), target: "bought", first: "p", head: head("bought"),
			layers: mlp(1, "sigmoid")},
		{name: "wine", kind: "table", data: plain("toy/wine_data.csv", 1, true, 0), target: "y", first: "f13",
			head: head("y"), layers: mlp(3, "softmax")},
		{name: "digits", kind: "images", data: file("embed:digits", 700), target: "digit", head: pixels,
			layers: mlp(10, "softmax")},
		{name: "wave", kind: "series", data: made(wave(420, 12, 14)), target: "load", number: true, first: "load",
			head: series("load", 24), layers: flat(mlp(1, "linear"))},
		{name: "reviews", kind: "text", data: made(reviews(1200, 15)), target: "label", head: texts,
			layers: append([]string{"dropout: 0.5"}, mlp(1, "sigmoid")...)},

		{name: "rings-2", judge: true, kind: "table", data: made(rings(600, 6, 21)), target: "kind", first: "v",
			head: head("kind"), layers: mlp(3, "softmax")},
		{name: "friedman-2", judge: true, kind: "table", data: made(friedman(600, 1.5, 22)), target: "y", number: true,
			first: "x1", head: head("y"), layers: mlp(1, "linear")},
		{name: "spirals", judge: true, kind: "table", data: made(spirals(600, 0.12, 23)), target: "side", first: "a",
			head: head("side"), layers: mlp(1, "sigmoid")},
		{name: "xor-2", judge: true, kind: "table", data: made(xor(700, 0.4, 24)), target: "bought", first: "q",
			head: head("bought"), layers: mlp(1, "sigmoid")},
		{name: "iris", judge: true, kind: "table", data: file("embed:iris", 0), target: "species",
			first: "petal_length", head: head("species"), layers: mlp(3, "softmax")},
		{name: "cancer", judge: true, kind: "table", data: plain("toy/breast_cancer.csv", 1, true, 0), target: "y",
			first: "f1", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "boston", judge: true, kind: "table", data: plain("tabular/housing.csv", 0, false, 0), target: "y",
			number: true, first: "f13", head: head("y"), layers: mlp(1, "linear")},
		{name: "pima", judge: true, kind: "table", data: plain("tabular/pima-indians-diabetes.csv", 0, true, 0),
			target: "y", first: "f2", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "sonar", judge: true, kind: "table", data: plain("tabular/sonar.csv", 0, true, 0), target: "y",
			first: "f11", head: head("y"), layers: mlp(1, "sigmoid")},
		{name: "titanic", judge: true, kind: "table", data: file("embed:titanic", 0), target: "Survived", first: "Age",
			head: "data: {source: SOURCE, target: Survived, features: {PassengerId: drop, Name: drop, Ticket: drop, " +
				"Cabin: drop}}\n" + parts, layers: mlp(1, "sigmoid")},
		{name: "digits-2", judge: true, kind: "images", data: file("embed:digits", 1100), target: "digit", head: pixels,
			layers: mlp(10, "softmax")},
		{name: "mnist", judge: true, kind: "images", target: "digit", head: fmt.Sprintf(mnist, 1200), layers: conv,
			arrays: true, epochs: 20},
		{name: "wave-2", judge: true, kind: "series", data: made(wave(500, 24, 25)), target: "load", number: true,
			first: "load", head: series("load", 48), layers: flat(mlp(1, "linear"))},
		{name: "temperatures", judge: true, kind: "series", data: file("series/daily-min-temperatures.csv", 0),
			target: "Temp", number: true, first: "Temp", head: "data: {source: SOURCE, target: Temp, time: Date, " +
				"series: {window: 14}, rows: 1200}\nsplit: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1,
				"linear"))},
		{name: "reviews-2", judge: true, kind: "text", data: made(reviews(1500, 26)), target: "label", head: texts,
			layers: append([]string{"dropout: 0.5"}, mlp(1, "sigmoid")...)},

		{name: "california", fresh: true, kind: "table", data: file("tabular/california-housing.csv.gz", 900),
			target: "median_house_value", number: true, head: head("median_house_value"), layers: mlp(1, "linear")},
		{name: "sunspots", fresh: true, kind: "series", data: file("series/monthly-sunspots.csv", 0),
			target: "Sunspots",
			number: true, head: "data: {source: SOURCE, target: Sunspots, series: {window: 24}, rows: 1500}\n" +
				"split: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1, "linear"))},
		{name: "customers", fresh: true, kind: "table", data: file("tabular/Mall_Customers.csv", 0), target: "last",
			number: true, head: head("last"), layers: mlp(1, "linear")},
		{name: "opinions", fresh: true, kind: "text", data: file("text/nsmc-train.tsv.gz", 1500), target: "label",
			head: "data: {source: SOURCE, target: label, features: {id: drop, document: {text: {unit: character, " +
				"ngrams: 3, " +
				"words: 1500, count: 2, output: tfidf}}}}\n" + parts,
			layers: append([]string{"dropout: 0.5"}, mlp(1, "sigmoid")...)},
		{name: "spirals-3", fresh: true, kind: "table", data: made(spirals(450, 0.2, 33)), target: "side",
			head: head("side"), layers: mlp(1, "sigmoid")},
		{name: "friedman-3", fresh: true, kind: "table", data: made(friedman(450, 2, 34)), target: "y", number: true,
			head: head("y"), layers: mlp(1, "linear")},
		{name: "xor-3", fresh: true, kind: "table", data: made(xor(500, 0.8, 35)), target: "bought",
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
	stop := "[]"
	if e.stop {
		stop = "[{early_stopping: {patience: 8, restore_best_weights: true}}]"
	}
	return fmt.Sprintf("%smodel: [{%s}]\ntrain: {%soptimizer: %s, epochs: %d, batch_size: %d, callbacks: %s}\n", head,
		strings.Join(e.layers, "}, {"), e.train, e.optim, e.epochs, e.batch, stop), nil
}
