package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
)

// Scheme is a kind of place where sources lie, known by the beginning of a path: "embed:", "sql:".
type Scheme struct {
	Name   string
	Prefix string
	// Find looks up what follows the prefix.
	Find func(rest string, o Options) (Found, error)
}

var schemes = []Scheme{
	{Name: "embed", Prefix: data.Embed, Find: findSample},
	{Name: "stdin", Prefix: "-", Find: findStdin},
}

// RegisterScheme adds a scheme. It panics if the prefix is empty or taken.
func RegisterScheme(s Scheme) {
	if s.Prefix == "" || slices.ContainsFunc(schemes, func(t Scheme) bool { return t.Prefix == s.Prefix }) {
		panic(fmt.Sprintf("source: the prefix %q is empty or taken", s.Prefix))
	}
	schemes = append(schemes, s)
}

// scheme is the scheme of a path. A lone - is standard input; a path that begins with it is a file.
func scheme(name string) Scheme {
	for _, s := range schemes {
		if strings.HasPrefix(name, s.Prefix) && (s.Prefix != "-" || name == "-") {
			return s
		}
	}
	return Scheme{Name: "file", Find: findFile}
}

// sampleFormat is that of the embedded samples.
var sampleFormat = &Format{Name: "sample", Title: "an embedded sample", Read: func(i *Info) (*data.Source, error) {
	t, err := i.Sample.Table()
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t, Sample: i.Sample}, nil
}}

func findSample(name string, _ Options) (Found, error) {
	s, err := data.FindSample(name)
	if err != nil {
		return Found{}, err
	}
	return Found{Name: data.Embed + s.Name, Sample: s, Format: sampleFormat}, nil
}

func findStdin(_ string, o Options) (Found, error) {
	if o.Stdin == nil {
		return Found{}, errors.New("standard input: there is none")
	}
	return Found{Name: "standard input", Once: true,
		Stream: func() (io.ReadCloser, error) { return io.NopCloser(o.Stdin), nil }}, nil
}

func findFile(name string, o Options) (Found, error) {
	stat, open, short := os.Stat, func(name string) (io.ReadCloser, error) { return os.Open(name) }, filepath.Base(name)
	if o.FS != nil {
		stat = func(name string) (fs.FileInfo, error) { return fs.Stat(o.FS, name) }
		open = func(name string) (io.ReadCloser, error) { return o.FS.Open(name) }
		short = path.Base(name)
	}
	st, err := stat(name)
	if err != nil {
		return Found{}, data.FileError(name, err)
	}
	if st.IsDir() {
		return Found{Name: short, Folder: true}, nil
	}
	return Found{Name: short, Stream: func() (io.ReadCloser, error) {
		f, err := open(name)
		if err != nil {
			return nil, data.FileError(name, err)
		}
		return f, nil
	}}, nil
}

func folderFS(name string, fsys fs.FS) (fs.FS, error) {
	if fsys != nil {
		return fs.Sub(fsys, name)
	}
	return os.DirFS(name), nil
}
