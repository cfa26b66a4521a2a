package arrayfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

func supported(t testing.TB) {
	if !Supported() {
		t.Skip("no files are mapped here")
	}
}

// scratchOf returns a scratch file that takes arrays of any size.
func scratchOf(t testing.TB) *Scratch {
	supported(t)
	s, err := NewScratch(t.TempDir(), func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Arrays of a scratch file keep their elements, whatever else is put there, after their pages were left.
func TestScratch(t *testing.T) {
	defer Tune(1, 0, 1)()
	s := scratchOf(t)
	var numbers [][]float64
	var put [][]float64
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		x := make([]float64, n*n)
		for i := range x {
			x[i] = math.Float64frombits(r.Uint64())
		}
		numbers, put = append(numbers, x), append(put, Put(s, x))
	}
	text := PutText(s, []byte("고래"))
	Leave()
	for k, x := range numbers {
		if !bytes.Equal(Bytes(x), Bytes(put[k])) {
			t.Fatalf("array %d differs", k)
		}
		if len(x) > 0 && &x[0] == &put[k][0] {
			t.Fatalf("array %d is where it was", k)
		}
	}
	if text != "고래" || s.Err() != nil {
		t.Errorf("%q, %v", text, s.Err())
	}
	if x := []int32{1}; &Put(nil, x)[0] != &x[0] {
		t.Error("without a file an array is moved")
	}
}

// An array of more than a segment has a segment of its own.
func TestScratchOfLargeArrays(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 600 MB")
	}
	s := scratchOf(t)
	x := make([]byte, segmentSize+5)
	x[0], x[len(x)-1] = 1, 2
	a, b := Put(s, x), Put(s, x[:segmentSize])
	c := Put(s, x[len(x)-100_000:])
	if a[0] != 1 || a[len(a)-1] != 2 || b[0] != 1 || c[len(c)-1] != 2 || len(s.segments) != 3 {
		t.Errorf("%d segments", len(s.segments))
	}
}

// keep writes a file of arrays and returns its path and their places.
func keep(t testing.TB, arrays ...[]byte) (string, []Ref) {
	supported(t)
	dir := t.TempDir()
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	var refs []Ref
	for _, a := range arrays {
		refs = append(refs, w.Add(a))
	}
	path := filepath.Join(dir, "kept")
	if err := w.Keep(path, refs); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+Partial)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	return path, refs
}

// The bytes of a kept file are those of docs/format/columns.md.
func TestKept(t *testing.T) {
	numbers := []float64{1, -2.5, math.NaN(), math.Inf(1)}
	path, refs := keep(t, Bytes(numbers), []byte("words"), nil)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(b[:8]) != "GORAECOL" || string(b[len(b)-8:]) != "GORAECOL" || binary.LittleEndian.Uint64(b[64:]) !=
		math.Float64bits(1) || string(b[128:133]) != "words" {
		t.Errorf("% x", b)
	}
	// CRC-32C of "123456789" is e3069283 (RFC 3720, and the catalogue of parametrised CRC algorithms).
	if s := sum([]byte("123456789")); s != 0xe3069283 {
		t.Errorf("%x", s)
	}
	var index []Ref
	k, err := Open(path, &index)
	if err != nil || !slices.Equal(index, refs) {
		t.Fatal(err, index)
	}
	if err := k.Check(refs); err != nil {
		t.Fatal(err)
	}
	x, err := Read[float64](k, refs[0], 4)
	if err != nil || !bytes.Equal(Bytes(x), Bytes(numbers)) {
		t.Error(err, x)
	}
	for _, wrong := range []struct {
		Ref
		n int
	}{{refs[0], 3}, {refs[0], 5}, {Ref{At: 8, N: 32}, 4}, {Ref{At: 64, N: 1 << 40}, 1 << 37}, {Ref{At: 64, N: -8}, -1},
		{Ref{At: -64, N: 8}, 1}, {Ref{At: 1 << 40, N: 8}, 1}, {Ref{At: 64, N: 31}, 3},
		{Ref{At: 64, N: math.MaxInt64}, 1}} {
		if x, err := Read[float64](k, wrong.Ref, wrong.n); !errors.Is(err, errDamaged) {
			t.Errorf("%+v: %v, %v", wrong, x, err)
		}
	}
	refs[1].Sum++
	if err := k.Check(refs); !errors.Is(err, errDamaged) {
		t.Errorf("a wrong sum: %v", err)
	}
}

// No bytes make Open panic, or read beyond the file.
func FuzzOpen(f *testing.F) {
	path, _ := keep(f, Bytes([]float64{1, 2, 3}), []byte("text"))
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add([]byte("GORAECOL"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "kept")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		var index []Ref
		k, err := Open(path, &index)
		if err != nil || k.Check(index) != nil {
			return
		}
		for _, r := range index {
			if x, err := Read[uint8](k, r, int(r.N)); err != nil || int64(len(x)) != r.N {
				t.Fatalf("%+v: %v", r, err)
			}
		}
	})
}

// Records are read as they were written, told of before or not, by several goroutines and in several orders at once.
func TestRecords(t *testing.T) {
	const n, size = 5000, 20
	record := func(i int) []byte {
		b := make([]byte, size)
		binary.LittleEndian.PutUint64(b, uint64(i)*0x9e3779b97f4a7c15)
		b[size-1] = byte(i)
		return b
	}
	for _, held := range []int{0, n * size} {
		func() {
			defer Tune(1, held, 700*size)()
			r := scratchOf(t).Records(n, size)
			if inFile := r.Window() == 700; inFile != (held == 0) {
				t.Fatalf("a window of %d records", r.Window())
			}
			for from := 0; from < n; from += 1000 {
				var b []byte
				for i := from; i < from+1000; i++ {
					b = append(b, record(i)...)
				}
				if err := r.Write(from, b); err != nil {
					t.Fatal(err)
				}
			}
			var all sync.WaitGroup
			for k := range 6 {
				all.Go(func() {
					order := rand.New(rand.NewPCG(uint64(k), 0)).Perm(n)
					for at, i := range order {
						if k > 0 && at%700 == 0 {
							r.Gather(order[at:min(n, at+700)])
						}
						if err := r.Read(i, func(b []byte) {
							if !bytes.Equal(b, record(i)) {
								t.Errorf("record %d: % x", i, b)
							}
						}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
		}()
	}
}

// Records that were told of are read without the file, and nothing is allocated for them.
func TestGather(t *testing.T) {
	const n, size = 3000, 16
	defer Tune(1, 0, 500*size)()
	r := scratchOf(t).Records(n, size)
	if err := r.Write(0, make([]byte, n*size)); err != nil {
		t.Fatal(err)
	}
	order := rand.New(rand.NewPCG(5, 6)).Perm(n)[:500]
	r.Gather(order)
	if err := r.file.Close(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	if a := testing.AllocsPerRun(1, func() {
		for _, i := range order {
			if err := r.Read(i, func(b []byte) { seen += len(b) }); err != nil {
				t.Fatal(err)
			}
		}
	}); a > 0 || seen != 2*500*size {
		t.Errorf("%v allocations, %d bytes", a, seen)
	}
	other := 0
	for slices.Contains(order, other) {
		other++
	}
	if err := r.Read(other, func([]byte) {}); err == nil {
		t.Error("a record is read that was not told of, without the file")
	}
	r.Gather(order[:10]) // cannot: it is advice
}
