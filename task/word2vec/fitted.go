package word2vec

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
	"gorae/word2vec"
)

// Fitted is the words that have vectors, in the order of the network's ids.
type Fitted struct {
	task.Plain
	Words  []string `json:"words"`
	Counts []int64  `json:"counts"`
	Size   int      `json:"size"`
	Case   bool     `json:"case,omitempty"`
}

// Outputs returns the vector.
func (f *Fitted) Outputs() []task.Output { return []task.Output{{Name: "vector"}} }

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "word" }

// Check returns an error unless the network is an embedding of the words.
func (f *Fitted) Check(m *model.Model) error {
	vars := m.Store().Vars()
	if len(vars) != 1 || !vars[0].Value.Shape.Equal(tensor.Shape{len(f.Words), f.Size}) ||
		len(m.InputTypes(1)) != 1 || !m.OutputTypes(1)[0].Shape.Equal(tensor.Shape{1, 1, f.Size}) {
		return fmt.Errorf("word vectors are one embedding, {input_dim: %d, output_dim: %d}", len(f.Words), f.Size)
	}
	return nil
}

// Vectors returns the vectors of a model.
func (f *Fitted) Vectors(m *model.Model) *word2vec.Vectors {
	return word2vec.NewVectors(f.Words, f.Size, table(m))
}

// Open reads words, one a line, to be given their vectors.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if r.Column != "" || r.Targets {
		return nil, errors.New("word vectors have no target")
	}
	whole, err := r.Source.Text()
	if err != nil {
		return nil, err
	}
	v := f.Vectors(r.Training.Model)
	var words []string
	var ids []int32
	for n, line := range strings.Split(whole, "\n") {
		word := strings.TrimSpace(line)
		if word == "" {
			continue
		}
		id, err := f.find(v, word)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", r.Source.Name, n+1, err)
		}
		words, ids = append(words, word), append(ids, int32(id))
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s: it holds no word; give one word a line", r.Source.Name)
	}
	return f.bound(r.Source.Name, words, ids)
}

// OpenValues implements task.Opener: a sample is a word.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	v := f.Vectors(r.Training.Model)
	words, ids := make([]string, len(samples)), make([]int32, len(samples))
	for i, s := range samples {
		word, ok := s.(string)
		if !ok {
			return nil, task.SampleError(i, s, "a word")
		}
		id, err := f.find(v, word)
		if err != nil {
			return nil, fmt.Errorf("sample %d: %w", i+1, err)
		}
		words[i], ids[i] = word, int32(id)
	}
	return f.bound("words", words, ids)
}

// bound returns words to be given their vectors.
func (f *Fitted) bound(name string, words []string, ids []int32) (*task.Bound, error) {
	x := tensor.New(tensor.Int32, len(ids), 1)
	copy(x.I32, ids)
	d, err := data.Of(x, nil)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: name, Data: d, Header: []string{"word"}}
	for k := range f.Size {
		b.Header = append(b.Header, fmt.Sprintf("v%d", k+1))
	}
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		row := []any{words[i]}
		for _, x := range outputs[0].F32[i*f.Size:][:f.Size] {
			row = append(row, x)
		}
		return [][]any{row}, nil
	}
	return b, nil
}

// find returns the number of a word, as it is written or in lower case.
func (f *Fitted) find(v *word2vec.Vectors, word string) (int, error) {
	if id, ok := v.ID(word); ok {
		return id, nil
	}
	if !f.Case {
		word = strings.ToLower(word)
	}
	return v.Find(word)
}

// Evaluate compares the vectors with a benchmark: lines of two words and a score, or of four words.
func (f *Fitted) Evaluate(_ context.Context, r *task.Request, _ uint64, to *task.Findings) (*task.Measured, error) {
	if r.Source == nil {
		return nil, errors.New("word vectors are compared with a benchmark: name a file of word pairs with scores, " +
			"or of " +
			"analogies, with --data")
	}
	if r.Column != "" {
		return nil, errors.New("word vectors have no target; leave --target out")
	}
	whole, err := r.Source.Text()
	if err != nil {
		return nil, err
	}
	name := filepath.Base(r.Source.Name)
	v := f.Vectors(r.Training.Model)
	var s score
	unit := "pair"
	if fields := firstFields(whole); fields == 4 {
		questions, err := word2vec.ReadQuestions(strings.NewReader(whole), name)
		if err != nil {
			return nil, err
		}
		s, unit = analogies(v, questions), "question"
	} else {
		pairs, err := word2vec.ReadPairs(strings.NewReader(whole), name)
		if err != nil {
			return nil, err
		}
		s = similarity(v, benchmark{strings.TrimSuffix(name, filepath.Ext(name)), pairs})
	}
	to.Say("%d of %d could be asked: all their words have vectors", s.Covered, s.Of)
	m := &task.Measured{Unit: unit}
	s.measured(m)
	return m, nil
}

// firstFields returns the number of words of the first line that is no section of analogies.
func firstFields(whole string) int {
	for line := range strings.Lines(whole) {
		if line = strings.TrimSpace(line); line != "" && line[0] != ':' && line[0] != '#' {
			return len(strings.Fields(line))
		}
	}
	return 0
}
