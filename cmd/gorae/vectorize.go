package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/prep/text"
)

type vectorizeWords struct {
	Text  []string `arg:"" help:"Texts, each in quotation marks; - for the lines of standard input. The vocabulary is fitted to them."`
	As    string   `default:"onehot" placeholder:"FORM" help:"onehot: a row of 0 and 1 for each token; ids; bag: whether a token occurs; count: how often; tfidf."`
	Unit  string   `default:"word" placeholder:"UNIT" help:"What a token is: word, character, jamo or pair (byte pairs)."`
	Words int      `placeholder:"N" help:"Size of the vocabulary, padding and unknown counted: the most frequent tokens stay."`
}

// Run prints the numbers.
func (w *vectorizeWords) Run(o *environment) error {
	spec := map[string]any{"unit": w.Unit, "output": w.As}
	oneHot := w.As == "onehot"
	if oneHot {
		spec["output"] = "ids"
	}
	if w.Words != 0 {
		spec["words"] = w.Words
	}
	if forms := []string{"onehot", "ids", "bag", "count", "tfidf"}; !slices.Contains(forms, w.As) {
		return usageError{fmt.Errorf("--as %s: give one of %s", w.As, strings.Join(forms, ", "))}
	}
	s, err := text.ParseSpec(spec)
	if err != nil {
		return usageError{err}
	}
	texts := w.Text
	if slices.Equal(texts, []string{"-"}) {
		b, err := io.ReadAll(o.stdin)
		if err != nil {
			return err
		}
		texts = slices.DeleteFunc(strings.Split(string(b), "\n"), func(s string) bool {
			return strings.TrimSpace(s) == ""
		})
	}
	v, err := text.Fit(texts, s)
	if err != nil {
		return err
	}
	return v.WriteVectors(o.report, o.stdout, oneHot, texts...)
}
