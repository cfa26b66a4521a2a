package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gorae/internal/gz"
	"gorae/internal/words"
	"gorae/tensor"
)

// Vectors is pre-trained word vectors for a vocabulary: an Embedding's matrix.
type Vectors struct {
	Matrix *tensor.Tensor // [vocabulary's size, dimension]; rows without a vector are 0
	Found  int            // number of tokens that have a vector
	Known  []bool         // by id
}

// Limits of what a file may state; the largest vectors in use have 4,096 numbers.
const (
	mostDimension = 1 << 14
	mostWord      = 1 << 12
	mostLine      = 1 << 20
	longestPeek   = 1 << 18
)

// ReadVectors reads the vectors of v's tokens out of a word2vec file, text or binary,
// or a GloVe file, also gzipped, and passes over all others: memory is that of the
// matrix, whatever the file claims. A token that comes twice keeps its first vector.
//
//	word2vec text     first line "words dimension", then "word v v … v"
//	word2vec binary   the same first line, then word, blank, dimension float32 (little-endian)
//	GloVe             no first line
func ReadVectors(r io.Reader, name string, v *Vocabulary) (*Vectors, error) {
	if v.Spec.Unit == "pair" {
		return nil, fmt.Errorf("%s: byte pairs have no words to look up; give unit: word", name)
	}
	s := &known{v: v}
	if err := ScanVectors(r, name, s); err != nil {
		return nil, err
	}
	if s.out.Found == 0 {
		return nil, fmt.Errorf("%s: it has no vector for any of the %d tokens; is it in the same language and case?",
			name, v.Size()-2)
	}
	return &s.out, nil
}

// known takes the vectors of a vocabulary's tokens.
type known struct {
	v   *Vocabulary
	out Vectors
}

// Size implements VectorSink.
func (k *known) Size(n int) error {
	k.out = Vectors{Matrix: tensor.New(tensor.Float32, k.v.Size(), n), Known: make([]bool, k.v.Size())}
	return nil
}

// Skips implements VectorSink.
func (k *known) Skips(begin string) bool {
	_, wanted := k.v.id[begin]
	return !wanted && k.v.Spec.Ngrams < 2
}

// Row implements VectorSink.
func (k *known) Row(word string) ([]float32, error) {
	id, ok := k.v.id[word]
	if !ok || k.out.Known[id] {
		return nil, nil
	}
	k.out.Known[id] = true
	k.out.Found++
	n := k.out.Matrix.Shape[1]
	return k.out.Matrix.F32[int(id)*n : (int(id)+1)*n], nil
}

// VectorSink takes the vectors of a file.
type VectorSink interface {
	// Size is called once, before Row, with the length of the vectors.
	Size(n int) error
	// Skips reports that no word is wanted that begins with these letters before its first blank, if it has one.
	Skips(begin string) bool
	// Row returns where the vector of a word goes; nil: nowhere.
	Row(word string) ([]float32, error)
}

// ScanVectors reads a file of word vectors into a sink, in one of the forms of [ReadVectors]. Its own memory is that of
// a line.
func ScanVectors(r io.Reader, name string, to VectorSink) error {
	br, err := gz.Reader(r, longestPeek)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	vr := vectorReader{br: br, name: name, to: to, line: 1}
	first, err := vr.readLine()
	if err == io.EOF {
		return fmt.Errorf("%s: the file is empty; give word2vec or GloVe vectors", name)
	}
	if err != nil {
		return err
	}
	fields := strings.Fields(first)
	if len(fields) == 0 {
		return fmt.Errorf("%s: it begins with a blank line; give word2vec or GloVe vectors", name)
	}
	if n, dim, ok := header(fields); ok {
		if dim < 1 || dim > mostDimension {
			return fmt.Errorf("%s:1: vectors of %d numbers; 1 to %d are read", name, dim, mostDimension)
		}
		if err := vr.start(dim); err != nil {
			return err
		}
		if vr.binary() {
			return vr.readBinary(n)
		}
		return vr.readText()
	}
	dim := len(fields) - 1
	if dim < 1 || dim > mostDimension {
		return fmt.Errorf("%s:1: a word and %d numbers; give word2vec or GloVe vectors", name, dim)
	}
	if err := vr.start(dim); err != nil {
		return err
	}
	if err := vr.take(first); err != nil {
		return err
	}
	return vr.readText()
}

