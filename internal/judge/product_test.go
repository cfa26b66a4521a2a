//go:build judge

package judge

import (
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data"
	"gorae/data/source"
	_ "gorae/data/source/all"
	"gorae/format/onnx"
	"gorae/format/onnx/product"
	"gorae/internal/file"
	"gorae/internal/runtest"
	_ "gorae/spec/yaml"
	"gorae/task"
	_ "gorae/task/all"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
	"gorae/tensor"
)

// products are experiments by their files; {source: …} is the name of a sample or of a file below GORAE_SHARED, or a
// table that is made here.
var products = map[string]struct{ source, experiment, notes string }{
	"titanic": {"titanic", "data: {target: Survived, features: {Name: drop, Ticket: drop, Cabin: drop}}", ""},
	"iris":    {"iris", "data: {target: species}\nmodel: [{dense: {units: 6, activation: tanh}}, {dense: 3}]", ""},
	"numbers": {"made", "data: {target: b, task: regression, features: {y: drop, tags: drop, words: drop}}", ""},
	"logits": {"made", "data: {target: town, features: {tags: drop, words: drop, y: drop}}\n" +
		"train: {loss: {sparse_categorical_crossentropy: {from_logits: true}}}\nmodel: [{dense: 5}, {dense: 4}]", ""},
	"scales": {"made", "data: {target: y, features: {a: {scale: robust, indicator: true}, b: {log1p: true, " +
		"impute: median, piecewise: 4}, c: {scale: minmax, fences: 1.5}, kind: drop, town: drop, level: " +
		"{periodic: {frequencies: 3}}}}", ""},
	"codes": {"made", "data: {target: y, task: classification, features: {a: {encode: bins}, b: {encode: {bins: " +
		"{n_bins: 3, encode: integer}}}, c: indicator, kind: {encode: onehot, missing: true}, town: {encode: " +
		"{onehot: {min_frequency: 5}}}, level: {encode: integer}}}", ""},
	"means": {"made", "data: {target: b, target_scale: log1p, features: {a: zscore, c: drop, kind: target, town: " +
		"target, level: onehot, y: drop}}", ""},
	"labels": {"made", "data: {target: tags}\nsplit: {validation: 0.3, test: 0.3}", ""},
	"inputs": {"made", "data: {target: y, task: classification, features: {town: {encode: integer}}, inputs: " +
		"{place: [town], rest: [a, b, kind]}}", ""},
	"marks": {"marked", "data: {missing: [-999, none], target: y, task: classification, features: {a: zscore, b: " +
		"{log1p: true, impute: median, piecewise: 4}, c: {encode: bins, indicator: true}, kind: {encode: onehot, " +
		"missing: true, indicator: true}, town: target, level: {encode: onehot, missing: true}}}", ""},
	"marked codes": {"marked", "data: {missing: [-999, none], target: y, task: classification, features: {a: " +
		"{scale: minmax, indicator: true}, b: robust, c: indicator, kind: indicator, town: {encode: integer, " +
		"indicator: true}, level: {encode: integer}}}", ""},
	"costs": {"made", "data: {target: y, task: classification}\ntrain: {costs: {0: {1: 5}, 1: {0: 1}}}", ""},
	"hash":  {"made", "data: {target: y, task: classification, features: {town: {encode: {hash: 4}}}}", "town: "},
	"text": {"made", "data: {target: y, task: classification, features: {words: {text: {length: 4}}, a: drop, " +
		"b: drop, c: drop, kind: drop, town: drop, level: drop, tags: drop}}", "words: "},
	"bags": {"made", "data: {target: y, task: classification, features: {words: {text: {output: tfidf, ngrams: 2}}, " +
		"a: drop, b: drop, c: drop, kind: drop, town: drop, level: drop, tags: drop}}", "words: "},
	"sublinear": {"made", "data: {target: y, task: classification, features: {words: {text: {output: tfidf, " +
		"sublinear_tf: true}}, a: drop, b: drop, c: drop, kind: drop, town: drop, level: drop, tags: drop}}",
		"words: "},
	"counts": {"made", "data: {target: y, task: classification, features: {words: {text: {output: bag}}, " +
		"a: drop, b: drop, c: drop, kind: drop, town: drop, level: drop, tags: drop}}", "words: "},
	"pictures": {"pictures", "model: [{conv2d: {filters: 4, kernel_size: 3, activation: relu}}, flatten, {dense: {" +
		"units: 2, activation: softmax}}]", ""},
}

