package diagnose_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// seriesOf is a table of one column v.
func seriesOf(n int, value func(i int) float64) string {
	var b strings.Builder
	b.WriteString("v\n")
	for i := range n {
		fmt.Fprintf(&b, "%.5f\n", value(i))
	}
	return b.String()
}

// textsOf is texts of so many words, of which one in eight tells their class.
func textsOf(n, words int) string {
	r := rand.New(rand.NewPCG(3, 3))
	var b strings.Builder
	b.WriteString("text,label\n")
	for range n {
		class := r.IntN(2)
		var all []string
		for range words {
			if r.IntN(8) == 0 {
				all = append(all, fmt.Sprintf("%s%d", []string{"good", "bad"}[class], r.IntN(12)))
			} else {
				all = append(all, fmt.Sprintf("word%d", r.IntN(30)))
			}
		}
		fmt.Fprintf(&b, "%s,%s\n", strings.Join(all, " "), []string{"for", "against"}[class])
	}
	return b.String()
}

// persons is rings of so many persons with six rows each that are nearly the same, of a class that says nothing.
func persons(n int) string {
	r := rand.New(rand.NewPCG(9, 9))
	rows := []string{"person,u,v,w,kind"}
	for k := range n {
		x, class := [3]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}, []string{"a", "b"}[r.IntN(2)]
		for range 6 {
			rows = append(rows, fmt.Sprintf("p%d,%.5f,%.5f,%.5f,%s", k, x[0]+0.02*r.NormFloat64(),
				x[1]+0.02*r.NormFloat64(), x[2]+0.02*r.NormFloat64(), class))
		}
	}
	return strings.Join(rows, "\n") + "\n"
}

// days is rings with a day in front: in the order of the rows, or in none.
func days(mixed bool) string {
	return strings.Replace(rings(500, func(i int, row []string) []string {
		if mixed {
			i = i * 77 % 500
		}
		return append([]string{fmt.Sprintf("20%02d-%02d-%02d", 10+i/336, 1+i/28%12, 1+i%28)}, row...)
	}), "u,v", "day,u,v", 1)
}

const (
	forecaster = "model: [{flatten: {}}, {dense: {units: 16, activation: relu}}, {dense: 1}]\n"
	windows    = "data: {source: FILE, target: v, series: {window: %d, transform: {v: none}}}\n"
	reader     = "model: [{embedding: {input_dim: vocabulary, output_dim: 8}}, {global_average_pooling1d: {}}, " +
		"{dense: {units: 1, activation: sigmoid}}]\n"
	bagged  = "model: [{dense: {units: 16, activation: relu}}, {dense: {units: 1, activation: sigmoid}}]\n"
	trained = "train: {epochs: 30}\n"
)

