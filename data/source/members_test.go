package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/data"
)

// archive is a zip file of three files.
func archive(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"q/train.txt", "NUM:date When ?\nHUM:ind Who : him ?\n"},
		{"q/plot.5000", "a plot\n\nanother\tplot\n"}, {"q/quote.5000", "a quote\n"}} {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cells are the texts of a table, row by row.
func cells(t *data.Table) string {
	var out []string
	for i := range t.Rows {
		for k := range t.Columns {
			out = append(out, t.Columns[k].Text(i))
		}
	}
	return strings.Join(out, "|")
}

// TestMembers reads a file in a zip file, by a pattern of its lines, and the lines of several files in it and beside
// it.
func TestMembers(t *testing.T) {
	fsys := fstest.MapFS{"qc.zip": {Data: archive(t)}, "d/b.txt": {Data: []byte("two\n")},
		"d/a.txt": {Data: []byte("\ufeffone\r\n")}, "e/a.txt": {Data: []byte("three")}}
	for _, c := range []struct {
		name, pattern, columns, want string
	}{
		{"qc.zip/q/train.txt", `(?P<topic>\w+):(?P<fine>\w+) (?P<question>.*)`, "topic|fine|question",
			"NUM|date|When ?|HUM|ind|Who : him ?"},
		{"qc.zip/q/*.5000", "", "file|text", "plot.5000|a plot|plot.5000|another plot|quote.5000|a quote"},
		{"d/*.txt", "", "file|text", "a.txt|one|b.txt|two"},
		{"*/a.txt", "", "file|text", "d/a.txt|one|e/a.txt|three"},
	} {
		src, err := Open(c.name, Options{FS: fsys, CSV: data.CSVOptions{Pattern: c.pattern}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join(src.Table.Names(), "|"); got != c.columns {
			t.Errorf("%s: columns %s, want %s", c.name, got, c.columns)
		}
		if got := cells(src.Table); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestMembersErrors: what is not there, or is no zip file, is one clear line.
func TestMembersErrors(t *testing.T) {
	fsys := fstest.MapFS{"qc.zip": {Data: archive(t)}, "bad.zip": {Data: []byte("PK\x03\x04 cut off")}}
	for _, c := range []struct{ name, pattern, want string }{
		{"qc.zip/q/test.txt", "", "qc.zip: no file q/test.txt in it; it has q/train.txt, q/plot.5000, q/quote.5000"},
		{"qc.zip/q/*.csv", "", "qc.zip/q/*.csv: file does not exist: no file is named so; check the path"},
		{"qc.zip/[", "", "the pattern"},
		{"none.zip/a.txt", "", "none.zip: no such file"},
		{"bad.zip/a.txt", "", "bad.zip: no zip file that can be read"},
		{"d/*.txt", "", "no file is named so"},
		{"qc.zip/q/train.txt", `(?P<topic>\w+) (?P<question>.*)`, `train.txt:1: "NUM:date When ?" is no line of the pattern`},
		{"qc.zip/q/train.txt", `(\w+)`, "has no named group"},
		{"qc.zip/q/train.txt", `(?P<a>`, "is no regular expression"},
		{"qc.zip/q/train.txt", `(?P<a>.)(?P<a>.*)`, `"a"`},
	} {
		_, err := Open(c.name, Options{FS: fsys, CSV: data.CSVOptions{Pattern: c.pattern}})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s, %s: %v, want %q", c.name, c.pattern, err, c.want)
		}
	}
	if _, err := Find("d/*.txt", Options{FS: fsys}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

// FuzzZip: whatever the bytes of a zip file, and of a CSV in one that is whole, the result is a table or one line of
// error: of the file alone, of a member, and of all members by a pattern.
func FuzzZip(f *testing.F) {
	var one bytes.Buffer
	z := zip.NewWriter(&one)
	if w, err := z.Create("a.csv"); err != nil {
		f.Fatal(err)
	} else if _, err := w.Write([]byte("a,b\n1,x\n2,y\n")); err != nil {
		f.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(archive(f), []byte("a;b\n1,5;x\n"))
	f.Add(one.Bytes(), []byte("\x1f\x8b\x08\x00\x00\x00"))
	f.Add([]byte("PK\x05\x06"+strings.Repeat("\x00", 18)), []byte("\xb0\xed,1\n"))
	f.Fuzz(func(t *testing.T, whole, member []byte) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if w, err := z.Create("a.csv"); err != nil {
			t.Fatal(err)
		} else if _, err := w.Write(member); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{"raw.zip": {Data: whole}, "one.zip": {Data: b.Bytes()}}
		for _, name := range []string{"raw.zip", "raw.zip/a.csv", "raw.zip/*", "one.zip", "one.zip/a.csv"} {
			s, err := Open(name, Options{FS: fsys})
			if err != nil {
				if text := err.Error(); strings.ContainsAny(text, "\n\r") || !strings.Contains(text, ".zip") &&
					!strings.HasPrefix(text, "a.csv") {
					t.Errorf("%s: %q", name, text)
				}
				continue
			}
			if (s.Table == nil) == (s.Arrays == nil) {
				t.Errorf("%s: neither or both of table and arrays", name)
			}
		}
	})
}
