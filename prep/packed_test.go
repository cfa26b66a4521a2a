package prep

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/internal/arrayfile"
)

// The rows of a table whose values lie in files are what Apply lays out of the same table in memory, whether they are
// told of before they are read or not. One column has more categories than a byte counts.
func TestPacked(t *testing.T) {
	if !arrayfile.Supported() {
		t.Skip("no files are mapped here")
	}
	var b strings.Builder
	b.WriteString("x,town,part,grade,gone,label\n")
	for i := range 900 {
		fmt.Fprintf(&b, "%d,t%d,p%d,%s,%s,%d\n", i*i%89, i*7%300, i*i%70000, []string{"a", "b", ""}[i*i%3],
			[]string{"", "1.5", "2"}[i%3], i%2)
	}
	memory := read(t, "r.csv", b.String())
	cache := data.Cache{Dir: t.TempDir(), Say: func(s string) { t.Error(s) }}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(b.String())), nil }
	filed, err := cache.ReadCSV(open, "r.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{
		`{"x": "minmax", "town": "onehot", "part": "onehot", "grade": {"encode": "onehot", "missing": true}, "gone": ` +
			`{"impute": "median", "indicator": true}}`,
		`{"x": {"scale": "zscore", "piecewise": 5}, "town": "integer", "part": "drop", "grade": "indicator"}`,
	} {
		p, err := Fit(memory, data.Range(600), columns("label", specsOf(t, from)))
		if err != nil {
			t.Fatal(err)
		}
		want, err := p.Apply(memory)
		if err != nil {
			t.Fatal(err)
		}
		for _, held := range []int{0, 1 << 30} {
			func() {
				defer arrayfile.Tune(1, held, 1<<12)()
				d, err := p.Dataset(filed)
				if err != nil {
					t.Fatal(err)
				}
				spec := d.Spec()
				width := spec.Inputs[0].Shape[0]
				if d.Len() != 900 || width != want.Shape[1] || (spec.Arrange != nil) != (held == 0) {
					t.Fatalf("%d rows of %d features, in memory %v", d.Len(), width, want.Shape)
				}
				row := spec.Row()
				for i := range d.Len() {
					if spec.Arrange != nil && i == 450 {
						defer spec.Arrange(450, func(place int) int { return 450 + place }).Close()
					}
					if err := d.Read(0, i, row); err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(row[0].F32, want.F32[i*width:(i+1)*width]) {
						t.Fatalf("%s: row %d is %v, in memory %v", from, i, row[0].F32, want.F32[i*width:(i+1)*width])
					}
				}
				if d.Read(0, 900, row) == nil || d.Read(0, -1, row) == nil {
					t.Error("a row is read that is not there")
				}
			}()
		}
	}
}
