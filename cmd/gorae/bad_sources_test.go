package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"gorae/tensor"
)

// idx is an IDX file of bytes.
func idx(kind byte, content string, extents ...uint32) string {
	b := []byte{0, 0, kind, byte(len(extents))}
	for _, n := range extents {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b) + content
}

// npzOf is an .npz file of arrays.
func npzOf(t *testing.T, arrays ...tensor.Named) string {
	t.Helper()
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, arrays); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// header is the begin of an .npy file of one sample with elements of a type.
func header(descr string) string {
	h := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (1,), }", descr)
	h += strings.Repeat(" ", 117-len(h)) + "\n"
	return "\x93NUMPY\x01\x00\x76\x00" + h + strings.Repeat("\x00", 16)
}

// TestBadSources: at least two mistakes for each kind of source, each one line with the place, the value and a remedy.
func TestBadSources(t *testing.T) {
	t.Chdir(t.TempDir())
	tabs := strings.ReplaceAll(good, ",", "\t")
	var gz, dot bytes.Buffer
	z := gzip.NewWriter(&gz)
	if _, err := z.Write([]byte(strings.Repeat(good, 9))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	zipped := zipOf(t, "a.csv", good)
	secret := []byte(zipped)
	secret[6] |= 1
	secret[strings.Index(zipped, "PK\x01\x02")+8] |= 1
	x, y := tensor.New(tensor.Float32, 4, 2), tensor.Of([]int32{0, 1, 0, 1, 0}, 5)
	for i := range 3 {
		put(t, fmt.Sprintf("album/cat/%d.png", i), dot.String())
		put(t, fmt.Sprintf("album/dog/%d.png", i), dot.String())
		put(t, fmt.Sprintf("single/cat/%d.png", i), dot.String())
	}
	put(t, "album/dog/note.png", "words")
	put(t, "bare/cat/a.md", "")
	paths := "file,y\nsingle/cat/0.png,a\nsingle/cat/1.png,b\n"
	for _, c := range []struct{ file, content, want string }{
		{"ragged.tsv", strings.Replace(tabs, "3\t5", "3\t5\t9", 1), "ragged.tsv:4: 4 fields where the header has 3; " +
			"correct " +
			"this row or take it out"},
		{"half.tsv", "\xff\xfe" + strings.Join(strings.Split(tabs, ""), "\x00"), "half.tsv:13: bytes that are not " +
			"utf-16; give " +
			"another encoding"},
		{"binary.tsv", strings.Replace(tabs, "3\t5", "3\t\x005", 1), "binary.tsv:4: a zero byte; this is no text " +
			"file; export " +
			"it as .csv, or give it the extension of its format"},
		{"open.csv", strings.Replace(good, "3,5", "3,\"5", 1), "open.csv:4: field 2: its quotation mark is never " +
			"closed; " +
			"where marks are plain characters, set quotes: false"},
		{"void.csv", "\n\n", "void.csv: the file is empty; give one with at least one row"},
		{"cut.csv.gz", gz.String()[:gz.Len()-12], "cut.csv.gz: the gzip file is damaged or was cut off (unexpected " +
			"EOF); " +
			"fetch it again"},
		{"sum.csv.gz", gz.String()[:gz.Len()-8] + "\x00\x00\x00\x00\x00\x00\x00\x00", "sum.csv.gz: the gzip file is " +
			"damaged or was cut off (gzip: invalid checksum); fetch it again"},
		{"none.zip", zipOf(t), "none.zip: no .csv or .tsv file in it"},
		{"text.zip", good, "text.zip: no zip file that can be read: zip: not a valid zip file; copy it again"},
		{"secret.zip", string(secret), "secret.zip: its files are encrypted; unpack it with its password"},
		{"broken.zip", zipped[:45] + "\xff\xff" + zipped[47:], "broken.zip: a.csv: flate: corrupt input before " +
			"offset 34; copy the zip file again"},
		{"lens.npz", npzOf(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y}),
			"lens.npz: samples of shape (4, 2) and labels of shape (5,); their first axes must be equal"},
		{"none.npz", zipOf(t), "none.npz: no arrays in it"},
		{"member.npz", zipOf(t, "x.csv", "1"), `member.npz: npz: member "x.csv" is no .npy array`},
		{"text.npz", good, "text.npz: it does not begin as a .npz file does"},
		{"object.npy", header("|O"), "object.npy: npy: element type \"|O\": object arrays hold Python pickles, which " +
			"are " +
			"not read; save it as float32 or int32"},
		{"complex.npy", header("<c16"), "complex.npy: npy: element type \"<c16\": complex numbers; save real and " +
			"imaginary parts as float32"},
		{"zero.npy", npy(t, tensor.New(tensor.Float32, 0, 3)), "zero.npy: no samples: shape (0, 3)"},
		{"huge.idx", idx(8, "abc", 1<<31, 28, 28), "huge.idx: idx: the file ends after 3 of the 1683627180032 " +
			"elements " +
			"of shape (2147483648, 28, 28)"},
		{"axes.idx", idx(8, ""), "axes.idx: idx: it begins with 00 00 08 00, which is no IDX file of 1 to 8 axes"},
		{"album", "", "album/dog/note.png: it begins with 77 6f 72 64, which no PNG, JPEG, GIF, BMP or WebP does; " +
			"replace " +
			"or remove it; image: {skip_broken: true} leaves broken files out"},
		{"single", "", `single class, "cat"; there is nothing to tell apart`},
		{"bare", "", "bare: no pictures in it (.png, "},
		{"lost.csv", paths + "single/cat/9.png,a\n", "lost.csv:4: single/cat/9.png: no such picture; paths are " +
			"relative to ."},
		{"hole.csv", paths + ",a\n", "hole.csv:4: the path of the picture is missing; fill it in or remove the row"},
		{"number.jsonl", "1\n2\n", "number.jsonl:1: a record is an object, as in {\"column\": 1}, and this is a " +
			"number; take " +
			"it out"},
		{"object.json", `{"rows": [{"a": 1}, {"a": 2}], "n": 2}`, "object.json: one object, and no list of records; " +
			"write " +
			`the list "rows" of it to a file of its own`},
		{"keys.jsonl", "{}\n{}\n", "keys.jsonl: no column; give a file with at least one"},
		{"t.feather", "ARROW1\x00\x00", "t.feather: an Arrow file; give .csv, "},
		{"s.arrows", "\xff\xff\xff\xff\x10\x00\x00\x00", "s.arrows: an Arrow file; give .csv, "},
		{"zip.xlsx", zipOf(t, "a.csv", good), "zip.xlsx: a zip file without xl/workbook.xml, so no workbook; save it " +
			"as .xlsx"},
		{"secret.xlsx", "\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 600), "secret.xlsx: an old Excel file, or one " +
			"with a " +
			"password; give .csv, "},
		{"short.parquet", "PAR1", "short.parquet: it does not begin as a Parquet file does; give it the extension of " +
			"its format"},
		{"page.parquet", "PAR1\x00\x01\x00\x00\x00PAR1", "page.parquet: its schema is damaged; fetch it again"},
		{"page.sqlite", "SQLite format 3\x00" + strings.Repeat("\x00", 200), "page.sqlite: the database is damaged; " +
			"copy it " +
			"again"},
		{"short.sqlite", "SQLite format 3\x00", "short.sqlite: it does not begin as an SQLite database does; give it " +
			"the extension of its format"},
	} {
		if c.content != "" || strings.Contains(c.file, ".") {
			put(t, c.file, c.content)
		}
		put(t, "e.yaml", "data: {source: "+c.file+"}\ntrain: {epochs: 1}\n")
		refused(t, statusFailed, c.want, "train", "e.yaml", "--out", "r", "--quiet")
	}
	refused(t, statusFailed, "postgres: this program is without the driver of such databases; export the table to a "+
		"file",
		"data", "inspect", "postgres://me:secret@db/shop")
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		strings.Replace(good, "3,5", "3,5,9", 1): "standard input:4: 4 fields where the header has 3",
		"PAR1":                                   "standard input: it does not begin as a Parquet file does",
		strings.Replace(good, "3,5", "3,\x005", 1): "standard input:4: a zero byte; this is no text file",
	} {
		_, stderr, status := gorae(text, "data", "inspect", "-")
		if status != statusFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("standard input %.20q: status %d, %q, want %s", text, status, stderr, want)
		}
	}
}
