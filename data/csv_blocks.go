package data

import (
	"bufio"
	"bytes"
	"io"
	"slices"

	"gorae/internal/par"
)

// How much of a file is read at a time, and how much of that is cut at once by one thread, in bytes; tests set other
// sizes, and 0 where the scanner reads all. A greater window is read for a record that does not fit, up to mostWindow.
var windowSize, blockSize = 1 << 19, 128 << 10

const mostWindow = 64 << 20

// blocks reads the records behind those that the scanner has read, block by block on all threads. What the blocks hold
// does not depend on how many there are: each is cut from the beginning of a record on, and one that turns out to begin
// within a record, as a line end stands in quotes there, is cut again behind that record.
type blocks struct {
	s            *scanner
	end          *lastRecords
	cutter       cutter
	window, size int // windowSize, blockSize
	list         []*block
	threads      []cutting
	final        bool
}

// Run cuts one block.
func (bs *blocks) Run(i, thread int) {
	bs.threads[thread].cut(&bs.cutter, bs.list[i], bs.final && i == len(bs.list)-1)
}

// newBlocks returns the reader of blocks of records of a width; nil where the scanner has to read all of them.
func newBlocks(s *scanner, end *lastRecords, width int) *blocks {
	if blockSize == 0 || s.comma == ' ' || end.most > 0 || s.held != nil || len(s.blanks) > 0 {
		return nil
	}
	return &blocks{s: s, end: end, window: windowSize, size: blockSize,
		threads: make([]cutting, par.Default().Threads()),
		cutter:  cutter{comma: byte(s.comma), quotes: s.quotes, rows: s.rows, width: width, title: end.title}}
}

// read adds the records to b, up to the end or to the first that the scanner has to read, and leaves the rest to it.
func (bs *blocks) read(b *builder) {
	size := bs.window
	buffer := make([]byte, 0, size+padding)
	for {
		if size+padding > cap(buffer) {
			buffer = append(make([]byte, 0, size+padding), buffer...)
		}
		n, err := io.ReadFull(bs.s.r, buffer[len(buffer):size])
		buffer = buffer[:len(buffer)+n]
		bs.final = err == io.EOF || err == io.ErrUnexpectedEOF
		whole := len(buffer)
		if !bs.final {
			whole = bytes.LastIndexByte(buffer, '\n') + 1
		}
		bs.cutter.decoded = bs.s.text.encoding != ""
		used, odd := bs.cut(b, buffer[:whole])
		if bs.final && used == whole && !odd {
			return
		}
		rest := buffer[used:]
		if failed := err != nil && !bs.final; odd || failed || bs.final || used == 0 && 2*size > mostWindow {
			readers := []io.Reader{bytes.NewReader(bytes.Clone(rest)), bs.s.r}
			if failed {
				readers[1] = failure{err}
			}
			bs.s.r = bufio.NewReaderSize(io.MultiReader(readers...), peek)
			return
		}
		if used == 0 {
			size *= 2
		} else {
			size = max(bs.window, 2*len(rest))
		}
		buffer = buffer[:copy(buffer[:len(rest)], rest)]
	}
}

// failure is a reader that fails.
type failure struct{ err error }

func (f failure) Read([]byte) (int, error) { return 0, f.err }

// cut adds the whole records of a text. It returns where they end, and whether the scanner has to go on there.
func (bs *blocks) cut(b *builder, text []byte) (used int, odd bool) {
	bs.split(text)
	par.Default().Run(len(bs.list), bs)
	at, begins := 0, 0 // where the next record begins, and the next block
	tried := 0         // bytes from at on that hold no whole record
	var cut []*block
	defer func() { b.join(cut, used) }()
	for i, k := range bs.list {
		next, last := begins+len(k.text), i == len(bs.list)-1
		if begins = next; at+len(k.text) < next { // the next record began in a block before
			if next-at < 2*tried && !last {
				continue
			}
			k.text = text[at:next]
			bs.Run(i, 0)
		}
		bs.join(b, k)
		cut = append(cut, k)
		at += k.end
		if k.odd {
			return at, true
		}
		if tried = 0; k.end == 0 {
			tried = len(k.text)
		}
	}
	return at, false
}

// split sets the list to blocks of the text, each but the last of which ends behind a line end.
func (bs *blocks) split(text []byte) {
	n := 0
	for len(text) > 0 {
		end := len(text)
		if end > bs.size {
			if k := bytes.IndexByte(text[bs.size:], '\n'); k >= 0 {
				end = bs.size + k + 1
			}
		}
		if n == len(bs.list) {
			bs.list = append(bs.list, &block{})
		}
		bs.list[n].text = text[:end]
		text = text[end:]
		n++
	}
	bs.list = bs.list[:n]
}

// join adds the lines of a block.
func (bs *blocks) join(b *builder, k *block) {
	s, passed := bs.s, 0
	for _, line := range k.lines {
		b.lines.add(s.next + line)
	}
	for i, line := range k.blanks {
		k.blanks[i] += s.next
		if line < k.last {
			passed++
		}
	}
	if k.last >= 0 {
		s.passed = slices.Concat(s.passed, s.blanks, k.blanks[:passed])
		s.line, s.blanks = s.next+k.last, nil
	}
	s.blanks = append(s.blanks, k.blanks[passed:]...)
	if k.repeated > 0 {
		if bs.end.repeated == 0 {
			bs.end.first = s.next + k.first
		}
		bs.end.repeated += k.repeated
	}
	s.marks += k.marks
	s.next += k.feeds
}
