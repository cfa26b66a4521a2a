package prep

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

// Rows that are laid out block by block are those that are laid out one by one, whatever the columns become.
func TestBlocksOfRows(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("a,b,c,d,y\n")
	for i := range 3*blockRows + 17 {
		a, c := fmt.Sprint(float64(i*i%101)/8), fmt.Sprintf("w%d", i*i%7)
		if i%5 == 0 {
			a = ""
		}
		if i%11 == 3 {
			c = ""
		}
		fmt.Fprintf(&csv, "%s,%d,%s,%d,%d\n", a, i%3, c, i*i%13, i%2)
	}
	tab, err := data.ReadCSV(strings.NewReader(csv.String()), "t.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, specs := range []map[string]Spec{
		{},
		{"a": {Scale: MinMax{}, Impute: "mean"}, "b": {Encode: OneHotEncoder{}}, "c": {Encode: Ordinal{}},
			"d": {Fences: 1}},
		{"a": {Scale: ZScore{}, Indicator: true}, "b": {Log1p: true}, "c": {Encode: OneHotEncoder{}, Missing: true},
			"d": {Piecewise: 4}},
	} {
		p, err := Fit(tab, nil, Columns{Targets: []string{"y"}, Specs: specs})
		if err != nil {
			t.Fatal(err)
		}
		// Words that are not coded go by another way.
		plain := *tab
		plain.Columns = slices.Clone(tab.Columns)
		for i, c := range plain.Columns {
			if c.Kind == data.Category {
				plain.Columns[i] = made(c)
			}
		}
		blocks, err := p.Apply(tab)
		if err != nil {
			t.Fatal(err)
		}
		width, at := blocks.Shape[1], 0
		for _, f := range p.of(p.inputs()[0].Columns) {
			for _, tab := range []*data.Table{tab, &plain} {
				a, err := p.apply(tab, f, false)
				if err != nil {
					t.Fatal(err)
				}
				one := make([]float32, tab.Rows*a.features())
				if err := a.all(one, a.features()); err != nil {
					t.Fatal(err)
				}
				for r := range tab.Rows {
					for k := range a.features() {
						got, want := blocks.F32[r*width+at+k], one[r*a.features()+k]
						if math.Float32bits(got) != math.Float32bits(want) {
							t.Fatalf("%s, row %d: %v, want %v", f.Name, r, got, want)
						}
					}
				}
			}
			at += f.features()
		}
		if at != width {
			t.Errorf("%d features of %d", at, width)
		}
	}
}
