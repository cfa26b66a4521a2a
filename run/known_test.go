package run_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/internal/rowhash"
	"gorae/run"
	"gorae/task"
	"gorae/tensor"
)

// TestKnownRows: an evaluation of the data of a run finds its training, validation and test samples again, of every
// kind of data, and says before the figures that they are of known data; without the file of hashes nothing is said.
func TestKnownRows(t *testing.T) {
	dir := t.TempDir()
	texts := reviewsCSV(t, filepath.Join(dir, "reviews.csv"), 120)
	pictures := pets(t, 40, 12)
	long := "who,when,x,kind\n"
	for i := range 40 {
		for s := range 3 + i%4 {
			long += fmt.Sprintf("w%02d,%d,%.4f,%s\n", i, s, math.Sin(float64(7*i+s)), []string{"a", "b"}[i%2])
		}
	}
	sequences := write(t, filepath.Join(dir, "long.csv"), long)
	x, y := tensor.New(tensor.Float32, 60, 5), tensor.New(tensor.Float32, 60)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(3 * i)))
	}
	for i := range y.F32 {
		y.F32[i] = float32(math.Cos(float64(i)))
	}
	arrays := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	prose := write(t, filepath.Join(dir, "verse.txt"), strings.Repeat(verse, 30))
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct{ name, source, text string }{
		{"tabular", "embed:iris", "data: {source: embed:iris}\n"},
		{"digits", "embed:digits", "data: {source: embed:digits}\n"},
		{"series", "embed:airline", "data: {source: embed:airline, series: {window: 6, transform: {Passengers: " +
			"log_return}}}\n"},
		{"text", texts, fmt.Sprintf("data: {source: %q, target: label}\n", texts)},
		{"image", pictures, fmt.Sprintf("data: {source: %q}\n", pictures)},
		{"sequence", sequences, fmt.Sprintf("data: {source: %q, sequence: {id: who, step: when, target: kind}}\n",
			sequences)},
		{"padded before", sequences, fmt.Sprintf("data: {source: %q, sequence: {id: who, step: when, target: kind, "+
			"padding: before}}\ntrain: {bucket: true}\n", sequences)},
		{"arrays", arrays, fmt.Sprintf("data: {source: %q}\n", arrays)},
		{"language", prose, fmt.Sprintf("data: {source: %q, text: {window: 10}}\n", prose)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, c.text, "train.epochs=1", "train.ensemble=1")
			out := filepath.Join(t.TempDir(), "run")
			r, b := fit(t, p, out)
			if len(r.Warnings) > 0 {
				t.Error(r.Warnings)
			}
			e, err := b.evaluate(c.source, "", "")
			if err != nil {
				t.Fatal(err)
			}
			f, err := rowhash.Read(filepath.Join(out, rowhash.Name))
			if err != nil {
				t.Fatal(err)
			}
			k := e.Known
			if k == nil || len(k.Words) == 0 {
				t.Fatalf("nothing is known: %+v", k)
			}
			for part, hashes := range f.Parts {
				if len(hashes) != p.Rows(task.Part(part)) {
					t.Errorf("%d hashes of %d samples", len(hashes), p.Rows(task.Part(part)))
				}
			}
			if c.name == "language" { // the text repeats itself, and its windows lie elsewhere in the parts
				if k.Training == 0 {
					t.Errorf("%+v", k)
				}
				return
			}
			if k.Training < p.Rows(task.Train) || k.Training+k.Validation+k.Test < p.Rows(task.Train)+
				p.Rows(task.Validation)+p.Rows(task.Test) || !strings.Contains(k.Words[0], " were trained on") ||
				!strings.HasSuffix(k.Words[0], ": the figures are of known data") {
				t.Errorf("%v samples by part; known: %+v", rows(p), k)
			}
			if k.Training == p.Rows(task.Train) && (k.Metric == "" || len(k.Words) != 2) {
				t.Errorf("no figure of the others: %+v", k)
			}
			if err := os.WriteFile(filepath.Join(out, rowhash.Name), []byte("gorae"), 0o600); err != nil {
				t.Fatal(err)
			}
			e, err = b.evaluate(c.source, "", "")
			if err != nil || e.Known != nil || !slices.ContainsFunc(e.Notes, func(s string) bool {
				return strings.HasPrefix(s, "whether these samples were trained on is not known: ") &&
					strings.HasSuffix(s, "the file is damaged")
			}) {
				t.Errorf("damaged: %v %+v %q", err, e.Known, e.Notes)
			}
			if err := os.Remove(filepath.Join(out, rowhash.Name)); err != nil {
				t.Fatal(err)
			}
			if e, err = b.evaluate(c.source, "", ""); err != nil || e.Known != nil {
				t.Errorf("without hashes: %v %+v", err, e.Known)
			}
		})
	}
}

