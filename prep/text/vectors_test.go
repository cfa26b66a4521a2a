package text

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func vectorWords(t testing.TB) *Vocabulary {
	v, err := Fit([]string{"whale whale deep deep deep sea"}, Spec{Length: 3})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// word2vec is the binary format, with or without the line end after each vector.
func word2vec(end string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "3 2\n")
	for i, w := range []string{"whale", "ship", "deep"} {
		b.WriteString(w + " ")
		if err := binary.Write(&b, binary.LittleEndian, []float32{float32(i) + 0.5, -float32(i)}); err != nil {
			panic(err)
		}
		b.WriteString(end)
	}
	return b.Bytes()
}

// TestVectors: the same matrix out of every format: rows are padding, unknown, deep,
// whale, sea.
func TestVectors(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(word2vec("\n"))
	z.Close()
	for name, file := range map[string][]byte{
		"word2vec text":   []byte("3 2\nwhale 0.5 -0\nship 1.5 -1\ndeep 2.5 -2\n"),
		"word2vec binary": word2vec(""), "word2vec binary, lines": word2vec("\n"), "gzip": zipped.Bytes(),
		"GloVe":                    []byte("whale 0.5 -0\nship 1.5 -1\ndeep 2.5 -2"),
		"GloVe, words with blanks": []byte("whale 0.5 -0\r\nat sea 1.5 -1\r\n\r\ndeep  2.5 -2 \r\ndeep 9 9\r\n"),
	} {
		v, err := ReadVectors(bytes.NewReader(file), "v", vectorWords(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := []float32{0, 0, 0, 0, 2.5, -2, 0.5, 0, 0, 0}; !slices.Equal(v.Matrix.F32, want) || v.Found != 2 ||
			!slices.Equal(v.Known, []bool{false, false, true, true, false}) {
			t.Errorf("%s: %v, %d found, %v", name, v.Matrix.F32, v.Found, v.Known)
		}
	}
}

func TestVectorErrors(t *testing.T) {
	nan := slices.Concat([]byte("1 1\nwhale "), binary.LittleEndian.AppendUint32(nil,
		math.Float32bits(float32(math.NaN()))))
	for want, file := range map[string]string{
		"v: the file is empty":                          "",
		"v: it begins with a blank line":                "\nwhale 1 2\n",
		"v:1: a word and 0 numbers":                     "whale\n",
		"v:1: vectors of 99999999 numbers":              "1 99999999\n",
		"v:2: 2 fields; a word and 2 numbers":           "deep 1 2\nwhale 1\n",
		`v:2: "x" is no finite number`:                  "deep 1 2\nwhale 1 x\n",
		`v:1: "inf" is no finite number`:                "deep 1 inf\n",
		"v: it has no vector for any of the 3 tokens":   "cat 1 2\ndog 3 4\n",
		"v: it ends within word 3 of 3":                 string(word2vec("")[:36]),
		`v: the vector of "whale" holds NaN`:            string(nan),
		"v: word 1 is longer than 4096 bytes":           "5 2\n" + strings.Repeat("x", 5000),
		"v:2: a line of more than 1048576 bytes; it is": "deep 1 2\n" + strings.Repeat("x", 2<<20),
	} {
		if _, err := ReadVectors(strings.NewReader(file), "v", vectorWords(t)); err == nil ||
			!strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func FuzzReadVectors(f *testing.F) {
	f.Add(word2vec("\n"))
	f.Add([]byte("3 2\nwhale 0.5 -0\n"))
	f.Add([]byte("deep 2.5 -2\nwhale 1 2"))
	f.Add([]byte("4000000000 16384\nwhale "))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ReadVectors(bytes.NewReader(b), "v", vectorWords(t))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is no line", err)
			}
			return
		}
		for _, x := range v.Matrix.F32 {
			if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
				t.Errorf("%v in the matrix", x)
			}
		}
	})
}
