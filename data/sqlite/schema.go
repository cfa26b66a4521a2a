package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// table is a table of the schema.
type table struct {
	name    string
	kind    string // table or view
	root    uint32 // page of its b-tree
	columns []column
	noRowid bool  // rows stand in the order of their primary key, in a b-tree of records
	err     error // why it is not read
}

// column is a column of a table.
type column struct {
	name     string
	stored   int   // its place in a record; −1: it is not stored
	rowid    bool  // it is the number of the row, which stands beside the record
	fallback value // in records from before the column was added
}

// unreadable returns why a table is not read.
func (t *table) unreadable() error {
	switch {
	case t.kind == "view":
		return fmt.Errorf("%s: a view, and only tables are read; store its rows: CREATE TABLE NAME AS SELECT * FROM "+
			"%s", t.name, t.name)
	case t.err == nil && t.root == 0:
		return fmt.Errorf("%s: a virtual table, whose rows a program computes; store them in a table", t.name)
	}
	return t.err
}

// tables reads the schema: the tables and views but those of SQLite's own.
func (d *database) tables() ([]*table, error) {
	var out []*table
	var r record
	err := d.tree(false, func(_ int64, p []byte) error {
		if err := r.parse(p); err != nil {
			return err
		}
		field := func(i int) string { return d.text(r.value(i, value{}).b) }
		kind, name, sql := field(0), field(1), field(4)
		if kind != "table" && kind != "view" || strings.HasPrefix(name, "sqlite_") {
			return nil
		}
		t := &table{name: name, kind: kind, root: uint32(r.value(3, value{}).i)}
		if kind == "table" && t.root != 0 {
			if err := t.parse(sql); err != nil {
				t.err = fmt.Errorf("%s: its CREATE TABLE is not understood (%w); copy it: CREATE TABLE NAME AS SELECT "+
					"* FROM %s", name, err, name)
			}
		}
		out = append(out, t)
		return nil
	}).walk(1, 0)
	return out, err
}

// count returns the number of rows of a table.
func (d *database) count(t *table) (int, error) {
	w := d.tree(t.noRowid, nil)
	err := w.walk(t.root, 0)
	return w.count, err
}

// walk calls see with each row of a table.
func (d *database) walk(t *table, see func(rowid int64, r *record) error) error {
	var r record
	return d.tree(t.noRowid, func(rowid int64, p []byte) error {
		if err := r.parse(p); err != nil {
			return err
		}
		return see(rowid, &r)
	}).walk(t.root, 0)
}

