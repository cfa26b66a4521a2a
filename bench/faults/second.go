package main

import (
	"archive/zip"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fashion is where Debian's dataset-fashion-mnist puts its pictures.
const fashion = "/usr/share/datasets/fashion-mnist"

// bands is three classes in bands that wind across a plane, with features that say nothing.
func bands(n int, wrong float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 21))
	t := &table{names: []string{"x", "y", "dust", "damp", "band"}}
	for range n {
		x, y := 6*r.Float64()-3, 6*r.Float64()-3
		k := int(math.Floor(x+math.Sin(1.3*y)+4)) / 2 % 3
		if r.Float64() < wrong {
			k = r.IntN(3)
		}
		t.rows = append(t.rows, []string{number(x), number(y), number(r.NormFloat64()), number(r.ExpFloat64()),
			[]string{"red", "white", "blue"}[k]})
	}
	return t
}

// petals is two classes, inside and outside of a flower of three petals.
func petals(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 22))
	t := &table{names: []string{"x", "y", "z", "place"}}
	for range n {
		x, y := 4*r.Float64()-2, 4*r.Float64()-2
		in := math.Hypot(x, y)+noise*r.NormFloat64() < 1.3+0.6*math.Cos(3*math.Atan2(y, x))
		t.rows = append(t.rows, []string{number(x), number(y), number(r.NormFloat64()),
			map[bool]string{true: "inside", false: "outside"}[in]})
	}
	return t
}

// flight is how far a ball flies: by speed, angle, and wind while it is in the air.
func flight(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 23))
	t := &table{names: []string{"speed", "angle", "wind", "mass", "distance"}}
	for range n {
		v, a, w := 10+20*r.Float64(), 15+60*r.Float64(), 3*r.NormFloat64()
		s, c := math.Sincos(a * math.Pi / 180)
		up := 2 * v * s / 9.81
		t.rows = append(t.rows, []string{number(v), number(a), number(w), number(0.2 + r.Float64()),
			number(v*c*up + w*up + noise*r.NormFloat64())})
	}
	return t
}

// loans is whether a loan was paid back, by numbers and categories, in classes that overlap.
func loans(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 24))
	purposes, homes := []string{"car", "house", "study", "trip"}, []string{"own", "rent", "parents"}
	t := &table{names: []string{"income", "debts", "age", "purpose", "home", "paid"}}
	for range n {
		income, debts, age := math.Exp(10+0.5*r.NormFloat64()), math.Exp(8.5+0.8*r.NormFloat64()), 20+45*r.Float64()
		p, h := r.IntN(4), r.IntN(3)
		score := 2.2*(math.Log(income)-10) - 1.1*(math.Log(debts)-8.5) + 0.03*(age-42) +
			[]float64{0.3, 0.8, 0, -1}[p] + []float64{0.9, 0, -0.3}[h]
		paid := map[bool]string{true: "yes", false: "no"}[r.Float64() < 1/(1+math.Exp(-1.6*score))]
		t.rows = append(t.rows, []string{number(income), number(debts), number(age), purposes[p], homes[h], paid})
	}
	return t
}

// heating is the heat that houses need, by the weather, their area and how they were built.
func heating(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 25))
	kinds, loss := []string{"flat", "terrace", "villa"}, []float64{0.5, 0.8, 1.3}
	t := &table{names: []string{"outside", "sun", "area", "kind", "built", "heat"}}
	for range n {
		outside, sun, area, k := 5+9*r.NormFloat64(), 5*r.Float64(), 40+160*r.Float64(), r.IntN(3)
		built := []string{"old", "new"}[r.IntN(2)]
		worse := map[string]float64{"old": 1.5, "new": 0.8}[built]
		heat := max(0, 20-outside-0.8*sun)*area*loss[k]*worse/40 + noise*r.NormFloat64()
		t.rows = append(t.rows, []string{number(outside), number(sun), number(area), kinds[k], built, number(heat)})
	}
	return t
}

