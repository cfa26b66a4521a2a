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
	"gorae/internal/zipfile"
)

// Folder says how one CSV file per sequence is read.
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
func ReadZip(r io.ReaderAt, size int64, name string, o Folder) (*Set, error) {
	z, err := zipfile.Open(r, size, mostPackedFiles)
	var many *zipfile.ManyError
	if errors.As(err, &many) {
		return nil, fmt.Errorf("%s: %w", name, many)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no zip file that can be read: %w; copy it again", name, err)
	}
	return FromFS(z, name, o)
}

// FromFS reads the sequences in a file system, in the order of their names, numbers
// within names by size. A header line may begin with #. All files must have the
// same columns.
func FromFS(fsys fs.FS, name string, o Folder) (*Set, error) {
	if _, err := path.Match(o.Files, ""); err != nil {
		return nil, fmt.Errorf("%s: the pattern %q: %w", name, o.Files, err)
	}
	names, beside, err := list(fsys, name, o)
	if err != nil {
		return nil, err
	}
	b := builder{set: Set{Name: name}}
	var label *labelTable
	var about []*labelTable
	labels := beside[o.Labels]
	if o.Labels != "" && !(labels == "" && o.MayLack) {
		if labels == "" {
			return nil, fmt.Errorf("%s: no file %s of labels in it", name, o.Labels)
		}
		if label, err = readLabels(fsys, labels, o.Label, o); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.label = label.name
	}
	for _, f := range o.About {
		switch at := beside[f]; {
		case at == "" && o.MayLack:
		case at == "":
			return nil, fmt.Errorf("%s: no file %s in it", name, f)
		default:
			l, err := readLabels(fsys, at, "last", o)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			about = append(about, l)
			b.about = append(b.about, data.Column{Name: l.name, Kind: data.Category})
		}
	}
	alike := func(string) bool { return true }
	if o.Files == "" {
		alike = family(names)
	}
	if i := slices.IndexFunc(names, alike); i > 0 { // what a sequence's columns are, such a file says
		t, err := readTable(fsys, names[i], o.CSV)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.set.Features = t.Names()
	}
	for _, file := range names {
		t, err := readTable(fsys, file, o.CSV)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if !alike(file) && !slices.Equal(t.Names(), b.set.Features) {
			b.set.Others = append(b.set.Others, file)
			continue
		}
		if err := b.file(t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(b.values) > mostValues {
			return nil, fmt.Errorf("%s: the files hold more than %d numbers, up to %s; give a part of them", name,
				mostValues, file)
		}
		id := strings.TrimSuffix(path.Base(file), path.Ext(file))
		b.add(id)
		if label != nil {
			l, ok := label.of(id, path.Base(file))
			if !ok {
				return nil, fmt.Errorf("%s: %s has no label in %s", name, file, labels)
			}
			b.labels = append(b.labels, l)
		}
		for k, a := range about {
			v, ok := a.of(id, path.Base(file))
			if !ok {
				return nil, fmt.Errorf("%s: %s has no %s in %s", name, file, a.name, o.About[k])
			}
			b.about[k].Strings = append(b.about[k].Strings, v)
		}
	}
	for k, c := range b.about {
		b.about[k] = data.Infer(c.Name, c.Strings)
	}
	return b.finish()
}

// list is the sequences' files in order, and where the files about them are, by the names they are known by.
func list(fsys fs.FS, name string, o Folder) (files []string, beside map[string]string, err error) {
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
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(files) == 0 {
		what := "no .csv or .tsv file"
		if o.Files != "" {
			what = fmt.Sprintf("no file %s", o.Files)
		}
		return nil, nil, fmt.Errorf("%s: %s in it", name, what)
	}
	slices.SortFunc(files, natural)
	return files, beside, nil
}

// family tells the files that are called as most are, but for the number at the end; all where there is no such most.
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

type labelTable struct {
	name string // of the column
	by   map[string]string
}

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
	l := &labelTable{name: c.Name, by: make(map[string]string, t.Rows)}
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

// of is the label of a file, by its name or by the number that its name ends with.
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
