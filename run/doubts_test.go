package run_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDoubts: copies of rows, and groups whose rows are in all parts, are named before the training; sound tables, and
// splits that mend the fault, are not.
func TestDoubts(t *testing.T) {
	dir := t.TempDir()
	table := func(name string, row func(i int) string, copies int, header string) string {
		rows := header + "\n"
		for i := range 200 {
			rows += row(i) + "\n"
		}
		for i := range copies {
			rows += row(i) + "\n"
		}
		return write(t, filepath.Join(dir, name), rows)
	}
	y := func(i int) int { return min(1, int(1+math.Sin(float64(i*i)))) }
	plain := func(i int) string { return fmt.Sprintf("%.6f,%d", math.Cos(float64(3*i)), y(i)) }
	// Persons of 5 rows, each at a place of its own with a class of its own, but for one row in ten, or with a level of
	// its own. Of one person there is a single training row.
	person := func(i int) string {
		class := y(i / 5)
		if i%10 == 3 {
			class = 1 - class
		}
		return fmt.Sprintf("P%d,%.6f,%d", i/5, float64(i/5)+0.1*math.Sin(float64(i)), class)
	}
	visit := func(i int) string {
		return fmt.Sprintf("P%d,%.6f,%.4f", i/5, float64(i/5)+0.1*math.Sin(float64(i)),
			math.Sin(float64((i/5)*(i/5)))+0.01*math.Cos(float64(i)))
	}
	for name, c := range map[string]struct{ source, more, says string }{
		"sound": {table("sound.csv", plain, 0, "x,y"), "", ""},
		"copies": {table("copies.csv", plain, 20, "x,y"), "",
			"copies.csv: 20 rows are the same as an earlier one in every column"},
		"persons": {table("persons.csv", person, 0, "person,x,y"), "", "persons.csv: for 100 % of the training rows " +
			"the nearest one in the other columns has the same person; the nearest has another y for "},
		"visits": {table("visits.csv", visit, 0, "person,x,y"), "", "visits.csv: for 100 % of the training rows the " +
			"nearest one in the other columns has the same person; y of the nearest is off by "},
		"each person in one part": {filepath.Join(dir, "persons.csv"), "split: {group: person}\n", ""},
		"ages": {table("ages.csv", func(i int) string {
			return fmt.Sprintf("%d,%s", i*37%40, plain(i))
		}, 0, "age,x,y"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, fmt.Sprintf("data: {source: %q, target: y}\n%strain: {epochs: 1}\n", c.source, c.more))
			doubts := slices.DeleteFunc(slices.Clone(p.Notes), func(n string) bool {
				return !strings.Contains(n, "for a new") && !strings.Contains(n, "in every column")
			})
			if c.says == "" && len(doubts) > 0 ||
				c.says != "" && (len(doubts) != 1 || !strings.HasPrefix(doubts[0], c.says)) {
				t.Errorf("said %q, want %q", doubts, c.says)
			}
		})
	}
}
