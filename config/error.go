package config

import (
	"slices"
	"strings"

	"gorae/internal/spell"
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

// Suggest is the choice that word most probably means, "" when none is near.
func Suggest(word string, choices []string) string { return spell.Nearest(word, choices) }

// DidYouMean is `; did you mean "x"?`, or a list of the choices when none is near.
func DidYouMean(word string, choices []string) string {
	if hint := spell.Hint(word, choices); hint != "" || len(choices) == 0 {
		return hint
	}
	list := slices.Clone(choices)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) <= 12 {
		return "; there are " + strings.Join(list, ", ")
	}
	return "; there are " + strings.Join(list[:12], ", ") + ", …"
}

// fold is a name without case and underscores: LeakyReLU and leaky_relu are one.
func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