// parse takes the columns of a table from the text that made it.
func (t *table) parse(sql string) error {
	words, err := tokens(sql)
	if err != nil {
		return err
	}
	from := slices.IndexFunc(words, func(w token) bool { return w.is("(") })
	if from < 0 {
		return fmt.Errorf("there is no list of columns")
	}
	var key []string // of the primary key
	types := map[string]string{}
	falling := false
	rest := words[from+1:]
	for done := false; !done; {
		n, deep := 0, 0
		for ; n < len(rest) && (deep > 0 || !rest[n].is(",") && !rest[n].is(")")); n++ {
			deep += rest[n].deeper()
		}
		if n == len(rest) {
			return fmt.Errorf("the list of columns has no end")
		}
		def := rest[:n]
		done = rest[n].is(")")
		rest = rest[n+1:]
		if len(def) == 0 {
			return fmt.Errorf("a column without a name")
		}
		switch {
		case def[0].any("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
			if at := sequence(def, "PRIMARY", "KEY"); at >= 0 {
				key = list(def[at+2:])
			}
		default:
			c := column{name: def[0].text}
			types[c.name] = typeOf(def[1:])
			if at := sequence(def, "PRIMARY", "KEY"); at >= 0 {
				key, falling = []string{c.name}, at+2 < len(def) && def[at+2].is("DESC")
			}
			if computed(def) {
				c.stored = -1
			}
			c.fallback = fallback(def)
			t.columns = append(t.columns, c)
		}
	}
	t.noRowid = sequence(rest, "WITHOUT", "ROWID") >= 0
	t.place(key, types, falling)
	return nil
}

// place gives the columns their places in a record. In a table without row numbers the primary key stands first.
func (t *table) place(key []string, types map[string]string, falling bool) {
	next := 0
	same := func(name string) func(column) bool {
		return func(c column) bool { return strings.EqualFold(c.name, name) }
	}
	placed := map[int]bool{}
	if t.noRowid {
		for _, k := range key {
			if i := slices.IndexFunc(t.columns, same(k)); i >= 0 && !placed[i] {
				t.columns[i].stored, placed[i] = next, true
				next++
			}
		}
	}
	for i := range t.columns {
		c := &t.columns[i]
		if c.stored >= 0 && !placed[i] {
			c.stored = next
			next++
		}
	}
	if !t.noRowid && len(key) == 1 && !falling {
		if i := slices.IndexFunc(t.columns, same(key[0])); i >= 0 && strings.EqualFold(types[t.columns[i].name],
			"INTEGER") {
			t.columns[i].rowid = true
		}
	}
}

// typeOf returns the words of a type that stand behind a column's name, up to a constraint.
func typeOf(def []token) string {
	var out []string
	for _, w := range def {
		if w.any("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES",
			"GENERATED", "AS") {
			break
		}
		out = append(out, w.text)
	}
	return strings.Join(out, " ")
}

// computed reports whether a column is computed when it is read.
func computed(def []token) bool {
	deep, as := 0, false
	for _, w := range def {
		as = as || deep == 0 && w.is("AS")
		if as && deep == 0 && w.is("STORED") {
			return false
		}
		deep += w.deeper()
	}
	return as
}

// fallback returns the default of a column, null where it has none that is a number or a text.
func fallback(def []token) value {
	at := sequence(def, "DEFAULT")
	if at < 0 || at+1 >= len(def) {
		return value{}
	}
	def = def[at+1:]
	for len(def) > 1 && def[0].is("(") {
		def = def[1:]
	}
	sign := ""
	if len(def) > 1 && (def[0].is("-") || def[0].is("+")) {
		sign, def = def[0].text, def[1:]
	}
	w := def[0]
	if w.quoted {
		return value{kind: text, s: w.text}
	}
	if v, err := strconv.ParseInt(sign+w.text, 10, 64); err == nil {
		return value{kind: integer, i: v}
	}
	if v, err := strconv.ParseFloat(sign+w.text, 64); err == nil {
		return value{kind: real, f: v}
	}
	switch {
	case w.is("TRUE"):
		return value{kind: integer, i: 1}
	case w.is("FALSE"):
		return value{kind: integer}
	}
	return value{}
}

// list returns the names of a list in brackets.
func list(words []token) []string {
	var out []string
	if len(words) == 0 || !words[0].is("(") {
		return nil
	}
	first := true
	for _, w := range words[1:] {
		switch {
		case w.is(")"):
			return out
		case w.is(","):
			first = true
		case first:
			out, first = append(out, w.text), false
		}
	}
	return out
}

// sequence returns the place of words that follow each other outside of brackets, −1 where they do not.
func sequence(words []token, want ...string) int {
	deep := 0
	for i := range words {
		found := deep == 0 && i+len(want) <= len(words)
		for k := 0; found && k < len(want); k++ {
			found = words[i+k].is(want[k])
		}
		if found {
			return i
		}
		deep += words[i].deeper()
	}
	return -1
}

// token is a word, a quoted name or text, or a mark.
type token struct {
	text   string
	quoted bool
}

// is reports whether a token is a word or mark of SQL.
func (w token) is(word string) bool { return !w.quoted && strings.EqualFold(w.text, word) }

func (w token) any(words ...string) bool { return slices.ContainsFunc(words, w.is) }

// deeper returns by how much a token changes the number of open brackets.
func (w token) deeper() int {
	switch {
	case w.is("("):
		return 1
	case w.is(")"):
		return -1
	}
	return 0
}

// tokens cuts a text of SQL into words, without comments.
func tokens(s string) (out []token, err error) {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case strings.IndexByte(" \t\r\n\f", c) >= 0:
			i++
		case strings.HasPrefix(s[i:], "--"):
			if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
		case strings.HasPrefix(s[i:], "/*"):
			if n := strings.Index(s[i+2:], "*/"); n >= 0 {
				i += n + 4
			} else {
				i = len(s)
			}
		case strings.IndexByte("\"'`[", c) >= 0:
			end := c
			if c == '[' {
				end = ']'
			}
			var b strings.Builder
			k := i + 1
			for ; ; k++ {
				if k >= len(s) {
					return nil, fmt.Errorf("a quotation mark is open")
				}
				if s[k] == end {
					if c == '[' || k+1 >= len(s) || s[k+1] != end {
						break
					}
					k++
				}
				b.WriteByte(s[k])
			}
			out = append(out, token{b.String(), true})
			i = k + 1
		case word(c):
			k := i
			for k < len(s) && (word(s[k]) || s[k] == '.') {
				k++
			}
			out = append(out, token{text: s[i:k]})
			i = k
		default:
			out = append(out, token{text: s[i : i+1]})
			i++
		}
	}
	return out, nil
}

// word reports whether a byte may stand in a word without quotation marks.
func word(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
