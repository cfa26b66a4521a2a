// Package parquet reads Parquet files as tables. A program that imports it reads such files wherever package source
// opens one.
//
// All encodings of format version 2 are read, compressed with snappy, gzip, zstd or lz4_raw, of pages of both versions.
// Fields of structures are columns whose names are joined by points; lists are kept as text of JSON, lists in lists are
// passed over, and the table says so. Times are as [data.Rows] has them: days as 2006-01-02, times without a zone as
// 2006-01-02 15:04:05, instants as 2006-01-02T15:04:05Z.
//
// The format is that of https://github.com/apache/parquet-format. The package has a hundredth of the size of the
// libraries that write such files as well.
package parquet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/words"
	"gorae/tensor"
)

func init() {
	source.Register(source.Format{Name: "parquet", Title: "a Parquet file", Extensions: []string{".parquet"},
		Sniff: sniff, Reader: reader{}, Settings: []string{"columns", "missing", "types", "decimal", "thousands",
			"dates", "zone"}})
}

func sniff(i *source.Info) source.Score {
	if bytes.HasPrefix(i.Head(), []byte(magic)) {
		return source.Magic
	}
	return source.None
}

type reader struct{}

// Read reads the file; its metadata stand at its end, so all of it must be at hand.
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

// A file may have leastValues, and perByte for each of its bytes: repetitions take few bytes, and a small file must not
// become a large table.
const (
	leastValues = 1 << 25
	perByte     = 1 << 16
)

// Read reads a file as a table. Name is the file's, for messages.
func Read(file []byte, name string, o data.CSVOptions) (_ *data.Table, err error) {
	defer words.Printable(&err)
	m, err := footer(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	most, sum := int64(leastValues+perByte*len(file)), int64(0)
	for _, g := range m.groups {
		if g.rows > most || sum+g.rows > most {
			return nil, fmt.Errorf("%s: %d rows in a file of %d bytes, which is not trusted; write it anew", name,
				m.rows, len(file))
		}
		sum += g.rows
	}
	if sum != m.rows {
		return nil, fmt.Errorf("%s: %d rows, and its row groups have %d; fetch it again", name, m.rows, sum)
	}
	if most /= max(1, sum); int64(len(m.leaves)) > most {
		return nil, fmt.Errorf("%s: %d rows of %d columns in a file of %d bytes, which is not trusted; write it anew",
			name, m.rows, len(m.leaves), len(file))
	}
	rows := data.NewRows(name, o)
	rows.Grow(int(sum))
	for i := range m.leaves {
		l := &m.leaves[i]
		if l.most[repetition] > 1 {
			rows.Guess(l.name, 1, "", "lists in lists, passed over")
			continue
		}
		before := rows.Width()
		c := &column{leaf: l, rows: rows, index: rows.Column(l.name)}
		if rows.Width() == before {
			return nil, fmt.Errorf("%s: two columns are named %q; name them apart", name, l.name)
		}
		for _, g := range m.groups {
			if err := c.read(file, g.chunks[i], g.rows); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, l.name, err)
			}
		}
		if c.lists > 0 {
			rows.Guess(l.name, c.lists, "write its values as columns, if a network is to learn from them",
				"%d of its values are lists, which are kept as text of JSON", c.lists)
		}
		if c.binary > 0 {
			rows.Guess(l.name, c.binary, "", "%s that are no text, taken for missing",
				words.Count(c.binary, "value of bytes", "values of bytes"))
		}
	}
	return rows.Table()
}

// column sets the cells of a column.
type column struct {
	*leaf
	rows   *data.Rows
	index  int
	lists  int
	binary int // values that are bytes and no text
	done   int64
	list   []byte // of the row at hand, as text of JSON; nil: no row is at hand
	state  int    // of the list: one of the states
}

// The states of a list.
const (
	absent = iota
	empty
	filled
)

// read reads the values of a row group.
func (c *column) read(file []byte, from chunk, rows int64) error {
	c.done = 0
	lists := c.most[repetition] > 0
	if c.scale < 0 || c.scale > 1000 || !lists && from.values != rows ||
		from.values > int64(leastValues/8+perByte/64*len(file)) && lists {
		return errPacked
	}
	err := c.pages(file, from, func(n int, at levels, v values) error {
		next := 0
		for i := range n {
			def := c.most[definition]
			if d := at[definition]; d != nil {
				def = int(d[i])
			}
			there := def == c.most[definition]
			if c.most[repetition] > 0 {
				if at[repetition][i] == 0 {
					if err := c.row(); err != nil {
						return err
					}
					c.list, c.state = []byte{'['}, absent
				} else if c.list == nil {
					return errPacked
				}
				if err := c.element(def, &v, next); err != nil {
					return err
				}
			} else if c.done++; c.done > rows {
				return errPacked
			} else if !there {
				if err := c.rows.Missing(c.index); err != nil {
					return err
				}
			} else if err := c.value(&v, next); err != nil {
				return err
			}
			if there {
				next++
			}
		}
		return nil
	})
	if err == nil {
		err = c.row()
	}
	if err == nil && c.done != rows {
		err = errPacked
	}
	return err
}

