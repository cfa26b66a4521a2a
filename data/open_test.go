package data

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/tensor"
)

func gz(t testing.TB, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func npy(t testing.TB, x *tensor.Tensor) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := tensor.WriteNPY(&buf, x); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func npz(t testing.TB, x ...tensor.Named) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := tensor.WriteNPZ(&buf, x); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// idxImages is two grey pictures of 2 rows and 3 columns, as the format's page
// lays them out.
var idxImages = []byte{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255}
var idxLabels = []byte{0, 0, 8, 1, 0, 0, 0, 2, 7, 0}

func TestOpenByContent(t *testing.T) {
	pixels := tensor.Of([]uint8{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	files := fstest.MapFS{}
	for name, b := range map[string][]byte{
		"t.csv": []byte("a,b\n1,2\n"), "t.csv.gz": gz(t, []byte("a,b\n1,2\n")), "t.tsv": []byte("a\tb\n1\t2\n"), "t.txt": []byte("1 2\n3 4\n"),
		"disguised.csv": gz(t, []byte("a;b\n1;2\n")),
		"images-idx3":   idxImages, "images.gz": gz(t, idxImages), "labels-idx1.gz": gz(t, idxLabels), "labels.csv": []byte("label\nwhale\ndolphin\n"),
		"labels3.csv": []byte("label\n1\n2\n3\n"), "gap.csv": []byte("a,b\n1,2\n"),
		"x.npy": npy(t, pixels), "x.npy.gz": gz(t, npy(t, pixels)),
		"xy.npz":    npz(t, tensor.Named{Name: "x", Tensor: pixels}, tensor.Named{Name: "y", Tensor: tensor.Of([]int32{4}, 1, 1)}),
		"mnist.npz": npz(t, tensor.Named{Name: "x_test", Tensor: pixels}, tensor.Named{Name: "x_train", Tensor: pixels}, tensor.Named{Name: "y_train", Tensor: tensor.Of([]uint8{4}, 1)}),
		"own.npz":   npz(t, tensor.Named{Name: "left", Tensor: pixels}, tensor.Named{Name: "right", Tensor: pixels}, tensor.Named{Name: "out", Tensor: tensor.Of([]int32{4}, 1)}),
		"z.zip":     npz(t), "scalar.npy": npy(t, tensor.New(tensor.Float32)), "none.npy": npy(t, tensor.New(tensor.Float32, 0, 3)),
		"short.idx": idxImages[:20], "torn.csv.gz": gz(t, []byte(strings.Repeat("1,2,3\n", 900)))[:40], "bad.gz": {0x1f, 0x8b, 9},
		"p.parquet": []byte("PAR1xxxx"), "p.png": []byte("\x89PNG\r\n\x1a\n"), "fake.npy": []byte("hello there"), "void.csv": nil,
	} {
		files[name] = &fstest.MapFile{Data: b}
	}
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"t.csv", Options{}, "table 1×2"}, {"t.csv.gz", Options{}, "table 1×2"}, {"t.tsv", Options{}, "table 1×2"}, {"t.txt", Options{}, "table 2×2"},
		{"disguised.csv", Options{}, "table 1×2"},
		{"images-idx3", Options{}, "uint8 (2, 2, 3, 1)"}, {"images.gz", Options{Labels: "labels-idx1.gz"}, "uint8 (2, 2, 3, 1) uint8 (2,)"},
		{"images.gz", Options{Labels: "labels.csv"}, "uint8 (2, 2, 3, 1) int32 (2,) [dolphin whale]"},
		{"labels-idx1.gz", Options{}, "uint8 (2,)"},
		{"x.npy", Options{}, "uint8 (1, 2, 3, 1)"}, {"x.npy.gz", Options{}, "uint8 (1, 2, 3, 1)"},
		{"xy.npz", Options{}, "uint8 (1, 2, 3, 1) int32 (1,)"}, {"mnist.npz", Options{}, "uint8 (1, 2, 3, 1) uint8 (1,) test uint8 (1, 2, 3, 1)"},
		{"own.npz", Options{}, "3 arrays"}, {"own.npz", Options{Input: "right", Labels: "out"}, "uint8 (1, 2, 3, 1) int32 (1,)"},
		{"embed:iris", Options{}, "table 150×5"},

		{"own.npz", Options{Input: "rihgt"}, `own.npz: no array "rihgt"; did you mean "right"?`},
		{"images.gz", Options{Labels: "labels3.csv"}, "images.gz: samples of shape (2, 2, 3, 1) and labels of shape (3,); their first axes must be equal"},
		{"images.gz", Options{Labels: "gap.csv"}, "gap.csv: 2 columns; a file of labels has one"},
		{"images.gz", Options{Labels: "lost.csv"}, "lost.csv: no such file; see the path, or gorae data list for embed:NAME"},
		{"lost.csv", Options{}, "lost.csv: no such file; see the path, or gorae data list for embed:NAME"},
		{"embed:irsi", Options{}, `embed:irsi: no such sample; did you mean "iris"?`},
		{"z.zip", Options{}, "z.zip: a zip file; unpack it, or name it .npz if it holds NumPy arrays"},
		{"scalar.npy", Options{}, "scalar.npy: a scalar; the first axis of an array must count the samples"},
		{"none.npy", Options{}, "none.npy: no samples: shape (0, 3)"},
		{"short.idx", Options{}, "short.idx: idx: the file ends after 4 of the 12 elements of shape (2, 2, 3)"},
		{"torn.csv.gz", Options{}, "torn.csv.gz: the gzip file is damaged or was cut off (unexpected EOF); fetch it again"},
		{"bad.gz", Options{}, "bad.gz: unexpected EOF"},
		{"p.parquet", Options{}, "p.parquet: a Parquet file; give .csv, .tsv, .npy, .npz or IDX (each also as .gz)"},
		{"p.png", Options{}, "p.png: one picture; give .csv, .tsv, .npy, .npz or IDX (each also as .gz)"},
		{"fake.npy", Options{}, "fake.npy: it does not begin as a .npy file does, or such files hold no samples; give .csv, .tsv, .npy, .npz or IDX"},
		{"void.csv", Options{}, "void.csv: the file is empty; give one with at least one row"},
	} {
		s, err := Open(files, c.name, c.o)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case s.Table != nil:
			got = fmt.Sprintf("table %d×%d", s.Table.Rows, len(s.Table.Columns))
		case s.Arrays.X == nil:
			got = fmt.Sprintf("%d arrays", len(s.Arrays.All))
		default:
			got = fmt.Sprintf("%v %v", s.Arrays.X.DType(), s.Arrays.X.Shape)
			if y := s.Arrays.Y; y != nil {
				got += fmt.Sprintf(" %v %v", y.DType(), y.Shape)
			}
			if s.Arrays.Classes != nil {
				got += fmt.Sprint(" ", s.Arrays.Classes)
			}
			if x := s.Arrays.Test; x != nil {
				got += fmt.Sprintf(" test %v %v", x.X.DType(), x.X.Shape)
			}
		}
		if got != c.want {
			t.Errorf("%s %+v:\ngot  %s\nwant %s", c.name, c.o, got, c.want)
		}
	}
	s, err := Open(files, "images.gz", Options{Labels: "labels.csv"})
	if err != nil || !slices.Equal(s.Arrays.X.U8, idxImages[16:]) || !slices.Equal(s.Arrays.Y.I32, []int32{1, 0}) {
		t.Error(s, err)
	}
}

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t.csv")
	if err := os.WriteFile(path, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := OpenFile(path, Options{}); err != nil || s.Table.Name != "t.csv" {
		t.Error(s, err)
	}
	if _, err := OpenFile(dir, Options{}); err == nil || strings.Contains(err.Error(), "\n") {
		t.Error("a folder:", err)
	}
}

