// Package jsonl reads records of JSON as tables: JSON lines (an object on each line), objects one after another, and a
// list of objects. A program that imports it reads such files wherever package source opens one.
//
//	{"user": {"id": 7, "city": "Seoul"}, "price": 2.5, "tags": ["a", "b"]}
//	{"user": {"id": 8}, "price": null}
//
// is a table of the columns user.id, user.city, price and tags: keys of nested objects stand behind those above them
// and a point, in the order of the records: a key that first comes in a later record stands behind the one that it
// follows there. A key that a record lacks is missing, as null is. Lists are kept as text of JSON; the table says so.
package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/words"
)

func init() {
	source.Register(source.Format{Name: "json", Title: "a JSON file", Extensions: extensions, Sniff: sniff,
		Reader: reader{}, Settings: []string{"columns", "missing", "types", "decimal", "thousands", "dates", "zone",
			"encoding"}})
}

// extensions are the endings of files of records.
var extensions = []string{".json", ".jsonl", ".ndjson"}

// sniff takes what begins with a record, or with a list of records, where the name does not say another format.
func sniff(i *source.Info) source.Score {
	if e := i.Extension(); e != "" && !slices.Contains(extensions, e) {
		return source.None
	}
	text, err := data.NewText(bytes.NewReader(i.Head()), i.Name, data.CSVOptions{})
	if err != nil {
		return source.None
	}
	head, _ := io.ReadAll(text) // the bytes are at hand
	head = bytes.TrimLeft(head, blanks)
	if rest, ok := bytes.CutPrefix(head, []byte("[")); ok {
		head = bytes.TrimLeft(rest, blanks)
	}
	if rest, ok := bytes.CutPrefix(head, []byte("{")); ok {
		if rest = bytes.TrimLeft(rest, blanks); len(rest) > 0 && (rest[0] == '"' || rest[0] == '}') {
			return source.Typical
		}
	}
	return source.None
}

// blanks are what may stand between the marks of JSON.
const blanks = " \t\r\n"

type reader struct{}

// Read reads the records.
func (reader) Read(i *source.Info) (*data.Source, error) {
	f, err := i.Open()
	if err != nil {
		return nil, err
	}
	t, err := Read(f, i.Name, i.CSV)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// Bounds of what is read: no table has more, and a file of an attacker may.
const (
	mostDepth   = 64      // objects and lists in each other
	mostColumns = 1 << 16 // keys of all records
)

// Read reads records as a table. Name is the file's, for messages; of the options those count that say how values are
// read (types, missing, dates, zone, encoding) and columns.
func Read(r io.Reader, name string, o data.CSVOptions) (_ *data.Table, err error) {
	defer words.Printable(&err)
	text, err := data.NewText(r, name, o)
	if err != nil {
		return nil, err
	}
	lines := &lineReader{r: text}
	d := &decoder{name: name, lines: lines, json: json.NewDecoder(lines), rows: data.NewRows(name, o),
		lists: map[string]int{}, next: []int{0}}
	d.json.UseNumber()
	if err := d.records(); err != nil {
		return nil, err
	}
	for _, c := range d.listed {
		d.rows.Guess(c, d.lists[c], "write its values as columns, if a network is to learn from them",
			"%d of its values are lists, which are kept as text of JSON", d.lists[c])
	}
	t, err := d.rows.Table()
	if err != nil {
		return nil, err
	}
	t.Guesses = append(text.Guesses(), t.Guesses...)
	t.Columns = d.inOrder(t.Columns)
	return t, nil
}

// inOrder returns columns in the order of the records.
func (d *decoder) inOrder(columns []data.Column) []data.Column {
	if len(columns) != len(d.next)-1 {
		return columns
	}
	out := make([]data.Column, 0, len(columns))
	for at := d.next[0]; at > 0; at = d.next[at] {
		out = append(out, columns[at-1])
	}
	return out
}

// decoder reads records.
type decoder struct {
	name   string
	lines  *lineReader
	json   *json.Decoder
	rows   *data.Rows
	lists  map[string]int // the number of lists in each column that has some
	listed []string       // these columns in the order in which they come
	holder string         // a column with a list of objects
	line   int            // of the token that was read last
	next   []int          // the number, from 1, of the column behind each; 0 is before the first, and behind the last
	before int            // the column of the record's key before, from 1; 0: there is none
	last   int            // the last column
}

// errorf returns a mistake at the line of the token that was read last.
func (d *decoder) errorf(format string, args ...any) error {
	return &data.PlaceError{File: d.name, Line: d.line, Err: fmt.Errorf(format, args...)}
}

// token returns the next token. io.EOF is the end of the file between two records.
func (d *decoder) token() (json.Token, error) {
	t, err := d.json.Token()
	d.line = d.lines.line(d.json.InputOffset())
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return t, nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, d.errorf("the file ends within a record; fetch it again, or take the record out")
	case errors.As(err, &syntax):
		d.line = d.lines.line(syntax.Offset)
		return nil, d.errorf("no JSON: %w; correct the line or take it out", err)
	}
	return nil, err
}

