package data

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/blake2b"

	"gorae/internal/arrayfile"
	"gorae/internal/words"
)

// Cache keeps large tables of text in a folder as they were read: column by column, numbers as numbers, and read where
// they lie. A training on such a table holds little of it in memory, and the next one need not read the text again. A
// table is known by the BLAKE2b-256 of the text, by how it is read, and by the program, since another version may read
// otherwise. What is there has checksums: a file that is damaged is written again.
//
//	c := &data.Cache{Dir: dir}
//	open := func() (io.ReadCloser, error) { return os.Open("orders.csv") }
//	t, err := c.ReadCSV(open, "orders.csv", data.CSVOptions{})
//
// The values of a table of a cache are the same as those of ReadCSV. They lie in files until the process ends.
type Cache struct {
	Dir string // made where it is not there
	// Most is the greatest size of all tables in bytes, 0 that of DefaultCacheSize. Those that were not used for the
	// longest time are removed.
	Most int64
	// Least is the size of a text in bytes from which on its table is kept.
	Least int64
	// Begin is called before a table that is kept is read or opened, so that a program can save memory from then on,
	// as by debug.SetGCPercent; nil: nothing is.
	Begin func()
	// Say is told, in one line, what kept a table from being kept; nil: nobody is.
	Say func(string)
}

// DefaultCacheSize is the greatest size of a cache in bytes where nothing is said.
const DefaultCacheSize = 10 << 30

// tableExt ends the names of tables in a cache.
const tableExt = ".columns"

// ReadCSV is ReadCSV of a text that open opens, by the cache. It is opened twice and more.
func (c *Cache) ReadCSV(open func() (io.ReadCloser, error), name string, o CSVOptions) (*Table, error) {
	plain := func() (*Table, error) {
		return from(open, func(r io.Reader) (*Table, error) { return ReadCSV(r, name, o) })
	}
	if !arrayfile.Supported() || o.Pattern != "" {
		return plain()
	}
	key, size, err := c.key(open, name, o)
	switch {
	case err != nil:
		return nil, err
	case size < c.Least:
		return plain()
	}
	folder := c.folder()
	if err := folder.Make(); err != nil {
		c.failed(name, err)
		return plain()
	}
	if c.Begin != nil {
		c.Begin()
	}
	path := filepath.Join(c.Dir, key+tableExt)
	t, err := c.open(path, name, o)
	switch {
	case err == nil:
		folder.Used(path)
		return t, nil
	case !errors.Is(err, fs.ErrNotExist):
		c.say("%s: the cached table %s is not used: %v; it is made again", name, path, err)
		folder.Remove(path)
	}
	scratch, err := c.scratch(name)
	if err != nil {
		c.failed(name, err)
		return plain()
	}
	t, err = WithoutTotals(o, func(o CSVOptions) (*Table, error) {
		return from(open, func(r io.Reader) (*Table, error) { return readFields(r, name, o, scratch) })
	})
	if err != nil {
		return nil, err
	}
	if scratch.Err() != nil { // it is said already
		return t, nil
	}
	if err := c.keep(t, path); err != nil {
		c.failed(name, err)
		return t, nil
	}
	folder.Prune(c.most(), path)
	if kept, err := c.open(path, name, o); err == nil {
		return kept, nil
	}
	return t, nil
}

// folder is the folder of the tables.
func (c *Cache) folder() arrayfile.Folder { return arrayfile.Folder{Path: c.Dir, Ext: tableExt} }

// from reads what open opens.
func from(open func() (io.ReadCloser, error), read func(io.Reader) (*Table, error)) (*Table, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	t, err := read(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return t, err
}

// scratch returns a file for the values of a table that is being read, or of rows that are taken from it.
func (c *Cache) scratch(name string) (*arrayfile.Scratch, error) {
	return arrayfile.NewScratch(c.Dir, func(err error) { c.failed(name, err) })
}

// failed says that a table is not kept.
func (c *Cache) failed(name string, err error) {
	c.say("%s: the table is not kept in the cache %s: %v; --cache DIR names another folder, --no-cache does without",
		name, c.Dir, cause(err))
}

// cause is an error without the paths of files with names made up.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (c *Cache) say(format string, args ...any) {
	if c.Say != nil {
		c.Say(fmt.Sprintf(format, args...))
	}
}

// key returns the name of a table without its ending, and the size of its text.
func (c *Cache) key(open func() (io.ReadCloser, error), name string, o CSVOptions) (key string, size int64, err error) {
	f, err := open()
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	sum, err := blake2b.New256(nil)
	if err != nil {
		return "", 0, err
	}
	if size, err = io.Copy(sum, f); err != nil {
		return "", 0, err
	}
	how, err := json.Marshal(struct {
		Text   string
		Name   string // which messages name
		Flags  bool
		CSV    CSVOptions
		Format int
		By     string
	}{hex.EncodeToString(sum.Sum(nil)), name, o.Flags, o, tableFormat, program()})
	if err != nil {
		return "", 0, err
	}
	all := blake2b.Sum256(how)
	return hex.EncodeToString(all[:16]), size, nil
}

// program tells the running program from others and from its other versions: by its size and the time at which it was
// written.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	st, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(st.Size(), st.ModTime().UnixNano())
}

// most is the greatest size of all tables.
func (c *Cache) most() int64 {
	if c.Most == 0 {
		return DefaultCacheSize
	}
	return c.Most
}

// errTooLarge is the error of a table that is larger than its cache.
func (c *Cache) errTooLarge() error {
	return fmt.Errorf("it is larger than %s", words.Plural(int(c.most()>>20), "MB"))
}
