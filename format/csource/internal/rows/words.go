package rows

import (
	"cmp"
	"fmt"
	"slices"
	"unicode"

	"gorae/prep"
)

// Texts are cut into tokens by a walk over the characters of the text as it stands: no copy of it is made, tokens are
// compared with those of the vocabulary character by character, and a second walk gives the places of ids where a text
// may be too long.

// vocabulary writes the features of a text; ok is false where C has no function for its unit.
func (p *Product) vocabulary(c *prep.Fitted) (ok bool) {
	v := c.Vocabulary
	s := v.Spec
	tfidf := s.Output == "tfidf"
	if s.Unit == "jamo" || tfidf && p.elem != "float" ||
		slices.ContainsFunc(v.Tokens, func(t string) bool { return len(t) > longest }) {
		return false
	}
	m := p.member(c.Name, c.Name, "const char *", 0, c.Name)
	p.note(Note{What: Form, Column: c.Name})
	name, next := p.vocabularyTable(c), p.help("text_next")
	p.line("const char *text = row->%s;", m.name)
	p.line("struct %s s;", p.help("text"))
	p.line("int32_t id;")
	walk := func(body func()) {
		p.line("for (%s_text_begin(&s, &%s, text); %s(&s, &id);) {", p.f.Name, name, next)
		p.depth++
		body()
		p.depth--
		p.line("}")
	}
	if s.Ids() {
		p.line("int32_t n = 0, from = 0, at = 0;")
	}
	p.line("if (%s(text, %s)) {", p.help("missing"), p.marks(c))
	p.line(`    text = "";`)
	p.line("}")
	if s.Ids() {
		n := s.Length
		walk(func() { p.line("n++;") })
		if s.Keep != "first" {
			p.line("from = n > %d ? n - %d : 0;", n, n)
		}
		if s.Pad == "before" {
			p.line("at = n < %d ? %d - n : 0;", n, n)
		}
		p.line("n = 0;")
		walk(func() {
			p.line("if (n >= from && n - from < %d) {", n)
			p.line("    %s[%d + at + n - from] = (%s)id;", p.array, p.at, p.elem)
			p.line("}")
			p.line("n++;")
		})
		return true
	}
	walk(func() {
		p.line("if (id >= 2) {")
		if s.Output == "bag" {
			p.line("    %s[%d + id - 2] = 1;", p.array, p.at)
		} else {
			p.line("    %s[%d + id - 2]++;", p.array, p.at)
		}
		p.line("}")
	})
	if tfidf {
		sublinear := 0
		if s.SublinearTF {
			sublinear = 1
		}
		p.line("%s(&%s[%d], %s, %d, %d);", p.help("tfidf"), p.array, p.at, p.constant(c.Name+"_idf", v.IDF), len(v.IDF),
			sublinear)
	}
	return true
}

// vocabularyTable writes what a text is cut by and looked up in, and gives its name.
func (p *Product) vocabularyTable(c *prep.Fitted) string {
	v := c.Vocabulary
	s := v.Spec
	lower, tags := 1, 0
	if s.Case {
		lower = 0
	}
	if s.Markup {
		tags = 1
	}
	classes, pairs, tokens, ids, n := "NULL", "NULL", "NULL", "NULL", len(v.Tokens)
	unit, breaks := "'w'", 0
	switch {
	case s.Unit == "character":
		unit = "'c'"
	case s.Unit == "pair":
		unit, n = "'p'", len(v.Merges)
	case s.Marks:
		unit = "'m'"
	}
	if s.Unit == "pair" {
		pairs = p.merges(c)
	} else {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v.Tokens[a], v.Tokens[b]) })
		sorted := make([]string, n)
		for k, i := range order {
			sorted[k], order[k] = v.Tokens[i], i+2
		}
		tokens, ids = p.texts(c.Name+"_tokens", sorted), p.places(c.Name+"_ids", order)
	}
	if unit == "'w'" || unit == "'m'" {
		classes, breaks = p.characterClasses(s.Marks)
	}
	if !p.helpers["lower"] {
		p.bytes += 16 * len(capitals())
	}
	p.help("text_next")
	name := p.f.Unique(p.f.Name + "_" + c.Name + "_vocabulary")
	p.vocabularies.line("static const struct %s_vocabulary %s = {%s, %s, %s, %s, %d, %d, %d, %s, %d, %d};\n", p.f.Name,
		name, classes, tokens, ids, pairs, breaks, n, max(1, s.Ngrams), unit, lower, tags)
	return name
}

