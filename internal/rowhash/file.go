package rowhash

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"gorae/internal/file"
	"gorae/stat"

	"golang.org/x/crypto/blake2b"
)

// Name is the name of the file of hashes in a run directory, beside the model file.
const Name = "rows.bin"

// magic begins the file.
const magic = "gorae rows 2\n"

// File is the hashes of the samples of a run by part: training, validation, test.
type File struct {
	Salt  Salt
	Model [blake2b.Size256]byte // of the content of the model file that learnt from them
	Parts [3][]uint64           // sorted
}

// NewFile returns the file of a run; a part without samples is nil. It sorts the hashes of the parts and keeps them.
func NewFile(salt Salt, model [blake2b.Size256]byte, parts [3]*Hashes) *File {
	f := &File{Salt: salt, Model: model}
	for k, p := range parts {
		if p != nil {
			slices.Sort(p.Rows)
			f.Parts[k] = p.Rows
		}
	}
	return f
}

// Write writes the file: magic, salt, model, for each part its number of samples and its sorted hashes, little endian,
// and the BLAKE2b-256 of all that.
func (f *File) Write(path string) error {
	return file.Replace(path, func(to io.Writer) error {
		sum := newHash()
		w := io.MultiWriter(to, sum)
		b := append(append([]byte(magic), f.Salt[:]...), f.Model[:]...)
		for _, part := range f.Parts {
			b = binary.LittleEndian.AppendUint64(b, uint64(len(part)))
			for _, v := range part {
				if b = binary.LittleEndian.AppendUint64(b, v); len(b) >= writtenAtOnce {
					if _, err := w.Write(b); err != nil {
						return err
					}
					b = b[:0]
				}
			}
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		_, err := to.Write(sum.Sum(nil))
		return err
	})
}

// writtenAtOnce is how many bytes are written at a time, about.
const writtenAtOnce = 1 << 16

// Read reads the file; nil where there is none.
func Read(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	damaged := fmt.Errorf("%s: the file is damaged", path)
	at := len(b) - blake2b.Size256
	if at < len(magic) || string(b[:len(magic)]) != magic {
		return nil, damaged
	}
	if sum := blake2b.Sum256(b[:at]); !bytes.Equal(sum[:], b[at:]) {
		return nil, damaged
	}
	r := bytes.NewReader(b[len(magic):at])
	f := &File{}
	if err := binary.Read(r, binary.LittleEndian, &f.Salt); err != nil {
		return nil, damaged
	}
	if err := binary.Read(r, binary.LittleEndian, &f.Model); err != nil {
		return nil, damaged
	}
	for k := range f.Parts {
		var n uint64
		if err := binary.Read(r, binary.LittleEndian, &n); err != nil || n > uint64(r.Len()/8) {
			return nil, damaged
		}
		f.Parts[k] = make([]uint64, n)
		if err := binary.Read(r, binary.LittleEndian, f.Parts[k]); err != nil || !slices.IsSorted(f.Parts[k]) {
			return nil, damaged
		}
	}
	if r.Len() > 0 {
		return nil, damaged
	}
	return f, nil
}

// Known is how many of some samples are equal to samples of a run, inputs and targets. A sample that equals samples of
// several parts counts as one of the training, else of the validation part.
type Known struct {
	Samples int
	Parts   [3]int // by part
	// Whole: each training sample is among them, as often as it was trained on, as where the data of the training are
	// given again.
	Whole bool
	// Others is the numbers of the samples that equal no training sample.
	Others []int
	// Repeated is the number of the training samples that equal another training sample, of Training.
	Repeated, Training int
}

// Compare looks for samples among those of the run.
func (f *File) Compare(rows []uint64) *Known {
	k := &Known{Samples: len(rows), Repeated: Repeated(f.Parts[0]), Training: len(f.Parts[0])}
	given := map[uint64]int{}
	for i, v := range rows {
		given[v]++
		part := slices.IndexFunc(f.Parts[:], func(all []uint64) bool {
			_, ok := slices.BinarySearch(all, v)
			return ok
		})
		if part >= 0 {
			k.Parts[part]++
		}
		if part != 0 {
			k.Others = append(k.Others, i)
		}
	}
	k.Whole = len(f.Parts[0]) > 0
	for _, v := range f.Parts[0] {
		k.Whole = k.Whole && given[v] > 0
		given[v]--
	}
	return k
}

// Chance returns the probability of as many equal samples or more, of n samples, where these and the training samples
// were drawn from the same source: given the number of equal samples in both, each is one of the n with probability
// n/(n + training).
func Chance(equal, n, repeated, training int) float64 {
	return stat.BinomialTail(equal, equal+repeated, float64(n)/float64(n+training))
}

// Repeated returns the number of sorted hashes that occur more than once: n − f₁, f₁ being the number of those that
// occur once. (n − f₁)/n is Good and Turing's estimate of the probability that a further draw from the same source
// equals one of these (Good, "The population frequencies of species and the estimation of population parameters",
// Biometrika 40, 1953).
func Repeated(sorted []uint64) int {
	once := 0
	for i, v := range sorted {
		if (i == 0 || sorted[i-1] != v) && (i == len(sorted)-1 || sorted[i+1] != v) {
			once++
		}
	}
	return len(sorted) - once
}
