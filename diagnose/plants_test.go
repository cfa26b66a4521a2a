package diagnose_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/diagnose"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// rings is three classes in rings, with two features that say nothing; change may spoil the rows.
func rings(n int, change func(i int, row []string) []string) string {
	r := rand.New(rand.NewPCG(7, 7))
	rows := []string{}
	for i := range n {
		class := r.IntN(3)
		radius, angle := 1+1.2*float64(class)+0.2*r.NormFloat64(), 2*math.Pi*r.Float64()
		row := []string{fmt.Sprintf("%.5f", radius*math.Cos(angle)), fmt.Sprintf("%.5f", radius*math.Sin(angle)),
			fmt.Sprintf("%.5f", r.NormFloat64()), fmt.Sprintf("%.5f", r.NormFloat64()),
			[]string{"inner", "middle", "outer"}[class]}
		if change != nil {
			row = change(i, row)
		}
		if row != nil {
			rows = append(rows, strings.Join(row, ","))
		}
	}
	return "u,v,w,z,kind\n" + strings.Join(rows, "\n") + "\n"
}

const (
	network = "model: [{dense: {units: 24, activation: relu}}, {dense: {units: 12, activation: relu}}, " +
		"{dense: {units: 3, activation: softmax}}]\n"
	rate   = "train: {epochs: 30, optimizer: {adam: {learning_rate: 0.01}}}\n"
	parted = "split: {validation: 0.2, test: 0.3}\n"
	digits = "data: {source: embed:digits, features: minmax}\n" + parted
)

// planted is a fault, and the code that must stand first.
type planted struct {
	name, table  string // "" table: that of rings
	data, model  string
	split, train string
	want         string
}

func (p planted) text(path string) string {
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return strings.TrimPrefix(s, " ")
	}
	return strings.ReplaceAll(or(p.data, "data: {source: FILE, target: kind}\n"), "FILE", path) + or(p.split, parted) +
		or(p.model, network) + or(p.train, rate)
}

func dense(keys string) string {
	return "model: [{dense: {units: 24, " + keys + "}}, {dense: {units: 12, " + keys + "}}, {dense: {units: 3, " +
		"activation: softmax}}]\n"
}

// diagnosis trains an experiment and diagnoses it.
func diagnosis(t *testing.T, table, text string, set ...string) (*diagnose.Diagnosis, *run.Trained) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "t.csv")
	if table != "" {
		if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := spec.Parse("", "test", []byte(strings.ReplaceAll(text, "FILE", path)), set...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "run")
	_, failed := run.Run(t.Context(), p, run.Options{Out: at})
	of, err := run.TrainedOf(p, at)
	if err != nil {
		t.Fatal(err)
	}
	if failed != nil && of.Failure == nil {
		t.Fatal(failed)
	}
	d, err := diagnose.Run(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Warnings) > 0 {
		t.Errorf("warnings: %q", d.Warnings)
	}
	return d, of
}

// codes lists codes, faults with an exclamation mark.
func codes(d *diagnose.Diagnosis) (out []string) {
	for _, f := range d.Findings {
		if f.Grade == diagnose.Fault {
			out = append(out, "!"+f.Code)
		} else {
			out = append(out, f.Code)
		}
	}
	return out
}

