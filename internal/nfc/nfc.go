// Package nfc brings text to Unicode's normal forms C and D, so that an é that is one
// character and an é that is an e with an accent are the same word.
//
// Source: Unicode Standard Annex #15, "Unicode normalization forms"; Hangul by the
// arithmetic of the Unicode Standard, section 3.12.
package nfc

import (
	"slices"
	"strings"
	"sync"
)

// Hangul: syllables are (lead·21 + vowel)·28 + trail beyond the first.
const (
	firstSyllable, firstLead, firstVowel, firstTrail = 0xAC00, 0x1100, 0x1161, 0x11A7
	leads, vowels, trails                            = 19, 21, 28
	syllables                                        = leads * vowels * trails
)

type tables struct {
	decompose map[rune][2]rune
	compose   map[[2]rune]rune
	class     map[rune]uint8
	touched   map[rune]bool // characters that normal form C may change, or that may join the one before
}

var table = sync.OnceValue(func() *tables {
	t := &tables{map[rune][2]rune{}, map[[2]rune]rune{}, map[rune]uint8{}, map[rune]bool{}}
	never := map[rune]bool{}
	for _, c := range excluded {
		never[c] = true
		t.touched[c] = true
	}
	d := []rune(decompositions)
	for i := 0; i < len(d); i += 3 {
		pair := [2]rune{d[i+1], d[i+2]}
		t.decompose[d[i]] = pair
		if !never[d[i]] {
			t.compose[pair] = d[i]
			t.touched[pair[1]] = true
		}
	}
	k := []rune(classes)
	for i := 0; i < len(k); i += 3 {
		for c := k[i]; c <= k[i+1]; c++ {
			t.class[c] = uint8(k[i+2])
			t.touched[c] = true
		}
	}
	for c := rune(firstVowel); c < firstVowel+vowels; c++ {
		t.touched[c] = true
	}
	for c := rune(firstTrail + 1); c < firstTrail+trails; c++ {
		t.touched[c] = true
	}
	return t
})

// C is s in normal form C: composed. Text that is so already is given back as it is.
func C(s string) string {
	plain := true
	for _, c := range s {
		// No character below U+0300 is touched.
		if c >= 0x300 && table().touched[c] {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return string(compose(decompose(s)))
}

// D is s in normal form D: decomposed, Hangul syllables into their jamo.
func D(s string) string {
	if strings.IndexFunc(s, func(c rune) bool { return c >= 0xC0 }) < 0 {
		return s
	}
	return string(decompose(s))
}

func decompose(s string) []rune {
	t := table()
	out := make([]rune, 0, len(s)+8)
	for _, c := range s {
		out = t.expand(out, c)
	}
	// Marks in the order of their classes, equal ones as they came.
	for i := 0; i < len(out); {
		if t.class[out[i]] == 0 {
			i++
			continue
		}
		j := i
		for j < len(out) && t.class[out[j]] > 0 {
			j++
		}
		slices.SortStableFunc(out[i:j], func(a, b rune) int { return int(t.class[a]) - int(t.class[b]) })
		i = j
	}
	return out
}

func (t *tables) expand(out []rune, c rune) []rune {
	if s := c - firstSyllable; s >= 0 && s < syllables {
		out = append(out, firstLead+s/(vowels*trails), firstVowel+s%(vowels*trails)/trails)
		if s%trails != 0 {
			out = append(out, firstTrail+s%trails)
		}
		return out
	}
	d, ok := t.decompose[c]
	if !ok {
		return append(out, c)
	}
	out = t.expand(out, d[0])
	if d[1] != 0 {
		out = append(out, d[1])
	}
	return out
}

// compose joins each character with the last starter that nothing stands in the way of.
func compose(in []rune) []rune {
	t := table()
	out := in[:0]
	starter, last := -1, 0 // place of the starter in out, class of the character before
	for _, c := range in {
		k := int(t.class[c])
		if starter >= 0 && (last < k || last == 0 && starter == len(out)-1) {
			if j, ok := t.join(out[starter], c); ok {
				out[starter] = j
				continue
			}
		}
		if k == 0 {
			starter = len(out)
		}
		last = k
		out = append(out, c)
	}
	return out
}

func (t *tables) join(a, b rune) (rune, bool) {
	if l, v := a-firstLead, b-firstVowel; l >= 0 && l < leads && v >= 0 && v < vowels {
		return firstSyllable + (l*vowels+v)*trails, true
	}
	if s, e := a-firstSyllable, b-firstTrail; s >= 0 && s < syllables && s%trails == 0 && e > 0 && e < trails {
		return a + e, true
	}
	c, ok := t.compose[[2]rune{a, b}]
	return c, ok
}
