package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"gorae/tensor"
)

const good = "a,b,y\n1,2,no\n2,1,yes\n3,5,no\n4,3,yes\n5,8,no\n6,5,yes" +
	"\n7,9,no\n8,7,yes\n9,3,no\n10,2,yes\n11,5,no\n12,6,yes\n"

// npy is an array's file.
func npy(t *testing.T, x *tensor.Tensor) string {
	t.Helper()
	var b bytes.Buffer
	if err := tensor.WriteNPY(&b, x); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// zipOf is a zip file of files with these names and contents.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever is wrong, the command says so in one line with the place, the value and the
// remedy, ends with status 1 or 2, and leaves the files that there were as they were.
func TestBadInput(t *testing.T) {
	columns, book := get(t, "../../data/source/all/testdata/frame.parquet"),
		get(t, "../../data/source/all/testdata/office.xlsx")
	shop := get(t, "../../data/sqlite/testdata/names.sqlite")
	t.Chdir(t.TempDir())
	put(t, "shop.sqlite", shop)
	put(t, "cut.sqlite", shop[:len(shop)/3])
	put(t, "text.db", good)
	put(t, "busy.db", shop)
	put(t, "busy.db-wal", strings.Repeat("w", 64))
	put(t, "cut.zip", zipOf(t, "a.csv", good)[:80])
	put(t, "two.zip", zipOf(t, "a.csv", good, "b.csv", good))
	put(t, "cut.npz", zipOf(t, "x.npy", "\x93NUMPY\x01")[:60])
	put(t, "bad.npz", zipOf(t, "x.npy", "\x93NUMPY\x01"))
	put(t, "axes.idx", "\x00\x00\x08\x02\x00\x00\x00\x09\x00")
	put(t, "mirror/mnist.npz", "no digits")
	put(t, "views.csv", "file,y\nnowhere.png,0\nlost.png,1\n")
	put(t, "album/cat/1.png", "\x89PNG\r\n\x1a\nbroken")
	put(t, "album/dog/2.png", "\x89PNG\r\n\x1a\nbroken")
	put(t, "cut.parquet", columns[:len(columns)-9])
	put(t, "text.parquet", good)
	put(t, "cut.xlsx", book[:len(book)/2])
	put(t, "book.xlsx", book)
	put(t, "text.xlsx", good)
	put(t, "broken.jsonl", "{\"a\": 1, \"y\": 0}\n{\"a\": 2 \"y\": 1}\n")
	put(t, "cut.json", "[{\"a\": 1, \"y\": 0},\n{\"a\": 2, ")
	put(t, "cyrillic.csv", "a,y\n\xea\xe8\xf2\xfb,1\n")
	put(t, "good.csv", good)
	put(t, "good.yaml", "data: {source: good.csv, target: y}\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: "+
		"2}\n")
	must(t, "train", "good.yaml", "--out", "good", "--quiet")
	model := get(t, "good/model.keras")
	put(t, "cut.keras", model[:len(model)*2/3])
	flipped := []byte(model)
	for i := 200; i < len(flipped); i += 97 {
		flipped[i] ^= 0x5a
	}
	put(t, "corrupt.keras", string(flipped))
	put(t, "text.keras", "this is no model")
	put(t, "empty.keras", "")
	nan := tensor.New(tensor.Float32, 12, 3)
	nan.F32[16] = float32(math.NaN())
	put(t, "nan.npy", npy(t, nan))
	put(t, "x.npy", npy(t, tensor.New(tensor.Float32, 12, 3)))
	y := tensor.New(tensor.Int32, 12)
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
	}
	put(t, "y.npy", npy(t, y))
	grey := tensor.New(tensor.Uint8, 12, 2, 2)
	var arrays bytes.Buffer
	for i := range grey.U8 {
		grey.U8[i] = uint8(i * 40)
	}
	for name, labels := range map[string]*tensor.Tensor{"pixels.npz": y,
		"labels.npz": tensor.Of([]int32{1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 12)} {
		arrays.Reset()
		if err := tensor.WriteNPZ(&arrays, []tensor.Named{{Name: "x", Tensor: grey},
			{Name: "y", Tensor: labels}}); err != nil {
			t.Fatal(err)
		}
		put(t, name, arrays.String())
	}
	put(t, "pixels.yaml", "data: {source: pixels.npz}\nsplit: {validation: 0.2, test: 0.2}\ntrain: {epochs: 1}\n")
	must(t, "train", "pixels.yaml", "--out", "pixels", "--quiet")
	put(t, "short.npy", npy(t, tensor.New(tensor.Int32, 5)))
	put(t, "wide.npy", npy(t, tensor.New(tensor.Float32, 2, 7)))
	put(t, "cut.npy", npy(t, nan)[:150])
	put(t, "cut.idx", "\x00\x00\x08\x03\x00\x00\x00\x09\x00\x00\x00\x02\x00\x00\x00\x02abc")
	put(t, "cut.csv.gz", "\x1f\x8b\x08\x00\x00\x00")
	put(t, "empty.csv", "")
	put(t, "header.csv", "a,b,y\n")
	put(t, "ragged.csv", strings.Replace(good, "3,5,no", "3,5,no,9", 1))
	put(t, "word.csv", strings.Replace(good, "\n3,5,", "\nthree,5,", 1))
	put(t, "single.csv", strings.ReplaceAll(good, "yes", "no"))
	put(t, "hole.csv", "a,b,y\n1,,0\n2,,1\n3,,0\n4,,1\n5,,0\n6,,1\n7,,0\n8,,1\n")
	put(t, "inf.csv", strings.Replace(good, "4,3,yes", "1e39,3,yes", 1))
	put(t, "other.csv", "a,c\n1,2\n")
	put(t, "strange.csv", "a,b\n1,many\n")
	put(t, "a file", "")
	put(t, "folder/x.txt", "x")

	yaml := func(name, text string) string {
		put(t, name+".yaml", text)
		return name + ".yaml"
	}
	of := func(file string) string {
		return yaml("of-"+file, "data: {source: "+file+", target: y}\nsplit: {validation: 0.2, test: 0.2}\n")
	}
	with := func(name, more string) string {
		return yaml(name, "data: {source: good.csv, target: y}\n"+more+"\n")
	}
	cases := []struct {
		name   string
		args   []string
		status int
		want   []string // in stderr, beside "gorae: " in front
	}{
		// Files of data.
		{"missing experiment", []string{"train", "god.yaml"}, 1,
			[]string{"god.yaml: no such file", "did you mean good.yaml?"}},
		{"missing data", []string{"train", of("goood.csv")}, 1,
			[]string{"of-goood.csv.yaml:1:16: data.source: goood.csv: no such file", "did you mean good.csv?"}},
		{"empty file", []string{"train", of("empty.csv")}, 1, []string{"empty.csv", "empty"}},
		{"header only", []string{"train", of("header.csv")}, 1, []string{"header.csv"}},
		{"ragged rows", []string{"train", of("ragged.csv")}, 1,
			[]string{"ragged.csv:4: 4 fields where the header has 3"}},
		{"words among numbers", []string{"train",
			yaml("word", "data: {source: word.csv, target: y, features: {a: zscore}}\n")}, 1,
			[]string{"word.csv:4", "three"}},
		{"absent target", []string{"train", yaml("target", "data: {source: good.csv, target: Y2}\n")}, 1,
			[]string{"target.yaml:1:34: data.target: ", `no column "Y2"`, "y"}},
		{"single class", []string{"train", of("single.csv")}, 1, []string{"single.csv: ", `single class, "no"`}},
		{"column all missing", []string{"train", yaml("hole", "data: {source: hole.csv, target: y, "+
			"features: {b: zscore}}\n")}, 1, []string{"hole.csv", "b"}},
		{"number beyond float32", []string{"train",
			yaml("inf", "data: {source: inf.csv, target: y, features: {a: none}}\n")}, 1, []string{"inf.csv:5", "a"}},
		{"cut gzip", []string{"train", of("cut.csv.gz")}, 1, []string{"cut.csv.gz"}},
		{"cut IDX", []string{"train", yaml("idx", "data: {source: cut.idx, labels: y.npy}\n")}, 1, []string{"cut.idx"}},
		{"cut Parquet", []string{"train", of("cut.parquet")}, 1,
			[]string{"cut.parquet: it does not end as a Parquet file does: it was cut off; fetch it again"}},
		{"no Parquet", []string{"data", "inspect", "text.parquet"}, 1,
			[]string{"text.parquet: it does not begin as a Parquet file does"}},
		{"cut workbook", []string{"train", of("cut.xlsx")}, 1,
			[]string{"cut.xlsx: no workbook that can be read: ", "copy it again"}},
		{"no workbook", []string{"data", "inspect", "text.xlsx"}, 1,
			[]string{"text.xlsx: it does not begin as a workbook does; save it as .xlsx"}},
		{"unknown sheet", []string{"train", yaml("sheet", "data: {source: book.xlsx, target: y, sheet: 판메}\n")}, 1,
			[]string{`book.xlsx: no sheet "판메"`, "판매"}},
		{"broken record", []string{"train", of("broken.jsonl")}, 1,
			[]string{"broken.jsonl:2: no JSON: ", "correct the line or take it out"}},
		{"cut records", []string{"data", "inspect", "cut.json"}, 1,
			[]string{"cut.json:2: the file ends within a record; fetch it again"}},
		{"a setting of another kind of file", []string{"train", yaml("skip",
			"data: {source: book.xlsx, target: y, separator: \";\"}\n")}, 1,
			[]string{"book.xlsx: separator says nothing about an Excel file; leave it out"}},
		{"an encoding that is not known", []string{"train", of("cyrillic.csv")}, 1,
			[]string{"cyrillic.csv:2: byte 0xea is not UTF-8; give encoding: latin1"}},
		{"cut npy", []string{"train", yaml("cnpy", "data: {source: cut.npy, labels: y.npy}\n")}, 1,
			[]string{"cut.npy"}},
		{"NaN in npy", []string{"train", yaml("nan", "data: {source: nan.npy, labels: y.npy}\n")}, 1,
			[]string{"nan.npy", "NaN", "5"}},
		{"labels of another length", []string{"train", yaml("short", "data: {source: x.npy, labels: short.npy}\n")}, 1,
			[]string{"5", "12"}},
		{"samples without labels", []string{"train", yaml("nolabels", "data: {source: x.npy}\n")}, 1,
			[]string{"data.labels: x.npy holds samples without targets"}},
		{"a cut database", []string{"train", of("cut.sqlite")}, 1, []string{"cut.sqlite: ", "copy it again"}},
		{"no database", []string{"train", of("text.db")}, 1,
			[]string{"text.db: it does not begin as an SQLite database does; give it the extension of its format"}},
		{"a table that is not there", []string{"train", yaml("table",
			"data: {source: shop.sqlite, table: keyd, target: y}\n")}, 1,
			[]string{`no table "keyd"; did you mean "keyed"?`}},
		{"a database that is being written", []string{"train", of("busy.db")}, 1,
			[]string{"busy.db-wal beside it holds changes that are not in the file; close the program that writes it"}},
		{"a query without a driver", []string{"train", yaml("query",
			"data: {source: shop.sqlite, query: SELECT 1, target: y}\n")}, 1,
			[]string{"shop.sqlite: query says nothing about an SQLite database; leave it out"}},
		{"a table and a query", []string{"train", yaml("both",
			"data: {source: shop.sqlite, table: late, query: SELECT 1, target: y}\n")}, 1,
			[]string{"both.yaml:1:", "data.query: the table late is named, too; leave one of them out"}},
		{"a cut zip file", []string{"train", of("cut.zip")}, 1, []string{"cut.zip: "}},
		{"a zip file of several", []string{"data", "convert", "two.zip", "a.csv"}, 1,
			[]string{"two.zip: a zip file; unpack it"}},
		{"a cut npz", []string{"train", yaml("cnpz", "data: {source: cut.npz}\n")}, 1, []string{"cut.npz: "}},
		{"a broken array in npz", []string{"train", yaml("bnpz", "data: {source: bad.npz}\n")}, 1,
			[]string{"bad.npz: "}},
		{"an IDX file without extents", []string{"train", yaml("axes", "data: {source: axes.idx, labels: y.npy}\n")},
			1, []string{"axes.idx: idx: the file ends within the extents of its 2 axes"}},
		{"pictures that are not there", []string{"train", of("views.csv")}, 1, []string{"nowhere.png"}},
		{"broken pictures", []string{"train", yaml("album", "data: {source: album}\n")}, 1, []string{"1.png"}},
		{"an unknown data set", []string{"data", "get", "minst"}, 2,
			[]string{`minst: no data set of this name; did you mean "mnist"?`}},
		{"a mirror without the data set", []string{"data", "get", "mnist", "--from", "folder"}, 1,
			[]string{"--from: folder/mnist.npz: no such file"}},
		{"a mirror with another file", []string{"data", "get", "mnist", "--from", "mirror"}, 1,
			[]string{"mnist: what came from mirror/mnist.npz has another SHA-256 than the published file"}},
		{"a file in the place of the data set", []string{"data", "get", "mnist", "-o", "good.csv"}, 1,
			[]string{"good.csv: a file of another content is there; remove it, or name another with --output"}},
		{"an unknown format to convert to", []string{"data", "convert", "good.csv", "a.xlsx"}, 1,
			[]string{"a.xlsx: the extension names the format: .csv, .tsv, .jsonl"}},
		{"text as an array", []string{"data", "convert", "good.csv", "a.npy"}, 1,
			[]string{"a.npy: the column y is text, and arrays hold numbers; write .csv, .jsonl or .parquet"}},
		{"a file in the place of the converted one", []string{"data", "convert", "good.csv", "other.csv"}, 2,
			[]string{"other.csv: there is a file of this name; --force writes over it"}},
		{"nothing to convert", []string{"data", "convert", "lost.csv", "a.npy"}, 1, []string{"lost.csv: no such file"}},
		{"groups with a target", []string{"init", "good.csv", "--task", "groups", "--target", "y"}, 1,
			[]string{"--task groups: groups of samples have no target; leave --target y out"}},
		{"unknown sample", []string{"train", yaml("sample", "data: {source: embed:irs}\n")}, 1,
			[]string{"irs", "iris"}},
		{"variable not set", []string{"train", yaml("env", "data: {source: \"${GORAE_NO_SUCH}/a.csv\"}\n")}, 1,
			[]string{"env.yaml:1:16: data.source: the environment variable GORAE_NO_SUCH is not set"}},

		// Experiment files.
		{"broken YAML", []string{"train", yaml("broken", "data: {source: good.csv\nmodel: [\n")}, 1,
			[]string{"broken.yaml:"}},
		{"a folder for an experiment", []string{"data", "batch", "folder"}, 1,
			[]string{"folder: a directory, not an experiment; gorae init folder writes one"}},
		{"a run for an experiment", []string{"train", "good"}, 1,
			[]string{"good: a directory; name the experiment in it, ", "experiment.yaml"}},
		{"data for an experiment", []string{"data", "batch", "good.csv"}, 1,
			[]string{"good.csv: data, not an experiment; gorae init good.csv writes one"}},
		{"no source", []string{"train", yaml("nosource", "train: {epochs: 2}\n")}, 1,
			[]string{"nosource.yaml:1:1: data.source: is missing; name a data file"}},
		{"misspelt section", []string{"train", with("section", "trian: {epochs: 2}")}, 1,
			[]string{"section.yaml:2:1: trian: unknown key; did you mean \"train\"?"}},
		{"misspelt key", []string{"train", with("key", "train: {epocs: 2}")}, 1,
			[]string{"key.yaml:2:9: train.epocs: unknown key; did you mean \"epochs\"?"}},
		{"unknown layer", []string{"train", with("layer", "model:\n  - dens: {units: 3}")}, 1,
			[]string{"layer.yaml:3:5: model[0].dens: unknown layer; did you mean \"dense\"?"}},
		{"misspelt argument", []string{"train", with("arg", "model:\n  - dense: {unit: 3}")}, 1,
			[]string{"arg.yaml:3:13: model[0].dense.unit: unknown key; did you mean \"units\"?"}},
		{"no nodes", []string{"train", with("zero", "model:\n  - dense: {units: 0}")}, 1,
			[]string{"zero.yaml:3:20: model[0].dense.units: 0 is not a number of nodes; give 1 or more"}},
		{"unknown activation", []string{"train", with("act", "model:\n  - dense: {units: 3, activation: rely}")}, 1,
			[]string{"act.yaml:3:", "model[0].dense.activation: ", "relu"}},
		{"outputs that do not fit", []string{"train",
			with("outs", "model:\n  - dense: {units: 5, activation: softmax}")}, 1,
			[]string{"outs.yaml:3:20: model[0].dense.units: 5 outputs for the 2 classes of y; give 2"}},
		{"batch of nothing", []string{"train", with("batch", "train: {batch_size: 0}")}, 1,
			[]string{"batch.yaml:2:21: train.batch_size: 0 is not a number of samples; give 1 or more"}},
		{"unknown optimizer", []string{"train", with("opt", "train: {optimizer: adan}")}, 1,
			[]string{"opt.yaml:2:20: train.optimizer", "unknown optimizer; did you mean \"adam\"?"}},
		{"learning rate 0", []string{"train", with("rate", "train: {optimizer: {adam: {learning_rate: 0}}}")}, 1,
			[]string{"rate.yaml:2:43: train.optimizer.adam.learning_rate: 0 is not a learning rate; give a positive " +
				"number"}},
		{"unknown metric", []string{"train", with("metric", "train: {metrics: [acuracy]}")}, 1,
			[]string{"metric.yaml:2:19: train.metrics[0]", "did you mean \"accuracy\"?"}},
		{"unknown monitor", []string{"train", with("monitor",
			"train: {callbacks: [{early_stopping: {monitor: val_acc}}]}")}, 1,
			[]string{"monitor.yaml:2:48: train.callbacks[0].early_stopping.monitor: ", "val_accuracy"}},
		{"unknown transform", []string{"train", yaml("spec",
			"data:\n  source: good.csv\n  target: y\n  features: {a: zcore}\n")}, 1,
			[]string{"spec.yaml:4:17: data.features.a: ", "zscore"}},
		{"column of features absent", []string{"train",
			yaml("feat", "data: {source: good.csv, target: y, features: {q: zscore}}\n")}, 1,
			[]string{"feat.yaml:1:48: ", `"q"`}},
		{"nothing to learn from", []string{"train", with("split", "split: {validation: 0.5, test: 0.5}")}, 1,
			[]string{"split.yaml:2:1: split: validation and test take 1 of all samples"}},
		{"unknown split", []string{"train", with("by", "split: {by: tmie}")}, 1,
			[]string{"by.yaml:2:13: split.by: \"tmie\" is unknown; did you mean \"time\"?"}},
		{"layer that does not fit", []string{"train",
			with("fit", "model:\n  - reshape: {target_shape: [2, 1]}\n  - conv1d: {filters: 3, kernel_size: 9}\n  - "+
				"flatten\n  - dense: {units: 1, activation: sigmoid}")}, 1,
			[]string{"fit.yaml:4:5: model[1].conv1d: kernel 9 exceeds input 2; use padding same"}},
		{"named layers that do not fit", []string{"train",
			with("named", "model:\n  layers:\n    - {name: p, dense: {units: 2}, inputs: input}\n    - {name: q, "+
				"dense: {units: 3}, inputs: input}\n    - {add: {}, inputs: [p, q]}\n    - dense: {units: 1, "+
				"activation: sigmoid}")}, 1,
			[]string{"named.yaml:6:8: model.layers[2].add: ", "(2, 2) and (2, 3) do not broadcast"}},
		{"more weights than memory", []string{"train",
			with("huge", "model:\n  - dense: {units: 1000000}\n  - dense: {units: 2000000000}\n  - dense: {units: 1, "+
				"activation: sigmoid}")}, 1,
			[]string{"huge.yaml:4:5: model[1].dense: kernel (1000000, 2000000000) holds " +
				"2e+15 numbers: 8 PB of memory are needed and this process may use ", "smaller"}},
		{"labels out of range in npz", []string{"evaluate", "pixels/model.keras", "--data", "labels.npz"}, 1,
			[]string{"labels.npz: row 2: label: \"7\" is none of the model's 2 classes"}},
		{"layer from nowhere", []string{"train", with("in",
			"model: {layers: [{dense: {units: 2, activation: softmax}, inputs: inptu}]}")}, 1,
			[]string{"in.yaml:2:", `no layer "inptu"`, "did you mean \"input\"?"}},

		// Words.
		{"--set without a value", []string{"train", "good.yaml", "--set", "train.epochs"}, 2,
			[]string{"--set train.epochs: give path=value"}},
		{"--set of nothing", []string{"train", "good.yaml", "--set"}, 2,
			[]string{"--set: missing value, expecting path=value, such as train.epochs=3; see gorae help train"}},
		{"--set of a wrong value", []string{"train", "good.yaml", "--set", "train.epochs=0"}, 2,
			[]string{"--set train.epochs=0: train.epochs: 0 is not a number of epochs; give 1 or more"}},
		{"--set of a misspelt key", []string{"train", "good.yaml", "--set", "model[0].dense.unts=3"}, 2,
			[]string{"--set model[0].dense.unts=3: the experiment has no list model"}},
		{"unknown command", []string{"trian"}, 2, []string{"trian", "train"}},
		{"unknown flag", []string{"train", "--epochs", "3"}, 2, []string{"--epochs"}},
		{"no output", []string{"predict", "good/model.keras", "--input", "good.csv"}, 2, []string{"--output"}},
		{"output of no known form", []string{"predict", "good/model.keras", "--input", "good.csv", "--output",
			"p.xlsx"}, 2, []string{"--output p.xlsx: ", ".csv, .npy"}},
		{"threads below 0", []string{"train", "good.yaml", "--threads=-1"}, 2,
			[]string{"--threads -1: give 1 or more"}},

		// Models.
		{"missing model", []string{"predict", "good/modle.keras", "--input", "good.csv", "--output", "p.csv"}, 1,
			[]string{"good/modle.keras: no such file", "model.keras?"}},
		{"truncated model", []string{"predict", "cut.keras", "--input", "good.csv", "--output", "p.csv"}, 1,
			[]string{"cut.keras: "}},
		{"corrupted model", []string{"predict", "corrupt.keras", "--input", "good.csv", "--output", "p.csv"}, 1,
			[]string{"corrupt.keras: "}},
		{"no model at all", []string{"summary", "text.keras"}, 1, []string{"text.keras: "}},
		{"empty model", []string{"evaluate", "empty.keras", "--data", "good.csv"}, 1, []string{"empty.keras: "}},
		{"a directory for a model", []string{"summary", "good"}, 1,
			[]string{"good: a directory; name the model file in it, such as model.keras"}},
		{"column missing in the rows", []string{"predict", "good/model.keras", "--input", "other.csv", "--output",
			"p.csv"}, 1, []string{"other.csv", "b"}},
		{"a word where a number was", []string{"predict", "good/model.keras", "--input", "strange.csv", "--output",
			"p.csv"}, 1, []string{"strange.csv:2", "many"}},
		{"shape mismatch", []string{"predict", "good/model.keras", "--input", "wide.npy", "--output", "p.csv"}, 1,
			[]string{"wide.npy: samples of shape (7,), but the model takes (2,)"}},
		{"class never met", []string{"evaluate", "good/model.keras", "--data", "hole.csv"}, 1, []string{"hole.csv"}},
		{"missing rows", []string{"predict", "good/model.keras", "--input", "nowhere.csv", "--output", "p.csv"}, 1,
			[]string{"nowhere.csv: no such file"}},

		// Places to write.
		{"no directory for the output", []string{"predict", "good/model.keras", "--input", "good.csv", "--output",
			"no/p.csv"}, 2, []string{"no/p.csv: there is no directory no"}},
		{"a file for a run directory", []string{"train", "good.yaml", "--out", "a file/run"}, 1,
			[]string{"a file/run: "}},
	}
	before := contents(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, status := gorae("", c.args...)
			if status != c.status {
				t.Errorf("status %d; want %d", status, c.status)
			}
			if !strings.HasPrefix(stderr, "gorae: ") || strings.Count(stderr, "\n") != 1 ||
				!strings.HasSuffix(stderr, "\n") || stdout != "" {
				t.Errorf("not one line: %q, and on stdout %q", stderr, stdout)
			}
			for _, w := range c.want {
				if !strings.Contains(stderr, w) {
					t.Errorf("%q\nlacks %q", stderr, w)
				}
			}
			t.Log(strings.TrimSpace(stderr))
		})
	}
	if after := contents(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("the files have changed")
	}
}

