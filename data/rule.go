package data

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorae/internal/words"
)

// Rule is what the values of a column show that it is, whatever its name: a rule by which a table's column is left out,
// or becomes other features than its kind would have. A rule with Drop says why a column is dropped by default.
type Rule struct {
	Kind RuleKind
	Why  string // "numbers the rows", "marks parts: test, train", …; "" of NoRule
}

// RuleKind is the kind of a rule.
type RuleKind uint8

const (
	// NoRule is a column of numbers or of categories like any other.
	NoRule RuleKind = iota
	// RowNumber is whole numbers from 0 up that rise from row to row, by 2 or less in the mean: 1, 2, 3, …, also with
	// rows left out, in 20 rows or more. Numbers from 1800 to 2199 may be years and are none. Under an empty name in
	// the header, as pandas writes it, rows are counted from 2 rows on.
	RowNumber
	// ID is another value in each row, in 20 rows or more: text; or whole numbers, not in order, of which as many as
	// there are rows, drawn at random from their range, would repeat with a probability above 1 − 10⁻⁶ (n²/2 > 13.8
	// times the range).
	ID
	// SplitMark is words for the parts of a split, such as train and test, and nothing else.
	SplitMark
	// FileNames is text that ends like file names (.jpg) or begins like paths, in 19 of 20 values, most of it
	// different.
	FileNames
	// Empty is no value at all.
	Empty
	// Constant is the same value in each row.
	Constant
	// OneOrNone is one value in some rows and none in the others.
	OneOrNone
	// Prose is text of three words or more in the mean, most of it different.
	Prose
	// ManyLevels is text of more than [MaxLevels] different values.
	ManyLevels
)

// MaxLevels is the greatest number of different values of a text column that is one-hot encoded by default.
const MaxLevels = 50

// MostlyMissing is the share of missing values above which a column gets a feature that says where it is missing.
const MostlyMissing = 0.5

const (
	fewestIDs = 20   // rows from which on values that are all different tell something
	noRepeat  = 13.8 // −ln 10⁻⁶
)

// Identity returns the rule by which column i tells rows or parts of the table apart: RowNumber, ID, SplitMark,
// FileNames, or NoRule. It takes all rows of a table into account.
func (t *Table) Identity(i int) Rule {
	c := &t.Columns[i]
	if t.Rows < 2 {
		return Rule{}
	}
	if c.Kind == Number {
		return t.numbering(i)
	}
	switch {
	case c.splitMark():
		_, levels := c.Codes()
		return Rule{SplitMark, "marks parts: " + strings.Join(levels, ", ")}
	case t.MayBeTime(c):
		return Rule{}
	case c.fileNames():
		return Rule{FileNames, "names of files"}
	case t.Rows >= fewestIDs && c.allDifferent() && !c.prose():
		return Rule{ID, "different in every row"}
	}
	return Rule{}
}

// Content returns what the values of column i show beside Identity: Empty, Constant, OneOrNone, Prose, ManyLevels, or
// NoRule.
func (t *Table) Content(i int) Rule {
	c := &t.Columns[i]
	if c.Kind == Number && c.varied() {
		return Rule{}
	}
	firsts, known := c.fewLevels(MaxLevels)
	switch levels := len(firsts); {
	case known == 0:
		return Rule{Empty, "no value"}
	case levels == 1 && known == t.Rows:
		return Rule{Constant, "always " + words.Clip(c.Text(firsts[0]), 30)}
	case levels == 1:
		return Rule{OneOrNone, words.Clip(c.Text(firsts[0]), 30) + " or nothing"}
	case (2*levels > known || levels > MaxLevels) && !t.MayBeTime(c) && c.prose():
		return Rule{Prose, "prose"}
	case levels > MaxLevels && t.MayBeTime(c):
		return Rule{ManyLevels, "dates or times"}
	case levels > MaxLevels:
		return Rule{ManyLevels, fmt.Sprintf("text of %d different values", c.Levels())}
	}
	return Rule{}
}

