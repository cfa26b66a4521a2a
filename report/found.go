package report

import (
	"math"
	"regexp"
	"strings"

	"gorae/layer"
)

// block is lines that follow each other: a table, or text.
type block struct {
	Text string     // of text, its lines
	Head []string   // of a table
	Rows [][]string // likewise
}

// gap is what stands between the cells of a line.
var gap = regexp.MustCompile(` {2,}`)

// blocks parts lines into text and tables: lines of as many cells each, two or more, of which a table has two or more.
func blocks(lines []string) (all []block) {
	for i := 0; i < len(lines); {
		var rows [][]string
		for _, l := range lines[i:] {
			cells := gap.Split(strings.TrimSpace(l), -1)
			if len(cells) < 2 || len(rows) > 0 && len(cells) != len(rows[0]) {
				break
			}
			rows = append(rows, cells)
		}
		if len(rows) > 1 {
			all = append(all, block{Head: rows[0], Rows: rows[1:]})
			i += len(rows)
			continue
		}
		if n := len(all); n == 0 || all[n-1].Rows != nil {
			all = append(all, block{Text: lines[i]})
		} else {
			all[n-1].Text += "\n" + lines[i]
		}
		i++
	}
	return all
}

// quantity is a number as people read it, a whole one without decimals.
func quantity(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return layer.Thousands(int(v))
	}
	return number(v)
}