// A training whose numbers overflow stops with a message that names the step.
func TestNonFinite(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "good.csv", good)
	put(t, "e.yaml", "data: {source: good.csv, target: y}\nsplit: {validation: 0.2, test: 0.2}\nmodel: [{dense: "+
		"{units: 4}}, {dense: {units: 1}}]\ntrain: {loss: mean_squared_error, optimizer: {sgd: {learning_rate: "+
		"1.0e+20}}, epochs: 50, batch_size: 4, callbacks: []}\n")
	_, stderr, status := gorae("", "train", "e.yaml", "--out", "r", "--quiet")
	if status != statusFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "step ") ||
		!strings.Contains(stderr, "dense") {
		t.Errorf("status %d: %q", status, stderr)
	}
}

// A directory that cannot be written is named.
func TestUnwritable(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		// Root may write anywhere: a directory below a file stands in for a forbidden one.
		t.Chdir(t.TempDir())
		put(t, "runs", "a file where the directory should be")
		put(t, "e.yaml", iris)
		_, stderr, status := gorae("", "train", "e.yaml")
		if status != statusFailed || !strings.HasPrefix(stderr, "gorae: runs: cannot make this directory: ") ||
			!strings.HasSuffix(stderr, "; name another with --out\n") {
			t.Errorf("status %d: %q", status, stderr)
		}
		return
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", iris)
	if err := os.Mkdir("shut", 0o500); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := gorae("", "train", "e.yaml", "--out", "shut/run")
	if status != statusFailed || stderr != "gorae: shut/run: cannot make this directory: permission denied; name "+
		"another with --out\n" {
		t.Errorf("status %d: %q", status, stderr)
	}
}

