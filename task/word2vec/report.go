package word2vec

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/internal/file"
	"gorae/internal/picture"
	"gorae/task"
	"gorae/train"
	"gorae/word2vec"
)

// The names of the files beside the model.
const (
	textFile   = "vectors.txt"
	binaryFile = "vectors.bin"
	mapFile    = "map.png"
)

// near is the number of neighbours of a word of the map.
const near = 8

// Complete implements task.Completer: PPMI with a singular value decomposition, and vectors at random, on the same
// benchmarks.
func (p *problem) Complete(_ context.Context, f *task.Finish) error {
	if len(p.similarity)+len(p.questions) == 0 {
		return nil
	}
	counted, err := word2vec.PPMI(p.corpus, p.settings.Size, p.settings.Window, f.Seed)
	if err != nil {
		return err
	}
	beside := []rival{
		{"PPMI + SVD", "counted, not learnt", counted},
		{"random vectors", "", word2vec.Random(p.fitted.Words, p.settings.Size, f.Seed)},
	}
	for _, b := range p.similarity {
		f.Findings.Judge(verdict(p.fitted.Vectors(p.model), b, beside, f.Seed))
	}
	for _, b := range beside {
		var m train.Metrics
		for _, s := range p.scores(b.vectors) {
			m = append(m, s.metric())
		}
		f.Findings.Baselines = append(f.Findings.Baselines, task.Baseline{Name: b.name, Note: b.note, Metrics: m,
			Part: "test"})
	}
	return nil
}

// Finish writes the vectors and the map, and says what was found.
func (p *problem) Finish(_ context.Context, f *task.Finish) error {
	v := p.fitted.Vectors(p.model)
	for _, s := range p.reached {
		f.Findings.Say("%s: %d of %d could be asked, as all their words have vectors", s.Name, s.Covered, s.Of)
	}
	if len(p.reached) > 0 {
		if err := f.Findings.Add("benchmarks", p.reached); err != nil {
			return err
		}
	}
	words, err := p.mapped(v)
	if err != nil {
		return err
	}
	groups := map[string][]word2vec.Neighbour{}
	for _, w := range words {
		n, err := v.Near(w, near)
		if err != nil {
			return err
		}
		groups[w] = n
		f.Findings.Say("words near %s: %s", w, names(n))
	}
	for name, write := range map[string]func(io.Writer) error{textFile: v.WriteText, binaryFile: v.WriteBinary} {
		if err := file.Replace(filepath.Join(f.Dir, name), write); err != nil {
			return err
		}
	}
	f.Findings.Files = append(f.Findings.Files, textFile, binaryFile)
	return f.DrawPNG(mapFile, func() (picture.Drawing, error) { return Map(f.Name, v, words, groups), nil })
}

// names lists neighbours.
func names(n []word2vec.Neighbour) string {
	var words []string
	for _, x := range n {
		words = append(words, x.Word)
	}
	return strings.Join(words, ", ")
}

// mapped returns the words whose neighbours are drawn: those of the experiment, or six of the 300 most frequent words
// that are not passed over: the most frequent, then always the word that is least like those that are chosen.
func (p *problem) mapped(v *word2vec.Vectors) ([]string, error) {
	if len(p.settings.Map) > 0 {
		for i, w := range p.settings.Map {
			if _, err := v.Find(w); err != nil {
				return nil, task.Errorf(fmt.Sprintf("data.word2vec.map[%d]", i), "%v", err)
			}
		}
		return p.settings.Map, nil
	}
	const most, groups, often = 300, 6, 10
	total := float64(p.corpus.Vocabulary.Total())
	var candidates []int
	for i, n := range p.corpus.Counts {
		if float64(n)/total < often**p.settings.Sample || *p.settings.Sample == 0 {
			candidates = append(candidates, i)
		}
		if len(candidates) == most {
			break
		}
	}
	if len(candidates) == 0 {
		candidates = []int{0}
	}
	chosen := []int{candidates[0]}
	for len(chosen) < min(groups, len(candidates)) {
		best, least := -1, 2.0
		for _, c := range candidates {
			alike := -1.0
			for _, w := range chosen {
				alike = max(alike, v.Cosine(c, w))
			}
			if alike < least {
				best, least = c, alike
			}
		}
		chosen = append(chosen, best)
	}
	var words []string
	for _, c := range chosen {
		words = append(words, v.Words[c])
	}
	return words, nil
}

// Map returns a picture of words with their neighbours, on the two principal components of their vectors.
func Map(title string, v *word2vec.Vectors, words []string, groups map[string][]word2vec.Neighbour) chart.Figure {
	var ids, kinds []int
	put := func(id, kind int) { // a word that is near two stands with the first
		if !slices.Contains(ids, id) {
			ids, kinds = append(ids, id), append(kinds, kind)
		}
	}
	for k, w := range words {
		id, _ := v.ID(w)
		put(id, k)
		for _, n := range groups[w] {
			put(n.ID, k)
		}
	}
	points, share := v.Plane(ids)
	p := chart.Panel{X: chart.Sprintf("first principal component (%.0f %% of the variance)", 100*share[0]),
		Y: chart.Sprintf("second (%.0f %%)", 100*share[1])}
	for i, at := range points {
		p.Words = append(p.Words, chart.Word{X: at[0], Y: at[1], Text: v.Words[ids[i]], Kind: kinds[i]})
	}
	return chart.Figure{Title: chart.Sprintf("%s: words and their neighbours", title), Panels: []chart.Panel{p},
		Large: true}
}
