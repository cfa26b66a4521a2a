package metric

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// BLEU is the bilingual evaluation understudy (Papineni et al. 2002) of translations, counted as sacrebleu counts it:
//
//	BLEU = 100 · BP · exp(Σₙ ln pₙ / 4),   BP = min(1, e^(1 − r/c))
//
// where pₙ is the share of the n-grams of the translations that their references hold, each at most as often as the
// reference that holds it most often, c the number of tokens of the translations, and r that of the references (of
// several the one whose length is the nearest, of equally near ones the shorter). Counts are added up over all sentences
// before they are divided. The zero value has sacrebleu's defaults: its signature is
// tok:13a|smooth:exp|case:mixed|eff:no.
type BLEU struct {
	// Tokenize is 13a (also ""): the tokenizer of mteval-v13a; intl: by Unicode's punctuation and symbols; char: each
	// character that is no blank; zh: 13a with each Chinese character by itself; none: at blanks alone.
	Tokenize string
	// Smooth says what stands for a precision of 0: exp (also ""): 1/(2ᵏ·total), k counting such precisions; floor:
	// 0.1/total; add-k: 1 is added to matches and totals of n > 1; none: 0.
	Smooth string
	// Lowercase counts without case.
	Lowercase bool
	// EffectiveOrder leaves orders out for which the translations are too short; for single sentences.
	EffectiveOrder bool
}

// orders is the greatest length of an n-gram.
const orders = 4

// BLEUCounts are what the BLEU of sentences is computed from; counts of several sentences are added up.
type BLEUCounts struct {
	Matches, Totals       [orders]float64 // n-grams by their length less 1
	Length, ReferenceSize float64         // tokens of the translations and of their references
}

// BLEUScore is the BLEU of some sentences.
type BLEUScore struct {
	Score      float64 // from 0 to 100
	Precisions [orders]float64
	Brevity    float64 // BP
	BLEUCounts
}

// Add adds the counts of other sentences.
func (c *BLEUCounts) Add(o BLEUCounts) {
	for n := range orders {
		c.Matches[n] += o.Matches[n]
		c.Totals[n] += o.Totals[n]
	}
	c.Length += o.Length
	c.ReferenceSize += o.ReferenceSize
}

// Check returns an error for a tokenizer or a smoothing that there is not.
func (b BLEU) Check() error {
	if !slices.Contains([]string{"", "13a", "intl", "zh", "char", "none"}, b.Tokenize) {
		return fmt.Errorf("bleu: the tokenizer %q is none; give 13a, intl, zh, char or none", b.Tokenize)
	}
	if !slices.Contains([]string{"", "exp", "floor", "add-k", "none"}, b.Smooth) {
		return fmt.Errorf("bleu: the smoothing %q is none; give exp, floor, add-k or none", b.Smooth)
	}
	return nil
}

// Counts returns the counts of one translation against its references.
func (b BLEU) Counts(translation string, references ...string) BLEUCounts {
	var c BLEUCounts
	said := b.tokens(translation)
	grams := ngrams(said)
	c.Length = float64(len(said))
	most := map[string]int{}
	nearest := -1
	for _, r := range references {
		tokens := b.tokens(r)
		if n := len(tokens); nearest < 0 || abs(n-len(said)) < abs(nearest-len(said)) ||
			abs(n-len(said)) == abs(nearest-len(said)) && n < nearest {
			nearest = n
		}
		for g, n := range ngrams(tokens) {
			most[g] = max(most[g], n)
		}
	}
	c.ReferenceSize = float64(max(nearest, 0))
	for n := range orders {
		c.Totals[n] = float64(max(0, len(said)-n))
	}
	for g, n := range grams {
		c.Matches[strings.Count(g, separator)-1] += float64(min(n, most[g]))
	}
	return c
}

// Corpus returns the BLEU of translations against a list of references for each of them.
func (b BLEU) Corpus(translations []string, references ...[]string) (BLEUScore, error) {
	if err := b.Check(); err != nil {
		return BLEUScore{}, err
	}
	var all BLEUCounts
	for _, r := range references {
		if len(r) != len(translations) {
			return BLEUScore{}, fmt.Errorf("bleu: %d translations and %d references; give one for each",
				len(translations), len(r))
		}
	}
	for i, t := range translations {
		var own []string
		for _, r := range references {
			own = append(own, r[i])
		}
		all.Add(b.Counts(t, own...))
	}
	return b.Score(all), nil
}

// Score returns the BLEU of counts.
func (b BLEU) Score(c BLEUCounts) BLEUScore {
	s := BLEUScore{Brevity: 1, BLEUCounts: c}
	switch {
	case c.Length == 0 && c.ReferenceSize > 0:
		s.Brevity = 0
	case c.Length < c.ReferenceSize:
		s.Brevity = math.Exp(1 - c.ReferenceSize/c.Length)
	}
	if c.Matches == [orders]float64{} {
		return s
	}
	order, smooth := orders, 1.0
	for n := range orders {
		right, total := c.Matches[n], c.Totals[n]
		if b.Smooth == "add-k" && n > 0 {
			right, total = right+1, total+1
		}
		if total == 0 {
			break
		}
		if b.EffectiveOrder {
			order = n + 1
		}
		s.Precisions[n] = 100 * right / total
		if right > 0 {
			continue
		}
		switch b.Smooth {
		case "", "exp":
			smooth *= 2
			s.Precisions[n] = 100 / (smooth * total)
		case "floor":
			s.Precisions[n] = 100 * 0.1 / total
		}
	}
	sum := 0.0
	for _, p := range s.Precisions[:order] {
		sum += math.Log(p)
	}
	s.Score = s.Brevity * math.Exp(sum/float64(order))
	return s
}

// tokens cuts a sentence.
func (b BLEU) tokens(s string) []string {
	if b.Lowercase {
		s = strings.ToLower(s)
	}
	return tokenized(b.Tokenize, strings.TrimRight(s, " \t\r\n"))
}

// separator stands behind each token of an n-gram as a key; no token holds it.
const separator = "\x00"

// ngrams counts the runs of 1 to 4 tokens.
func ngrams(tokens []string) map[string]int {
	count := make(map[string]int, orders*len(tokens))
	for i := range tokens {
		g := ""
		for _, t := range tokens[i:min(len(tokens), i+orders)] {
			g += t + separator
			count[g]++
		}
	}
	return count
}

func abs(n int) int { return max(n, -n) }
