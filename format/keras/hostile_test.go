package keras_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
)

// small is a model whose file is a few kilobytes.
func small(t testing.TB) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Base: layer.Base{Name: "d1"}, Units: 4},
		layer.BatchNormalization{})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	return m
}

func smallFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := keras.Save(&b, small(t), keras.Member{Name: "gorae/note", Data: []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// member is a file of an archive.
type member struct {
	name   string
	data   []byte
	method uint16
}

// members are those of a file.
func members(t testing.TB, file []byte) []member {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all []member
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, member{f.Name, b, zip.Store})
	}
	return all
}

func pack(t testing.TB, all []member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range all {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// h5 is a file of groups and arrays.
func h5(t testing.TB, root *hdf5.Node) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := hdf5.Write(&b, root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func load(file []byte) error {
	_, _, err := keras.Load(bytes.NewReader(file), int64(len(file)))
	return err
}

// TestRefuses: what is no .keras file, is damaged, or does not fit together is refused in one line that says where.
func TestRefuses(t *testing.T) {
	file := smallFile(t)
	// with is the file with other members; nil data takes one away.
	with := func(name string, data []byte) []byte {
		var all []member
		for _, m := range members(t, file) {
			if m.name == name && data == nil {
				continue
			}
			if m.name == name {
				m.data = data
			}
			all = append(all, m)
		}
		return pack(t, all)
	}
	text := string(members(t, file)[1].data)
	cfg := func(old, new string) []byte {
		if !strings.Contains(text, old) {
			t.Fatalf("config.json has no %s", old)
		}
		return with("config.json", []byte(strings.Replace(text, old, new, 1)))
	}
	group := func(n int, shape ...int) []byte {
		size := 1
		for _, d := range shape {
			size *= d
		}
		vars := &hdf5.Node{Datasets: map[string]*hdf5.Data{}}
		for i := range n {
			vars.Datasets[fmt.Sprint(i)] = &hdf5.Data{Shape: shape, Values: make([]float32, size)}
		}
		return h5(t, &hdf5.Node{Groups: map[string]*hdf5.Node{"layers": {Groups: map[string]*hdf5.Node{
			"dense": {Groups: map[string]*hdf5.Node{"vars": vars}}}}}})
	}
	flipped := bytes.Clone(file)
	flipped[bytes.Index(flipped, []byte("\x89HDF"))+2000] ^= 1
	double := members(t, file)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "keras: the file is empty"},
		{"text", []byte("hello, world"), `it begins with "hello, w"; want "PK"`},
		{"whole model in HDF5", h5(t, &hdf5.Node{Attrs: map[string]any{"model_config": "{}"}}),
			"model_config: model: the configuration of a \"\" has no config"},
		{"weights in HDF5", group(0), "holds weights alone"},
		{"other HDF5", h5(t, &hdf5.Node{}), "is HDF5 and no .keras archive"},
		{"cut HDF5", []byte("\x89HDF\r\n\x1a\n..."), "is HDF5 and no .keras archive, and damaged: "},
		{"cut", file[:len(file)/2], "is no whole zip archive"},
		{"flipped bit", flipped, "model.weights.h5: zip: checksum error; the file is damaged"},
		{"twice", pack(t, append(double, double[1])), `member "config.json" is there twice`},
		{"no config", with("config.json", nil), "the archive has no config.json; it holds metadata.json, " +
			"model.weights.h5, gorae/note"},
		{"no weights", with("model.weights.h5", nil), "the archive has no model.weights.h5"},
		{"no JSON", with("config.json", []byte("{,}")), "config.json: is no JSON object: invalid character ','"},
		{"list", with("config.json", []byte("[]")), "config.json: is no JSON object"},
		{"empty object", with("config.json", []byte("{}")), "config.json: "},
		{"other class", cfg(`"class_name":"Dense"`, `"class_name":"Conv9D"`),
			`config.json: layer "d1" is of the class Conv9D, which gorae does not have`},
		{"a class of two lines", cfg(`"class_name":"Dense"`, `"class_name":"D\nnse"`),
			`config.json: layer "d1" is of the class D\nnse, which gorae does not have`},
		{"a key of two lines", cfg(`"units":4`, `"un\u001b\nits":4`), `un\x1b\nits: unknown key`},
		{"a member of two lines", pack(t, []member{{"a\r\nb", nil, zip.Store}}), `it holds a\r\nb`},
		{"units", cfg(`"units":4`, `"units":0`), "config.json: layers[1].d1.Dense.units: "},
		{"weights are not HDF5", with("model.weights.h5", []byte("PK")), "model.weights.h5: hdf5: "},
		{"no group", with("model.weights.h5", h5(t, &hdf5.Node{})),
			`model.weights.h5: there is no group /layers/dense/vars, the weights of dense "d1" (kernel, bias)`},
		{"few arrays", with("model.weights.h5", group(1, 3, 4)),
			`/layers/dense/vars holds 1 arrays, and by config.json dense "d1" has 2 (kernel, bias)`},
		{"shape", with("model.weights.h5", group(2, 3, 5)),
			`/layers/dense/vars/0 has shape (3, 5), and by config.json kernel of dense "d1" has shape (3, 4)`},
		{"other units", cfg(`"units":4`, `"units":5`),
			`/layers/dense/vars/0 has shape (3, 4), and by config.json kernel of dense "d1" has shape (3, 5)`},
		{"huge units", cfg(`"units":4`, `"units":99999999999`), "memory"},
	} {
		err := load(c.file)
		if err == nil || !strings.HasPrefix(err.Error(), "keras: ") || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want …%s…", c.name, err, c.want)
		}
	}
}

