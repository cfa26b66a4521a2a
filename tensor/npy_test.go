package tensor

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// golden is an array as testdata/make.py writes it down.
type golden struct {
	DType  string
	Shape  []int
	Values []string
	Text   string
}

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func (g golden) check(t *testing.T, got *Tensor) {
	t.Helper()
	if got.DType().String() != g.DType || !got.Shape.Equal(g.Shape) || got.Len() != len(g.Values) {
		t.Fatalf("got %v %v, want %v %v", got.DType(), got.Shape, g.DType, g.Shape)
	}
	if err := got.whole(); err != nil {
		t.Fatal(err)
	}
	for i, v := range g.Values {
		want, err := strconv.ParseFloat(v, 64)
		if err != nil {
			t.Fatal(err)
		}
		if math.Float64bits(got.Float(i)) != math.Float64bits(want) {
			t.Fatalf("element %d is %v, want %v", i, got.Float(i), v)
		}
	}
}

func TestReadNPY(t *testing.T) {
	var cases map[string]golden
	readJSON(t, "npy.json", &cases)
	if len(cases) < 28 {
		t.Fatalf("%d cases", len(cases))
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", name+".npy"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := ReadNPY(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			want.check(t, got)

			var buf bytes.Buffer
			if err := WriteNPY(&buf, got); err != nil {
				t.Fatal(err)
			}
			again, err := ReadNPY(&buf)
			if err != nil {
				t.Fatal(err)
			}
			want.check(t, again)
			for n := range b { // every truncation is an error
				if _, err := ReadNPY(bytes.NewReader(b[:n])); err == nil {
					t.Fatalf("the first %d of %d bytes were taken for an array", n, len(b))
				}
			}
			if _, err := ReadNPY(bytes.NewReader(append(b, 0))); err == nil {
				t.Error("a byte too many was not noticed")
			}
		})
	}
}

