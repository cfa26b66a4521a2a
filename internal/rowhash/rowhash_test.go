package rowhash_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/internal/rowhash"
	"gorae/tensor"
	"gorae/train"

	"golang.org/x/crypto/blake2b"
)

// hashes are those of samples [n, 2] with a target each, seen in batches of a size.
func hashes(t *testing.T, salt rowhash.Salt, batch int, x []float32, y []int32) *rowhash.Hashes {
	t.Helper()
	n := len(y)
	d, err := data.Of(&tensor.Tensor{Shape: tensor.Shape{n, 2}, F32: x}, &tensor.Tensor{Shape: tensor.Shape{n}, I32: y})
	if err != nil {
		t.Fatal(err)
	}
	h := rowhash.New(salt, d)
	for from := 0; from < n; from += batch {
		to := min(n, from+batch)
		b := &train.EvalBatch{
			Inputs:  []*tensor.Tensor{{Shape: tensor.Shape{to - from, 2}, F32: x[2*from : 2*to]}},
			Targets: []*tensor.Tensor{{Shape: tensor.Shape{to - from}, I32: y[from:to]}},
		}
		for i := from; i < to; i++ {
			b.Samples = append(b.Samples, i)
		}
		if err := h.Batch(b); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// TestDefinition: a hash is the first 64 bits of SHA-256 over the salt and, for each field, the number of its values
// and the values, little endian.
func TestDefinition(t *testing.T) {
	salt := rowhash.NewSalt("a", "b")
	if salt == rowhash.NewSalt("ab") || salt != rowhash.NewSalt("a", "b") {
		t.Error("salts")
	}
	h := hashes(t, salt, 1, []float32{1.5, -2}, []int32{7})
	b := binary.LittleEndian.AppendUint32(salt[:], 2)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(1.5))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(-2))
	sum := blake2b.Sum256(b)
	if want := binary.LittleEndian.Uint64(sum[:8]); h.Inputs[0] != want {
		t.Errorf("inputs %x, want %x", h.Inputs[0], want)
	}
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, 7)
	sum = blake2b.Sum256(b)
	if want := binary.LittleEndian.Uint64(sum[:8]); h.Rows[0] != want {
		t.Errorf("row %x, want %x", h.Rows[0], want)
	}
}

// TestHashes: equal samples have equal hashes in batches of any size; another target, input or salt changes them.
func TestHashes(t *testing.T) {
	x, y := []float32{1, 2, 3, 4, 1, 2, 1, 2}, []int32{0, 0, 0, 1}
	h := hashes(t, rowhash.Salt{1}, 1, x, y)
	if h.Rows[0] != h.Rows[2] || h.Rows[0] == h.Rows[1] || h.Rows[0] == h.Rows[3] || h.Inputs[0] != h.Inputs[3] {
		t.Errorf("%x %x", h.Rows, h.Inputs)
	}
	if again := hashes(t, rowhash.Salt{1}, 3, x, y); !slices.Equal(again.Rows, h.Rows) {
		t.Error("the hashes depend on the batches")
	}
	if other := hashes(t, rowhash.Salt{2}, 1, x, y); other.Rows[0] == h.Rows[0] {
		t.Error("the hashes do not depend on the salt")
	}
}

// TestMostlyZeros: samples of mostly zeros, which are hashed by the places of the others, are told apart by place and
// value; y of 0 is one too.
func TestMostlyZeros(t *testing.T) {
	seen := map[uint64]int{}
	for at := range 10 {
		for _, v := range []float32{1, 2, 3} {
			x := tensor.New(tensor.Float32, 1, 10)
			x.F32[at] = v
			d, err := data.Of(x, nil)
			if err != nil {
				t.Fatal(err)
			}
			h := rowhash.New(rowhash.Salt{}, d)
			if err := h.Batch(&train.EvalBatch{Samples: []int{0}, Inputs: []*tensor.Tensor{x}}); err != nil {
				t.Fatal(err)
			}
			seen[h.Inputs[0]]++
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d hashes of 30 samples", len(seen))
	}
}

// TestCompare, by hand: of five samples two were trained on (one twice), one is of the test part, one is new.
func TestCompare(t *testing.T) {
	f := &rowhash.File{Parts: [3][]uint64{{10, 20, 20}, {30}, {40}}}
	k := f.Compare([]uint64{20, 40, 10, 50, 20})
	if k.Samples != 5 || k.Parts != [3]int{3, 0, 1} || !slices.Equal(k.Others, []int{1, 3}) || !k.Whole ||
		k.Repeated != 2 || k.Training != 3 {
		t.Errorf("%+v", k)
	}
	if k := f.Compare([]uint64{20, 10, 30}); k.Whole || k.Parts != [3]int{2, 1, 0} {
		t.Errorf("the sample 20 stands once: %+v", k)
	}
	for _, c := range []struct {
		sorted []uint64
		want   int
	}{{nil, 0}, {[]uint64{1}, 0}, {[]uint64{1, 1}, 2}, {[]uint64{1, 1, 2, 3, 3, 3, 4}, 5}} {
		if got := rowhash.Repeated(c.sorted); got != c.want {
			t.Errorf("%v: %d, want %d", c.sorted, got, c.want)
		}
	}
}

// TestChance: of 3 equal samples among 4 in both parts, each one of the part's with probability 1/2, P(3 or more) is
// (4 + 1)/16.
func TestChance(t *testing.T) {
	if p := rowhash.Chance(3, 10, 1, 10); math.Abs(p-5.0/16) > 1e-12 {
		t.Errorf("%v", p)
	}
	if p := rowhash.Chance(0, 10, 5, 10); p != 1 {
		t.Errorf("%v", p)
	}
}

// TestFile: what is written is read; a file with any byte changed or cut is said to be damaged.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, rowhash.Name)
	if f, err := rowhash.Read(path); f != nil || err != nil {
		t.Errorf("no file: %v %v", f, err)
	}
	salt := rowhash.NewSalt("x")
	h := hashes(t, salt, 2, []float32{5, 1, 4, 2, 3, 3}, []int32{0, 1, 2})
	f := rowhash.NewFile(salt, [32]byte{9}, [3]*rowhash.Hashes{h, nil, nil})
	if !slices.IsSorted(f.Parts[0]) || len(f.Parts[0]) != 3 {
		t.Fatalf("%+v", f)
	}
	f.Parts[1], f.Parts[2] = []uint64{}, []uint64{}
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := rowhash.Read(path); err != nil || !reflect.DeepEqual(got, f) {
		t.Errorf("read %+v, %v; written %+v", got, err, f)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := 13 + 16 + 32 + 3*8 + 3*8 + 32; len(b) != want {
		t.Errorf("%d bytes, want %d", len(b), want)
	}
	for at := range b {
		for _, bad := range [][]byte{b[:at], slices.Concat(b[:at], []byte{b[at] ^ 1}, b[at+1:])} {
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := rowhash.Read(path); err == nil || !strings.HasSuffix(err.Error(), "the file is damaged") {
				t.Fatalf("byte %d: %v", at, err)
			}
		}
	}
}
