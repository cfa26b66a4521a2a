package metric

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ChrF is the character n-gram F-score of translations (Popović 2015), counted as sacrebleu counts it: with β = 2 and
// P, R the means over n of the precision and the recall of n-grams of 1 to 6 characters, blanks left out,
//
//	chrF = 100 · (1 + β²)·P·R / (β²·P + R)
//
// The counts are added up over all sentences before they are divided. It asks for no tokens, so that it serves
// languages that write without blanks or that build long words.
type ChrF struct {
	// Words is the greatest length of n-grams of words that count beside those of characters: 2 is chrF++.
	Words int
}

const (
	chrOrder = 6
	chrBeta2 = 4
)

// Corpus returns the score of translations, from 0 to 100, against a reference for each of them.
func (c ChrF) Corpus(translations, references []string) (float64, error) {
	if len(translations) != len(references) {
		return 0, fmt.Errorf("chrf: %d translations and %d references; give one for each", len(translations),
			len(references))
	}
	if c.Words < 0 {
		return 0, fmt.Errorf("chrf: n-grams of %d words; give 0 or more", c.Words)
	}
	said, right, both := make([]int, chrOrder+c.Words), make([]int, chrOrder+c.Words), make([]int, chrOrder+c.Words)
	for i, t := range translations {
		for n := range said {
			a, b := c.grams(t, n), c.grams(references[i], n)
			total, matches := 0, 0
			for g, k := range a {
				total, matches = total+k, matches+min(k, b[g])
			}
			if len(b) > 0 { // as sacrebleu: n-grams count where the reference has some of their length
				said[n] += total
			}
			for _, k := range b {
				right[n] += k
			}
			both[n] += matches
		}
	}
	precision, recall, used := 0.0, 0.0, 0.0
	for n := range said {
		if said[n] > 0 && right[n] > 0 {
			precision += float64(both[n]) / float64(said[n])
			recall += float64(both[n]) / float64(right[n])
			used++
		}
	}
	if precision+recall == 0 {
		return 0, nil
	}
	precision, recall = precision/used, recall/used
	return 100 * (1 + chrBeta2) * precision * recall / (chrBeta2*precision + recall), nil
}

// grams counts the n-grams number n: of n + 1 characters, and behind those of words.
func (c ChrF) grams(s string, n int) map[string]int {
	count := map[string]int{}
	if n >= chrOrder {
		tokens := chrWords(s)
		for i := 0; i+n-chrOrder < len(tokens); i++ {
			count[strings.Join(tokens[i:i+n-chrOrder+1], " ")]++
		}
		return count
	}
	runes := []rune(strings.Join(strings.Fields(s), ""))
	for i := 0; i+n < len(runes); i++ {
		count[string(runes[i:i+n+1])]++
	}
	return count
}

// chrWords cuts at blanks, and a punctuation mark of ASCII off the end of a word, or else off its beginning.
func chrWords(s string) []string {
	const marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	var out []string
	for _, w := range strings.Fields(s) {
		last := len(w) - 1
		switch {
		case utf8.RuneCountInString(w) == 1:
			out = append(out, w)
		case strings.IndexByte(marks, w[last]) >= 0:
			out = append(out, w[:last], w[last:])
		case strings.IndexByte(marks, w[0]) >= 0:
			out = append(out, w[:1], w[1:])
		default:
			out = append(out, w)
		}
	}
	return out
}
