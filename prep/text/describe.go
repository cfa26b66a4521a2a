package text

import (
	"cmp"
	"maps"
	"slices"
	"unicode"

	"gorae/data"
)

// Describe looks into texts: their lengths in words, how many of their words a vocabulary of some
// sizes would hold, and how much of their letters is Hangul.
func Describe(name string, texts []string) data.TextReport {
	r := data.TextReport{Name: name, Texts: len(texts)}
	count := map[string]int{}
	var lengths []int
	letters, hangul := 0, 0
	for _, t := range texts {
		n := 0
		for _, part := range Chunks(t) {
			words := Spec{}.Tokens(part)
			n += len(words)
			for _, w := range words {
				count[w]++
			}
			for _, c := range part {
				r.Characters++
				if unicode.IsLetter(c) {
					letters++
					if unicode.Is(unicode.Hangul, c) {
						hangul++
					}
				}
			}
		}
		if n == 0 {
			r.Empty++
		}
		r.Words += n
		lengths = append(lengths, n)
	}
	if letters > 0 {
		r.Hangul = float64(hangul) / float64(letters)
	}
	r.Different = len(count)
	if len(lengths) > 0 {
		slices.Sort(lengths)
		r.Median, r.Most95, r.Longest = lengths[(len(lengths)-1)/2], lengths[(len(lengths)-1)*95/100],
			lengths[len(lengths)-1]
	}
	frequent := slices.SortedFunc(maps.Values(count), func(a, b int) int { return cmp.Compare(b, a) })
	for _, size := range []int{1000, 5000, 20000} {
		sum := 0
		for _, n := range frequent[:min(size, len(frequent))] {
			sum += n
		}
		if r.Words > 0 {
			r.Coverage = append(r.Coverage, data.CoverageReport{Words: size, Share: float64(sum) / float64(r.Words)})
		}
		if size >= len(frequent) {
			break
		}
	}
	return r
}

// Report adds to a report on a table what its columns of prose hold, the target aside.
func Report(r *data.Report, t *data.Table) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Name == r.Target || !c.IsProse() {
			continue
		}
		texts := make([]string, t.Rows)
		for k := range texts {
			texts[k] = c.Text(k)
		}
		r.Texts = append(r.Texts, Describe(c.Name, texts))
	}
}
