package language

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"gorae/data"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/prep/text"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// SampleFile is the name of the file of texts that the trained network generates.
const SampleFile = "sample.txt"

// How wide the layers of a default network are.
const (
	units       = 256
	embedding   = 32
	dropoutRate = 0.3
)

// problem is one run of a language model.
type problem struct {
	in      *task.Input
	words   *text.Vocabulary
	streams [3]*text.Stream // by part; nil where there is none
	parts   [3]string
	beside  *beside // nil: there is no part to report on
}

// unknown notes the share of a part that the vocabulary does not have.
func (p *problem) unknown(in *task.Input, part task.Part) {
	ids, n := p.streams[part].IDs, 0
	for _, id := range ids {
		if id == text.Unknown {
			n++
		}
	}
	if n > 0 {
		in.Note("%s: the training part lacks %s of the %s part (%.3g %%)", filepath.Base(in.Source.Path),
			words.Plural(n, token(p.words.Spec)), part, 100*float64(n)/float64(len(ids)))
	}
}

// Network returns an embedding, an LSTM that gives every step, and a softmax over the vocabulary.
func (p *problem) Network() *spec.Network {
	n := p.words.Size()
	return spec.Chain(
		layer.Embedding{InputDim: n, OutputDim: embedding},
		layer.LSTM{Units: units, ReturnSequences: true},
		layer.Dropout{Rate: dropoutRate},
		layer.Dense{Units: n, Activation: "softmax"},
	)
}

// Fits returns an error unless the network gives a value for each id, at every step or after the last.
func (p *problem) Fits(outputs []tensor.Shape) error {
	fail := func(format string, args ...any) error { return &task.OutputError{Msg: fmt.Sprintf(format, args...)} }
	if len(outputs) != 1 {
		return task.Errorf("model.outputs", "%d outputs; a language model has one", len(outputs))
	}
	out, ids, window := outputs[0], p.words.Size(), p.words.Spec.Length
	switch k := out[len(out)-1]; {
	case len(out) > 3 || len(out) == 3 && out[1] != window:
		return fail("the model gives %v for a window of %d; end with a dense layer behind a recurrent one "+
			"(return_sequences: true predicts every step)", tensor.Shape(out[1:]), window)
	case k != ids:
		return fail("%s for %d ids; give units: %s", words.Plural(k, "output"), ids, spec.Vocabulary)
	}
	for _, t := range p.streams {
		if t != nil {
			t.Last = len(out) == 2
		}
	}
	return nil
}

// Losses implements task.Problem.
func (*problem) Losses(*model.Model) []string { return []string{"sparse_categorical_crossentropy"} }

// Metrics implements task.Problem.
func (*problem) Metrics() [][]string { return [][]string{{"accuracy"}} }

// Check returns an error unless loss and metrics compare probabilities with the number of an id.
func (*problem) Check(t *task.Training) error {
	if loss.TraitsOf(t.Losses[0]).Targets != loss.ClassNumbers {
		return task.Errorf(t.LossPath(0), "%s cannot compare probabilities with an id; give "+
			"sparse_categorical_crossentropy", loss.Losses.Word(t.Losses[0]))
	}
	for i, m := range t.Metrics[0] {
		if takes := metric.TraitsOf(m.Metric).Targets; takes != loss.ClassNumbers && takes != loss.ByShape {
			return task.Errorf(t.MetricPath(0, i),
				"%s cannot compare probabilities with an id; give accuracy or sparse_top_k_categorical_accuracy",
				m.Name)
		}
	}
	return nil
}

// About implements task.Problem.
func (p *problem) About() string {
	return fmt.Sprintf("the next %s (%d ids)", token(p.words.Spec), p.words.Size())
}

// Observe collects what the network says of each window of the validation part, and then of the test part, whose
// windows take their place.
func (p *problem) Observe(part task.Part, d data.Dataset, t *task.Training) train.Consumer {
	if part == task.Train {
		return nil
	}
	p.beside = newBeside(d, t.Logits()[0])
	p.beside.part = part.String()
	return p.beside
}

// Finish compares the network with the baselines, evaluates the test part, or else the validation part, as one text
// from end to end, and writes some text.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	logits := f.Training.Logits()[0]
	if f.Baselines && p.beside != nil {
		if err := p.beside.Compare(ctx, f.Findings); err != nil {
			return err
		}
	}
	for _, part := range []task.Part{task.Test, task.Validation} {
		if p.streams[part] == nil || p.beside == nil || p.beside.part != part.String() {
			continue
		}
		whole := endToEnd{p.words.Spec, p.streams[part].IDs, p.parts[part], "the " + part.String() + " part"}
		if err := whole.report(ctx, f.Model, logits, f.Findings); err != nil {
			return err
		}
		break
	}
	f.Findings.Files = append(f.Findings.Files, SampleFile)
	return file.Replace(filepath.Join(f.Dir, SampleFile), func(w io.Writer) error {
		return writeSample(w, &Fitted{Vocabulary: p.words}, f.Model, logits, f.Seed)
	})
}
