package word2vec

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

func example() *Vectors {
	return NewVectors([]string{"whale", "고래", "x-ray"}, 3, []float32{1, -0.5, 3e-8, 0, 2, 0.1, -1, 16777216, 1e30})
}

// The forms by their definition, written by hand: word2vec.c's output loop with and without -binary.
const (
	byHandText   = "3 3\nwhale 1 -0.5 3e-08\n고래 0 2 0.1\nx-ray -1 1.6777216e+07 1e+30\n"
	byHandBinary = "3 3\n" +
		"whale \x00\x00\x80\x3f\x00\x00\x00\xbf\x59\xd9\x00\x33\n" +
		"고래 \x00\x00\x00\x00\x00\x00\x00\x40\xcd\xcc\xcc\x3d\n" +
		"x-ray \x00\x00\x80\xbf\x00\x00\x80\x4b\xca\xf2\x49\x71\n"
)

func TestWrite(t *testing.T) {
	for want, write := range map[string]func(*Vectors, *bytes.Buffer) error{
		byHandText:   func(v *Vectors, b *bytes.Buffer) error { return v.WriteText(b) },
		byHandBinary: func(v *Vectors, b *bytes.Buffer) error { return v.WriteBinary(b) },
	} {
		var b bytes.Buffer
		if err := write(example(), &b); err != nil || b.String() != want {
			t.Errorf("%q, %v; want %q", b.String(), err, want)
		}
		v, err := Read(&b, "v")
		if err != nil {
			t.Fatal(err)
		}
		if e := example(); !slices.Equal(v.Words, e.Words) || v.Size != 3 || !slices.Equal(v.Data, e.Data) {
			t.Errorf("read back: %v %v", v.Words, v.Data)
		}
	}
	if err := NewVectors([]string{"at sea"}, 1, []float32{1}).WriteText(&bytes.Buffer{}); err == nil {
		t.Error("a word with a blank was written")
	}
}

func TestReadErrors(t *testing.T) {
	for want, file := range map[string]string{
		"v: the file is empty":            "",
		"v: it holds no vector":           "5 3\n",
		"v: it ends within word 2 of 3":   byHandBinary[:30],
		"v: it ends within word 1 of 3":   "3 3\nwhale 1\n",
		"v:2: 2 fields; a word and 3":     "whale 1 2 3\nwhale 1\n",
		"v:1: vectors of 0 numbers":       "3 0\n",
		"v:1: vectors of 1000000 numbers": "3 1000000\n",
	} {
		if _, err := Read(strings.NewReader(file), "v"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	v, err := Read(strings.NewReader("whale 1 2\nwhale 3 4\n"), "v") // GloVe; the first stays
	if err != nil || len(v.Words) != 1 || v.Data[0] != 1 {
		t.Errorf("%v, %v", v, err)
	}
}

// FuzzRead: what is read is finite, as long as it says, and is read again after it was written; memory is bounded by
// the file's length.
func FuzzRead(f *testing.F) {
	f.Add([]byte(byHandText))
	f.Add([]byte(byHandBinary))
	f.Add([]byte("a 1\nb 2\n"))
	f.Add([]byte("99999999999 16384\nwhale "))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Read(bytes.NewReader(b), "v")
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is no line", err)
			}
			return
		}
		if len(v.Data) != len(v.Words)*v.Size || b[0] != 0x1f && len(v.Data) > len(b) {
			t.Fatalf("%d words of %d numbers: %d, of %d bytes", len(v.Words), v.Size, len(v.Data), len(b))
		}
		for _, x := range v.Data {
			if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
				t.Fatalf("%v in a vector", x)
			}
		}
		var again bytes.Buffer
		if v.WriteText(&again) != nil {
			return // a word that this form cannot hold
		}
		w, err := Read(&again, "w")
		if err != nil {
			return // such as words that read as a line of text
		}
		if slices.Equal(w.Words, v.Words) && !slices.Equal(w.Data, v.Data) {
			t.Errorf("%v was read again as %v", v.Data, w.Data)
		}
	})
}
