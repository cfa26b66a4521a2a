package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"gorae/data"
	"gorae/internal/gz"
	"gorae/internal/words"
)

// Options say what a source does not say itself.
type Options struct {
	CSV data.CSVOptions // how a table of text is read
	// Labels is the path of the labels of arrays (IDX, npy, or a CSV of one column) or of the lines of a text (a line
	// for each); in an .npz file, the name of the labels' array.
	Labels string
	Input  string    // the samples' array in an .npz file that holds several
	Rows   int       // the first samples alone; 0: all
	Stdin  io.Reader // what the path - stands for
	// NoNetwork refuses schemes of the network, as an experiment file of a stranger must be.
	NoNetwork bool
	// Cache keeps tables of text as they were read; nil: they are read into memory.
	Cache *data.Cache
	// FS is where paths lie, slash-separated, such as a file system of go:embed; nil: the machine's files.
	FS fs.FS
}

// Info describes a source before it is read. Its options may be changed until then. An Info is used by one goroutine at
// a time.
type Info struct {
	Options
	Found
	Path   string // as it was given
	Scheme string // file, embed, stdin, or that of another scheme
	Sheet  string // of a workbook, as the path names it; "": that of CSV.Sheet
	Table  string // of a database, as the path names it; "": that of CSV.Table

	head    []byte
	packed  bool          // with gzip
	rest    *bufio.Reader // of a stream that can be opened once
	looked  bool
	err     error // of looking
	content *data.Source
	readErr error
	read    bool
}

// Found is the description of a path by its scheme.
type Found struct {
	Name   string // for messages
	Folder bool
	// Stream opens the bytes, packed or not; nil for a folder, and for what does not consist of bytes.
	Stream func() (io.ReadCloser, error)
	Once   bool    // Stream can be opened once only, as standard input
	Format *Format // nil: it goes by the content
	Sample *data.Sample
}

// headSize is the number of bytes at the start of a content that formats get to see.
const headSize = 64 << 10

// sheetMark parts the path of a workbook from the name of a sheet of it, tableMark that of a database from a table's.
const (
	sheetMark = "?sheet="
	tableMark = "?table="
)

// Find looks up a path: a file or a folder, a sheet of a workbook (book.xlsx?sheet=NAME), a
// table of a database (shop.sqlite?table=NAME), embed:NAME, - for standard
// input, or what another scheme knows. The error for a path where nothing is wraps fs.ErrNotExist.
func Find(name string, o Options) (_ *Info, err error) {
	defer words.Printable(&err)
	name, sheet, _ := strings.Cut(name, sheetMark)
	name, table, _ := strings.Cut(name, tableMark)
	i := &Info{Options: o, Path: name, Sheet: sheet, Table: table}
	s := scheme(name)
	i.Scheme = s.Name
	if err := s.refuse(name, o); err != nil {
		return nil, err
	}
	found, err := s.Find(strings.TrimPrefix(name, s.Prefix), o)
	if err != nil {
		return nil, err
	}
	i.Found = found
	return i, nil
}

// Extension returns that of the content's name in lower case, .gz left out: .csv of prices.CSV.gz, and of a zip file
// that holds prices.csv alone.
func (i *Info) Extension() string {
	name := i.Path
	if path.Ext(strings.ToLower(name)) == ".zip" {
		name = i.Name
	}
	return path.Ext(strings.TrimSuffix(strings.ToLower(filepath.ToSlash(name)), ".gz"))
}

// Head returns the first bytes of the content, unpacked: 64 KiB, or all of a shorter one; nil for a folder and for what
// cannot be opened.
func (i *Info) Head() []byte {
	i.look()
	return i.head
}

// Packed reports whether the bytes are packed with gzip.
func (i *Info) Packed() bool {
	i.look()
	return i.packed
}

// look reads the head, once.
func (i *Info) look() {
	if i.looked || i.Found.Stream == nil {
		return
	}
	i.looked = true
	f, err := i.Found.Stream()
	if err != nil {
		i.err = err
		return
	}
	raw := bufio.NewReaderSize(f, headSize)
	start, _ := raw.Peek(2) // a shorter file is not packed
	i.packed = gz.Is(start)
	r, err := gz.Reader(raw, headSize)
	if err == nil {
		if i.head, err = r.Peek(headSize); err == io.EOF {
			err = nil
		}
		i.head = bytes.Clone(i.head)
	}
	if err != nil {
		i.err = fmt.Errorf("%s: %w", i.Name, err)
	}
	if i.Once {
		i.rest = r
		return
	}
	_ = f.Close() // it was only read
}

