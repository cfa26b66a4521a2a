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
	"gorae/internal/pattern"
)

// Scheme is a kind of place where sources lie, known by the beginning of a path: "embed:", "sql:".
type Scheme struct {
	Name   string
	Prefix string
	// Network says that the places are opened through the network, or belong to another program, as a database does.
	Network bool
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

// Remote reports whether a path is that of a scheme of the network, or is a URL of whatever scheme: word://….
func Remote(name string) bool {
	return scheme(name).Network || url.Regexp().MatchString(name)
}

var url = pattern.Pattern{Expr: `^[A-Za-z][A-Za-z0-9+.-]*://`}

// refuse returns an error for a path that may not be opened.
func (s *Scheme) refuse(name string, o Options) error {
	switch {
	case s.Network && o.NoNetwork:
		return fmt.Errorf("%s: it lies outside of this machine's files; give --allow-network if the experiment may "+
			"open it", name)
	case s.Name == "file" && (strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")):
		word, _, _ := strings.Cut(name, ":")
		return fmt.Errorf("%s: this program is without the driver of such databases; export the table to a file, or "+
			"import gorae/data/drivers/postgres into a program of your own", word) // the rest may have a password
	case s.Name == "file" && url.Regexp().MatchString(name):
		return fmt.Errorf("%s: URLs of this kind are not read; fetch the file and name that", name)
	}
	return nil
}

// scheme returns the scheme of a path. A lone - is standard input; a path that begins with it is a file.
func scheme(name string) Scheme {
	for _, s := range schemes {
		if strings.HasPrefix(name, s.Prefix) && (s.Prefix != "-" || name == "-") {
			return s
		}
	}
	return Scheme{Name: "file", Find: findFile}
}

// sampleFormat is that of the embedded samples.
var sampleFormat = &Format{Name: "sample", Title: "an embedded sample", Reader: sampleReader{}}

type sampleReader struct{}

func (sampleReader) Read(i *Info) (*data.Source, error) {
	t, err := i.Sample.Table()
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t, Sample: i.Sample}, nil
}

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
		if found, ok, err := findWithin(name, o); ok {
			return found, err
		}
		return Found{}, data.FileError(name, err)
	}
	if st.IsDir() {
		return Found{Name: short, Folder: true}, nil
	}
	if st.Mode()&fs.ModeDevice != 0 && !own(name) {
		return Found{}, fmt.Errorf("%s: a device, no file; name a file, or - for standard input", name)
	}
	if strings.EqualFold(path.Ext(short), ".zip") && st.Mode().IsRegular() {
		if member, ok := soleMember(name, o); ok {
			return Found{Name: path.Base(member), Stream: func() (io.ReadCloser, error) {
				return openMember(name, member, o)
			}}, nil
		}
	}
	return Found{Name: short, Once: !st.Mode().IsRegular(), Stream: func() (io.ReadCloser, error) {
		f, err := open(name)
		if err != nil {
			return nil, data.FileError(name, err)
		}
		return f, nil
	}}, nil
}

// own reports whether a path names one of the process's own open files, such as /dev/stdin, rather than a device, which
// may be endless.
func own(name string) bool {
	name = filepath.ToSlash(filepath.Clean(name))
	return name == "/dev/stdin" || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}

func folderFS(name string, fsys fs.FS) (fs.FS, error) {
	if fsys != nil {
		return fs.Sub(fsys, name)
	}
	return os.DirFS(name), nil
}
