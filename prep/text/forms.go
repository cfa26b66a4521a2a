package text

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// joiner is U+034F, COMBINING GRAPHEME JOINER. Package norm makes its output stream-safe (Unicode Standard Annex #15,
// section 13): it inserts a joiner into runs of more than 30 characters that it counts as non-starters, among them
// Hangul letters such as ㅜ, which people repeat. The normal forms themselves insert nothing.
const joiner = "\u034f"

// composed returns text in Unicode's normal form C.
func composed(text string) string   { return normalised(norm.NFC, text) }
func decomposed(text string) string { return normalised(norm.NFD, text) }

// normalised returns a normal form without the joiners that package norm inserts. A joiner of the text's own stays: no
// character composes with it or moves across it, so that the parts on its sides are normalised apart.
func normalised(form norm.Form, text string) string {
	if !strings.Contains(text, joiner) {
		return strings.ReplaceAll(form.String(text), joiner, "")
	}
	parts := strings.Split(text, joiner)
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(form.String(part), joiner, "")
	}
	return strings.Join(parts, joiner)
}
