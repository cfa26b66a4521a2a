package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gorae/tensor"
)

// labelRows is a table of n rows with two labels, as columns of 0 and 1 or as a column of lists.
func labelRows(n int, lists bool) string {
	var b strings.Builder
	b.WriteString(map[bool]string{false: "x,z,warm,wet\n", true: "x,z,tags\n"}[lists])
	for i := range n {
		x, z := i%7, i*i%5
		if lists {
			fmt.Fprintf(&b, "%d,%d,%s\n", x, z, []string{"", "warm", "wet", "warm|wet"}[x/4+2*(z/3)])
		} else {
			fmt.Fprintf(&b, "%d,%d,%d,%d\n", x, z, x/4, z/3)
		}
	}
	return b.String()
}

// putArrays writes arrays x and y as an .npz file; y may be nil.
func putArrays(t *testing.T, name string, x, y *tensor.Tensor) {
	t.Helper()
	all := []tensor.Named{{Name: "x", Tensor: x}}
	if y != nil {
		all = append(all, tensor.Named{Name: "y", Tensor: y})
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := tensor.WriteNPZ(f, all); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestLabelsOfBadFiles: a network of several labels, learnt from columns of 0 and 1, from lists or from arrays, says in
// one line what is wrong with a file, where, and writes nothing.
func TestLabelsOfBadFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("trains three networks")
	}
	t.Chdir(t.TempDir())
	put(t, "columns.csv", labelRows(40, false))
	put(t, "lists.csv", labelRows(40, true))
	x, y := tensor.New(tensor.Float32, 40, 2), tensor.New(tensor.Uint8, 40, 2)
	for i := range 40 {
		x.F32[2*i], x.F32[2*i+1] = float32(i%7), float32(i*i%5)
		y.U8[2*i], y.U8[2*i+1] = uint8(i%7/4), uint8(i*i%5/3)
	}
	putArrays(t, "arrays.npz", x, y)
	const rest = "model: [{dense: {units: 2, activation: sigmoid}}]\ntrain: {epochs: 1}\n"
	put(t, "columns.yaml", "data: {source: columns.csv, target: [warm, wet]}\n"+rest)
	put(t, "lists.yaml", "data: {source: lists.csv, target: tags, task: labels}\n"+rest)
	put(t, "arrays.yaml", "data: {source: arrays.npz, task: labels}\n"+rest)
	for _, name := range []string{"columns", "lists", "arrays"} {
		must(t, "train", name+".yaml", "-q", "--out", name)
	}
	ten := tensor.New(tensor.Float32, 10, 2)
	off := tensor.New(tensor.Uint8, 10, 2)
	off.U8[7] = 3
	putArrays(t, "off.npz", ten, off)
	putArrays(t, "wide.npz", ten, tensor.New(tensor.Uint8, 10, 3))
	putArrays(t, "short.npz", ten, tensor.New(tensor.Uint8, 9, 2))
	putArrays(t, "bare.npz", ten, nil)
	putArrays(t, "seven.npz", tensor.New(tensor.Float32, 10, 7), off)
	for name, text := range map[string]string{
		"empty": "", "header": "x,z,warm,wet\n", "listheader": "x,z,tags\n",
		"nofeature": "x,warm,wet\n1,0,1\n", "nolabel": "x,z,warm\n1,2,0\n", "unlabelled": "x,z\n1,2\n",
		"two": "x,z,warm,wet\n1,2,0,1\n1,2,2,1\n", "blank": "x,z,warm,wet\n1,2,0,1\n1,2,,1\n",
		"word": "x,z,warm,wet\n1,2,0,1\n1,2,0,often\n", "ragged": "x,z,warm,wet\n1,2,0,1,9\n",
		"unknown": "x,z,tags\n1,2,warm\n1,2,warm|wett\n", "number": "x,z,tags\n1,much,warm\n",
	} {
		put(t, name+".csv", text)
	}
	before := contents(t)
	for _, c := range []struct{ model, file, predict, evaluate string }{
		{"columns", "empty.csv", "empty.csv: the file is empty", "empty.csv: the file is empty"},
		{"columns", "header.csv", "header.csv: a header and no rows", "header.csv: a header and no rows"},
		{"columns", "nofeature.csv", `nofeature.csv: no column "z"`, `nofeature.csv: no column "z"`},
		{"columns", "nolabel.csv", "", `nolabel.csv: no column "wet"`},
		{"columns", "unlabelled.csv", "", `unlabelled.csv: no column "warm"`},
		{"columns", "two.csv", "", `two.csv:3: warm: "2" says not whether the row has the label; give 0 or 1`},
		{"columns", "blank.csv", "", "blank.csv:3: the label warm is neither 0 nor 1 here but missing"},
		{"columns", "word.csv", "", `word.csv:3: wet: "often" says not whether the row has the label; give 0 or 1`},
		{"columns", "ragged.csv", "ragged.csv:2: 5 fields where the header has 4",
			"ragged.csv:2: 5 fields where the header has 4"},
		{"columns", "lists.csv", "", `lists.csv: no column "warm"`},
		{"columns", "seven.npz", `seven.npz: array "x" has shape (10, 7)`, `seven.npz: array "x" has shape (10, 7)`},
		{"lists", "unknown.csv", "",
			`unknown.csv:3: tags: "wett" is none of the model's 2 labels; did you mean "wet"?`},
		{"lists", "number.csv", `number.csv:2: z: "much"`, `number.csv:2: z: "much"`},
		{"lists", "columns.csv", "", `columns.csv: no column "tags"`},
		{"lists", "listheader.csv", "listheader.csv: a header and no rows", "listheader.csv: a header and no rows"},
		{"arrays", "off.npz", "", "off.npz: labels: row 4: label 1 is 3, neither 0 nor 1"},
		{"arrays", "wide.npz", "", "wide.npz: labels: shape (10, 3); 2 labels need (samples, 2)"},
		{"arrays", "short.npz", "short.npz: samples of shape (10, 2)", "short.npz: samples of shape (10, 2)"},
		{"arrays", "bare.npz", "", "bare.npz: samples without targets"},
		{"arrays", "seven.npz", "seven.npz: samples of shape (7,), but the model takes (2,)",
			"seven.npz: samples of shape (7,), but the model takes (2,)"},
		{"arrays", "empty.csv", "empty.csv: the file is empty", "empty.csv: the file is empty"},
	} {
		model := c.model + "/model.keras"
		for want, args := range map[*string][]string{
			&c.predict:  {"predict", model, "--input", c.file, "--output", "p.csv"},
			&c.evaluate: {"evaluate", model, "--data", c.file},
		} {
			stdout, stderr, status := gorae("", args...)
			if *want == "" {
				if status != statusDone || stdout == "" && stderr == "" {
					t.Errorf("%v: status %d: %s", args, status, stderr)
				}
				if err := os.Remove("p.csv"); err != nil {
					t.Error(err)
				}
				continue
			}
			if status != statusFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, *want) {
				t.Errorf("%v: status %d: %s\nwant %q", args, status, stderr, *want)
			}
		}
	}
	if after := contents(t); len(after) != len(before) {
		t.Errorf("%d files; there were %d", len(after), len(before))
	}
}
