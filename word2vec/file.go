package word2vec

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"

	"gorae/internal/ram"
	"gorae/prep/text"
)

// WriteText writes word2vec's text form: a line "words size", then "word x x … x" for each word. A number has the
// fewest digits that give the same float32.
func (v *Vectors) WriteText(w io.Writer) error {
	return v.write(w, func(b []byte, x []float32) []byte {
		for _, f := range x {
			b = strconv.AppendFloat(append(b, ' '), float64(f), 'g', -1, 32)
		}
		return append(b, '\n')
	})
}

// WriteBinary writes word2vec's binary form: a line "words size", then for each word the word, a blank, its numbers as
// little-endian float32 and a line feed, as word2vec.c writes it.
func (v *Vectors) WriteBinary(w io.Writer) error {
	return v.write(w, func(b []byte, x []float32) []byte {
		b = append(b, ' ')
		for _, f := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
		}
		return append(b, '\n')
	})
}

// write writes the first line and the lines of the words; line appends the numbers of one.
func (v *Vectors) write(w io.Writer, line func(b []byte, x []float32) []byte) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if _, err := fmt.Fprintf(b, "%d %d\n", len(v.Words), v.Size); err != nil {
		return err
	}
	var buf []byte
	for i, word := range v.Words {
		if word == "" || strings.ContainsFunc(word, unicode.IsSpace) {
			return fmt.Errorf("the word %q cannot be written: a blank ends words in this file", word)
		}
		buf = line(append(buf[:0], word...), v.Vector(i))
		if _, err := b.Write(buf); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Read reads word vectors: word2vec's text or binary form, or GloVe's, also gzipped. name is that of the file, for
// errors. Memory is that of the vectors that the file holds, whatever its first line claims.
func Read(r io.Reader, name string) (*Vectors, error) {
	a := &all{known: map[string]bool{}}
	if err := text.ScanVectors(r, name, a); err != nil {
		return nil, err
	}
	if len(a.words) == 0 {
		return nil, fmt.Errorf("%s: it holds no vector", name)
	}
	return NewVectors(a.words, a.size, a.data), nil
}

// all takes every vector of a file.
type all struct {
	words []string
	size  int
	data  []float32
	known map[string]bool
}

// Size implements text.VectorSink.
func (a *all) Size(n int) error {
	a.size = n
	return nil
}

// Skips implements text.VectorSink.
func (a *all) Skips(string) bool { return false }

// Row implements text.VectorSink.
func (a *all) Row(word string) ([]float32, error) {
	if a.known[word] {
		return nil, nil
	}
	if len(a.data)+a.size > cap(a.data) {
		if err := ram.FitsBeside(4 * 2 * float64(cap(a.data))); err != nil {
			return nil, fmt.Errorf("%d vectors of %d numbers are read so far: %w", len(a.words), a.size, err)
		}
	}
	a.known[word] = true
	a.words = append(a.words, word)
	n := len(a.data)
	a.data = append(a.data, make([]float32, a.size)...)
	return a.data[n:], nil
}
