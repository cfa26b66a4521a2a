package image

import (
	"bytes"
	"fmt"
	stdimage "image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/words"
)

// Files is a list of picture files with the classes that are known, before any is read.
type Files struct {
	Name    string   // name of the folder or list, for messages
	Paths   []string // path of each picture, for messages
	Labels  []int    // class of each picture, an index into Classes; nil where not known
	Classes []string
	Notes   []string // what was left out, one line each

	open func(i int) (fs.File, error)
}

// Len is the number of pictures.
func (f *Files) Len() int { return len(f.Paths) }

// extensions are the file name extensions of pictures.
var extensions = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp"}

// foreign are extensions of picture formats that are not read, which messages name.
var foreign = []string{".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".psd", ".ico", ".jp2", ".jxl", ".ppm",
	".pgm", ".pbm", ".pnm", ".tga", ".raw", ".dng"}

// IsPicture reports whether a file name is that of a picture that this package reads.
func IsPicture(name string) bool {
	return slices.Contains(extensions, strings.ToLower(path.Ext(filepath.ToSlash(name))))
}

// maxDepth bounds the depth of the search, so that links in a circle end.
const maxDepth = 32

// maxFile is the largest file that is read.
const maxFile = 1 << 30

// Folder finds the pictures of a folder. Where it has folders with pictures, each is
// a class, in the order of their names' bytes, and holds the pictures that lie in
// it at any depth; otherwise the pictures have no labels. Names that begin with a dot or
// __ are hidden; files are taken for pictures by their extension.
func Folder(dir string) (*Files, error) {
	st, err := os.Stat(dir)
	switch {
	case err != nil && os.IsNotExist(err):
		return nil, fmt.Errorf("%s: no such folder; check the path", dir)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", dir, cause(err))
	case !st.IsDir():
		return nil, fmt.Errorf("%s: a file, not a folder of pictures", dir)
	}
	return FolderFS(os.DirFS(dir), dir)
}

// FolderFS is Folder for the root of a file system, such as one of go:embed. Name
// stands before the paths in messages.
func FolderFS(fsys fs.FS, name string) (*Files, error) {
	s := search{fsys: fsys, name: name}
	root, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	f := &Files{Name: name}
	var paths, loose []string
	for _, d := range root {
		if hidden(d.Name()) {
			continue
		}
		if !s.isDir(d.Name(), d) {
			s.file(&loose, d.Name())
			continue
		}
		before := len(paths)
		if err := s.walk(&paths, d.Name(), 1); err != nil {
			return nil, err
		}
		if len(paths) == before {
			f.Notes = append(f.Notes, fmt.Sprintf("%s: the folder %s holds no pictures and makes no class", name,
				d.Name()))
			continue
		}
		for range len(paths) - before {
			f.Labels = append(f.Labels, len(f.Classes))
		}
		f.Classes = append(f.Classes, d.Name())
	}
	if len(paths) == 0 {
		paths = loose
	} else if len(loose) > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s: %s in no class's folder left out, such as %s", name,
			words.Count(len(loose), "picture that lies", "pictures that lie"), loose[0]))
	}
	if s.others > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s: %s by their names left out, such as %s", name,
			words.Count(s.others, "file that is no picture", "files that are no pictures"), s.other))
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no pictures in it (%s); give a folder with a folder of them for each class", name,
			strings.Join(extensions, ", "))
	}
	for _, p := range paths {
		f.Paths = append(f.Paths, join(name, p))
	}
	f.open = func(i int) (fs.File, error) { return fsys.Open(paths[i]) }
	return f, nil
}

// join puts a folder's name before a slash-separated path.
func join(name, p string) string {
	if name == "" {
		return p
	}
	return filepath.Join(name, filepath.FromSlash(p))
}

// cause returns an error without the operation and path before it.
func cause(err error) error {
	if p, ok := err.(*fs.PathError); ok {
		return p.Err
	}
	return err
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__") }

// search collects the pictures of a file system.
type search struct {
	fsys   fs.FS
	name   string
	others int // number of files that are no pictures
	other  string
}

// isDir follows links.
func (s *search) isDir(p string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.IsDir()
	}
	st, err := fs.Stat(s.fsys, p)
	return err == nil && st.IsDir()
}

func (s *search) file(to *[]string, p string) {
	if IsPicture(p) {
		*to = append(*to, p)
		return
	}
	if s.others++; s.other == "" || slices.Contains(foreign, strings.ToLower(path.Ext(p))) {
		s.other = p
	}
}

