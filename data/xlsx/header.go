package xlsx

import (
	"slices"
	"strconv"
	"strings"

	"gorae/internal/words"
)

// mostHeader is the number of lines that a header may have.
const mostHeader = 10

// header returns where the header begins and where the rows below it do, as indices of the sheet's rows. Titles are the
// rows before the first that has more than half as many values as most rows have, or half of them behind an empty first
// cell, as a header without a name for its index. The header is the first row below; merged cells in it say how many
// lines it has.
func (r *tableReader) header() (head, below int) {
	rows := r.sheet.rows
	if len(rows) == 0 {
		return 0, 0
	}
	if r.o.Skip == 0 && !(r.o.Header != nil && !*r.o.Header) {
		usual, left := usual(rows)
		for head < len(rows)-1 && (2*len(rows[head].cells) < usual ||
			2*len(rows[head].cells) == usual && rows[head].cells[0].column == left) {
			head++
		}
	}
	if head > 0 {
		r.rows.Guess("", head, r.rows.Setting("skip", strconv.Itoa(rows[head].line-1))+" says the same",
			"%s passed over as titles (%s)", lines(rows[0].line, rows[head-1].line),
			words.Clip(strings.TrimSpace(rows[0].cells[0].text), 40))
	}
	if r.o.Header != nil && !*r.o.Header {
		return head, head
	}
	if r.o.Header == nil && !names(&rows[head]) {
		r.rows.Guess("", 1, r.rows.Setting("header", "true")+" takes its cells for names",
			"%s is a row, as it holds a number", lines(rows[head].line, rows[head].line))
		return head, head
	}
	last := r.last(&rows[head], rows[head+1:])
	below = head + 1
	for below < len(rows) && rows[below].line <= last {
		below++
	}
	if below > head+1 {
		r.rows.Guess("", below-head, r.rows.Setting("skip", strconv.Itoa(rows[below-1].line))+" with columns says "+
			"otherwise", "%s are one header with merged cells", lines(rows[head].line, last))
	}
	return head, below
}

// usual returns the number of values that half of the rows have at least, of the first thousand, and the first column
// that has values.
func usual(rows []row) (values, left int) {
	var n []int
	left = mostColumns
	for _, r := range rows[:min(len(rows), 1000)] {
		n = append(n, len(r.cells))
		left = min(left, r.cells[0].column)
	}
	slices.Sort(n)
	return n[len(n)/2], left
}

// notes returns the number of rows at the end that are notes below a table of at least three columns: a text alone in
// the first column.
func (r *tableReader) notes(body []row) int {
	usual, left := usual(body)
	n := 0
	for ; n < len(body)-1 && usual >= 3; n++ {
		if c := body[len(body)-1-n].cells; len(c) != 1 || c[0].column != left || c[0].kind != text {
			break
		}
	}
	if n > 0 {
		from, to := body[len(body)-n], body[len(body)-1]
		r.rows.Guess("", n, "", "%s passed over as notes (%s)", lines(from.line, to.line),
			words.Clip(strings.TrimSpace(from.cells[0].text), 40))
	}
	return n
}

// names reports whether a row holds names: no number, unless its numbers are different years.
func names(r *row) bool {
	seen := map[float64]bool{}
	for _, c := range r.cells {
		switch {
		case c.kind == text, c.kind == failed:
		case c.kind == number && c.number >= 1800 && c.number < 2200 && c.number == float64(int(c.number)) &&
			!seen[c.number]:
			seen[c.number] = true
		default:
			return false
		}
	}
	return true
}

// last returns the line in which a header ends: merged cells that go down say so; of those that go across, the line
// below has the names of the parts, where it holds names.
func (r *tableReader) last(head *row, below []row) int {
	last, across := head.line, false
	for _, m := range r.sheet.merges {
		if m.top <= head.line && m.bottom >= head.line {
			last = max(last, min(m.bottom, head.line+mostHeader-1))
			across = across || m.right > m.left
		}
	}
	if across && last == head.line && len(below) > 0 && below[0].line == last+1 && names(&below[0]) {
		last++
	}
	if n := len(below); n > 0 && last >= below[n-1].line {
		return head.line // no row would be left
	}
	return last
}

// use sets the columns of the sheet that have values below the header, or a name in it.
func (r *tableReader) use(head, body []row) {
	used := map[int]bool{}
	for _, rows := range [][]row{head, body} {
		for i := range rows {
			for _, c := range rows[i].cells {
				used[c.column] = true
			}
		}
	}
	for c := range used {
		r.columns = append(r.columns, c)
	}
	slices.Sort(r.columns)
}

// names returns the names of the columns: the words that stand over each of them, without repetitions.
func (r *tableReader) names(head []row) []string {
	out := make([]string, len(r.columns))
	for i, column := range r.columns {
		var parts []string
		for k := range head {
			c := head[k].at(column)
			if c == nil {
				c = r.merged(head, head[k].line, column)
			}
			if c == nil {
				continue
			}
			if s := shown(c); s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		if out[i] = strings.Join(parts, " "); out[i] == "" {
			out[i] = "c" + strconv.Itoa(i+1)
		}
	}
	return out
}

// merged returns the cell whose value an empty cell of a header has, as both are merged; nil where it is in none.
func (r *tableReader) merged(head []row, line, column int) *cell {
	for _, m := range r.sheet.merges {
		if line < m.top || line > m.bottom || column < m.left || column > m.right {
			continue
		}
		for k := range head {
			if head[k].line == m.top {
				return head[k].at(m.left)
			}
		}
	}
	return nil
}

// shown returns the text of a cell of a header.
func shown(c *cell) string {
	switch c.kind {
	case number:
		return strconv.FormatFloat(c.number, 'f', -1, 64)
	case boolean:
		return strconv.FormatBool(c.number != 0)
	}
	return strings.Join(strings.Fields(c.text), " ")
}
