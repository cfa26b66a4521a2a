package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// The physical types.
const (
	boolean = iota
	int32s
	int64s
	int96s
	floats
	doubles
	byteArrays
	fixedArrays
)

// logical is what values stand for.
type logical uint8

const (
	none logical = iota
	text
	decimal
	date
	timeOfDay
	timestamp
	unsigned
	uuid
	float16
)

// leaf is a column of values.
type leaf struct {
	name     string // dotted
	physical int
	length   int // of fixed arrays, in bytes
	logical  logical
	scale    int   // of a decimal
	unit     int64 // of times, in nanoseconds
	utc      bool  // of times
	most     [2]int
	// repeated is the definition level at which the innermost list has an element; 0 without a list.
	repeated int
}

// The levels of a leaf: how many of the groups above it, and itself, are there; and how many are lists.
const (
	definition = iota
	repetition
)

// chunk is the values of a leaf in a row group.
type chunk struct {
	physical, codec   int
	values            int64
	offset, dict, all int64 // of the first data page and of the dictionary in the file; bytes of all pages
	away              bool  // in another file
}

// group is a number of rows.
type group struct {
	rows   int64
	chunks []chunk
}

// metadata is the footer of a file.
type metadata struct {
	leaves []leaf
	groups []group
	rows   int64
}

// element is a node of the schema, as it is written: all of them in depth-first order.
type element struct {
	leaf
	typed     bool
	repeats   int // 0 required, 1 optional, 2 repeated
	children  int
	converted int // −1: none
	list      bool
	dict      bool // a map
}

const magic = "PAR1"

// footer reads the metadata at the end of a file.
func footer(file []byte) (*metadata, error) {
	n := len(file)
	if n < 12 || string(file[:4]) != magic {
		return nil, errors.New("it does not begin as a Parquet file does; give it the extension of its format")
	}
	switch end := string(file[n-4:]); {
	case end == "PARE":
		return nil, errors.New("it is encrypted; write it without encryption")
	case end != magic:
		return nil, errors.New("it does not end as a Parquet file does: it was cut off; fetch it again")
	}
	size := binary.LittleEndian.Uint32(file[n-8:])
	if int64(size) > int64(n-12) {
		return nil, errors.New("its metadata are longer than the file; fetch it again")
	}
	t := &thrift{b: file[n-8-int(size) : n-8]}
	m := &metadata{}
	var schema []element
	t.fields(func(id int, typ byte) {
		switch {
		case id == 2 && typ == typeList:
			t.list(func(byte) { schema = append(schema, t.schemaElement()) })
		case id == 3:
			m.rows = t.int()
		case id == 4 && typ == typeList:
			t.list(func(byte) { m.groups = append(m.groups, t.group()) })
		default:
			t.skip(typ)
		}
	})
	if t.err != nil {
		return nil, fmt.Errorf("%w; fetch it again", t.err)
	}
	if len(schema) == 0 || schema[0].children > len(schema) {
		return nil, errors.New("its schema is damaged; fetch it again")
	}
	rest := schema[1:]
	for range schema[0].children {
		if err := m.walk(&rest, nil, [2]int{}, 0, 0); err != nil {
			return nil, err
		}
	}
	for _, g := range m.groups {
		if len(g.chunks) != len(m.leaves) || g.rows < 0 {
			return nil, errors.New("a row group has other columns than the schema; fetch it again")
		}
	}
	return m, nil
}

// mostNested is the number of groups in each other.
const mostNested = 32

