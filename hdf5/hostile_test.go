package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// readAll opens b and asks for everything in it, all of which may fail but nothing panic.
func readAll(b []byte, lax bool) error {
	f, err := open(bytes.NewReader(b), int64(len(b)), lax)
	if err != nil {
		return err
	}
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	ask := func(v *values) {
		_, err := v.Float32s()
		if v.Type() == String {
			_, err = v.Strings()
		}
		note(err)
		if v.Len() < 100 {
			v.Int64s()
			v.Text()
			v.Bytes()
		}
	}
	attrs := func(o *object) {
		for _, name := range o.Attrs() {
			a, err := o.Attr(name)
			note(err)
			ask(&a.values)
		}
	}
	attrs(&f.Root().object)
	note(f.Root().Walk(func(path string, g *Group, d *Dataset) error {
		if d != nil {
			attrs(&d.object)
			ask(&d.values)
			return nil
		}
		attrs(&g.object)
		for i, name := range g.Names() {
			if i < 20 {
				g.Dataset(name)
				g.Group(name)
			}
		}
		return nil
	}))
	return first
}

func testFiles(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.h5")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files in testdata, %v", len(names), err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		if out[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestTruncated cuts files at many places: every cut is an error of one line, found without a panic.
func TestTruncated(t *testing.T) {
	files := testFiles(t)
	files["ours"] = written(t, smallTree())
	for name, b := range files {
		for n := 0; n < len(b); n += 1 + len(b)/150 {
			err := readAll(b[:n], false)
			if err == nil || !strings.HasPrefix(err.Error(), "hdf5: ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s cut to %d of %d bytes: error %v; want one line", name, n, len(b), err)
			}
		}
	}
}

// TestFlipped changes single bytes; reading may succeed, and must not panic or take much memory.
func TestFlipped(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	runs := 0
	places := 250
	if testing.Short() {
		places = 80
	}
	for _, b := range testFiles(t) {
		for i := 0; i < len(b); i += 1 + len(b)/places {
			if b[i] == 0 && i%3 != 0 {
				continue // zeros are most of an older file
			}
			c := bytes.Clone(b)
			c[i] ^= 0xff
			readAll(c, true)
			runs++
		}
	}
	runtime.ReadMemStats(&after)
	if per := (after.TotalAlloc - before.TotalAlloc) / uint64(runs); per > 8<<20 {
		t.Errorf("reading a damaged file took %d bytes of memory on average over %d; want at most 8 MiB", per, runs)
	}
}

// smallTree has groups a and b and dataset x.
func smallTree() *Node {
	return &Node{
		Attrs:    map[string]any{"s": "text", "n": []int32{1, 2}},
		Groups:   map[string]*Node{"a": {}, "b": {Attrs: map[string]any{"f": Fixed{"x", "yz"}}}},
		Datasets: map[string]*Data{"x": {Shape: []int{2, 2}, Values: []float32{1, 2, 3, 4}}},
	}
}

// patch replaces the first occurrence of old.
func patch(t *testing.T, b []byte, old, new string) []byte {
	t.Helper()
	if len(old) != len(new) || !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%q is not in the file, or %q has another length", old, new)
	}
	return bytes.Replace(b, []byte(old), []byte(new), 1)
}

func le64(v ...uint64) string {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return string(b)
}

// TestHostile damages a file on purpose, and wants the error that names the place and the reason.
func TestHostile(t *testing.T) {
	good := written(t, smallTree())
	at := func(sign string) uint64 { return uint64(bytes.LastIndex(good, []byte(sign))) } // the root's is the last
	tree, node := at("TREE"), at("SNOD")
	layout := "\x03\x01" + le64(uint64(len(good)-16), 16)
	space := "\x01\x02\x01\x00\x00\x00\x00\x00" + le64(2, 2)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"not HDF5", []byte("PK\x03\x04 a zip file"), "no HDF5 signature"},
		{"empty", nil, "no HDF5 signature in 0 bytes"},
		{"superblock version", patch(t, good, magic+"\x00", magic+"\x09"), "superblock at 0x0: version 9 is not known"},
		{"width", patch(t, good, "\x08\x08\x00\x04", "\x03\x08\x00\x04"), "addresses of 3 bytes"},
		{"signature", append(append(bytes.Clone(good[:node]), "SNOB"...), good[node+4:]...),
			`signature is "SNOB"; want "SNOD"`},
		{"tree in itself", append(append(bytes.Clone(good[:tree+32]), le64(tree)...), good[tree+40:]...),
			"signature is \"TREE\"; want \"SNOD\""},
		{"tree of trees in itself", func() []byte {
			b := bytes.Clone(good)
			b[tree+5] = 1
			copy(b[tree+32:], le64(tree))
			return b
		}(), "stands at level 1; want 0"},
		{"data beyond the end", patch(t, good, layout, "\x03\x01"+le64(1<<40, 16)), "reach beyond the file's"},
		{"data that wrap around", patch(t, good, layout, "\x03\x01"+le64(1<<64-8, 16)), "reach beyond the file's"},
		{"a shape too large", patch(t, good, space, "\x01\x02\x01\x00\x00\x00\x00\x00"+le64(1<<31, 2)),
			"beyond its largest"},
		{"rank", patch(t, good, space, "\x01\x21\x01\x00\x00\x00\x00\x00"+le64(2, 2)), "33 dimensions; at most 32"},
		{"never stored and too large", patch(t, patch(t, good, layout, "\x03\x01"+le64(undefined, 0)),
			space+le64(2, 2), "\x01\x02\x01\x00\x00\x00\x00\x00"+le64(1<<31, 2, 1<<31, 2)), "is more than a file of"},
		{"a shape that overflows", patch(t, good, space+le64(2, 2),
			"\x01\x02\x01\x00\x00\x00\x00\x00"+le64(1<<62, 1<<62, 1<<62, 1<<62)), "is larger than any file"},
	} {
		err := readAll(c.file, false)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v; want one about %q", c.name, err, c.want)
		}
	}
}

