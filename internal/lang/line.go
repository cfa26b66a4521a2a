package lang

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"gorae/internal/words"
)

// Width returns the number of columns of a text on a screen.
func Width(s string) int { return words.Width(s) }

// Duration returns a time in whole seconds: 1m5s, 1분 5초.
func (t *Translator) Duration(d time.Duration) string {
	d = d.Round(time.Second)
	if t.Language() != Korean {
		return d.String()
	}
	var b strings.Builder
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	if h > 0 {
		fmt.Fprintf(&b, "%d시간 ", h)
	}
	if h > 0 || m > 0 {
		fmt.Fprintf(&b, "%d분 ", m)
	}
	fmt.Fprintf(&b, "%d초", s)
	return b.String()
}

// gap is what stands between the cells of a line.
var gap = regexp.MustCompile(` {2,}`)

// Lines returns lines of a screen in the translator's language. The cells of a line, which two or more spaces part,
// stay in their columns where they can.
func (t *Translator) Lines(s string) string {
	if t == nil {
		return s
	}
	out, _ := t.lines(s, 0)
	return out
}

// lines returns lines in the translator's language. Named is the number of cells of the rows of the table that the
// lines go on with, whose first cell is a name of gorae's own, 0 for none; it is returned as the lines leave it.
func (t *Translator) lines(s string, named int) (string, int) {
	lines := strings.Split(s, "\n")
	var b strings.Builder
	for i := 0; i < len(lines); i++ {
		if out, n := t.paragraph(lines[i:]); n > 0 {
			b.WriteString(out)
			i += n - 1
		} else {
			cells, _ := split(lines[i])
			if len(cells) != named && (lines[i] != "" || i < len(lines)-1) {
				named = 0
			}
			b.WriteString(t.line(lines[i], named > 0, lines[i+1:min(len(lines), i+4)]))
			if cells[0] == ownNames {
				named = len(cells)
			}
		}
		if i < len(lines)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String(), named
}

// ownNames heads the column of a table that names what gorae has computed.
const ownNames = "forecast"

// mostLines is the greatest number of lines of one message.
const mostLines = 20

// paragraph returns the translation of a message of several lines at the beginning of lines, and their number; 0 where
// there is none.
func (t *Translator) paragraph(lines []string) (string, int) {
	for n := min(len(lines), mostLines); n > 1; n-- {
		s := strings.Join(lines[:n], "\n")
		for _, p := range t.patterns {
			if p.lines != n {
				continue
			}
			if _, ok := p.match(s); !ok {
				continue
			}
			if out, ok := t.whole(s, false, map[string]string{}); ok {
				return out, n
			}
		}
	}
	return "", 0
}

// line returns one line. Named says that it is a row whose first cell is a label; below are lines that follow it.
func (t *Translator) line(s string, named bool, below []string) string {
	body := strings.TrimLeft(s, " ")
	indent := s[:len(s)-len(body)]
	known := map[string]string{}
	name, told, _ := strings.Cut(body, " ") // gorae: note: warning:
	label, ok := t.labels[name]
	if ok && strings.HasSuffix(name, ":") {
		if out, ok := t.beginning(name, body, known); ok {
			return indent + out
		}
		told, _ := t.text(told, known)
		return indent + label + " " + told
	}
	cells, starts := split(body)
	_, labelled := t.labels[cells[0]]
	labelled = labelled && len(cells) > 1
	if !labelled || len(indent) != 2 && !named {
		if out, ok := t.whole(body, true, known); ok {
			return indent + out
		}
	}
	if len(cells) == 1 {
		out, _ := t.text(body, known)
		return indent + out
	}
	labels := 0
	for _, c := range cells {
		if _, ok := t.labels[c]; ok {
			labels++
		}
	}
	head := labelled && len(cells) > 2 && labels > len(cells)/2
	for i, c := range cells {
		label, ok := t.labels[c]
		switch {
		case ok && (head || i == 0 && (named || len(indent) == 2)):
			cells[i] = label
		case i > 0 || strings.Contains(c, " "):
			cells[i], _ = t.text(c, known)
		}
	}
	if head {
		for i, end := range rightEnds(body, below, len(indent)) {
			if end > 0 {
				starts[i] = end - Width(cells[i])
			}
		}
	}
	return indent + align(cells, starts)
}

// rightEnds returns where the cells of a table's head end that stand at the right of their columns, 0 for others: a
// cell of a row below ends where the head's cell does, and begins elsewhere, and none begins where the head's does.
func rightEnds(head string, below []string, indent int) []int {
	cells, starts := split(head)
	ends, left := make([]int, len(cells)), make([]bool, len(cells))
	for _, row := range below {
		rows, at := split(strings.TrimPrefix(row, strings.Repeat(" ", indent)))
		if len(rows) != len(cells) {
			continue
		}
		for i, c := range cells {
			end := starts[i] + Width(c)
			switch same := at[i]+Width(rows[i]) == end; {
			case at[i] == starts[i] && !same:
				left[i] = true
			case at[i] != starts[i] && same:
				ends[i] = end
			}
		}
	}
	for i := range ends {
		if left[i] {
			ends[i] = 0
		}
	}
	return ends
}

// split returns the cells of a line and the column of each.
func split(s string) (cells []string, starts []int) {
	at := 0
	for _, m := range gap.FindAllStringIndex(s, -1) {
		cells, starts = append(cells, s[at:m[0]]), append(starts, Width(s[:at]))
		at = m[1]
	}
	return append(cells, s[at:]), append(starts, Width(s[:at]))
}

// align returns cells in a line, each at its column or, where the cell before it reaches so far, two spaces behind it.
func align(cells []string, starts []int) string {
	var b strings.Builder
	columns := 0
	for i, c := range cells {
		if i > 0 {
			n := max(2, starts[i]-columns)
			b.WriteString(strings.Repeat(" ", n))
			columns += n
		}
		b.WriteString(c)
		columns += Width(c)
	}
	return b.String()
}

// Writer is a screen that prints lines in a translator's language. Flush prints a last line without an end.
type Writer struct {
	to    io.Writer
	by    *Translator
	rest  []byte
	named int // see [Translator.lines]
}

// NewWriter returns a screen over another one; for a nil translator lines pass as they are, whole.
func NewWriter(to io.Writer, by *Translator) *Writer { return &Writer{to: to, by: by} }

// Plain lets lines pass as they are from now on.
func (w *Writer) Plain() { w.by = nil }

// Write prints the lines of b, and keeps what follows the last line's end.
func (w *Writer) Write(b []byte) (int, error) {
	w.rest = append(w.rest, b...)
	end := strings.LastIndexByte(string(w.rest), '\n') + 1
	if end == 0 {
		return len(b), nil
	}
	text := w.text(string(w.rest[:end]))
	w.rest = append(w.rest[:0], w.rest[end:]...)
	if _, err := io.WriteString(w.to, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (w *Writer) text(s string) string {
	if w.by == nil {
		return s
	}
	out, named := w.by.lines(s, w.named)
	w.named = named
	return out
}

// Flush prints what follows the last line's end.
func (w *Writer) Flush() error {
	if len(w.rest) == 0 {
		return nil
	}
	text := w.text(string(w.rest))
	w.rest = w.rest[:0]
	_, err := io.WriteString(w.to, text)
	return err
}

// Cut returns the beginning of a text that takes no more than a number of columns.
func Cut(s string, columns int) string {
	n := 0
	for i, r := range s {
		if n += Width(string(r)); n > columns {
			return s[:i]
		}
	}
	return s
}
