package product

import (
	"slices"
	"strings"

	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
)

// bag is a column of text that becomes a bag of words: its tokens go in, as many as there are, "" where there is none.
func (p *product) bag(c *prep.Fitted) []string {
	v, f := c.Vocabulary, p.f
	s := v.Spec
	tfidf := s.Output == "tfidf"
	if s.Unit == "pair" || s.Unit != "" && s.Unit != "word" && s.Ngrams > 1 {
		return p.outside(c, "text", v.Width())
	}
	t := emit.Tensor{Name: f.Outward(c.Name), Elem: pb.Text,
		Dims: []pb.Dim{{Value: -1, Name: "batch"}, {Value: -1, Name: "tokens"}}}
	f.Inputs = append(f.Inputs, t.Value())
	p.note("%s: ONNX has no operator that cuts texts as in training; the file takes the tokens of a text, empty where "+
		"there is none", c.Name)
	most := max(1, s.Ngrams)
	pool, starts, columns := []string{}, make([]int, most), []int{}
	var weights []float32
	for n := 1; n <= most; n++ {
		starts[n-1] = len(pool)
		for i, token := range v.Tokens {
			parts := []string{token}
			if most > 1 { // words have no blanks
				parts = strings.Split(token, " ")
			}
			if len(parts) != n {
				continue
			}
			pool, columns = append(pool, parts...), append(columns, i)
			if tfidf {
				weights = append(weights, float32(v.IDF[i]))
			}
		}
	}
	attributes := []*pb.Attribute{emit.Text("mode", "TF"), emit.Int("min_gram_length", 1),
		emit.Int("max_gram_length", most), emit.Int("max_skip_count", 0), emit.Ints("ngram_counts", starts...),
		emit.Ints("ngram_indexes", columns...), emit.Texts("pool_strings", pool...)}
	if tfidf && !s.SublinearTF {
		attributes[0] = emit.Text("mode", "TFIDF")
		attributes = append(attributes, emit.Numbers("weights", weights...))
	}
	x := f.One(c.Name, "TfIdfVectorizer", []string{t.Name}, attributes...)
	switch {
	case s.Output == "bag":
		x = f.One(c.Name, "Min", []string{x, f.Scalar(1)})
	case tfidf:
		if s.SublinearTF { // 1 + ln n in the place of a count n above 0
			k := curves{f, c.Name}
			some := k.with("Min", x, 1)
			x = k.one("Mul", some, k.with("Add", k.one("Log", k.with("Max", x, 1)), 1))
			idf := make([]float32, len(v.IDF))
			for i, w := range v.IDF {
				idf[i] = float32(w)
			}
			x = k.one("Mul", x, f.Floats(c.Name+"/idf", []int64{1, int64(len(idf))}, idf...))
		}
		// of length 1
		square := f.Reduce(c.Name, "ReduceSum", f.One(c.Name, "Mul", slices.Repeat([]string{x}, 2)), []int{1}, true)
		least := f.One(c.Name, "Max", []string{square, f.Scalar(1e-30)})
		x = f.One(c.Name, "Div", []string{x, f.One(c.Name, "Sqrt", []string{least})})
	}
	return []string{x}
}
