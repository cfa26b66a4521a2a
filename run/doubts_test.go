package run_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDoubts: copies of rows, rows in the order of time that are split at random, and a column that says the class are
// named before the training; sound tables, and splits that mend the fault, are not. By hand: of 200 classes by sin(i²),
// a column of them moved by 0.3·sin(7i) is cut without a mistake, one moved by ±2 is not.
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
	day := func(i int) string { return fmt.Sprintf("20%02d-%02d-%02d,%s", i/200, 1+i/28, 1+i%28, plain(i)) }
	leak := func(by float64) func(i int) string {
		return func(i int) string { return fmt.Sprintf("%.4f,%s", float64(y(i))+by*math.Sin(float64(7*i)), plain(i)) }
	}
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
		"time": {table("time.csv", day, 0, "day,x,y"), "",
			"time.csv: the rows are in the order of day, and the parts are drawn at random"},
		"by time":  {filepath.Join(dir, "time.csv"), "split: {by: time}\n", ""},
		"by group": {filepath.Join(dir, "time.csv"), "split: {group: day}\n", ""},
		"birthdays": {table("birthdays.csv", func(i int) string { return day(i * 77 % 200) }, 0, "day,x,y"), "",
			""},
		"leak": {table("leak.csv", leak(.3), 0, "z,x,y"), "", "z alone tells the classes of y apart in 100.0 % of " +
			"the training rows"},
		"dropped": {filepath.Join(dir, "leak.csv"), "", ""},
		"a word": {table("word.csv", func(i int) string {
			return []string{"left", "stayed"}[y(i)] + "," + plain(i)
		}, 0, "z,x,y"), "", "z alone tells the classes of y apart in 100.0 %"},
		"noise": {table("noise.csv", leak(2), 0, "z,x,y"), "", ""},
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
			drop := ""
			if name == "dropped" {
				drop = ", features: {z: drop}"
			}
			p := open(t, fmt.Sprintf("data: {source: %q, target: y%s}\n%strain: {epochs: 1}\n", c.source, drop, c.more))
			doubts := slices.DeleteFunc(slices.Clone(p.Notes), func(n string) bool {
				return !strings.Contains(n, " alone ") && !strings.Contains(n, "in the order of") &&
					!strings.Contains(n, "for a new") &&
					!strings.Contains(n, "in every column")
			})
			if c.says == "" && len(doubts) > 0 ||
				c.says != "" && (len(doubts) != 1 || !strings.HasPrefix(doubts[0], c.says)) {
				t.Errorf("said %q, want %q", doubts, c.says)
			}
		})
	}
}