// TestDeflated: an archive that another program packed anew, with compression and folders, is read.
func TestDeflated(t *testing.T) {
	m := small(t)
	all := members(t, saved(t, m))
	for i := range all {
		all[i].method = zip.Deflate
	}
	all = append(all, member{"folder/", nil, zip.Store})
	n, extras := loaded(t, pack(t, all))
	sameOutput(t, m, n)
	if len(extras) != 0 {
		t.Errorf("further members %v", extras)
	}
}

// TestMemory: what claims to be large, or grows when inflated, is refused without the memory that it asks for.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	file := smallFile(t)
	all := members(t, file)
	bomb := append(all[:3:3], member{"bomb", make([]byte, 256<<20), zip.Deflate})
	config := members(t, file)
	config[1] = member{"config.json", bytes.Repeat([]byte(" "), 64<<20), zip.Deflate}
	files := [][]byte{pack(t, bomb), pack(t, config)}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, f := range files {
		if err := load(f); err == nil || !strings.Contains(err.Error(), "are too many") {
			t.Errorf("a bomb: %v", err)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("refusing it took %d bytes", got)
	}
	// A header that lies about the size: more comes than it says.
	lying := pack(t, bomb)
	at := bytes.LastIndex(lying, []byte("PK\x01\x02")) // the last member of the directory
	copy(lying[at+24:], []byte{100, 0, 0, 0})
	if err := load(lying); err == nil || !strings.Contains(err.Error(), "bomb: zip: ") {
		t.Errorf("a lying bomb: %v", err)
	}
}

// TestCuts: no cut of a file loads, and none panics.
func TestCuts(t *testing.T) {
	file := smallFile(t)
	for n := range file {
		if err := load(file[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes load", n, len(file))
		}
	}
}

// TestFiles: errors name the file; a save that fails leaves the old one; any file system will do.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.keras")
	m := small(t)
	if err := keras.SaveFile(path, m); err != nil {
		t.Fatal(err)
	}
	n, _, err := keras.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sameOutput(t, m, n)
	if err := keras.SaveFile(path, m, keras.Member{Name: "../x"}); err == nil ||
		!strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("a bad member: %v", err)
	}
	if _, _, err := keras.LoadFile(path); err != nil {
		t.Errorf("after a save that failed: %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("the folder holds %v (%v)", all, err)
	}
	file := smallFile(t)
	fsys := fstest.MapFS{"models/a.keras": {Data: file}, "cut.keras": {Data: file[:99]}}
	if n, _, err = keras.LoadFS(fsys, "models/a.keras"); err != nil {
		t.Fatal(err)
	}
	sameOutput(t, m, n)
	for name, want := range map[string]string{"cut.keras": "cut.keras: the file is no whole zip archive",
		"models": "models: is a folder", "none": "open none: "} {
		if _, _, err := keras.LoadFS(fsys, name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := keras.LoadFile(filepath.Join(dir, "none.keras")); err == nil || !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
}

// TestSaveRefuses: what cannot be written is said before anything is.
func TestSaveRefuses(t *testing.T) {
	m := small(t)
	for name, want := range map[string]string{
		"": "no file name", "a/": "no file name", "/a": "is relative", "a/../b": "is relative", `a\b`: "is relative",
		"assets/a":    "for itself",
		"config.json": "there already", "model.weights.h5": "there already",
	} {
		var b bytes.Buffer
		if err := keras.Save(&b, m, keras.Member{Name: name}); err == nil || !strings.Contains(err.Error(), want) ||
			b.Len() > 0 {
			t.Errorf("%q: %v, %d bytes written", name, err, b.Len())
		}
	}
	if err := keras.Save(io.Discard, m, keras.Member{Name: "a"}, keras.Member{Name: "a"}); err == nil {
		t.Error("a member twice is taken")
	}
	raw := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4})
	if err := keras.Save(io.Discard, raw); err == nil || !strings.Contains(err.Error(), "is not built") {
		t.Errorf("not built: %v", err)
	}
	for room := 0; room < len(smallFile(t)); room += 997 { // a disk that is full after some bytes
		if err := keras.Save(&disk{room}, m); err == nil {
			t.Fatalf("a disk with %d bytes takes the file", room)
		}
	}
}

// disk has room for some bytes.
type disk struct{ room int }

func (d *disk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		return d.room, fmt.Errorf("no space left on device")
	}
	d.room -= len(b)
	return len(b), nil
}
