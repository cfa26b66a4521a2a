package table

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gorae/data"
)

// TestMistakes: by hand. Numbers 1 … 8 of classes aab?bbcc are divided by two cuts with one mistake where ? is a, and
// with none where it is b; with two intervals for three classes the two rows of one class are lost. Text takes the most
// frequent class of the other rows with the value, which a value that stands once does not have.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		column  string // values, with blanks between; - is missing
		classes string
		k, want int
	}{
		{"1 2 3 4 5 6 7 8", "aabbbbcc", 3, 0},
		{"1 2 3 4 5 6 7 8", "aabbabcc", 3, 1},
		{"8 2 6 4 5 3 7 1", "aaaabbbb", 2, 3},
		{"5 5 5 5 1 1 1 1", "aaaabbbb", 2, 0},
		{"5 5 5 5 5 5 5 5", "aaaabbbb", 2, 4},
		{"1 2 3 4 - - - -", "aabbaaab", 2, 1},
		{"x x x x y y y y", "aaaabbbb", 2, 0},
		{"x x x x y y y y", "aaabbbba", 2, 2},
		{"p q r s t u v w", "aaaabbbb", 2, 8},
		{"x x y y x x y y", "abababab", 2, 8}, // of two and two, the others are the majority
	} {
		column := &data.Column{Name: "v"}
		var rows, classes []int
		for i, v := range strings.Fields(c.column) {
			column.Strings = append(column.Strings, v)
			column.Missing = append(column.Missing, v == "-")
			rows, classes = append(rows, i), append(classes, int(c.classes[i]-'a'))
		}
		column.Kind = data.Category
		if column.Strings[0] <= "9" {
			numbers, err := column.Numeric()
			if err != nil {
				t.Fatal(err)
			}
			column = &numbers
		}
		if got := mistakes(column, rows, classes, c.k); got != c.want {
			t.Errorf("%s of %s: %d mistakes, want %d", c.column, c.classes, got, c.want)
		}
	}
}

// TestIntervals holds the dynamic programme against every division of short sequences.
func TestIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n, k := 1+r.IntN(7), 2+r.IntN(2)
		values, classes, sorted := make([]float64, n), make([]int, n), data.Range(n)
		for i := range n {
			classes[i] = r.IntN(k)
			if values[i] = float64(i); i > 0 && r.IntN(3) == 0 {
				values[i] = values[i-1]
			}
		}
		least := n
		for cuts := range 1 << (n - 1) {
			count, from, pieces, ok := 0, 0, 0, true
			for to := 1; to <= n; to++ {
				if to < n && cuts>>(to-1)&1 == 0 {
					continue
				}
				ok = ok && (to == n || values[to] != values[to-1])
				of := make([]int, k)
				for _, c := range classes[from:to] {
					of[c]++
				}
				best := 0
				for _, m := range of {
					best = max(best, m)
				}
				count, from, pieces = count+to-from-best, to, pieces+1
			}
			if ok && pieces <= k {
				least = min(least, count)
			}
		}
		got := intervals(sorted, func(i int) float64 { return values[i] }, classes, k)
		if got != least {
			t.Fatalf("%v of %v in %d intervals: %d mistakes, want %d", values, classes, k, got, least)
		}
	}
	if fmt.Sprint(intervals(nil, nil, nil, 2)) != "0" {
		t.Error("no numbers, no mistakes")
	}
}
