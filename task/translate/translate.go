// Package translate is the task of pairs of sentences: a network reads the one and writes the other, as a translation
// of it.
package translate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/internal/words"
	"gorae/prep/text"
	"gorae/spec"
	"gorae/task"
)

func init() { task.Register(Task{}) }

const name = "translate"

// Task is the task of translations.
type Task struct{}

// Section is the keys of the data section for translations.
type Section struct {
	Translate *Translate `keras:"translate"` // nil: the source is no pairs of sentences
}

// InputNames implements spec.Inputted.
func (s *Section) InputNames() []string {
	if s.Translate == nil {
		return nil
	}
	return []string{"source", "target"}
}

// Translate says where the sentences stand, how they become tokens, and how a translation is written.
type Translate struct {
	// From is the column of the sentences that are translated.
	From string `keras:"from,column,default=1"`
	// To is the column of their translations.
	To string `keras:"to,column,default=2"`
	// Unit is what sentences are cut into: words with punctuation marks, characters, jamo, or subwords (byte pairs,
	// Sennrich et al. 2016), learnt on the training sentences.
	Unit string `keras:"unit,default=word,oneof=word|char|character|jamo|subword|pair"`
	// Words is the number of ids of each vocabulary at most, padding and unknown counted.
	Words int `keras:"words,min=3,max=1048576,what=number of tokens"`
	// Count is how often a token must stand in the training sentences; others are unknown.
	Count int  `keras:"count,min=1,max=16777216,what=number of occurrences"`
	Lower bool `keras:"lower"` // capitals are not told from small letters
	// Length is the number of tokens of a sentence at most; training pairs with a longer one are left out.
	Length int `keras:"length,min=1,max=65536,what=number of tokens"`
	// Attention lets the default network look at all of the sentence for each token that it writes.
	Attention *bool `keras:"attention"`
	// Units is the width of the default network.
	Units int `keras:"units,default=256,min=2,max=65536,what=number of nodes"`
	// Padding says whether the loss counts the places behind the end of a sentence.
	Padding string `keras:"padding,default=masked,oneof=masked|counted"`
	// Beam is the width of the beam search; 1 is greedy.
	Beam int `keras:"beam,default=4,min=1,max=1000,what=number of sequences"`
	// LengthPenalty is the exponent α of the length penalty by which sequences of the beam search are ranked.
	LengthPenalty *float64 `keras:"length_penalty,min=0,max=10"`
}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls a translation, by the key translate.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if task.Section[Section](in, name).Translate != nil && !in.Source.Folder {
		return task.Typical, nil
	}
	return task.None, nil
}

// settle fills in what the experiment leaves open.
func (t *Translate) settle() {
	filled := config.Filled(*t)
	*t = filled
	switch t.Unit {
	case "char":
		t.Unit = "character"
	case "pair":
		t.Unit = "subword"
	}
	if t.Attention == nil {
		yes := true
		t.Attention = &yes
	}
	if t.LengthPenalty == nil {
		one := 1.0
		t.LengthPenalty = &one
	}
}

// spec returns how a side is cut into tokens.
func (t *Translate) spec() text.Spec {
	s := text.Spec{Unit: t.Unit, Words: t.Words, Count: t.Count, Case: !t.Lower}
	switch t.Unit {
	case "word":
		s.Marks = true
	case "subword":
		s.Unit = "pair"
	}
	return s
}

// Prepare reads the pairs, splits them by their sources, fits the vocabularies to the training pairs alone, and makes
// the samples.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	if err := refuse(in); err != nil {
		return nil, err
	}
	t := task.Section[Section](in, name).Translate
	t.settle()
	f := &Fitted{Reading: Reading{From: t.From, To: t.To, CSV: in.Spec.Data.CSV()}, Counted: t.Padding == "counted",
		Beam: t.Beam, Penalty: *t.LengthPenalty}
	all, err := f.Reading.pairs(in.Source, "data.translate")
	if err != nil {
		return nil, err
	}
	all.note(in, in.Source.Name)
	parts, err := split(in, all)
	if err != nil {
		return nil, err
	}
	if err := f.fit(in, t, all.choose(parts[task.Train])); err != nil {
		return nil, err
	}
	p := &problem{in: in, fitted: f, translate: t}
	out := &task.Prepared{Fitted: f, Problem: p, Vocabularies: map[string]int{
		spec.SourceVocabulary: f.Source.Size(), spec.TargetVocabulary: f.ids()}}
	whole := f.samples(all)
	f.size(t, whole, parts[task.Train])
	if parts[task.Train] = whole.fitting(parts[task.Train]); len(parts[task.Train]) == 0 {
		return nil, task.Errorf("data.translate.length", "no training pair has at most %s on either side",
			words.Plural(t.Length, token(f.Source.Spec)))
	}
	out.SetParts(whole, parts)
	for part, rows := range parts {
		p.pairs[part] = all.choose(rows)
	}
	if in.Test != nil {
		own, err := f.Reading.pairs(in.Test, "data.test")
		if err != nil {
			return nil, err
		}
		own.note(in, in.Test.Name)
		p.pairs[task.Test], out.Parts[task.Test] = own, f.samples(own)
	}
	p.say(all, len(parts[task.Train]))
	return out, nil
}