// element adds a value to the list of the row at hand.
func (c *column) element(def int, v *values, i int) error {
	switch {
	case def >= c.repeated:
		if c.state == filled {
			c.list = append(c.list, ',')
		}
		c.state = filled
		if def < c.most[definition] {
			c.list = append(c.list, "null"...)
			return nil
		}
		b, err := json.Marshal(c.plainValue(v, i))
		c.list = append(c.list, b...)
		return err
	case def == c.repeated-1:
		c.state = empty
	}
	return nil
}

// row sets the cell to the list at hand.
func (c *column) row() error {
	if c.list == nil {
		return nil
	}
	list := string(c.list) + "]"
	c.list = nil
	if c.done++; c.state == absent {
		return c.rows.Missing(c.index)
	}
	c.lists++
	return c.rows.Text(c.index, list)
}

// plainValue returns a value within a list, for JSON.
func (c *column) plainValue(v *values, i int) any {
	switch {
	case v.floats != nil:
		if x := v.floats[i]; !math.IsNaN(x) && !math.IsInf(x, 0) {
			if c.physical == floats {
				return float32(x)
			}
			return x
		}
		return nil
	case v.ints == nil:
		if c.logical == decimal {
			return json.Number(decimalOf(v.bytes[i], c.scale))
		}
		return string(v.bytes[i])
	case c.physical == boolean:
		return v.ints[i] != 0
	case c.logical == date:
		return day(v.ints[i]).Format(time.DateOnly)
	case c.logical == timestamp:
		return c.time(v.ints[i]).Format(time.RFC3339Nano)
	case c.logical == decimal:
		return json.Number(point(strconv.FormatInt(v.ints[i], 10), c.scale))
	}
	return v.ints[i]
}

// value sets the cell to a value.
func (c *column) value(v *values, i int) error {
	switch c.physical {
	case boolean:
		return c.rows.Bool(c.index, v.ints[i] != 0)
	case int32s, int64s:
		return c.integer(v.ints[i])
	case floats:
		return c.rows.Float32(c.index, float32(v.floats[i]))
	case doubles:
		return c.rows.Number(c.index, v.floats[i])
	case int96s: // nanoseconds of the day, and the day's number in the Julian calendar
		b := v.bytes[i]
		nanos := int64(binary.LittleEndian.Uint64(b))
		days := int64(binary.LittleEndian.Uint32(b[8:])) - 2440588
		return c.rows.Time(c.index, time.Unix(days*86400+nanos/1e9, nanos%1e9).UTC())
	}
	b := v.bytes[i]
	switch {
	case c.logical == decimal:
		return c.rows.Digits(c.index, decimalOf(b, c.scale))
	case c.logical == uuid && len(b) == 16:
		s := hex.EncodeToString(b)
		return c.rows.Text(c.index, s[:8]+"-"+s[8:12]+"-"+s[12:16]+"-"+s[16:20]+"-"+s[20:])
	case c.logical == float16 && len(b) == 2:
		return c.rows.Float32(c.index, tensor.Half(binary.LittleEndian.Uint16(b)))
	case utf8.Valid(b):
		return c.rows.Text(c.index, string(b))
	}
	c.binary++
	return c.rows.Missing(c.index)
}

// integer sets the cell to what a whole number stands for.
func (c *column) integer(v int64) error {
	switch c.logical {
	case date:
		return c.rows.Date(c.index, day(v))
	case timestamp:
		if c.utc {
			return c.rows.Instant(c.index, c.time(v))
		}
		return c.rows.Time(c.index, c.time(v))
	case timeOfDay:
		return c.rows.Text(c.index, c.time(v).Format("15:04:05.999999999"))
	case decimal:
		return c.rows.Digits(c.index, point(strconv.FormatInt(v, 10), c.scale))
	case unsigned:
		if c.physical == int32s {
			return c.rows.Int(c.index, int64(uint32(v)))
		}
		return c.rows.Digits(c.index, strconv.FormatUint(uint64(v), 10))
	}
	return c.rows.Int(c.index, v)
}

func day(v int64) time.Time { return time.Unix(v%(1<<32)*86400, 0).UTC() }

// time returns the time of a number of the column's units since 1970.
func (c *column) time(v int64) time.Time {
	unit := max(1, c.unit)
	per := int64(time.Second) / unit
	return time.Unix(v/per, v%per*unit).UTC()
}

// decimalOf returns the digits of a number in two's complement, the greatest byte first, with a point before the last
// scale of them.
func decimalOf(b []byte, scale int) string {
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return point(v.String(), scale)
}

// point puts a decimal point before the last digits.
func point(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
