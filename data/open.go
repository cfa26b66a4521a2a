package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"gorae/internal/spell"
	"gorae/tensor"
)

// Source is what a file turned out to hold: exactly one of Table, Arrays and Dataset.
type Source struct {
	Table  *Table
	Arrays *Arrays
	// Dataset is samples that are neither, such as sequences with lengths of their own; Name is
	// the file's. No function of this package makes one.
	Dataset Dataset
	Name    string

	Beside *Table  // what is known of each sample of Arrays, such as a picture's file and class; may be nil
	Sample *Sample // set for embed:NAME
}

// Options says what the files do not say themselves.
type Options struct {
	CSV CSVOptions
	// Labels is the file of the labels (IDX, npy, or a CSV of one column), read
	// next to array files; in an .npz file, the labels' array.
	Labels string
	// Input is the samples' array in an .npz file that holds several.
	Input string
}

// Embed begins the name of an embedded sample: embed:iris.
const Embed = "embed:"

// OpenFile reads the file at a path, or an embedded sample (embed:NAME).
// A gzip file is unpacked whatever it is called; IDX, .npy and .npz files are
// known by their first bytes, all else is read as CSV.
func OpenFile(name string, o Options) (*Source, error) {
	if s, ok := strings.CutPrefix(name, Embed); ok {
		return openSample(s)
	}
	open := func(name string) (io.ReadCloser, error) { return os.Open(name) }
	return openWith(open, name, filepath.Base(name), o)
}

// Open reads a file of a file system, such as one made by go:embed; names are
// slash-separated, as fs.FS has them. It does otherwise what OpenFile does.
func Open(fsys fs.FS, name string, o Options) (*Source, error) {
	if s, ok := strings.CutPrefix(name, Embed); ok {
		return openSample(s)
	}
	open := func(name string) (io.ReadCloser, error) { return fsys.Open(name) }
	return openWith(open, name, path.Base(name), o)
}

func openWith(open func(string) (io.ReadCloser, error), name, short string, o Options) (*Source, error) {
	read := func(name, short string, o Options) (*Source, error) {
		f, err := open(name)
		if err != nil {
			return nil, fileError(name, err)
		}
		s, err := Read(f, short, o)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return s, err
	}
	s, err := read(name, short, o)
	if err != nil || s.Arrays == nil || s.Arrays.All != nil || o.Labels == "" {
		return s, err
	}
	l, err := read(o.Labels, path.Base(filepath.ToSlash(o.Labels)), Options{CSV: o.CSV})
	if err != nil {
		return nil, err
	}
	return s, s.Arrays.label(l)
}

