package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTables: the tables of databases that Python's sqlite3 wrote have the values that pandas reads (testdata/make.py).
func TestTables(t *testing.T) {
	var want map[string]map[string][]any
	if err := json.Unmarshal(load(t, "want.json"), &want); err != nil {
		t.Fatal(err)
	}
	for path, columns := range want {
		s, err := source.Open(filepath.Join("testdata", path), source.Options{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if len(s.Table.Columns) != len(columns) {
			t.Errorf("%s: columns %q, want %d", path, s.Table.Names(), len(columns))
		}
		for name, values := range columns {
			c, err := s.Table.Column(name)
			if err != nil || c.Len() != len(values) {
				t.Errorf("%s: %s: %v, or not %d rows", path, name, err, len(values))
				continue
			}
			for i, v := range values {
				if !equal(c, i, v) {
					t.Errorf("%s: %s: row %d: %.60q, want %.60v", path, name, i+1, c.Text(i), v)
					break
				}
			}
		}
	}
}

// equal reports whether a cell has a value of JSON.
func equal(c *data.Column, i int, want any) bool {
	switch v := want.(type) {
	case nil:
		return c.IsMissing(i)
	case float64:
		return c.Kind == data.Number && math.Abs(c.Numbers[i]-v) <= 1e-15*math.Abs(v)
	case string:
		return c.Text(i) == strings.TrimSpace(v) && c.IsMissing(i) == (strings.TrimSpace(v) == "")
	}
	return false
}

// TestChoice: which table is read, and what is said where there is none.
func TestChoice(t *testing.T) {
	b := load(t, "names.sqlite")
	tab, err := Read(b, "f", data.CSVOptions{})
	if err != nil || tab.Rows != 160 {
		t.Fatalf("%v, %v", tab, err)
	}
	if g := fmt.Sprint(tab.Guesses); !strings.Contains(g, "the table keyed is read, as it has the most rows of 9 "+
		"tables; table: NAME reads another") {
		t.Error(g)
	}
	for name, want := range map[string]string{
		"ayed":  `f: no table "ayed"; there are a table, keyed, numbered, late, `,
		"keyd":  `f: no table "keyd"; did you mean "keyed"?; a path names a table by ?table=NAME`,
		"seen":  "f: seen: a view, and only tables are read; store its rows: CREATE TABLE NAME AS SELECT * FROM seen",
		"words": "f: words: a virtual table, whose rows a program computes; store them in a table",
	} {
		if _, err := Read(b, "f", data.CSVOptions{Table: name}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tab, err = Read(b, "f", data.CSVOptions{Table: "LATE"}); err != nil || fmt.Sprint(tab.Names()) != "[id v]" {
		t.Errorf("%v", err)
	}
	i, err := source.Find("testdata/names.sqlite", source.Options{CSV: data.CSVOptions{Query: "SELECT 1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Foreign(); err == nil || err.Error() !=
		"names.sqlite: query says nothing about an SQLite database; leave it out" {
		t.Error(err)
	}
}

// TestPending: a database whose last changes are not in the file is refused, and one beside which the log is empty is
// read.
func TestPending(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	put := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a.db", load(t, "large.sqlite"))
	put("a.db-wal", nil)
	put("a.db-journal", make([]byte, 600))
	if _, err := source.Open(path, source.Options{}); err != nil {
		t.Error(err)
	}
	put("a.db-journal", append([]byte(hot), make([]byte, 600)...))
	if _, err := source.Open(path, source.Options{}); err == nil || !strings.Contains(err.Error(), "-journal beside") {
		t.Error(err)
	}
	put("a.db-wal", make([]byte, 4000))
	if _, err := source.Open(path, source.Options{}); err == nil || !strings.Contains(err.Error(),
		"a.db-wal beside it holds changes that are not in the file; close the program that writes it, or run: ") {
		t.Error(err)
	}
}

// check fails where a file is neither a table whose columns are whole nor one line of error.
func check(t *testing.T, b []byte) error {
	t.Helper()
	tab, err := Read(b, "f", data.CSVOptions{})
	if err != nil {
		if !strings.HasPrefix(err.Error(), "f") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q", err)
		}
		return err
	}
	for i := range tab.Columns {
		if c := &tab.Columns[i]; c.Len() != tab.Rows || c.Name == "" {
			t.Errorf("column %q of %d values in %d rows", c.Name, c.Len(), tab.Rows)
		}
	}
	return nil
}

// TestDamaged: a file that is cut off is refused, and one with a wrong byte anywhere is a table or one line of error.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"kinds.sqlite", "names.sqlite"} {
		whole := load(t, name)
		for n := 0; n < len(whole); n += len(whole)/31 + 1 {
			if check(t, whole[:n]) == nil && n < len(whole)/2 {
				t.Errorf("%s: %d of %d bytes are a table", name, n, len(whole))
			}
		}
		for n := 0; n < len(whole); n += 1 + n/9 {
			b := bytes.Clone(whole)
			b[n] ^= []byte{1, 0x80, 0xff}[n%3]
			_ = check(t, b) // a wrong value need not be noticed
		}
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"short": {[]byte(magic), "f: it does not begin as an SQLite database does; give it the extension of its " +
			"format"},
		"page size": {append([]byte(magic), make([]byte, 200)...), "f: the database is damaged; copy it again"},
		"cut off":   {load(t, "kinds.sqlite")[:200], "f: the file was cut off; copy it again"},
		"a page that is its own child": {func() []byte {
			b := bytes.Clone(load(t, "kinds.sqlite"))
			b[512+8], b[512+9], b[512+10], b[512+11] = 0, 0, 0, 2
			return b
		}(), "f: "},
	} {
		if _, err := Read(c.file, "f", data.CSVOptions{}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "no.db")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Open(path, source.Options{}); err == nil || err.Error() !=
		"no.db: it does not begin as an SQLite database does; give it the extension of its format" {
		t.Error(err)
	}
}

// TestVarint: numbers from the description of the format, of one, two, eight and nine bytes.
func TestVarint(t *testing.T) {
	for in, want := range map[string]uint64{"\x00": 0, "\x7f": 127, "\x81\x00": 128,
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff": math.MaxUint64, "\xff\xff\xff\xff\xff\xff\xff\x7f": 1<<56 - 1} {
		if v, used := varint([]byte(in + "rest")); v != want || used != len(in) {
			t.Errorf("%x: %d of %d bytes, want %d", in, v, used, want)
		}
	}
	if _, used := varint([]byte{0x80, 0x80}); used != 0 {
		t.Error("a number that is cut off was read")
	}
}

// FuzzRead: whatever the bytes, the result is a table or one line of error.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"kinds.sqlite", "names.sqlite"} {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) { _ = check(t, b) })
}

// FuzzSchema: whatever the text of a CREATE TABLE, it is columns or an error.
func FuzzSchema(f *testing.F) {
	f.Add("CREATE TABLE t (a INTEGER PRIMARY KEY, [b c] TEXT DEFAULT ('x'), UNIQUE (a)) WITHOUT ROWID")
	f.Add("CREATE TABLE \"t\" (`a` REAL AS (b * 2) STORED, b /* , */ DEFAULT -1.5 -- c\n)")
	f.Fuzz(func(t *testing.T, s string) {
		var x table
		if err := x.parse(s); err == nil && len(x.columns) == 0 && x.name != "" {
			t.Error("no columns and no error")
		}
	})
}

// A table that the path names.
func ExampleRead() {
	file, err := os.ReadFile("testdata/names.sqlite")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := Read(file, "names.sqlite", data.CSVOptions{Table: "late"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Names(), t.Rows, t.Columns[1].Numbers)
	// Output:
	// [id v] 3 [2.5 1.5 3.5]
}
