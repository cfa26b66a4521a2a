package data

import (
	"math"

	"gorae/internal/arrayfile"
)

// gathered is a column's values while a file is read, in the form that takes the least memory: numbers in plain
// numerals, few different words, or text. The first values decide which; a column whose later ones do not fit becomes
// text. It is not to be copied.
type gathered struct {
	values  int // that are expected; 0: it is not known how many
	decided bool
	numbers *decimals // the values before those of text; nil: they are in no such form
	words   *coder
	text    speller

	word  bool      // no number is asked for
	plain bool      // plain numerals are what is tried first
	marks []float64 // numbers that stand for a missing value
	most  int       // different words
}

// newGathered returns no values of a column of a name. Values lie in a scratch file unless it is nil.
func newGathered(o *CSVOptions, name string, scratch *arrayfile.Scratch) *gathered {
	g := &gathered{text: speller{scratch: scratch}, most: math.MaxInt}
	if scratch != nil {
		g.most = mostCoded
	}
	g.word = o.Types[name] == typeText
	if ways := o.numerals(); len(ways) > 0 && ways[0] == (Numerals{}) {
		g.plain = true
		r := Reading{Kind: Number, Missing: o.missing(Number)}
		g.marks = r.missingNumbers()
	}
	return g
}

// add adds a value.
func (g *gathered) add(value string) { g.text.add(value) }

// join adds the values of a piece, whose memory is not kept.
func (g *gathered) join(p piece) {
	if len(p.ends) == 0 {
		return
	}
	switch {
	case !g.decided:
		g.text.join(p)
		g.decide(false)
	case !g.take(p):
		g.text.join(p)
	}
}

// take adds the values of a piece to those in the form of the column; false where they are text.
func (g *gathered) take(p piece) bool {
	switch {
	case g.text.len() > 0 || g.numbers == nil && g.words == nil:
		return false
	case g.numbers != nil && g.numbers.take(p, g.marks) || g.words != nil && g.words.take(p, g.most):
		return true
	}
	before := g.spelling()
	g.numbers, g.words = nil, nil
	for _, s := range before.all() {
		g.text.add(s)
	}
	return false
}

// decide chooses the form by the first values that are there, as soon as there are enough of them or no more come.
func (g *gathered) decide(all bool) {
	g.text.finish()
	words, numbers := 0, 0
	for _, p := range g.text.pieces {
		for i := 0; i < len(p.ends) && words+numbers < fronted; i++ {
			s := p.at(i)
			if _, _, ok := plainNumber(s); ok {
				numbers++
			} else if s != "" {
				words++
			}
		}
	}
	if words+numbers < fronted && !all {
		return
	}
	g.decided = true
	switch {
	case words > numbers || g.word:
		g.words = newCoder(g.text.scratch, g.values)
	case g.plain:
		g.numbers = newDecimals(g.text.scratch, g.values)
	default:
		return
	}
	pieces := g.text.pieces
	g.text = speller{scratch: g.text.scratch}
	for _, p := range pieces {
		g.join(p)
	}
}

// spelling returns the values.
func (g *gathered) spelling() *spelling {
	if !g.decided {
		g.decide(true)
	}
	if g.text.len() > 0 && (g.numbers != nil || g.words != nil) { // they follow those in the column's form
		g.text.finish()
		later := g.text.pieces
		g.text = speller{scratch: g.text.scratch}
		for _, p := range later {
			g.join(p)
		}
	}
	switch {
	case g.text.len() > 0:
		return g.text.spelling()
	case g.numbers != nil:
		return &spelling{decimals: g.numbers.whole()}
	case g.words != nil:
		return &spelling{coding: g.words.coding()}
	}
	return g.text.spelling()
}

// formed returns values that a column of a name has in the form that takes the least memory.
func formed(text *spelling, o *CSVOptions, name string) *spelling {
	g := newGathered(o, name, nil)
	for _, p := range text.pieces {
		g.join(p)
	}
	return g.spelling()
}

// inText returns the values as text where they are decimals, in memory of the scratch file if it is not nil.
func (s *spelling) inText(scratch *arrayfile.Scratch) *spelling {
	if s.decimals == nil {
		return s
	}
	out := speller{scratch: scratch}
	for _, v := range s.all() {
		out.add(v)
	}
	return out.spelling()
}
