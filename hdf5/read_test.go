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
			n := compare(t, openFile(t, name), want, map[string]string{"/lzf": "filter 32000 (lzf) is not supported"})
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

// TestReadsKeras reads every HDF5 file that real Keras wrote, bare and within .keras zips, as h5py does.
func TestReadsKeras(t *testing.T) {
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
