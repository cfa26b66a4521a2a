package language

import (
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"gorae/generate"
	"gorae/model"
	"gorae/prep/text"
	"gorae/task"
)

// Score is the result of a network on a text that is read from end to end (generate.Evaluate): its state kept from
// window to window, 16 stretches side by side, each from an empty state; or, by a causal network, in windows that
// overlap by half.
type Score struct {
	Tokens           int     `json:"tokens"`
	Nats             float64 `json:"nats"` // mean of −ln p of a token
	NatsPerCharacter float64 `json:"nats_per_character"`
	Perplexity       float64 `json:"perplexity"` // e^nats
	Accuracy         float64 `json:"accuracy"`   // share of tokens that were the likeliest
}

// endToEnd is a text to be read from end to end.
type endToEnd struct {
	spec text.Spec
	ids  []int32
	text string
	what string // for sentences
}

// report adds the score of the text to the findings, as a section and in words.
func (e endToEnd) report(ctx context.Context, m *model.Model, logits bool, f *task.Findings) error {
	v, err := generate.Evaluate(ctx, m, e.ids, logits)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		f.Say("%s is evaluated by windows alone: %v", e.what, err)
		return nil
	}
	characters := float64(utf8.RuneCountInString(e.text)) * float64(v.Tokens) / float64(len(e.ids))
	s := &Score{v.Tokens, v.Nats, v.Nats * float64(v.Tokens) / characters, v.Perplexity(), v.Accuracy}
	word := token(e.spec)
	line := fmt.Sprintf("%s read from end to end: %.4f nats a %s (perplexity %.4g), %.1f %% predicted", e.what, v.Nats,
		word, v.Perplexity(), 100*v.Accuracy)
	if generate.Windowed(m) {
		line = fmt.Sprintf("%s read in windows that overlap by half: %.4f nats a %s (perplexity %.4g), "+
			"%.1f %% predicted", e.what, v.Nats, word, v.Perplexity(), 100*v.Accuracy)
	}
	if word != "character" {
		line += fmt.Sprintf("; %.4f nats a character", s.NatsPerCharacter)
	}
	f.Say("%s", line)
	return f.Add("language", s)
}

// sampleTokens is the length of each text of SampleFile; there is one for each temperature.
const sampleTokens = 500

var sampleTemperatures = []float64{0, 0.5, 1}

// writeSample writes some text by the network as it is.
func writeSample(to io.Writer, f *Fitted, m *model.Model, logits bool, seed uint64) error {
	for _, t := range sampleTemperatures {
		w, err := f.Writer(m, logits, seed)
		if err != nil {
			return err
		}
		w.Temperature = t
		if _, err := fmt.Fprintf(to, "--- temperature %v, seed %d\n", t, seed); err != nil {
			return err
		}
		for range sampleTokens {
			s, err := w.Next()
			if err == nil {
				_, err = io.WriteString(to, s)
			}
			if err != nil {
				return err
			}
		}
		if _, err := io.WriteString(to, w.Rest()+"\n"); err != nil {
			return err
		}
	}
	return nil
}
