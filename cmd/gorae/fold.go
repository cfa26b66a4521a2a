package main

import (
	"io"
	"regexp"
	"strings"

	"gorae/internal/lang"
)

// folding is a terminal on which lines that are wider than it go on in the next one, between words and indented, where
// the terminal itself would break within a word.
type folding struct {
	to      io.Writer
	columns func() int
}

// folded returns a screen that folds lines where it is a terminal, else the screen itself.
func folded(to, screen io.Writer) io.Writer {
	if !terminal(screen) {
		return to
	}
	return folding{to, func() int { return screenWidth(screen) }}
}

// Write implements io.Writer. Moving lines, which have no end, stay as they are.
func (f folding) Write(b []byte) (int, error) {
	text := string(b)
	if columns := f.columns(); strings.Contains(text, "\n") && !strings.ContainsAny(text, "\r\x1b") {
		lines := strings.SplitAfter(text, "\n")
		for i, l := range lines {
			if end := strings.TrimSuffix(l, "\n"); end != l {
				lines[i] = fold(end, columns) + "\n"
			}
		}
		text = strings.Join(lines, "")
	}
	if _, err := io.WriteString(f.to, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Places of the text of a line.
const (
	farthest = 24 // column of a text behind its name, under which the text goes on
	leastRow = 24 // columns for text: narrower terminals break lines themselves
)

// named is a line that begins with a name, apart from its text by two blanks or more.
var named = regexp.MustCompile(`^( *\S+(?: \S+)* {2,})\S`)

// fold breaks a line into rows of less than so many columns, between its parts where these are two blanks apart and a
// row is half full, else between words. Rows behind the first are indented like the text of the first.
func fold(line string, columns int) string {
	indent := len(line) - len(strings.TrimLeft(line, " ")) + 2
	if m := named.FindStringSubmatch(line); m != nil {
		if n := lang.Width(m[1]); n <= farthest {
			indent = n
		}
	}
	if columns-indent < leastRow {
		return line
	}
	var rows []string
	for room := columns - 1; lang.Width(line) > room; room = columns - 1 - indent {
		head := lang.Cut(line, room+1)
		at := strings.LastIndex(head, "  ")
		if 2*lang.Width(head[:max(at, 0)]) < room {
			at = strings.LastIndexByte(head, ' ')
		}
		if strings.TrimSpace(head[:max(at, 0)]) == "" || len(rows) == 0 && lang.Width(head[:at]) < indent {
			break // a word that is wider than the terminal
		}
		rows = append(rows, strings.TrimRight(head[:at], " "))
		line = strings.TrimLeft(line[at:], " ")
	}
	return strings.Join(append(rows, line), "\n"+strings.Repeat(" ", indent))
}
