package main

import (
	"io"
	"regexp"
	"runtime"
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
		lines := strings.Split(text, "\n")
		last := lastColumns(lines)
		for i, l := range lines[:len(lines)-1] {
			switch {
			case ruled(l):
				lines[i] = lang.Cut(l, columns-1)
			case last[i] > 0 && columns-last[i] >= leastRow:
				lines[i] = foldAt(l, columns, last[i], false)
			default:
				lines[i] = fold(l, columns)
			}
		}
		text = strings.Join(lines, "\n")
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

// ruled reports whether a line is a rule below or above the columns of a table.
func ruled(line string) bool { return line != "" && strings.Trim(line, "─ ") == "" }

// lastColumns returns of each line that is a row of a table the column at which the table's last column begins, else 0.
// A table has a rule below its head and one below its rows.
func lastColumns(lines []string) []int {
	at := make([]int, len(lines))
	open := 0
	for i, l := range lines {
		switch {
		case ruled(l) && open > 0:
			open = 0
		case ruled(l):
			open = lang.Width(l[:strings.LastIndexByte(l, ' ')+1])
			if i > 0 {
				at[i-1] = open
			}
		default:
			at[i] = open
		}
	}
	return at
}

// fold breaks a line into rows of less than so many columns. Rows behind the first are indented like the text of the
// first. A command goes on behind a backslash, as shells have it.
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
	if strings.HasPrefix(line, "  "+program+" ") {
		if runtime.GOOS == "windows" { // its shells have other signs
			return line
		}
		return strings.ReplaceAll(foldAt(line, columns-2, indent, true), "\n", " \\\n")
	}
	return foldAt(line, columns, indent, true)
}

// foldAt breaks a line, between its parts where they may be broken apart, are two blanks apart and a row is half full,
// else between words.
func foldAt(line string, columns, indent int, parts bool) string {
	var rows []string
	for room := columns - 1; lang.Width(line) > room; room = columns - 1 - indent {
		head := lang.Cut(line, room+1)
		at := strings.LastIndex(head, "  ")
		if !parts || 2*lang.Width(head[:max(at, 0)]) < room {
			at = strings.LastIndexByte(head, ' ')
			for at > 0 && inseparable(line[:at], line[at+1:]) {
				at = strings.LastIndexByte(head[:at], ' ')
			}
		}
		if strings.TrimSpace(head[:max(at, 0)]) == "" || len(rows) == 0 && parts && lang.Width(head[:at]) < indent {
			break // a word that is wider than the terminal
		}
		rows = append(rows, strings.TrimRight(head[:at], " "))
		line = strings.TrimLeft(line[at:], " ")
	}
	return strings.Join(append(rows, line), "\n"+strings.Repeat(" ", indent))
}

// inseparable reports whether what stands before and behind a blank belongs together: p = 0.05, 95 %, 3 ± 1.
func inseparable(before, behind string) bool {
	sign := func(word string) bool { return word != "" && strings.Trim(word, "=<>±≤≥") == "" }
	next, _, _ := strings.Cut(behind, " ")
	return strings.HasPrefix(next, "%") || sign(next) || sign(before[strings.LastIndexByte(before, ' ')+1:])
}
