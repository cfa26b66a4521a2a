package keras

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gorae/internal/file"
	"gorae/model"
)

// SaveFile is [Save] into a file. At every instant, also when the process is killed, path is
// either the old file or the whole new one. Only one writer may be at a path at a time.
func SaveFile(path string, m *model.Model, extras ...Member) error {
	return Archive{Extras: extras}.SaveFile(path, m)
}

// SaveFile is [Archive.Save] into a file, which changes as by [SaveFile].
func (a Archive) SaveFile(path string, m *model.Model) error {
	return file.Replace(path, func(w io.Writer) error { return a.Save(w, m) })
}

// LoadFile is [Load] from a file.
func LoadFile(path string) (*model.Model, []Member, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	return loadOpen(path, f)
}

// LoadFS is [Load] from a file system: a directory, an embedded file, an archive.
func LoadFS(fsys fs.FS, name string) (*model.Model, []Member, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return loadOpen(name, f)
}

// loadOpen loads from f and closes it. Files without ReadAt are read whole.
func loadOpen(name string, f fs.File) (*model.Model, []Member, error) {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return nil, nil, fmt.Errorf("%s: is a folder; want a .keras file", name)
	}
	r, ok := f.(io.ReaderAt)
	size := info.Size()
	if !ok || !info.Mode().IsRegular() {
		b, err := io.ReadAll(f)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		r, size = bytes.NewReader(b), int64(len(b))
	}
	m, extras, err := load(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, extras, nil
}
