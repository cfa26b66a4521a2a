// Package text is the task of texts with classes or numbers to predict: a folder with a folder of .txt
// files for each class, lines whose labels stand in another file, or a table with a column of text.
package text

import (
	"context"
	"encoding/json"

	"gorae/data"
	"gorae/model"
	"gorae/prep/text"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/task/table"
)

func init() { task.Register(Task{}) }

// Task is the task of texts.
type Task struct{}

// Section is the keys of the data section for texts.
type Section struct {
	// Vectors is a file of word vectors (word2vec, GloVe) that the Embedding begins with.
	Vectors string `keras:"vectors,file"`
}

const name = "text"

// Reconstructs implements task.Reconstructor.
func (Task) Reconstructs() {}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes folders of texts, lines with labels, and tables a column of which the experiment says to
// become ids.
func (Task) Detect(in *task.Input) (task.Score, error) {
	s := in.Source
	switch {
	case s.Is("texts"), s.Labels != "" && s.Is("text"):
		return task.Typical, nil
	}
	if task.Section[Section](in, name).Vectors != "" && s.Readable() {
		return task.Typical, nil
	}
	for _, f := range in.Spec.Data.Features.Columns {
		if f.Spec.Text != nil && f.Spec.Text.Ids() && in.Spec.Data.Inputs == nil {
			return task.Typical, nil
		}
	}
	return task.None, nil
}

// Prepare implements task.Task.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	t, err := read(in.Source)
	if err != nil {
		return nil, err
	}
	var test *data.Table
	if in.Test != nil {
		if test, err = read(in.Test); err != nil {
			return nil, err
		}
	}
	p, f, problem, err := table.Prepare(in, t, test)
	if err != nil {
		return nil, err
	}
	p.Fitted = &Fitted{f}
	own := &begin{Problem: problem}
	p.Problem = own
	if path := task.Section[Section](in, name).Vectors; path != "" {
		if own.vectors, err = task.ReadVectors(in, path, f.Pipeline.Vocabulary()); err != nil {
			return nil, err
		}
	}
	problem.Hidden = func() []spec.Step { return f.Hidden(own.dim()) }
	if supervised.OwnInput(in) {
		return table.Autoencode(in, p, f)
	}
	return p, nil
}

// read returns a source of texts as a table.
func read(s *task.Source) (*data.Table, error) {
	src, err := s.Read()
	if err != nil {
		return nil, s.Errorf("%s", err)
	}
	if src.Table == nil {
		return nil, s.Errorf("%s holds no table with a column of text", s.Name)
	}
	return src.Table, nil
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f, err := table.Restore(b)
	if err != nil {
		return nil, err
	}
	return supervised.Restored(b, &Fitted{f}, f.Targets)
}

// begin is the problem of texts: the Embedding may begin with given word vectors.
type begin struct {
	*supervised.Problem
	vectors *text.Vectors
}

// dim returns the length of the word vectors; 0 without.
func (b *begin) dim() int {
	if b.vectors == nil {
		return 0
	}
	return b.vectors.Matrix.Shape[1]
}

// Initialize implements task.Initializer.
func (b *begin) Initialize(m *model.Model) error {
	if b.vectors == nil {
		return nil
	}
	return task.SetVectors(m, b.vectors)
}