// TestPlantedContent: faults of what rows, pictures, texts and series hold stand first.
func TestPlantedContent(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	walk, overlap := 0.0, rand.New(rand.NewPCG(6, 6))
	for _, p := range []planted{
		{name: "persons", table: persons(80), data: "data: {source: FILE, target: kind, features: {person: drop}}\n",
			model: strings.ReplaceAll(network, "units: 3, activation: softmax", "units: 1, activation: sigmoid"),
			want:  "!split/group-leak"},
		{name: "blank", table: digitsTable(t, func(i int, row []string) {
			for k := range len(row) - 1 {
				if i%20 == 0 {
					row[k] = "0"
				}
			}
		}), data: "data: {source: FILE, target: last, task: classification, features: minmax}\n",
			model: strings.ReplaceAll(network, "units: 3,", "units: 10,"), want: "!data/blank-pictures"},
		{name: "blank by z-scores", table: digitsTable(t, func(i int, row []string) {
			for k := range len(row) - 1 {
				if i%20 == 0 {
					row[k] = "0"
				}
			}
		}), data: "data: {source: FILE, target: last, task: classification, features: zscore}\n",
			model: strings.ReplaceAll(network, "units: 3,", "units: 10,"), want: "!data/blank-pictures"},
		{name: "unknown words", table: textsOf(600, 12), data: "data: {source: FILE, target: label, features: {text: " +
			"{text: {words: 10, output: bag}}}}\n", model: bagged, train: trained, want: "data/unknown-words"},
		{name: "cut texts", table: textsOf(600, 30), data: "data: {source: FILE, target: label, features: {text: " +
			"{text: {words: 100, length: 2}}}}\n", model: reader, train: trained, want: "data/cut-texts"},
		{name: "trend", table: seriesOf(500, func(i int) float64 { return 0.3*float64(i) + 3*r.NormFloat64() }),
			data: fmt.Sprintf(windows, 8), model: forecaster, train: trained, want: "data/non-stationary"},
		{name: "season", table: seriesOf(500, func(i int) float64 {
			return []float64{9, 0, 3, 0, 0, 7, 0, 0, 0, 5, 0, 1, 0, 0, 0, 4, 0, 0, 8, 0}[i%20] + 0.3*r.NormFloat64()
		}), data: fmt.Sprintf(windows, 2), model: forecaster, train: trained, want: "data/short-window"},
		{name: "season that nothing is learnt of", table: seriesOf(500, func(i int) float64 {
			return 10*math.Sin(2*math.Pi*float64(i)/20) + r.NormFloat64()
		}), data: fmt.Sprintf(windows, 2), train: trained, want: "network/constant-init",
			model: strings.ReplaceAll(forecaster, "relu", "relu, kernel_initializer: zeros")},
		{name: "rare and never said", table: rings(500, func(i int, row []string) []string {
			row[4] = []string{"common", "rare"}[map[bool]int{true: 1}[i%25 == 0]]
			return row
		}), model: strings.ReplaceAll(network, "units: 3, activation: softmax", "units: 1, activation: sigmoid"),
			train: "train: {epochs: 6}\n", want: "data/imbalance"},
		{name: "last value", table: seriesOf(500, func(int) float64 {
			walk = 0.97*walk + r.NormFloat64()
			return walk
		}), data: fmt.Sprintf(windows, 1), model: "model: [{flatten: {}}, {dense: 1}]\n", train: "",
			want: "network/copies-last-value"},
		{name: "days in order", table: days(false), want: "split/time-leak"},
		{name: "map", data: "data: {source: embed:digits}\n", split: " ", model: "model: [{reshape: {target_shape: " +
			"[8, 8, 1]}}, {conv2d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {max_pooling2d: " +
			"{pool_size: 8}}, {conv2d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, {flatten: " +
			"{}}, " +
			"{dense: {units: 10, activation: softmax}}]\n", train: "train: {epochs: 4}\n",
			want: "network/collapsed-map"},
		{name: "too sure", table: rings(600, func(_ int, row []string) []string {
			row[4] = []string{"a", "b"}[overlap.IntN(2)]
			return row
		}), model: "model: [{dense: {units: 128, activation: relu}}, {dense: {units: 128, activation: relu}}, " +
			"{dense: {units: 1, activation: sigmoid}}]\n", split: "split: {validation: 0, test: 0.3}\n",
			train: "train: {epochs: 80, callbacks: []}\n", want: "result/miscalibrated"},
	} {
		t.Run(p.name, func(t *testing.T) {
			d, of := diagnosis(t, p.table, p.text("FILE"))
			got := codes(d)
			for _, f := range d.Findings {
				for _, e := range f.Effects {
					if e.Code == p.want && f.Code == "result/overfit" {
						got = append([]string{e.Code}, got...) // calibration goes with it
					}
				}
			}
			if len(got) == 0 || strings.TrimPrefix(got[0], "!") != strings.TrimPrefix(p.want, "!") ||
				p.want[0] == '!' && got[0][0] != '!' {
				t.Errorf("findings %q, want %q first", got, p.want)
			}
			changes(t, d, of)
		})
	}
}

// TestSoundContent: what looks like such a fault and is sound has no finding of its code.
func TestSoundContent(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, p := range []planted{
		{name: "places", table: rings(500, nil), want: "split/group-leak"},
		{name: "rows of one person each", table: strings.ReplaceAll(rings(300, func(i int, row []string) []string {
			return append([]string{fmt.Sprint("p", i)}, row...)
		}), "u,v,w", "person,u,v,w"), data: "data: {source: FILE, target: kind, features: {person: drop}}\n",
			want: "split/group-leak"},
		{name: "whole vocabulary", table: textsOf(400, 12), data: "data: {source: FILE, target: label, features: " +
			"{text: " +
			"{text: {words: 100, output: bag}}}}\n", model: bagged, train: trained, want: "data/unknown-words"},
		{name: "stationary", table: seriesOf(500,
			func(i int) float64 { return math.Sin(float64(i)) + r.NormFloat64() }),
			data: fmt.Sprintf(windows, 8), model: forecaster, train: trained, want: "data/non-stationary"},
		{name: "window of a season", table: seriesOf(500, func(i int) float64 {
			return 5*math.Sin(float64(i)*math.Pi/10) + r.NormFloat64()
		}), data: fmt.Sprintf(windows, 20), model: forecaster, train: trained, want: "data/short-window"},
		{name: "calibrated", table: rings(500, nil), want: "result/miscalibrated"},
		{name: "birthdays", table: days(true), want: "split/time-leak"},
		{name: "tested on later days", table: days(false), split: "split: {validation: 0.2, test: " +
			"0.3, " +
			"by: time}\n", want: "split/time-leak"},
	} {
		t.Run(p.name, func(t *testing.T) {
			d, _ := diagnosis(t, p.table, p.text("FILE"))
			if got := codes(d); slices.Contains(got, p.want) || slices.Contains(got, "!"+p.want) {
				t.Errorf("findings %q, want no %q", got, p.want)
			}
		})
	}
}
