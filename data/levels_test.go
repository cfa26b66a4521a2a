package data

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Texts of any length and bytes are told apart, while the table grows.
func TestWordIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths, letters := rapid.IntRange(1, 20).Draw(t, "length"), rapid.IntRange(1, 3).Draw(t, "letters")
		rng := uint64(rapid.IntRange(1, 1<<30).Draw(t, "seed"))
		x, places := newWordIndex(), map[string]int32{}
		var words []string
		for range 3000 {
			var b []byte
			for range rng >> 8 % uint64(lengths+1) {
				b = append(b, "\x00a\xff"[rng>>16%uint64(letters)])
				rng = rng*6364136223846793005 + 1442695040888963407
			}
			rng = rng*6364136223846793005 + 1442695040888963407
			s := string(b)
			want, had := places[s]
			k, known := x.place(s, words)
			if known != had || had && k != want {
				t.Fatalf("%q is %d, known %v; want %d, %v", s, k, known, want, had)
			}
			if !known {
				places[s], words = k, append(words, s)
			}
		}
	})
}

// The most frequent values are those that counting and sorting all of them gives, coded or not, numbers or text.
func TestMost(t *testing.T) {
	defer func(f int) { fewCoded = f }(fewCoded)
	for _, kind := range []string{"w%d", "%d", "longer than sixteen bytes %d"} {
		var values []string
		for i := range 5000 {
			values = append(values, fmt.Sprintf(kind, i*i%1237%(1+i%400)))
		}
		counts := map[string]int{}
		for _, v := range values {
			counts[v]++
		}
		want := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
			if counts[a] != counts[b] {
				return counts[b] - counts[a]
			}
			return strings.Compare(a, b)
		})
		for _, coded := range []int{0, 1 << 17} {
			fewCoded = coded
			c := Infer("a", values)
			levels := c.levels(0, 1)
			if len(levels) != len(want) {
				t.Errorf("%d values, want %d", len(levels), len(want))
			}
			for k, l := range c.most(levels, 7) {
				if l.Name != want[k] || l.Count != counts[want[k]] {
					t.Errorf("%d: %v, want %s %d times", k, l, want[k], counts[want[k]])
				}
			}
		}
	}
}

// Numbers of up to 19 digits are those of strconv.
func TestPlainNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[+-]?[0-9]{0,12}\.[0-9]{0,19}`).Draw(t, "number")
		if v, _, ok := plainNumber(s); ok {
			if want, is := parseNumber(s); !is || v != want {
				t.Fatalf("%s is %v, want %v %v", s, v, want, is)
			}
		}
	})
}