// strokes is drawn strokes in four directions, on eight by eight pixels in a table.
func strokes(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 26))
	t := &table{}
	for k := range 64 {
		t.names = append(t.names, fmt.Sprintf("p%d", k))
	}
	t.names = append(t.names, "digit")
	for range n {
		way, ox, oy, long := r.IntN(4), 2+4*r.Float64(), 2+4*r.Float64(), 2+2*r.Float64()
		angle := float64(way)*math.Pi/4 + 0.15*r.NormFloat64()
		s, c := math.Sincos(angle)
		var row []string
		for k := range 64 {
			x, y := float64(k%8)-ox, float64(k/8)-oy
			along, across := x*c+y*s, math.Abs(y*c-x*s)
			v := 200*r.Float64()*noise + 30
			if math.Abs(along) < long && across < 0.9 {
				v = 240 - v
			}
			row = append(row, fmt.Sprint(int(v)))
		}
		t.rows = append(t.rows, append(row, []string{"level", "falling", "upright", "rising"}[way]))
	}
	return t
}

// pulse is a series of sharp peaks in a season, with noise that has a memory.
func pulse(n, season int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 27))
	t := &table{names: []string{"minute", "flow"}}
	e := 0.0
	for i := range n {
		e = 0.4*e + r.NormFloat64()
		at := float64(i%season) / float64(season)
		t.rows = append(t.rows, []string{fmt.Sprint(i), number(50 + 30*math.Exp(-40*(at-0.3)*(at-0.3)) -
			12*at + 1.5*e)})
	}
	return t
}

// letters is made letters of three moods, which some words of each give away.
func letters(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 28))
	of := [][]string{strings.Fields("thank grateful kind pleased delighted recommend wonderful"),
		strings.Fields("broken refund late angry wrong damaged complain"),
		strings.Fields("when where how question wonder possible inform")}
	other := strings.Fields("dear sir madam parcel shop order number street tuesday please letter yours truly box " +
		"shelf price lamp door colour size paper form office name card week service")
	t := &table{names: []string{"text", "label"}}
	for range n {
		mood := r.IntN(3)
		var words []string
		for range 9 + r.IntN(14) {
			switch v := r.Float64(); {
			case v < 0.15:
				words = append(words, of[mood][r.IntN(7)])
			case v < 0.21:
				words = append(words, of[r.IntN(3)][r.IntN(7)])
			default:
				words = append(words, other[r.IntN(len(other))])
			}
		}
		t.rows = append(t.rows, []string{strings.Join(words, " "), []string{"thanks", "complaint", "question"}[mood]})
	}
	return t
}

// campaign is customers of a shop, from row from on: some columns, and one that is made of those of what they bought.
// Some 180 of the file's 2,240 rows are copies of others under another number (which gorae diagnose finds): each counts
// once here.
func campaign(from, rows int, names []string, made string, of func(value func(name string) float64) string,
) func() (*table, error) {
	return func() (*table, error) {
		t, err := file("uses/U4/marketing_campaign.csv", 0)()
		if err != nil {
			return nil, err
		}
		// Some customers stand in the file twice, under two numbers and with another answer to the campaign.
		seen := map[string]bool{}
		out := &table{names: append(slices.Clone(names), made)}
		for _, r := range t.rows {
			var row []string
			for _, n := range names {
				row = append(row, r[t.column(n)])
			}
			row = append(row, of(func(n string) float64 { return numberOf(r[t.column(n)]) }))
			if key := strings.Join(row, "\x00"); !seen[key] {
				seen[key] = true
				out.rows = append(out.rows, row)
			}
		}
		out.rows = out.rows[from : from+rows]
		return out, nil
	}
}

