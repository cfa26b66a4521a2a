package prep

import (
	"encoding/binary"
	"fmt"

	"gorae/data"
	"gorae/internal/arrayfile"
	"gorae/internal/par"
	"gorae/tensor"
)

// packed is the rows of a table whose values lie in files, as features: records of a file, in which a category is its
// number and not a feature for each. The features of a row are those of lay.
type packed struct {
	width   int
	columns []packedColumn
	numbers []span  // what the columns of numbers are together: those next to each other are one
	codes   []coded // the others
	rows    int
	records *arrayfile.Records
}

// packedColumn is n features from place at on. In a record they begin at byte from: themselves, or, where code is not
// 0, the number of the one that is 1, from 1, in so many bytes; 0 of none.
type packedColumn struct {
	*applied
	at, n, from, code int
	feature           func(r int) int // of a row; where code is not 0
}

// span is n features from place at on, which begin at byte from of a record.
type span struct{ at, n, from int }

// coded is features from place at on, of which one may be 1: that of the number at byte from of a record.
type coded struct{ at, from, bytes int }

// spans sets numbers and codes.
func (d *packed) spans() {
	for _, c := range d.columns {
		if c.code != 0 {
			d.codes = append(d.codes, coded{c.at, c.from, c.code})
			continue
		}
		if k := len(d.numbers) - 1; k >= 0 && d.numbers[k].at+d.numbers[k].n == c.at &&
			d.numbers[k].from+4*d.numbers[k].n == c.from {
			d.numbers[k].n += c.n
			continue
		}
		d.numbers = append(d.numbers, span{c.at, c.n, c.from})
	}
}

// pack returns the rows of a table as features of one input; training says that t is the table that was fitted to.
func (p *Pipeline) pack(t *data.Table, in Input, training bool) (data.Dataset, error) {
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: no rows", t.Name)
	}
	d := &packed{rows: t.Rows}
	for _, f := range p.of(in.Columns) {
		a, err := p.apply(t, f, training)
		if err != nil {
			return nil, err
		}
		c := packedColumn{applied: a, at: d.width, n: a.features()}
		if e, is := f.Encoded.(*oneHot); is && !f.Spec.Indicator {
			c.code, c.feature = codeBytes(c.n), e.feature(a.c)
		}
		d.columns, d.width = append(d.columns, c), d.width+c.n
	}
	size := 0
	for _, bytes := range []int{0, 4, 2, 1} { // numbers stand at multiples of their size
		for k := range d.columns {
			if c := &d.columns[k]; c.code == bytes {
				c.from = size
				if size += bytes; bytes == 0 {
					size += 4 * c.n
				}
			}
		}
	}
	size = (size + 3) / 4 * 4
	d.spans()
	d.records = t.Scratch().Records(t.Rows, size)
	err := d.write(size)
	if err != nil && t.Scratch().Err() != nil { // the disk has no room for them
		d.records = (*arrayfile.Scratch)(nil).Records(t.Rows, size)
		err = d.write(size)
	}
	return d, err
}

// codeBytes is how many bytes hold a number up to n.
func codeBytes(n int) int {
	switch {
	case n < 1<<8:
		return 1
	case n < 1<<16:
		return 2
	}
	return 4
}

// write writes the records.
func (d *packed) write(size int) error {
	errs := make([]error, (d.rows+packedRows-1)/packedRows)
	par.Each(len(errs), func(block int) {
		from := block * packedRows
		n := min(packedRows, d.rows-from)
		records := make([]byte, n*size)
		for k := range d.columns {
			if errs[block] = d.columns[k].pack(records, size, from); errs[block] != nil {
				return
			}
		}
		errs[block] = d.records.Write(from, records)
	})
	for _, err := range errs {
		if err == nil {
			continue
		}
		for k := range d.columns { // the first error, column by column
			c := &d.columns[k]
			if err := c.all(make([]float32, c.n), 0); err != nil {
				return err
			}
		}
		return err
	}
	return nil
}

// packedRows is how many rows one thread packs at a time.
const packedRows = 4096

// pack writes the column's part of records from a row on.
func (c *packedColumn) pack(records []byte, size, from int) error {
	n := len(records) / size
	if c.code == 0 {
		x := make([]float32, n*c.n)
		if err := c.rows(x, c.n, from); err != nil {
			return err
		}
		b := arrayfile.Bytes(x)
		for i := range n {
			copy(records[i*size+c.from:], b[i*4*c.n:(i+1)*4*c.n])
		}
		return nil
	}
	for i := range n {
		to := records[i*size+c.from:]
		switch k := c.feature(from + i); c.code {
		case 1:
			to[0] = byte(k)
		case 2:
			binary.LittleEndian.PutUint16(to, uint16(k))
		default:
			binary.LittleEndian.PutUint32(to, uint32(k))
		}
	}
	return nil
}

// Spec implements data.Dataset.
func (d *packed) Spec() data.Spec {
	s := data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{d.width}}}}
	if d.records.Filed() {
		s.Arrange = func(n int, order func(place int) int) data.Arrangement {
			if a := d.records.Arrange(n, order); a != nil {
				return a
			}
			return nil
		}
	}
	return s
}

// Len implements data.Dataset.
func (d *packed) Len() int { return d.rows }

// Read implements data.Dataset.
func (d *packed) Read(_, i int, row data.Row) error {
	if i < 0 || i >= d.rows {
		return fmt.Errorf("no row %d of %d", i, d.rows)
	}
	if len(row) == 0 {
		return nil
	}
	x := row[0].F32
	clear(x)
	return d.records.Read(i, func(record []byte) { d.unpack(x, record) })
}

// ReadBatch implements data.Batcher.
func (d *packed) ReadBatch(_ int, samples []int, to []*tensor.Tensor) (int, error) {
	for n, i := range samples {
		if i < 0 || i >= d.rows {
			return n, fmt.Errorf("no row %d of %d", i, d.rows)
		}
	}
	if len(to) == 0 {
		return len(samples), nil
	}
	x := to[0].F32
	clear(x)
	return d.records.ReadAll(samples, func(k int, record []byte) { d.unpack(x[k*d.width:(k+1)*d.width], record) })
}

// unpack lays a record out as features, which are zeros.
func (d *packed) unpack(x []float32, record []byte) {
	for _, s := range d.numbers {
		copy(x[s.at:s.at+s.n], arrayfile.Of[float32](record[s.from:s.from+4*s.n]))
	}
	for _, c := range d.codes {
		feature := 0
		switch b := record[c.from:]; c.bytes {
		case 1:
			feature = int(b[0])
		case 2:
			feature = int(binary.LittleEndian.Uint16(b))
		default:
			feature = int(binary.LittleEndian.Uint32(b))
		}
		if feature > 0 {
			x[c.at+feature-1] = 1
		}
	}
}
