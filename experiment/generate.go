package experiment

import (
	"fmt"
	"io"

	"gorae/generate"
)

// Writer goes on with text by a language model; the same seed draws the same text. The error says of
// another model what it is.
func (p *Product) Writer(seed uint64) (*generate.Writer, error) {
	if p.Recipe == nil || p.Recipe.Language == nil {
		what := "has no vocabulary"
		if p.Recipe != nil && p.Recipe.Target != nil {
			what = "foretells " + p.Recipe.Target.Name + ", no text"
		}
		return nil, fmt.Errorf("%s: %s; generate takes a language model: an experiment with data: {source: FILE.txt, text: {window: 100}} makes one", p.path, what)
	}
	w, err := generate.NewWriter(p.Model, p.Recipe.Language, p.Recipe.logits(), seed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	return w, nil
}

// How much text the sample of a run has, and how bold it is.
const sampleTokens = 500

var sampleTemperatures = []float64{0, 0.5, 1}

// sample writes some text by the network as it is.
func (r *Ready) sample(to io.Writer) error {
	p := &Product{Model: r.Model, Recipe: r.Recipe, path: r.Name}
	for _, t := range sampleTemperatures {
		w, err := p.Writer(r.Seed)
		if err != nil {
			return err
		}
		w.Temperature = t
		if _, err := fmt.Fprintf(to, "--- temperature %v, seed %d\n", t, r.Seed); err != nil {
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