// failing is an output on a full disk.
type failing struct{}

func (failing) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "stdout", Err: syscall.ENOSPC}
}

func TestFullOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", iris)
	must(t, "train", "e.yaml", "--out", "r", "--quiet")
	for _, args := range [][]string{
		{"predict", "r/model.keras", "--input", "embed:iris", "--output", "-"},
		{"evaluate", "r/model.keras", "--data", "embed:iris"},
		{"evaluate", "r/model.keras", "--data", "embed:iris", "--json"},
		{"summary", "r/model.keras"},
		{"data", "list"},
		{"data", "inspect", "embed:iris"},
		{"version"},
		{"train", "e.yaml", "--out", "r", "--resume"},
		{"train", "e.yaml", "--out", "s", "--json", "--quiet"},
	} {
		var stderr bytes.Buffer
		status := execute(t.Context(), args, nil, failing{}, &stderr)
		if status != statusFailed || !strings.Contains(stderr.String(), syscall.ENOSPC.Error()) {
			t.Errorf("%v: status %d, %q", args, status, stderr.String())
		}
	}
}

// On a small file system that fills up, the run fails in one line, and what it had
// written before is whole. Where the test may not mount one, the failing writers of
// this file and of internal/file stand for it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", dir).Run(); err != nil {
		t.Logf("no tmpfs to be had here (%v)", err)
		return
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:digits}\ntrain: {epochs: 2}\nmodel: [{dense: {units: 64, activation: "+
		"relu}}, {dense: {units: 10, activation: softmax}}]\n")
	out := filepath.Join(dir, "r")
	put(t, filepath.Join(dir, "fill"), strings.Repeat("x", 100<<10))
	_, stderr, status := gorae("", "train", "e.yaml", "--out", out, "--quiet")
	if status != statusFailed || strings.Count(stderr, "\n") != 1 ||
		!strings.Contains(stderr, "no space left on device") || !strings.Contains(stderr, out) {
		t.Fatalf("status %d: %q", status, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "fill")); err != nil {
		t.Fatal(err)
	}
	// What is there is whole: with room made, the run goes on to its end, or fails for room again.
	_, stderr, status = gorae("", "train", "e.yaml", "--out", out, "--resume", "--quiet")
	if status != statusDone && !strings.Contains(stderr, "no space left on device") {
		t.Errorf("with room: status %d: %q", status, stderr)
	}
	matches, err := filepath.Glob(filepath.Join(out, ".*.partial"))
	if err != nil || len(matches) > 0 {
		t.Errorf("left behind: %v %v", matches, err)
	}
}

// An error may not be longer than a line, whatever it is made of.
func TestComplain(t *testing.T) {
	var b bytes.Buffer
	if status := complain(&b, errors.New("one\ntwo\n\tthree")); status != statusFailed ||
		b.String() != "gorae: one; two; three\n" {
		t.Errorf("%d %q", status, b.String())
	}
}
