// Package spell finds the known word nearest to a misspelt one, so that errors
// can suggest it.
package spell

import "strings"

// Nearest returns the word of known with the fewest edits (insertions, deletions, substitutions, swaps of neighbours)
// from word, ignoring capitals; "" when none is near: at most a third of the letters may differ, one of a short word's,
// none of a single letter.
func Nearest(word string, known []string) string {
	letters := fold(word)
	allowed := max(len(letters)/3, min(1, len(letters)/2))
	best, least := "", allowed+1
	for _, k := range known {
		if d := distance(letters, fold(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// Hint returns `; did you mean "x"?` for the nearest word, or "" when none is near.
func Hint(word string, known []string) string {
	if k := Nearest(word, known); k != "" {
		return `; did you mean "` + k + `"?`
	}
	return ""
}

// fold lowers capitals and drops blanks, _ and -.
func fold(s string) []rune {
	return []rune(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(s)))
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	// Three rows suffice: a swap reads two rows back.
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(old[j]+cost, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
