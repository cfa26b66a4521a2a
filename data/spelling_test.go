package data

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What was added comes back, whole and picked twice.
func TestSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringN(0, 5, -1), 1, 20).Draw(t, "values")
		var s speller
		for _, v := range values {
			if rapid.Bool().Draw(t, "alone") {
				s.join(piece{v, []uint32{uint32(len(v))}})
			} else {
				s.add(v)
			}
		}
		rows := rapid.SliceOf(rapid.IntRange(0, len(values)-1)).Draw(t, "rows")
		all := s.spelling()
		if all.len() != len(values) {
			t.Fatalf("%d values of %d", all.len(), len(values))
		}
		some := all.pick(rows)
		var twice []int
		for k := range rows {
			twice = append(twice, len(rows)-1-k)
		}
		again := some.pick(twice)
		for k, i := range rows {
			if some.at(k) != values[i] || again.at(twice[k]) != values[i] {
				t.Fatalf("row %d is %q and %q, want %q", i, some.at(k), again.at(twice[k]), values[i])
			}
		}
		n := 0
		for i, v := range all.all() {
			if n++; v != values[i] {
				t.Fatalf("value %d of all is %q, want %q", i, v, values[i])
			}
		}
		if n != len(values) {
			t.Fatalf("all are %d of %d", n, len(values))
		}
		for i, v := range again.all() {
			if v != again.at(i) {
				t.Fatalf("picked value %d is %q, want %q", i, v, again.at(i))
			}
		}
		for i, v := range values {
			if all.at(i) != v {
				t.Fatalf("value %d is %q, want %q", i, all.at(i), v)
			}
		}
	})
}

// Values are one level where Level does not tell them apart; the levels stand in order.
func TestDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([]string{"3", "3.0", "03.00", "0.1", "0.10000000000000000", "0.1000000000000000055",
			"1e3", "1000", "-0", "0", "", "NA", "12345678901234567.5", "12345678901234567.25", "2", "x"})
		values := rapid.SliceOfN(words, 1, 12).Draw(t, "values")
		c := Infer("a", values)
		codes, levels := c.Codes()
		place := map[string]int{}
		for i, k := range codes {
			if (k < 0) != c.IsMissing(i) {
				t.Fatalf("row %d: code %d, missing %v", i, k, c.IsMissing(i))
			}
			if k < 0 {
				continue
			}
			if at, known := place[c.Level(i)]; known && at != k {
				t.Fatalf("%q has two codes", c.Level(i))
			}
			place[c.Level(i)] = k
		}
		if len(place) != len(levels) {
			t.Fatalf("%d levels of %d", len(levels), len(place))
		}
		for i := range codes {
			for j := range codes {
				if codes[i] >= 0 && codes[j] >= 0 && c.Kind == Number && c.Numbers[i] < c.Numbers[j] &&
					codes[i] >= codes[j] {
					t.Fatalf("%v and %v are not in order: %v", c.Numbers[i], c.Numbers[j], codes)
				}
			}
		}
		if c.Kind == Category && !slices.IsSorted(levels) {
			t.Fatalf("%q", levels)
		}
		if got := c.Levels(); got != len(levels) {
			t.Fatalf("%d different values, want %d", got, len(levels))
		}
		for i, k := range c.Groups() {
			for j, l := range c.Groups() {
				if (k < 0) != (codes[i] < 0) || (k == l) != (codes[i] == codes[j]) {
					t.Fatalf("rows %d and %d: groups %d and %d, codes %d and %d", i, j, k, l, codes[i], codes[j])
				}
			}
		}
	})
}

// Rows are the same where all their values are.
func TestDuplicates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([]string{"1", "1.0", "", "12345678901234567.5", "12345678901234567.25"})
		n := rapid.IntRange(1, 10).Draw(t, "rows")
		tab := &Table{Rows: n}
		for range 2 {
			tab.Columns = append(tab.Columns, Infer("a", rapid.SliceOfN(words, n, n).Draw(t, "values")))
		}
		seen, want := map[[2]string]bool{}, 0
		for i := range n {
			key := [2]string{tab.Columns[0].Level(i), tab.Columns[1].Level(i)}
			if seen[key] {
				want++
			}
			seen[key] = true
		}
		if got := tab.Duplicates(); got != want {
			t.Fatalf("%d rows are the same as an earlier one, want %d", got, want)
		}
	})
}
