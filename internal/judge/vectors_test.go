//go:build judge

package judge

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorae/weight"
	"gorae/word2vec"
)

// TestWordVectors: gensim reads the files of word vectors, text and binary, with the same words and bits, and what
// gensim writes is read again.
func TestWordVectors(t *testing.T) {
	p := judge(t)
	words := []string{"whale", "고래", "isn't", "2001", "ω", "a,b"}
	data := make([]float32, len(words)*7)
	r := weight.NewRand(5, "vectors")
	for i := range data {
		data[i] = float32(r.Normal() * float64(i*i+1) * 1e-3)
	}
	v := word2vec.NewVectors(words, 7, data)
	for name, write := range map[string]func(io.Writer) error{"text": v.WriteText, "binary": v.WriteBinary} {
		path := filepath.Join(t.TempDir(), name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		a := p.ask(t, question{Do: "vectors", Name: name, Path: path, Copy: path + ".copy"})
		if got := a.Outputs[0].tensor().F32; !slices.Equal(a.Words, words) || !slices.Equal(got, data) {
			t.Errorf("%s: gensim reads %q, %v; want %q, %v", name, a.Words, got, words, data)
		}
		if f, err = os.Open(path + ".copy"); err != nil {
			t.Fatal(err)
		}
		again, err := word2vec.Read(f, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.Words, words) || !slices.Equal(again.Data, data) {
			t.Errorf("%s: of what gensim writes %q, %v are read", name, again.Words, again.Data)
		}
	}
}
