package spell

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// synonyms.txt holds words of Keras, PyTorch, scikit-learn and statistics, and what they are called here.
//
//go:embed synonyms.txt
var synonymText string

var synonyms = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(synonymText) {
		word, here, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(word, "#") {
			continue
		}
		for w := range strings.SplitSeq(word, ",") {
			key := string(fold(strings.TrimSpace(w)))
			m[key] = append(m[key], strings.Fields(here)...)
		}
	}
	return m
})

// Synonyms returns what a word of another library may be called here, the most probable first; nil for other words.
// Capitals, blanks, _ and - do not count.
func Synonyms(word string) []string { return slices.Clone(synonyms()[string(fold(word))]) }

// Meant returns the word of known that a word most probably means: the first of its [Synonyms] that is among them, or
// else the [Nearest]; "" if there is none.
func Meant(word string, known []string) string {
	for _, s := range synonyms()[string(fold(word))] {
		if slices.Contains(known, s) {
			return s
		}
	}
	return Nearest(word, known)
}

// SynonymWords lists the words that have [Synonyms], without blanks, _ and -, sorted.
func SynonymWords() []string { return slices.Sorted(maps.Keys(synonyms())) }
