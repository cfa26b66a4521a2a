package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/export"
	"gorae/data/source"
	_ "gorae/data/source/all"
	"gorae/tensor"
)

const files = "../source/all/testdata"

// written writes a source under a name, and reads it again.
func written(t *testing.T, name string, s *data.Source) (*data.Source, []byte) {
	t.Helper()
	write, err := export.For(name, s)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := source.Read(bytes.NewReader(b.Bytes()), name, source.Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return again, b.Bytes()
}

// TestTables: the tables of files that other programs wrote have the same columns, kinds, values and gaps in every
// format that they are written in.
func TestTables(t *testing.T) {
	for _, from := range []string{"frame.parquet", "frame.xlsx", "types.parquet", "office.xlsx", "nested.json"} {
		s, err := source.Open(filepath.Join(files, from), source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.ndjson.gz"} {
			again, _ := written(t, to, s)
			a, b := s.Table, again.Table
			if fmt.Sprint(a.Names()) != fmt.Sprint(b.Names()) || a.Rows != b.Rows {
				t.Errorf("%s to %s: %d rows of %q, want %d of %q", from, to, b.Rows, b.Names(), a.Rows, a.Names())
				continue
			}
			for i := range a.Columns {
				x, y := &a.Columns[i], &b.Columns[i]
				for k := range a.Rows {
					same := x.Text(k) == y.Text(k) || x.Kind == data.Number && y.Kind == data.Number &&
						x.Numbers[k] == y.Numbers[k]
					if x.IsMissing(k) != y.IsMissing(k) || !same {
						t.Errorf("%s to %s: %s, row %d: %q (%v), want %q (%v)", from, to, x.Name, k+1, y.Text(k),
							y.Kind, x.Text(k), x.Kind)
						break
					}
				}
			}
		}
	}
}

// TestParquetTypes: the metadata name the types that the values have; the bytes are those that pandas reads as these
// (testdata/pandas.txt, by testdata/check.py).
func TestParquetTypes(t *testing.T) {
	text := "n,whole,word,truth,day,time,instant\n" +
		"1.5,3,a,true,2024-02-29,2024-02-29 23:59:59.5,2024-02-29T23:59:59Z\n" +
		",,,,,,\n-2,-7,\"b, \"\"c\"\"\",false,1969-12-31,1969-12-31 00:00:01,1969-12-31T23:59:59.000001Z\n"
	s, err := source.Read(strings.NewReader(text), "a.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, b := written(t, "a.parquet", s)
	want, err := os.ReadFile("testdata/types.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, want) {
		if err := os.WriteFile(filepath.Join(os.TempDir(), "types.parquet"), b, 0o600); err != nil {
			t.Error(err)
		}
		t.Errorf("%d bytes that are not those of testdata/types.parquet, which pandas has read; they are in %s", len(b),
			os.TempDir())
	}
}

// TestGroups: more rows than a group of Parquet holds.
func TestGroups(t *testing.T) {
	c := data.Column{Name: "v", Kind: data.Number}
	for i := range 1<<17 + 5 {
		v := float64(i)
		if i%7 == 0 {
			v = math.NaN()
		}
		c.Numbers = append(c.Numbers, v)
	}
	s := &data.Source{Table: &data.Table{Name: "t", Rows: len(c.Numbers), Columns: []data.Column{c}}}
	again, _ := written(t, "a.parquet", s)
	got := again.Table.Columns[0]
	for i, v := range c.Numbers {
		if math.IsNaN(v) != got.IsMissing(i) || !math.IsNaN(v) && got.Numbers[i] != v {
			t.Fatalf("row %d: %v, want %v", i, got.Numbers[i], v)
		}
	}
}

// TestArrays: arrays of NumPy stay arrays, become rows of a table, and a table of numbers becomes arrays.
func TestArrays(t *testing.T) {
	x := tensor.Of([]uint8{1, 2, 3, 4, 5, 6}, 3, 2, 1)
	y := tensor.Of([]int32{0, 1, 0}, 3)
	s := &data.Source{Arrays: &data.Arrays{Name: "a", X: x, Y: y, Classes: []string{"no", "yes"}}}
	again, _ := written(t, "a.npz", s)
	if a := again.Arrays; a.X == nil || !bytes.Equal(a.X.U8, x.U8) || fmt.Sprint(a.Y.I32) != "[0 1 0]" {
		t.Errorf("%+v", a)
	}
	again, b := written(t, "a.csv", s)
	if string(b) != "x1,x2,y\n1,2,no\n3,4,yes\n5,6,no\n" || again.Table.Rows != 3 {
		t.Errorf("%s", b)
	}
	table, err := source.Read(strings.NewReader("a,b\n1,0.1\n2,\n"), "t.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if again, b = written(t, "t.npy", table); fmt.Sprint(again.Arrays.X.Shape) != "(2, 2)" ||
		!bytes.Contains(b, []byte("'<f8'")) {
		t.Errorf("%v", again.Arrays.X)
	}
	if again, _ = written(t, "t.npz", table); len(again.Arrays.All) != 2 {
		t.Errorf("%+v", again.Arrays)
	}
}

// TestRefused: what a format cannot hold is one line that names another.
func TestRefused(t *testing.T) {
	words, err := source.Read(strings.NewReader("a,b\n1,\"x\ty\"\n"), "t.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wide := &data.Source{Arrays: &data.Arrays{Name: "w", X: tensor.New(tensor.Uint8, 1, 200, 200)}}
	both := &data.Source{Arrays: &data.Arrays{Name: "b", X: tensor.New(tensor.Uint8, 2, 2), Y: tensor.New(tensor.Int32,
		2)}}
	for _, c := range []struct {
		name string
		s    *data.Source
		want string
	}{
		{"t.xls", words, "t.xls: the extension names the format: .csv, .tsv, .jsonl"},
		{"t", words, "t: the extension names the format"},
		{"t.parquet.gz", words, "t.parquet.gz: the extension names the format"},
		{"t.tsv", words, "t.tsv: t.csv:2: b: a tab or a line end stands in the value, which .tsv cannot hold; "},
		{"t.npy", words, "t.npy: the column b is text, and arrays hold numbers; write .csv, .jsonl or .parquet"},
		{"t.npz", words, "t.npz: the column b is text"},
		{"t.csv", wide, "t.csv: samples of 40000 numbers would be as many columns, of which 16384 are written"},
		{"t.npy", both, "t.npy: samples and labels are two arrays; write .npz"},
		{"t.csv", &data.Source{}, "t.csv: a folder or a file of samples that are no table; give a table or an array"},
	} {
		if _, err := export.For(c.name, c.s); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// full is a disk that is full.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestFull: an error of writing is handed on, wherever it comes.
func TestFull(t *testing.T) {
	s, err := source.Read(strings.NewReader("a,b\n"+strings.Repeat("1,2\n3,4.5\n", 3000)), "t.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.npy", "a.npz", "a.csv.gz"} {
		write, err := export.For(name, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, 3, 100} {
			if err := write(&full{room}); !errors.Is(err, errFull) {
				t.Errorf("%s on %d bytes: %v", name, room, err)
			}
		}
	}
}

func ExampleFor() {
	s, err := source.Read(strings.NewReader("price;sold\n1.200,50;3\n;4\n"), "prices.csv", source.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	write, err := export.For("prices.jsonl", s)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"price":1200.5,"sold":3}
	// {"price":null,"sold":4}
}
