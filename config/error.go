package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorae/internal/spell"
)

// Message is a text with its arguments: a catalogue of another language translates it by Format.
type Message struct {
	Format string
	Args   []any
}

// Say returns the message of a format of package fmt and its arguments.
func Say(format string, args ...any) Message { return Message{Format: format, Args: args} }

// String returns the message in English.
func (m Message) String() string {
	if len(m.Args) == 0 {
		return m.Format
	}
	return fmt.Sprintf(m.Format, m.Args...)
}

// Code is the kind of mistake of an error.
type Code string

// The kinds of mistakes that the codec finds. Each of them but Conflict and Unregistered concerns one key by itself and
// depends on neither data nor shapes: a JSON Schema refuses them too.
const (
	UnknownKey  Code = "unknown_key"  // nothing goes by this key
	UnknownName Code = "unknown_name" // nothing that is registered, or that may be chosen, has this name
	Missing     Code = "missing"      // a required key is not there
	WrongType   Code = "wrong_type"   // the value is of another type
	OutOfRange  Code = "out_of_range" // the value is a number that is not allowed
	WrongLength Code = "wrong_length" // the value is a list of another length
	Unsupported Code = "unsupported"  // Keras has the value, gorae has not
	Conflict    Code = "conflict"     // the values of several keys contradict each other
	// Unregistered is no mistake in a file: a program is to write a value whose type no registry has.
	Unregistered Code = "unregistered"
)

// Error is a mistake in a configuration or in what it names: its place, the problem and the remedy. Packages that find
// a mistake return it with the path as far as they know it; their callers put theirs in front with [Under].
type Error struct {
	Path    string  // the place: keys joined by dots and indices, such as model[2].dense.units; "" is the whole
	Key     bool    // the place is the key itself, not its value
	Code    Code    // of a mistake that the codec found; "" for others
	Problem Message // what is wrong
	Remedy  Message // what to do about it; the zero Message where there is nothing to say
	Err     error   // the cause, for errors.Is and errors.As; nil without one
}

// Errorf returns the error of a problem at a path; "" is the place of the value as a whole.
func Errorf(path, format string, args ...any) *Error {
	e := &Error{Path: path, Problem: Say(format, args...)}
	for _, a := range args {
		if cause, ok := a.(error); ok {
			e.Err = cause
		}
	}
	return e
}

// Fix returns e with a remedy.
func (e *Error) Fix(format string, args ...any) *Error {
	c := *e
	c.Remedy = Say(format, args...)
	return &c
}

// with returns e with a remedy.
func (e *Error) with(remedy Message) *Error {
	c := *e
	c.Remedy = remedy
	return &c
}

// Suggesting returns e with the remedy of a misspelt word: the nearest choice, or the choices.
func (e *Error) Suggesting(word string, choices []string) *Error {
	c := *e
	c.Remedy = Hint(word, choices)
	return &c
}

// AtKey returns e with the key as its place.
func (e *Error) AtKey() *Error {
	c := *e
	c.Key = true
	return &c
}

// Coded returns e with a code.
func (e *Error) Coded(code Code) *Error {
	c := *e
	c.Code = code
	return &c
}

// Text returns the problem and the remedy in English, without the place.
func (e *Error) Text() string {
	if e.Remedy.Format == "" {
		return e.Problem.String()
	}
	return e.Problem.String() + "; " + e.Remedy.String()
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Text()
	}
	return e.Path + ": " + e.Text()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsSchema reports whether err is a mistake that depends on neither data nor shapes nor other keys: an unknown key or
// name, a missing key, a value of a wrong type or out of its range. A JSON Schema of the same types refuses all of
// them.
func IsSchema(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code != "" && e.Code != Conflict && e.Code != Unregistered
}

// Under puts path in front of the place of err. An error without a place gets path for one; nil stays nil.
func Under(path string, err error) error {
	if err == nil || path == "" {
		return err
	}
	if e, ok := err.(*Error); ok {
		c := *e
		c.Path = Join(path, e.Path)
		return &c
	}
	c := &Error{Path: path, Problem: Say("%v", err), Err: err}
	var inner *Error
	if errors.As(err, &inner) {
		c.Path, c.Key, c.Code = Join(path, inner.Path), inner.Key, inner.Code
	}
	return c
}

// Without takes a first key off the path of err, where a key stands for the value as a whole.
func Without(key string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	rest, ok := strings.CutPrefix(e.Path, key)
	if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
		return err
	}
	c := *e
	c.Path = strings.TrimPrefix(rest, ".")
	return &c
}

// Join joins two paths, of which either may be "".
func Join(path, rest string) string {
	switch {
	case path == "":
		return rest
	case rest == "":
		return path
	case strings.HasPrefix(rest, "["):
		return path + rest
	}
	return path + "." + rest
}

var escape = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `[`, `\[`, `]`, `\]`)

// Step returns a key as a part of a path: dots and brackets in it are marked by a backslash.
func Step(key string) string { return escape.Replace(key) }

// Index returns an element of a list as a part of a path.
func Index(i int) string { return fmt.Sprintf("[%d]", i) }

// Suggest returns the choice that word most probably means, by other libraries' words or by its spelling; "" when none
// is near.
func Suggest(word string, choices []string) string { return spell.Meant(word, choices) }

// Hint returns the remedy of a wrong word: the choice that it most probably means, or a list of the choices when none
// is near.
func Hint(word string, choices []string) Message {
	if near := spell.Meant(word, choices); near != "" {
		return Say("did you mean %q?", near)
	}
	if len(choices) == 0 {
		return Message{}
	}
	list := slices.Clone(choices)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) <= 12 {
		return Say("there are %s", strings.Join(list, ", "))
	}
	return Say("there are %s, …", strings.Join(list[:12], ", "))
}

// DidYouMean returns the text of [Hint] behind a semicolon, "" without choices.
func DidYouMean(word string, choices []string) string {
	hint := Hint(word, choices)
	if hint.Format == "" {
		return ""
	}
	return "; " + hint.String()
}

// Same reports whether two names mean the same thing in a registry: LeakyReLU and leaky_relu.
func Same(a, b string) bool { return fold(a) == fold(b) }

// fold returns a name without case and underscores: LeakyReLU and leaky_relu are one. Only the letters A to Z have a
// case.
func fold(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_':
		case c >= 'A' && c <= 'Z':
			b = append(b, c-'A'+'a')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}
