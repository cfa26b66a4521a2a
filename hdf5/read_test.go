package hdf5

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// seen is what testdata/dump.py prints of one group or dataset.
type seen struct {
	Attrs map[string]seenValue `json:"attrs"`
	Names []string             `json:"names"`
	Value *seenValue           `json:"value"`
}

// seenValue has the sum of the elements, or none where h5py's value is no number, boolean or string.
type seenValue struct {
	Shape []int  `json:"shape"`
	Sum   string `json:"sum"`
}

func openBytes(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func openFile(t testing.TB, name string) *File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return openBytes(t, b)
}

// sum is dump.py's value, of ours.
func sum(v *values) (seenValue, error) {
	s := seenValue{Shape: v.Shape()}
	h := sha256.New()
	switch v.Type() {
	case Other, Opaque:
		return s, nil
	case String:
		texts, err := v.Strings()
		if err != nil {
			return s, err
		}
		for _, x := range texts {
			io.WriteString(h, x+"\x00")
		}
	default:
		x, err := v.Float64s()
		if err != nil {
			return s, err
		}
		b := make([]byte, 0, 8*len(x))
		for _, x := range x {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
		h.Write(b)
	}
	s.Sum = fmt.Sprintf("%x", h.Sum(nil))
	return s, nil
}

// compare holds everything that f has against what h5py saw, and gives how many values were equal.
func compare(t *testing.T, f *File, want map[string]seen, unreadable map[string]string) (equal int) {
	t.Helper()
	check := func(what string, v *values, want seenValue) {
		got, err := sum(v)
		if sentence := unreadable[what]; sentence != "" {
			if err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("%s: error %v; want one about %q", what, err, sentence)
			}
			return
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		if !reflect.DeepEqual(got.Shape, want.Shape) || got.Sum != want.Sum {
			t.Errorf("%s (%s): read %v; h5py reads %v", what, v.Type(), got, want)
		}
		equal++
	}
	visited := map[string]bool{}
	visit := func(path string, g *Group, d *Dataset) error {
		visited[path] = true
		w, ok := want[path]
		if !ok {
			t.Errorf("%s is not there for h5py", path)
			return nil
		}
		o := &object{}
		if g != nil {
			o = &g.object
			if w.Names == nil || !reflect.DeepEqual(append([]string{}, g.Names()...), w.Names) {
				t.Errorf("%s holds %q; h5py lists %q", path, g.Names(), w.Names)
			}
		} else {
			o = &d.object
			if w.Value == nil {
				t.Errorf("%s is a dataset; for h5py it is a group", path)
				return nil
			}
			check(path, &d.values, *w.Value)
		}
		if len(o.Attrs()) != len(w.Attrs) {
			t.Errorf("%s has attributes %q; h5py lists %d", path, o.Attrs(), len(w.Attrs))
		}
		for name, value := range w.Attrs {
			a, err := o.Attr(name)
			if err != nil {
				t.Error(err)
				continue
			}
			check(path+"@"+name, &a.values, value)
		}
		return nil
	}
	if err := visit("/", f.Root(), nil); err != nil {
		t.Error(err)
	}
	if err := f.Root().Walk(visit); err != nil {
		t.Error(err)
	}
	for path := range want {
		if !visited[path] {
			t.Errorf("%s was not visited", path)
		}
	}
	return equal
}

// TestReadsH5py reads every file of testdata, of every feature, as h5py does.
func TestReadsH5py(t *testing.T) {
	b, err := os.ReadFile("testdata/dump.json")
	if err != nil {
		t.Fatal(err)
	}
	var files map[string]map[string]seen
	if err := json.Unmarshal(b, &files); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		t.Run(name, func(t *testing.T) {
			n := compare(t, openFile(t, name), want, map[string]string{"/lzf": "filter 32000 (lzf) is not supported",
				"/scaled":    "filter 6 (scale-offset) is not supported",
				"/virtual":   "a virtual dataset) is not supported",
				"/elsewhere": "the data lie in another file, which is not supported"})
			if n == 0 {
				t.Error("nothing was compared")
			}
		})
	}
	if len(files) < 20 {
		t.Errorf("%d files were compared; dump.json names at least 20", len(files))
	}
}

// python gives the interpreter with h5py. Where there is none the test is skipped, but not in CI, which installs it.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "-c", "import h5py").Run() == nil {
			return path
		}
	}
	if os.Getenv("GORAE_CI") != "" {
		t.Fatal("python3 with h5py is not installed")
	}
	t.Skip("python3 with h5py is not installed")
	return ""
}

// h5py runs dump.py over files.
func h5py(t *testing.T, files ...string) map[string]map[string]seen {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{"-B", "testdata/dump.py"}, files...)...)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("dump.py: %v", err)
	}
	var out map[string]map[string]seen
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReadsLarge reads heaps and trees of several levels.
func TestReadsLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := filepath.Join(t.TempDir(), "large.h5")
	if out, err := exec.Command(python(t), "testdata/large.py", path).CombinedOutput(); err != nil {
		t.Fatalf("large.py: %v\n%s", err, out)
	}
	for path, want := range h5py(t, path, path+".old") {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if compare(t, openBytes(t, b), want, nil) < 300 {
			t.Errorf("%s: fewer than 300 values were compared", path)
		}
	}
}