// walk takes an element of the schema and those below it.
func (m *metadata) walk(rest *[]element, path []string, most [2]int, repeated, depth int) error {
	if len(*rest) == 0 || depth > mostNested {
		return errors.New("its schema is damaged; fetch it again")
	}
	e := (*rest)[0]
	*rest = (*rest)[1:]
	if e.repeats > 0 {
		most[definition]++
	}
	if e.repeats == 2 {
		most[repetition]++
		repeated = most[definition]
	}
	if e.name != "" {
		path = append(path[:len(path):len(path)], e.name)
	}
	if e.typed {
		e.leaf.name, e.most, e.repeated = strings.Join(path, "."), most, repeated
		e.legacy()
		m.leaves = append(m.leaves, e.leaf)
		return nil
	}
	for range e.children {
		// The levels list.element of a list and key_value of a map are not the user's names.
		if r := *rest; len(r) > 0 && r[0].repeats == 2 && (e.list || e.dict) {
			if !r[0].typed && e.list && r[0].children == 1 && len(r) > 1 {
				r[1].name = ""
			}
			r[0].name = ""
		}
		if err := m.walk(rest, path, most, repeated, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// schemaElement reads an element of the schema.
func (t *thrift) schemaElement() element {
	e := element{converted: -1}
	t.fields(func(id int, typ byte) {
		switch id {
		case 1:
			e.physical, e.typed = int(t.int()), true
		case 2:
			e.length = int(int32(t.int()))
		case 3:
			e.repeats = int(t.int())
		case 4:
			e.name = string(t.bytes())
		case 5:
			e.children = int(int32(t.int()))
		case 6:
			e.converted = int(t.int())
		case 7:
			e.scale = int(int32(t.int()))
		case 10:
			t.logical(&e)
		default:
			t.skip(typ)
		}
	})
	e.list = e.list || e.converted == 3
	e.dict = e.dict || e.converted == 1 || e.converted == 2
	return e
}

// logical reads the logical type.
func (t *thrift) logical(e *element) {
	t.fields(func(id int, typ byte) {
		if typ != typeStruct {
			t.skip(typ)
			return
		}
		kinds := map[int]logical{1: text, 4: text, 5: decimal, 6: date, 7: timeOfDay, 8: timestamp, 12: text, 14: uuid,
			15: float16}
		if k, ok := kinds[id]; ok {
			e.leaf.logical = k
		}
		e.dict = e.dict || id == 2
		e.list = e.list || id == 3
		t.fields(func(of int, typ byte) {
			switch {
			case id == 5 && of == 1:
				e.scale = int(int32(t.int()))
			case (id == 7 || id == 8) && of == 1:
				e.utc = typ == typeTrue
			case (id == 7 || id == 8) && of == 2:
				t.fields(func(unit int, typ byte) {
					e.unit = map[int]int64{1: 1e6, 2: 1e3, 3: 1}[unit]
					t.skip(typ)
				})
			case id == 10 && of == 2 && typ == typeFalse:
				e.leaf.logical = unsigned
			default:
				t.skip(typ)
			}
		})
	})
}

// legacy takes the converted type of files that were written without logical types.
func (e *element) legacy() {
	if e.leaf.logical != none || e.converted < 0 {
		return
	}
	switch e.converted {
	case 0, 4, 19: // UTF8, ENUM, JSON
		e.leaf.logical = text
	case 5:
		e.leaf.logical = decimal
	case 6:
		e.leaf.logical = date
	case 7, 8:
		e.leaf.logical, e.unit = timeOfDay, map[int]int64{7: 1e6, 8: 1e3}[e.converted]
	case 9, 10:
		e.leaf.logical, e.unit, e.utc = timestamp, map[int]int64{9: 1e6, 10: 1e3}[e.converted], true
	case 11, 12, 13, 14:
		e.leaf.logical = unsigned
	}
}

// group reads a row group.
func (t *thrift) group() group {
	var g group
	t.fields(func(id int, typ byte) {
		switch {
		case id == 1 && typ == typeList:
			t.list(func(byte) { g.chunks = append(g.chunks, t.chunk()) })
		case id == 3:
			g.rows = t.int()
		default:
			t.skip(typ)
		}
	})
	return g
}

// chunk reads a column chunk.
func (t *thrift) chunk() chunk {
	var c chunk
	t.fields(func(id int, typ byte) {
		switch id {
		case 1:
			c.away = len(t.bytes()) > 0
		case 3:
			t.fields(func(id int, typ byte) {
				switch id {
				case 1:
					c.physical = int(t.int())
				case 4:
					c.codec = int(t.int())
				case 5:
					c.values = t.int()
				case 7:
					c.all = t.int()
				case 9:
					c.offset = t.int()
				case 11:
					c.dict = t.int()
				default:
					t.skip(typ)
				}
			})
		default:
			t.skip(typ)
		}
	})
	return c
}

// page is the header of a page.
type page struct {
	kind             int // 0 data, 2 dictionary, 3 data of version 2
	unpacked, packed int
	values           int
	encoding         int
	levels           [2]int // encodings of version 1, bytes of version 2
	plain            bool   // of version 2: not compressed
}

// page reads the header of a page.
func (t *thrift) page() page {
	var p page
	t.fields(func(id int, typ byte) {
		switch {
		case id == 1:
			p.kind = int(t.int())
		case id == 2:
			p.unpacked = int(int32(t.int()))
		case id == 3:
			p.packed = int(int32(t.int()))
		case (id == 5 || id == 7 || id == 8) && typ == typeStruct:
			version2, dict := id == 8, id == 7
			t.fields(func(id int, typ byte) {
				switch {
				case id == 1:
					p.values = int(int32(t.int()))
				case dict && id > 2:
					t.skip(typ)
				case id == 2 && !version2, id == 4 && version2:
					p.encoding = int(t.int())
				case id == 3 && !version2, id == 5 && version2:
					p.levels[definition] = int(int32(t.int()))
				case id == 4 && !version2, id == 6 && version2:
					p.levels[repetition] = int(int32(t.int()))
				case id == 7 && version2:
					p.plain = typ == typeFalse
				default:
					t.skip(typ)
				}
			})
		default:
			t.skip(typ)
		}
	})
	return p
}