// fewLevels returns the rows where different values come first, up to one more than most of them, and the number of
// rows that have a value.
func (c *Column) fewLevels(most int) (firsts []int, known int) {
	if c.coded() {
		met := make([]bool, len(c.coding.words))
		for i, k := range c.coding.codes {
			if len(firsts) > most || len(firsts) == len(met) {
				break
			}
			if !c.Missing[i] && !met[k] {
				firsts, met[k] = append(firsts, i), true
			}
		}
		return firsts, c.Len() - c.missing()
	}
	seen := map[string]bool{}
	last := "" // is in seen, or missing
	for i := range c.Len() {
		if c.IsMissing(i) {
			continue
		}
		if known++; len(firsts) > most {
			continue
		}
		if level := c.Level(i); level != last && !seen[level] {
			seen[level], last = true, level
			firsts = append(firsts, i)
		}
	}
	return firsts, known
}

// Few returns the different values of a column of text by their bytes; false where there are more than most.
func (c *Column) Few(most int) (levels []string, ok bool) {
	firsts, _ := c.fewLevels(most)
	if len(firsts) > most {
		return nil, false
	}
	for _, i := range firsts {
		levels = append(levels, c.Level(i))
	}
	slices.Sort(levels)
	return levels, true
}

// Rule returns the rule of column i: that of Identity, else that of Content.
func (t *Table) Rule(i int) Rule {
	if r := t.Identity(i); r.Kind != NoRule {
		return r
	}
	return t.Content(i)
}

// IsID reports whether column i tells rows apart and nothing else, by its values: it numbers the rows, is different in
// every row, or names files.
func (t *Table) IsID(i int) bool {
	switch t.Identity(i).Kind {
	case RowNumber, ID, FileNames:
		return true
	}
	return false
}

// numbering returns RowNumber or ID where a column of numbers is one.
func (t *Table) numbering(i int) Rule {
	c := &t.Columns[i]
	rising := true
	low, high := math.Inf(1), math.Inf(-1)
	for r, v := range c.Numbers {
		if v != math.Trunc(v) || math.IsInf(v, 0) { // NaN, a missing value, is not equal to itself
			return Rule{}
		}
		rising = rising && (r == 0 || v > c.Numbers[r-1])
		low, high = min(low, v), max(high, v)
	}
	n, gap := float64(t.Rows), high-low
	unnamed := t.Header && c.Name == "c"+strconv.Itoa(i+1)
	years := low >= 1800 && high < 2200
	switch {
	case rising && unnamed && gap == n-1:
		return Rule{RowNumber, "numbers the rows"}
	case t.Rows < fewestIDs || low < 0 || years || DateDigits(c):
	case rising && gap <= 2*(n-1):
		return Rule{RowNumber, "numbers the rows"}
	case !t.sorted(i) && n*n/2 > noRepeat*(gap+1) && c.allDifferent():
		return Rule{ID, "a different whole number in every row"}
	}
	return Rule{}
}

// sorted reports whether the numbers of column i rise or fall from row to row throughout.
func (t *Table) sorted(i int) bool {
	x := t.Columns[i].Numbers
	return slices.IsSorted(x) || slices.IsSortedFunc(x, func(a, b float64) int { return cmp.Compare(b, a) })
}

// varied reports whether a column of numbers has two different ones.
func (c *Column) varied() bool {
	first := math.NaN()
	for _, v := range c.Numbers {
		if math.IsNaN(first) {
			first = v
		} else if v != first && !math.IsNaN(v) {
			return true
		}
	}
	return false
}

// allDifferent reports whether no value is missing or stands twice.
func (c *Column) allDifferent() bool {
	if c.coding != nil && 2*len(c.coding.words) < c.Len() && c.coded() {
		return false
	}
	first := make(map[string]bool, fewestIDs) // most columns repeat a value soon
	for i := range c.Len() {
		if c.IsMissing(i) {
			return false
		}
		if len(first) < 50*fewestIDs {
			level := c.Level(i)
			if first[level] {
				return false
			}
			first[level] = true
		}
	}
	return c.Levels() == c.Len()
}