// refuse finds keys that mean nothing for pairs of sentences.
func refuse(in *task.Input) error {
	for _, key := range []string{"target", "features", "columns", "task", "time", "inputs"} {
		if in.Spec.Data.Given(key) {
			return task.Errorf("data."+key, "data.translate takes pairs of sentences, which have no %s",
				key).Fix("leave it out; the sides are named by translate: {from: COLUMN, to: COLUMN}").AtKey()
		}
	}
	return nil
}

// split parts the pairs: without another wish all pairs of one source are in one part, so that no sentence of the test
// part was trained on.
func split(in *task.Input, all *pairs) ([3][]int, error) {
	s := &in.Spec.Split
	if s.By == "" && s.Group == "" {
		s.By, s.Group = "group", fromColumn
	}
	if s.By == "group" && !slices.Contains([]string{fromColumn, toColumn}, s.Group) {
		return [3][]int{}, task.Errorf("split.by", "group: %s, but pairs of sentences have the groups %s and %s",
			s.Group,
			fromColumn, toColumn)
	}
	table := &data.Table{Name: in.Source.Name, Rows: len(all.from), Columns: []data.Column{
		{Name: fromColumn, Kind: data.Category, Strings: all.from, Missing: make([]bool, len(all.from))},
		{Name: toColumn, Kind: data.Category, Strings: all.to, Missing: make([]bool, len(all.to))}}}
	return in.Split(task.Rows{N: len(all.from), Table: table}, in.Test != nil)
}

// The groups by which pairs can be split.
const (
	fromColumn = "from"
	toColumn   = "to"
)

// fit learns the vocabularies.
func (f *Fitted) fit(in *task.Input, t *Translate, train *pairs) error {
	for k, side := range [][]string{train.from, train.to} {
		v, err := text.Fit(side, t.spec())
		if err != nil {
			if e, ok := err.(*config.Error); ok && e.Path != "text" {
				return config.Under("data", config.Under("translate", &config.Error{Path: e.Path[len("text."):],
					Problem: e.Problem, Remedy: e.Remedy}))
			}
			return in.Source.Errorf("%v", err)
		}
		if k == 0 {
			f.Source = v
		} else {
			f.Target = v
		}
	}
	return nil
}

// size sets the numbers of steps of the network's inputs: of the longest sentence, or Length.
func (f *Fitted) size(t *Translate, s *samples, train []int) {
	f.SourceLength, f.TargetLength = 1, 1
	for i := range s.source {
		f.SourceLength = max(f.SourceLength, len(s.source[i]))
		f.TargetLength = max(f.TargetLength, len(s.target[i]))
	}
	if t.Length > 0 {
		f.SourceLength, f.TargetLength = min(f.SourceLength, t.Length), min(f.TargetLength, t.Length)
	} else {
		t.Length = max(f.SourceLength, f.TargetLength)
	}
	f.TargetLength++ // the end
	s.sourceLength, s.targetLength = f.SourceLength, f.TargetLength
}

// say notes what was read.
func (p *problem) say(all *pairs, trained int) {
	f := p.fitted
	distinct := map[string]bool{}
	for _, s := range all.from {
		distinct[s] = true
	}
	p.in.Note("%s: %s with %d different sources; %d ids and %d ids (padding, unknown and the end counted)",
		p.in.Source.Name, words.Plural(len(all.from), "pair"), len(distinct), f.Source.Size(), f.ids())
	if trained < len(p.pairs[task.Train].from) {
		p.in.Note("%s: %s longer than %s on one side, left out of the training", p.in.Source.Name,
			words.Count(len(p.pairs[task.Train].from)-trained, "pair is", "pairs are"),
			words.Plural(p.translate.Length, token(f.Source.Spec)))
	}
	for _, part := range []task.Part{task.Validation, task.Test} {
		if p.pairs[part] == nil {
			continue
		}
		for k, side := range [][]string{p.pairs[part].from, p.pairs[part].to} {
			v, what := f.Source, "sources"
			if k == 1 {
				v, what = f.Target, "targets"
			}
			unknown, n := 0, 0
			for _, s := range side {
				for _, id := range v.Encode(s) {
					if n++; id == text.Unknown {
						unknown++
					}
				}
			}
			if unknown > 0 {
				p.in.Note("the training part lacks %s of the %s of the %s part (%.3g %%)",
					words.Plural(unknown, token(v.Spec)), what, part, 100*float64(unknown)/float64(n))
			}
		}
	}
}

// token returns the word for a token of the unit.
func token(s text.Spec) string {
	switch s.Unit {
	case "", "word":
		return "word"
	case "pair":
		return "subword"
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
	const most = 1 << 16
	switch {
	case f.Source == nil || f.Target == nil || !f.Source.Spec.Ids() || !f.Target.Spec.Ids():
		return nil, fmt.Errorf("a vocabulary is missing")
	case f.SourceLength < 1 || f.TargetLength < 2 || f.SourceLength > most || f.TargetLength > most+1:
		return nil, fmt.Errorf("sentences of %d and %d tokens", f.SourceLength, f.TargetLength-1)
	}
	if err := f.beam(f.Beam, false).Check(); err != nil {
		return nil, err
	}
	return f, nil
}
