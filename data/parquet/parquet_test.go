package parquet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
)

const testdata = "../source/all/testdata"

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check fails where a file is neither a table whose columns are whole nor one line of error.
func check(t *testing.T, b []byte) error {
	t.Helper()
	tab, err := Read(b, "f", data.CSVOptions{})
	if err != nil {
		if !strings.HasPrefix(err.Error(), "f: ") || strings.Contains(err.Error(), "\n") {
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

// TestDamaged: a file that is cut off anywhere is refused, and one with a wrong byte anywhere is a table or one line of
// error.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"int96.parquet", "types.parquet", "delta-zstd.parquet", "lengths-lz4.parquet",
		"frame.parquet"} {
		whole := load(t, name)
		step := 29
		if testing.Short() {
			step = 101
		}
		for n := 0; n < len(whole); n += step {
			if check(t, whole[:n]) == nil {
				t.Fatalf("%s: %d of %d bytes are a table", name, n, len(whole))
			}
			b := bytes.Clone(whole)
			b[n] ^= []byte{1, 0x80, 0xff}[n/step%3]
			_ = check(t, b) // a wrong value need not be noticed
		}
	}
}

// TestRefused: what is no Parquet file, or none that is read, and numbers of rows that no file of its size has.
func TestRefused(t *testing.T) {
	rows := func(n byte) []byte { // a footer: version, a schema of one column of int32, a number of rows, one group
		b := []byte("PAR1")
		foot := []byte{0x15, 2, 0x19, 0x2c, 0x48, 1, 'r', 0x15, 2, 0, 0x15, 2, 0x25, 0, 0x18, 1, 'a', 0, 0x16}
		foot = append(foot, 0x80, 0x80, 0x80, 0x80, n, 0x19, 0x1c, 0x19, 0x1c, 0x3c, 0x15, 2, 0, 0, 0x26)
		foot = append(foot, 0x80, 0x80, 0x80, 0x80, n, 0, 0)
		b = append(b, foot...)
		return append(b, byte(len(foot)), 0, 0, 0, 'P', 'A', 'R', '1')
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"short": {[]byte("PAR1PAR1"), "f: it does not begin as a Parquet file does; give it the extension of its " +
			"format"},
		"text": {[]byte("a,b\n1,2\n3,4\n5,6\n"), "f: it does not begin as a Parquet file does; give it the " +
			"extension of its format"},
		"cut off": {[]byte("PAR1 and so on and so on"),
			"f: it does not end as a Parquet file does: it was cut off; fetch it again"},
		"encrypted": {[]byte("PAR1\x00\x00\x00\x00\x00\x00\x00\x00PARE"),
			"f: it is encrypted; write it without encryption"},
		"long": {[]byte("PAR1\x00\x00\x00\x00\xff\xff\x00\x00PAR1"),
			"f: its metadata are longer than the file; fetch it again"},
		"empty":     {[]byte("PAR1\x00\x01\x00\x00\x00PAR1"), "f: its schema is damaged; fetch it again"},
		"damaged":   {[]byte("PAR1\xff\x01\x00\x00\x00PAR1"), "f: the metadata are damaged; fetch it again"},
		"many rows": {rows(0x7f), "rows in a file of"},
	} {
		_, err := Read(c.file, "f", data.CSVOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	// The codec of the first column chunk of a file without compression, changed to brotli.
	b := load(t, "plain.parquet")
	at := bytes.LastIndex(b, []byte{0x19, 0x18, 1, 'i', 0x15, 0})
	if at < 0 {
		t.Fatal("the codec is not where it was")
	}
	b[at+5] = 4 << 1
	_, err := Read(b, "f", data.CSVOptions{})
	want := "f: i: it is compressed with brotli, which is not read; write it with snappy, gzip, zstd or lz4_raw"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	i, err := source.Find(filepath.Join(testdata, "plain.parquet"), source.Options{CSV: data.CSVOptions{Skip: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Foreign(); err == nil ||
		err.Error() != "plain.parquet: skip says nothing about a Parquet file; leave it out" {
		t.Error(err)
	}
}

// TestCodecs: blocks of Snappy and LZ4 by hand, from their descriptions (google/snappy format_description.txt,
// lz4_Block_format.md): literals, copies that overlap, and lengths in bytes of their own.
func TestCodecs(t *testing.T) {
	long := strings.Repeat("x", 70)
	for _, c := range []struct {
		codec    int
		in, want string
	}{
		{1, "\x0a\x08abc\x0d\x03", "abcabcabca"},
		{1, "\x08\x08abc\x12\x03\x00", "abcabcab"},
		{1, "\x46\xf0\x45" + long, long},
		{7, "\x32abc\x03\x00\x10z", "abcabcabcz"},
		{7, "\xf0\x37" + long, long},
		{7, "\x1fa\x01\x00\x05\x10b", strings.Repeat("a", 25) + "b"},
	} {
		got, err := unpack(c.codec, []byte(c.in), len(c.want))
		if err != nil || string(got) != c.want {
			t.Errorf("%s %q: %q, %v; want %q", codecs[c.codec], c.in, got, err, c.want)
		}
		if _, err := unpack(c.codec, []byte(c.in), len(c.want)+1); err == nil {
			t.Errorf("%s %q: another length", codecs[c.codec], c.in)
		}
		for n := range c.in {
			if _, err := unpack(c.codec, []byte(c.in[:n]), len(c.want)); err == nil {
				t.Errorf("%s %q: cut off at %d", codecs[c.codec], c.in, n)
			}
		}
	}
}

// FuzzRead: whatever the bytes, the result is a table or one line of error.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(testdata, "*.parquet"))
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		f.Add(load(f, filepath.Base(name)))
	}
	f.Fuzz(func(t *testing.T, b []byte) { _ = check(t, b) })
}

// A file that pandas wrote, with its types, is a table as a CSV file of the same values is.
func ExampleRead() {
	file, err := os.ReadFile("../source/all/testdata/frame.parquet")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := Read(file, "frame.parquet", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range []int{0, 4, 7, 8, 9, 10} {
		c := &t.Columns[i]
		fmt.Printf("%s %v %q\n", c.Name, c.Kind, c.Text(0))
	}
	// Output:
	// id number "1"
	// name category "고래"
	// born category "1990-02-28"
	// seen category "2024-01-02 03:04:05.5"
	// paid category "2024-03-30T16:30:00Z"
	// price number "12.5"
}
