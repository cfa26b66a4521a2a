// Package words makes parts of sentences: counts and shares for people.
package words

import (
	"fmt"
	"strings"
)

// Plural is a count and a noun: 1 window, 3 windows.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Percent is a probability for people. What is unlikely is not called impossible.
func Percent(p float32) string {
	switch {
	case p < 0.01:
		return "<1 %"
	case p > 0.99 && p < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// FileName is a name as a part of a file's name: letters and digits stay, the rest becomes -.
func FileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
}
