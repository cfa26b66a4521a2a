package config

import (
	"fmt"
	"slices"
	"strings"
)

// Error is a mistake in a configuration: where, and what is wanted.
type Error struct {
	Path string // keys that lead to the place, joined by dots: "dense" or "layers[2].dense"
	Key  string // the key at fault, "" when the whole is
	Msg  string
	// Unknown is true when the key itself is wrong, and not its value: an editor
	// points at the key.
	Unknown bool
}

// Place is the path with the key.
func (e *Error) Place() string {
	switch {
	case e.Path == "":
		return e.Key
	case e.Key == "":
		return e.Path
	}
	return e.Path + "." + e.Key
}

func (e *Error) Error() string {
	if p := e.Place(); p != "" {
		return p + ": " + e.Msg
	}
	return e.Msg
}

// Under puts path in front of the place of err, if it is an *Error.
func Under(path string, err error) error {
	if e, ok := err.(*Error); ok && path != "" {
		c := *e
		if c.Path == "" {
			c.Path = path
		} else if strings.HasPrefix(c.Path, "[") {
			c.Path = path + c.Path
		} else {
			c.Path = path + "." + c.Path
		}
		return &c
	}
	return err
}

// Suggest is the choice that word most probably means, by Levenshtein's distance
// without regard to case and underscores; "" when none is near.
func Suggest(word string, choices []string) string {
	best, at := "", len(fold(word))/3+2
	for _, c := range choices {
		if d := distance(fold(word), fold(c)); d < at {
			best, at = c, d
		}
	}
	return best
}

// DidYouMean is "; did you mean …?" or a list of the choices when none is near
// and the list is short.
func DidYouMean(word string, choices []string) string {
	if s := Suggest(word, choices); s != "" {
		return fmt.Sprintf("; did you mean %s?", s)
	}
	if len(choices) == 0 {
		return ""
	}
	list := slices.Clone(choices)
	slices.Sort(list)
	if len(list) <= 12 {
		return "; there is " + strings.Join(list, ", ")
	}
	return "; there is " + strings.Join(list[:12], ", ") + ", …"
}

// distance is the number of insertions, deletions and replacements between a and b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diag := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := diag
			if r != s {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// fold is a name without case and underscores: LeakyReLU and leaky_relu are one.
func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
