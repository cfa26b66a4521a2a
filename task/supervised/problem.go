package supervised

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/model"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Problem is a task.Problem of targets that are classes or numbers. Tasks embed it and set its fields.
type Problem struct {
	Name    string // of the experiment
	Targets Targets
	// Hidden makes the steps of a default network before its outputs.
	Hidden func() []spec.Step
	// Branches makes the layers of each input where the network has several; nil: it has one.
	Branches func() []spec.Branch
	// Mixed says that augmentation mixes training samples of several classes.
	Mixed bool
	// Look is sample i of a dataset as a picture, for the sheet of mistakes; nil: samples are not
	// pictures.
	Look Look
	// Rows is the rows of the table that the samples of each part are, nil where samples are no rows of a table; Keys
	// is what may say to whom these rows belong, by part.
	Rows [3][]int
	Keys [3][]Key
	// Origins says of which rows of which table the samples of each part are, for the samples that a report shows.
	Origins [3]Origin

	classes *classes // of the part that is reported on
	numbers *numbers // likewise; nil: no target is a number
	parts   [3]data.Dataset
	tally   *tally
	beside  *beside    // nil: there is no part to report on
	rare    *rare      // likewise
	errors  *Residuals // nil: samples are no rows of a table
	pixels  map[*data.Table]*data.Pixels
	scores  *scores // of labels, of the part that is reported on

	chosen       *choice       // the threshold for an aim; nil: none was chosen
	temperatures []temperature // that the logits were divided by
	conformity   *conformity   // of the validation samples; nil: there are none
}

// Network returns the default network: the hidden layers, and an output layer for each target.
func (p *Problem) Network() *spec.Network {
	if len(p.Targets) == 1 && p.Branches == nil {
		return spec.Headed(p.Hidden(), Head(p.Targets[0]))
	}
	var heads []layer.Layer
	for _, t := range p.Targets {
		heads = append(heads, Head(t))
	}
	if p.Branches == nil {
		return spec.Join([]spec.Branch{{Steps: p.Hidden()}}, nil, p.names(), heads)
	}
	trunk := []layer.Layer{layer.Dense{Units: 64, Activation: "relu"}}
	return spec.Join(p.Branches(), trunk, p.names(), heads)
}

// Head returns the output layer for a target.
func Head(t *prep.Target) layer.Layer {
	switch k := len(t.Classes); {
	case t.Task == prep.Regression:
		return layer.Dense{Units: t.Quantiles.Width()}
	case t.Task == prep.Labels:
		return layer.Dense{Units: k, Activation: "sigmoid"}
	case k > 2:
		return layer.Dense{Units: k, Activation: "softmax"}
	}
	return layer.Dense{Units: 1, Activation: "sigmoid"}
}

func (p *Problem) names() []string {
	var names []string
	for _, t := range p.Targets {
		names = append(names, t.Name)
	}
	return names
}

// Fits checks that there is an output for each target, with a value for each class, or a single one.
func (p *Problem) Fits(outputs []tensor.Shape) error {
	if len(outputs) != len(p.Targets) {
		return task.Errorf("model.outputs", "%s for %s (%s); name an output for each in this order",
			words.Plural(len(outputs), "output"), words.Plural(len(p.Targets), "target"), strings.Join(p.names(), ", "))
	}
	for i, out := range outputs {
		if msg := misfit(p.Targets[i], out); msg != "" {
			return &task.OutputError{Output: i, Msg: msg}
		}
	}
	return nil
}

// misfit returns the reason why an output [batch, …] does not fit a target; "" where it fits.
func misfit(t *prep.Target, out tensor.Shape) string {
	k := out[len(out)-1]
	switch classes := len(t.Classes); {
	case len(out) == 3:
		return fmt.Sprintf("the model gives %v for a sample, but %s is one value; let the last recurrent layer give "+
			"no sequence (return_sequences: false), or end with flatten and dense", tensor.Shape(out[1:]), t.Name)
	case len(out) != 2:
		return fmt.Sprintf("the model gives %v for a sample, but %s is one value; end with flatten and dense",
			tensor.Shape(out[1:]), t.Name)
	case t.Quantiles != nil && k != len(t.Quantiles):
		n := len(t.Quantiles)
		return fmt.Sprintf("%s for the %d quantiles of %s; give %d", words.Plural(k, "output"), n, t.Name, n)
	case t.Task == prep.Regression && t.Quantiles == nil && k != 1:
		return fmt.Sprintf("%d outputs, but the target %s is one number; give 1", k, t.Name)
	case t.Task == prep.Labels && k != classes:
		return fmt.Sprintf("%s for the %d labels of %s; give %d", words.Plural(k, "output"), classes, t.Name, classes)
	case t.Task == prep.Classification && k != classes && !(k == 1 && classes == 2):
		return fmt.Sprintf("%s for the %d classes of %s; give %d", words.Plural(k, "output"), classes, t.Name, classes)
	}
	return ""
}

// Losses returns the names of the default losses.
func (p *Problem) Losses(m *model.Model) []string {
	var out []string
	for i, ty := range m.OutputTypes(1) {
		switch single := ty.Shape[len(ty.Shape)-1] == 1; {
		case p.Targets[i].Quantiles != nil:
			out = append(out, "pinball")
		case p.Targets[i].Task == prep.Regression:
			out = append(out, "mean_squared_error")
		case single || p.Targets[i].Task == prep.Labels:
			out = append(out, "binary_crossentropy")
		case p.Mixed || Mixes(m):
			out = append(out, "categorical_crossentropy") // a mixed sample belongs to two classes
		default:
			out = append(out, "sparse_categorical_crossentropy")
		}
	}
	return out
}

