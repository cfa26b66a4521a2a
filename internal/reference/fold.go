package reference

import (
	"regexp"
	"strings"

	"gorae/internal/lang"
)

// labelled is a row of a table in a formula's place: a label, two blanks or more, and a text.
var labelled = regexp.MustCompile(`^ +\S+ {2,}`)

// farthestLabel is the greatest column at which a text behind a label begins.
const farthestLabel = 24

// foldCode breaks a line of a formula or an example into rows of at most so many columns, where fewest brackets are
// open, behind a comma if there is one. Rows behind the first are indented, those of a labelled text like the text. A
// flow mapping of YAML and a literal of Go keep their meaning.
func foldCode(line string, width int) []string {
	indent := len(line) - len(strings.TrimLeft(line, " ")) + 4
	if label := labelled.FindString(line); label != "" && lang.Width(label) <= farthestLabel {
		indent = lang.Width(label)
	}
	var rows []string
	for room := width; lang.Width(line) > room; room = width - indent {
		at := breakOf(line, room)
		if at <= 0 {
			break
		}
		rows, line = append(rows, strings.TrimRight(line[:at], " ")), strings.TrimLeft(line[at:], " ")
		if len(rows) > 1 {
			rows[len(rows)-1] = strings.Repeat(" ", indent) + rows[len(rows)-1]
		}
	}
	if len(rows) > 0 {
		line = strings.Repeat(" ", indent) + line
	}
	return append(rows, line)
}

// breakOf returns the place of the blank at which a line that is wider than room is broken: of those in the second half
// of the room the best one; of no such the last one before; 0 where there is none.
func breakOf(line string, room int) int {
	at, best, depth := 0, 0, 0
	lead := len(line) - len(strings.TrimLeft(line, " "))
	for i, r := range line {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ' ':
			w := lang.Width(line[:i])
			if w > room {
				return at
			}
			if i <= lead {
				continue
			}
			cost := 2 * depth
			if !strings.HasSuffix(line[:i], ",") {
				cost++
			}
			if 2*w < room {
				cost += 1000
			}
			if at == 0 || cost <= best {
				at, best = i, cost
			}
		}
	}
	return at
}
