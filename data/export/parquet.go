package export

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
)

// A Parquet file is, by https://github.com/apache/parquet-format: PAR1, the pages of each column in groups of rows, the
// metadata in Thrift's compact protocol, their length, PAR1. The pages here hold plain values, packed with gzip, behind
// levels that say which values are there.

// groupRows is the number of rows of a group.
const groupRows = 1 << 17

// The numbers that stand for types in the format.
const (
	physicalBoolean = 0
	physicalInt32   = 1
	physicalInt64   = 2
	physicalDouble  = 5
	physicalBytes   = 6

	convertedText   = 0
	convertedDate   = 6
	convertedMicros = 10
)

// physical returns the physical and the converted type of a kind, −1 without one.
func (k kind) physical() (physical, converted int) {
	switch k {
	case numbers:
		return physicalDouble, -1
	case wholes:
		return physicalInt64, -1
	case booleans:
		return physicalBoolean, -1
	case days:
		return physicalInt32, convertedDate
	case times:
		return physicalInt64, -1 // the converted type would say UTC
	case instants:
		return physicalInt64, convertedMicros
	}
	return physicalBytes, convertedText
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// chunk is where the values of a column stand in a group.
type chunk struct{ at, packed, plain int64 }

func writeParquet(w io.Writer, columns []column, rows int) error {
	out := &counted{w: w}
	if _, err := io.WriteString(out, "PAR1"); err != nil {
		return err
	}
	var groups [][]chunk
	for from := 0; from < rows; from += groupRows {
		to := min(from+groupRows, rows)
		var chunks []chunk
		for i := range columns {
			at := out.n
			plain, err := columns[i].page(out, from, to)
			if err != nil {
				return err
			}
			chunks = append(chunks, chunk{at, out.n - at, plain})
		}
		groups = append(groups, chunks)
	}
	var t compact
	t.metadata(columns, rows, groups)
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(t.b)))
	_, err := out.Write(append(append(t.b, size...), "PAR1"...))
	return err
}

// page writes a page of a column's rows and returns the bytes that it would have without packing.
func (c *column) page(w io.Writer, from, to int) (plain int64, err error) {
	levels := make([]byte, 0, (to-from)/8+1)
	for i := from; i < to; i++ {
		if k := (i - from) % 8; k == 0 {
			levels = append(levels, 0)
		}
		if !c.IsMissing(i) {
			levels[len(levels)-1] |= 1 << ((i - from) % 8)
		}
	}
	head := binary.AppendUvarint(nil, uint64(len(levels))<<1|1) // groups of eight levels in bits
	body := binary.LittleEndian.AppendUint32(nil, uint32(len(head)+len(levels)))
	body = append(append(body, head...), levels...)
	body = c.values(body, from, to)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(body); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	var t compact
	t.int(1, 0) // a data page
	t.int(2, int64(len(body)))
	t.int(3, int64(packed.Len()))
	t.begin(5)
	t.int(1, int64(to-from))
	t.int(2, 0) // plain
	t.int(3, 3) // levels in runs and bits
	t.int(4, 3)
	t.end()
	t.stop()
	if _, err := w.Write(t.b); err != nil {
		return 0, err
	}
	_, err = w.Write(packed.Bytes())
	return int64(len(t.b) + len(body)), err
}

// values appends the values that are there.
func (c *column) values(b []byte, from, to int) []byte {
	bit := 0
	for i := from; i < to; i++ {
		if c.IsMissing(i) {
			continue
		}
		switch c.kind {
		case numbers:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Numbers[i]))
		case wholes:
			b = binary.LittleEndian.AppendUint64(b, uint64(int64(c.Numbers[i])))
		case booleans:
			if bit%8 == 0 {
				b = append(b, 0)
			}
			if c.Text(i) == "true" {
				b[len(b)-1] |= 1 << (bit % 8)
			}
			bit++
		case days:
			b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Floor(float64(c.time(i).Unix())/86400))))
		case times, instants:
			v := c.time(i).UnixMicro()
			if c.nanos {
				v = c.time(i).UnixNano()
			}
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		default:
			s := c.Text(i)
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
		}
	}
	return b
}

// compact writes Thrift's compact protocol.
type compact struct {
	b    []byte
	last []int // the ids of the fields before, of the structures that are open
	id   int
}