// TestKnownElsewhere: the product file alone, or beside another run's hashes, claims nothing; rows that the run never
// saw are said nothing of; rows that were trained on are counted among new ones, with the figure of the new ones.
func TestKnownElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	table := func(name string, from, to int) string {
		text := "a,b,y\n"
		for i := from; i < to; i++ {
			text += fmt.Sprintf("%.5f,%.5f,%.5f\n", math.Sin(float64(i)), math.Cos(float64(i*i)),
				math.Sin(float64(3*i)))
		}
		return write(t, filepath.Join(dir, name), text)
	}
	first, second := table("first.csv", 0, 100), table("second.csv", 100, 200)
	p := open(t, fmt.Sprintf("data: {source: %q, target: y}\ntrain: {epochs: 1}\n", first))
	_, b := fit(t, p, filepath.Join(dir, "one"))
	fit(t, open(t, fmt.Sprintf("data: {source: %q, target: y}\ntrain: {epochs: 1}\n", second)),
		filepath.Join(dir, "two"))
	e, err := b.evaluate(second, "", "")
	if err != nil || e.Known == nil || e.Known.Training != 0 || len(e.Known.Words) != 0 {
		t.Errorf("new rows: %v %+v", err, e.Known)
	}
	e, err = b.evaluate(table("both.csv", 50, 150), "", "")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, i := range numbers(p.Parts[task.Train]) {
		if i >= 50 {
			seen++
		}
	}
	if k := e.Known; k.Training != seen || k.Samples != 100 || k.Metric != "rmse" || k.Words[0] != fmt.Sprintf(
		"%d of 100 rows are equal to rows that were trained on (inputs and targets): the figures are partly of "+
			"known data", seen) || k.Words[1] != fmt.Sprintf("rmse on the %d rows that were not trained on: %.4g",
		100-seen, k.Others) {
		t.Errorf("half of the rows: %+v, want %d", e.Known, seen)
	}
	for _, name := range []string{run.ModelFile} {
		content, err := os.ReadFile(filepath.Join(dir, "one", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{write(t, filepath.Join(dir, "alone", name), string(content)),
			write(t, filepath.Join(dir, "two", name), string(content))} {
			if e, err := load(t, to).evaluate(first, "", ""); err != nil || e.Known != nil {
				t.Errorf("%s: %v %+v", to, err, e.Known)
			}
		}
	}
}

// TestDuplicates: copies across the parts are counted and told from what chance explains. Copies of 10 training rows in
// a test file of its own (n 8 of the faults) are more than chance explains where no training row equals another; in a
// table of 12 different rows equal ones are expected; copies within one file are as many in the training part.
func TestDuplicates(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	row := func(i int) string {
		return fmt.Sprintf("%.6f,%.6f,%.6f\n", math.Sin(float64(i)), math.Cos(float64(i*i)), math.Sin(float64(3*i)))
	}
	fine, copies, within, coarse := "a,b,y\n", "a,b,y\n", "a,b,y\n", "a,b,y\n"
	for i := range 200 {
		fine += row(i)
		within += row(i)
		coarse += fmt.Sprintf("%d,%d,%s\n", i*7%3, i*5%4, []string{"no", "yes"}[i*i%7%2])
		if i < 40 {
			copies += row(1000 + i)
		}
		if i%10 == 0 {
			within += row(i)
		}
	}
	p := open(t, fmt.Sprintf("data: {source: %q, target: y, test: {source: %q}}\ntrain: {epochs: 1}\n",
		write(t, filepath.Join(dir, "fine.csv"), fine), write(t, filepath.Join(dir, "new.csv"), copies)))
	r, _ := fit(t, p, filepath.Join(dir, "none"))
	last := r.Report.Duplicates[len(r.Report.Duplicates)-1]
	if last.Part != "test" || last.Samples != 40 || last.Equal != 0 || last.Inputs != 0 || last.P != 1 ||
		strings.Contains(strings.Join(r.Report.Findings.Words, "\n"), "equal to training") {
		t.Errorf("no copies: %+v, %q", last, r.Report.Findings.Words)
	}
	for _, i := range numbers(p.Parts[task.Train])[:10] {
		copies += row(i)
	}
	for _, c := range []struct {
		name, data  string
		equal       int // of the test rows; −1: some
		says, lacks string
	}{
		{"across", fmt.Sprintf("{source: %q, target: y, test: {source: %q}}", filepath.Join(dir, "fine.csv"),
			write(t, filepath.Join(dir, "copies.csv"), copies)), 10,
			"", "equal to training"}, // package diagnose says it
		{"within", fmt.Sprintf("{source: %q, target: y}", write(t, filepath.Join(dir, "within.csv"), within)), -1,
			"if these are copies, remove them", "copies stand in both parts"},
		{"coarse", fmt.Sprintf("{source: %q, target: y}", write(t, filepath.Join(dir, "coarse.csv"), coarse)), -1,
			"about as many as to be expected, since ", "copies"},
	} {
		p := open(t, fmt.Sprintf("data: %s\ntrain: {epochs: 1}\n", c.data))
		r, _ := fit(t, p, filepath.Join(dir, c.name))
		d := r.Report.Duplicates[len(r.Report.Duplicates)-1]
		words := strings.Join(r.Report.Findings.Words, "\n")
		if c.equal >= 0 && d.Equal != c.equal || d.Equal == 0 || !strings.Contains(words, c.says) ||
			c.lacks != "" && strings.Contains(words, c.lacks) {
			t.Errorf("%s: %+v; %s", c.name, d, words)
		}
		without := strings.Contains(words, "without the test rows that are equal to training rows: ")
		if without != (c.name == "within") {
			t.Errorf("%s: a figure without them is said: %v; %s", c.name, without, words)
		}
		others := fmt.Sprintf(" on %d test samples that equal no training sample (", d.Samples-d.Equal)
		if v := strings.Join(r.Report.Findings.Verdict, "\n"); strings.Contains(v,
			others) != (c.name != "coarse") || v == "" {
			t.Errorf("%s: %q, want %q but of coarse ones", c.name, v, others)
		}
		again, err := run.ReadReport(r.Dir)
		if err != nil || !slices.Equal(again.Duplicates, r.Report.Duplicates) {
			t.Errorf("%s: read again %+v, %v", c.name, again.Duplicates, err)
		}
	}
}