// TestGroupCircle reads a group that holds itself, which the format allows: each object is visited once.
func TestGroupCircle(t *testing.T) {
	f := openFile(t, "links-old.h5")
	visits := map[string]int{}
	if err := f.Root().Walk(func(path string, g *Group, d *Dataset) error { visits[path]++; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(visits) != 5 { // a, a/b, a/b/c, a/b/x, a/b/y
		t.Errorf("visited %v; want 5 objects", visits)
	}
	d, err := f.Root().Dataset("a/b/cycle/b/cycle/b/x")
	if err != nil || d.Len() != 4 {
		t.Errorf("through the circle: %v", err)
	}
}

// TestLinks follows hard and soft links, and refuses those that lead nowhere, with the words for it.
func TestLinks(t *testing.T) {
	for _, name := range []string{"links-old.h5", "links-new.h5"} {
		root := openFile(t, name).Root()
		for _, path := range []string{"hard", "soft", "a/relative", "/a/b/x", "a//b/./x"} {
			d, err := root.Dataset(path)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if x, err := d.Int64s(); err != nil || len(x) != 4 || x[3] != 3 {
				t.Errorf("%s: %s is %v, %v; want 0 to 3", name, path, x, err)
			}
		}
		sub, err := root.Group("a/b")
		if err != nil {
			t.Fatal(err)
		}
		if d, err := sub.Dataset("/hard"); err != nil || d.Path() != "/hard" {
			t.Errorf("%s: an absolute path from a group: %v", name, err)
		}
		for path, want := range map[string]string{
			"loop":     "soft links on the way; they lead in a circle",
			"fan0":     "more than 64 soft links on the way",
			"dangling": `/ has no member "nowhere"`,
			"external": "leads into another file (other.h5), which is not followed",
			"a/b":      "/a/b is not a dataset",
			"a/b/x/y":  `/a/b/x is a dataset, and "y" is looked for in it`,
			"no":       `/ has no member "no"; it has ["a" "dangling"`,
		} {
			if _, err := root.Dataset(path); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %s: error %v; want one about %q", name, path, err, want)
			}
		}
		if _, err := root.Group("hard"); err == nil ||
			!strings.Contains(err.Error(), "/hard is a dataset; a group is wanted") {
			t.Errorf("%s: a dataset as group: %v", name, err)
		}
	}
}

// TestBomb has a chunk inflate to more than it declares.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(make([]byte, 8<<20))
	z.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := unfilter([]filter{{id: filterDeflate}}, 0, b.Bytes(), 4096)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "grows beyond the size of a chunk") {
		t.Errorf("error %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("a chunk of 4096 bytes took %d bytes of memory", n)
	}
}

// TestDamage changes a byte of what a checksum covers.
func TestDamage(t *testing.T) {
	files := testFiles(t)
	for _, c := range []struct{ file, block string }{
		{"dense-new.h5", "FHDB"}, {"dense-new.h5", "FRHP"}, {"dense-new.h5", "OHDR"}, {"dense-new.h5", "BTLF"},
		{"many-new.h5", "FHIB"}, {"v2tree.h5", "BTIN"}, {"indexes.h5", "FAHD"}, {"indexes.h5", "FADB"},
		{"growing.h5", "EAHD"}, {"growing.h5", "EAIB"}, {"growing.h5", "EASB"}, {"growing.h5", "EADB"},
	} {
		b := bytes.Clone(files[c.file])
		if err := readAll(b, false); err != nil {
			t.Fatalf("%s: %v", c.file, err)
		}
		b[bytes.Index(b, []byte(c.block))+14] ^= 1
		if err := readAll(b, false); err == nil {
			t.Errorf("%s: a changed byte in %s was not found", c.file, c.block)
		}
	}
	sum := fletcher32([]byte{1, 2, 3})
	b := binary.LittleEndian.AppendUint32([]byte{1, 2, 3}, sum)
	if _, err := checkFletcher(b); err != nil {
		t.Error(err)
	}
	b[1]++
	if _, err := checkFletcher(b); err == nil {
		t.Error("a damaged chunk passes its Fletcher sum")
	}
}

