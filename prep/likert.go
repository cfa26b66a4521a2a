package prep

import (
	"cmp"
	_ "embed" // of the scales
	"slices"
	"strconv"
	"strings"

	"gorae/data"
)

// fewestRanks is the number of different answers from which on words are taken for a scale.
const fewestRanks = 3

// likert is scales of answers in questionnaires (Likert 1932), from the lowest to the highest, a line each: | parts the
// answers, / the words for one answer. Other lines begin with a mark: ? before answers that say nothing of the
// question, < and > before words that stand before a number below and above which values lie, [ and ] before such that
// stand behind it, # before units.
//
//go:embed likert.txt
var likert string

// likertLine returns the words of the line of likert that begins with a mark.
func likertLine(mark string) []string {
	for line := range strings.Lines(likert) {
		if words, ok := strings.CutPrefix(strings.TrimSpace(line), mark); ok {
			return strings.Split(words, "|")
		}
	}
	return nil
}

// Likert returns the different words of a column in the order of a scale, and those that stand unranked of it. They are
// answers of one questionnaire's scale, such as disagree, neutral and agree, or ranges of numbers, such as 18-24 and
// 65+; ok is false for other words, and for fewer than three answers.
func Likert(c *data.Column) (order, except []string, ok bool) {
	const most = 40
	if c.Kind != data.Category {
		return nil, nil, false
	}
	levels, few := c.Few(most)
	if !few {
		return nil, nil, false
	}
	var answers []string
	nothing := likertLine("?")
	for _, l := range levels {
		if slices.Contains(nothing, folded(l)) {
			except = append(except, l)
		} else {
			answers = append(answers, l)
		}
	}
	if len(answers) < fewestRanks {
		return nil, nil, false
	}
	for scale := range strings.Lines(likert) {
		if inOrder(answers, rankIn(strings.TrimSpace(scale))) {
			return answers, except, true
		}
	}
	return answers, except, inOrder(answers, rangeFrom)
}

// inOrder sorts words by their ranks; false where a word has none, and where two words have the same.
func inOrder(words []string, rank func(string) (float64, bool)) bool {
	at := map[string]float64{}
	seen := map[float64]bool{}
	for _, w := range words {
		r, ok := rank(folded(w))
		if !ok || seen[r] {
			return false
		}
		at[w], seen[r] = r, true
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(at[a], at[b]) })
	return true
}

// rankIn returns the rank of a word in a line of likert.
func rankIn(scale string) func(string) (float64, bool) {
	return func(word string) (float64, bool) {
		for k, answer := range strings.Split(scale, "|") {
			if slices.Contains(strings.Split(answer, "/"), word) {
				return float64(k), true
			}
		}
		return 0, false
	}
}

// rangeFrom returns where a range of numbers begins: 18-24, 18 to 24, 18~24세, 20대, <18, under 18, 65+, 65 or more,
// 65세 이상.
func rangeFrom(word string) (from float64, ok bool) {
	rest := word
	under := trimAny(&rest, strings.CutPrefix, "<") || trimAny(&rest, strings.CutSuffix, "[")
	over := trimAny(&rest, strings.CutPrefix, ">") || trimAny(&rest, strings.CutSuffix, "]")
	trimAny(&rest, strings.CutSuffix, "#")
	decade := strings.HasSuffix(rest, "대")
	rest = strings.TrimSuffix(rest, "대")
	low, high, ranged := rest, "", false
	for _, mark := range []string{"-", "–", "~", "to"} {
		if low, high, ranged = strings.Cut(rest, mark); ranged {
			break
		}
	}
	low, high = strings.TrimSpace(low), strings.TrimSpace(high)
	trimAny(&low, strings.CutSuffix, "#")
	from, err := strconv.ParseFloat(low, 64)
	if err != nil || from < 0 || !ranged && !under && !over && !decade {
		return 0, false
	}
	if to, err := strconv.ParseFloat(high, 64); ranged && (err != nil || !(to > from)) {
		return 0, false
	}
	if under { // it stands before a range that begins there
		from -= 0.5
	}
	return from, true
}

// trimAny cuts the first of the words of a mark that a text has off, and the space before what is left.
func trimAny(text *string, cut func(s, word string) (string, bool), mark string) bool {
	for _, w := range likertLine(mark) {
		if rest, ok := cut(*text, w); ok {
			*text = strings.TrimSpace(rest)
			return true
		}
	}
	return false
}
