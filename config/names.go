package config

import "strings"

// Snake returns the name that Keras derives from a class name for an instance: LeakyReLU gives leaky_re_lu, Conv2D
// gives conv2d. An underscore goes before each capital but the first letter that a small letter follows or precedes.
func Snake(class string) string {
	small := func(i int) bool { return i < len(class) && 'a' <= class[i] && class[i] <= 'z' }
	var b strings.Builder
	for i := range len(class) {
		if c := class[i]; i > 0 && 'A' <= c && c <= 'Z' && (small(i+1) || small(i-1)) {
			b.WriteByte('_')
		}
		b.WriteByte(class[i])
	}
	return strings.ToLower(b.String())
}

// Word returns the name that people write: like Snake, with ReLU and its kin kept whole.
func Word(class string) string {
	class = strings.Replace(class, "ReLU", "Relu", 1)
	if class == "PRelu" {
		return "prelu"
	}
	return Snake(class)
}
