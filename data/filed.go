package data

import (
	"iter"

	"gorae/internal/arrayfile"
)

// text returns what the file says in row i of a column of text.
func (c *Column) text(i int) string {
	switch {
	case c.Strings != nil:
		return c.Strings[i]
	case c.coding != nil:
		return c.coding.words[c.coding.codes[i]]
	}
	return c.spelled.at(i)
}

// Texts returns what the file says in the rows of a column of text, in order: Spelling of each.
func (c *Column) Texts() iter.Seq2[int, string] {
	if c.Strings == nil && c.coding == nil && c.spelled != nil {
		return c.spelled.all()
	}
	return func(yield func(int, string) bool) {
		for i := range c.Len() {
			if !yield(i, c.text(i)) {
				return
			}
		}
	}
}

// file puts the values of the column into a file; those of a nil file stay in memory.
func (c *Column) file(to *arrayfile.Scratch) {
	if to == nil {
		return
	}
	shared := false
	if s := c.spelled; s != nil && s.rows == nil { // else it is that of another column
		if d := s.decimals; d != nil {
			shared = len(c.Numbers) > 0 && &c.Numbers[0] == &d.numbers[0]
			if d.numbers, d.how = arrayfile.Put(to, d.numbers), arrayfile.Put(to, d.how); shared {
				c.Numbers = d.numbers
			}
		}
		s.coding = s.coding.file(to)
	}
	if !shared {
		c.Numbers = arrayfile.Put(to, c.Numbers)
	}
	c.Missing, c.coding = arrayfile.Put(to, c.Missing), c.coding.file(to)
}

// file returns the coding with its codes in a file.
func (c *coding) file(to *arrayfile.Scratch) *coding {
	if c == nil {
		return nil
	}
	return &coding{codes: arrayfile.Put(to, c.codes), words: c.words}
}

// Scratch returns the file for what is made of a table whose values lie in files; nil of a table in memory.
func (t *Table) Scratch() *arrayfile.Scratch { return t.scratch }

// Size returns the greatest size of a cache in bytes.
func (c *Cache) Size() int64 { return c.most() }

// Records returns room for n records of a size in bytes, in a file of the process in the cache's folder, where they are
// too large for memory; nil where there is none, which is said. name is what the records are of, for messages.
func (c *Cache) Records(name string, n, size int) *arrayfile.Records {
	if !arrayfile.Supported() {
		return nil
	}
	err := c.folder().Make()
	var s *arrayfile.Scratch
	if err == nil {
		s, err = c.scratch(name)
	}
	if err != nil {
		c.failed(name, err)
		return nil
	}
	r := s.Records(n, size)
	if s.Err() != nil {
		return nil
	}
	return r
}
