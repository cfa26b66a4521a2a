package source

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data"
)

// Format is a way in which samples are stored in a file or a folder.
type Format struct {
	Name  string // csv, npz, pictures, …
	Title string // in messages: "a table", "a folder of pictures"
	// Extensions are the endings of such files in lower case, without .gz: ".csv", ".tsv".
	Extensions []string
	// Sniff returns how well the content fits this format, from None to Magic. Nil goes by the extension.
	Sniff func(i *Info) Score
	// Reader reads the content. Nil means that the package which registered the format has functions of its own for it.
	Reader Reader
	// Settings are the keys of data.Layout that say how such contents are read; see [Info.Foreign]. Nil: all.
	Settings []string

	refuse func(i *Info) error // says what to do instead, where there is no Read; nil: in general words
	mere   bool                // the format is known only to be refused
}

// Reader reads contents of a format. It is an interface, and no function, so that a program which opens no source does
// not link what reads them: the linker leaves out methods that nobody calls.
type Reader interface {
	// Read reads the content as a table, arrays or a dataset.
	Read(i *Info) (*data.Source, error)
}

// Score is how well a content fits a format.
type Score int

// Scores in rising order. The format with the highest one has the content; of equal ones the first by name.
const (
	None      Score = 0
	Fallback  Score = 1   // the content may be tried as this format
	Extension Score = 30  // the file's name ends like one
	Likely    Score = 50  // most of a folder's files are such
	Typical   Score = 70  // all that was looked at is such
	Magic     Score = 100 // the content begins as only this format does
)

var formats []*Format

// Register adds a format. It panics if the name is taken, unless by one that this package merely refuses, such as
// parquet.
func Register(f Format) {
	if i := slices.IndexFunc(formats, func(g *Format) bool { return g.Name == f.Name }); i >= 0 {
		if !formats[i].mere {
			panic("source: the format " + f.Name + " is registered twice")
		}
		f.refuse = formats[i].refuse
		formats[i] = &f
		return
	}
	formats = append(formats, &f)
	slices.SortFunc(formats, func(a, b *Format) int { return strings.Compare(a.Name, b.Name) })
}

// Formats lists the names of the formats that are read, sorted.
func Formats() []string {
	var names []string
	for _, f := range formats {
		if !f.mere {
			names = append(names, f.Name)
		}
	}
	return names
}

// score returns how well a content fits a format.
func (f *Format) score(i *Info) Score {
	s := None
	if f.Sniff != nil {
		s = f.Sniff(i)
	}
	if !i.Folder && slices.Contains(f.Extensions, i.Extension()) {
		s = max(s, Extension)
	}
	return s
}

// decide finds the format of a content.
func decide(i *Info) *Format {
	var best *Format
	most := None
	for _, f := range formats {
		if s := f.score(i); s > most {
			best, most = f, s
		}
	}
	return best
}

// read reads the content by its format.
func (f *Format) read(i *Info) (*data.Source, error) {
	switch {
	case f == nil && i.Folder:
		return nil, fmt.Errorf("%s: a directory; name a data file in it", i.Path)
	case f == nil:
		return nil, fmt.Errorf("%s: no format that this program reads; there are %s", i.Name,
			strings.Join(Formats(), ", "))
	case f.Reader != nil:
		return f.Reader.Read(i)
	case f.refuse != nil:
		return nil, f.refuse(i)
	}
	return nil, fmt.Errorf("%s: %s; %s", i.Name, f.Title, remedy())
}

// Foreign returns an error for a setting that contents of this format do not have. Read passes over it, since a model
// keeps the settings of its training's file, and new rows may come in a file of another kind.
func (i *Info) Foreign() error {
	f := i.Format()
	for _, key := range i.CSV.Given() {
		if f != nil && f.Settings != nil && !slices.Contains(f.Settings, key) {
			return fmt.Errorf("%s: %s says nothing about %s; leave it out", i.Name, i.CSV.Setting(key), f.Title)
		}
	}
	return nil
}

// remedy names what to give instead of a content that no format reads: the endings of those that do.
func remedy() string {
	var all []string
	for _, f := range formats {
		if f.Reader != nil {
			all = append(all, f.Extensions...)
		}
	}
	slices.Sort(all)
	return fmt.Sprintf("give %s or IDX (each also as .gz)", strings.Join(slices.Compact(all), ", "))
}