// The bytes are NumPy's own.
func TestWriteNPYBytes(t *testing.T) {
	for _, name := range []string{"f4-little", "little-i4", "u1", "scalar", "empty"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadNPY(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := WriteNPY(&buf, a); err != nil {
			t.Fatal(err)
		}
		// NumPy leaves room for growing extents: the header's padding may differ.
		from, to := buf.Bytes(), b
		if string(squeeze(from)) != string(squeeze(to)) {
			t.Errorf("%s:\n%q\n%q", name, from, to)
		}
		if at := bytes.IndexByte(from, '\n'); (at+1)%64 != 0 {
			t.Errorf("%s: elements begin at byte %d", name, at+1)
		}
	}
	if err := WriteNPY(new(bytes.Buffer), &Tensor{Shape: Shape{3}, F32: []float32{1}}); err == nil {
		t.Error("a tensor that does not fill its shape was written")
	}
	if err := WriteNPY(broken{}, New(Float32, 40000)); err == nil {
		t.Error("a full disk was not noticed")
	}
}

type broken struct{}

func (broken) Write(b []byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

func squeeze(b []byte) []byte {
	at := bytes.IndexByte(b, '\n')
	return slices.Concat(bytes.TrimRight(b[10:at], " "), b[at:])
}

func TestReadNPYErrors(t *testing.T) {
	for name, want := range map[string]string{
		"bad-object": "pickles", "bad-text": "text", "bad-complex": "complex", "bad-struct": "structured",
	} {
		f, err := os.Open(filepath.Join("testdata", name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ReadNPY(f)
		f.Close()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
	// Numbers that neither int32 nor float32 holds are those of the file all the same.
	for name, digits := range map[string]string{
		"bad-i8": "2147483648", "bad-u8": "9223372036854775808", "bad-u4": "4294967295", "bad-f8": "",
	} {
		want := 1e39
		if digits != "" {
			want, _ = strconv.ParseFloat(digits, 64)
		}
		f, err := os.Open(filepath.Join("testdata", name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		x, err := ReadNPY(f)
		f.Close()
		if err != nil || x.Float(1) != want || x.DType() != Float32 || x.Digits(1) != digits {
			t.Errorf("%s: %v %v; want %v", name, x, err, want)
		}
	}
	head := func(s string) string {
		return "\x93NUMPY\x01\x00" + string([]byte{byte(len(s)), byte(len(s) >> 8)}) + s
	}
	for in, want := range map[string]string{
		"":                                  "first 8 bytes",
		"\x93NUMPX\x01\x00":                 "no .npy file",
		"\x93NUMPY\x09\x00":                 "version 9.0",
		"\x93NUMPY\x02\x00\xff\xff\xff\x7f": "at most",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (3)"): "comma",
		head("{'descr': '<f4', 'fortran_order': False}"):              `no "shape"`,
		head("{'descr': '<f4', 'descr': '<f4'}"):                      "twice",
		head("{'descr': '<f4', 'x': 1}"):                              "unknown key",
		head("{'descr': '<f3', 'fortran_order': False, 'shape': ()}"): "<f3",
		head("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}"): "neither True nor " +
			"False",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"): "extent",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 4)}"): "larger than any " +
			"memory",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"): "larger than any " +
			"memory",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"): "extent",
		head("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}") + "\x02":           "truth value",
		head("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x"): "follows the " +
			"dictionary",
		head("[]"): "no dictionary",
	} {
		if _, err := ReadNPY(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", in, err, want)
		}
	}
}

// A header that promises 16 GB before 4 bytes must cost neither memory nor time.
func TestReadNPYHostileSize(t *testing.T) {
	s := "{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000,)}"
	in := "\x93NUMPY\x01\x00" + string([]byte{byte(len(s)), 0}) + s + "abcd"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadNPY(strings.NewReader(in))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "ends after 1 of the 4000000000 elements") {
		t.Error(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
}

func TestNPZ(t *testing.T) {
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadNPZ(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(name, err)
		}
		if len(a) != 2 || a[0].Name != "x" || a[0].DType() != Uint8 || !a[0].Shape.Equal(Shape{1, 2, 3}) ||
			a[0].U8[5] != 5 ||
			a[1].Name != "y" || a[1].DType() != Int32 || a[1].I32[0] != 3 {
			t.Errorf("%s: %v", name, a)
		}
		var one, two bytes.Buffer
		for _, buf := range []*bytes.Buffer{&one, &two} {
			if err := WriteNPZ(buf, a); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Error("equal arrays gave different bytes")
		}
		again, err := ReadNPZ(bytes.NewReader(one.Bytes()), int64(one.Len()))
		if err != nil || len(again) != 2 || again[0].String() != a[0].String() || again[1].I32[0] != 3 {
			t.Errorf("%s: round trip: %v %v", name, again, err)
		}
		for n := 0; n < len(b); n += 7 {
			if _, err := ReadNPZ(bytes.NewReader(b[:n]), int64(n)); err == nil {
				t.Errorf("%s: %d bytes of %d were taken for the whole", name, n, len(b))
			}
		}
	}
	if err := WriteNPZ(new(bytes.Buffer), []Named{{"a", New(Float32)}, {"a", New(Float32)}}); err == nil {
		t.Error("two arrays of one name were written")
	}
}

func FuzzReadNPY(f *testing.F) {
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ReadNPY(bytes.NewReader(b))
		if err != nil {
			return
		}
		if err := a.whole(); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := WriteNPY(&buf, a); err != nil {
			t.Fatal(err)
		}
		again, err := ReadNPY(&buf)
		if err != nil || again.DType() != a.DType() || !again.Shape.Equal(a.Shape) {
			t.Fatalf("%v %v became %v: %v", a.DType(), a.Shape, again, err)
		}
		for i := range a.Len() {
			x, y := a.Float(i), again.Float(i)
			if a.Original != nil { // float32 is written
				x = float64(float32(x))
			}
			if x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
				t.Fatalf("element %d: %v became %v", i, x, y)
			}
		}
	})
}

func FuzzReadNPZ(f *testing.F) {
	for _, name := range []string{"stored.npz", "deflated.npz", "text.npz"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(timesNPZ(f, "<M8[ns]", 1577836800000000001, math.MinInt64))
	f.Add(timesNPZ(f, ">M8[25s]", 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, texts, err := ReadNPZText(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, x := range texts {
			if len(x.Strings) != x.Shape.Size() {
				t.Fatalf("%d elements under shape %v", len(x.Strings), x.Shape)
			}
		}
		for _, n := range a {
			if err := n.whole(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Arrays of text as NumPy writes them stand beside those of numbers; who takes numbers alone is told.
func TestNPZText(t *testing.T) {
	b, err := os.ReadFile("testdata/text.npz")
	if err != nil {
		t.Fatal(err)
	}
	numbers, texts, err := ReadNPZText(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(numbers) != 1 || numbers[0].Name != "n" || numbers[0].F32[0] != 1.5 {
		t.Fatalf("numbers %v, error %v", numbers, err)
	}
	want := []Text{
		{Name: "u", Shape: Shape{3}, Strings: []string{"고래", "", "a\x00b"}},
		{Name: "big", Shape: Shape{3}, Strings: []string{"x", "깊이", "🐋"}},
		{Name: "s", Shape: Shape{3}, Strings: []string{"고래", "", "deep"}},
		{Name: "square", Shape: Shape{2, 2}, Strings: []string{"a", "b", "c", "d"}},
	}
	for i, w := range want {
		if i >= len(texts) || texts[i].Name != w.Name || !texts[i].Shape.Equal(w.Shape) ||
			!slices.Equal(texts[i].Strings, w.Strings) {
			t.Errorf("%d: %+v, want %+v", i, texts, w)
		}
	}
	if _, err := ReadNPZ(bytes.NewReader(b), int64(len(b))); err == nil ||
		err.Error() != `npz: array "u": npy: element type "<U3": text; save class numbers as int32, `+
			`or the text as .csv` {
		t.Errorf("error %v", err)
	}
	for n := range b {
		if _, _, err := ReadNPZText(bytes.NewReader(b[:n]), int64(n)); err == nil {
			t.Fatalf("the first %d of %d bytes were taken for the whole", n, len(b))
		}
	}
}

// What no text is, or promises more than there is, costs a line and no memory.
func TestNPZTextErrors(t *testing.T) {
	file := func(head, elements string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("a.npy")
		if err == nil {
			_, err = io.WriteString(w, "\x93NUMPY\x01\x00"+string([]byte{byte(len(head)),
				byte(len(head) >> 8)})+head+elements)
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	head := func(descr, shape string) string {
		return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "}"
	}
	for _, c := range []struct{ descr, shape, elements, want string }{
		{"<U1", "(2,)", "a\x00\x00\x00", "the file ends after 1 of the 2 elements of shape (2,)"},
		{"<U1", "(1,)", "a\x00\x00\x00b", "bytes follow the 1 elements"},
		{"<U1", "(1,)", "\x00\x00\x11\x00", "element 0: 0x110000 is no character"},
		{"<U1", "(1,)", "\x00\xd8\x00\x00", "element 0: 0xd800 is no character"},
		{"|S2", "(1,)", "\xff\xfe", "is no UTF-8"},
		{"<U0", "(4000000000,)", "", `element type "<U0": text`},
		{"<U99999999", "(1,)", "", `element type "<U99999999": text`},
		{"<U1048576", "(4000000000,)", "", "the file ends after 0 of the 4000000000 elements"},
	} {
		b := file(head(c.descr, c.shape), c.elements)
		if _, _, err := ReadNPZText(bytes.NewReader(b), int64(len(b))); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: error %v, want %q", c.descr, c.shape, err, c.want)
		}
	}
}

// TestWriteNPYFloat64: NumPy's layout, by hand: '<f8' and the eight bytes of each number.
func TestWriteNPYFloat64(t *testing.T) {
	var b bytes.Buffer
	if err := WriteNPYFloat64(&b, Shape{2, 1}, []float64{1e8 - 0.288, 1e-24}); err != nil {
		t.Fatal(err)
	}
	text := b.Bytes()
	const head = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
	if len(text)%64 != 16 || !bytes.Contains(text, []byte(head)) {
		t.Fatalf("%q", text)
	}
	for i, want := range []float64{1e8 - 0.288, 1e-24} {
		if got := math.Float64frombits(binary.LittleEndian.Uint64(text[len(text)-16+8*i:])); got != want {
			t.Errorf("element %d is %v, want %v", i, got, want)
		}
	}
	if err := WriteNPYFloat64(&b, Shape{2, 2}, []float64{1}); err == nil {
		t.Error("one number for four passes")
	}
}

// TestHalf: numbers of 16 bits, of IEEE 754-2019, table 3.5 and their neighbours.
func TestHalf(t *testing.T) {
	for h, want := range map[uint16]float32{0: 0, 1: 5.9604645e-8, 0x0400: 6.1035156e-5, 0x3555: 0.33325195, 0x3c00: 1,
		0x3c01: 1.0009766, 0x7bff: 65504, 0x7c00: float32(math.Inf(1)), 0xc000: -2} {
		if got := Half(h); got != want {
			t.Errorf("%#x: %v, want %v", h, got, want)
		}
	}
	if h := Half(0x7e00); h == h {
		t.Errorf("no number is %v", h)
	}
}
