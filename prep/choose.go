package prep

import (
	"fmt"
	"slices"

	"gorae/data"
	"gorae/prep/text"
)

// What becomes of a column of prose where nothing is said about it. Beside other columns it is a TF-IDF of the most
// frequent words, a tenth as many as there are training rows, but 20 to 1,000, each of which stands five times or more
// in them (where there are none, any).
//
// Where there is nothing else to learn from, it is a TF-IDF of words and pairs of words that stand twice or more, or,
// where a quarter of all words stand in one text alone, of runs of one to three characters: languages that put words
// together, or no blanks between them. Without Columns.Bags and above MostBagged rows it is ids of a vocabulary for an
// Embedding. Measured on parts of IMDB and NSMC (400 to 30,000 reviews), and on subjectivity and TREC's questions apart
// from them, with a layer of 64: accuracy .802, .864, .885 (IMDB 400, 2,000, 8,000), .720, .772, .805, .809 (NSMC 400,
// 2,000, 8,000, 30,000); ids and an LSTM had .696, .816, and .599, .668, .728, .768; scikit-learn's TF-IDF of words
// with a logistic regression .750, .838, .869 and .605, .679, .721.
const (
	proseWords  = 20000
	proseLength = 200
	proseCount  = 2
	proseRun    = 3       // characters
	mostLaid    = 1 << 26 // features of all rows
	mostSingle  = 0.25    // of all words, those that stand in one text alone

	// MostBagged is the number of rows up to which prose alone becomes a bag.
	MostBagged = 30000

	fewestWords, mostWords, rowsPerWord, wordCount = 20, 1000, 10, 5
)

// choose completes the specs of the columns of which the experiment says nothing, by what their values show
// (data.Table.Use), and notes it; bags is Columns.Bags.
func (p *Pipeline) choose(whole, rows *data.Table, specs map[int]Spec, bags bool) {
	var prose, open []int
	for i := range whole.Columns {
		if !p.isTarget(i) && specs[i] == (Spec{}) {
			open = append(open, i)
		}
	}
	add := p.Uses.Adder(whole, rows, open)
	features := false // beside prose
	for i := range whole.Columns {
		switch {
		case p.isTarget(i):
			continue
		case specs[i].Drop:
			p.drop(whole, rows, i)
			continue
		case specs[i] != Spec{}:
			features = true
			continue
		}
		use := add(i)
		var order, except []string
		scale := use == data.AsValue || use == data.WithMark
		if scale {
			order, except, scale = Likert(&whole.Columns[i])
		}
		if scale {
			specs[i] = Spec{Encode: Ranks{order, except}, Indicator: use == data.WithMark}
			p.Notes = append(p.Notes, fmt.Sprintf("%s: its words are taken for a scale from %q to %q; features: "+
				"{%[1]s: "+
				"onehot} takes each for itself", whole.Columns[i].Name, order[0], order[len(order)-1]))
			features = true
			continue
		}
		switch use {
		case data.Dropped:
			specs[i] = Spec{Drop: true}
		case data.AsText:
			prose = append(prose, i)
		case data.WithMark:
			specs[i] = Spec{Indicator: true}
			if whole.Columns[i].Kind == data.Category {
				specs[i] = Spec{Encode: OneHotEncoder{}, Missing: true}
			}
		case data.MarkOnly:
			specs[i] = Spec{Encode: Indicator{}}
		}
		features = features || use != data.Dropped && use != data.AsText
	}
	alone := !features && len(prose) == 1 && len(p.Inputs) == 0
	for _, i := range prose {
		specs[i] = Spec{Text: proseSpec(&rows.Columns[i], alone, bags && whole.Rows <= MostBagged)}
	}
	if !features && len(prose) == 0 && len(p.Inputs) == 0 {
		p.keep(whole, specs)
	}
	p.Notes = append(p.Notes, p.Uses.Lines()...)
}

// drop notes a column that the experiment or another column's transform drops, where a rule would have dropped it or
// the experiment does not say it.
func (p *Pipeline) drop(whole, rows *data.Table, i int) {
	why := p.because[i]
	if use, rule := whole.Use(rows, i); why == "" && use == data.Dropped {
		why = rule
	}
	if why != "" {
		p.Uses.Dropped = append(p.Uses.Dropped, data.DroppedColumn{Column: whole.Columns[i].Name, Why: why})
	}
}

// keep keeps numbers that tell rows apart where there is nothing else to learn from.
func (p *Pipeline) keep(whole *data.Table, specs map[int]Spec) {
	for i := range whole.Columns {
		c := &whole.Columns[i]
		if p.isTarget(i) || p.given[i] || c.Kind != data.Number || !whole.IsID(i) {
			continue
		}
		delete(specs, i)
		p.Uses.Dropped = slices.DeleteFunc(p.Uses.Dropped, func(d data.DroppedColumn) bool {
			return d.Column == c.Name
		})
		p.Notes = append(p.Notes, fmt.Sprintf("%s: %s, but there is nothing else to learn from, and it is kept", c.Name,
			whole.Identity(i).Why))
	}
}

// proseSpec returns the spec of a column of prose of the training rows; alone says that there is nothing else to learn
// from, and bag that it becomes a bag even so.
func proseSpec(c *data.Column, alone, bag bool) *text.Spec {
	switch {
	case alone && !bag:
		return &text.Spec{Words: proseWords, Length: proseLength}
	case alone:
		s := &text.Spec{Words: min(proseWords, mostLaid/c.Len()), Count: proseCount, Ngrams: 2,
			Output: "tfidf", SublinearTF: true}
		if single(c) >= mostSingle {
			s.Unit, s.Ngrams = "character", proseRun
		}
		return counted(c, s)
	}
	return counted(c, &text.Spec{Words: 2 + min(max(c.Len()/rowsPerWord, fewestWords), mostWords), Count: wordCount,
		Output: "tfidf"})
}

// counted is the spec, without its count where no token stands as often as that.
func counted(c *data.Column, s *text.Spec) *text.Spec {
	count := map[string]int{}
	for r := range c.Len() {
		for _, w := range s.Tokens(c.Text(r)) {
			if count[w]++; count[w] == s.Count {
				return s
			}
		}
	}
	s.Count = 0
	return s
}

// single is the share of the words of a column that stand in one of its texts alone.
func single(c *data.Column) float64 {
	var s text.Spec
	first, once, all := map[string]int{}, map[string]int{}, 0
	for r := range c.Len() {
		for _, w := range s.Tokens(c.Text(r)) {
			all++
			switch of, known := first[w]; {
			case !known:
				first[w], once[w] = r, 1
			case of != r:
				delete(once, w)
			case once[w] > 0:
				once[w]++
			}
		}
	}
	n := 0
	for _, k := range once {
		n += k
	}
	return float64(n) / float64(max(1, all))
}
