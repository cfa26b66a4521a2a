package config

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestSnake holds the names against Keras's to_snake_case (keras/src/utils/naming.py), which is made of two regular
// expressions, for random class names.
func TestSnake(t *testing.T) {
	first, second := regexp.MustCompile(`(.)([A-Z][a-z]+)`), regexp.MustCompile(`([a-z])([A-Z])`)
	rnd := rand.New(rand.NewPCG(1, 2))
	const letters = "abcABCXYZ12_"
	for range 20_000 {
		b := make([]byte, 1+rnd.IntN(12))
		for i := range b {
			b[i] = letters[rnd.IntN(len(letters))]
		}
		class := string(b)
		want := strings.ToLower(second.ReplaceAllString(first.ReplaceAllString(class, "${1}_$2"), "${1}_$2"))
		if got := Snake(class); got != want {
			t.Fatalf("Snake(%q) = %q, want %q", class, got, want)
		}
	}
}
