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

	"pgregory.net/rapid"
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

// testRecord is record i of n that are written by writeRecords.
func testRecord(i, size int) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint64(b, uint64(i)*0x9e3779b97f4a7c15)
	b[size-1] = byte(i)
	return b
}

func writeRecords(t *testing.T, n, size int) *Records {
	t.Helper()
	r := scratchOf(t).Records(n, size)
	for from := 0; from < n; from += 1000 {
		var b []byte
		for i := from; i < min(n, from+1000); i++ {
			b = append(b, testRecord(i, size)...)
		}
		if err := r.Write(from, b); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// Records are read as they were written, arranged before or not, by several goroutines and in several orders at once,
// of which more are arranged than are kept.
func TestRecords(t *testing.T) {
	const n, size = 5000, 20
	for _, held := range []int{0, n * size} {
		func() {
			defer Tune(1, held, 700*size)()
			r := writeRecords(t, n, size)
			if r.Filed() != (held == 0) {
				t.Fatalf("records in a file: %v", r.Filed())
			}
			var all sync.WaitGroup
			for k := range 2 * mostLive {
				all.Go(func() {
					order := rand.New(rand.NewPCG(uint64(k), 0)).Perm(n)
					if k%3 == 0 {
						slices.Sort(order)
					}
					var a *Arrangement
					if k > 0 {
						a = r.Arrange(len(order), func(place int) int { return order[place] })
					}
					for _, i := range order {
						if err := r.Read(i, func(b []byte) {
							if !bytes.Equal(b, testRecord(i, size)) {
								t.Errorf("record %d: % x", i, b)
							}
						}); err != nil {
							t.Error(err)
						}
					}
					if a != nil {
						a.Close()
						a.Close()
					}
				})
			}
			all.Wait()
		}()
	}
}

// An order may have records several times and others not at all, begin in its middle, and be read by several goroutines
// that share a batch. The file of the records is not read once it is laid, and nothing is allocated for a record.
func TestArrange(t *testing.T) {
	const size = 16
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(rt, "records")
		window := rapid.IntRange(1, n).Draw(rt, "window")
		defer Tune(1, 0, window*size)()
		r := writeRecords(t, n, size)
		defer r.file.Close()
		order := make([]int, rapid.IntRange((n*size+page-1)/page, 2*n).Draw(rt, "length"))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		for place := range order {
			order[place] = random.IntN(n)
		}
		a := r.Arrange(len(order), func(place int) int { return order[place] })
		if a == nil {
			rt.Fatal("no arrangement")
		}
		check := func(i int) {
			if err := r.Read(i, func(b []byte) {
				if !bytes.Equal(b, testRecord(i, size)) {
					t.Errorf("record %d: % x", i, b)
				}
			}); err != nil {
				t.Error(err)
			}
		}
		from := rapid.IntRange(0, len(order)-1).Draw(rt, "from")
		a.Seek(from)
		for _, i := range order[from:] {
			check(i)
		}
		all := func(ids []int) {
			seen := 0
			n, err := r.ReadAll(ids, func(k int, b []byte) {
				if k != seen || !bytes.Equal(b, testRecord(ids[k], size)) {
					t.Errorf("record %d, after %d: % x", ids[k], seen, b)
				}
				seen++
			})
			if n != len(ids) || seen != n || err != nil {
				t.Errorf("%d of %d records, %v", seen, len(ids), err)
			}
		}
		a.Seek(from / 2)
		for at := from / 2; at < len(order); {
			to := min(at+random.IntN(200), len(order))
			all(order[at:to])
			at = to
		}
		all([]int{0, n - 1, n / 2, n / 2})
		a.Seek(0)
		for at := 0; at < len(order); at += 50 {
			batch := order[at:min(at+50, len(order))]
			var all sync.WaitGroup
			for k := range 3 {
				all.Go(func() {
					for j := k; j < len(batch); j += 3 {
						check(batch[j])
					}
				})
			}
			all.Wait()
		}
		a.Close()
		all(order)
		slices.Sort(order)
		all(slices.Compact(order))
	})
}

func TestArrangedAlone(t *testing.T) {
	const n, size = 3000, 16
	defer Tune(1, 0, 500*size)()
	r := writeRecords(t, n, size)
	order := rand.New(rand.NewPCG(5, 6)).Perm(n)
	arrange := func(n int) *Arrangement { return r.Arrange(n, func(place int) int { return order[place] }) }
	a := arrange(n)
	if err := r.file.Close(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	read := func() {
		for _, i := range order[:500] {
			if err := r.Read(i, func(b []byte) { seen += len(b) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	read()
	for a.loading.Lock(); a.windows[1].number == 0; a.loading.Lock() { // the second window is being read
		a.loading.Unlock()
	}
	a.loading.Unlock()
	if allocated := testing.AllocsPerRun(5, func() { a.Seek(0); read() }); allocated > 0 || seen != 7*500*size {
		t.Errorf("%v allocations, %d bytes", allocated, seen)
	}
	a.Seek(0)
	if err := r.Read(order[2000], func([]byte) {}); err == nil {
		t.Error("a record is read that is far from the last one, without the file")
	}
	if arrange(n) != nil { // it is advice
		t.Error("records are arranged that cannot be read")
	}
	if arrange(0) != nil || arrange(n*size/page-1) != nil {
		t.Error("few records are arranged")
	}
	if r.Arrange(n, func(int) int { return n }) != nil {
		t.Error("records are arranged that are not there")
	}
}
