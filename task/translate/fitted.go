package translate

import (
	"context"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/decode"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/prep/text"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Fitted is the vocabularies of both sides, and how a translation is written.
type Fitted struct {
	Reading      Reading          `json:"reading"`
	Source       *text.Vocabulary `json:"source"`
	Target       *text.Vocabulary `json:"target"`
	SourceLength int              `json:"source_length"` // steps of the network's inputs
	TargetLength int              `json:"target_length"` // with the boundary
	Counted      bool             `json:"counted,omitempty"`
	Beam         int              `json:"beam"`
	Penalty      float64          `json:"length_penalty"`
}

// ids returns the number of ids that the network writes: the vocabulary and the boundary.
func (f *Fitted) ids() int { return f.Target.Size() + 1 }

// beam returns a search of a width.
func (f *Fitted) beam(width int, logits bool) decode.Beam {
	return decode.Beam{Width: width, Penalty: f.Penalty, Most: f.TargetLength - 1, Begin: int32(f.Target.Size()),
		End: int32(f.Target.Size()), Never: []int32{text.Padding, text.Unknown}, Logits: logits}
}

// Loss leaves padding out unless it is to be counted.
func (f *Fitted) Loss(_ int, l loss.Loss) loss.Loss {
	if f.Counted {
		return l
	}
	return masked{l}
}

// Metrics leaves padding out unless it is to be counted; perplexity never counts it.
func (f *Fitted) Metrics(_ int, name string, m metric.Metric, _ loss.Loss) []metric.Metric {
	_, perplexity := m.(metric.Perplexity)
	if _, keeps := m.(metric.Keeper); !keeps && (!f.Counted || perplexity) {
		m = maskedMetric{m}
	}
	return []metric.Metric{train.NamedMetric{Metric: m, Name: name}}
}

// Outputs returns the next token of the translation.
func (f *Fitted) Outputs() []task.Output {
	return []task.Output{{Name: "translation"}}
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "sentence" }

// Check returns an error unless the network takes the two sides of a pair.
func (f *Fitted) Check(m *model.Model) error {
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 2 || !in[0].Shape.Equal(tensor.Shape{1, f.SourceLength}) ||
		!in[1].Shape.Equal(tensor.Shape{1, f.TargetLength}) {
		return fmt.Errorf("a pair is %d ids and %d ids, but the network takes %v", f.SourceLength, f.TargetLength,
			in[0].Shape[1:])
	}
	if want := (tensor.Shape{1, f.TargetLength, f.ids()}); len(out) != 1 || !out[0].Shape.Equal(want) {
		return fmt.Errorf("the network gives %v, not %v for a translation", tensor.Shape(out[0].Shape[1:]), want[1:])
	}
	return nil
}

// Open reads sentences, a line each or a column of a table, or with targets pairs of them.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	reading := f.Reading
	if r.Column != "" {
		reading.To = r.Column
	}
	if !r.Targets {
		all, err := reading.sentences(r.Source)
		if err != nil {
			return nil, err
		}
		return f.bound(r, r.Source.Name, all)
	}
	all, err := reading.pairs(r.Source, "")
	if err != nil {
		return nil, err
	}
	s := f.samples(all)
	b := &task.Bound{Name: r.Source.Name, Data: s}
	if n := len(s.source) - len(s.fitting(data.Range(s.Len()))); n > 0 {
		b.Notes = append(b.Notes, fmt.Sprintf("%s: %d of %d pairs are longer than the network takes (%d and %d tokens); "+
			"their ends are cut off", r.Source.Name, n, s.Len(), f.SourceLength, f.TargetLength-1))
	}
	b.Report = func(ctx context.Context, to *task.Findings) error {
		t, err := newTranslator(f, r.Training)
		if err != nil {
			return err
		}
		e := &evaluation{translator: t, pairs: all, what: r.Source.Name}
		return e.report(ctx, to)
	}
	return b, nil
}

// OpenValues implements task.Opener: a sample is a text.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	var all []string
	for i, v := range samples {
		s, ok := v.(string)
		if !ok {
			return nil, task.SampleError(i, v, "a text")
		}
		all = append(all, s)
	}
	return f.bound(r, "the text", all)
}

// bound returns sentences to be translated.
func (f *Fitted) bound(r *task.Request, name string, sentences []string) (*task.Bound, error) {
	t, err := newTranslator(f, r.Training)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: name, Data: data.Untargeted{Dataset: f.samples(&pairs{from: sentences,
		to: make([]string, len(sentences))})}, Header: []string{"prediction"}}
	cut := 0
	for _, s := range sentences {
		if len(f.Source.Encode(s)) > f.SourceLength {
			cut++
		}
	}
	if cut > 0 {
		b.Notes = append(b.Notes, fmt.Sprintf("%s: %d of %d sentences have more than the %d tokens that the network "+
			"reads; their ends are cut off", name, cut, len(sentences), f.SourceLength))
	}
	if !t.network.Compiled {
		b.Notes = append(b.Notes, fmt.Sprintf("each token takes a run over the whole sentence: %v", t.network.Reason))
	}
	b.Predict = func(ctx context.Context) ([]*tensor.Tensor, error) {
		found, err := t.translate(ctx, sentences, f.Beam)
		if err != nil {
			return nil, err
		}
		out := tensor.New(tensor.Int32, len(found), f.TargetLength)
		for i, ids := range found {
			n := copy(out.I32[i*f.TargetLength:(i+1)*f.TargetLength], ids)
			if n < f.TargetLength && sentences[i] != "" {
				out.I32[i*f.TargetLength+n] = int32(f.Target.Size())
			}
		}
		return []*tensor.Tensor{out}, nil
	}
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		ids := outputs[0].I32[i*f.TargetLength : (i+1)*f.TargetLength]
		return [][]any{{f.words(ids)}}, nil
	}
	return b, nil
}

// words returns the text of ids up to the boundary.
func (f *Fitted) words(ids []int32) string {
	if end := slices.Index(ids, int32(f.Target.Size())); end >= 0 {
		ids = ids[:end]
	}
	return f.Target.Decode(ids)
}