// fileError says what is wrong with a file in the words of the command.
func fileError(name string, err error) error {
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("%s: no such file; see the path, or gorae data list for embed:NAME", name)
	case os.IsPermission(err):
		return fmt.Errorf("%s: it may not be read (permission denied)", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// label takes the labels that were read from a file of their own.
func (a *Arrays) label(l *Source) error {
	if l.Arrays != nil {
		a.Y = l.Arrays.X
		return a.check()
	}
	t := l.Table
	c := &t.Columns[len(t.Columns)-1]
	if len(t.Columns) != 1 {
		return fmt.Errorf("%s: %d columns; a file of labels has one", t.Name, len(t.Columns))
	}
	y := tensor.New(tensor.Float32, t.Rows)
	codes, levels := c.Codes()
	if c.Kind == Category {
		y = tensor.New(tensor.Int32, t.Rows)
		a.Classes = levels
	}
	for i, code := range codes {
		if code < 0 {
			return fmt.Errorf("%s: the label is missing", t.Place(i))
		}
		if c.Kind == Category {
			y.I32[i] = int32(code)
		} else {
			y.F32[i] = float32(c.Numbers[i])
		}
	}
	a.Y = whole(y)
	return a.check()
}

// whole turns floats that are all whole numbers within int32 into Int32.
func whole(t *tensor.Tensor) *tensor.Tensor {
	out := tensor.New(tensor.Int32, t.Shape...)
	if t.DType() != tensor.Float32 {
		return t
	}
	for i, v := range t.F32 {
		if v != float32(int32(v)) || v >= 1<<24 || v <= -1<<24 {
			return t
		}
		out.I32[i] = int32(v)
	}
	return out
}

// Read reads samples from a stream, such as standard input. Name is the file's,
// for messages and for its extension; Options.Labels names an array of an .npz
// stream and is otherwise left aside.
func Read(r io.Reader, name string, o Options) (*Source, error) {
	br := bufio.NewReaderSize(r, peek)
	start, err := br.Peek(8)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if bytes.HasPrefix(start, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		br = bufio.NewReaderSize(unpacked{z}, peek)
		if start, err = br.Peek(8); err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var a *Arrays
	switch {
	case isIDX(start):
		var t *tensor.Tensor
		if t, err = ReadIDX(br); err == nil {
			a = &Arrays{Name: name, X: t}
			err = a.check()
		}
	case bytes.HasPrefix(start, []byte("\x93NUMPY")):
		var t *tensor.Tensor
		if t, err = tensor.ReadNPY(br); err == nil {
			a = &Arrays{Name: name, X: t}
			err = a.check()
		}
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return readZip(br, name, o)
	default:
		if err := known(name, start); err != nil {
			return nil, err
		}
		t, err := ReadCSV(br, name, o.CSV)
		if err != nil {
			return nil, err
		}
		return &Source{Table: t}, nil
	}
	if err != nil {
		return nil, prefix(name, err)
	}
	return &Source{Arrays: a}, nil
}

// prefix puts the file's name before an error that lacks it.
func prefix(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+":") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// unpacked is what a gzip file holds; a file that ends too early says so.
type unpacked struct{ z *gzip.Reader }

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("the gzip file is damaged or was cut off (%w); fetch it again", err)
	}
	return n, err
}

// readZip reads an .npz stream; its directory stands at its end, so all of it
// must be at hand.
func readZip(r io.Reader, name string, o Options) (*Source, error) {
	if !strings.HasSuffix(strings.ToLower(name), ".npz") {
		return nil, fmt.Errorf("%s: a zip file; unpack it, or name it .npz if it holds NumPy arrays", name)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	arrays, texts, err := tensor.ReadNPZText(bytes.NewReader(all), int64(len(all)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a, err := fromNPZ(name, arrays, texts, o.Input, o.Labels)
	if err != nil {
		return nil, err
	}
	return &Source{Arrays: a}, nil
}

// known refuses files that are certainly not CSV, before they are misread.
func known(name string, start []byte) error {
	ext := strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
	for _, k := range []struct{ magic, what string }{
		{"PAR1", "a Parquet file"}, {"\x89PNG", "one picture"}, {"\xff\xd8\xff", "one picture"},
		{"\x89HDF", "an HDF5 file"}, {"%PDF", "a PDF file"}, {"\xd0\xcf\x11\xe0", "an old Excel file"}, {"BZh", "a bzip2 file"}, {"\xfd7zXZ", "an xz file"},
	} {
		if bytes.HasPrefix(start, []byte(k.magic)) {
			return fmt.Errorf("%s: %s; give .csv, .tsv, .npy, .npz or IDX (each also as .gz)", name, k.what)
		}
	}
	switch ext {
	case ".npy", ".npz", ".parquet", ".xlsx", ".xls", ".h5", ".keras", ".png", ".jpg", ".jpeg", ".zip", ".json", ".yaml", ".yml", ".pkl":
		return fmt.Errorf("%s: it does not begin as a %s file does, or such files hold no samples; give .csv, .tsv, .npy, .npz or IDX", name, ext)
	}
	return nil
}

// openSample reads an embedded sample.
func openSample(name string) (*Source, error) {
	s, err := FindSample(name)
	if err != nil {
		return nil, err
	}
	t, err := s.Table()
	if err != nil {
		return nil, err
	}
	return &Source{Table: t, Sample: s}, nil
}

// FindSample is the embedded sample of a name, with or without embed: before it.
func FindSample(name string) (*Sample, error) {
	name = strings.TrimPrefix(name, Embed)
	var names []string
	for _, s := range Samples() {
		if s.Name == name {
			return &s, nil
		}
		names = append(names, s.Name)
	}
	hint := spell.Hint(name, names)
	if hint == "" {
		hint = "; there are " + list(names, 12)
	}
	return nil, fmt.Errorf("%s%s: no such sample%s", Embed, name, hint)
}
