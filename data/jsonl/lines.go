package jsonl

import (
	"bytes"
	"io"
)

// lineReader notes where lines end, so that a place in the text has a line.
type lineReader struct {
	r     io.Reader
	ends  []int64 // the places of line ends that were read and not yet asked for
	read  int64   // bytes
	until int     // line ends before ends[0]
}

// Read reads from the text.
func (l *lineReader) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:n], '\n')
		if i < 0 {
			break
		}
		at += i
		l.ends = append(l.ends, l.read+int64(at))
	}
	l.read += int64(n)
	return n, err
}

// line returns the line of the byte before a place, counted from 1. Places must not fall.
func (l *lineReader) line(place int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < place-1 {
		n++
	}
	l.ends = l.ends[n:]
	l.until += n
	return l.until + 1
}
