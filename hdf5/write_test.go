package hdf5

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbers[T any](n int, f func(i int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// kerasTree is a tree with everything that Write writes, in the shapes of Keras's files.
func kerasTree() *Node {
	weights := func(shape ...int) *Data {
		return &Data{Shape: shape, Values: numbers(product(shape), func(i int) float32 { return float32(i+1) / 8 })}
	}
	many := &Node{Groups: map[string]*Node{}}
	for i := range 300 {
		many.Groups[fmt.Sprintf("g%03d", i)] = &Node{Attrs: map[string]any{"i": i}}
	}
	layers := &Node{Groups: map[string]*Node{
		"dense": {Groups: map[string]*Node{"vars": {Datasets: map[string]*Data{
			"0": weights(784, 33), "1": weights(33)}}}},
		"dropout": {Groups: map[string]*Node{"vars": {}}},
	}}
	// Attributes of more than the 64 KiB of a message: numbers, strings, and small ones beside them, more than a leaf
	// of 512 bytes names.
	large := &Node{
		Attrs: map[string]any{
			"numbers": numbers(70000, func(i int) float32 { return float32(i) / 4 }),
			"fixed":   Fixed(numbers(5000, func(i int) string { return fmt.Sprintf("layer %05d of many", i) })),
			"strings": numbers(5000, func(i int) string { return strings.Repeat("층", i%4) }),
			"이름":      "고래",
			"matrix":  Data{Shape: []int{3, 40000}, Values: numbers(120000, func(i int) int64 { return int64(-i) })},
			"empty":   []float64{},
		},
		Groups:   map[string]*Node{"below": {}},
		Datasets: map[string]*Data{"x": weights(5), "y": weights(2, 2)},
	}
	for i := range 60 {
		large.Attrs[fmt.Sprintf("small%02d", i)] = i
	}
	large.Datasets["x"].Attrs = map[string]any{"numbers": make([]float64, 9000), "unit": "m"}
	return &Node{
		Attrs: map[string]any{
			"keras_version": "2.15.0",
			"backend":       "",
			// 240 KB: beyond any header message
			"model_config": `{"class_name": "` + strings.Repeat("고래", 40000) + `"}`,
			"layer_names":  Fixed{"dense", "dropout", ""},
			"empty_names":  Fixed{},
			"weight_names": []float64{},
			"texts":        []string{"one", "", "셋", strings.Repeat("long ", 2000)},
			"이름":           "고래",
			"matrix":       Data{Shape: []int{2, 3}, Values: []int32{1, 2, 3, 4, 5, -6}},
			"trainable":    true,
			"flags":        []bool{true, false},
			"step":         int64(math.MaxInt64),
			"rate":         float32(0.001),
			"u":            uint8(255),
		},
		Groups: map[string]*Node{"layers": layers, "many": many, "empty": {}, "large": large},
		Datasets: map[string]*Data{
			"x":      {Shape: []int{3}, Values: []float64{1, 2, 3}, Attrs: map[string]any{"note": "set"}},
			"scalar": {Values: float32(2.5)},
			"one":    {Values: []int64{-7}},
			"zero":   {Shape: []int{0, 4}, Values: []float32{}},
			"int8":   {Shape: []int{2}, Values: []int8{-128, 127}},
			"int16":  {Shape: []int{2}, Values: []int16{-32768, 5}},
			"int32":  {Shape: []int{2, 1}, Values: []int32{math.MinInt32, 5}},
			"int":    {Shape: []int{2}, Values: []int{math.MinInt, 5}},
			"uint8":  {Shape: []int{5}, Values: []uint8{1, 2, 3, 4, 255}},
			"uint16": {Shape: []int{1}, Values: []uint16{65535}},
			"uint32": {Shape: []int{1}, Values: []uint32{math.MaxUint32}},
			"uint64": {Shape: []int{1}, Values: []uint64{1 << 62}},
			"bool":   {Shape: []int{3}, Values: []bool{true, false, true}},
			"text":   {Values: "한 줄"},
			"texts":  {Shape: []int{2, 2}, Values: []string{"a", "", "고래", strings.Repeat("x", 9000)}},
			"fixed":  {Shape: []int{2}, Values: Fixed{"ab", "고래"}},
			"numbers": {Shape: []int{70000}, Values: numbers(70000,
				func(i int) float64 { return math.Sqrt(float64(i)) })},
			"infinity": {Shape: []int{2}, Values: []float32{float32(math.Inf(1)), float32(math.Copysign(0, -1))}},
		},
	}
}

// expected is the tree as dump.py must show it, without any of this package's reading or writing.
func expected(n *Node, path string, out map[string]seen) {
	value := func(v any) seenValue {
		s := seenValue{Shape: []int{}}
		if d, ok := v.(Data); ok {
			v, s.Shape = d.Values, d.Shape
		} else if r := reflect.ValueOf(v); r.Kind() == reflect.Slice {
			s.Shape = []int{r.Len()}
		}
		h := sha256.New()
		r := reflect.ValueOf(v)
		if r.Kind() != reflect.Slice {
			r = reflect.Append(reflect.MakeSlice(reflect.SliceOf(r.Type()), 0, 1), r)
		}
		for i := range r.Len() {
			x := r.Index(i)
			switch {
			case x.Kind() == reflect.String:
				io.WriteString(h, x.String()+"\x00")
			case x.Kind() == reflect.Bool:
				binary.Write(h, binary.LittleEndian, map[bool]float64{true: 1}[x.Bool()])
			default:
				binary.Write(h, binary.LittleEndian, x.Convert(reflect.TypeOf(0.0)).Float())
			}
		}
		s.Sum = fmt.Sprintf("%x", h.Sum(nil))
		return s
	}
	attrs := func(m map[string]any) map[string]seenValue {
		out := map[string]seenValue{}
		for k, v := range m {
			out[k] = value(v)
		}
		return out
	}
	names := []string{}
	for name, g := range n.Groups {
		names = append(names, name)
		expected(g, path+name+"/", out)
	}
	for name, d := range n.Datasets {
		names = append(names, name)
		shape := d.Shape
		if shape == nil {
			shape = []int{}
		}
		v := value(Data{Shape: shape, Values: d.Values})
		out[path+name] = seen{Attrs: attrs(d.Attrs), Value: &v}
	}
	slices.Sort(names)
	key := strings.TrimSuffix(path, "/")
	if key == "" {
		key = "/"
	}
	out[key] = seen{Attrs: attrs(n.Attrs), Names: names}
}

func written(t testing.TB, n *Node) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, n); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteRoundTrip(t *testing.T) {
	want := map[string]seen{}
	expected(kerasTree(), "/", want)
	b := written(t, kerasTree())
	compare(t, openBytes(t, b), want, nil)
	if !bytes.Equal(b, written(t, kerasTree())) {
		t.Error("the same tree was written with other bytes")
	}
}

// TestWriteH5py has h5py read what Write wrote, compares every value with the tree, and has it change the file.
func TestWriteH5py(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	py := python(t)
	path := filepath.Join(t.TempDir(), "ours.h5")
	if err := os.WriteFile(path, written(t, kerasTree()), 0o600); err != nil {
		t.Fatal(err)
	}
	want := map[string]seen{}
	expected(kerasTree(), "/", want)
	got := h5py(t, path)[path]
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("h5py reads other values (-written +read):\n%s", d)
	}
	if out, err := exec.Command(py, "-B", "testdata/append.py", path).CombinedOutput(); err != nil {
		t.Fatalf("append.py: %v\n%s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, openBytes(t, b), h5py(t, path)[path], nil)
}

// TestWriteH5dump has the HDF Group's own program show what Write wrote: every object by its path, and values.
func TestWriteH5dump(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	h5dump, err := exec.LookPath("h5dump")
	if err != nil {
		if os.Getenv("GORAE_CI") != "" {
			t.Fatal("h5dump is not installed")
		}
		t.Skip("h5dump is not installed: apt-get install hdf5-tools")
	}
	path := filepath.Join(t.TempDir(), "ours.h5")
	if err := os.WriteFile(path, written(t, kerasTree()), 0o600); err != nil {
		t.Fatal(err)
	}
	dump := func(args ...string) string {
		out, err := exec.Command(h5dump, append(args, path)...).CombinedOutput()
		if err != nil || bytes.Contains(out, []byte("rror")) {
			t.Fatalf("h5dump %q: %v\n%.2000s", args, err, out)
		}
		return string(out)
	}
	want := map[string]seen{}
	expected(kerasTree(), "/", want)
	listed := map[string]bool{}
	for line := range strings.Lines(dump("-n")) {
		kind, rest, ok := strings.Cut(strings.TrimSpace(line), "/")
		if kind = strings.TrimSpace(kind); ok && (kind == "group" || kind == "dataset") {
			listed["/"+rest] = true
		}
	}
	for name := range want {
		if !listed[name] {
			t.Errorf("h5dump does not list %s", name)
		}
	}
	if len(listed) != len(want) {
		t.Errorf("h5dump lists %d objects, %d were written", len(listed), len(want))
	}
	values := dump("-y", "-w", "200", "-d", "/int8", "-d", "/int", "-d", "/uint32", "-d", "/scalar", "-d", "/texts",
		"-d", "/zero", "-a", "/matrix", "-a", "/weight_names", "-a", "/layer_names")
	for _, s := range []string{"-128, 127", "-9223372036854775808, 5", "4294967295", "2.5", `"a", NULL,`,
		"( 0, 4 ) / ( 0, 4 )", "1, 2, 3,\n      4, 5, -6", "H5T_STD_I8LE", "H5T_IEEE_F32LE", `"dense\000\000",`} {
		if !strings.Contains(values, s) {
			t.Errorf("h5dump does not print %q:\n%.4000s", s, values)
		}
	}
	if all := dump(); len(all) < 1_000_000 { // 70,000 numbers and 240 KB of text
		t.Errorf("h5dump prints %d bytes", len(all))
	}
}

// TestWriteManyLinks writes groups about the sizes where the tree over them gets another level: 8 links to a node, 32
// nodes to a tree node.
func TestWriteManyLinks(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 255, 256, 257, 8191, 8192, 8193} {
		root := &Node{Groups: map[string]*Node{}, Datasets: map[string]*Data{}}
		for i := range n {
			root.Datasets[fmt.Sprintf("d%05d", i)] = &Data{Values: int32(i)}
		}
		f := openBytes(t, written(t, root))
		names := f.Root().Names()
		if len(names) != n {
			t.Errorf("%d links were written, %d read", n, len(names))
		}
		if n > 0 {
			d, err := f.Root().Dataset(names[n-1])
			if err != nil {
				t.Fatal(err)
			}
			if x, err := d.Int64s(); err != nil || x[0] != int64(n-1) {
				t.Errorf("the last of %d is %v, %v", n, x, err)
			}
		}
	}
}

func TestWriteErrors(t *testing.T) {
	circle := &Node{Groups: map[string]*Node{}}
	circle.Groups["a"] = &Node{Groups: map[string]*Node{"b": circle}}
	deep := &Node{}
	for range maxDepth + 2 {
		deep = &Node{Groups: map[string]*Node{"d": deep}}
	}
	data := func(d *Data) *Node { return &Node{Datasets: map[string]*Data{"d": d}} }
	attr := func(v any) *Node { return &Node{Attrs: map[string]any{"a": v}} }
	for _, c := range []struct {
		root *Node
		want string
	}{
		{nil, "/ is a nil Node"},
		{circle, "/a/b is a group within itself"},
		{deep, "nested more than 256 deep"},
		{&Node{Groups: map[string]*Node{"g": nil}}, "/g is a nil Node"},
		{&Node{Groups: map[string]*Node{"x": {}}, Datasets: map[string]*Data{"x": {Values: 1}}},
			"/x is both a group and a dataset"},
		{&Node{Groups: map[string]*Node{"a/b": {}}}, `"a/b" cannot be a name in /`},
		{&Node{Groups: map[string]*Node{"": {}}}, `"" cannot be a name in /`},
		{data(nil), "/d is a nil Data"},
		{data(&Data{}), "/d: has no value"},
		{data(&Data{Values: struct{}{}}), "/d: values of Go type struct {} cannot be written"},
		{data(&Data{Shape: []int{2, 3}, Values: []float32{1}}), "/d: shape [2 3] has 6 elements; 1 values are given"},
		{data(&Data{Shape: []int{-1}, Values: []float32{1}}), "/d: shape [-1] cannot be"},
		{data(&Data{Shape: []int{math.MaxInt, 2}, Values: []float32{1}}), "cannot be"},
		{data(&Data{Shape: make([]int, 33), Values: []float32{}}), "/d: has 33 dimensions; at most 32"},
		{data(&Data{Values: "a\x00b"}), `the string "a\x00b" contains a NUL`},
		{data(&Data{Values: 1, Attrs: map[string]any{"a": nil}}), `/d: attribute "a": has no value`},
		{attr(Data{Values: 1, Attrs: map[string]any{"b": 1}}), "nor have attributes"},
		{&Node{Attrs: map[string]any{"": 1}}, "cannot be an attribute's name"},
		{&Node{Attrs: manyAttributes(65536, uint8(1))}, "more than a header can hold"},
		{&Node{Attrs: manyAttributes(65536, make([]byte, 1<<16))}, "more than a tree can hold; at most 65535"},
	} {
		err := Write(io.Discard, c.root)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "hdf5: ") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v; want one line with %q", err, c.want)
		}
	}
}

