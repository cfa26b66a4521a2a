package data

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gorae/internal/arrayfile"
)

// opening opens a text each time.
func opening(text string) func() (io.ReadCloser, error) {
	b := []byte(text)
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// cached returns a cache in a new folder that adds what it says to the result.
func cached(t interface {
	TempDir() string
	Skip(...any)
}) (*Cache, *[]string) {
	if !arrayfile.Supported() {
		t.Skip("no files are mapped here")
	}
	said := &[]string{}
	return &Cache{Dir: t.TempDir(), Say: func(s string) { *said = append(*said, s) }}, said
}

// tables lists the kept tables of a cache.
func tables(t *testing.T, c *Cache) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(c.Dir, "*"+tableExt))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A table of a cache is the one that ReadCSV reads, when it is read and when it is opened again, and so are rows of it;
// errors are the same.
func TestCacheReadsAsReadCSV(t *testing.T) {
	defer arrayfile.Tune(1, 0, 1)()
	c, said := cached(t)
	rapid.Check(t, func(t *rapid.T) {
		file, o := drawFile(t)
		if rapid.IntRange(0, 4).Draw(t, "totals") == 0 {
			o.Totals = "skip"
		}
		want, wantErr := ReadCSV(strings.NewReader(file), "f.csv", o)
		for _, how := range []string{"read", "opened"} {
			got, err := c.ReadCSV(opening(file), "f.csv", o)
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%s: %v, want %v", how, err, wantErr)
			}
			if err != nil {
				return
			}
			if a, b := all(got), all(want); a != b {
				t.Fatalf("%q %s by the cache:\n%s\nin memory:\n%s", file, how, a, b)
			}
			rows := rapid.SliceOf(rapid.IntRange(0, want.Rows-1)).Draw(t, "rows")
			if a, b := all(got.Select(rows)), all(want.Select(rows)); a != b {
				t.Fatalf("%s: rows %v by the cache:\n%s\nin memory:\n%s", how, rows, a, b)
			}
			for i := range want.Columns {
				a, b := &got.Columns[i], &want.Columns[i]
				if a.Levels() != b.Levels() || a.Len() != b.Len() {
					t.Fatalf("column %d: %d levels of %d, in memory %d of %d", i, a.Levels(), a.Len(), b.Levels(),
						b.Len())
				}
				for _, most := range []int{len(rows), len(rows) / 2} {
					places, values := a.WholeGroups(rows, most)
					wantPlaces, wantValues := b.WholeGroups(rows, most)
					if !slices.Equal(places, wantPlaces) || !slices.Equal(values, wantValues) {
						t.Fatalf("column %d: groups %v of %v, in memory %v of %v", i, values, places, wantValues,
							wantPlaces)
					}
				}
				if b.Kind != Category {
					continue
				}
				for r, s := range a.Texts() {
					if s != b.Spelling(r) {
						t.Fatalf("column %d, row %d: %q, in memory %q", i, r, s, b.Spelling(r))
					}
				}
			}
			if got.Duplicates() != want.Duplicates() {
				t.Fatalf("%d duplicates, want %d", got.Duplicates(), want.Duplicates())
			}
		}
	})
	if len(*said) > 0 {
		t.Errorf("said: %q", *said)
	}
}