// madeTable is a table with numbers, categories, numbers that are categories, labels and words, some of them missing.
func madeTable() string {
	var s strings.Builder
	s.WriteString("a,b,c,kind,town,level,tags,words,y\n")
	for i := range 60 {
		c := fmt.Sprint(i * i % 23)
		if i%9 == 4 {
			c = ""
		}
		a := fmt.Sprintf("%.3f", float64(i*37%29)/3-2)
		if i%11 == 6 {
			a = ""
		}
		fmt.Fprintf(&s, "%s,%.2f,%s,%s,%s,%d,%s,%s,%d\n", a, float64(i*i%17)*3+0.5, c, []string{"x", "z", ""}[i%3],
			[]string{"Busan", "Seoul", "Seoul", "Jeju", "대구", "Seoul", "Busan"}[i%7], 1+i*i%3,
			[]string{"dog|person", "", "dog", "cat|person"}[i%4], []string{"good day", "bad rain today", "so so"}[i%3],
			i%2)
	}
	return s.String()
}

// markedTable is madeTable in which -999 and "none" stand for what is missing, in more columns.
func markedTable() string {
	var s strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(madeTable(), "\n"), "\n") {
		v := strings.Split(line, ",")
		for k := range v {
			switch {
			case i == 0 || k > 5:
			case v[k] == "" && k == 3 || k == 4 && i%10 == 3:
				v[k] = "none"
			case v[k] == "" || k == 1 && i%8 == 5 || k == 5 && i%13 == 2:
				v[k] = "-999"
			}
		}
		s.WriteString(strings.Join(v, ",") + "\n")
	}
	return s.String()
}

