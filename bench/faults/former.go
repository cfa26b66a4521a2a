package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data/source"
)

// moons is two half moons, with features that say nothing.
func moons(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 7))
	t := &table{names: []string{"east", "north", "wind", "tide", "moon"}}
	for range n {
		upper, angle := r.IntN(2), math.Pi*r.Float64()
		x, y := math.Cos(angle), math.Sin(angle)
		if upper == 0 {
			x, y = 1-x, 0.5-y
		}
		t.rows = append(t.rows, []string{number(x + noise*r.NormFloat64()), number(y + noise*r.NormFloat64()),
			number(r.NormFloat64()), number(r.Float64()), []string{"lower", "upper"}[upper]})
	}
	return t
}

// impedance is Friedman's second function: that of a circuit of resistance, frequency, inductance and capacity.
func impedance(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 8))
	t := &table{names: []string{"ohms", "frequency", "henries", "farads", "impedance"}}
	for range n {
		a, w, l, c := 100*r.Float64(), math.Pi*(40+520*r.Float64()), r.Float64(), 1+10*r.Float64()
		t.rows = append(t.rows, []string{number(a), number(w), number(l), number(c),
			number(math.Hypot(a, w*l-1/(w*c)) + noise*r.NormFloat64())})
	}
	return t
}

// clusters is classes of two clusters each, in five features.
func clusters(n, classes int, spread float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 9))
	t := &table{names: []string{"k1", "k2", "k3", "k4", "k5", "group"}}
	middles := make([][5]float64, 2*classes)
	for k := range middles {
		for j := range middles[k] {
			middles[k][j] = 2 * r.NormFloat64()
		}
	}
	for range n {
		k := r.IntN(2 * classes)
		var row []string
		for _, m := range middles[k] {
			row = append(row, number(m+spread*r.NormFloat64()))
		}
		t.rows = append(t.rows, append(row, fmt.Sprintf("group %d", k%classes+1)))
	}
	return t
}

// board is two classes in the squares of a board of three by three.
func board(n int, wrong float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 10))
	t := &table{names: []string{"file", "rank", "other", "square"}}
	for range n {
		x, y := 3*r.Float64(), 3*r.Float64()
		dark := (int(x)+int(y))%2 == 0
		if r.Float64() < wrong {
			dark = !dark
		}
		t.rows = append(t.rows, []string{number(x), number(y), number(r.NormFloat64()),
			map[bool]string{true: "dark", false: "light"}[dark]})
	}
	return t
}

// orders is a price by goods, country, amount and discount.
func orders(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 11))
	goods, base := []string{"lamp", "chair", "table", "shelf", "bed"}, []float64{15, 40, 90, 60, 200}
	lands, post := []string{"here", "near", "far"}, []float64{5, 12, 45}
	t := &table{names: []string{"goods", "country", "amount", "discount", "weekday", "price"}}
	for range n {
		g, l, a, d := r.IntN(len(goods)), r.IntN(len(lands)), 1+r.ExpFloat64()*4, 0.3*r.Float64()
		t.rows = append(t.rows, []string{goods[g], lands[l], number(a), number(d),
			[]string{"Mon", "Tue", "Wed", "Thu", "Fri"}[r.IntN(5)],
			number(base[g]*a*(1-d) + post[l]*math.Sqrt(a) + noise*r.NormFloat64())})
	}
	return t
}

// shapes is drawn pictures of ten by ten pixels, in a table.
func shapes(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 12))
	t := &table{}
	for k := range 100 {
		t.names = append(t.names, fmt.Sprintf("px%d", k))
	}
	t.names = append(t.names, "digit")
	for range n {
		kind, cx, cy, size := r.IntN(4), 3.5+2*r.Float64(), 3.5+2*r.Float64(), 2+1.5*r.Float64()
		var row []string
		for k := range 100 {
			x, y := math.Abs(float64(k%10)-cx), math.Abs(float64(k/10)-cy)
			var far float64
			switch kind {
			case 0:
				far = math.Hypot(x, y)
			case 1:
				far = max(x, y)
			case 2:
				far = x + y
			default: // a cross
				if far = size + 1; min(x, y) < 0.8 && max(x, y) < size {
					far = size
				}
			}
			v := noise * 255 * r.Float64()
			if math.Abs(far-size) < 0.7 {
				v = 255 - v
			}
			row = append(row, fmt.Sprint(int(v)))
		}
		t.rows = append(t.rows, append(row, []string{"circle", "square", "diamond", "cross"}[kind]))
	}
	return t
}