// unpacked reads so many bytes of a file of Fashion-MNIST.
func unpacked(name string, bytes int) ([]byte, error) {
	f, err := os.Open(filepath.Join(fashion, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	b := make([]byte, bytes)
	_, err = io.ReadFull(z, b)
	return b, err
}

// The heads of IDX files: of pictures, and of labels.
const (
	pictureHead = 16
	labelHead   = 8
)

// idx writes the first pictures of Fashion-MNIST, and their labels, into a folder: reading all of them takes longer
// than the training.
func (e *experiment) idx(dir string) error {
	for _, x := range []struct {
		name  string
		bytes int
	}{{"train-images-idx3-ubyte", pictureHead + e.begins*784}, {"train-labels-idx1-ubyte", labelHead + e.begins}} {
		b, err := unpacked(x.name+".gz", x.bytes)
		if err != nil {
			return err
		}
		binary.BigEndian.PutUint32(b[4:], uint32(e.begins))
		if err := os.WriteFile(filepath.Join(dir, x.name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// wear is pictures of clothes: pixels of seven by seven places, each the mean of sixteen, in a table.
func wear(rows int) func() (*table, error) {
	return func() (*table, error) {
		x, err := unpacked("t10k-images-idx3-ubyte.gz", pictureHead+rows*784)
		if err != nil {
			return nil, err
		}
		y, err := unpacked("t10k-labels-idx1-ubyte.gz", labelHead+rows)
		if err != nil {
			return nil, err
		}
		x, y = x[pictureHead:], y[labelHead:]
		t := &table{}
		for k := range 49 {
			t.names = append(t.names, fmt.Sprintf("p%d", k))
		}
		t.names = append(t.names, "digit")
		for i := range rows {
			sums := make([]int, 49)
			for k, v := range x[i*784 : (i+1)*784] {
				sums[k/28/4*7+k%28/4] += int(v)
			}
			var row []string
			for _, s := range sums {
				row = append(row, fmt.Sprint(s/16))
			}
			t.rows = append(t.rows, append(row, fmt.Sprintf("kind %d", y[i])))
		}
		return t, nil
	}
}

// sentences reads a file of lines in an archive of the shared folder; each line gives a row, or none.
func sentences(archive string, rows int, members map[string]func(line string) (text, label string)) func() (*table,
	error) {
	return func() (*table, error) {
		z, err := zip.OpenReader(filepath.Join(os.Getenv("GORAE_SHARED"), "data", filepath.FromSlash(archive)))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		t := &table{names: []string{"text", "label"}}
		for _, f := range z.File {
			row := members[f.Name]
			if row == nil {
				continue
			}
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			b, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				return nil, err
			}
			latin := make([]rune, len(b)) // ISO 8859-1: each byte is the number of its character
			for i, c := range b {
				latin[i] = rune(c)
			}
			for _, line := range strings.Split(strings.TrimSpace(string(latin)), "\n") {
				if text, label := row(strings.TrimSpace(line)); label != "" {
					t.rows = append(t.rows, []string{text, label})
				}
			}
		}
		rand.New(rand.NewPCG(4, 9)).Shuffle(len(t.rows), func(i, j int) {
			t.rows[i], t.rows[j] = t.rows[j], t.rows[i]
		})
		t.rows = t.rows[:min(rows, len(t.rows))]
		return t, nil
	}
}

// calm is a smaller network, with dropout, for tables on which a linear model does well.
func calm(units int, activation string) []string {
	return []string{"dense: {units: 16, activation: relu}", "dropout: 0.2", "dense: {units: 8, activation: relu}",
		fmt.Sprintf("dense: {units: %d, activation: %s}", units, activation)}
}

// second are the experiments of the second judgement: what it showed was mended, so that thresholds are chosen on them
// now.
func second() []base {
	plot := func(s string) (string, string) { return s, "plot" }
	quote := func(s string) (string, string) { return s, "quote" }
	topic := func(s string) (text, label string) {
		label, text, _ = strings.Cut(s, ":")
		if _, text, _ = strings.Cut(text, " "); label == "ABBR" { // one in sixty
			return "", ""
		}
		return text, label
	}
	wine := func(v func(string) float64) string {
		return map[bool]string{true: "much", false: "little"}[v("MntWines") > 175]
	}
	spent := func(v func(string) float64) string {
		return number(math.Log(v("MntWines") + v("MntFruits") + v("MntMeatProducts") + v("MntFishProducts") +
			v("MntSweetProducts") + v("MntGoldProds")))
	}
	return []base{
		{name: "bands", bent: true, good: []string{"x", "y"}, kind: "table", data: made(bands(600, 0.04, 61)),
			target: "band", first: "x", head: head("band"), layers: mlp(3, "softmax")},
		{name: "petals", bent: true, good: []string{"x", "y"}, kind: "table", data: made(petals(550, 0.1, 62)),
			target: "place", first: "x", head: head("place"), layers: mlp(1, "sigmoid")},
		{name: "flight", bent: true, kind: "table", data: made(flight(500, 2, 63)), target: "distance", number: true,
			first: "speed", head: head("distance"), layers: mlp(1, "linear")},
		{name: "loans", kind: "table", overlap: true, data: made(loans(700, 64)), target: "paid", first: "income",
			head: head("paid"), layers: calm(1, "sigmoid")},
		{name: "heating", bent: true, kind: "table", data: made(heating(500, 3, 65)), target: "heat", number: true,
			first: "outside", head: head("heat"), layers: mlp(1, "linear")},
		{name: "campaign", kind: "table", overlap: true, data: campaign(0, 800, []string{"Year_Birth", "Education",
			"Income", "Kidhome", "Teenhome", "NumDealsPurchases", "NumCatalogPurchases", "NumWebVisitsMonth"}, "wine",
			wine), target: "wine", first: "Income", head: head("wine"), layers: calm(1, "sigmoid")},
		{name: "spent", kind: "table", data: campaign(1000, 800, []string{"Income", "Kidhome", "Teenhome",
			"NumStorePurchases", "NumWebPurchases", "NumWebVisitsMonth", "Education"}, "spent", spent),
			target: "spent", number: true, first: "NumStorePurchases", head: head("spent"), layers: calm(1, "linear")},
		{name: "strokes", kind: "images", data: made(strokes(600, 0.4, 66)), target: "digit", head: pixelHead,
			layers: mlp(4, "softmax"), epochs: 30},
		{name: "wear", kind: "images", data: wear(700), target: "digit", head: pixelHead, layers: mlp(10, "softmax"),
			epochs: 30},
		{name: "clothes", kind: "images", target: "digit", head: "data: {source: FASHION/train-images-idx3-ubyte, " +
			"labels: FASHION/train-labels-idx1-ubyte}\n" + parts, layers: conv(), arrays: true, begins: 700,
			epochs: 20},
		{name: "pulse", kind: "series", season: true, data: made(pulse(420, 16, 67)), target: "flow", number: true,
			first: "flow", head: seriesHead("flow", 32), layers: flat(mlp(1, "linear"))},
		{name: "load", kind: "series", data: columns(file("series/ETTh1.csv.gz", 0), 9000, 700, "date", "HUFL"),
			target: "HUFL", number: true, first: "HUFL", head: "data: {source: SOURCE, target: HUFL, time: date, " +
				"series: {window: 24}}\nsplit: {validation: 0.2, test: 0.25}\n", layers: flat(mlp(1, "linear"))},
		{name: "subjects", kind: "text", overlap: true, data: sentences("uses/U2/subjectivity.zip", 800,
			map[string]func(string) (string, string){"subjectivity/plot.tok.gt9.5000": plot,
				"subjectivity/quote.tok.gt9.5000": quote}),
			target: "label", head: textHead(600), layers: texted(1, "sigmoid"), epochs: 25},
		{name: "questions", kind: "text", data: sentences("uses/U2/qc.zip", 900,
			map[string]func(string) (string, string){"qc/train.txt": topic}),
			target: "label", head: textHead(500), layers: texted(5, "softmax"), epochs: 25},
		{name: "letters", kind: "text", data: made(letters(700, 68)), target: "label", head: textHead(150),
			layers: texted(3, "softmax"), epochs: 25},
	}
}