// TestPlanted: a planted fault is found, and stands before what follows of it. A ! asks for the grade fault.
func TestPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, p := range []planted{
		{name: "unscaled", data: "data: {source: FILE, target: kind, features: {u: none}}\n",
			table: rings(500, func(_ int, row []string) []string { row[0] += "e4"; return row }),
			want:  "!data/unscaled-column"},
		{name: "mark", table: rings(500, func(i int, row []string) []string {
			if i%9 == 0 {
				row[0] = "-999"
			}
			return row
		}), want: "!data/missing-marker"},
		{name: "constant", data: "data: {source: FILE, target: kind, features: {w: zscore}}\n",
			table: rings(500, func(_ int, row []string) []string { row[2] = "3"; return row }),
			want:  "data/constant-column"},
		{name: "row numbers", data: "data: {source: FILE, target: kind, features: {w: zscore}}\n",
			table: rings(500, func(i int, row []string) []string { row[2] = fmt.Sprint(i + 1); return row }),
			want:  "data/id-like"},
		{name: "copy of a column", table: rings(500, func(_ int, row []string) []string {
			row[2] = row[0] +
				"1"
			return row
		}),
			want: "data/duplicate-column"},
		{name: "leak", table: rings(500, func(_ int, row []string) []string {
			row[2] = fmt.Sprintf("%.4f", float64(len(row[4]))+float64(row[4][0])/10+0.001*r.NormFloat64())
			return row
		}), want: "!data/target-leak"},
		{name: "copies", table: rings(400, nil) + strings.TrimPrefix(rings(120, nil), "u,v,w,z,kind\n"),
			want: "!split/copied-rows"},
		{name: "wrong labels", table: digitsTable(t, func(i int, row []string) {
			if k := len(row) - 1; i%8 == 0 {
				row[k] = fmt.Sprint((int(row[k][0]-'0') + 1 + i/8%9) % 10)
			}
		}), data: "data: {source: FILE, target: last, task: classification, features: minmax}\n",
			model: strings.ReplaceAll(
				network, "units: 3,", "units: 10,"), want: "data/wrong-labels"},
		{name: "sorted", table: ordered(rings(500, nil)), split: "split: {validation: 0.2, test: 0.3, by: time}\n",
			want: "!split/sorted"},
		{name: "linear", model: dense("activation: linear"), want: "!network/linear-stack"},
		{name: "relu at the end", model: strings.ReplaceAll(network, "softmax", "relu"),
			want: "!network/activation-loss"},
		{name: "logits twice", train: "train: {epochs: 10, loss: {sparse_categorical_crossentropy: {from_logits: " +
			"true}}}\n",
			want: "!network/activation-loss"},
		{name: "bounded", data: "data: {source: FILE, target: v, features: {kind: onehot}}\n",
			model: "model: [{dense: " +
				"{units: 16, activation: relu}}, {dense: {units: 1, activation: sigmoid}}]\n",
			want: "!network/bounded-output"},
		{name: "squared error", train: "train: {epochs: 30, loss: mean_squared_error}\n", want: "network/wrong-loss"},
		{name: "zeros", model: dense("activation: relu, kernel_initializer: zeros"), want: "!network/constant-init"},
		{name: "huge", model: dense("activation: relu, kernel_initializer: {random_normal: {stddev: 20}}"),
			want: "network/huge-init"},
		{name: "dropout", model: "model: [{dense: {units: 24, activation: relu}}, {dropout: 0.95}, {dense: {units: " +
			"12, " +
			"activation: relu}}, {dropout: 0.95}, {dense: {units: 3, activation: softmax}}]\n",
			want: "!network/dropout"},
		{name: "penalty", model: dense("activation: relu, kernel_regularizer: {l2: {l2: 2}}"),
			want: "!network/over-regularized"},
		{name: "dead", model: dense("activation: relu, bias_initializer: {constant: {value: -10}}"),
			want: "!activation/dead-units"},
		{name: "sigmoids", model: "model: [" + strings.Repeat("{dense: {units: 12, activation: sigmoid}}, ", 12) +
			"{dense: {units: 3, activation: softmax}}]\n", want: "!gradient/vanishing"},
		{name: "rate too high", train: "train: {epochs: 20, optimizer: {sgd: {learning_rate: 30}}}\n",
			want: "!dynamics/rate-too-high"},
		{name: "rate too low", train: "train: {epochs: 20, optimizer: {adam: {learning_rate: 1e-7}}}\n",
			want: "!dynamics/rate-too-low"},
		{name: "infinite", train: "train: {epochs: 20, optimizer: {sgd: {learning_rate: 1e30}}}\n",
			want: "!dynamics/not-finite"},
		{name: "one batch", train: "train: {epochs: 10, batch_size: 1000}\n", want: "!dynamics/too-few-updates"},
		{name: "one epoch", train: "train: {epochs: 1}\n", want: "dynamics/stopped-early"},
		{name: "long", train: "train: {epochs: 120, callbacks: [], optimizer: {adam: {learning_rate: 0.02}}}\n",
			want: "dynamics/trained-too-long"},
		{name: "one unit", model: strings.ReplaceAll(digitsNetwork, "units: 32", "units: 1"), data: digits, split: " ",
			train: "train: {epochs: 3}\n", want: "!network/bottleneck"},
	} {
		t.Run(p.name, func(t *testing.T) {
			table := p.table
			if table == "" {
				table = rings(500, nil)
			}
			d, of := diagnosis(t, table, p.text("FILE"))
			got := codes(d)
			if len(got) == 0 || !slices.ContainsFunc(got[:1], func(c string) bool {
				return c == p.want || strings.TrimPrefix(c, "!") == p.want
			}) {
				t.Errorf("findings %q, want %q first", got, p.want)
			}
			changes(t, d, of)
		})
	}
}