// merges is the constant array of the pairs of a vocabulary, in the order of their ids, with the place of each merge.
func (p *Product) merges(c *prep.Fitted) string {
	type merge struct{ a, b, rank int32 }
	var all []merge
	for i, m := range c.Vocabulary.Merges {
		all = append(all, merge{m[0], m[1], int32(i)})
	}
	slices.SortFunc(all, func(x, y merge) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	name := p.f.Unique(p.f.Name + "_" + c.Name + "_merges")
	p.bytes += 12 * len(all)
	if len(all) == 0 { // C has no empty array
		all = []merge{{}}
	}
	list(&p.tables, fmt.Sprintf("static const int32_t %s[%d][3]", name, len(all)), all, func(m merge) string {
		return fmt.Sprintf("{%d, %d, %d}", m.a, m.b, m.rank)
	})
	return name
}

// The classes of characters, as bits.
const (
	letterClass = 1 << iota
	digitClass  // of decimal numbers
	wordClass   // belongs to words, and is no letter
	accentClass // combines with the character before it
	markClass   // punctuation or a symbol
	classBits   = iota
)

// characterClasses is the constant array of the classes of characters, by the first of each run of characters of one
// class, and its length. Digits, accents and marks are told apart where marks are tokens.
func (p *Product) characterClasses(marks bool) (name string, n int) {
	key := fmt.Sprint("classes ", marks)
	class := func(r rune) (k int) {
		switch {
		case unicode.IsLetter(r):
			return letterClass
		case marks && unicode.IsDigit(r):
			return digitClass
		case marks && unicode.IsMark(r):
			return wordClass | accentClass
		case unicode.IsMark(r), unicode.IsNumber(r):
			return wordClass
		case marks && r != unicode.ReplacementChar && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			return markClass
		}
		return 0
	}
	var begins []int
	last := -1
	for r := range rune(unicode.MaxRune + 1) {
		if k := class(r); k != last {
			begins, last = append(begins, int(r)<<classBits|k), k
		}
	}
	m := p.columns[key]
	if m == nil {
		m = &member{name: p.places("classes", begins)}
		p.columns[key] = m
	}
	return m.name, len(begins)
}

// capitals are ranges of characters with lower case: first, last, their distance, and how far lower case is away.
func capitals() (ranges [][4]int) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		l := unicode.ToLower(r)
		if l == r {
			continue
		}
		if n := len(ranges) - 1; n >= 0 && ranges[n][3] == int(l-r) {
			step := int(r) - ranges[n][1]
			if ranges[n][0] == ranges[n][1] && step <= 2 || step == ranges[n][2] {
				ranges[n][1], ranges[n][2] = int(r), step
				continue
			}
		}
		ranges = append(ranges, [4]int{int(r), int(r), 1, int(l - r)})
	}
	return ranges
}

// lowerTable is the helper with the lower case of characters beyond ASCII.
func lowerTable() string {
	ranges := capitals()
	var c code
	list(&c, fmt.Sprintf("/* Characters with lower case: first, last, from one to the next, and to lower case. */\n"+
		"static const int32_t #lower_case[%d][4]", len(ranges)), ranges, func(r [4]int) string {
		return fmt.Sprintf("{%d, %d, %d, %d}", r[0], r[1], r[2], r[3])
	})
	return fmt.Sprintf(`%sstatic uint32_t #lower(uint32_t c)
{
    int32_t lo = 0, hi = %d;
    const int32_t *r;
    if (c < 0x80) {
        return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    }
    while (hi - lo > 1) {
        const int32_t mid = lo + (hi - lo) / 2;
        if (#lower_case[mid][0] <= (int32_t)c) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    r = #lower_case[lo];
    if ((int32_t)c < r[0] || (int32_t)c > r[1] || ((int32_t)c - r[0]) %% r[2] != 0) {
        return c;
    }
    return (uint32_t)((int32_t)c + r[3]);
}`, c.String(), len(ranges))
}