// manyAttributes are n attributes, of which the first has the value.
func manyAttributes(n int, value any) map[string]any {
	m := map[string]any{}
	for i := range n {
		m[fmt.Sprint(i)] = uint8(1)
	}
	m["0"] = value
	return m
}

// full is a disk that takes so many bytes.
type full int

var errFull = errors.New("no space left on device")

func (d *full) Write(b []byte) (int, error) {
	if len(b) > int(*d) {
		return int(*d), errFull
	}
	*d -= full(len(b))
	return len(b), nil
}

// TestWriteDiskFull has the disk fill up at many places: Write must say so.
func TestWriteDiskFull(t *testing.T) {
	size := len(written(t, kerasTree()))
	for room := 0; room < size; room += size/50 + 1 {
		d := full(room)
		if err := Write(&d, kerasTree()); !errors.Is(err, errFull) {
			t.Errorf("with room for %d of %d bytes: %v", room, size, err)
		}
	}
}

// TestWriteStreams holds the promise that values are not copied whole.
func TestWriteStreams(t *testing.T) {
	root := &Node{Datasets: map[string]*Data{"w": {Shape: []int{1 << 22}, Values: make([]float32, 1<<22)}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := Write(io.Discard, root); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<18 {
		t.Errorf("writing 16 MiB of values took %d bytes of memory; want at most %d", n, 1<<18)
	}
}