// changes: what a finding says to change is an experiment that can be read.
func changes(t *testing.T, d *diagnose.Diagnosis, of *run.Trained) {
	t.Helper()
	for _, f := range d.Findings {
		if f.Why == "" || f.Remedy == "" || f.What == "" || len(f.Evidence) == 0 &&
			f.Code != "result/no-better-than-baseline" {
			t.Errorf("%s: not whole: %+v", f.Code, f)
		}
		if of.File().Model == nil {
			continue
		}
		if _, err := diagnose.Apply(of.File(), f.Change...); err != nil {
			t.Errorf("%s: %v", f.Code, err)
		}
	}
}

const digitsNetwork = "model: [{dense: {units: 32, activation: relu}}, {dense: {units: 10, activation: softmax}}]\n"

// digitsTable is the rows of embed:digits, changed.
func digitsTable(t *testing.T, change func(i int, row []string)) string {
	t.Helper()
	s, err := spec.Parse("", "d", []byte("data: {source: embed:digits}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.Table()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(strings.Join(all.Names(), ",") + "\n")
	for i := range min(900, all.Rows) {
		var row []string
		for k := range all.Columns {
			row = append(row, all.Columns[k].Text(i))
		}
		change(i, row)
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

// ordered puts the rows of a table in the order of the last column.
func ordered(table string) string {
	head, rest, _ := strings.Cut(table, "\n")
	rows := strings.Split(strings.TrimSpace(rest), "\n")
	slices.SortFunc(rows, func(a, b string) int {
		return strings.Compare(a[strings.LastIndex(a, ","):], b[strings.LastIndex(b, ","):])
	})
	return head + "\n" + strings.Join(rows, "\n") + "\n"
}

// TestSound: what looks like a fault and is sound has no finding of its code, and nothing is graded as a fault.
func TestSound(t *testing.T) {
	for _, p := range []planted{
		{name: "digits", data: "data: {source: embed:digits}\n", split: " ", model: " ", train: " "},
		{name: "iris", data: "data: {source: embed:iris}\n", split: " ", model: " ", train: " "},
		{name: "titanic", data: "data: {source: embed:titanic, target: Survived}\n", split: " ", model: " ",
			train: " "},
		{name: "airline", data: "data: {source: embed:airline, target: Passengers, series: {}}\n", split: " ",
			model: " ",
			train: " "},
		{name: "rings"},
		{name: "normalized in the network", data: "data: {source: FILE, target: kind, features: {u: none, v: none}}\n",
			table: rings(500, func(_ int, row []string) []string { row[0] += "e3"; row[1] += "e3"; return row }),
			model: "model: [{batch_normalization: {}}, {dense: {units: 24, activation: relu}}, {dense: {units: 3, " +
				"activation: " +
				"softmax}}]\n", want: "data/unscaled-column"},
		{name: "many zeros", table: rings(500, func(i int, row []string) []string {
			if i%3 > 0 {
				row[2] = "0"
			} else {
				row[2] = fmt.Sprint(100 + i)
			}
			return row
		}), want: "data/missing-marker"},
		{name: "cut off at 500", table: rings(500, func(i int, row []string) []string {
			row[2] = fmt.Sprint(min(500, 20*(i%41)))
			return row
		}), want: "data/missing-marker"},
		{name: "many decimals", want: "data/id-like"},
		{name: "logits", model: strings.ReplaceAll(network, "softmax", "linear"), train: "train: {epochs: 30, " +
			"optimizer: " +
			"{adam: {learning_rate: 0.01}}, loss: {sparse_categorical_crossentropy: {from_logits: true}}}\n",
			want: "network/activation-loss"},
		{name: "coarse", table: rings(500, func(_ int, row []string) []string {
			for k := range 4 {
				row[k] = row[k][:strings.Index(row[k], ".")+1] + "0"
			}
			return row
		}), want: "split/copied-rows"},
		{name: "one linear layer", data: digits, split: " ", model: "model: [{dense: {units: 10, activation: " +
			"softmax}}]\n",
			want: "network/linear-stack"},
		{name: "dropout of a half", data: digits, split: " ", model: strings.ReplaceAll(digitsNetwork, "}}, {", "}}, "+
			"{dropout: 0.5}, {"), want: "network/dropout"},
	} {
		t.Run(p.name, func(t *testing.T) {
			table := p.table
			if table == "" {
				table = rings(500, nil)
			}
			d, _ := diagnosis(t, table, p.text("FILE"))
			if n := len(diagnose.Faults(d.Findings)); n > 0 || slices.Contains(codes(d), p.want) {
				t.Errorf("findings %q, want none graded as a fault, and no %q", codes(d), p.want)
			}
		})
	}
}
