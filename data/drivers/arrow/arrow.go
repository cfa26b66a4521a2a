// Package arrow reads Arrow files as tables: the files and streams of Arrow's IPC format, and Feather files of version
// 2, by github.com/apache/arrow-go. The gorae program does not link it; a program that imports it reads such files
// wherever package source opens one.
//
// Values become what data.Rows makes of them, as of a Parquet file with the same columns: fields of structures are
// columns whose names are joined by points, lists are kept as text of JSON, values of dictionaries are what the numbers
// stand for. Bytes are text where they are UTF-8, else missing.
package arrow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/words"
)

func init() {
	source.Register(source.Format{Name: "arrow", Title: "an Arrow file",
		Extensions: []string{".arrow", ".arrows", ".feather", ".ipc"}, Sniff: sniff, Reader: reader{},
		Settings: []string{"columns", "missing", "types", "decimal", "thousands", "dates", "zone"}})
}

// How files and streams begin, and files of Feather's first version.
const (
	magic   = "ARROW1"
	stream  = "\xff\xff\xff\xff"
	feather = "FEA1"
)

func sniff(i *source.Info) source.Score {
	head := string(i.Head())
	switch {
	case strings.HasPrefix(head, magic), strings.HasPrefix(head, feather):
		return source.Magic
	case strings.HasPrefix(head, stream):
		return source.Likely
	}
	return source.None
}

type reader struct{}

