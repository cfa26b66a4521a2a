package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// Arrays of an .npz file are read as a table that has them as NumPy and pandas write them into CSV: the same kinds,
// values, levels and guesses.
func TestColumnsOfArrays(t *testing.T) {
	half := func(v ...float32) *tensor.Tensor {
		h := tensor.Of(v, len(v))
		h.Type = tensor.Float16
		return h
	}
	truth := tensor.Of([]uint8{1, 0, 1}, 3)
	truth.Type = tensor.Bool
	inf := math.Inf(1)
	wide := func(unsigned bool, v ...int64) *tensor.Tensor {
		f := make([]float32, len(v))
		for i := range v {
			f[i] = float32(v[i])
		}
		x := tensor.Of(f, len(f))
		x.Original = &tensor.Original{I64: v, Unsigned: unsigned}
		return x
	}
	for _, c := range []struct {
		x   *tensor.Tensor
		o   CSVOptions
		csv string
	}{
		{truth, CSVOptions{}, "True|False|True"},
		{tensor.Of([]uint8{1, 0, 200}, 3), CSVOptions{}, "1|0|200"},
		{tensor.Of([]int32{-1, 0, 7}, 3), CSVOptions{}, "-1|0|7"},
		{tensor.Of([]int32{-1, 0, 7}, 3), CSVOptions{Types: map[string]string{"a": "text"}}, "-1|0|7"},
		{tensor.Of([]int32{-999, 0, 7}, 3), CSVOptions{Missing: []string{"-999"}}, "-999|0|7"},
		{wide(false, 9007199254740992, 1, 2), CSVOptions{}, "9007199254740992|1|2"}, // 2⁵³
		{wide(false, 9007199254740993, 1, 2), CSVOptions{}, "9007199254740993|1|2"},
		{wide(false, -9007199254740993, 1, 2), CSVOptions{}, "-9007199254740993|1|2"},
		{wide(true, -1, 1, 2), CSVOptions{}, "18446744073709551615|1|2"},
		{wide(false, 9007199254740993, 1, 2), CSVOptions{Types: map[string]string{"a": "number"}},
			"9007199254740993|1|2"},
		// numpy.float16(0.1) is 1638·2⁻¹⁴ = 0.0999755859375 and prints as 0.1; 65504 is the greatest, 2⁻²⁴ the least.
		{half(0.0999755859375, 65504, 1.0/(1<<24)), CSVOptions{}, "0.1|65500|6e-8"},
		{half(1, 1.0009765625, 0.5), CSVOptions{}, "1|1.001|0.5"},
		{half(float32(math.NaN()), 2, -0.333251953125), CSVOptions{}, "|2|-0.3333"},
		{tensor.Of([]float32{0.1, 1e10, 3}, 3), CSVOptions{}, "0.1|1e10|3"},
		{tensor.Of([]float32{float32(math.NaN()), 1, 3}, 3), CSVOptions{}, "|1|3"},
		{tensor.OfFloat64([]float64{1700000000.25, 0.1, math.NaN()}, 3), CSVOptions{}, "1700000000.25|0.1|"},
		{tensor.OfFloat64([]float64{inf, 0.1, -inf}, 3), CSVOptions{}, "inf|0.1|-inf"},
	} {
		a := &Arrays{Name: "f.csv", All: []tensor.Named{{Name: "a", Tensor: c.x}, {Name: "b", Tensor: truth}}}
		got, err := a.Table([]string{"a"}, nil, c.o)
		if err != nil {
			t.Fatal(err)
		}
		got = got.Without(1)
		csv := "a,b\n" + strings.ReplaceAll(c.csv, "|", ",x\n") + ",x\n"
		want, err := ReadCSV(strings.NewReader(csv), "f.csv", c.o)
		if err != nil {
			t.Fatal(err)
		}
		want = want.Without(1)
		if dump(got) != dump(want) {
			t.Errorf("%s: got %s, the table %s", c.csv, dump(got), dump(want))
		}
		for i := range got.Rows {
			if g, w := got.Columns[0].Level(i), want.Columns[0].Level(i); g != w {
				t.Errorf("%s: level %q, of the table %q", c.csv, g, w)
			}
		}
		about := func(t *Table) (out []string) {
			for _, g := range t.Guesses {
				if g.Column == "a" {
					what, _, _ := strings.Cut(g.What, " in f.csv") // an array has no lines
					out = append(out, what)
				}
			}
			return out
		}
		if !slices.Equal(about(got), about(want)) {
			t.Errorf("%s: guesses %q, of the table %q", c.csv, about(got), about(want))
		}
	}
}