// orders is a table of rows with numbers, categories, dates and names that are all different.
func orders(rows int) string {
	r := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	b.WriteString("order,name,day,city,price,quantity,score,paid,lat,lon,a,b,c,d,e,f,g,h,i,amount\n")
	for i := range rows {
		day := time.Date(2020, 1, 1+r.IntN(900), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fmt.Fprintf(&b, "%d,N%07d,%s,city %d,%.2f,%d,%.6f,%s,%.5f,%.5f", 1000+i, r.IntN(1e7), day, r.IntN(300),
			100*r.Float64(), r.IntN(9), r.Float64(), []string{"yes", "no", "NA"}[r.IntN(3)], r.Float64(), r.Float64())
		for range 9 {
			fmt.Fprintf(&b, ",%.3f", r.NormFloat64())
		}
		fmt.Fprintf(&b, ",%.2f\n", r.ExpFloat64())
	}
	return b.String()
}

// heap is the number of bytes in use.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Of a table of 200,000 rows and 20 columns, 26 MB of text, a cache leaves less than 3 MB in memory (0.9 MB were
// measured), most of which are the words of columns of text; ReadCSV keeps 38 MB. Opening it again allocates little.
func TestCacheHoldsLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	c, said := cached(t)
	open := opening(orders(200_000))
	before := heap()
	first, err := c.ReadCSV(open, "orders.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if held := heap() - before; held > 3<<20 {
		t.Errorf("the table keeps %.1f MB in memory", float64(held)/1e6)
	}
	var m, n runtime.MemStats
	runtime.ReadMemStats(&m)
	again, err := c.ReadCSV(open, "orders.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&n)
	if made := n.TotalAlloc - m.TotalAlloc; made > 6<<20 {
		t.Errorf("opening the table allocates %.1f MB", float64(made)/1e6)
	}
	whole, err := from(open, func(r io.Reader) (*Table, error) { return ReadCSV(r, "orders.csv", CSVOptions{}) })
	if err != nil {
		t.Fatal(err)
	}
	if held := heap() - before; held < 30<<20 {
		t.Errorf("a table in memory keeps %.1f MB; the test measures nothing", float64(held)/1e6)
	}
	for k := range whole.Columns {
		a, b, c := &first.Columns[k], &again.Columns[k], &whole.Columns[k]
		if a.Kind != c.Kind || !slices.Equal(a.Numbers, c.Numbers) || !slices.Equal(b.Numbers, c.Numbers) ||
			!slices.Equal(a.Missing, c.Missing) || !slices.Equal(b.Missing, c.Missing) || a.Levels() != c.Levels() {
			t.Errorf("column %s differs", c.Name)
		}
	}
	runtime.KeepAlive(first)
	runtime.KeepAlive(open)
	if len(*said) > 0 {
		t.Errorf("said: %q", *said)
	}
}

// A kept table that was changed or cut is not used, whatever was changed, but made again.
func TestCacheIsDamaged(t *testing.T) {
	c, said := cached(t)
	text := orders(60)
	read := func() string {
		t.Helper()
		got, err := c.ReadCSV(opening(text), "orders.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return all(got)
	}
	want := read()
	path := tables(t, c)[0]
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoil := func(what string, b []byte) {
		t.Helper()
		// It is replaced, not written over, as mapped files must not change.
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		*said = nil
		if got := read(); got != want {
			t.Errorf("%s: the table differs", what)
		}
		if len(*said) != 1 || !strings.Contains((*said)[0], "is not used: ") {
			t.Errorf("%s: said: %q", what, *said)
		}
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, sound) {
			t.Errorf("%s: the table was not made again: %v", what, err)
		}
	}
	for at := 100; at < len(sound); at += 1 + len(sound)/37 {
		if b := bytes.Clone(sound); used(b, at) {
			b[at] ^= 0x10
			spoil(fmt.Sprintf("byte %d of %d", at, len(b)), b)
		}
	}
	for _, n := range []int{0, 1, 63, 64, 95, 96, len(sound) / 2, len(sound) - 1} {
		spoil(fmt.Sprintf("%d bytes of %d", n, len(sound)), sound[:n])
	}
	spoil("twice", append(bytes.Clone(sound), sound...))
	spoil("a text", []byte(strings.Repeat("a text\n", 100)))
}

// used reports whether a byte is more than filling between arrays.
func used(b []byte, at int) bool { return b[at] != 0 || at > 0 && b[at-1] != 0 }

// The tables of a cache stay within its size: the one that was not used for the longest time goes first. One that is
// larger than the cache is not kept, and read all the same.
func TestCacheIsBounded(t *testing.T) {
	c, said := cached(t)
	read := func(rows int) *Table {
		t.Helper()
		got, err := c.ReadCSV(opening(orders(rows)), "orders.csv", CSVOptions{})
		if err != nil || got.Rows != rows {
			t.Fatal(err)
		}
		return got
	}
	read(50)
	first := tables(t, c)[0]
	st, err := os.Stat(first)
	if err != nil {
		t.Fatal(err)
	}
	c.Most = 5 * st.Size() / 2
	old := time.Now().Add(-time.Hour)
	age := func(path string) {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		old = old.Add(time.Minute)
	}
	age(first)
	read(51)
	second := slices.DeleteFunc(tables(t, c), func(p string) bool { return p == first })[0]
	age(second)
	read(50) // used again
	read(52)
	left := tables(t, c)
	if len(left) != 2 || !slices.Contains(left, first) || slices.Contains(left, second) {
		t.Errorf("%v are left of %s, %s and another", left, first, second)
	}
	for _, p := range left {
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
	}
	c.Most = st.Size() / 2
	read(53)
	if left := tables(t, c); len(left) > 0 {
		t.Errorf("%v is kept in a cache of %d bytes", left, c.Most)
	}
	if len(*said) != 1 || !strings.Contains((*said)[0], "it is larger than ") {
		t.Errorf("said: %q", *said)
	}
	leftovers(t, c)
}

// leftovers fails where a cache holds files that are not finished.
func leftovers(t *testing.T, c *Cache) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(c.Dir, "*"+arrayfile.Partial)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Where a folder cannot be made, or the disk takes no more, one line says so, and the table is the same. A limit of the
// size of files stands for a disk without room. It holds for the whole process, which may write other files, such as
// the test's log: so the test runs in a process of its own.
func TestCacheWithoutRoom(t *testing.T) {
	const within = "GORAE_TEST_WITHOUT_ROOM"
	if os.Getenv(within) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(self, "-test.run=^TestCacheWithoutRoom$", "-test.v")
		c.Env = append(os.Environ(), within+"=1", "TMPDIR="+t.TempDir())
		out, err := c.CombinedOutput()
		switch {
		case err != nil:
			t.Errorf("%v\n%s", err, out)
		case bytes.Contains(out, []byte("--- SKIP")):
			t.Skipf("%s", out)
		case !bytes.Contains(out, []byte("--- PASS")):
			t.Errorf("it has not run: %s", out)
		}
		return
	}
	c, said := cached(t)
	text := orders(3000)
	want, err := ReadCSV(strings.NewReader(text), "orders.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(reason string) {
		t.Helper()
		got, err := c.ReadCSV(opening(text), "orders.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if all(got.Select(Range(100))) != all(want.Select(Range(100))) {
			t.Error("the table differs")
		}
		if len(*said) != 1 || !strings.Contains((*said)[0], "the table is not kept in the cache ") ||
			!strings.Contains((*said)[0], reason) {
			t.Errorf("said: %q, want %s", *said, reason)
		}
		*said = nil
	}
	dir := c.Dir
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Dir = filepath.Join(file, "cache")
	check(syscall.ENOTDIR.Error())
	c.Dir = dir

	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Skip(err)
	}
	for _, size := range []uint64{1 << 10, 1 << 17, 300 << 20} {
		few := old
		few.Cur = size
		restore := arrayfile.Tune(1, 0, 1)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &few); err != nil {
			t.Skip(err)
		}
		func() {
			defer func() {
				restore()
				if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
					t.Fatal(err)
				}
			}()
			if size < 1<<28 {
				check(syscall.EFBIG.Error())
				return
			}
			if _, err := c.ReadCSV(opening(text), "orders.csv", CSVOptions{}); err != nil || len(*said) > 0 {
				t.Errorf("%v, said: %q", err, *said)
			}
		}()
	}
	leftovers(t, c)
}