// TestTinyObject reads an object that lies within its own identifier: type 2, length less one in the low four bits.
func TestTinyObject(t *testing.T) {
	f := openBytes(t, written(t, &Node{}))
	h := &fractalHeap{f: f, idSize: 8}
	if _, b, err := h.object([]byte("\x22abcdefg")); err != nil || string(b) != "abc" {
		t.Errorf("%q, %v; want \"abc\"", b, err)
	}
	if _, _, err := h.object([]byte("\x2fabcdefg")); err == nil {
		t.Error("16 bytes were read from an identifier of 8")
	}
	if _, _, err := h.object([]byte("\x30abcdefg")); err == nil {
		t.Error("an object of type 3 was read")
	}
}

// TestNumbers reads numbers as the Go types they are asked for, and refuses what would lose their meaning.
func TestNumbers(t *testing.T) {
	root := openFile(t, "types-old.h5").Root()
	get := func(name string) *Dataset {
		t.Helper()
		d, err := root.Dataset(name)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if x, err := get("i8be").Int64s(); err != nil || x[4] != math.MinInt64 || x[3] != math.MaxInt64 {
		t.Errorf("int64: %v, %v", x, err)
	}
	if x, err := get("f2le").Float32s(); err != nil || x[5] != 65504 || x[3] != -2.25 || !math.Signbit(float64(x[1])) {
		t.Errorf("float16: %v, %v", x, err)
	}
	if x, err := get("bool").Int64s(); err != nil || !reflect.DeepEqual(x, []int64{1, 0, 1}) ||
		get("bool").Type() != Bool {
		t.Errorf("bool: %v, %v", x, err)
	}
	if x, err := get("opaque").Bytes(); err != nil || string(x) != "abcd" || get("opaque").Type() != Opaque {
		t.Errorf("opaque: %q, %v", x, err)
	}
	if x, err := get("i2be").Bytes(); err != nil || string(x[:4]) != "\x00\x00\x00\x01" {
		t.Errorf("bytes of a big-endian int16: %x, %v", x, err)
	}
	dst := make([]float32, 24)
	if err := get("matrix").ReadFloat32s(dst); err != nil || dst[23] != 23 {
		t.Errorf("into a slice: %v, %v", dst, err)
	}
	if l := get("matrix").Layout(); l != "contiguous" {
		t.Errorf("layout %q", l)
	}
	for want, read := range map[string]func() error{
		"shape [2 3 4] has 24 elements; the destination has 23": func() error {
			return get("matrix").ReadFloat32s(dst[:23])
		},
		"float32 is no integer; read it as floats": func() error {
			_, err := get("matrix").Int64s()
			return err
		},
		"a float32 (shape [2 3 4]) cannot be read as strings": func() error {
			_, err := get("matrix").Strings()
			return err
		},
		"a compound type (shape [1]) cannot be read as numbers": func() error {
			_, err := get("compound").Float64s()
			return err
		},
		"a compound type (shape [1]) cannot be read as bytes": func() error {
			_, err := get("compound").Bytes()
			return err
		},
		"has no attribute \"x\"; it has none": func() error {
			_, err := get("matrix").Attr("x")
			return err
		},
		"a single string is wanted": func() error {
			_, err := get("matrix").Text()
			return err
		},
	} {
		if err := read(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one about %q", err, want)
		}
	}
	big := &Node{Datasets: map[string]*Data{"u": {Shape: []int{2}, Values: []uint64{1, 1 << 63}}}}
	d, err := openBytes(t, written(t, big)).Root().Dataset("u")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Int64s(); err == nil || !strings.Contains(err.Error(), "element 1 is beyond the largest int64") {
		t.Errorf("a uint64 of 2⁶³ as int64: error %v", err)
	}
}

// TestHalf holds binary16 against IEEE 754-2019, table 3.5 and its examples.
func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3555: 0.333251953125, 0x3c00: 1,
		0x3c01: 1 + 0x1p-10,
		0xc000: -2, 0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1), 0x8000: 0,
	} {
		if got := float64(half(bits)); got != want {
			t.Errorf("%#04x is %v; want %v", bits, got, want)
		}
	}
	if x := half(0x7e01); x == x {
		t.Errorf("0x7e01 is %v; want not a number", x)
	}
}

// TestReadsKeras reads every HDF5 file that real Keras wrote, bare and within .keras zips, as h5py does.
func TestReadsKeras(t *testing.T) {
	if testing.Short() {
		t.Skip("has h5py read many files")
	}
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is unset: it names the folder of files that real Keras wrote")
	}
	contents := map[string][]byte{}
	err := filepath.WalkDir(filepath.Join(root, "models"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".h5", ".keras", ".hdf5":
		default:
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte("PK")) {
			contents[path] = b
			return err
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return err
		}
		for _, m := range z.File {
			if strings.HasSuffix(m.Name, ".h5") {
				r, err := m.Open()
				if err != nil {
					return err
				}
				if contents[path+"::"+m.Name], err = io.ReadAll(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for path := range contents {
		files = append(files, path)
	}
	if len(files) == 0 {
		t.Fatalf("no .h5, .hdf5 or .keras file under %s/models", root)
	}
	values := 0
	for path, want := range h5py(t, files...) {
		t.Run(filepath.Base(path), func(t *testing.T) { values += compare(t, openBytes(t, contents[path]), want, nil) })
	}
	t.Logf("%d files, %d values equal", len(files), values)
}
