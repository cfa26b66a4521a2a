//go:build judge

package judge

import (
	"bytes"
	ctx "context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorae/bundle"
	"gorae/data"
	"gorae/data/source"
	"gorae/format/csource"
	"gorae/format/csource/product"
	"gorae/format/onnx"
	onnxproduct "gorae/format/onnx/product"
	"gorae/internal/runtest"
	"gorae/task"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
)

// rowTable is a table with numbers of all signs, categories of texts and numbers, an order, times and a target of
// numbers above 0.
func rowTable() string {
	var s strings.Builder
	s.WriteString("pos,any,neg,few,kind,grade,when,stamp,price,label\n")
	for i := range 90 {
		pos := fmt.Sprintf("%.4g", math.Exp(float64(i*37%29)/5-2))
		if i%13 == 5 {
			pos = ""
		}
		day := time.Date(2023, 11, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(i*i%97) * 37 * time.Hour)
		kind := []string{"kettle", "찻잔", `quo"te\?`, "a × b", "", "kettle"}[i%6]
		if i%11 == 3 {
			kind = "NA"
		}
		w := csv.NewWriter(&s)
		_ = w.Write([]string{pos, fmt.Sprintf("%.3f", float64(i*i%31)-11), fmt.Sprintf("%.3f", -float64(i*i%17)-0.5),
			fmt.Sprint(i * i % 5), kind, []string{"low", "Medium", "very  high"}[i*i%3],
			day.Format("2006-01-02 15:04:05"), fmt.Sprint(day.Unix()),
			fmt.Sprintf("%.2f", math.Exp(float64(i*i%23)/6)), []string{"no", "yes", "maybe"}[i*7%3]}) // to a buffer
		w.Flush()
	}
	return s.String()
}

// awkward are values of a column that a caller may give: what is missing, what training did not meet, and what is far
// outside.
var awkward = map[string][]string{
	"pos": {"", "1e-300", "1e300", "0", "-3"}, "any": {"", "-0", "0", "1e30", "-1e30", "1e300"},
	"neg": {"", "-1e-9", "5", "-1e25"}, "few": {"", "1.0", "7", "-0.0", "0.5"},
	"kind":  {"", "  ", "NA", "?", "teapot", "찻잔", "kettle ", "a", "a × b × c", "×", strings.Repeat("long ", 200)},
	"grade": {"", "VERY high", " low", "medium  ", "lowest"},
	"when":  {"", "2024-02-29 23:59:59", "1969-12-31 00:00:01", "2100-12-31 12:00:00", "2000-01-01 00:00:00"},
	"stamp": {"", "0", "-1", "951782399", "4102444800"},
}

// rowProducts are experiments with rowTable.
var rowProducts = map[string]string{
	"curves": "{target: price, target_scale: log, features: {pos: box_cox, any: {scale: quantile, indicator: " +
		"true}, neg: {scale: yeo_johnson, piecewise: 3}, few: {scale: {quantile: {output_distribution: " +
		"uniform}}}, kind: drop, grade: drop, when: drop, stamp: drop, label: drop}}",
	"logs": "{target: any, task: regression, target_scale: quantile, features: {pos: {scale: log, impute: " +
		"median}, neg: {log1p: true, winsorize: 0.05}, few: {scale: robust, fences: 1.5, impute: 2.5}, price: " +
		"yeo_johnson, kind: drop, grade: drop, when: drop, stamp: drop, label: drop}}",
	"powers": "{target: any, task: regression, target_scale: yeo_johnson, features: {pos: {scale: minmax, " +
		"periodic: {frequencies: 2}}, neg: {scale: {robust: {clip: false}}}, few: {impute: mean, scale: zscore}, " +
		"price: drop, kind: drop, grade: drop, when: drop, stamp: drop, label: drop}}",
	"mirror": "{target: neg, target_scale: yeo_johnson, features: {pos: zscore, any: zscore, few: zscore, price: " +
		"drop, kind: drop, grade: drop, when: drop, stamp: drop, label: drop}}",
	"soft": "{target: neg, target_scale: robust, features: {pos: drop, any: zscore, few: zscore, price: drop, " +
		"kind: {encode: {hash: {n_features: 5, alternate_sign: false}}}, grade: drop, when: drop, stamp: drop, " +
		"label: drop}}",
	"boxes": "{target: price, target_scale: box_cox, features: {pos: drop, any: zscore, neg: drop, few: {encode: " +
		"bins}, kind: drop, grade: drop, when: drop, stamp: drop, label: drop}}",
	"log1ps": "{target: any, task: regression, target_scale: log1p, features: {pos: drop, few: {encode: {bins: " +
		"{n_bins: 3, encode: integer}}, indicator: true}, neg: {encode: indicator}, price: drop, kind: indicator, " +
		"grade: {encode: {ranks: [low, medium, very high]}}, when: drop, stamp: drop, label: drop}}",
	"codes": "{target: label, features: {pos: drop, any: drop, neg: drop, price: drop, kind: {encode: onehot, " +
		"missing: true, indicator: true}, few: onehot, grade: {encode: {onehot: {max_categories: 2}}}, when: " +
		"drop, stamp: drop}}",
	"means": "{target: label, features: {pos: drop, any: drop, neg: drop, price: drop, kind: target, few: target, " +
		"grade: integer, when: drop, stamp: drop}}",
	"crosses": "{target: label, features: {pos: drop, any: drop, neg: drop, price: drop, kind: {encode: {hash: " +
		"7}}, few: drop, grade: drop, when: drop, stamp: drop, both: {cross: [kind, grade], encode: onehot}, " +
		"more: {cross: [kind, grade], encode: {hash: 6}, indicator: true}, numbered: {cross: [few, kind], encode: " +
		"target}}}",
	"dates": "{target: label, features: {pos: drop, any: drop, neg: drop, price: drop, kind: drop, few: drop, " +
		"grade: drop, when: {encode: {calendar: {parts: [month, weekday, yearday, hour, weekend, month_end, " +
		"holiday, elapsed], holidays: [12-25, 2024-02-29]}}, indicator: true}, stamp: drop}}",
	"stamps": "{dates: seconds, target: label, features: {pos: drop, any: drop, neg: drop, price: drop, kind: " +
		"drop, few: drop, grade: drop, when: drop, stamp: {encode: {calendar: {parts: [hour, elapsed, " +
		"yearday]}}}}}",
}