// Mixes reports whether a model mixes training samples.
func Mixes(m *model.Model) bool {
	return slices.ContainsFunc(m.Layers(),
		func(i *model.Instance) bool { return layer.TraitsOf(i.Layer).Samples == layer.MixesSamples })
}

// Metrics returns the names of the default metrics: accuracy for classes; rmse, mae and r2 for numbers; for labels the
// share of samples with every label right, the share of right labels, the share of wrong ones, and F1 scores.
func (p *Problem) Metrics() [][]string {
	var out [][]string
	for _, t := range p.Targets {
		switch t.Task {
		case prep.Regression:
			out = append(out, []string{"rmse", "mae", "r2"})
		case prep.Labels:
			out = append(out, []string{"exact_match", "binary_accuracy", "hamming_loss", "f1_micro", "f1_macro"})
		default:
			out = append(out, []string{"accuracy"})
		}
	}
	return out
}

// About names the targets.
func (p *Problem) About() string {
	var parts []string
	for _, t := range p.Targets {
		k := len(t.Classes)
		if t.Task == prep.Labels {
			parts = append(parts, fmt.Sprintf("%s (%d labels, any number to a sample)", t.Name, k))
		} else if k > 0 {
			parts = append(parts, fmt.Sprintf("%s (%d classes)", t.Name, k))
		} else {
			parts = append(parts, t.Name+" (a number)")
		}
	}
	return strings.Join(parts, ", ")
}

// Observe returns a consumer that collects the predicted classes and the errors of the test samples, or of the
// validation samples where there are no test samples, and what the baselines need of the training samples.
func (p *Problem) Observe(part task.Part, d data.Dataset, t *task.Training) train.Consumer {
	p.parts[part] = d
	if part == task.Train {
		p.tally = newTally(p.Targets)
		return p.tally
	}
	// The parts come in their order: validation samples give way to test samples.
	p.beside = &beside{targets: p.Targets, training: t, part: part.String(), data: d,
		network: newAnswers(p.Targets, p.Targets.Rules(t), d.Len())}
	p.rare = newRare(p.Targets, p.Targets.Rules(t), d.Len(), task.Dependence{})
	all := consumers{p.beside, p.rare}
	if part == task.Validation {
		p.conformity = newConformity(p.Targets, p.Targets.Rules(t))
		all = append(all, p.conformity)
	}
	if p.classes = newClasses(p.Targets, part, d, p.Targets.Rules(t)); p.classes != nil {
		all = append(all, p.classes)
	}
	if p.numbers = newNumbers(p.Targets, part); p.numbers != nil {
		all = append(all, p.numbers)
	}
	if p.scores = nil; p.Targets.hasLabels() {
		p.scores = newScores(p.Targets, p.Targets.Rules(t), d.Len())
		p.scores.part = part.String()
		all = append(all, p.scores)
	}
	if p.errors = nil; p.Rows[part] != nil {
		p.errors = NewResiduals(p.Targets, p.Targets.Rules(t), d.Len(), p.Rows[part], p.Keys[part], 0)
		all = append(all, p.errors)
	}
	return all
}

// Complete fits the baselines; it implements task.Completer.
func (p *Problem) Complete(ctx context.Context, f *task.Finish) (err error) {
	if p.beside == nil || p.tally == nil {
		return nil
	}
	for _, part := range []task.Part{task.Validation, task.Test} {
		if part.String() == p.beside.part {
			p.beside.judged, p.beside.depend = f.Judged(part, p.beside.data.Len())
		}
	}
	p.beside.seed = f.Seed
	p.beside.fitted, err = p.fit(ctx, f)
	return err
}

// Kept implements task.Keeper.
func (p *Problem) Kept() any {
	if p.beside == nil || p.beside.fitted == nil {
		return nil
	}
	return p.beside.fitted.kept()
}

// Finish compares the network with baselines, tables and draws the labels, and draws the confusion matrices and, of
// pictures, the wrong predictions of the highest probability.
func (p *Problem) Finish(ctx context.Context, f *task.Finish) error {
	if f.Baselines && p.beside != nil && p.beside.fitted != nil {
		if err := p.beside.Compare(ctx, f.Findings); err != nil {
			return fmt.Errorf("baselines: %w", err)
		}
	}
	p.imbalance(f)
	if p.rare != nil {
		if err := p.rare.addTables(f.Findings); err != nil {
			return err
		}
	}
	if err := p.sayCalibration(f.Findings); err != nil {
		return err
	}
	if p.chosen != nil {
		if err := p.chosen.say(f.Findings); err != nil {
			return err
		}
	}
	if p.scores != nil {
		if err := p.scores.finish(f); err != nil {
			return err
		}
	}
	if p.errors != nil {
		if err := p.errors.Say(f.Findings, p.beside.part+" rows", true); err != nil {
			return err
		}
	}
	if err := p.evidence(f); err != nil {
		return err
	}
	if p.classes == nil {
		return nil
	}
	return p.classes.draw(f, p.Look)
}
