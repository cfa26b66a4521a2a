// Package generate writes text with language models: networks that return, for every step of a sequence of ids, the
// probability of each id to come next.
package generate

import (
	"context"
	"fmt"
	"slices"

	"gorae/decode"
	"gorae/internal/words"
	"gorae/model"
	"gorae/prep/text"
	"gorae/tensor"
	"gorae/weight"
)

// Writer continues a text token by token. It belongs to one goroutine.
type Writer struct {
	// Sampler draws the next token: by Temperature, of the TopK likeliest, of the nucleus TopP.
	decode.Sampler

	v       *text.Vocabulary
	reader  reader
	decoder text.Decoder
	scores  []float32 // scores of the next token; nil before anything was read
	tokens  int       // number of tokens that were read
}

// reader reads one id and returns the scores of the next.
type reader interface {
	read(id int32) ([]float32, error)
}

// NewWriter returns a writer that has read nothing. The network takes ids of the vocabulary and returns probabilities,
// or logits, of all ids: for each step, or for what follows the last. A network that works step by step keeps the whole
// text in its state; any other reads the last ids that its input holds. Causal attention keeps keys and values until
// that is full. The same seed gives the same text.
func NewWriter(m *model.Model, v *text.Vocabulary, logits bool, seed uint64) (*Writer, error) {
	if err := Check(m, v); err != nil {
		return nil, err
	}
	w := &Writer{v: v, decoder: text.Decoder{Vocabulary: v}, Sampler: decode.Sampler{Temperature: 1,
		First: text.Unknown + 1, Logits: logits, Rand: weight.NewRand(seed, "generate")}}
	s, err := m.Stream(1, 1)
	if err == nil {
		w.reader = &steps{s}
		return w, nil
	}
	w.reader = newWindow(m, w.start())
	return w, nil
}

// Check returns an error that says why a network is no language model of a vocabulary, or nil.
func Check(m *model.Model, v *text.Vocabulary) error {
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 1 || len(out) != 1 || len(in[0].Shape) != 2 {
		return fmt.Errorf("the network does not take one sequence of ids and give one result")
	}
	s := out[0].Shape
	if n := s[len(s)-1]; len(s) > 3 || n != v.Size() || len(s) == 3 && s[1] != in[0].Shape[1] {
		return fmt.Errorf("the network gives %v for a sequence, not one number for each of the vocabulary's %d ids",
			tensor.Shape(s[1:]), v.Size())
	}
	return nil
}

// Prompt reads text to continue. Tokens that the vocabulary does not know are skipped and returned, each once.
func (w *Writer) Prompt(prompt string) (unknown []string, err error) {
	ids, unknown := w.v.Known(prompt)
	for _, id := range ids {
		if err := w.read(id); err != nil {
			return unknown, err
		}
	}
	w.decoder.Begin(prompt)
	return unknown, nil
}

func (w *Writer) read(id int32) (err error) {
	if w.scores, err = w.reader.read(id); err != nil {
		return err
	}
	w.tokens++
	if i := nonFinite(w.scores); i >= 0 {
		return fmt.Errorf("after %s, the last of them %q, the network's output for %q is %s; train it anew with a "+
			"lower learning rate or with clipped gradients", words.Plural(w.tokens, "token"), w.v.Token(id),
			w.v.Token(int32(i)), tensor.Say(w.scores[i]))
	}
	return nil
}

// nonFinite is the first score that is NaN or infinite, −1 where there is none.
func nonFinite(scores []float32) int { return (&tensor.Tensor{F32: scores}).NonFinite() }

// start returns the id before an empty text: a line break, a full stop where punctuation marks are tokens, or else the
// most frequent token.
func (w *Writer) start() int32 {
	before := "\n"
	if w.v.Spec.Marks {
		before = "."
	}
	if ids, unknown := w.v.Known(before); len(ids) == 1 && len(unknown) == 0 {
		return ids[0]
	}
	return 2
}

// Next writes one more token and returns the text that it completes, which may be empty: see text.Decoder. Rest returns
// what is left open at the end.
func (w *Writer) Next() (string, error) {
	if err := w.Check(); err != nil {
		return "", err
	}
	if w.scores == nil {
		if err := w.read(w.start()); err != nil {
			return "", err
		}
	}
	id := w.Draw(w.scores)
	if err := w.read(id); err != nil {
		return "", err
	}
	return w.decoder.Next(id), nil
}

// Rest returns the text that the last tokens left open.
func (w *Writer) Rest() string { return w.decoder.Rest() }

// steps reads through a stream.
type steps struct{ *model.Stream }

func (s *steps) read(id int32) ([]float32, error) {
	x := s.X[0]
	if x.I32 != nil {
		x.I32[0] = id
	} else {
		x.F32[0] = float32(id)
	}
	err := s.Stream.Next()
	return s.Y[0].F32, err
}

// window reads the last ids anew for each token. A causal network with an output for each step has them at the front of
// its window, as it was trained, until that is full: so far a decoder reads them one by one, where the network has one.
// Any other has them at the end, behind the first id.
type window struct {
	m      *model.Model
	front  *model.Decoder // nil: the whole window is computed anew
	x      *tensor.Tensor
	y      []*tensor.Tensor
	each   int  // ids of the vocabulary
	causal bool // and with an output for each step
	n      int  // ids that were read, up to a full window
}

func newWindow(m *model.Model, start int32) *window {
	out := m.OutputTypes(1)[0].Shape
	w := &window{m: m, x: tensor.New(tensor.Int32, m.InputTypes(1)[0].Shape...),
		y: []*tensor.Tensor{tensor.New(tensor.Float32, out...)}, each: out[len(out)-1],
		causal: len(out) == 3 && m.Causal()}
	for i := range w.x.I32 {
		w.x.I32[i] = start
	}
	if w.causal {
		if d, err := m.Decoder(0); err == nil && d.Begin(1) == nil {
			w.front = d
		}
	}
	return w
}

func (w *window) read(id int32) ([]float32, error) {
	ids := w.x.I32
	if w.causal && w.n < len(ids) {
		ids[w.n] = id
		if w.n++; w.front != nil {
			if d := w.front.IDs; d.I32 != nil {
				d.I32[0] = id
			} else {
				d.F32[0] = float32(id)
			}
			err := w.front.Next()
			return w.front.Y[0].F32, err
		}
	} else {
		copy(ids, ids[1:])
		ids[len(ids)-1] = id
	}
	if err := w.m.PredictInto(context.Background(), w.y, w.x); err != nil {
		return nil, err
	}
	y := w.y[0].F32
	if w.causal {
		y = y[:w.n*w.each]
	}
	return slices.Clip(y[len(y)-w.each:]), nil
}
