// Package language is the task of language models: one long text, of which the network predicts at every
// step the token that follows.
package language

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"unicode/utf8"

	"gorae/config"
	"gorae/internal/words"
	"gorae/prep/text"
	"gorae/task"
)

func init() { task.Register(Task{}) }

const name = "language"

// Task is the task of language models.
type Task struct{}

// Section is the keys of the data section for language models.
type Section struct {
	Text *Text `keras:"text"` // nil: the source is no language model's text
}

// Text says how a text becomes tokens and windows; text.Spec has the meaning of its first keys.
type Text struct {
	Unit   string `keras:"unit,default=character,oneof=word|character|jamo|pair"`
	Words  int    `keras:"words,min=3,max=16777216,what=number of words"`
	Count  int    `keras:"count,min=1,max=16777216,what=number of occurrences"`
	Case   *bool  `keras:"case"` // true unless given
	Markup bool   `keras:"markup"`
	Marks  *bool  `keras:"marks"` // true for words unless given
	Window int    `keras:"window,default=100,min=1,max=1048576,what=number of tokens"`
	// Stride is the distance between the starts of two training windows; 0 is the window. Windows of the other
	// parts stand side by side.
	Stride int `keras:"stride,min=1,max=1048576,what=number of tokens"`
}

// share is the share of the text for validation, and for test, where the experiment does not say it.
const share = 0.1

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls a text, by the key text.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if task.Section[Section](in, name).Text != nil && !in.Source.Folder {
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare splits the text by its order, fits the vocabulary to the first part alone, and makes windows.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	if err := refuse(in); err != nil {
		return nil, err
	}
	s, err := in.Source.Text()
	if err != nil {
		return nil, in.Source.Errorf("%s", err)
	}
	if in.Source.Rows > 0 {
		s = firstLines(s, in.Source.Rows)
	}
	validation, test, err := in.Shares(share, in.Test != nil)
	if err != nil {
		return nil, err
	}
	if in.Spec.Split.Folds > 0 {
		used := 0
		used, validation, test = in.Forward(len(s), validation)
		s = s[:between(s, used)]
	}
	in.Spec.Split.By = "time"
	for part := range in.Dependence {
		in.Dependence[part].Serial = true
	}
	l := task.Section[Section](in, name).Text
	l.settle()
	p := &problem{in: in, parts: cut(s, validation, test)}
	if in.Test != nil {
		if p.parts[task.Test], err = in.Test.Text(); err != nil {
			return nil, in.Test.Errorf("%s", err)
		}
		if in.Test.Rows > 0 {
			p.parts[task.Test] = firstLines(p.parts[task.Test], in.Test.Rows)
		}
	}
	spec := l.spec()
	if p.words, err = text.Fit(text.Chunks(p.parts[task.Train]), spec); err != nil {
		return nil, about(in.Source.Name, err)
	}
	out := &task.Prepared{Problem: p, Vocabulary: p.words.Size(), Fitted: &Fitted{Vocabulary: p.words}}
	for i, part := range p.parts {
		if part == "" {
			continue
		}
		t := &text.Stream{IDs: p.words.EncodeLong(part), Length: l.Window, Stride: l.Window}
		if i == int(task.Train) {
			t.Stride = l.Stride
		}
		if err := t.Check(); err != nil {
			return nil, about(task.Part(i).String()+" part", err)
		}
		p.streams[i], out.Parts[i] = t, t
		if i > 0 {
			p.unknown(in, task.Part(i))
		}
	}
	in.Note("%s: %s of %d kinds (padding and unknown counted)", filepath.Base(in.Source.Path),
		words.Plural(len(p.streams[0].IDs), token(spec)), p.words.Size())
	return out, nil
}

// about returns a mistake of package text at its place below data, with what it is about before the problem.
func about(what string, err error) error {
	e, ok := err.(*config.Error)
	if ok && e.Path != "text" && e.Path != "text.window" { // a key below text
		return config.Under("data.text", err)
	}
	err = config.Under("data", err)
	if e, ok := err.(*config.Error); ok {
		e.Problem = config.Say("%s: %v", what, e.Problem)
	}
	return err
}

// settle fills in what the experiment leaves open.
func (l *Text) settle() {
	if l.Unit == "" {
		l.Unit = "character"
	}
	if l.Case == nil {
		l.Case = new(bool)
		*l.Case = true
	}
	if l.Marks == nil && l.Unit == "word" { // text without punctuation is hard to read
		l.Marks = new(bool)
		*l.Marks = true
	}
	if l.Window == 0 {
		l.Window = 100
	}
	if l.Stride == 0 {
		l.Stride = l.Window
	}
}

// spec returns the same in the terms of package text.
func (l *Text) spec() text.Spec {
	return text.Spec{Unit: l.Unit, Words: l.Words, Count: l.Count, Case: *l.Case, Markup: l.Markup,
		Marks: l.Marks != nil && *l.Marks, Length: l.Window}
}

// refuse finds keys that mean nothing for one text.
func refuse(in *task.Input) error {
	for _, key := range []string{"target", "features", "labels", "columns", "task", "time", "inputs"} {
		if in.Spec.Data.Given(key) {
			return task.Errorf("data."+key, "data.text makes one text a language model, which has no %s",
				key).Fix("leave one of the two out").AtKey()
		}
	}
	if by := in.Spec.Split.By; by != "" && by != "time" {
		return task.Errorf("split.by", "%s, but the order of a text is all there is to learn; give time", by)
	}
	return nil
}

// cut splits a text into its parts by order, between characters.
func cut(s string, validation, test float64) (parts [3]string) {
	at := func(share float64) int { return between(s, int(float64(len(s))*share+0.5)) }
	a, b := at(1-validation-test), at(1-test)
	return [3]string{s[:a], s[a:b], s[b:]}
}

// between returns the first place from byte i on that stands between characters.
func between(s string, i int) int {
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return i
}

// firstLines is the first n lines of a text.
func firstLines(s string, n int) string {
	for i := range len(s) {
		if s[i] == '\n' {
			if n--; n == 0 {
				return s[:i+1]
			}
		}
	}
	return s
}

// token returns the word for a token of the unit.
func token(s text.Spec) string {
	switch s.Unit {
	case "", "word":
		return "word"
	case "pair":
		return "byte pair"
	case "jamo":
		return "letter"
	}
	return s.Unit
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	if f.Vocabulary == nil || f.Vocabulary.Spec.Length < 1 || !f.Vocabulary.Spec.Ids() {
		return nil, errors.New("the vocabulary has no window")
	}
	return f, nil
}
