package translate

import (
	"context"
	"fmt"

	"gorae/config"
	"gorae/data"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// problem is one run of a translation.
type problem struct {
	in        *task.Input
	fitted    *Fitted
	translate *Translate
	pairs     [3]*pairs // by part; nil where there is none
}

// Fits returns an error unless the network gives a value for each id at every step of the translation.
func (p *problem) Fits(outputs []tensor.Shape) error {
	fail := func(format string, args ...any) error { return &task.OutputError{Msg: fmt.Sprintf(format, args...)} }
	if len(outputs) != 1 {
		return task.Errorf("model.outputs", "%d outputs; a translation has one", len(outputs))
	}
	out, ids := outputs[0], p.fitted.ids()
	switch {
	case len(out) != 3 || out[1] != p.fitted.TargetLength:
		return fail("the model gives %v for a translation of %d steps; end with a dense layer behind a decoder that "+
			"returns sequences", tensor.Shape(out[1:]), p.fitted.TargetLength)
	case out[2] != ids:
		return fail("%d outputs for %d ids; give units: %s", out[2], ids, spec.TargetVocabulary)
	}
	return nil
}

// Losses implements task.Problem.
func (*problem) Losses(*model.Model) []string { return []string{"sparse_categorical_crossentropy"} }

// Metrics implements task.Problem.
func (*problem) Metrics() [][]string { return [][]string{{"perplexity", "accuracy"}} }

// Check returns an error unless loss and metrics compare scores with the number of an id.
func (*problem) Check(t *task.Training) error {
	l := loss.TraitsOf(t.Losses[0])
	if l.Targets != loss.ClassNumbers {
		return task.Errorf(t.LossPath(0), "%s cannot compare probabilities with an id; give "+
			"sparse_categorical_crossentropy", loss.Losses.Word(t.Losses[0]))
	}
	for i, m := range t.Metrics[0] {
		of := metric.TraitsOf(m.Metric)
		if of.Targets != loss.ClassNumbers && of.Targets != loss.ByShape {
			return task.Errorf(t.MetricPath(0, i), "%s cannot compare probabilities with an id; give perplexity or "+
				"accuracy", m.Name)
		}
		if x, ok := m.Metric.(metric.Perplexity); ok && x.FromLogits != (l.Predictions == loss.Logits) {
			return task.Errorf(t.MetricPath(0, i), "perplexity: {from_logits: %v}, but the loss takes the outputs for "+
				"%s; give both the same", x.FromLogits, map[bool]string{true: "logits",
				false: "probabilities"}[l.Predictions == loss.Logits]).Coded(config.Conflict)
		}
	}
	return nil
}

// About implements task.Problem.
func (p *problem) About() string {
	return fmt.Sprintf("the translation (%d ids)", p.fitted.ids())
}

// Observe implements task.Problem: translations are written after the evaluation.
func (*problem) Observe(task.Part, data.Dataset, *task.Training) train.Consumer { return nil }

// Finish translates the test part, or else the validation part, and compares it with the baselines.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	part := task.Test
	if p.pairs[part] == nil {
		part = task.Validation
	}
	if p.pairs[part] == nil {
		return nil
	}
	t, err := newTranslator(p.fitted, f.Training)
	if err != nil {
		return err
	}
	e := &evaluation{translator: t, pairs: p.pairs[part], part: part, what: "the " + part.String() + " part",
		depend: f.Dependence[part], seed: f.Seed}
	if f.Baselines {
		e.train = p.pairs[task.Train]
	}
	if err := e.report(ctx, f.Findings); err != nil {
		return err
	}
	if err := e.write(f.Dir, f.Findings); err != nil {
		return err
	}
	return e.draw(ctx, f)
}
