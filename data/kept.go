package data

import (
	"errors"
	"math"
	"slices"
	"strings"

	"gorae/internal/arrayfile"
	"gorae/internal/par"
)

// tableFormat is the number of the form in which tables are kept.
const tableFormat = 2

// tableIndex describes a kept table: see docs/format/columns.md.
type tableIndex struct {
	Format  int           `json:"format"`
	Rows    int           `json:"rows"`
	Header  bool          `json:"header"`
	Total   string        `json:"total,omitempty"`
	Guesses []keptGuess   `json:"guesses,omitempty"`
	Runs    int           `json:"runs"` // of lines; 0: no lines
	Lines   arrayfile.Ref `json:"lines"`
	Columns []keptColumn  `json:"columns"`
}

// keptGuess is a guess with what its JSON leaves out.
type keptGuess struct {
	Guess
	Thousands bool     `json:"thousands,omitempty"`
	Quiet     bool     `json:"quiet,omitempty"`
	Spelled   *spelled `json:"spelled,omitempty"`
}

// keptColumn is a column: numbers, or marks of missing values with codes of words; both with the text of all where
// neither words nor decimals give it.
type keptColumn struct {
	Name    string         `json:"name"`
	Kind    Kind           `json:"kind"`
	Reading Reading        `json:"reading"`
	Mixed   bool           `json:"mixed,omitempty"`
	Numbers *arrayfile.Ref `json:"numbers,omitempty"`
	Missing *arrayfile.Ref `json:"missing,omitempty"`
	Codes   *arrayfile.Ref `json:"codes,omitempty"`
	How     *arrayfile.Ref `json:"how,omitempty"`   // numbers are written: see decimals
	Words   *keptText      `json:"words,omitempty"` // of the codes, or of values that are no numbers in plain numerals
	Text    []keptText     `json:"text,omitempty"`  // of the values
}

// keptText is texts end to end, and where each of them ends.
type keptText struct {
	N    int           `json:"n"`
	Text arrayfile.Ref `json:"text"`
	Ends arrayfile.Ref `json:"ends"`
}

// keep writes a table to a file.
func (c *Cache) keep(t *Table, path string) error {
	w, err := arrayfile.NewWriter(c.Dir)
	if err != nil {
		return err
	}
	x := tableIndex{Format: tableFormat, Rows: t.Rows, Header: t.Header, Total: t.total, Runs: len(t.lines.runs)}
	for _, g := range t.Guesses {
		x.Guesses = append(x.Guesses, keptGuess{g, g.thousands, g.quiet, g.spelled})
	}
	runs := make([]int64, 0, 2*len(t.lines.runs))
	for _, r := range t.lines.runs {
		runs = append(runs, int64(r.row), int64(r.line))
	}
	x.Lines = w.Add(arrayfile.Bytes(runs))
	for i := range t.Columns {
		x.Columns = append(x.Columns, t.Columns[i].keep(w))
		if w.Size() > c.most() {
			w.Abandon()
			return c.errTooLarge()
		}
	}
	return w.Keep(path, x)
}

// keep writes the values of a column.
func (c *Column) keep(w *arrayfile.Writer) keptColumn {
	k := keptColumn{Name: c.Name, Kind: c.Kind, Reading: c.Reading, Mixed: c.mixed}
	add := func(b []byte) *arrayfile.Ref {
		r := w.Add(b)
		return &r
	}
	text := func(p piece) keptText {
		return keptText{len(p.ends), w.Add([]byte(p.text)), w.Add(arrayfile.Bytes(p.ends))}
	}
	if c.Kind == Number {
		k.Numbers = add(arrayfile.Bytes(c.Numbers))
	} else {
		k.Missing = add(arrayfile.Bytes(c.Missing))
	}
	words := func(of []string) *keptText {
		if len(of) == 0 {
			return nil
		}
		var p piece
		var all strings.Builder
		for _, s := range of {
			all.WriteString(s)
			p.ends = append(p.ends, uint32(all.Len()))
		}
		p.text = all.String()
		t := text(p)
		return &t
	}
	s := c.spelled
	switch {
	case c.Kind == Category && c.coding != nil:
		s = &spelling{coding: c.coding}
	case c.Kind == Category:
		s = c.spelling()
	}
	switch {
	case s == nil:
	case s.coding != nil:
		k.Codes, k.Words = add(arrayfile.Bytes(s.coding.codes)), words(s.coding.words)
	case s.decimals != nil:
		k.How, k.Words = add(s.decimals.how), words(s.decimals.words)
	default:
		for _, p := range s.pieces {
			k.Text = append(k.Text, text(p))
		}
	}
	return k
}