// Open opens the content, unpacked. Standard input can be opened once.
func (i *Info) Open() (io.ReadCloser, error) {
	if i.Found.Stream == nil {
		return nil, fmt.Errorf("%s: no content of bytes", i.Name)
	}
	if i.Once {
		i.look()
		r := i.rest
		i.rest = nil
		switch {
		case i.err != nil:
			return nil, i.err
		case r == nil:
			return nil, fmt.Errorf("%s: it has been read already", i.Name)
		}
		return io.NopCloser(r), nil
	}
	f, err := i.Found.Stream()
	if err != nil {
		return nil, err
	}
	r, err := gz.Reader(f, headSize)
	if err != nil {
		_ = f.Close() // it was only read
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	return opened{r, f}, nil
}

// opened reads through a buffer and closes the file below it.
type opened struct {
	*bufio.Reader
	io.Closer
}

// Format returns the format of the content; nil if no registered one has it.
func (i *Info) Format() *Format {
	if i.Found.Format == nil {
		i.Found.Format = decide(i)
	}
	return i.Found.Format
}

// Readable reports whether Read can give the content as a table, arrays or a dataset, as far as its format tells.
func (i *Info) Readable() bool {
	f := i.Format()
	return f != nil && f.Reader != nil
}

// Is reports whether the content is of one of the formats of these names.
func (i *Info) Is(names ...string) bool {
	f := i.Format()
	for _, n := range names {
		if f != nil && f.Name == n {
			return true
		}
	}
	return false
}

// Read reads the content as a table, arrays or a dataset: once, whatever is asked later. With Rows it is the first
// samples alone.
func (i *Info) Read() (*data.Source, error) {
	if !i.read {
		i.content, i.readErr = i.whole()
		words.Printable(&i.readErr)
		i.read = true
	}
	return i.content, i.readErr
}

// Reuse takes over what another Info has read, if that is the same path with the same options.
func (i *Info) Reuse(other *Info) {
	if other == nil || !other.read || other.readErr != nil || i.Once || i.Path != other.Path ||
		i.Sheet != other.Sheet || i.Table != other.Table || !reflect.DeepEqual(i.Options, other.Options) {
		return
	}
	i.content, i.read = other.content, true
}

func (i *Info) whole() (*data.Source, error) {
	format := i.Format()
	if i.err != nil {
		return nil, i.err
	}
	s, err := format.read(i)
	if err != nil {
		return nil, err
	}
	if a := s.Arrays; a != nil && a.All == nil && i.Labels != "" {
		l, err := i.Sibling(i.Labels)
		if err != nil {
			return nil, err
		}
		labels, err := l.Read()
		if err != nil {
			return nil, err
		}
		if err := a.SetLabels(labels); err != nil {
			return nil, err
		}
	}
	if i.Rows > 0 {
		s = s.Head(i.Rows)
	}
	return s, nil
}

// Sibling looks up another path that is read as this one is, such as that of the labels.
func (i *Info) Sibling(name string) (*Info, error) {
	return Find(name, Options{CSV: i.CSV, Stdin: i.Stdin, FS: i.FS, NoNetwork: i.NoNetwork})
}

// Text reads the content as a text of UTF-8. A byte order mark is dropped, CR LF becomes LF.
func (i *Info) Text() (string, error) {
	f, err := i.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	return data.ReadText(f, i.Name)
}

// Files returns the file system of a folder.
func (i *Info) Files() (fs.FS, error) {
	if !i.Folder {
		return nil, fmt.Errorf("%s: a file, not a folder", i.Path)
	}
	return folderFS(i.Path, i.FS)
}

// Open finds a path and reads it.
func Open(name string, o Options) (*data.Source, error) {
	i, err := Find(name, o)
	if err != nil {
		return nil, err
	}
	return i.Read()
}

// Of returns the source of a stream, such as an upload. Name is for messages, and its extension tells the format where
// the content does not.
func Of(r io.Reader, name string, o Options) *Info {
	return &Info{Options: o, Path: name, Scheme: "stream",
		Found: Found{Name: name, Once: true, Stream: func() (io.ReadCloser, error) {
			return io.NopCloser(r), nil
		}}}
}

// Read reads a stream.
func Read(r io.Reader, name string, o Options) (*data.Source, error) { return Of(r, name, o).Read() }
