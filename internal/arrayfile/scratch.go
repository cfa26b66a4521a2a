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
}

// least is the size in bytes from which on an array is put into a file.
const least = 64 << 10

// NewScratch returns an empty scratch file in a folder.
func NewScratch(dir string) (*Scratch, error) {
	f, err := os.CreateTemp(dir, "scratch-*"+Partial)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil { // the file stays until it is closed
		_ = f.Close()
		return nil, err
	}
	s := &Scratch{file: f}
	keepSmall(s)
	return s, nil
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
			s.err = err
			return nil, 0, err
		}
		b, err := mapped(s.file, s.end, int(length))
		if err != nil {
			s.err = fmt.Errorf("%d MB of addresses: %w", length>>20, err)
			return nil, 0, s.err
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
		if _, err = s.file.WriteAt(b, at); err != nil {
			s.mu.Lock()
			if s.err == nil {
				s.err = err
			}
			s.mu.Unlock()
		}
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