// TestCRows: products written as C take rows of a table, awkward ones too, and give the predictions of gorae.
func TestCRows(t *testing.T) {
	experiments := map[string]struct{ table, experiment string }{}
	for name, e := range rowProducts {
		experiments[name] = struct{ table, experiment string }{rowTable(), "data: " + e}
	}
	for name, c := range products {
		switch c.source {
		case "made":
			experiments["product "+name] = struct{ table, experiment string }{madeTable(), c.experiment}
		case "marked":
			experiments["product "+name] = struct{ table, experiment string }{markedTable(), c.experiment}
		}
	}
	for name, c := range experiments {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "data.csv")
			if err := os.WriteFile(path, []byte(c.table), 0o644); err != nil {
				t.Fatal(err)
			}
			b := runtest.Product(t, dir, c.experiment, "data.source="+path)
			inRows(t, b, dir, c.table)
		})
	}
}

// inRows compiles the file of a product, and compares what it prints with the predictions of gorae: of all rows of a
// table, and of its first row with awkward values.
func inRows(t *testing.T, b *bundle.Bundle, dir, table string) {
	t.Helper()
	file, program := filepath.Join(dir, "m.c"), filepath.Join(dir, "m")
	_, notes, err := product.WriteFile(file, b, csource.Options{Name: "net"})
	if err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(compiler[1:]), "-O1", "-o", program, file, "-lm")
	if out, err := exec.Command(compiler[0], args...).CombinedOutput(); err != nil {
		t.Fatalf("%.4000s", out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	members := rowMembers(t, string(text))
	records, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := records[0]
	rows := slices.Clone(records[1:])
	for k, column := range header {
		for _, v := range awkward[column] {
			odd := slices.Clone(records[2])
			odd[k] = v
			rows = append(rows, odd)
		}
	}
	var in strings.Builder
	var want [][]any
	for i, row := range rows {
		var one bytes.Buffer
		w := csv.NewWriter(&one)
		if err := w.WriteAll([][]string{header, row}); err != nil {
			t.Fatal(err)
		}
		from := filepath.Join(dir, fmt.Sprintf("row%d.csv", i))
		if err := os.WriteFile(from, one.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		line, said := predictedRow(b, from, members)
		if said == nil && i < len(records)-1 {
			t.Fatalf("gorae does not predict row %d", i)
		}
		want = append(want, said)
		in.WriteString(strings.Join(line, "\t") + "\n")
	}
	c := exec.Command(program)
	c.Stdin = strings.NewReader(in.String())
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(rows) {
		t.Fatalf("%d lines for %d rows (notes %q)", len(lines), len(rows), notes)
	}
	for i, l := range lines {
		if refused := strings.HasSuffix(l, " cannot be taken"); refused != (want[i] == nil) {
			t.Errorf("row %q: the program says %q, gorae %v", rows[i], l, want[i])
			continue
		} else if refused {
			continue
		}
		got := strings.Split(l, "\t")
		if len(got) != len(want[i]) {
			t.Fatalf("row %q: %q, gorae has %v", rows[i], got, want[i])
		}
		for k, w := range want[i] {
			ok := false
			switch w := w.(type) {
			case string:
				ok = got[k] == w
			case float32:
				v, err := strconv.ParseFloat(got[k], 64)
				ok = err == nil && math.Abs(v-float64(w)) <= 1e-5
			case float64:
				v, err := strconv.ParseFloat(got[k], 64)
				ok = err == nil && math.Abs(v-w) <= 1e-5+2e-5*math.Abs(w)
			}
			if !ok {
				t.Errorf("row %q: value %d is %s, gorae has %v", rows[i], k, got[k], w)
			}
		}
	}
}

// rowMembers are the members of the row of a file in C, with the columns that they are made of.
func rowMembers(t *testing.T, text string) (members []string) {
	t.Helper()
	_, text, ok := strings.Cut(text, "struct net_row {\n")
	if !ok {
		t.Fatal("the file has no struct net_row")
	}
	text, _, _ = strings.Cut(text, "};")
	for l := range strings.Lines(text) {
		_, says, _ := strings.Cut(l, "/* ")
		members = append(members, strings.TrimSuffix(strings.TrimSpace(says), " */"))
	}
	return members
}

// predictedRow is the values of the members for the one row of a file, and what gorae predicts for it in the order in
// which the program prints it; nil where gorae refuses the row.
func predictedRow(b *bundle.Bundle, path string, members []string) (line []string, said []any) {
	i, err := source.Find(path, source.Options{})
	if err != nil {
		return nil, nil
	}
	s, err := i.Read()
	if err != nil {
		return nil, nil
	}
	for _, m := range members {
		line = append(line, memberOf(b, s.Table, m)...)
	}
	bound, err := b.Bind(&task.Source{Info: i})
	if err != nil {
		return line, nil
	}
	y, err := b.Predict(ctx.Background(), bound)
	if err != nil {
		return line, nil
	}
	decoded, err := bound.Decode(y, 0)
	if err != nil {
		return line, nil
	}
	var classes []string
	values := map[string]any{}
	for k, v := range decoded[0] {
		values[bound.Header[k]] = v
		if h := bound.Header[k]; strings.HasPrefix(h, "p(") || strings.HasPrefix(h, "score(") {
			classes = append(classes, h)
		}
	}
	slices.Sort(classes)
	if b.Fitted.Outputs()[0].Each {
		for _, h := range classes {
			one := "0"
			if values[h].(float32) > 0.5 {
				one = "1"
			}
			said = append(said, one)
		}
	} else {
		said = append(said, values["prediction"])
	}
	for _, h := range classes {
		said = append(said, values[h])
	}
	return line, said
}

// memberOf is what a caller gives for a member of a row.
func memberOf(b *bundle.Bundle, t *data.Table, says string) []string {
	var list []string
	switch column, made := strings.CutPrefix(says, "the "); {
	case made:
		kind, name, _ := strings.Cut(column, " of ")
		var f *tabular.Fitted
		switch fitted := b.Fitted.(type) {
		case *tabular.Fitted:
			f = fitted
		case *text.Fitted:
			f = &tabular.Fitted{Fitted: fitted.Fitted}
		}
		for i := range f.Pipeline.Columns {
			c := &f.Pipeline.Columns[i]
			if c.Name != name {
				continue
			}
			from, err := t.Column(name)
			if err != nil {
				return nil
			}
			value := from.Spelling(0)
			if c.Reading != nil && slices.Contains(c.Reading.Missing, value) {
				value = ""
			}
			x := make([]float32, c.Vocabulary.Width())
			c.Vocabulary.Apply(x, value)
			for _, v := range x {
				list = append(list, fmt.Sprint(v))
			}
		}
		_ = kind
	case strings.Contains(says, ": seconds from"):
		name, _, _ := strings.Cut(says, ":")
		c, err := t.Column(name)
		if err != nil || c.IsMissing(0) {
			return []string{""}
		}
		at, err := time.Parse("2006-01-02 15:04:05", c.Text(0))
		if err != nil {
			return []string{""}
		}
		return []string{fmt.Sprint(at.Unix())}
	default:
		name, _, _ := strings.Cut(says, ",")
		c, err := t.Column(name)
		if err != nil {
			return nil
		}
		return []string{c.Spelling(0)}
	}
	return list
}

// TestONNXRows: products whose curves, orders and crosses are in an ONNX file give the predictions of gorae in ONNX
// Runtime, whatever the scale of their targets.
func TestONNXRows(t *testing.T) {
	p := judge(t)
	experiments := map[string]string{"crosses": "{target: label, features: {pos: drop, any: drop, neg: drop, price: " +
		"drop, kind: drop, few: drop, grade: drop, when: drop, stamp: drop, both: {cross: [kind, grade], encode: " +
		"onehot, indicator: true}, numbered: {cross: [few, kind, grade], encode: target}}}"}
	for _, name := range []string{"curves", "logs", "powers", "mirror", "boxes", "log1ps", "codes", "means", "dates",
		"stamps"} {
		experiments[name] = rowProducts[name]
	}
	for name, e := range experiments {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "data.csv")
			if err := os.WriteFile(path, []byte(rowTable()), 0o644); err != nil {
				t.Fatal(err)
			}
			b := runtest.Product(t, dir, "data: "+e, "data.source="+path)
			q := question{Do: "product", Path: filepath.Join(dir, "m.onnx"), Name: path}
			notes, err := onnxproduct.WriteFile(q.Path, b, onnx.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range notes {
				if strings.Contains(n, "has no operator") {
					t.Error(n)
				}
			}
			want := productRows(t, b, path, &q)
			compareProduct(t, p.ask(t, q), want)
		})
	}
}