// Another text, another way of reading and another name are other tables.
func TestCacheKeys(t *testing.T) {
	c, _ := cached(t)
	text := orders(20)
	no := false
	for i, o := range []struct {
		text, name string
		CSVOptions
	}{{text, "a.csv", CSVOptions{}}, {text + "\n", "a.csv", CSVOptions{}}, {text, "b.csv", CSVOptions{}},
		{text, "a.csv", CSVOptions{Header: &no}}, {text, "a.csv", CSVOptions{Missing: []string{"1000"}}},
		{text, "a.csv", CSVOptions{Flags: true}}} {
		for range 2 {
			if _, err := c.ReadCSV(opening(o.text), o.name, o.CSVOptions); err != nil {
				t.Fatal(err)
			}
			if n := len(tables(t, c)); n != i+1 {
				t.Errorf("%d tables, want %d", n, i+1)
			}
		}
	}
	c.Least = int64(len(text)) + 2
	if _, err := c.ReadCSV(opening(text), "c.csv", CSVOptions{}); err != nil || len(tables(t, c)) != 6 {
		t.Errorf("a small text is kept: %v", err)
	}
	if _, err := c.ReadCSV(func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }, "c.csv",
		CSVOptions{}); err != fs.ErrNotExist {
		t.Errorf("%v", err)
	}
}