// Read reads the file; its directory stands at its end, so all of it must be at hand.
func (reader) Read(i *source.Info) (*data.Source, error) {
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
	t, err := Read(all, i.Name, i.CSV)
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// Read reads a file as a table. Name is the file's, for messages.
func Read(file []byte, name string, o data.CSVOptions) (t *data.Table, err error) {
	defer func() { // the library panics where a file says what cannot be
		if p := recover(); p != nil {
			t, err = nil, fmt.Errorf("%s: the file is damaged (%s); write it anew", name,
				words.Short(words.Visible(fmt.Sprint(p)), 200))
		}
	}()
	b := &table{rows: data.NewRows(name, o)}
	if err := b.read(file); err != nil {
		return nil, fmt.Errorf("%s: %s", name, words.Short(strings.Join(strings.Fields(err.Error()), " "), 300))
	}
	for i, c := range b.columns {
		if c.lists > 0 {
			b.rows.Guess(c.name, c.lists, "write its values as columns, if a network is to learn from them",
				"%d of its values are lists, which are kept as text of JSON", c.lists)
		}
		if c.binary > 0 {
			b.rows.Guess(b.columns[i].name, c.binary, "", "%s that are no text, taken for missing",
				words.Count(c.binary, "value of bytes", "values of bytes"))
		}
	}
	return b.rows.Table()
}

// table gathers the records of a file.
type table struct {
	rows    *data.Rows
	columns []*column
}

// column is a column of the table.
type column struct {
	name          string
	at            int
	lists, binary int
}

// read reads all records.
func (b *table) read(file []byte) error {
	room := &room{left: int64(len(file))*perByte + leastRoom}
	options := []ipc.Option{ipc.WithAllocator(room), ipc.WithBodySizeLimit(int64(len(file))),
		ipc.WithMetadataSizeLimit(int64(len(file)))}
	if bytes.HasPrefix(file, []byte(feather)) {
		return fmt.Errorf("a Feather file of version 1; write it as version 2")
	}
	whole := bytes.HasPrefix(file, []byte(magic))
	if err := sound(file, whole); err != nil {
		return fmt.Errorf("the file is damaged: %w; write it anew", err)
	}
	if !whole {
		r, err := ipc.NewReader(bytes.NewReader(file), options...)
		if err != nil {
			return fmt.Errorf("no Arrow stream that can be read: %w; write it anew", err)
		}
		defer r.Release()
		for r.Next() {
			if err := b.record(r.RecordBatch()); err != nil {
				return err
			}
		}
		if err := r.Err(); err != nil {
			return fmt.Errorf("the stream is damaged: %w; write it anew", err)
		}
		return nil
	}
	r, err := ipc.NewFileReader(bytes.NewReader(file), options...)
	if err != nil {
		return fmt.Errorf("no Arrow file that can be read: %w; write it anew", err)
	}
	defer func() { _ = r.Close() }() // it was only read
	for i := range r.NumRecords() {
		rec, err := r.RecordBatchAt(i)
		if err != nil {
			return fmt.Errorf("the file is damaged: %w; write it anew", err)
		}
		err = b.record(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// record adds the rows of a record.
func (b *table) record(r arrow.RecordBatch) error {
	n := int(r.NumRows())
	var all []func(i int) error
	b.columns = b.columns[:0:len(b.columns)]
	for k, f := range r.Schema().Fields() {
		if r.Column(k).Len() != n {
			return fmt.Errorf("the column %s has %d values in %d rows; write the file anew", f.Name, r.Column(k).Len(),
				n)
		}
		if err := b.field(f.Name, r.Column(k), nil, 0, &all); err != nil {
			return err
		}
	}
	for i := range n {
		b.rows.Row(0)
		for _, set := range all {
			if err := set(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostDeep is the number of structures in each other.
const mostDeep = 32

// field adds what sets the cells of a column, or of the columns of a structure, whose rows are missing where missing
// says so.
func (b *table) field(name string, a arrow.Array, missing func(int) bool, deep int, all *[]func(int) error) error {
	if deep > mostDeep {
		return fmt.Errorf("structures in each other, more than %d deep; give flatter records", mostDeep)
	}
	if s, ok := a.(*array.Struct); ok {
		gone := func(i int) bool { return missing != nil && missing(i) || s.IsNull(i) }
		for k, f := range s.DataType().(*arrow.StructType).Fields() {
			if err := b.field(name+"."+f.Name, s.Field(k), gone, deep+1, all); err != nil {
				return err
			}
		}
		return nil
	}
	n := len(b.columns)
	c := &column{name: name, at: b.rows.Column(name)}
	if c.at != n {
		return fmt.Errorf("two columns are named %q; name them apart", name)
	}
	if n < cap(b.columns) && b.columns[:n+1][n] != nil { // of the record before
		c = b.columns[:n+1][n]
	}
	b.columns = append(b.columns, c)
	*all = append(*all, func(i int) error {
		if missing != nil && missing(i) || a.IsNull(i) || a.DataType().ID() == arrow.NULL {
			return b.rows.Missing(c.at)
		}
		return b.set(c, a, i)
	})
	return nil
}

// set sets a cell to a value.
func (b *table) set(c *column, a arrow.Array, i int) error {
	rows := b.rows
	switch a := a.(type) {
	case *array.Dictionary:
		if a.Dictionary().IsNull(a.GetValueIndex(i)) {
			return rows.Missing(c.at)
		}
		return b.set(c, a.Dictionary(), a.GetValueIndex(i))
	case *array.Boolean:
		return rows.Bool(c.at, a.Value(i))
	case *array.Int8:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Int16:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Int32:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Int64:
		return rows.Int(c.at, a.Value(i))
	case *array.Uint8:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Uint16:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Uint32:
		return rows.Int(c.at, int64(a.Value(i)))
	case *array.Uint64:
		return rows.Digits(c.at, fmt.Sprint(a.Value(i)))
	case *array.Float16:
		return rows.Float32(c.at, a.Value(i).Float32())
	case *array.Float32:
		return rows.Float32(c.at, a.Value(i))
	case *array.Float64:
		return rows.Number(c.at, a.Value(i))
	case *array.Decimal128:
		return rows.Digits(c.at, a.Value(i).ToString(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Decimal256:
		return rows.Digits(c.at, a.Value(i).ToString(a.DataType().(*arrow.Decimal256Type).Scale))
	case *array.Date32:
		return rows.Date(c.at, a.Value(i).ToTime())
	case *array.Date64:
		return rows.Date(c.at, a.Value(i).ToTime())
	case *array.Timestamp:
		kind := a.DataType().(*arrow.TimestampType)
		at := a.Value(i).ToTime(kind.Unit)
		if kind.TimeZone != "" {
			return rows.Instant(c.at, at.UTC())
		}
		return rows.Time(c.at, at)
	case *array.Time32:
		return rows.Text(c.at, a.Value(i).ToTime(a.DataType().(*arrow.Time32Type).Unit).Format(ofDay))
	case *array.Time64:
		return rows.Text(c.at, a.Value(i).ToTime(a.DataType().(*arrow.Time64Type).Unit).Format(ofDay))
	case *array.Duration: // in seconds
		unit := a.DataType().(*arrow.DurationType).Unit
		return rows.Number(c.at, float64(a.Value(i))*unit.Multiplier().Seconds())
	case *array.Binary:
		return b.bytes(c, a.Value(i))
	case *array.LargeBinary:
		return b.bytes(c, a.Value(i))
	case *array.FixedSizeBinary:
		return b.bytes(c, a.Value(i))
	case array.ListLike:
		text, err := json.Marshal(a.GetOneForMarshal(i))
		if err != nil {
			return err
		}
		c.lists++
		return rows.Text(c.at, string(text))
	}
	return rows.Text(c.at, strings.ToValidUTF8(a.ValueStr(i), "\ufffd"))
}

// ofDay is how times of day are written.
const ofDay = "15:04:05.999999999"

// bytes sets a cell to bytes, which may be text.
func (b *table) bytes(c *column, v []byte) error {
	if !utf8.Valid(v) {
		c.binary++
		return b.rows.Missing(c.at)
	}
	return b.rows.Text(c.at, string(v))
}