// tide is a series of two seasons and noise with a memory.
func tide(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 13))
	t := &table{names: []string{"reading", "level"}}
	e := 0.0
	for i := range n {
		e = 0.5*e + r.NormFloat64()
		t.rows = append(t.rows, []string{fmt.Sprint(i), number(100 + 20*math.Sin(2*math.Pi*float64(i)/12.4) +
			12*math.Sin(2*math.Pi*float64(i)/30+1) + 2*e)})
	}
	return t
}

// topics is made texts of three topics.
func topics(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 14))
	of := [][]string{strings.Fields("goal match team coach score league player ball field win"),
		strings.Fields("market price bank stock trade profit growth tax cost sale"),
		strings.Fields("rain wind cloud storm snow warm cold sun degrees forecast")}
	other := strings.Fields("today said year people week new will more first time last city report people way part " +
		"place home hand high right big long small late early next few many much")
	t := &table{names: []string{"text", "label"}}
	for range n {
		topic := r.IntN(3)
		var words []string
		for range 10 + r.IntN(12) {
			switch v := r.Float64(); {
			case v < 0.14:
				words = append(words, of[topic][r.IntN(10)])
			case v < 0.22:
				words = append(words, of[r.IntN(3)][r.IntN(10)])
			default:
				words = append(words, other[r.IntN(len(other))])
			}
		}
		t.rows = append(t.rows, []string{strings.Join(words, " "), []string{"sport", "money", "weather"}[topic]})
	}
	return t
}

// columns keeps some columns of a table, in their order, and the rows from one on.
func columns(of func() (*table, error), from, most int, names ...string) func() (*table, error) {
	return func() (*table, error) {
		t, err := of()
		if err != nil {
			return nil, err
		}
		out := &table{names: names}
		for i := from; i < len(t.rows) && len(out.rows) < most; i++ {
			var row []string
			for _, n := range names {
				row = append(row, t.rows[i][t.column(n)])
			}
			out.rows = append(out.rows, row)
		}
		return out, nil
	}
}

// dear is California's houses of other rows than those of chosen, with a class in the place of the value.
func dear() (*table, error) {
	t, err := columns(file("tabular/california-housing.csv.gz", 0), 0, math.MaxInt, "housing_median_age", "total_rooms",
		"population", "households", "median_income", "ocean_proximity", "median_house_value")()
	if err != nil {
		return nil, err
	}
	rand.New(rand.NewPCG(3, 9)).Shuffle(len(t.rows), func(i, j int) { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] })
	t.rows = t.rows[:1000]
	t.names[len(t.names)-1] = "dear"
	t.each("dear", func(_ int, v string) string {
		return map[bool]string{true: "yes",
			false: "no"}[numberOf(v) > 180000]
	})
	return t, nil
}

