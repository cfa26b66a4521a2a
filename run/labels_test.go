package run_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	"gorae/task"
	"gorae/tensor"
)

// labelRows draws n samples of three numbers with any of three labels, each of which depends on one number, the third
// on the size of two of them.
func labelRows(n int) (x [][3]float64, has [][3]bool) {
	r := rand.New(rand.NewPCG(61, 62))
	for range n {
		v := [3]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		noise := func() float64 { return 0.3 * r.NormFloat64() }
		x = append(x, v)
		has = append(has, [3]bool{v[0]+noise() > 0, v[1]+noise() > 0.7, v[0]*v[0]+v[2]*v[2]+noise() > 3})
	}
	return x, has
}

var labelNames = []string{"dog", "person", "cat"}

// labelTables writes the samples as a table of a list column, and as one of columns of 0 and 1.
func labelTables(t *testing.T, n int) (lists, columns string, has [][3]bool) {
	t.Helper()
	x, has := labelRows(n)
	var a, b strings.Builder
	a.WriteString("a,b,c,tags\n")
	b.WriteString("a,dog,b,person,c,cat\n")
	for i, v := range x {
		var list []string
		one := [3]int{}
		for k, is := range has[i] {
			if is {
				list, one[k] = append(list, labelNames[k]), 1
			}
		}
		fmt.Fprintf(&a, "%.4f,%.4f,%.4f,%s\n", v[0], v[1], v[2], strings.Join(list, ";"))
		fmt.Fprintf(&b, "%.4f,%d,%.4f,%d,%.4f,%d\n", v[0], one[0], v[1], one[1], v[2], one[2])
	}
	dir := t.TempDir()
	return write(t, filepath.Join(dir, "lists.csv"), a.String()), write(t, filepath.Join(dir, "columns.csv"),
		b.String()), has
}

// figures are the metrics of predicted labels by their definitions.
func figures(has [][3]bool, said [][]string) map[string]float64 {
	exact, right, tp, fp, fn, macro := 0.0, 0.0, [3]float64{}, [3]float64{}, [3]float64{}, 0.0
	for i, h := range has {
		all := true
		for k, name := range labelNames {
			s := slices.Contains(said[i], name)
			switch {
			case s == h[k]:
				right++
			default:
				all = false
			}
			switch {
			case s && h[k]:
				tp[k]++
			case s:
				fp[k]++
			case h[k]:
				fn[k]++
			}
		}
		if all {
			exact++
		}
	}
	n := float64(len(has))
	sum := func(v [3]float64) float64 { return v[0] + v[1] + v[2] }
	for k := range tp {
		macro += 2 * tp[k] / (2*tp[k] + fp[k] + fn[k]) / 3
	}
	return map[string]float64{"exact_match": exact / n, "binary_accuracy": right / 3 / n,
		"hamming_loss": 1 - right/3/n, "f1_micro": 2 * sum(tp) / (2*sum(tp) + sum(fp) + sum(fn)), "f1_macro": macro}
}

// TestLabels: a list column, columns of 0 and 1, and an array come to the same network; the file has the thresholds, by
// which predictions are lists of labels, and the metrics of an evaluation are those of its predictions by the
// definitions.
func TestLabels(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	lists, columns, has := labelTables(t, 600)
	var test [3]float64
	for k, data := range []string{"source: " + lists, "source: " + columns + ", target: [dog, person, cat]"} {
		p := open(t, "data: {"+data+"}\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: 20}\n")
		for _, want := range []string{"task: labels", "sigmoid", "loss: binary_crossentropy", "label_thresholds: f1"} {
			if text := resolved(t, p); !strings.Contains(text, want) {
				t.Errorf("%s: the experiment lacks %q:\n%s", data, want, text)
			}
		}
		if len(p.Guesses) == 0 {
			t.Errorf("%s: that the targets are taken for labels is not said", data)
		}
		r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		test[k] = r.Report.Test.Of("exact_match")
		out := b.Fitted.Outputs()[0]
		if !out.Each || len(out.Thresholds) != 3 || len(r.Report.Findings.Baselines) != 2 ||
			len(r.Report.Findings.Verdict) != 1 {
			t.Errorf("%s: %+v %+v", data, out, r.Report.Findings)
		}
		if again, err := run.ReadReport(r.Dir); err != nil || again.Findings.Sections["labels"] == nil {
			t.Errorf("%s: the report has no table of labels: %v", data, err)
		}
		path := []string{lists, columns}[k]
		said, err := b.predict(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(said.csv)).ReadAll()
		if err != nil || rows[0][0] != "prediction" || len(rows[0]) != 4 {
			t.Fatal(rows[0], err)
		}
		mark, all := ";", [][]string{}
		if k == 1 {
			mark = "|"
		}
		for _, row := range rows[1:] {
			all = append(all, strings.Split(row[0], mark))
		}
		e, err := b.evaluate(path, "", "")
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range figures(has, all) {
			if got := e.Metrics.Of(name); !(math.Abs(got-want) < 1e-6) {
				t.Errorf("%s: %s is %v, of the predictions %v", data, name, got, want)
			}
		}
		if len(e.Findings.Words) < 4 || e.Findings.Sections["labels"] == nil {
			t.Errorf("%s: the evaluation has no table of labels: %v", data, e.Findings.Words)
		}
	}
	if !(test[0] > 0.5 && test[1] > 0.5) {
		t.Errorf("exact matches of %v", test)
	}
}

