package file

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Beside opens files of the folder of r, an open file, for reading; done closes them. A name that leads out of the
// folder is an error, since it stands in a file that nobody has to trust.
func Beside(r io.ReaderAt) (open func(name string) (*os.File, error), done func()) {
	var files []*os.File
	open = func(name string) (*os.File, error) {
		f, named := r.(*os.File)
		if !named {
			return nil, fmt.Errorf("a part of it lies in the file %q, and it was not read from a folder", name)
		}
		g, err := os.OpenInRoot(filepath.Dir(f.Name()), filepath.FromSlash(name))
		if err == nil {
			files = append(files, g)
		}
		return g, err
	}
	return open, func() {
		for _, g := range files {
			_ = g.Close() // they were only read
		}
	}
}
