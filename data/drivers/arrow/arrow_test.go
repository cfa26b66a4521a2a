package arrow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
)

var files = []string{"uncompressed.feather", "lz4.feather", "zstd.feather", "stream.arrows"}

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFiles: every type of files that pyarrow wrote, in two records, packed and not, and as a stream.
func TestFiles(t *testing.T) {
	var want map[string][]string
	if err := json.Unmarshal(load(t, "want.json"), &want); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		s, err := source.Open(filepath.Join("testdata", name), source.Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if len(s.Table.Columns) != len(want) || s.Table.Rows != 3 {
			t.Errorf("%s: %d rows of %q", name, s.Table.Rows, s.Table.Names())
		}
		for column, values := range want {
			c, err := s.Table.Column(column)
			if err != nil {
				t.Error(err)
				continue
			}
			for i, v := range values {
				got, large := c.Text(i), column == "f32" && c.Numbers[i] == 1e30
				if got != v && !large || c.IsMissing(i) != (v == "") {
					t.Errorf("%s: %s, row %d: %q, want %q", name, column, i+1, got, v)
				}
			}
		}
		if g := fmt.Sprint(s.Table.Guesses); !strings.Contains(g, "list: 2 of its values are lists") ||
			!strings.Contains(g, "raw: 1 value of bytes that are no text") {
			t.Errorf("%s: %s", name, g)
		}
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
	for _, name := range files {
		whole := load(t, name)
		for n := 0; n < len(whole); n += len(whole)/9 + 1 {
			if err := check(t, whole[:n]); err == nil && name != "stream.arrows" {
				t.Errorf("%s: %d of %d bytes are a table", name, n, len(whole))
			}
			b := bytes.Clone(whole)
			b[n] ^= []byte{1, 0x80, 0xff}[n%3]
			_ = check(t, b) // a wrong value need not be noticed
		}
	}
	if err := check(t, []byte("FEA1 and so on")); err == nil ||
		err.Error() != "f: a Feather file of version 1; write it as version 2" {
		t.Error(err)
	}
}

// FuzzRead: whatever the bytes, the result is a table or one line of error.
func FuzzRead(f *testing.F) {
	for _, name := range files {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) { _ = check(t, b) })
}

func ExampleRead() {
	file, err := os.ReadFile("testdata/lz4.feather")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := Read(file, "lz4.feather", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := t.Column("instant")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows, c.Text(0))
	// Output:
	// 3 2024-02-29T23:59:58.5Z
}
