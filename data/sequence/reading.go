package sequence

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/gz"
	"gorae/internal/zipfile"
	"gorae/tensor"
)

// Reading says how sequences are read, whatever holds them:
//
//	.ts, .ts.gz      a file of the UEA and UCR archive
//	.zip, a folder   one CSV per sequence (Files), and tables about them (Labels, About)
//	.npz             arrays x, y and, where sequences differ in length, lengths
//	else             a table in long form (ID, Step, Features)
type Reading struct {
	ID       string   `json:"id,omitempty"`
	Step     string   `json:"step,omitempty"`
	Features []string `json:"features,omitempty"` // of a table; none: all columns of numbers but the others named here
	Others   []string `json:"others,omitempty"`   // columns of a table that are no features
	Files    string   `json:"files,omitempty"`    // the pattern of the sequences' files
	Labels   string   `json:"labels,omitempty"`   // the file of the labels within a folder
	About    []string `json:"about,omitempty"`    // further files about the sequences
	Target   string   `json:"target,omitempty"`   // the column of the labels
	Targets  []string `json:"targets,omitempty"`  // of a table: columns of 0 and 1, in the place of Target
	// MayLack allows sequences without labels, and folders without files about them: what is to be
	// predicted has none.
	MayLack bool `json:"-"`
}

// IsFile reports whether a path is one of sequences by its ending alone.
func IsFile(path string) bool {
	path = strings.ToLower(path)
	return strings.HasSuffix(path, ".zip") || isTS(path)
}

func isTS(path string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ".ts")
}

// mostlyTables reports whether most files in a folder, as far as a thousand tell, are CSV files.
func mostlyTables(fsys fs.FS) bool {
	tables, others := 0, 0
	_ = fs.WalkDir(fsys, ".", func(_ string, d fs.DirEntry, err error) error { // what cannot be read counts for nothing
		switch {
		case err != nil:
			return fs.SkipDir
		case tables+others >= 1000:
			return fs.SkipAll
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
		case isCSV(d.Name()):
			tables++
		default:
			others++
		}
		return nil
	})
	return tables > others
}

func isCSV(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".csv" || ext == ".tsv"
}

// Open reads the sequences at a path.
func (r Reading) Open(path string, csv data.CSVOptions) (*Set, error) {
	st, err := os.Stat(path)
	switch {
	case os.IsNotExist(err) && !strings.HasPrefix(path, data.Embed):
		return nil, fmt.Errorf("%s: no such file or folder; check the path", path)
	case err == nil && st.IsDir() || strings.HasSuffix(strings.ToLower(path), ".zip"):
		return Open(path, Folder{Files: r.Files, Labels: r.Labels, Label: r.Target, About: r.About, MayLack: r.MayLack,
			CSV: csv})
	case isTS(path):
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		defer func() { _ = f.Close() }() // it was only read
		return readPacked(f, filepath.Base(path))
	}
	if isNPZ(path) {
		return openNPZ(path)
	}
	src, err := source.Open(path, source.Options{CSV: csv})
	if err != nil {
		return nil, err
	}
	return r.From(src)
}

func isNPZ(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".npz") }

// openNPZ reads the arrays of a file, whose first axes may differ.
func openNPZ(path string) (*Set, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	all, err := tensor.ReadNPZ(f, st.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return FromNPZ(filepath.Base(path), all)
}

// HasLengths reports whether an .npz file says how long its sequences are.
func HasLengths(path string) bool {
	if !isNPZ(path) {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return false
	}
	z, err := zipfile.Open(f, st.Size(), mostPackedFiles)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(z.File,
		func(f *zip.File) bool { return f.Name == "lengths.npy" || f.Name == "length.npy" })
}

// readPacked reads a .ts file, which may be compressed with gzip.
func readPacked(r io.Reader, name string) (*Set, error) {
	z, err := gz.Reader(r, 1<<16)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	limited := &io.LimitedReader{R: z, N: mostPacked + 1}
	s, err := ReadTS(limited, name)
	if limited.N == 0 {
		return nil, fmt.Errorf("%s: it holds more than %d MiB", name, mostPacked>>20)
	}
	return s, err
}

// mostPacked bounds what a file may unpack to.
const mostPacked = 1 << 32

// From returns the sequences of a table in long form, or of arrays.
func (r Reading) From(src *data.Source) (*Set, error) {
	if src.Table == nil {
		if src.Arrays == nil || src.Arrays.All == nil {
			return nil, fmt.Errorf("%s: one array is no set of sequences; save x, y and lengths in one .npz", name(src))
		}
		return FromNPZ(src.Arrays.Name, src.Arrays.All)
	}
	label := r.Target
	if r.MayLack && label != "" {
		if _, err := src.Table.Find(label); err != nil {
			label = ""
		}
	}
	there := func(names []string) (out []string) {
		for _, o := range names {
			if _, err := src.Table.Find(o); err == nil || !r.MayLack {
				out = append(out, o)
			}
		}
		return out
	}
	return FromTable(src.Table, Long{ID: r.ID, Step: r.Step, Features: r.Features, Label: label,
		Labels: there(r.Targets), Others: there(r.Others)})
}

func name(src *data.Source) string {
	if src.Arrays != nil {
		return src.Arrays.Name
	}
	return src.Name
}