// diabetes is the progress of a disease by ten measurements.
func diabetes() (*table, error) {
	read := func(name string) ([]string, error) {
		i, err := source.Find(filepath.Join(os.Getenv("GORAE_SHARED"), "data", "toy", name), source.Options{})
		if err != nil {
			return nil, err
		}
		text, err := i.Text()
		return strings.Split(strings.TrimSpace(text), "\n"), err
	}
	x, err := read("diabetes_data_raw.csv.gz")
	if err != nil {
		return nil, err
	}
	y, err := read("diabetes_target.csv.gz")
	t := &table{names: []string{"age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "y"}}
	for i := range min(len(x), len(y)) {
		t.rows = append(t.rows, append(strings.Fields(x[i]), number(numberOf(strings.TrimSpace(y[i])))))
	}
	return t, err
}

// colic is horses, and whether they needed surgery; "?" marks what is missing. Sixteen horses of the file stand in it
// twice, eleven of them as copies (which gorae diagnose finds): each counts once here.
func colic() (*table, error) {
	t, err := plain("tabular/horse-colic.csv", 0, false, 0)()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	t.rows = slices.DeleteFunc(t.rows, func(r []string) bool {
		was := seen[r[2]] // the number of the horse
		seen[r[2]] = true
		return was
	})
	return columns(func() (*table, error) { return t, nil }, 0, math.MaxInt, "f1", "f2", "f4", "f5", "f6", "f7",
		"f8", "f9",
		"f10", "f11", "f12", "f13", "f17", "f19", "f20", "f21", "f24")()
}

// former are the experiments of the former judgement: what it showed was mended, so that thresholds are chosen on them
// now.
func former() []base {
	return []base{
		{name: "moons", bent: true, good: []string{"east", "north"}, kind: "table", data: made(moons(550, 0.22, 41)),
			target: "moon", first: "east", head: head("moon"), layers: mlp(1, "sigmoid")},
		{name: "impedance", bent: true, kind: "table", data: made(impedance(550, 40, 42)), target: "impedance",
			number: true, first: "frequency", head: head("impedance"), layers: mlp(1, "linear")},
		{name: "clusters", bent: true, good: []string{"k1", "k2", "k3", "k4"}, kind: "table",
			data: made(clusters(700, 4, 0.9, 43)), target: "group", first: "k1", head: head("group"),
			layers: mlp(4, "softmax")},
		{name: "board", bent: true, good: []string{"file", "rank"}, kind: "table", data: made(board(900, 0.03, 44)),
			target: "square", first: "file", head: head("square"), layers: mlp(1, "sigmoid"), epochs: 80},
		{name: "orders", kind: "table", data: made(orders(600, 15, 45)), target: "price", number: true, first: "amount",
			head: head("price"), layers: mlp(1, "linear")},
		{name: "dear", kind: "table", overlap: true, data: dear, target: "dear", first: "median_income",
			head:   head("dear"),
			layers: mlp(1, "sigmoid")},
		{name: "diabetes", kind: "table", data: diabetes, target: "y", number: true, first: "bmi", head: head("y"),
			layers: mlp(1, "linear")},
		{name: "colic", kind: "table", data: colic, target: "f24", head: "data: {source: SOURCE, target: f24, " +
			"missing: [\"?\"]}\n" +
			parts, layers: mlp(1, "sigmoid")},
		{name: "shapes", kind: "images", data: made(shapes(900, 0.25, 46)), target: "digit", head: pixelHead,
			layers: mlp(4, "softmax")},
		{name: "mnist-test", kind: "images", target: "digit", head: mnistHead("t10k", 1200), layers: conv(),
			arrays: true,
			epochs: 20},
		{name: "tide", kind: "series", season: true, data: made(tide(500, 47)), target: "level",
			number: true, first: "level",
			head: seriesHead("level", 40), layers: flat(mlp(1, "linear"))},
		{name: "oil", kind: "series", data: columns(file("series/ETTh1.csv.gz", 0), 2000, 1000, "date", "OT"),
			target: "OT", number: true, first: "OT", head: "data: {source: SOURCE, target: OT, time: date, " +
				"series: {window: 24}}\nsplit: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1, "linear"))},
		{name: "topics", kind: "text", data: made(topics(1000, 48)), target: "label", head: textHead(200),
			layers: texted(3, "softmax")},
		{name: "films", kind: "text", overlap: true,
			data:   columns(file("text/imdb-test.csv.gz", 900), 0, 900, "text", "label"),
			target: "label", head: textHead(900), layers: texted(1, "sigmoid")},
		{name: "comments", kind: "text", overlap: true,
			data: columns(file("text/nsmc-test.tsv.gz", 1200), 0, 1200, "document",
				"label"),
			target: "label", head: "data: {source: SOURCE, target: label, features: {document: {text: {unit: " +
				"character, " +
				"ngrams: 3, words: 1200, count: 2, output: tfidf}}}}\n" + parts, layers: texted(1, "sigmoid")},
	}
}
