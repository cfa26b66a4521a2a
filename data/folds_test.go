package data

import (
	"slices"
	"strings"
	"testing"
)

// TestFolds: every row is in one fold, folds and the classes in them differ by one row at most, groups stay whole, and
// the seed alone decides.
func TestFolds(t *testing.T) {
	const n = 103
	class, group := make([]int, n), make([]int, n)
	for i := range class {
		if i%4 == 0 {
			class[i] = 1
		}
		group[i] = i * i % 23
	}
	for _, k := range []int{2, 5, 10} {
		for _, by := range []By{Random, Stratified, Group} {
			key := map[By][]int{Stratified: class, Group: group}[by]
			folds, err := Folds(n, k, by, key, 7)
			if err != nil {
				t.Fatal(err)
			}
			var all []int
			least, most := n, 0
			ones := []int{}
			of := map[int]int{}
			for f, rows := range folds {
				if !slices.IsSorted(rows) {
					t.Errorf("%v: fold %d is not in order", by, f)
				}
				all = append(all, rows...)
				least, most = min(least, len(rows)), max(most, len(rows))
				count := 0
				for _, i := range rows {
					count += class[i]
					if g, seen := of[group[i]]; by == Group && seen && g != f {
						t.Errorf("group %d is in folds %d and %d", group[i], g, f)
					}
					of[group[i]] = f
				}
				ones = append(ones, count)
			}
			slices.Sort(all)
			for i, row := range all {
				if i != row {
					t.Fatalf("%v: row %d is there %v", by, i, all)
				}
			}
			if by != Group && most-least > 1 || by == Group && most-least > 12 {
				t.Errorf("%v: folds of %d to %d rows", by, least, most)
			}
			if by == Stratified && slices.Max(ones)-slices.Min(ones) > 1 {
				t.Errorf("%v: %v rows of the rarer class", by, ones)
			}
			again, _ := Folds(n, k, by, key, 7)
			other, _ := Folds(n, k, by, key, 8)
			if !slices.Equal(again[0], folds[0]) || slices.Equal(other[0], folds[0]) {
				t.Errorf("%v: the seed does not decide", by)
			}
		}
	}
	for want, c := range map[string]struct {
		n, k int
		by   By
		key  []int
	}{
		"1 folds; give 2 or more":                     {10, 1, Random, nil},
		"folds by time would learn from the future":   {10, 2, Time, nil},
		"by stratified needs the class of every row":  {10, 2, Stratified, nil},
		"3 keys for 10 rows":                          {10, 2, Group, []int{1, 2, 3}},
		"fold 3 of 3 (4 rows, by group); give fewer":  {4, 3, Group, []int{1, 1, 2, 2}},
		"no row is left for fold 3 of 5 (2 rows, by ": {2, 5, Random, nil},
	} {
		if _, err := Folds(c.n, c.k, c.by, c.key, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
