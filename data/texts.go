package data

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"gorae/internal/gz"
)

// mostText is the greatest length of a text that is held as a whole: beyond, its ids would not fit in memory.
const mostText = 1 << 30

// ReadText reads a text of UTF-8, also gzipped. Name is the file's, for messages. A byte order mark is
// dropped and CR LF becomes LF; bytes that are no UTF-8 stay as they are, to be read as U+FFFD.
func ReadText(r io.Reader, name string) (string, error) {
	br, err := gz.Reader(r, peek)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(br, mostText+1))
	s := b.String()
	switch at := strings.IndexByte(s, 0); {
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	case n > mostText:
		return "", fmt.Errorf("%s: a text of more than %d MB; give a part of it", name, mostText>>20)
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return "", fmt.Errorf("%s: UTF-16; save it as UTF-8", name)
	case at >= 0:
		return "", fmt.Errorf("%s: byte %d is NUL, which no text has; give a text of UTF-8", name, at+1)
	}
	s = strings.TrimPrefix(s, "\ufeff")
	if strings.Contains(s, "\r\n") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s, nil
}

// IsText reports whether a path ends as plain text does: .txt, or .txt.gz.
func IsText(path string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ".txt")
}

// Lines returns a table of one column: each line of a text is a row, an empty line an empty text.
func Lines(text, name, column string) (*Table, error) {
	if text == "" {
		return nil, fmt.Errorf("%s: the file is empty; give one with at least one line", name)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	t := &Table{Name: name, Header: true, Rows: len(lines), Columns: []Column{texts(column, lines)},
		lines: firstLines(len(lines))}
	return t, nil
}

func texts(name string, values []string) Column {
	c := Column{Name: name, Kind: Category, Strings: values, Missing: make([]bool, len(values))}
	for i, v := range values {
		c.Missing[i] = strings.TrimSpace(v) == ""
	}
	return c
}

// Label puts the labels, line by line those of a second file, beside the texts of Lines.
func (t *Table) Label(labels, name, column string) error {
	header := false
	l, err := ReadCSV(strings.NewReader(labels), name,
		CSVOptions{Header: &header, Columns: []string{column}, Comma: '\t'})
	if err != nil {
		return err
	}
	if l.Rows != t.Rows {
		return fmt.Errorf("%s: %d labels for the %d lines of %s; each line needs one", name, l.Rows, t.Rows, t.Name)
	}
	t.Columns = append(t.Columns, l.Columns[0])
	return nil
}

// HasTexts reports whether a folder holds texts by class: a .txt file in one of its folders, and
// no other kind of file before it.
func HasTexts(fsys fs.FS) bool {
	for _, class := range folders(fsys) {
		entries, err := fs.ReadDir(fsys, class)
		if err != nil {
			continue
		}
		for _, d := range entries {
			if !d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
				return IsText(d.Name())
			}
		}
	}
	return false
}

// folders returns the visible folders in a folder, in order.
func folders(fsys fs.FS) []string {
	var out []string
	entries, _ := fs.ReadDir(fsys, ".")
	for _, d := range entries {
		if d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			out = append(out, d.Name())
		}
	}
	return out
}

// TextFolder reads a folder that has a folder of .txt files for each class as a table with the columns
// id (class/file), text and class. Name is the folder's, for messages.
func TextFolder(fsys fs.FS, name string) (*Table, error) {
	t := &Table{Name: filepath.Base(name), Header: true}
	var id, text, class []string
	size := 0
	for _, c := range folders(fsys) {
		err := fs.WalkDir(fsys, c, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !IsText(path) {
				return err
			}
			s, err := textIn(fsys, path)
			if err != nil {
				return err
			}
			if size += len(s); size > mostText {
				return fmt.Errorf("%s: texts of more than %d MB; give fewer", name, mostText>>20)
			}
			id, text, class = append(id, path), append(text, strings.TrimSpace(s)), append(class, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(id) == 0 {
		return nil, fmt.Errorf("%s: no .txt files in folders; put each class's texts into a folder of its own", name)
	}
	t.Rows, t.Columns = len(id), []Column{texts("id", id), texts("text", text), texts("class", class)}
	return t, nil
}

// textIn reads a text of a file system.
func textIn(fsys fs.FS, path string) (string, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return "", FileError(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return ReadText(f, filepath.Base(path))
}

// HeaderHas reports whether a file's first line, as far as start goes, is a header with a column of that name.
func HeaderHas(start []byte, column string) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(start, []byte("\ufeff")), []byte("\n"))
	for _, comma := range []string{",", "\t", ";"} {
		for _, f := range strings.Split(string(bytes.TrimRight(line, "\r")), comma) {
			if strings.Trim(strings.TrimSpace(f), `"`) == column {
				return true
			}
		}
	}
	return false
}

// Head returns a source with its first n samples alone.
func (s *Source) Head(n int) *Source {
	h := *s
	if s.Table != nil && n < s.Table.Rows {
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		h.Table = s.Table.Select(rows)
		h.Table.Guesses = h.Table.recount(s.Table.Guesses)
	}
	if a := s.Arrays; a != nil && a.X != nil && n < a.Len() {
		b := *a
		b.X = a.X.Rows(0, n)
		if a.Y != nil {
			b.Y = a.Y.Rows(0, n)
		}
		h.Arrays = &b
	}
	return &h
}
