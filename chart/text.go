package chart

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// Language is a language of the texts of pictures.
type Language struct {
	Code string // its ISO 639 code
	// Sprintf prints a format of gorae's own with its arguments, as [fmt.Sprintf] does. Texts of the user's, such as
	// names of classes and columns, are arguments, or do not pass through it at all.
	Sprintf func(format string, args ...any) string
}

// English is the language of pictures until [Translate] is called.
var English = Language{Code: "en", Sprintf: fmt.Sprintf}

var (
	spoken  atomic.Pointer[Language] // the language of pictures made from now on; nil: English
	mu      sync.Mutex               // of changes of language
	further []Language
)

// Translate sets the language of pictures made from now on, and the others that [InEach] draws in.
func Translate(own Language, others ...Language) {
	mu.Lock()
	defer mu.Unlock()
	spoken.Store(&own)
	further = others
}

// InEach calls f in the language of pictures and then in each of the others; meanwhile no other goroutine may make
// pictures but within InEach.
func InEach(f func(l Language, own bool) error) error {
	mu.Lock()
	defer mu.Unlock()
	own := language()
	defer spoken.Store(&own)
	if err := f(own, true); err != nil {
		return err
	}
	for _, l := range further {
		spoken.Store(&l)
		if err := f(l, false); err != nil {
			return err
		}
	}
	return nil
}

func language() Language {
	if l := spoken.Load(); l != nil {
		return *l
	}
	return English
}

// Sprintf returns a text of a picture, such as a title or the name of an axis, in the language of pictures.
func Sprintf(format string, args ...any) string { return language().Sprintf(format, args...) }
