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
	br, err := gz.Reader(r, longestPeek)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	vr := vectorReader{br: br, name: name, v: v, line: 1}
	first, err := vr.readLine()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty; give word2vec or GloVe vectors", name)
	}
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(first)
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s: it begins with a blank line; give word2vec or GloVe vectors", name)
	}
	if n, dim, ok := header(fields); ok {
		if dim < 1 || dim > mostDimension {
			return nil, fmt.Errorf("%s:1: vectors of %d numbers; 1 to %d are read", name, dim, mostDimension)
		}
		vr.start(dim)
		if vr.binary() {
			return vr.readBinary(n)
		}
		return vr.readText()
	}
	dim := len(fields) - 1
	if dim < 1 || dim > mostDimension {
		return nil, fmt.Errorf("%s:1: a word and %d numbers; give word2vec or GloVe vectors", name, dim)
	}
	vr.start(dim)
	if err := vr.take(first); err != nil {
		return nil, err
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
	v    *Vocabulary
	line int
	dim  int
	out  Vectors
}

func (r *vectorReader) start(dim int) {
	r.dim = dim
	r.out = Vectors{Matrix: tensor.New(tensor.Float32, r.v.Size(), dim), Known: make([]bool, r.v.Size())}
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

func (r *vectorReader) readText() (*Vectors, error) {
	for {
		r.line++
		line, err := r.readLine()
		if err == io.EOF {
			return r.finish()
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := r.take(line); err != nil {
			return nil, err
		}
	}
}

// take reads a line of text. A word may hold blanks, as a few of GloVe's do: the numbers are the last fields. The
// numbers of unwanted words are not parsed.
func (r *vectorReader) take(line string) error {
	line = strings.TrimRight(line, " \t")
	if i := strings.IndexAny(line, " \t"); i > 0 && r.v.Spec.Ngrams < 2 {
		if _, wanted := r.v.id[line[:i]]; !wanted {
			return nil
		}
	}
	fields := strings.Fields(line)
	if len(fields) <= r.dim {
		return fmt.Errorf("%s:%d: %d fields; a word and %d numbers are wanted", r.name, r.line, len(fields), r.dim)
	}
	numbers := fields[len(fields)-r.dim:]
	to := r.row(strings.Join(fields[:len(fields)-r.dim], " "))
	for k := range to {
		x, err := strconv.ParseFloat(numbers[k], 32)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s:%d: %q is no finite number", r.name, r.line, words.Clip(numbers[k], 40))
		}
		to[k] = float32(x)
	}
	return nil
}

// row returns the row of the matrix for a word's vector; nil: unwanted.
func (r *vectorReader) row(word string) []float32 {
	id, ok := r.v.id[word]
	if !ok || r.out.Known[id] {
		return nil
	}
	r.out.Known[id] = true
	r.out.Found++
	return r.out.Matrix.F32[int(id)*r.dim : (int(id)+1)*r.dim]
}

func (r *vectorReader) readBinary(n int) (*Vectors, error) {
	raw := make([]byte, 4*r.dim)
	for i := range n {
		var word []byte
		for {
			c, err := r.br.ReadByte()
			if err != nil {
				return nil, r.truncated(i, n, err)
			}
			if c == ' ' {
				break
			}
			if c == '\n' && len(word) == 0 {
				continue // some writers end vectors by one
			}
			if word = append(word, c); len(word) > mostWord {
				return nil, fmt.Errorf("%s: word %d is longer than %d bytes; it is no file of vectors", r.name, i+1,
					mostWord)
			}
		}
		if _, err := io.ReadFull(r.br, raw); err != nil {
			return nil, r.truncated(i, n, err)
		}
		to := r.row(string(word))
		for k := range to {
			to[k] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*k:]))
			if f := float64(to[k]); math.IsNaN(f) || math.IsInf(f, 0) {
				return nil, fmt.Errorf("%s: the vector of %q holds %v", r.name, words.Clip(string(word), 40), to[k])
			}
		}
	}
	return r.finish()
}

func (r *vectorReader) truncated(i, n int, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: it ends within word %d of %d; copy it anew", r.name, i+1, n)
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

func (r *vectorReader) finish() (*Vectors, error) {
	if r.out.Found == 0 {
		return nil, fmt.Errorf("%s: it has no vector for any of the %d tokens; is it in the same language and case?",
			r.name, r.v.Size()-2)
	}
	return &r.out, nil
}