// The words for the parts of a split, in the values of a column: of the part that is learnt from, and of the others.
var (
	trainMarks = []string{"train", "training", "learn", "learning", "훈련", "학습"}
	otherMarks = []string{"test", "testing", "valid", "validation", "validate", "val", "dev", "eval", "evaluation",
		"holdout", "hold-out", "hold out", "검증", "시험", "테스트", "평가"}
)

// splitMark reports whether a column of text holds the words for the parts of a split and nothing else, the part that
// is learnt from and another one among them.
func (c *Column) splitMark() bool {
	train, other := false, false
	last := ""                    // no mark
	for i, s := range c.Texts() { // the first one shows it of nearly all columns
		if c.Missing[i] || s == last {
			continue
		}
		last = s
		switch s = strings.ToLower(strings.TrimSpace(s)); {
		case slices.Contains(trainMarks, s):
			train = true
		case slices.Contains(otherMarks, s):
			other = true
		default:
			return false
		}
	}
	return train && other
}

// present returns the texts of a column of text that are there, each with the number of rows that have it: of a column
// that is coded each different one once, else those of all rows.
func (c *Column) present() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		if !c.coded() {
			for i, s := range c.Texts() {
				if !c.Missing[i] && !yield(s, 1) {
					return
				}
			}
			return
		}
		counts := make([]int, len(c.coding.words))
		for i, k := range c.coding.codes {
			if !c.Missing[i] {
				counts[k]++
			}
		}
		for k, n := range counts {
			if n > 0 && !yield(c.coding.words[k], n) {
				return
			}
		}
	}
}

// fileNames reports whether a column of text holds names of files or paths: 19 of 20 values look so, half of them are
// different or there are more than MaxLevels, and their endings are few.
func (c *Column) fileNames() bool {
	known, like := 0, 0
	endings, different := map[string]bool{}, map[string]bool{}
	for i, s := range c.Texts() {
		if c.Missing[i] {
			continue
		}
		known++
		if ending, ok := fileEnding(strings.TrimSpace(s)); ok {
			like++
			endings[ending], different[s] = true, true
		} else if known >= 20 && like*20 < known*19-known {
			return false
		}
	}
	return like > 0 && like*20 >= known*19 && len(endings) <= 10 &&
		(2*len(different) > known || len(different) > MaxLevels)
}

// fileEnding returns the ending of a file's name, .jpg, "" of a path without one, and whether a text is either.
func fileEnding(s string) (string, bool) {
	path := strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") ||
		strings.HasPrefix(s, "~/") || strings.HasPrefix(s, `\\`) || len(s) > 3 && s[1:3] == `:\`
	at := strings.LastIndexByte(s, '.')
	ending := strings.ToLower(s[at+1:])
	named := at > 0 && len(ending) > 0 && len(ending) <= 5 && !strings.ContainsAny(s, "@\n\t") &&
		strings.IndexFunc(ending, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) < 0 &&
		strings.IndexFunc(ending, func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0
	if !named {
		return "", path && len(s) > 2
	}
	return ending, path || len(strings.Fields(s)) <= 4
}

// prose reports whether a column of text holds three words or more in the mean. A word has a letter in it.
func (c *Column) prose() bool {
	known, n := 0, 0
	for s, rows := range c.present() {
		known += rows
		for w := range strings.FieldsSeq(s) {
			if strings.IndexFunc(w, unicode.IsLetter) >= 0 {
				n += rows
			}
		}
	}
	return known > 0 && n >= 3*known
}

// IsProse reports whether a column holds texts of three words or more in the mean.
func (c *Column) IsProse() bool { return c.Kind == Category && c.prose() }