// productFile puts the source of an experiment into a folder as a CSV file.
func productFile(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, "data.csv")
	var content []byte
	var err error
	switch {
	case name == "made" || name == "pictures":
		content = []byte(madeTable())
	case name == "marked":
		content = []byte(markedTable())
	case strings.Contains(name, "/"):
		content, err = os.ReadFile(filepath.Join(os.Getenv("GORAE_SHARED"), "data", name))
	default:
		var f *os.File
		if f, err = os.Open("../../data/samples/" + name + ".csv.gz"); err == nil {
			defer f.Close()
			var z *gzip.Reader
			if z, err = gzip.NewReader(f); err == nil {
				content, err = io.ReadAll(z)
			}
		}
	}
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// picturesFile is pictures of bytes with the class 1 where the upper half is lighter.
func picturesFile(t *testing.T, dir string) string {
	t.Helper()
	x, y := tensor.New(tensor.Uint8, 40, 6, 6, 1), tensor.New(tensor.Uint8, 40)
	for i := range x.U8 {
		upper := i/18%2 == 0
		x.U8[i] = uint8(i * 7919 % 120)
		if y.U8[i/36] = uint8(i / 36 % 2); upper == (y.U8[i/36] == 1) {
			x.U8[i] += 100
		}
	}
	path := filepath.Join(dir, "pictures.npz")
	err := file.Replace(path, func(w io.Writer) error {
		return tensor.WriteNPZ(w, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestProducts: trained products take raw columns in ONNX Runtime and in Keras, and give the predictions of gorae.
func TestProducts(t *testing.T) {
	p := judge(t)
	for name, c := range products {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := productFile(t, dir, c.source)
			from := path
			if c.source == "pictures" {
				from = picturesFile(t, dir)
			}
			b := runtest.Product(t, dir, c.experiment, "data.source="+from)
			q := question{Do: "product", Path: filepath.Join(dir, "m.onnx"), Name: path}
			notes, err := product.WriteFile(q.Path, b, onnx.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s := strings.Join(notes, "\n"); !strings.HasPrefix(s, c.notes) || (c.notes == "") != (s == "") {
				t.Errorf("notes: %s", s)
			}
			want := productRows(t, b, from, &q)
			a := p.ask(t, q)
			if len(a.Texts)+len(a.Words) > 0 {
				t.Error(a.Texts, a.Words)
			}
			compareProduct(t, a, want)
			rawProduct(t, p, b, name, q, want)
		})
	}
}

// productRows are the predictions of a bundle for a source, by the header; what the ONNX file takes that is no column
// of the source is put into the question.
func productRows(t *testing.T, b *bundle.Bundle, from string, q *question) map[string][]any {
	t.Helper()
	i, err := source.Find(from, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(&task.Source{Info: i})
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Predict(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]any{}
	for i := range bound.Data.Len() {
		rows, err := bound.Decode(y, i)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range rows[0] {
			out[bound.Header[k]] = append(out[bound.Header[k]], v)
		}
	}
	s, err := i.Read()
	if err != nil {
		t.Fatal(err)
	}
	switch f := b.Fitted.(type) {
	case *text.Fitted:
		v := f.Pipeline.Columns[7].Vocabulary
		column, err := s.Table.Column("words")
		if err != nil {
			t.Fatal(err)
		}
		ids := make([]float32, v.Spec.Length)
		for i := range s.Table.Rows {
			v.Apply(ids, column.Text(i))
			for _, id := range ids {
				q.Texts = append(q.Texts, v.Token(int32(id)))
			}
		}
	default:
		if s.Arrays != nil && s.Arrays.X != nil {
			q.Name, q.Named = "", map[string]array{b.Model.InputNames()[0]: packed(s.Arrays.X)}
		}
		if f, ok := b.Fitted.(*tabular.Fitted); ok {
			for _, c := range f.Pipeline.Columns {
				if c.Vocabulary == nil || c.Spec.Drop {
					continue
				}
				column, err := s.Table.Column(c.Name)
				if err != nil {
					t.Fatal(err)
				}
				q.Batch = 5 // tokens of a text, and empty ones behind
				for i := range s.Table.Rows {
					tokens := c.Vocabulary.Spec.Tokens(column.Text(i))
					q.Texts = append(q.Texts, append(tokens, make([]string, q.Batch-len(tokens))...)...)
				}
			}
		}
		if strings.Contains(q.Path, "hash") {
			q.Named = map[string]array{"town_features": packed(features(t, b, s.Table, "town"))}
		}
	}
	return out
}

// features is the features of a column.
func features(t *testing.T, b *bundle.Bundle, from *data.Table, column string) *tensor.Tensor {
	t.Helper()
	f := b.Fitted.(*tabular.Fitted)
	x, err := f.Pipeline.Apply(from)
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for k, name := range f.FeatureNames() {
		if strings.HasPrefix(name, column) {
			at = append(at, k)
		}
	}
	y := tensor.New(tensor.Float32, from.Rows, len(at))
	for i := range from.Rows {
		for j, k := range at {
			y.F32[i*len(at)+j] = x.F32[i*x.Shape[1]+k]
		}
	}
	return y
}

// compareProduct compares outputs of the file with the columns of gorae's predictions.
func compareProduct(t *testing.T, a *answer, want map[string][]any) {
	t.Helper()
	numbers := func(name string) *tensor.Tensor {
		y := a.Tables[name].Numbers
		if y == nil {
			t.Fatalf("there is no output %q of numbers among %v", name, a.Tables)
		}
		return y.tensor()
	}
	near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-5+1e-4*math.Abs(want) }
	word := "probabilities"
	var classes []string
	for h := range want {
		if strings.HasPrefix(h, "p(") || strings.HasPrefix(h, "score(") {
			classes = append(classes, h)
		}
		if strings.HasPrefix(h, "score(") {
			word = "scores"
		}
	}
	slices.Sort(classes)
	prediction := want["prediction"]
	if prediction == nil {
		t.Fatalf("gorae gives %v", want)
	}
	if len(classes) == 0 {
		y := numbers("prediction")
		for i, v := range prediction {
			if !near(y.Float(i), v.(float64)) {
				t.Fatalf("row %d: %v, gorae has %v", i, y.Float(i), v)
			}
		}
		return
	}
	said := a.Tables["prediction"]
	for i, v := range prediction {
		if said.Texts != nil && said.Texts[i] != v {
			t.Fatalf("row %d: %v, gorae has %v", i, said.Texts[i], v)
		}
	}
	y := numbers(word)
	width := y.Shape[1]
	if width != len(classes) {
		t.Fatalf("%d values for %v", width, classes)
	}
	for k, h := range classes { // in the order of their names, as the classes are
		for i, v := range want[h] {
			if g := y.Float(i*width + k); !near(g, float64(v.(float32))) {
				t.Fatalf("row %d: %s is %v, gorae has %v", i, h, g, v)
			}
			if said.Numbers != nil && (said.Numbers.tensor().Float(i*width+k) == 1) != (v.(float32) > 0.5) {
				t.Fatalf("row %d: %s is said otherwise", i, h)
			}
		}
	}
}
