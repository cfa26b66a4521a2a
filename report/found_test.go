package report

import (
	"fmt"
	"math"
	"testing"
)

// TestBlocks: by hand, a table between sentences, cells of several words, one line with a gap that is no table, and two
// tables of unlike width behind each other.
func TestBlocks(t *testing.T) {
	got := blocks([]string{"one sentence", "  class  samples   F1", "  big cat        82  0.9",
		"  dog             3  0.1", "after it", "a  gap", "x  y  z", "1  2  3"})
	want := []block{{Text: "one sentence"}, {Head: []string{"class", "samples", "F1"},
		Rows: [][]string{{"big cat", "82", "0.9"}, {"dog", "3", "0.1"}}}, {Text: "after it\na  gap"},
		{Head: []string{"x", "y", "z"}, Rows: [][]string{{"1", "2", "3"}}}}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestQuantity: by hand.
func TestQuantity(t *testing.T) {
	for v, want := range map[float64]string{12: "12", 12345: "12,345", 0.25: "0.2500", -3: "-3", 0: "0",
		math.Inf(1): number(math.Inf(1))} {
		if got := quantity(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
