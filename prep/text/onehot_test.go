package text

import (
	"fmt"
	"strings"
	"testing"
)

// TestD1OneHot: a sentence as a matrix with a row for each word, by hand: of the words the most frequent comes first,
// words of equal frequency in the order of their bytes, behind padding and unknown.
func TestD1OneHot(t *testing.T) {
	const sentence = "The cat sat on the mat."
	v := fitted(t, []string{sentence}, Spec{}) // the, cat, mat, on, sat
	if got, want := v.OneHot(sentence).String(), `[[0 0 1 0 0 0 0]
 [0 0 0 1 0 0 0]
 [0 0 0 0 0 0 1]
 [0 0 0 0 0 1 0]
 [0 0 1 0 0 0 0]
 [0 0 0 0 1 0 0]]`; got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	if got, want := v.OneHot("고래 cat").String(), "[[0 1 0 0 0 0 0]\n [0 0 0 1 0 0 0]]"; got != want {
		t.Errorf("with an unknown word:\n%s, want\n%s", got, want)
	}
	if got := v.OneHot("!").Shape; !got.Equal([]int{0, 7}) {
		t.Errorf("no word: %v", got)
	}
}

// TestWriteVectors prints one-hot rows, ids and bags.
func TestWriteVectors(t *testing.T) {
	for _, c := range []struct {
		spec   Spec
		oneHot bool
		want   string
	}{
		{Spec{}, true, "columns: 0 padding, 1 unknown, 2 \"b\", 3 \"a\"\ntext 1: (2, 4)\n[[0 0 0 1]\n [0 0 1 0]]\n" +
			"text 2: (1, 4)\n[[0 0 1 0]]\n"},
		{Spec{}, false, "columns: 0 padding, 1 unknown, 2 \"b\", 3 \"a\"\ntext 1: (2,)\n[3 2]\ntext 2: (1,)\n[2]\n"},
		{Spec{Output: "count"}, false, "columns: 0 \"b\", 1 \"a\"\ntext 1: (2,)\n[1. 1.]\ntext 2: (2,)\n[1. 0.]\n"},
	} {
		var b strings.Builder
		texts := []string{"a b", "b"}
		err := fitted(t, texts, c.spec).WriteVectors(&b, &b, c.oneHot, texts...)
		if err != nil || b.String() != c.want {
			t.Errorf("%+v: %v\n%s, want\n%s", c.spec, err, b.String(), c.want)
		}
	}
	var many []string
	for i := range 300 {
		many = append(many, fmt.Sprint("word", i))
	}
	var b strings.Builder
	if err := fitted(t, many, Spec{}).WriteVectors(&b, &b, false, "word7"); err != nil ||
		!strings.Contains(b.String(), ", …\n") || strings.Count(b.String(), `"`) != 2*198 {
		t.Errorf("%v\n%s", err, b.String())
	}
}