// errContent is the error of a kept table whose arrays do not fit together.
var errContent = errors.New("its arrays do not fit together")

// open opens a kept table.
func (c *Cache) open(path, name string, o CSVOptions) (*Table, error) {
	var x tableIndex
	k, err := arrayfile.Open(path, &x)
	if err != nil {
		return nil, err
	}
	if x.Format != tableFormat || x.Rows < 1 || len(x.Columns) == 0 {
		return nil, errContent
	}
	if err := k.Check(x.refs()); err != nil {
		return nil, err
	}
	t := &Table{Name: name, Header: x.Header, Rows: x.Rows, Marks: o.Missing, dates: o.Dates, zone: o.Zone,
		flags: o.Flags, total: x.Total, Columns: make([]Column, len(x.Columns))}
	for _, g := range x.Guesses {
		g.Guess.thousands, g.Guess.quiet, g.Guess.spelled = g.Thousands, g.Quiet, g.Spelled
		t.Guesses = append(t.Guesses, g.Guess)
	}
	if t.lines, err = x.lines(k); err != nil {
		return nil, err
	}
	errs := make([]error, len(x.Columns))
	par.Each(len(errs), func(i int) { t.Columns[i], errs[i] = x.Columns[i].read(k, x.Rows) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if t.scratch, err = c.scratch(name); err != nil { // rows that are taken from it lie in memory
		c.failed(name, err)
	}
	return t, nil
}

// refs returns the places of all arrays.
func (x *tableIndex) refs() []arrayfile.Ref {
	refs := []arrayfile.Ref{x.Lines}
	for _, c := range x.Columns {
		for _, r := range []*arrayfile.Ref{c.Numbers, c.Missing, c.Codes, c.How} {
			if r != nil {
				refs = append(refs, *r)
			}
		}
		text := c.Text
		if c.Words != nil {
			text = append(slices.Clone(text), *c.Words)
		}
		for _, p := range text {
			refs = append(refs, p.Text, p.Ends)
		}
	}
	return refs
}

// lines reads the lines of the rows.
func (x *tableIndex) lines(k *arrayfile.Kept) (lines, error) {
	if x.Runs == 0 {
		return lines{}, nil
	}
	all, err := arrayfile.Read[int64](k, x.Lines, 2*x.Runs)
	if err != nil {
		return lines{}, err
	}
	out := lines{n: x.Rows}
	for i := 0; i < len(all); i += 2 {
		r := lineRun{int(all[i]), int(all[i+1])}
		if i == 0 && r.row != 0 || i > 0 && int64(r.row) <= all[i-2] || r.row >= x.Rows || r.line < 0 {
			return lines{}, errContent
		}
		out.runs = append(out.runs, r)
	}
	return out, nil
}

// read returns the column of a table of some rows.
func (c *keptColumn) read(k *arrayfile.Kept, rows int) (Column, error) {
	out := Column{Name: c.Name, Kind: c.Kind, Reading: c.Reading, mixed: c.Mixed}
	var err error
	switch {
	case c.Kind == Number && c.Numbers != nil && !c.Mixed:
		if out.Numbers, err = arrayfile.Read[float64](k, *c.Numbers, rows); err != nil {
			return out, err
		}
	case c.Kind == Category && c.Missing != nil:
		var marks []uint8
		if marks, err = arrayfile.Read[uint8](k, *c.Missing, rows); err != nil {
			return out, err
		}
		for part := range k.Parts(*c.Missing) {
			if slices.ContainsFunc(part, func(m uint8) bool { return m > 1 }) {
				return out, errContent
			}
		}
		out.Missing = arrayfile.Of[bool](marks)
	default:
		return out, errContent
	}
	if out.spelled, err = c.spelling(k, &out, rows); err == nil && out.Kind == Category && out.spelled.coding != nil {
		out.coding, out.spelled = out.spelled.coding, nil
	}
	return out, err
}

// spelling reads how the values of the column are written; nil where that is not known.
func (c *keptColumn) spelling(k *arrayfile.Kept, out *Column, rows int) (*spelling, error) {
	switch {
	case c.Codes != nil && c.Words != nil:
		of, err := c.coding(k, rows)
		return &spelling{coding: of}, err
	case c.How != nil && c.Kind == Number:
		of, err := c.decimals(k, out.Numbers)
		return &spelling{decimals: of}, err
	case c.Kind == Number && len(c.Text) == 0:
		return nil, nil
	}
	var pieces []piece
	n := 0
	for i := range c.Text {
		p, err := c.Text[i].read(k)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
		n += len(p.ends)
	}
	if n != rows {
		return nil, errContent
	}
	return ofPieces(pieces), nil
}

// decimals reads how numbers are written.
func (c *keptColumn) decimals(k *arrayfile.Kept, numbers []float64) (*decimals, error) {
	words, err := c.words(k)
	if err != nil {
		return nil, err
	}
	how, err := arrayfile.Read[uint8](k, *c.How, len(numbers))
	if err != nil {
		return nil, err
	}
	for part := range k.Parts(*c.How) {
		if slices.ContainsFunc(part, func(how uint8) bool {
			return how != unwritten && int(how) >= firstWord+len(words)
		}) {
			return nil, errContent
		}
	}
	return &decimals{numbers: numbers, how: how, words: words}, nil
}

// words reads the words of the column.
func (c *keptColumn) words(k *arrayfile.Kept) ([]string, error) {
	if c.Words == nil {
		return nil, nil
	}
	p, err := c.Words.read(k)
	if err != nil {
		return nil, err
	}
	words := make([]string, len(p.ends))
	for i := range words {
		words[i] = p.at(i)
	}
	return words, nil
}

// coding reads the words of the column and the codes of the rows.
func (c *keptColumn) coding(k *arrayfile.Kept, rows int) (*coding, error) {
	codes, err := arrayfile.Read[int32](k, *c.Codes, rows)
	if err != nil {
		return nil, err
	}
	words, err := c.words(k)
	if err != nil {
		return nil, err
	}
	out := &coding{codes: codes, words: words}
	for part := range k.Parts(*c.Codes) {
		for _, code := range arrayfile.Of[int32](part) {
			if uint32(code) >= uint32(len(out.words)) {
				return nil, errContent
			}
		}
	}
	return out, nil
}

// read reads texts, one at least.
func (t *keptText) read(k *arrayfile.Kept) (piece, error) {
	if t.N < 1 || t.N > math.MaxInt32 || t.Text.N > math.MaxUint32 {
		return piece{}, errContent
	}
	text, err := arrayfile.Read[uint8](k, t.Text, int(t.Text.N))
	if err != nil {
		return piece{}, err
	}
	ends, err := arrayfile.Read[uint32](k, t.Ends, t.N)
	if err != nil {
		return piece{}, err
	}
	last := uint32(0)
	for part := range k.Parts(t.Ends) {
		for _, end := range arrayfile.Of[uint32](part) {
			if end < last {
				return piece{}, errContent
			}
			last = end
		}
	}
	if int64(last) != int64(len(text)) {
		return piece{}, errContent
	}
	return piece{arrayfile.Text(text), ends}, nil
}
