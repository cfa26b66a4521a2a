package chart

import (
	"fmt"
	"sync/atomic"
)

// printer prints the texts of pictures in a language; nil prints English.
var printer atomic.Pointer[func(format string, args ...any) string]

// Translate sets what prints the texts of pictures made from now on: a function that takes a format of gorae's own and
// its arguments, as [fmt.Sprintf] does. Texts of the user's, such as names of classes and columns, are arguments, or do
// not pass through it at all. Nil stands for English.
func Translate(sprintf func(format string, args ...any) string) {
	if sprintf == nil {
		printer.Store(nil)
		return
	}
	printer.Store(&sprintf)
}

// Sprintf returns a text of a picture, such as a title or the name of an axis, in the language of pictures.
func Sprintf(format string, args ...any) string {
	if p := printer.Load(); p != nil {
		return (*p)(format, args...)
	}
	return fmt.Sprintf(format, args...)
}
