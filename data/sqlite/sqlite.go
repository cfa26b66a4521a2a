// Package sqlite reads tables of SQLite databases. A program that imports it reads such files wherever package source
// opens one.
//
// A table is read as a whole, the one that the key table names, else the one with the most rows; the file is only read,
// and no query is run. Package data/sql runs queries, with a driver of database/sql. Values become what data.Rows makes
// of them: integers and reals are numbers, text stays text, NULL is missing, and so are blobs, as the table says. A
// column that was added later has its default in the rows before.
//
// The format is that of https://www.sqlite.org/fileformat2.html: b-trees of pages, records of varints, chains of
// overflow pages. Changes that still stand in a write-ahead log or in the journal of a broken transaction are not
// merged: the file is refused then. The package adds 0.1 MB to a program, where modernc.org/sqlite adds 6.1 MB.
package sqlite

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/spell"
	"gorae/internal/words"
)

func init() {
	source.Register(source.Format{Name: "sqlite", Title: "an SQLite database",
		Extensions: []string{".sqlite", ".sqlite3", ".db", ".db3"}, Sniff: sniff, Reader: reader{},
		Settings: []string{"columns", "missing", "types", "decimal", "thousands", "dates", "zone", "table"}})
}

func sniff(i *source.Info) source.Score {
	if bytes.HasPrefix(i.Head(), []byte(magic)) {
		return source.Magic
	}
	return source.None
}

type reader struct{}

// Read reads the file.
func (reader) Read(i *source.Info) (*data.Source, error) {
	if !bytes.HasPrefix(i.Head(), []byte(magic)) {
		return nil, fmt.Errorf("%s: it does not begin as an SQLite database does; give it the extension of its format",
			i.Name)
	}
	if err := pending(i); err != nil {
		return nil, err
	}
	f, err := i.Open()
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	o := i.CSV
	if i.Table != "" {
		o.Table = i.Table
	}
	t, err := Read(all, i.Name, o)
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// hot begins a journal of a transaction that was not ended.
const hot = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

// pending refuses a database beside which changes wait that are not in the file.
func pending(i *source.Info) error {
	if i.Scheme != "file" {
		return nil
	}
	for _, end := range []string{"-wal", "-journal"} {
		beside, err := i.Sibling(i.Path + end)
		if err != nil || beside.Folder {
			continue
		}
		if head := beside.Head(); len(head) > 32 && (end == "-wal" || strings.HasPrefix(string(head), hot)) {
			return fmt.Errorf("%s: %s%s beside it holds changes that are not in the file; close the program that "+
				"writes it, or run: sqlite3 %s \"PRAGMA wal_checkpoint(TRUNCATE)\"", i.Name, i.Path, end, i.Path)
		}
	}
	return nil
}

// Read reads a table of a database. Name is the file's, for messages.
func Read(file []byte, name string, o data.CSVOptions) (_ *data.Table, err error) {
	defer words.Printable(&err)
	db, err := open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	all, err := db.tables()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t, guess, err := db.choose(all, o.Table)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rows := data.NewRows(name, o)
	if guess != "" {
		rows.Guess("", 1, rows.Setting("table", "NAME")+" reads another", "%s", guess)
	}
	if err := db.read(t, rows); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", name, t.name, err)
	}
	return rows.Table()
}

// choose returns the table of a name, or the one with the most rows, and what is to be said of that.
func (d *database) choose(all []*table, name string) (t *table, guess string, err error) {
	var names []string
	most := -1
	for _, x := range all {
		if name != "" && strings.EqualFold(x.name, name) {
			return x, "", x.unreadable()
		}
		if x.unreadable() != nil {
			continue
		}
		names = append(names, x.name)
		if name == "" {
			n, err := d.count(x)
			if err != nil {
				return nil, "", fmt.Errorf("%s: %w", x.name, err)
			}
			if n > most {
				t, most = x, n
			}
		}
	}
	switch {
	case len(names) == 0:
		return nil, "", fmt.Errorf("no table in it; give a database with at least one")
	case name != "":
		hint := spell.Hint(name, names)
		if hint == "" {
			hint = "; there are " + strings.Join(names[:min(len(names), mostNamed)], ", ")
		}
		return nil, "", fmt.Errorf("no table %q%s; a path names a table by ?table=NAME", name, hint)
	case len(names) > 1:
		guess = fmt.Sprintf("the table %s is read, as it has the most rows of %d tables", t.name, len(names))
	}
	return t, guess, nil
}

// mostNamed is the number of tables that a message lists.
const mostNamed = 10

// read adds the rows of a table.
func (d *database) read(t *table, rows *data.Rows) error {
	at := make([]int, len(t.columns))
	for i, c := range t.columns {
		if at[i] = rows.Column(c.name); at[i] < i {
			return fmt.Errorf("two columns are named %q; name them apart", c.name)
		}
	}
	blobs := make([]int, len(t.columns))
	err := d.walk(t, func(rowid int64, r *record) error {
		rows.Row(0)
		for i, c := range t.columns {
			v := c.fallback
			switch {
			case c.rowid:
				v = value{kind: integer, i: rowid}
			case c.stored < 0:
				continue
			default:
				v = r.value(c.stored, v)
			}
			if v.kind == blob {
				blobs[i]++
			}
			if err := d.set(rows, at[i], v); err != nil {
				return err
			}
		}
		return nil
	})
	for i, n := range blobs {
		if n > 0 {
			rows.Guess(t.columns[i].name, n, "", "%s that are no text, taken for missing",
				words.Count(n, "value of bytes", "values of bytes"))
		}
	}
	if hidden := slices.IndexFunc(t.columns, func(c column) bool { return c.stored < 0 && !c.rowid }); hidden >= 0 {
		rows.Guess(t.columns[hidden].name, 1, "", "computed by the database and not stored, so without values")
	}
	return err
}

// set sets a cell.
func (d *database) set(rows *data.Rows, i int, v value) error {
	switch v.kind {
	case integer:
		return rows.Int(i, v.i)
	case real:
		return rows.Number(i, v.f)
	case text:
		s := v.s + d.text(v.b)
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "\ufffd")
		}
		return rows.Text(i, s)
	}
	return rows.Missing(i)
}