func (s *search) walk(to *[]string, dir string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: folders in folders, %d deep; is a link pointing back?", join(s.name, dir), depth)
	}
	entries, err := fs.ReadDir(s.fsys, dir)
	if err != nil {
		return fmt.Errorf("%s: %w", join(s.name, dir), cause(err))
	}
	for _, d := range entries {
		if hidden(d.Name()) {
			continue
		}
		p := path.Join(dir, d.Name())
		if !s.isDir(p, d) {
			s.file(to, p)
		} else if err := s.walk(to, p, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// List returns the pictures whose paths stand in a column of a table, row by row. A relative path is relative to dir,
// the folder of the table's file. Classes stand in other columns, which the caller encodes.
func List(t *data.Table, column, dir string) (*Files, error) {
	c, err := t.Column(column)
	if err != nil {
		return nil, fmt.Errorf("paths: %w", err)
	}
	f := &Files{Name: t.Name}
	for i := range t.Rows {
		p := c.Text(i)
		if c.IsMissing(i) || strings.TrimSpace(p) == "" {
			return nil, t.ErrorAt(i, "", "the path of the picture is missing; fill it in or remove the row")
		}
		if p = filepath.FromSlash(p); !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		if st, err := os.Stat(p); err != nil || st.IsDir() {
			return nil, t.ErrorAt(i, c.Text(i), "no such picture; paths are relative to %s", orHere(dir))
		}
		f.Paths = append(f.Paths, p)
	}
	f.open = func(i int) (fs.File, error) { return os.Open(f.Paths[i]) }
	return f, nil
}

func orHere(dir string) string {
	if dir == "" {
		return "the current folder"
	}
	return dir
}

// PathColumn returns the name of the first column that holds paths of pictures, "" if there is none.
func PathColumn(t *data.Table) string {
	for k := range t.Columns {
		c := &t.Columns[k]
		if c.Kind != data.Category || t.Rows == 0 {
			continue
		}
		all := true
		for i := range t.Rows {
			all = all && (c.IsMissing(i) || IsPicture(c.Text(i)))
		}
		if all {
			return c.Name
		}
	}
	return ""
}

// Single returns one file, or several, without labels.
func Single(paths ...string) *Files {
	f := &Files{Paths: slices.Clone(paths)}
	if len(paths) > 0 {
		f.Name = paths[0]
	}
	f.open = func(i int) (fs.File, error) { return os.Open(f.Paths[i]) }
	return f
}

// Content returns one picture whose content is in memory, such as standard input; name stands for it in messages.
func Content(name string, b []byte) *Files {
	f := Contents(name, b)
	f.Paths[0] = name
	return f
}

// Contents returns pictures whose contents are in memory; in messages they are the name with their number, from 1.
func Contents(name string, all ...[]byte) *Files {
	f := &Files{Name: name, open: func(i int) (fs.File, error) { return inMemory{bytes.NewReader(all[i])}, nil }}
	for i := range all {
		f.Paths = append(f.Paths, fmt.Sprintf("%s %d", name, i+1))
	}
	return f
}

// Values returns pictures that are values of Go: an image.Image or the bytes of a picture file each. wrong makes the
// error for another value, or for a picture without pixels, and its number, from what is wanted.
func Values(samples []any, wrong func(i int, sample any, want string) error) (*Files, error) {
	all := make([][]byte, len(samples))
	for i, s := range samples {
		switch s := s.(type) {
		case []byte:
			all[i] = s
		case stdimage.Image:
			if s.Bounds().Empty() {
				return nil, wrong(i, s, "pictures; this one has no pixels")
			}
			var b bytes.Buffer // PNG keeps every pixel
			if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, s); err != nil {
				return nil, wrong(i, s, "pictures: "+err.Error())
			}
			all[i] = b.Bytes()
		default:
			return nil, wrong(i, s, "an image.Image or the bytes of a picture file")
		}
	}
	return Contents("picture", all...), nil
}

// inMemory is a file of which only the bytes are asked for.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error               { return nil }
func (inMemory) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }

// Known reports whether bytes begin a picture in a known format, one that is read or not.
func Known(b []byte) bool {
	_, err := codecOf(b)
	return err == nil
}

// read returns the content of file i.
func (f *Files) read(i int) ([]byte, error) { return f.start(i, maxFile) }

// start returns the first n bytes of file i.
func (f *Files) start(i int, n int64) (b []byte, err error) {
	file, err := f.open(i)
	if err != nil {
		return nil, f.wrap(i, cause(err))
	}
	defer func() { _ = file.Close() }() // the file was only read
	size := int64(0)
	if st, serr := file.Stat(); serr == nil {
		if size = st.Size(); st.IsDir() {
			return nil, f.wrap(i, fmt.Errorf("a folder, not a picture"))
		}
	}
	if size > maxFile {
		return nil, f.wrap(i, fmt.Errorf("%d bytes, more than the limit of %d; make it smaller", size, maxFile))
	}
	b = make([]byte, 0, min(n, size+1))
	r := io.LimitReader(file, n)
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		m, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+m]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, f.wrap(i, cause(err))
		}
	}
}

// wrap puts the file's name before an error.
func (f *Files) wrap(i int, err error) error { return fmt.Errorf("%s: %w", f.Paths[i], err) }

// Subset returns the files at some indices, in their order.
func (f *Files) Subset(rows []int) *Files {
	g := &Files{Name: f.Name, Classes: f.Classes, Notes: f.Notes}
	for _, i := range rows {
		g.Paths = append(g.Paths, f.Paths[i])
		if f.Labels != nil {
			g.Labels = append(g.Labels, f.Labels[i])
		}
	}
	rows = slices.Clone(rows)
	g.open = func(i int) (fs.File, error) { return f.open(rows[i]) }
	return g
}