// TestLabelArray: an array of 0 and 1 is labels, and an evaluation takes one.
func TestLabelArray(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	x, has := labelRows(300)
	in, out := tensor.New(tensor.Float32, 300, 3), tensor.New(tensor.Uint8, 300, 3)
	for i := range x {
		for k := range 3 {
			in.F32[3*i+k] = float32(x[i][k])
			if has[i][k] {
				out.U8[3*i+k] = 1
			}
		}
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: in}, tensor.Named{Name: "y", Tensor: out})
	p := open(t, "data: {source: "+path+"}\ntrain: {epochs: 2}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	e, err := b.evaluate(path, "", "")
	if err != nil || !(e.Metrics.Of("binary_accuracy") > 0.5) {
		t.Fatal(e, err)
	}
}

// TestLabelSplit: labels are stratified, also in the folds of a cross-validation, and half leaves the thresholds.
func TestLabelSplit(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	lists, _, has := labelTables(t, 600)
	total := 0
	for _, h := range has {
		if h[2] {
			total++
		}
	}
	for _, split := range []string{"{validation: 0.2, test: 0.2}", "{folds: 5, fold: 3}"} {
		p := open(t, "data: {source: "+lists+", label_thresholds: half}\nsplit: "+split+"\ntrain: {epochs: 1}\n")
		n := 0
		for _, i := range numbers(p.Parts[task.Test]) {
			if has[i][2] {
				n++
			}
		}
		if want := float64(total) / 5; math.Abs(float64(n)-want) > 1 {
			t.Errorf("%s: %d test samples have the rarest label, a fifth is %v", split, n, want)
		}
		_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
		if th := b.Fitted.Outputs()[0].Thresholds; th != nil {
			t.Errorf("%s: thresholds %v", split, th)
		}
	}
}

// TestLabelMistakes: what does not fit labels is an error with its place and a remedy.
func TestLabelMistakes(t *testing.T) {
	lists, columns, _ := labelTables(t, 100)
	for _, c := range []struct{ text, want string }{
		{"data: {source: " + lists + "}\nmodel: [dense: {units: 3, activation: softmax}]\n",
			"train.loss: binary_crossentropy takes the probability of each label, which the last layer's activation " +
				"softmax does not give; give it activation: sigmoid"},
		{"data: {source: " + lists + "}\nmodel: [dense: {units: 2, activation: sigmoid}]\n",
			"2 outputs for the 3 labels of tags; give 3"},
		{"data: {source: " + lists + "}\ntrain: {loss: categorical_crossentropy}\n",
			"a sample of tags may have several labels; give binary_crossentropy"},
		{"data: {source: " + lists + "}\ntrain: {loss: {binary_crossentropy: {from_logits: true}}}\n",
			"leave from_logits or the activation out"},
		{"data: {source: " + lists + "}\ntrain: {loss: hinge}\n", "labels are said by their probabilities"},
		{"data: {source: " + lists + "}\ntrain: {metrics: [accuracy]}\n", "give exact_match or binary_accuracy"},
		{"data: {source: " + columns + ", target: [a, dog], task: labels}\n", "says not whether the row has the label"},
		{"data: {source: " + lists + ", target: a, task: labels}\n", "no cell of a holds several labels"},
	} {
		_, err := prepare("", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got  %v\n want %s", c.text, err, c.want)
		}
	}
	// One output for each column, as the experiment says.
	p := open(t, "data: {source: "+columns+", target: [dog, person], task: classification}\n")
	if n := len(p.Model.OutputNames()); n != 2 {
		t.Errorf("task: classification has %d outputs", n)
	}
}
