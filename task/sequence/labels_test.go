package sequence

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// labelled writes n sequences of 4 to 6 steps in long form: as a table with columns of 0 and 1, and as one with lists
// in a column. The label high says that x is above 0 on the mean, the label wide that y is.
func labelled(t *testing.T, n int) (columns, lists string) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var a, b strings.Builder
	a.WriteString("walk,step,x,y,high,wide\n")
	b.WriteString("walk,step,x,y,tags\n")
	for i := range n {
		high, wide := r.IntN(2), r.IntN(2)
		var tags []string
		if high == 1 {
			tags = append(tags, "high")
		}
		if wide == 1 {
			tags = append(tags, "wide")
		}
		for k := range 4 + i%3 {
			x := float64(2*high-1) + r.NormFloat64()/3
			y := float64(2*wide-1) + r.NormFloat64()/3
			fmt.Fprintf(&a, "w%d,%d,%.4f,%.4f,%d,%d\n", i, k, x, y, high, wide)
			fmt.Fprintf(&b, "w%d,%d,%.4f,%.4f,%s\n", i, k, x, y, strings.Join(tags, "|"))
		}
	}
	dir := t.TempDir()
	return put(t, filepath.Join(dir, "columns.csv"), a.String()), put(t, filepath.Join(dir, "lists.csv"), b.String())
}

const labelled01 = "data: {source: %q, target: [high, wide], sequence: {id: walk, step: step}}\n"

// TestLabelColumns: columns of 0 and 1 are labels of sequences: they are no features, and come to the network, the
// predictions and the metrics of lists of the same labels.
func TestLabelColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	columns, lists := labelled(t, 90)
	rest := "split: {validation: 0.2, test: 0.2}\ntrain: {epochs: 12, batch_size: 8}\n"
	var said, metrics [2]string
	for k, of := range []struct{ path, text string }{
		{columns, labelled01},
		{lists, "data: {source: %q, target: tags, sequence: {id: walk, step: step}}\n"},
	} {
		p := open(t, fmt.Sprintf(of.text, of.path)+rest)
		for _, want := range []string{"task: labels", "sigmoid", `features: [x, "y"]`, "length: 6"} {
			if text := resolved(t, p); !strings.Contains(text, want) {
				t.Errorf("%s: the experiment lacks %q:\n%s", of.path, want, text)
			}
		}
		r, b := fit(t, p)
		if got := r.Report.Test.Of("exact_match"); k == 0 && !(got >= 0.8) {
			t.Errorf("exact matches of %v", got)
		}
		var err error
		if _, said[k], _, err = b.predict(of.path, nil); err != nil {
			t.Fatal(err)
		}
		e, err := b.evaluate(of.path, "")
		if err != nil {
			t.Fatal(err)
		}
		metrics[k] = fmt.Sprint(e.Metrics)
		if k == 0 {
			if _, err := b.evaluate(of.path, "high"); err == nil || !strings.Contains(err.Error(),
				"high is one column, but the labels are 2, each a column of 0 and 1 (high, wide)") {
				t.Errorf("one column: %v", err)
			}
			bare := put(t, filepath.Join(t.TempDir(), "bare.csv"), "walk,step,x,y\nw,1,1,0\nw,2,1,0.1\nw,3,1.1,0\n")
			if _, text, _, err := b.predict(bare, nil); err != nil || !strings.Contains(text, "w,high,") {
				t.Errorf("without labels: %q, %v", text, err)
			}
			if _, err := b.evaluate(bare, ""); err == nil || !strings.Contains(err.Error(), `no column "high"`) {
				t.Errorf("evaluated without labels: %v", err)
			}
		}
	}
	if said[0] != said[1] || metrics[0] != metrics[1] {
		t.Errorf("columns and lists differ: %s and %s\n%s\n%s", metrics[0], metrics[1], said[0], said[1])
	}
}

// TestLabelColumnMistakes: what is no label of a sequence is said with its place.
func TestLabelColumnMistakes(t *testing.T) {
	columns, _ := labelled(t, 12)
	dir := t.TempDir()
	file := func(name, rows string) string {
		return put(t, filepath.Join(dir, name), "walk,step,x,y,high,wide\n"+rows)
	}
	for _, c := range []struct{ path, text, want string }{
		{file("changes.csv", "a,1,0,0,1,0\na,2,0,0,1,1\nb,1,0,0,0,0\nb,2,0,0,0,1\n"), labelled01,
			`changes.csv:3: wide: "1" in sequence a, which began with "0"; a sequence has a label or not`},
		{file("words.csv", "a,1,0,0,1,yes\na,2,0,0,1,yes\nb,1,0,0,0,no\nb,2,0,0,0,no\n"), labelled01,
			"wide is no column of 0 and 1; of several targets each says of one label whether the sequence has it"},
		{columns, "data: {source: %q, target: [high, wide], task: regression, sequence: {id: walk}}\n",
			"2 targets; sequences have one, or, in a table, columns of 0 and 1 that are labels"},
		{columns, "data: {source: %q, target: [high, wild], sequence: {id: walk, step: step}}\n",
			`no column "wild"`},
		{columns, "data: {source: %q, target: [high, wide], sequence: {id: walk, step: step, target: high}}\n",
			"sequence.target names high"},
	} {
		_, err := prepare("", fmt.Sprintf(c.text, c.path))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
}