// FuzzRead reads arbitrary files, past their checksums, and wants no panic.
func FuzzRead(f *testing.F) {
	for _, b := range testFiles(f) {
		f.Add(b)
	}
	f.Add(written(f, smallTree()))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := readAll(b, true); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
	})
}

// FuzzWrite writes a tree made of the input, and wants it back.
func FuzzWrite(f *testing.F) {
	f.Add("a\x00b\x00고래", []byte{1, 2, 3, 250}, "text", 3)
	f.Add(strings.Repeat("name\x00x", 20), []byte{}, "", 300)
	f.Add("a\x00b\x00c\x00d\x00e\x00f", []byte{7}, "text", -70000)
	f.Fuzz(func(t *testing.T, names string, data []byte, text string, links int) {
		root := &Node{Attrs: map[string]any{}, Groups: map[string]*Node{}, Datasets: map[string]*Data{}}
		for i, name := range strings.Split(names, "\x00") {
			switch i % 3 {
			case 0:
				root.Datasets[name] = &Data{Shape: []int{len(data), 1}, Values: data}
			case 1:
				root.Groups[name] = &Node{Attrs: map[string]any{"t": text}}
			case 2:
				root.Attrs[name] = []string{text, name, ""}
			}
		}
		if links < 0 && links > -1<<17 { // as many bytes in an attribute
			root.Attrs["large"] = bytes.Repeat(append(data, 1), -links/(len(data)+1))
		}
		many := &Node{Groups: map[string]*Node{}}
		for i := range min(max(links, 0), 600) {
			many.Groups[strings.Repeat("m", i%7)+string(rune('a'+i))] = &Node{}
		}
		root.Groups["many groups"] = many
		var b bytes.Buffer
		if err := Write(&b, root); err != nil {
			return // a name or a text that cannot be written
		}
		want := map[string]seen{}
		expected(root, "/", want)
		compare(t, openBytes(t, b.Bytes()), want, nil)
	})
}

// TestSharedTable has many groups point at one symbol table: the walk must not multiply the table's size by them.
func TestSharedTable(t *testing.T) {
	root := &Node{Groups: map[string]*Node{}}
	for i := range 400 {
		root.Groups[string(rune(0x4e00+i))] = &Node{}
	}
	b := written(t, root)
	f := openBytes(t, b)
	table := f.Root().head.find(msgSymbolTable).body
	for _, name := range f.Root().Names() {
		g, err := f.Root().Group(name)
		if err != nil {
			t.Fatal(err)
		}
		copy(b[g.head.find(msgSymbolTable).addr:], table)
	}
	f = openBytes(t, b)
	err := f.Root().Walk(func(string, *Group, *Dataset) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "the groups share their tables") {
		t.Errorf("error %v; want one about shared tables", err)
	}
}

// TestAttrNames asks for attributes by name.
func TestAttrNames(t *testing.T) {
	root := openBytes(t, written(t, smallTree())).Root()
	a, err := root.Attr("s")
	if err != nil || a.Name() != "s" || !root.HasAttr("s") || root.HasAttr("t") || !root.Has("x") || root.Has("y") {
		t.Errorf("attribute %v, %v", a, err)
	}
	if text, err := a.Text(); err != nil || text != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := root.Attr("t"); err == nil || !strings.Contains(err.Error(),
		`/ has no attribute "t"; it has ["n" "s"]`) {
		t.Errorf("error %v", err)
	}
}

// TestErrorsOfOneLine uses names that would break a line, or fill a page.
func TestErrorsOfOneLine(t *testing.T) {
	long := strings.Repeat("long", 5000)
	root := openBytes(t, written(t, &Node{Groups: map[string]*Node{"two\nlines": {}, long: {}}})).Root()
	for path, want := range map[string]string{
		"two\nlines/x": `hdf5: "/two\nlines" has no member "x"; it has none`,
		long + "/x":    "has no member",
		"x":            `hdf5: / has no member "x"; it has ["long`,
	} {
		_, err := root.Group(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") ||
			len(err.Error()) > 500 {
			t.Errorf("error %v; want one line about %q", err, want)
		}
	}
}
