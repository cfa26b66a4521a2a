// Package words makes parts of sentences for messages and reports: counts, shares, quoted text, parts of file names.
package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Plural returns a number and a noun whose plural ends in s: 1 window, 3 windows, 0.5 hours.
func Plural[N int | float64](n N, noun string) string { return Count(n, noun, noun+"s") }

// Count returns a number and the noun that goes with it: one where n is 1, many otherwise.
func Count[N int | float64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatFloat(float64(n), 'f', -1, 64) + " " + many
}

// Clip returns text on one line, cut to at most most characters and then marked with an ellipsis: what a message
// quotes of a file.
func Clip(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Percent returns a probability in whole per cent: below 1 % it is "<1 %" and above 99 % ">99 %", since an unlikely
// event is not an impossible one.
func Percent(p float32) string {
	switch {
	case p < 0.01:
		return "<1 %"
	case p > 0.99 && p < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// FileName returns a name as part of a file name: separators, blanks and characters that a file system refuses become
// -.
func FileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
}

// Figure is a number in four digits, or in those before the point where they are more.
func Figure(v float64) string {
	if a := max(v, -v); a >= 1000 && a < 1e15 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// Number returns a number in four decimals, or in five digits or more where it is large or tiny.
func Number(v float64) string {
	if math.IsNaN(v) {
		return "undefined"
	}
	switch a := math.Abs(v); {
	case a >= 1e5 && a < 1e9: // digits, where %g would give an exponent
		return fmt.Sprintf("%.0f", v)
	case a >= 1000 || a != 0 && a < 0.001:
		return fmt.Sprintf("%.5g", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// Signed returns a difference as [Number] does, with its sign.
func Signed(v float64) string {
	if v > 0 {
		return "+" + Number(v)
	}
	return Number(v)
}
