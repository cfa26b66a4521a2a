package data_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

// TestPixelsOf: columns are pixels where they are the rows of a picture, and not where one of them is missing, is no
// whole number, or where the same numbers stand in a random order.
func TestPixelsOf(t *testing.T) {
	const side, rows = 6, 50
	order := rand.New(rand.NewPCG(1, 1)).Perm(side * side)
	text := func(change func(row int, values []string)) string {
		r := rand.New(rand.NewPCG(2, 2))
		var s strings.Builder
		for k := range side * side {
			fmt.Fprintf(&s, "p%d,", k)
		}
		s.WriteString("kind\n")
		for i := range rows {
			x, y := r.IntN(side), r.IntN(side) // a light that fades with the distance
			values := make([]string, side*side)
			for k := range values {
				d := (k%side-x)*(k%side-x) + (k/side-y)*(k/side-y)
				values[k] = fmt.Sprint(200 / (1 + d))
			}
			change(i, values)
			fmt.Fprintf(&s, "%s,k%d\n", strings.Join(values, ","), i%2)
		}
		return s.String()
	}
	for name, c := range map[string]struct {
		change func(row int, values []string)
		want   bool
	}{
		"picture":  {func(int, []string) {}, true},
		"missing":  {func(row int, v []string) { v[3] = "" }, false},
		"fraction": {func(row int, v []string) { v[3] = "0.5" }, false},
		"over 255": {func(row int, v []string) { v[3] = "256" }, false},
		"random order": {func(_ int, v []string) {
			old := slices.Clone(v)
			for k, j := range order {
				v[k] = old[j]
			}
		}, false},
	} {
		table, err := data.ReadCSV(strings.NewReader(text(c.change)), "t.csv", data.CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p := data.PixelsOf(table, []string{"kind"})
		if (p != nil) != c.want {
			t.Errorf("%s: %v", name, p)
		}
		if p == nil {
			continue
		}
		row, ok := p.Row(0)
		if p.Width != side || p.Low < 0 || p.High != 200 || !ok || len(row) != side*side || slices.Max(row) != 200 {
			t.Errorf("%s: %d wide, %g to %g, %v", name, p.Width, p.Low, p.High, row)
		}
		if data.PixelsOf(table, nil) != nil {
			t.Error("37 columns are a square")
		}
	}
}
