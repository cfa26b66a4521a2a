package run_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/prep"
	"gorae/run"
)

// transformRows is a table of customers; wild rows are unlike any others.
func transformRows(n int, seed uint64, wild bool) string {
	r := rand.New(rand.NewPCG(seed, 5))
	var b strings.Builder
	b.WriteString("amount,change,city,home,day,price\n")
	for i := range n {
		amount, change, city := fmt.Sprintf("%.3f", math.Exp(r.NormFloat64())), fmt.Sprintf("%.3f", r.NormFloat64()),
			string("abcdefgh"[r.IntN(8)])
		home, day := []string{"own", "rent", "other"}[r.IntN(3)], fmt.Sprintf("2024-%02d-%02d", 1+r.IntN(12),
			1+r.IntN(28))
		price := 50 * math.Exp(float64(city[0]-'a')/4+0.2*r.NormFloat64())
		if wild {
			amount, change, city = fmt.Sprint(1e8*(1+r.Float64())), "-12345678", fmt.Sprintf("new %d", i)
			day, price = fmt.Sprintf("19%02d-12-31", r.IntN(100)), 1e7*r.Float64()
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%.4f\n", amount, change, city, home, day, price)
	}
	return b.String()
}

// everyTransform is an experiment with each scale and each encoding that is registered, and crossed features.
func everyTransform(t *testing.T, at, test string) string {
	t.Helper()
	of := map[string][]string{"amount": prep.Scales.Names()}
	for _, w := range prep.Encoders.Names() {
		if w == "ranks" { // which has to be told the order
			of["home"] = append(of["home"], "{encode: {ranks: {categories: [own, rent, other]}}}")
			continue
		}
		column := map[string]string{"bins": "change", "calendar": "day"}[w]
		if column == "" {
			column = "city"
		}
		of[column] = append(of[column], "{encode: "+w+"}")
	}
	of["change"] = append(of["change"], "{winsorize: 0.05, impute: most_frequent, piecewise: 5, periodic: true}",
		"{fences: 1.5, log1p: true, indicator: true}")
	most := 0
	for _, list := range of {
		most = max(most, len(list))
	}
	var b strings.Builder
	for i := range most {
		fmt.Fprintf(&b, "data:\n  source: %s\n  target: price\n  test: {source: %s}\n  target_scale: log\n"+
			"  features:\n", at, test)
		for _, column := range []string{"amount", "change", "city", "day"} {
			how := "drop"
			if list := of[column]; i < len(list) {
				how = list[i]
			}
			fmt.Fprintf(&b, "    %s: %s\n", column, how)
		}
		if i < len(of["home"]) {
			fmt.Fprintf(&b, "    home: %s\n", of["home"][i])
		}
		b.WriteString("    both: {cross: [city, home], encode: {target: {smooth: 5}}}\ntrain: {epochs: 2}\n---\n")
	}
	return b.String()
}

// TestTransformsOfARun: whatever the test rows are, a training comes out the same, bit by bit, for each transform; and
// a model that is read from its file predicts and evaluates with all of them.
func TestTransformsOfARun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	table := write(t, filepath.Join(dir, "t.csv"), transformRows(120, 1, false))
	plain := write(t, filepath.Join(dir, "plain.csv"), transformRows(40, 2, false))
	wild := write(t, filepath.Join(dir, "wild.csv"), transformRows(40, 3, true))
	for i, text := range strings.Split(strings.TrimSuffix(everyTransform(t, table, plain), "---\n"), "---\n") {
		var said []string
		var history [][]byte
		for k, other := range []string{plain, wild} {
			at := filepath.Join(dir, fmt.Sprintf("run-%d-%d", i, k))
			_, b := fit(t, open(t, strings.Replace(text, plain, other, 1)), at)
			out, err := b.predict(plain, nil)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if e, err := b.evaluate(plain, "", ""); err != nil || math.IsNaN(e.Metrics.Of("rmse")) {
				t.Errorf("%s: %v, %v", text, e, err)
			}
			h, err := os.ReadFile(filepath.Join(at, run.HistoryFile))
			if err != nil {
				t.Fatal(err)
			}
			said, history = append(said, out.csv), append(history, h)
		}
		if said[0] != said[1] {
			t.Errorf("%s: beside wild test rows other predictions", text)
		}
		if !slices.Equal(metricsOf(history[0]), metricsOf(history[1])) {
			t.Errorf("%s: beside wild test rows another history\n%s\n%s", text, history[0], history[1])
		}
	}
}

// metricsOf is the lines of a history without their times, which are the last column.
func metricsOf(history []byte) []string {
	lines := strings.Split(string(history), "\n")
	for i, l := range lines {
		if at := strings.LastIndexByte(l, ','); at >= 0 {
			lines[i] = l[:at]
		}
	}
	return lines
}

// TestTargetScales: whatever the scale of a target, metrics are what float64 makes of the predictions that are written
// and of the numbers of the file, in its units, also of numbers beyond those of the training rows.
func TestTargetScales(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	text := transformRows(150, 4, false)
	table := write(t, filepath.Join(dir, "t.csv"), text)
	beyond := text + "1.5,0.1,a,own,2024-05-05,99999.5\n0.7,0.2,b,rent,2024-05-06,0.001\n"
	more := write(t, filepath.Join(dir, "more.csv"), beyond)
	for _, scale := range prep.TargetScales {
		p := open(t, "data: {source: "+table+", target: price, target_scale: "+scale+
			", features: {city: target}}\ntrain: {epochs: 12, metrics: [rmse, mae, r2]}\n")
		_, b := fit(t, p, filepath.Join(dir, scale))
		all, err := b.predict(more, nil)
		if err != nil {
			t.Fatal(scale, err)
		}
		e, err := b.evaluate(more, "", "")
		if err != nil {
			t.Fatal(scale, err)
		}
		truth, predicted := column(t, beyond, "price"), column(t, all.csv, "prediction")
		mse, mae := 0.0, 0.0
		for i, y := range truth {
			d := y - predicted[i]
			mse, mae = mse+d*d/float64(len(truth)), mae+math.Abs(d)/float64(len(truth))
			if math.IsNaN(d) || math.IsInf(d, 0) {
				t.Errorf("%s: row %d is predicted %v", scale, i+1, predicted[i])
			}
		}
		if !near(e.Metrics.Of("rmse"), math.Sqrt(mse), 1e-7) || !near(e.Metrics.Of("mae"), mae, 1e-7) {
			t.Errorf("%s: rmse %v and mae %v, of the predictions' file %v and %v", scale, e.Metrics.Of("rmse"),
				e.Metrics.Of("mae"), math.Sqrt(mse), mae)
		}
		if written := resolved(t, p); scale != "zscore" && !strings.Contains(written, "target_scale: "+scale) {
			t.Errorf("%s is not in %s", scale, written)
		}
	}
}