// records reads all records.
func (d *decoder) records() error {
	listed := false // the records stand in a list
	for {
		t, err := d.token()
		switch {
		case err == io.EOF && listed:
			return d.errorf("the file ends within its list of records; fetch it again")
		case err == io.EOF:
			return d.alone()
		case err != nil:
			return d.at(err)
		}
		switch {
		case t == json.Delim('{'):
			d.rows.Row(d.line)
			d.before = 0
			if err := d.object("", 1); err != nil {
				return d.at(err)
			}
		case t == json.Delim('[') && d.rows.Len() == 0 && !listed:
			listed = true
		case t == json.Delim(']') && listed:
			if _, err := d.token(); err != io.EOF {
				if err == nil {
					err = d.errorf("something stands behind the list of records; take it out")
				}
				return d.at(err)
			}
			return nil
		default:
			return d.errorf(`a record is an object, as in {"column": 1}, and this is %s; take it out`, kind(t))
		}
	}
}

// at adds the file's name to an error of reading it.
func (d *decoder) at(err error) error {
	var place *data.PlaceError
	if errors.As(err, &place) {
		return err
	}
	return fmt.Errorf("%s: %w", d.name, err)
}

// alone refuses a single object that has a list of objects: it is a description of records and no record.
func (d *decoder) alone() error {
	if d.rows.Len() == 1 && d.holder != "" {
		return fmt.Errorf("%s: one object, and no list of records; write the list %q of it to a file of its own",
			d.name, d.holder)
	}
	return nil
}

// kind returns what a token is in words.
func kind(t json.Token) string {
	switch t.(type) {
	case json.Delim:
		return "a list"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	return "null"
}

// object reads the keys of an object, whose opening brace has been read, into the row that was begun last.
func (d *decoder) object(above string, depth int) error {
	if depth > mostDepth {
		return d.errorf("objects in each other, more than %d deep; give flatter records", mostDepth)
	}
	for {
		t, err := d.token()
		if err != nil {
			return d.within(err)
		}
		key, ok := t.(string)
		if !ok { // the closing brace, as the decoder takes nothing else
			return nil
		}
		if t, err = d.token(); err != nil {
			return d.within(err)
		}
		name := above + key
		if t == json.Delim('{') {
			if err := d.object(name+".", depth+1); err != nil {
				return err
			}
			continue
		}
		if err := d.value(name, t); err != nil {
			return err
		}
	}
}

// within is the end of the file within a record, where the decoder reports it as that of the file.
func (d *decoder) within(err error) error {
	if err == io.EOF {
		return d.errorf("the file ends within a record; fetch it again, or take the record out")
	}
	return err
}

// value sets a cell.
func (d *decoder) value(name string, t json.Token) error {
	i := d.rows.Column(name)
	if d.rows.Width() > mostColumns {
		return d.errorf("more than %d keys; give records that share theirs", mostColumns)
	}
	if i+1 == len(d.next) { // a new one
		if d.before == 0 {
			d.before = d.last
		}
		d.next = append(d.next, d.next[d.before])
		if d.next[d.before] = i + 1; d.before == d.last {
			d.last = i + 1
		}
	}
	d.before = i + 1
	switch v := t.(type) {
	case string:
		return d.rows.Text(i, v)
	case json.Number:
		return d.rows.Digits(i, v.String())
	case bool:
		return d.rows.Bool(i, v)
	case json.Delim: // of a list
		var b bytes.Buffer
		if err := d.list(&b, 1); err != nil {
			return err
		}
		if d.lists[name]++; d.lists[name] == 1 {
			d.listed = append(d.listed, name)
		}
		if bytes.HasPrefix(b.Bytes(), []byte("[{")) {
			d.holder = name
		}
		return d.rows.Text(i, b.String())
	}
	return d.rows.Text(i, "")
}

// list writes a list, whose opening bracket has been read, as text of JSON.
func (d *decoder) list(b *bytes.Buffer, depth int) error {
	if depth > mostDepth {
		return d.errorf("lists in each other, more than %d deep; give flatter records", mostDepth)
	}
	b.WriteByte('[')
	for first := true; ; first = false {
		t, err := d.token()
		if err != nil {
			return d.within(err)
		}
		if t == json.Delim(']') {
			b.WriteByte(']')
			return nil
		}
		if !first {
			b.WriteByte(',')
		}
		if err := d.element(b, t, depth); err != nil {
			return err
		}
	}
}

// element writes a value within a list.
func (d *decoder) element(b *bytes.Buffer, t json.Token, depth int) error {
	switch t {
	case json.Delim('['):
		return d.list(b, depth+1)
	case json.Delim('{'):
		if depth >= mostDepth {
			return d.errorf("lists in each other, more than %d deep; give flatter records", mostDepth)
		}
		b.WriteByte('{')
		for first := true; ; first = false {
			key, err := d.token()
			if err != nil {
				return d.within(err)
			}
			if key == json.Delim('}') {
				b.WriteByte('}')
				return nil
			}
			if !first {
				b.WriteByte(',')
			}
			if err := scalar(b, key); err != nil {
				return err
			}
			b.WriteByte(':')
			v, err := d.token()
			if err != nil {
				return d.within(err)
			}
			if err := d.element(b, v, depth+1); err != nil {
				return err
			}
		}
	}
	return scalar(b, t)
}

// scalar writes a text, a number, true, false or null.
func scalar(b *bytes.Buffer, t json.Token) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(t); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
	return nil
}
