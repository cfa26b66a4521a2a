// Package word2vec is the task of word vectors: texts without targets, whose words get vectors that tell which words
// stand among the same words.
package word2vec

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/words"
	"gorae/prep/text"
	"gorae/task"
	"gorae/word2vec"
)

func init() { task.Register(Task{}) }

const name = "word2vec"

// Task is the task of word vectors.
type Task struct{}

// Section is the keys of the data section for word vectors.
type Section struct {
	Word2Vec *Settings `keras:"word2vec,flag"` // nil: the source is not for word vectors
}

// Settings says which text is read, how it becomes words, how their vectors are learnt and what they are compared with.
type Settings struct {
	// Column is the column of a table that holds the texts; inferred: the one with the most words.
	Column string `keras:"column,column"`
	// Case keeps capitals; otherwise words are brought to lower case.
	Case bool `keras:"case"`
	// Markup drops tags, <…>, first.
	Markup bool `keras:"markup"`

	word2vec.Config

	// Similarity are files of word pairs with people's scores, such as WordSim-353: the rank correlation of the cosines
	// with the scores is reported.
	Similarity []string `keras:"similarity,file,lone"`
	// Analogies is a file of analogies, such as questions-words.txt: the share of right answers is reported.
	Analogies string `keras:"analogies,file"`
	// Map are the words whose neighbours are drawn; inferred: six frequent words that are little alike.
	Map []string `keras:"map,lone"`
}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls a source of word vectors, by the key word2vec.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if in.Source != nil && task.Section[Section](in, name).Word2Vec != nil &&
		(in.Source.Is("text", "texts") || in.Source.Readable()) {
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare reads the texts and counts their words.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	for _, key := range []string{"target", "features", "labels", "columns", "task", "time", "inputs", "test"} {
		if in.Spec.Data.Given(key) {
			return nil, task.Errorf("data."+key, "data.word2vec learns from all of the text, which has no %s",
				key).Fix("leave one of the two out").AtKey()
		}
	}
	s := task.Section[Section](in, name).Word2Vec
	texts, err := s.texts(in)
	if err != nil {
		return nil, err
	}
	cfg := s.Config
	cfg.Epochs = cmp.Or(in.Spec.Train.Epochs, defaultEpochs)
	s.Config = cfg.Defaults()
	s.Config.Epochs = 0 // it stands below train
	p := &problem{settings: s, expand: in.Expand, name: in.Source.Name, seed: in.Spec.Seed, config: cfg}
	if p.corpus, err = word2vec.NewCorpus(s.tokens(texts), cfg); err != nil {
		return nil, about(in.Source.Name, err)
	}
	if err := p.readBenchmarks(); err != nil {
		return nil, err
	}
	v := p.corpus.Vocabulary
	in.Note("%s: %s with %s; %s have vectors", in.Source.Name, words.Plural(p.corpus.Texts, "text"),
		words.Plural(int(p.corpus.Words), "word"), words.Plural(len(v.Words), "different word"))
	f := &Fitted{Words: v.Words, Counts: v.Counts, Size: s.Config.Size, Case: s.Case}
	p.fitted = f
	return &task.Prepared{Problem: p, Fitted: f}, nil
}

// about returns a mistake of package word2vec at its place below data.
func about(source string, err error) error {
	var e *config.Error
	if errors.As(err, &e) && e.Path == "" {
		return task.Errorf("data.source", "%s: %v", source, e.Problem)
	}
	return config.Under("data.word2vec", err)
}

// texts returns the texts of the source: the lines of a text, the files of a folder, the cells of a column.
func (s *Settings) texts(in *task.Input) ([]string, error) {
	source := in.Source
	if source.Is("text") {
		if s.Column != "" {
			return nil, task.Errorf("data.word2vec.column", "%s is a text and has no columns; leave it out",
				source.Name)
		}
		whole, err := source.Text()
		if err != nil {
			return nil, source.Errorf("%v", err)
		}
		lines := strings.Split(whole, "\n")
		if n := source.Rows; n > 0 {
			lines = lines[:min(n, len(lines))]
		}
		return lines, nil
	}
	src, err := source.Read()
	if err != nil {
		return nil, source.Errorf("%v", err)
	}
	if src.Table == nil {
		return nil, source.Errorf("%s holds no text; give a text, a folder of texts or a table with a column of text",
			source.Name)
	}
	c, err := s.column(src.Table)
	if err != nil {
		return nil, err
	}
	if s.Column == "" {
		s.Column = c.Name
		in.Note("%s: the texts are those of the column %s", source.Name, c.Name)
	}
	var texts []string
	for i, t := range c.Texts() {
		if !c.Missing[i] {
			texts = append(texts, t)
		}
	}
	return texts, nil
}

// column returns the column of the texts.
func (s *Settings) column(t *data.Table) (*data.Column, error) {
	if s.Column != "" {
		c, err := t.Column(s.Column)
		if err != nil {
			return nil, config.Under("data.word2vec.column", err)
		}
		if c.Kind == data.Number {
			return nil, task.Errorf("data.word2vec.column", "%s holds numbers and no text", s.Column)
		}
		return c, nil
	}
	var best *data.Column
	most := 0
	for i := range t.Columns {
		c := &t.Columns[i]
		n := 0
		if c.Kind == data.Number {
			continue
		}
		for _, text := range c.Texts() {
			n += strings.Count(text, " ") + 1
		}
		if n > most {
			best, most = c, n
		}
	}
	if best == nil {
		return nil, task.Errorf("data.source", "%s: no column holds text", t.Name)
	}
	return best, nil
}

// tokens returns the words of each text. A text without a word is left out.
func (s *Settings) tokens(texts []string) iter.Seq[[]string] {
	spec := text.Spec{Case: s.Case, Markup: s.Markup}
	return func(yield func([]string) bool) {
		for _, t := range texts {
			if words := spec.Tokens(t); len(words) > 0 && !yield(words) {
				return
			}
		}
	}
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	if len(f.Words) < 2 || len(f.Counts) != len(f.Words) || f.Size < 1 || slices.Contains(f.Words, "") {
		return nil, errors.New("the words have no vectors")
	}
	return f, nil
}
