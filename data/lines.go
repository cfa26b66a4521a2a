package data

import "sort"

// lines are the lines of a file on which rows begin: runs of rows that stand on lines one after another, since nearly
// all rows of most files do.
type lines struct {
	runs []lineRun
	n    int // rows
}

// lineRun is rows from a row on, of which that one begins on a line, and each other on the line behind the one before.
type lineRun struct {
	row, line int
}

// firstLines are the lines 1 to n.
func firstLines(n int) lines { return lines{[]lineRun{{0, 1}}, n} }

// noLines are the lines of n rows without any: 0 of each.
func noLines(n int) lines { return lines{nil, n} }

// len returns the number of rows.
func (l *lines) len() int { return l.n }

// at returns the line of row i.
func (l *lines) at(i int) int {
	if len(l.runs) == 0 {
		return 0
	}
	k := sort.Search(len(l.runs), func(k int) bool { return l.runs[k].row > i }) - 1
	return l.runs[k].line + i - l.runs[k].row
}

// add adds the line of another row.
func (l *lines) add(line int) {
	if k := len(l.runs) - 1; k < 0 || l.runs[k].line+l.n-l.runs[k].row != line {
		l.runs = append(l.runs, lineRun{l.n, line})
	}
	l.n++
}

// pick returns the lines of some of the rows.
func (l *lines) pick(rows []int) lines {
	var out lines
	if len(l.runs) == 0 {
		return out
	}
	k := 0 // the run of the last row
	for _, r := range rows {
		if r < l.runs[k].row || k+1 < len(l.runs) && r >= l.runs[k+1].row {
			k = sort.Search(len(l.runs), func(k int) bool { return l.runs[k].row > r }) - 1
		}
		out.add(l.runs[k].line + r - l.runs[k].row)
	}
	return out
}
