package source_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	stdimage "image"
	"image/png"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/data"
	"gorae/data/image"
	_ "gorae/data/sequence"
	"gorae/data/source"
	"gorae/tensor"
)

// packed is text packed with gzip.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped is a zip file of files with these names and contents.
func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFormats: what a path holds is decided by content before names, and by most files of a folder.
func TestFormats(t *testing.T) {
	var picture, arrays, array bytes.Buffer
	if err := png.Encode(&picture, stdimage.NewGray(stdimage.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{1, 2}, 2, 1)
	if err := tensor.WriteNPZ(&arrays, []tensor.Named{{Name: "x", Tensor: x}}); err != nil {
		t.Fatal(err)
	}
	if err := tensor.WriteNPY(&array, x); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for name, b := range map[string][]byte{
		"t.csv": []byte("a,b\n1,2\n"), "t.TSV.gz": packed(t, "a\tb\n1\t2\n"), "noname": []byte("a,b\n1,2\n"),
		"review.txt": []byte("so good\nso bad\n"), "labels.txt": []byte("1\n0\n"),
		"classes/good/1.txt": []byte("so good"), "classes/bad/2.txt": []byte("so bad"),
		"idx": {0, 0, 8, 1, 0, 0, 0, 1, 7}, "packed-idx": packed(t,
			"\x00\x00\x08\x01\x00\x00\x00\x01\x07"), "idx.csv": {0, 0, 8, 1, 0, 0, 0, 1, 7},
		"a.npz": arrays.Bytes(), "a.zip": zipped(t, "a.csv", "a\n1\n", "b.csv", "b\n1\n"),
		"one.zip": zipped(t, "d/", "", "d/One.CSV", "a;b\n1;2\n", "__MACOSX/d/One.CSV", "?"),
		"x.zip":   arrays.Bytes(), "moves.zip": zipped(t, "moves.ts", "@data\n1,2:a\n"),
		"a.npy": array.Bytes(), "a.npy.gz": packed(t, array.String()),
		"p.png": picture.Bytes(), "p.dat": picture.Bytes(), "album/cat/1.png": picture.Bytes(),
		"album/dog/2.png": picture.Bytes(),
		"moves.ts":        []byte("@data\n1,2:a\n"), "runs/run_1.csv": []byte("a\n1\n"),
		"runs/run_2.csv": []byte("a\n1\n"),
		"runs/notes.png": picture.Bytes(),
		"p.parquet":      []byte("PAR1"), "bare/readme": []byte("no data"),
	} {
		files[name] = &fstest.MapFile{Data: b}
	}
	for name, want := range map[string]string{
		"t.csv": "csv .csv table", "t.TSV.gz": "csv .tsv packed table", "noname": "csv  table",
		"review.txt": "text .txt table",
		"classes":    "texts  folder table", "idx": "idx  array", "packed-idx": "idx  packed array",
		"idx.csv": "idx .csv array",
		"a.npz":   "npz .npz array", "a.zip": "zip .zip a.zip: a zip file; unpack it, or name it .npz if it holds " +
			"NumPy arrays",
		"one.zip": "csv .csv table", "x.zip": "npy .npy array",
		"moves.zip": "zip .zip moves.zip: a zip file; unpack it, or name it .npz if it holds NumPy arrays",
		"a.npy":     "npy .npy array", "a.npy.gz": "npy .npy packed array",
		"p.png": "picture .png p.png: one picture; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)",
		"p.dat": "picture .dat p.dat: one picture; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)",
		"album": "pictures  folder album: a folder of pictures; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)",
		"moves.ts": "ts .ts moves.ts: a .ts file of sequences; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)",
		"runs": "sequences  folder runs: a folder of sequences; give .csv, .md, .npy, .npz, .tsv, .txt or IDX (each " +
			"also as .gz)",
		"bare": "-  folder bare: a directory; name a data file in it",
		"p.parquet": "parquet .parquet p.parquet: a Parquet file; give .csv, .md, .npy, .npz, .tsv, .txt or IDX " +
			"(each also as .gz)",
	} {
		i, err := source.Find(name, source.Options{FS: files})
		if err != nil {
			t.Fatal(err)
		}
		got := "-"
		if f := i.Format(); f != nil {
			got = f.Name
		}
		if s, err := i.Read(); i.Readable() != (err == nil && s != nil) {
			t.Errorf("%s: readable %v, %v", name, i.Readable(), err)
		}
		got += " " + i.Extension()
		if i.Folder {
			got += " folder"
		}
		if i.Packed() {
			got += " packed"
		}
		switch s, err := i.Read(); {
		case err != nil:
			got += " " + err.Error()
		case s.Table != nil:
			got += " table"
		default:
			got += " array"
		}
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
	// The same lines with their labels.
	s, err := source.Open("review.txt", source.Options{FS: files, Labels: "labels.txt"})
	if err != nil || fmt.Sprint(s.Table.Names(), s.Table.Rows) != "[text label] 2" {
		t.Errorf("%+v %v", s, err)
	}
	if s, err = source.Open("t.csv", source.Options{FS: files, Rows: 1}); err != nil || s.Table.Rows != 1 {
		t.Errorf("%+v %v", s, err)
	}
}

// TestSchemes: an embedded sample and standard input are sources like files; standard input is read once.
func TestSchemes(t *testing.T) {
	i, err := source.Find("embed:iris", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := i.Read()
	if err != nil || s.Table.Rows != 150 || s.Sample.Target != "species" || i.Sample.Name != "iris" ||
		i.Scheme != "embed" || !i.Is("text", "sample") {
		t.Errorf("%+v %+v %v", i, s, err)
	}
	i, err = source.Find("-", source.Options{Stdin: bytes.NewReader(packed(t, "a,b\n1,2\n3,4\n"))})
	if err != nil {
		t.Fatal(err)
	}
	if string(i.Head()) != "a,b\n1,2\n3,4\n" || !i.Is("csv") || i.Name != "standard input" {
		t.Errorf("%q %+v", i.Head(), i.Format())
	}
	for range 2 { // the second time what was read
		if s, err = i.Read(); err != nil || s.Table.Rows != 2 {
			t.Error(s, err)
		}
	}
	if _, err := i.Open(); err == nil || err.Error() != "standard input: it has been read already" {
		t.Error(err)
	}
	if _, err := source.Find("-", source.Options{}); err == nil {
		t.Error("there was standard input where none is")
	}
	_, err = source.Find("no/such.csv", source.Options{})
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "no/such.csv: no such file; ") {
		t.Error(err)
	}
	if _, err := source.Find("embed:irsi", source.Options{}); err == nil || !strings.Contains(err.Error(),
		`did you mean "iris"`) {
		t.Error(err)
	}
}

type rowsReader struct{}

func (rowsReader) Read(i *source.Info) (*data.Source, error) {
	text, err := i.Text()
	if err != nil {
		return nil, err
	}
	t, err := data.ReadCSV(strings.NewReader(text), i.Name, i.CSV)
	return &data.Source{Table: t}, err
}

// TestRegister: a package adds a place and a format, also one that was refused; a name twice is a mistake of a program.
func TestRegister(t *testing.T) {
	rows := source.Format{Name: "xlsx", Title: "a workbook", Extensions: []string{".xlsx"},
		Reader: rowsReader{}}
	source.Register(rows)
	source.RegisterScheme(source.Scheme{Name: "mem", Prefix: "mem:",
		Find: func(rest string, _ source.Options) (source.Found, error) {
			return source.Found{Name: rest,
				Stream: func() (io.ReadCloser, error) {
					return io.NopCloser(strings.NewReader("a;b\n1;2\n")),
						nil
				}}, nil
		}})
	s, err := source.Open("mem:book.xlsx", source.Options{})
	if err != nil || fmt.Sprint(s.Table.Names()) != "[a b]" || s.Table.Name != "book.xlsx" {
		t.Errorf("%+v %v", s, err)
	}
	for name, f := range map[string]func(){
		"a format": func() { source.Register(rows) },
		"a prefix": func() { source.RegisterScheme(source.Scheme{Name: "other", Prefix: "mem:"}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was registered twice", name)
				}
			}()
			f()
		}()
	}
	_ = image.Options{} // package image registers the formats of pictures
}

// What a file holds is known before it is read.
func ExampleFind() {
	files := fstest.MapFS{"prices.csv": {Data: []byte("rooms,price\n3,200\n4,250\n")}}
	i, err := source.Find("prices.csv", source.Options{FS: files})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(i.Name, i.Format().Name, i.Folder)
	s, err := i.Read()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Table.Names(), s.Table.Rows)
	// Output:
	// prices.csv csv false
	// [rooms price] 2
}
