package source

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"gorae/data"
	"gorae/tensor"
)

func init() {
	for _, f := range []Format{
		{
			Name: "csv", Title: "a table", Extensions: []string{".csv", ".tsv"}, Reader: csvReader{},
			Settings: settings,
			Sniff: func(i *Info) Score {
				if i.Folder {
					return None
				}
				return Fallback // whatever is nothing else is tried as a table
			},
		},
		{Name: "text", Title: "a text", Extensions: []string{".txt", ".md"}, Reader: textReader{}, Settings: settings},
		{Name: "texts", Title: "a folder of texts by class", Sniff: sniffTexts, Reader: textsReader{}},
		{Name: "idx", Title: "an IDX array", Sniff: magic(data.IsIDX), Reader: idxReader{}},
		{Name: "npy", Title: "a NumPy array", Extensions: []string{".npy"}, Sniff: magic(begins("\x93NUMPY")),
			Reader: npyReader{}},
		{
			Name: "npz", Title: "a file of NumPy arrays", Extensions: []string{".npz"}, Reader: npzReader{},
			Sniff: func(i *Info) Score {
				if isZip(i.Head()) && strings.HasSuffix(strings.ToLower(i.Path), ".npz") {
					return Magic
				}
				return None
			},
		},
	} {
		Register(f)
	}
}

// settings are those of tables that are text.
var settings = []string{"header", "skip", "skip_end", "totals", "separator", "quotes", "columns", "pattern", "missing",
	"types", "decimal", "thousands", "dates", "zone", "encoding", "blank_lines"}

// magic returns a Sniff that goes by the first bytes.
func magic(is func(head []byte) bool) func(*Info) Score {
	return func(i *Info) Score {
		if is(i.Head()) {
			return Magic
		}
		return None
	}
}

// begins returns a function that reports whether bytes begin with one of some words.
func begins(words ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, w := range words {
			if bytes.HasPrefix(head, []byte(w)) {
				return true
			}
		}
		return false
	}
}

var isZip = begins("PK\x03\x04", "PK\x05\x06")

// IsZip reports whether a file begins as zip files do, also empty ones.
func IsZip(head []byte) bool { return isZip(head) }

// content reads the content of a file.
func content[T any](i *Info, read func(io.Reader) (T, error)) (T, error) {
	f, err := i.Open()
	if err != nil {
		var none T
		return none, err
	}
	out, err := read(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return out, err
}

// The readers of this package's formats.
type (
	csvReader   struct{}
	textReader  struct{}
	textsReader struct{}
	idxReader   struct{}
	npyReader   struct{}
	npzReader   struct{}
)

func (idxReader) Read(i *Info) (*data.Source, error) { return readArray(i, data.ReadIDX) }
func (npyReader) Read(i *Info) (*data.Source, error) { return readArray(i, tensor.ReadNPY) }

// Read reads a table.
func (csvReader) Read(i *Info) (*data.Source, error) {
	var t *data.Table
	var err error
	if i.Cache != nil && !i.Once {
		t, err = i.Cache.ReadCSV(i.Open, i.Name, i.CSV)
	} else {
		t, err = content(i, func(r io.Reader) (*data.Table, error) { return data.ReadCSV(r, i.Name, i.CSV) })
	}
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// readArray reads a file of one array. What a file of this name does not begin as is refused.
func readArray(i *Info, read func(io.Reader) (*tensor.Tensor, error)) (*data.Source, error) {
	if i.Format().Sniff(i) != Magic {
		return nil, misnamed(i)
	}
	t, err := content(i, read)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	a := &data.Arrays{Name: i.Name, X: t}
	if err := a.Check(); err != nil {
		return nil, err
	}
	return &data.Source{Arrays: a}, nil
}

// Read reads an .npz file; the directory stands at its end, so all of it must be at hand.
func (npzReader) Read(i *Info) (*data.Source, error) {
	if !isZip(i.Head()) {
		return nil, misnamed(i)
	}
	all, err := content(i, io.ReadAll)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	arrays, texts, err := tensor.ReadNPZText(bytes.NewReader(all), int64(len(all)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	a, err := data.FromNPZ(i.Name, arrays, texts, i.Input, i.Labels)
	if err != nil {
		return nil, err
	}
	return &data.Source{Arrays: a}, nil
}

// misnamed returns an error for a file whose name says another format than its first bytes.
func misnamed(i *Info) error {
	return fmt.Errorf("%s: it does not begin as a %s file does, or such files hold no samples; %s", i.Name,
		i.Extension(), remedy())
}

// Read reads lines with a label each, where a file of labels is given, else a table in a file named .txt.
func (textReader) Read(i *Info) (*data.Source, error) {
	if i.Labels == "" {
		return csvReader{}.Read(i)
	}
	s, err := i.Text()
	if err != nil {
		return nil, err
	}
	l, err := i.Sibling(i.Labels)
	if err != nil {
		return nil, err
	}
	labels, err := l.Text()
	if err != nil {
		return nil, err
	}
	t, err := data.Lines(s, i.Name, "text")
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, t.Label(labels, l.Name, "label")
}

func sniffTexts(i *Info) Score {
	if !i.Folder {
		return None
	}
	if fsys, err := i.Files(); err == nil && data.HasTexts(fsys) {
		return Typical
	}
	return None
}

// Read reads a folder with a folder of texts for each class.
func (textsReader) Read(i *Info) (*data.Source, error) {
	fsys, err := i.Files()
	if err != nil {
		return nil, err
	}
	t, err := data.TextFolder(fsys, i.Path)
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}
