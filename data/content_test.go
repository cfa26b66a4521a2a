package data

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// idxImages is two grey pictures of 2 rows and 3 columns, as the format's page
// lays them out.
var idxImages = []byte{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255}
var idxLabels = []byte{0, 0, 8, 1, 0, 0, 0, 2, 7, 0}

func TestReadIDX(t *testing.T) {
	f32 := []byte{0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0}
	f64 := []byte{0, 0, 0x0E, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0}
	i8 := []byte{0, 0, 0x09, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0x80}
	i16 := []byte{0, 0, 0x0B, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 0}
	i32 := []byte{0, 0, 0x0C, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfd}
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{idxImages, "[[[[  1]\n   [  2]\n   [  3]]\n\n  [[  4]\n   [  5]\n   [  6]]]\n\n\n [[[  7]\n   [  8]\n   " +
			"[  9]]\n\n  [[ 10]\n   [ 11]\n   [255]]]]"},
		{idxLabels, "[7 0]"}, {f32, "[ 1. -2.]"}, {f64, "[1.5]"}, {i8, "[[  -1 -128]]"}, {i16, "[ -2 256]"}, {i32,
			"[-3]"},
	} {
		x, err := ReadIDX(bytes.NewReader(c.in))
		if err != nil || x.String() != c.want {
			t.Errorf("% x: %v %v, want %s", c.in[:4], x, err, c.want)
		}
		for n := range c.in {
			if _, err := ReadIDX(bytes.NewReader(c.in[:n])); err == nil {
				t.Errorf("% x: %d bytes were taken for the whole", c.in[:4], n)
			}
		}
		if _, err := ReadIDX(bytes.NewReader(append(slices.Clone(c.in), 0))); err == nil {
			t.Errorf("% x: a byte too many was not noticed", c.in[:4])
		}
	}
	huge := []byte{0, 0, 8, 3, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 28, 0, 0, 0, 28, 1}
	if n := testing.AllocsPerRun(1, func() {
		if _, err := ReadIDX(bytes.NewReader(huge)); err == nil {
			t.Error("47 GB were read from 17 bytes")
		}
	}); n > 40 {
		t.Errorf("%v allocations for a header", n)
	}
	for _, in := range []string{"\x00\x00\x08\x00", "\x00\x00\x07\x01", "\x00\x01\x08\x01",
		"\x00\x00\x08\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if _, err := ReadIDX(strings.NewReader(in)); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		tab, err := s.Table()
		if err != nil {
			t.Fatal(err)
		}
		if tab.Rows != s.Rows || len(tab.Columns) != s.Columns || !tab.Header || len(tab.Guesses) != 0 {
			t.Errorf("%s: %d rows, %d columns, notes %q", s.Name, tab.Rows, len(tab.Columns), tab.Guesses)
		}
		c, err := tab.Column(s.Target)
		if err != nil {
			t.Fatal(err)
		}
		if _, levels := c.Codes(); s.Task == "classification" && len(levels) != s.Classes {
			t.Errorf("%s: classes %q", s.Name, levels)
		}
		if s.Source == "" || s.Licence == "" || s.About == "" {
			t.Errorf("%s: source, licence or description is not given", s.Name)
		}
		a, err := s.Images()
		if s.Image == nil {
			if err == nil {
				t.Errorf("%s became images", s.Name)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.X.Shape, append([]int{s.Rows}, s.Image...)) || len(a.Classes) != s.Classes {
			t.Errorf("%s: %v %v", s.Name, a.X.Shape, a.Classes)
		}
		for _, at := range []int{0, 17, 63} { // column p33 is row 3, column 3
			if float64(a.X.U8[5*64+at]) != tab.Columns[at].Numbers[5] {
				t.Errorf("%s: pixel %d differs", s.Name, at)
			}
		}
	}
	// Box and Jenkins' series G begins with 112 and ends with 432.
	airline := Samples()[3]
	if tab, err := airline.Table(); err != nil || tab.Columns[1].Numbers[0] != 112 ||
		tab.Columns[1].Numbers[143] != 432 {
		t.Errorf("airline: %v", err)
	}
	// From sklearn.datasets' published counts: 50 of each iris; 178 digits 0.
	for name, want := range map[string]string{"iris": "[{setosa 50} {versicolor 50} {virginica 50}]",
		"digits":  "[{0 178} {1 182} {2 177} {3 183} {4 181} {5 182} {6 181} {7 179} {8 174} {9 180}]",
		"titanic": "[{0 549} {1 342}]"} {
		s, err := FindSample(Embed + name)
		if err != nil {
			t.Fatal(err)
		}
		tab, err := s.Table()
		if err != nil {
			t.Fatal(err)
		}
		r, err := Inspect(&Source{Table: tab, Sample: s}, s.Target)
		if err != nil || fmt.Sprint(r.Classes) != want {
			t.Errorf("%s: %v %v", name, r.Classes, err)
		}
	}
}

func TestCheckFinite(t *testing.T) {
	x := tensor.New(tensor.Float32, 2, 2, 3)
	a := &Arrays{Name: "x.npy", X: x}
	if err := a.CheckFinite(); err != nil {
		t.Error(err)
	}
	x.F32[7] = x.F32[7] / x.F32[7]
	if err := a.CheckFinite(); err == nil || err.Error() != "x.npy: X[1 0 1] is NaN; replace or remove such values" {
		t.Error(err)
	}
}