// header returns a first line of two whole numbers.
func header(fields []string) (words, dim int, ok bool) {
	if len(fields) != 2 {
		return 0, 0, false
	}
	words, err1 := strconv.Atoi(fields[0])
	dim, err2 := strconv.Atoi(fields[1])
	return words, dim, err1 == nil && err2 == nil && words >= 0
}

type vectorReader struct {
	br   *bufio.Reader
	name string
	to   VectorSink
	line int
	dim  int
}

func (r *vectorReader) start(dim int) error {
	r.dim = dim
	return r.to.Size(dim)
}

// row returns where the vector of a word goes.
func (r *vectorReader) row(word string) ([]float32, error) {
	to, err := r.to.Row(word)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.name, err)
	}
	return to, nil
}

// readLine returns the next line without its end; "" and io.EOF never come together with text.
func (r *vectorReader) readLine() (string, error) {
	var line []byte
	for {
		part, err := r.br.ReadSlice('\n')
		if len(line)+len(part) > mostLine {
			return "", fmt.Errorf("%s:%d: a line of more than %d bytes; it is no file of vectors", r.name, r.line,
				mostLine)
		}
		line = append(line, part...)
		switch err {
		case nil:
			return strings.TrimRight(string(line), "\r\n"), nil
		case bufio.ErrBufferFull:
		case io.EOF:
			if len(line) == 0 {
				return "", io.EOF
			}
			return strings.TrimRight(string(line), "\r\n"), nil
		default:
			return "", fmt.Errorf("%s: %w", r.name, err)
		}
	}
}

// binary guesses the format by what follows the first line: a text line there has the right number of fields, all but
// the first of them numbers.
func (r *vectorReader) binary() bool {
	ahead, _ := r.br.Peek(longestPeek)
	if i := bytes.IndexByte(ahead, '\n'); i >= 0 {
		ahead = ahead[:i]
	}
	fields := strings.Fields(string(ahead))
	if len(fields) <= r.dim {
		return len(ahead) > 0
	}
	for _, f := range fields[len(fields)-r.dim:] {
		if _, err := strconv.ParseFloat(f, 32); err != nil {
			return true
		}
	}
	return false
}

func (r *vectorReader) readText() error {
	for {
		r.line++
		line, err := r.readLine()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := r.take(line); err != nil {
			return err
		}
	}
}

// take reads a line of text. A word may hold blanks, as a few of GloVe's do: the numbers are the last fields. The
// numbers of unwanted words are not parsed.
func (r *vectorReader) take(line string) error {
	line = strings.TrimRight(line, " \t")
	if i := strings.IndexAny(line, " \t"); i > 0 && r.to.Skips(line[:i]) {
		return nil
	}
	fields := strings.Fields(line)
	if len(fields) <= r.dim {
		return fmt.Errorf("%s:%d: %d fields; a word and %d numbers are wanted", r.name, r.line, len(fields), r.dim)
	}
	numbers := fields[len(fields)-r.dim:]
	to, err := r.row(strings.Join(fields[:len(fields)-r.dim], " "))
	if err != nil {
		return err
	}
	for k := range to {
		x, err := strconv.ParseFloat(numbers[k], 32)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s:%d: %q is no finite number", r.name, r.line, words.Clip(numbers[k], 40))
		}
		to[k] = float32(x)
	}
	return nil
}

func (r *vectorReader) readBinary(n int) error {
	raw := make([]byte, 4*r.dim)
	for i := range n {
		var word []byte
		for {
			c, err := r.br.ReadByte()
			if err != nil {
				return r.truncated(i, n, err)
			}
			if c == ' ' {
				break
			}
			if c == '\n' && len(word) == 0 {
				continue // some writers end vectors by one
			}
			if word = append(word, c); len(word) > mostWord {
				return fmt.Errorf("%s: word %d is longer than %d bytes; it is no file of vectors", r.name, i+1,
					mostWord)
			}
		}
		if _, err := io.ReadFull(r.br, raw); err != nil {
			return r.truncated(i, n, err)
		}
		to, err := r.row(string(word))
		if err != nil {
			return err
		}
		for k := range to {
			to[k] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*k:]))
			if f := float64(to[k]); math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("%s: the vector of %q holds %v", r.name, words.Clip(string(word), 40), to[k])
			}
		}
	}
	return nil
}

func (r *vectorReader) truncated(i, n int, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: it ends within word %d of %d; copy it anew", r.name, i+1, n)
	}
	return fmt.Errorf("%s: %w", r.name, err)
}
