package arrayfile

import (
	"fmt"
	"os"
	"slices"
	"sync"
)

// segmentSize is how much of a scratch file is mapped at once, at least.
const segmentSize = 256 << 20

// Scratch is arrays of one process in a file without a name. A nil Scratch keeps arrays where they are. Arrays stay
// until the process ends, as what is made of them may hold texts of theirs.
type Scratch struct {
	mu       sync.Mutex
	file     *os.File
	segments [][]byte
	at, end  int64 // where the next array begins, and the last segment ends
	err      error
	failed   func(error) // is told of the first error; may be nil
	dir      string
}

// NewScratch returns an empty scratch file in a folder. failed is told of the first error of writing, from which on
// arrays stay where they are.
func NewScratch(dir string, failed func(error)) (*Scratch, error) {
	f, err := nameless(dir)
	if err != nil {
		return nil, err
	}
	s := &Scratch{file: f, failed: failed, dir: dir}
	keepSmall(s)
	return s, nil
}

// nameless returns a file without a name, which stays until it is closed.
func nameless(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "scratch-*"+Partial)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// sibling returns another nameless file, with room for some bytes.
func (s *Scratch) sibling(size int64) (*os.File, error) {
	f, err := nameless(s.dir)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(size); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// fail notes an error.
func (s *Scratch) fail(err error) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = err
	}
	s.mu.Unlock()
	if first && s.failed != nil {
		s.failed(err)
	}
}

// Err returns the first error of writing: from then on arrays stay where they are.
func (s *Scratch) Err() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// place returns memory of the file for n bytes, and their place in it.
func (s *Scratch) place(n int) ([]byte, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, 0, s.err
	}
	size := (int64(n) + align - 1) / align * align
	if s.at+size > s.end {
		length := max(segmentSize, (size+segmentSize-1)/segmentSize*segmentSize)
		if err := s.file.Truncate(s.end + length); err != nil {
			return nil, 0, err
		}
		b, err := mapped(s.file, s.end, int(length))
		if err != nil {
			return nil, 0, fmt.Errorf("%d MB of addresses: %w", length>>20, err)
		}
		s.at, s.end = s.end, s.end+length
		s.segments = append(s.segments, b)
	}
	last := s.segments[len(s.segments)-1]
	from, at := s.at-(s.end-int64(len(last))), s.at
	s.at += size
	return last[from : from+int64(n) : from+int64(n)], at, nil
}

// put writes bytes and returns them as they lie in the file.
func (s *Scratch) put(b []byte) ([]byte, error) {
	to, at, err := s.place(len(b))
	if err == nil {
		_, err = s.file.WriteAt(b, at)
	}
	if err != nil {
		s.fail(err)
	}
	return to, err
}

// leave implements holder.
func (s *Scratch) leave() {
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	for _, b := range segments {
		leave(b)
	}
}

// Put returns an array of the same elements that lies in the file, or the array itself where it is small or cannot be
// written. Neither is to be changed.
func Put[T Element](s *Scratch, x []T) []T {
	b := Bytes(x)
	if s == nil || len(b) < least {
		return x
	}
	to, err := s.put(b)
	if err != nil {
		return x
	}
	return Of[T](to)
}

// PutText is Put of a text.
func PutText(s *Scratch, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return Text(Put(s, b))
}
