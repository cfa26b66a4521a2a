package sequence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/internal/ram"
	"gorae/internal/words"
	"gorae/internal/zipfile"
)

// Folder is the settings for reading a folder with one CSV file per sequence.
type Folder struct {
	// Files is a pattern of path.Match for the files' names without their folders,
	// such as "run_*.csv"; "": every .csv and .tsv file but the labels'. Where most are called alike but for a
	// number, the others are no sequences if they have other columns.
	Files string
	// Labels is the file, within the folder, that holds the labels: a table whose
	// first column is a sequence's file name, with or without its extension, or the
	// number that the file name ends with; Label is the labels' column, "" the last.
	Labels, Label string
	// MayLack allows a folder without the labels' file: its sequences have no labels.
	MayLack bool
	// About is files like the labels', each of whose columns says something more of the sequences, such as
	// the group that they belong to.
	About []string
	CSV   data.CSVOptions
}

// Files are small; what unpacks to more than this is not a sequence but an attack
// or a mistake.
const (
	mostBytes       = 1 << 28
	mostFiles       = 1 << 20 // in a folder
	mostPackedFiles = 1 << 17 // in a zip file, about
	mostValues      = 1 << 30 // of all files
)

// Open reads the sequences in a folder or in a zip file.
func Open(name string, o Folder) (*Set, error) {
	info, err := os.Stat(name)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, fmt.Errorf("%s: no such file or folder", name)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	short := filepath.Base(name)
	if info.IsDir() {
		return FromFS(os.DirFS(name), short, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	return ReadZip(f, info.Size(), short, o)
}

// ReadZip reads the sequences in a zip file.
func ReadZip(r io.ReaderAt, size int64, name string, o Folder) (_ *Set, err error) {
	defer words.Printable(&err)
	z, err := zipfile.Open(r, size, mostPackedFiles)
	var many *zipfile.ManyError
	if errors.As(err, &many) {
		return nil, fmt.Errorf("%s: %w", name, many)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no zip file that can be read: %w; copy it again", name, err)
	}
	if zipfile.Encrypted(z) {
		return nil, fmt.Errorf("%s: its files are encrypted; unpack it with its password", name)
	}
	return FromFS(z, name, o)
}

// FromFS reads the sequences in a file system, in the order of their names; numbers within names are ordered by size. A
// header line may begin with #. All files must have the same columns.
func FromFS(fsys fs.FS, name string, o Folder) (_ *Set, err error) {
	defer words.Printable(&err)
	set, err := fromFS(fsys, name, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return set, nil
}

func fromFS(fsys fs.FS, name string, o Folder) (*Set, error) {
	if _, err := path.Match(o.Files, ""); err != nil {
		return nil, fmt.Errorf("the pattern %q: %w", o.Files, err)
	}
	r := &folderReader{builder: builder{set: Set{Name: name}}, Folder: o, fsys: fsys}
	names, beside, err := list(fsys, o)
	if err != nil {
		return nil, err
	}
	if err := r.readBeside(beside); err != nil {
		return nil, err
	}
	if err := r.findColumns(names); err != nil {
		return nil, err
	}
	for _, file := range names {
		if err := r.readFile(file); err != nil {
			return nil, err
		}
	}
	for k, c := range r.about {
		r.about[k] = data.Infer(c.Name, c.Strings)
	}
	return r.finish()
}

// folderReader makes sequences of the files of a folder.
type folderReader struct {
	builder
	Folder
	fsys   fs.FS
	labels *labelTable            // nil: none
	others []*labelTable          // the tables of Folder.About
	alike  func(file string) bool // whether a file is named as the sequences are
}

// readBeside reads the files about the sequences, which lie at the paths that beside has for their names.
func (r *folderReader) readBeside(beside map[string]string) (err error) {
	if at := beside[r.Labels]; r.Labels != "" && !(at == "" && r.MayLack) {
		if at == "" {
			return fmt.Errorf("no file %s of labels in it", r.Labels)
		}
		if r.labels, err = readLabels(r.fsys, at, r.Label, r.Folder); err != nil {
			return err
		}
		r.builder.label = r.labels.name
	}
	for _, f := range r.Folder.About {
		at := beside[f]
		if at == "" && r.MayLack {
			continue
		}
		if at == "" {
			return fmt.Errorf("no file %s in it", f)
		}
		l, err := readLabels(r.fsys, at, "last", r.Folder)
		if err != nil {
			return err
		}
		r.others = append(r.others, l)
		r.about = append(r.about, data.Column{Name: l.name, Kind: data.Category})
	}
	return nil
}

// findColumns sets the features of the set to the columns of the first file that is named as most are, where that is
// not the first file of all: a file of another name and other columns is then no sequence.
func (r *folderReader) findColumns(files []string) error {
	r.alike = func(string) bool { return true }
	if r.Files == "" {
		r.alike = family(files)
	}
	i := slices.IndexFunc(files, r.alike)
	if i <= 0 {
		return nil
	}
	t, err := readTable(r.fsys, files[i], r.CSV)
	if err == nil {
		r.set.Features = t.Names()
	}
	return err
}

// readFile adds the sequence in a file, its label, and what the further files say of it.
func (r *folderReader) readFile(file string) error {
	t, err := readTable(r.fsys, file, r.CSV)
	if err != nil {
		return err
	}
	if !r.alike(file) && !slices.Equal(t.Names(), r.set.Features) {
		r.set.Others = append(r.set.Others, file)
		return nil
	}
	if err := r.file(t); err != nil {
		return err
	}
	if len(r.values) > mostValues {
		return fmt.Errorf("the files hold more than %d numbers, up to %s; give a part of them", mostValues, file)
	}
	id := strings.TrimSuffix(path.Base(file), path.Ext(file))
	r.add(id)
	if r.labels != nil {
		l, ok := r.labels.of(id, path.Base(file))
		if !ok {
			return fmt.Errorf("%s has no label in %s", file, r.labels.file)
		}
		r.builder.labels = append(r.builder.labels, l)
	}
	for k, a := range r.others {
		v, ok := a.of(id, path.Base(file))
		if !ok {
			return fmt.Errorf("%s has no %s in %s", file, a.name, r.Folder.About[k])
		}
		r.about[k].Strings = append(r.about[k].Strings, v)
	}
	return nil
}

// list returns the files of sequences in order, and the paths of the files about them (Labels, About) by the names that
// o has for them.
func list(fsys fs.FS, o Folder) (files []string, beside map[string]string, err error) {
	beside = map[string]string{}
	known := func(p string) bool {
		for _, n := range append([]string{o.Labels}, o.About...) {
			if n != "" && (p == path.Clean(n) || path.Base(p) == n) {
				beside[n] = p
				return true
			}
		}
		return false
	}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		match, _ := path.Match(o.Files, path.Base(p))
		switch {
		case known(p):
		case o.Files != "" && match, o.Files == "" && isCSV(p):
			files = append(files, p)
		}
		if len(files) > mostFiles {
			return fmt.Errorf("more than %d files", mostFiles)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		what := "no .csv or .tsv file"
		if o.Files != "" {
			what = fmt.Sprintf("no file %s", o.Files)
		}
		return nil, nil, fmt.Errorf("%s in it", what)
	}
	slices.SortFunc(files, natural)
	return files, beside, nil
}

// family returns a function that reports whether a file is named as more than half of the files are, but for the number
// at the end of the name; true for every file where no name is that common.
func family(files []string) func(file string) bool {
	stem := func(file string) string {
		return strings.TrimRight(strings.TrimSuffix(file, path.Ext(file)), "0123456789")
	}
	count, most := map[string]int{}, ""
	for _, f := range files {
		s := stem(f)
		if count[s]++; count[s] > count[most] {
			most = s
		}
	}
	if 2*count[most] <= len(files) {
		return func(string) bool { return true }
	}
	return func(file string) bool { return stem(file) == most }
}

// natural orders names with the numbers in them by size: run_2 before run_10.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		i, j := digits(x), digits(y)
		if i > 0 && j > 0 {
			p, q := strings.TrimLeft(x[:i], "0"), strings.TrimLeft(y[:j], "0")
			if len(p) != len(q) {
				return len(p) - len(q)
			}
			if c := strings.Compare(p, q); c != 0 {
				return c
			}
			x, y = x[i:], y[j:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func digits(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}

// readTable reads one file, of bounded size; # before the header's first name is dropped.
func readTable(fsys fs.FS, file string, o data.CSVOptions) (*data.Table, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	defer f.Close()
	r := &io.LimitedReader{R: ram.Reader(f), N: mostBytes + 1}
	t, err := data.ReadCSV(r, file, o)
	if r.N == 0 {
		return nil, fmt.Errorf("%s: it unpacks to more than %d MiB, which no sequence has", file, mostBytes>>20)
	}
	if err != nil {
		return nil, err
	}
	t.Columns[0].Name = strings.TrimSpace(strings.TrimPrefix(t.Columns[0].Name, "#"))
	return t, nil
}

// file appends the rows of a sequence's table.
func (b *builder) file(t *data.Table) error {
	if b.set.Features == nil {
		b.set.Features = t.Names()
	}
	if !slices.Equal(b.set.Features, t.Names()) {
		return fmt.Errorf("%s: the columns %v; the files before it have %v", t.Name, t.Names(), b.set.Features)
	}
	if t.Rows == 0 {
		return fmt.Errorf("%s: no rows; a sequence has at least one step", t.Name)
	}
	for i := range t.Rows {
		for k := range t.Columns {
			if err := b.value(&t.Columns[k], i); err != nil {
				return t.ErrorAt(i, t.Columns[k].Name, "%w", err)
			}
		}
	}
	return nil
}

// labelTable is a file that says something of each sequence.
type labelTable struct {
	name string // of the column
	file string
	by   map[string]string // the values by the first column: a file name or a number
}

// readLabels reads a file about the sequences: the first column names a sequence, the one called column holds the
// values ("" or last: the last column).
func readLabels(fsys fs.FS, file, column string, o Folder) (*labelTable, error) {
	t, err := readTable(fsys, file, data.CSVOptions{Missing: o.CSV.Missing, Flags: o.CSV.Flags})
	if err != nil {
		return nil, err
	}
	if len(t.Columns) < 2 {
		return nil, fmt.Errorf("%s: one column; labels need the sequence's name or number, and the label", file)
	}
	if column == "" {
		column = "last"
	}
	for i := range t.Columns {
		t.Columns[i].Name = strings.TrimSpace(t.Columns[i].Name)
	}
	c, err := t.Column(column)
	if err != nil {
		return nil, err
	}
	l := &labelTable{name: c.Name, file: file, by: make(map[string]string, t.Rows)}
	for i := range t.Rows {
		id := t.Columns[0].Text(i)
		if c.IsMissing(i) || id == "" {
			return nil, t.ErrorAt(i, "", "the label or its sequence is missing")
		}
		if _, twice := l.by[id]; twice {
			return nil, t.ErrorAt(i, "", "a second label for %s", id)
		}
		l.by[id] = c.Text(i)
	}
	return l, nil
}

// of returns the value of a file, by its name or by the number that its name ends with.
func (l *labelTable) of(id, file string) (string, bool) {
	for _, k := range []string{file, id} {
		if v, ok := l.by[k]; ok {
			return v, true
		}
	}
	i := len(id)
	for i > 0 && id[i-1] >= '0' && id[i-1] <= '9' {
		i--
	}
	n, err := strconv.Atoi(id[i:])
	if err != nil {
		return "", false
	}
	v, ok := l.by[strconv.Itoa(n)]
	return v, ok
}