func TestReadIDX(t *testing.T) {
	f32 := []byte{0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0}
	f64 := []byte{0, 0, 0x0E, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0}
	i8 := []byte{0, 0, 0x09, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0x80}
	i16 := []byte{0, 0, 0x0B, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 0}
	i32 := []byte{0, 0, 0x0C, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfd}
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{idxImages, "[[[[  1]\n   [  2]\n   [  3]]\n\n  [[  4]\n   [  5]\n   [  6]]]\n\n\n [[[  7]\n   [  8]\n   [  9]]\n\n  [[ 10]\n   [ 11]\n   [255]]]]"},
		{idxLabels, "[7 0]"}, {f32, "[ 1. -2.]"}, {f64, "[1.5]"}, {i8, "[[  -1 -128]]"}, {i16, "[ -2 256]"}, {i32, "[-3]"},
	} {
		x, err := ReadIDX(bytes.NewReader(c.in))
		if err != nil || x.String() != c.want {
			t.Errorf("% x: %v %v, want %s", c.in[:4], x, err, c.want)
		}
		for n := range c.in {
			if _, err := ReadIDX(bytes.NewReader(c.in[:n])); err == nil {
				t.Errorf("% x: %d bytes were taken for the whole", c.in[:4], n)
			}
		}
		if _, err := ReadIDX(bytes.NewReader(append(slices.Clone(c.in), 0))); err == nil {
			t.Errorf("% x: a byte too many was not noticed", c.in[:4])
		}
	}
	huge := []byte{0, 0, 8, 3, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 28, 0, 0, 0, 28, 1}
	if n := testing.AllocsPerRun(1, func() {
		if _, err := ReadIDX(bytes.NewReader(huge)); err == nil {
			t.Error("47 GB were read from 17 bytes")
		}
	}); n > 40 {
		t.Errorf("%v allocations for a header", n)
	}
	for _, in := range []string{"\x00\x00\x08\x00", "\x00\x00\x07\x01", "\x00\x01\x08\x01", "\x00\x00\x08\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if _, err := ReadIDX(strings.NewReader(in)); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		tab, err := s.Table()
		if err != nil {
			t.Fatal(err)
		}
		if tab.Rows != s.Rows || len(tab.Columns) != s.Columns || !tab.Header || len(tab.Notes) != 0 {
			t.Errorf("%s: %d rows, %d columns, notes %q", s.Name, tab.Rows, len(tab.Columns), tab.Notes)
		}
		c, err := tab.Column(s.Target)
		if err != nil {
			t.Fatal(err)
		}
		if _, levels := c.Codes(); s.Task == "classification" && len(levels) != s.Classes {
			t.Errorf("%s: classes %q", s.Name, levels)
		}
		if s.Source == "" || s.Licence == "" || s.About == "" {
			t.Errorf("%s: source, licence or description is not given", s.Name)
		}
		a, err := s.Images()
		if s.Image == nil {
			if err == nil {
				t.Errorf("%s became images", s.Name)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.X.Shape, append([]int{s.Rows}, s.Image...)) || len(a.Classes) != s.Classes {
			t.Errorf("%s: %v %v", s.Name, a.X.Shape, a.Classes)
		}
		for _, at := range []int{0, 17, 63} { // column p33 is row 3, column 3
			if float64(a.X.U8[5*64+at]) != tab.Columns[at].Numbers[5] {
				t.Errorf("%s: pixel %d differs", s.Name, at)
			}
		}
	}
	// Box and Jenkins' series G begins with 112 and ends with 432.
	airline := Samples()[3]
	if tab, err := airline.Table(); err != nil || tab.Columns[1].Numbers[0] != 112 || tab.Columns[1].Numbers[143] != 432 {
		t.Errorf("airline: %v", err)
	}
	// From sklearn.datasets' published counts: 50 of each iris; 178 digits 0.
	for name, want := range map[string]string{"iris": "[{setosa 50} {versicolor 50} {virginica 50}]",
		"digits": "[{0 178} {1 182} {2 177} {3 183} {4 181} {5 182} {6 181} {7 179} {8 174} {9 180}]", "titanic": "[{0 549} {1 342}]"} {
		s, err := OpenFile(Embed+name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Inspect(s, s.Sample.Target)
		if err != nil || fmt.Sprint(r.Classes) != want {
			t.Errorf("%s: %v %v", name, r.Classes, err)
		}
	}
}

func TestCheckFinite(t *testing.T) {
	x := tensor.New(tensor.Float32, 2, 2, 3)
	a := &Arrays{Name: "x.npy", X: x}
	if err := a.CheckFinite(); err != nil {
		t.Error(err)
	}
	x.F32[7] = x.F32[7] / x.F32[7]
	if err := a.CheckFinite(); err == nil || err.Error() != "x.npy: X[1 0 1] is NaN; replace or remove such values" {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(idxImages)
	f.Add(idxLabels)
	f.Add(gz(f, idxImages))
	f.Add(npy(f, tensor.Of([]uint8{1, 2}, 1, 2)))
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\x00\x00\x0e\x02\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Read(bytes.NewReader(b), "f", Options{})
		if err != nil {
			return
		}
		if (s.Table == nil) == (s.Arrays == nil) {
			t.Fatal("neither or both of table and arrays")
		}
		r, err := Inspect(s, "")
		if err != nil {
			t.Fatal(err)
		}
		_ = r.String()
	})
}

// A gzip file that was cut off is an error that says so.
func TestGzipCutOff(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte("a,b\n" + strings.Repeat("1,2\n3,5\n", 100))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{4, 9, b.Len() - 20} {
		_, err := Read(bytes.NewReader(b.Bytes()[:b.Len()-cut]), "f.csv.gz", Options{})
		if want := "f.csv.gz: the gzip file is damaged or was cut off (unexpected EOF); fetch it again"; err == nil || err.Error() != want {
			t.Errorf("%d bytes less: %v", cut, err)
		}
	}
}
