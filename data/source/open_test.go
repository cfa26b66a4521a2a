package source

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/data"
	"gorae/tensor"
)

// openFS opens a file of a file system.
func openFS(files fs.FS, name string, o Options) (*data.Source, error) {
	o.FS = files
	return Open(name, o)
}

// counts are how many samples each class has.
func counts(t *testing.T, s *data.Source) []data.ClassReport {
	t.Helper()
	r, err := data.Inspect(s, "")
	if err != nil {
		t.Fatal(err)
	}
	return r.Classes
}

func pack(t testing.TB, b []byte) []byte {
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
		"t.csv": []byte("a,b\n1,2\n"), "t.csv.gz": pack(t,
			[]byte("a,b\n1,2\n")), "t.tsv": []byte("a\tb\n1\t2\n"), "t.txt": []byte("1 2\n3 4\n"),
		"disguised.csv": pack(t, []byte("a;b\n1;2\n")),
		"images-idx3":   idxImages, "images.gz": pack(t, idxImages), "labels-idx1.gz": pack(t,
			idxLabels), "labels.csv": []byte("label\nwhale\ndolphin\n"),
		"labels3.csv": []byte("label\n1\n2\n3\n"), "gap.csv": []byte("a,b\n1,2\n"),
		"x.npy": npy(t, pixels), "x.npy.gz": pack(t, npy(t, pixels)),
		"xy.npz": npz(t, tensor.Named{Name: "x", Tensor: pixels},
			tensor.Named{Name: "y", Tensor: tensor.Of([]int32{4}, 1, 1)}),
		"mnist.npz": npz(t, tensor.Named{Name: "x_test", Tensor: pixels}, tensor.Named{Name: "x_train", Tensor: pixels},
			tensor.Named{Name: "y_train", Tensor: tensor.Of([]uint8{4}, 1)}),
		"own.npz": npz(t, tensor.Named{Name: "left", Tensor: pixels}, tensor.Named{Name: "right", Tensor: pixels},
			tensor.Named{Name: "out", Tensor: tensor.Of([]int32{4}, 1)}),
		"z.zip": npz(t), "scalar.npy": npy(t, tensor.New(tensor.Float32)), "none.npy": npy(t,
			tensor.New(tensor.Float32, 0, 3)),
		"short.idx": idxImages[:20], "torn.csv.gz": pack(t,
			[]byte(strings.Repeat("1,2,3\n", 900)))[:40], "bad.gz": {0x1f, 0x8b, 9},
		"p.parquet": []byte("PAR1xxxx"), "p.png": []byte("\x89PNG\r\n\x1a\n"), "fake.npy": []byte("hello there"),
		"void.csv": nil,
	} {
		files[name] = &fstest.MapFile{Data: b}
	}
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"t.csv", Options{}, "table 1×2"}, {"t.csv.gz", Options{}, "table 1×2"}, {"t.tsv", Options{},
			"table 1×2"}, {"t.txt", Options{}, "table 2×2"},
		{"disguised.csv", Options{}, "table 1×2"},
		{"images-idx3", Options{}, "uint8 (2, 2, 3, 1)"}, {"images.gz", Options{Labels: "labels-idx1.gz"},
			"uint8 (2, 2, 3, 1) uint8 (2,)"},
		{"images.gz", Options{Labels: "labels.csv"}, "uint8 (2, 2, 3, 1) int32 (2,) [dolphin whale]"},
		{"labels-idx1.gz", Options{}, "uint8 (2,)"},
		{"x.npy", Options{}, "uint8 (1, 2, 3, 1)"}, {"x.npy.gz", Options{}, "uint8 (1, 2, 3, 1)"},
		{"xy.npz", Options{}, "uint8 (1, 2, 3, 1) int32 (1,)"}, {"mnist.npz", Options{},
			"uint8 (1, 2, 3, 1) uint8 (1,) test uint8 (1, 2, 3, 1)"},
		{"own.npz", Options{}, "3 arrays"}, {"own.npz", Options{Input: "right", Labels: "out"},
			"uint8 (1, 2, 3, 1) int32 (1,)"},
		{"embed:iris", Options{}, "table 150×5"},

		{"own.npz", Options{Input: "rihgt"}, `own.npz: no array "rihgt"; did you mean "right"?`},
		{"images.gz", Options{Labels: "labels3.csv"},
			"images.gz: samples of shape (2, 2, 3, 1) and labels of shape (3,); their first axes must be equal"},
		{"images.gz", Options{Labels: "gap.csv"}, "gap.csv: 2 columns; a file of labels has one"},
		{"images.gz", Options{Labels: "lost.csv"},
			"lost.csv: no such file; see the path, or gorae data list for embed:NAME"},
		{"lost.csv", Options{}, "lost.csv: no such file; see the path, or gorae data list for embed:NAME"},
		{"embed:irsi", Options{}, `embed:irsi: no such sample; did you mean "iris"?`},
		{"z.zip", Options{}, "z.zip: a zip file; unpack it, or name it .npz if it holds NumPy arrays"},
		{"scalar.npy", Options{}, "scalar.npy: a scalar; the first axis of an array must count the samples"},
		{"none.npy", Options{}, "none.npy: no samples: shape (0, 3)"},
		{"short.idx", Options{}, "short.idx: idx: the file ends after 4 of the 12 elements of shape (2, 2, 3)"},
		{"torn.csv.gz", Options{}, "torn.csv.gz: the gzip file is damaged or was cut off (unexpected EOF); fetch " +
			"it again"},
		{"bad.gz", Options{}, "bad.gz: unexpected EOF"},
		{"p.parquet", Options{}, "p.parquet: a Parquet file; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)"},
		{"p.png", Options{}, "p.png: one picture; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)"},
		{"fake.npy", Options{}, "fake.npy: it does not begin as a .npy file does, or such files hold no samples; " +
			"give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each also as .gz)"},
		{"void.csv", Options{}, "void.csv: the file is empty; give one with at least one row"},
	} {
		s, err := openFS(files, c.name, c.o)
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
	s, err := openFS(files, "images.gz", Options{Labels: "labels.csv"})
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
	if s, err := Open(path, Options{}); err != nil || s.Table.Name != "t.csv" {
		t.Error(s, err)
	}
	if _, err := Open(dir, Options{}); err == nil || strings.Contains(err.Error(), "\n") {
		t.Error("a folder:", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(idxImages)
	f.Add(idxLabels)
	f.Add(pack(f, idxImages))
	f.Add(npy(f, tensor.Of([]uint8{1, 2}, 1, 2)))
	f.Add(npz(f, tensor.Named{Name: "x", Tensor: tensor.Of([]float32{1, 2, 3, 4}, 2, 2)},
		tensor.Named{Name: "y", Tensor: tensor.Of([]int32{0, 1}, 2)}))
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
		r, err := data.Inspect(s, "")
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
		if want := "f.csv.gz: the gzip file is damaged or was cut off (unexpected EOF); fetch it again"; err == nil ||
			err.Error() != want {
			t.Errorf("%d bytes less: %v", cut, err)
		}
	}
}

// Every real file loads, or says clearly why it does not.
func TestRealFiles(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: no real files to read")
	}
	bars := []string{"Date", "Time", "Open", "High", "Low", "Close", "Volume", "OpenInterest"}
	for _, c := range []struct {
		path string
		o    Options
		want string // shape, or the error
	}{
		{"titanic/train.csv", Options{}, "(891, 12)"},
		{"toy/digits.csv.gz", Options{}, "(1797, 65)"},
		{"toy/iris.csv", Options{CSV: data.CSVOptions{Skip: 1}}, "(150, 5)"},
		{"toy/wine_data.csv", Options{},
			"wine_data.csv:2: 14 fields where the first line has 5; if the lines before are no rows, pass over " +
				"them with skip: 1"},
		{"toy/wine_data.csv", Options{CSV: data.CSVOptions{Skip: 1}}, "(178, 14)"},
		{"toy/breast_cancer.csv", Options{CSV: data.CSVOptions{Skip: 1}}, "(569, 31)"},
		{"toy/diabetes_data_raw.csv.gz", Options{}, "(442, 10)"},
		{"toy/diabetes_target.csv.gz", Options{}, "(442, 1)"},
		{"tabular/california-housing.csv.gz", Options{}, "(20640, 10)"},
		{"tabular/pima-indians-diabetes.csv", Options{}, "(768, 9)"},
		{"tabular/housing.csv", Options{}, "(506, 14)"},
		{"tabular/sonar.csv", Options{}, "(208, 61)"},
		{"tabular/horse-colic.csv", Options{}, "(300, 28)"},
		{"tabular/Mall_Customers.csv", Options{}, "(200, 5)"},
		{"mnist/train-images-idx3-ubyte.gz", Options{Labels: "mnist/train-labels-idx1-ubyte.gz"}, "(60000, 28, 28, 1)"},
		{"mnist/t10k-images-idx3-ubyte.gz", Options{Labels: "mnist/t10k-labels-idx1-ubyte.gz"}, "(10000, 28, 28, 1)"},
		{"series/minute-bars-2006.csv.gz", Options{},
			"minute-bars-2006.csv.gz:2: 8 fields where the header has 7; name all 8 with columns: […], or pass " +
				"over the lines before with skip: 1"},
		{"series/minute-bars-2006.csv.gz", Options{CSV: data.CSVOptions{Columns: bars}}, "(30889, 8)"},
		{"series/ETTh1.csv.gz", Options{}, "(17420, 8)"},
		{"series/airline-passengers.csv", Options{}, "(144, 2)"},
		{"series/monthly-sunspots.csv", Options{}, "(2820, 2)"},
		{"series/daily-min-temperatures.csv", Options{}, "(3650, 2)"},
		{"series/BasicMotions_TRAIN.ts", Options{},
			"BasicMotions_TRAIN.ts: a .ts file of sequences; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
				"also as .gz)"},
		{"series/IndoorMovement.zip", Options{},
			"IndoorMovement.zip: a zip file; unpack it, or name it .npz if it holds NumPy arrays"},
		{"text/nsmc-test.tsv.gz", Options{}, "(50000, 3)"},
	} {
		if c.o.Labels != "" {
			c.o.Labels = filepath.Join(root, "data", c.o.Labels)
		}
		s, err := Open(filepath.Join(root, "data", c.path), c.o)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case s.Table != nil:
			got = tensor.Shape{s.Table.Rows, len(s.Table.Columns)}.String()
		default:
			got = s.Arrays.X.Shape.String()
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.path, got, c.want)
		}
		// The counts of MNIST's test labels are published with it.
		if strings.HasPrefix(c.path, "mnist/t10k-images") && err == nil {
			if got := fmt.Sprint(counts(t, s)); got != "[{0 980} {1 1135} {2 1032} {3 1010} {4 982} {5 892} {6 "+
				"958} {7 1028} {8 974} {9 1009}]" {
				t.Error(got)
			}
		}
	}
}