// The types of the protocol.
const (
	typeTrue   = 1
	typeFalse  = 2
	typeInt64  = 6
	typeBytes  = 8
	typeList   = 9
	typeStruct = 12
)

func (t *compact) field(id, typ int) {
	if d := id - t.id; d > 0 && d < 16 {
		t.b = append(t.b, byte(d<<4|typ))
	} else {
		t.b = binary.AppendVarint(append(t.b, byte(typ)), int64(id))
	}
	t.id = id
}

// int writes a whole number: those of all widths are written alike, and readers take any width.
func (t *compact) int(id int, v int64) { t.int32(id, v, 5) }

func (t *compact) long(id int, v int64) { t.int32(id, v, typeInt64) }

func (t *compact) int32(id int, v int64, typ int) {
	t.field(id, typ)
	t.b = binary.AppendVarint(t.b, v)
}

func (t *compact) text(id int, s string) {
	t.field(id, typeBytes)
	t.raw(s)
}

func (t *compact) raw(s string) { t.b = append(binary.AppendUvarint(t.b, uint64(len(s))), s...) }

func (t *compact) list(id, n, typ int) {
	t.field(id, typeList)
	if n < 15 {
		t.b = append(t.b, byte(n<<4|typ))
		return
	}
	t.b = binary.AppendUvarint(append(t.b, byte(0xf0|typ)), uint64(n))
}

// begin opens a structure that is a field, element one that is an element of a list; end closes either.
func (t *compact) begin(id int) {
	t.field(id, typeStruct)
	t.element()
}

func (t *compact) element() {
	t.last = append(t.last, t.id)
	t.id = 0
}

func (t *compact) end() {
	t.stop()
	t.id = t.last[len(t.last)-1]
	t.last = t.last[:len(t.last)-1]
}

func (t *compact) stop() { t.b = append(t.b, 0) }

// metadata writes the metadata of a file.
func (t *compact) metadata(columns []column, rows int, groups [][]chunk) {
	t.int(1, 2) // the version
	t.list(2, len(columns)+1, typeStruct)
	t.element()
	t.text(4, "schema")
	t.int(5, int64(len(columns)))
	t.end()
	for i := range columns {
		t.column(&columns[i])
	}
	t.long(3, int64(rows))
	t.list(4, len(groups), typeStruct)
	for g, chunks := range groups {
		t.element()
		t.list(1, len(chunks), typeStruct)
		all := int64(0)
		n := int64(min(groupRows, rows-g*groupRows))
		for i, c := range chunks {
			all += c.plain
			t.chunk(&columns[i], c, n)
		}
		t.long(2, all)
		t.long(3, n)
		t.end()
	}
	t.text(6, "gorae")
	t.stop()
}

// column writes a column of the schema.
func (t *compact) column(c *column) {
	physical, converted := c.kind.physical()
	t.element()
	t.int(1, int64(physical))
	t.int(3, 1) // may be missing
	t.text(4, c.Name)
	if converted >= 0 && !c.nanos {
		t.int(6, int64(converted))
	}
	switch c.kind {
	case texts:
		t.begin(10)
		t.begin(1)
		t.end()
		t.end()
	case days:
		t.begin(10)
		t.begin(6)
		t.end()
		t.end()
	case times, instants:
		t.begin(10)
		t.begin(8)
		utc := typeFalse
		if c.kind == instants {
			utc = typeTrue
		}
		t.field(1, utc)
		t.begin(2)
		unit := 2 // microseconds
		if c.nanos {
			unit = 3
		}
		t.begin(unit)
		t.end()
		t.end()
		t.end()
		t.end()
	}
	t.end()
}

// chunk writes where the values of a column stand.
func (t *compact) chunk(c *column, at chunk, rows int64) {
	physical, _ := c.kind.physical()
	t.element()
	t.long(2, at.at)
	t.begin(3)
	t.int(1, int64(physical))
	t.list(2, 2, 5)
	t.b = append(t.b, 0, 6) // plain; runs and bits, of levels: 0 and 3 as zigzag numbers
	t.list(3, 1, typeBytes)
	t.raw(c.Name)
	t.int(4, 2) // gzip
	t.long(5, rows)
	t.long(6, at.plain)
	t.long(7, at.packed)
	t.long(9, at.at)
	t.end()
	t.end()
}
