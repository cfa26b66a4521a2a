package task

import (
	"context"

	"gorae/data"
	"gorae/internal/picture"
	"gorae/model"
	"gorae/spec"
	"gorae/tensor"
	"gorae/train"
)

// Prepared is an experiment's samples, ready to train on.
type Prepared struct {
	// Parts are the samples by part, inputs and targets; nil where there are none. The target of
	// an output with classes is its number, int32 [], whatever the loss wants.
	Parts [3]data.Dataset
	// Augment makes the augmented training samples, which differ from epoch to epoch, from Raw, whose class
	// targets have been encoded; nil: training sees Parts[Train].
	Raw     data.Dataset
	Augment func(raw data.Dataset) (data.Dataset, error)
	Fitted  Fitted
	Problem Problem
	// Weights are how much the samples of a part count in the loss, [samples]; nil: all 1.
	Weights [3]*tensor.Tensor
	// Vocabulary is the number of ids where samples are ids, which a model may name by the word
	// vocabulary; 0 without.
	Vocabulary int
	// Vocabularies are those of tasks with several, by the words of spec.Variables.
	Vocabularies map[string]int
}

// SetParts sets Parts to the samples of d with the indices that parts lists, as Input.Split returns them. A part
// without samples stays nil.
func (p *Prepared) SetParts(d data.Dataset, parts [3][]int) {
	for i, rows := range parts {
		if len(rows) > 0 {
			p.Parts[i] = data.Subset{Dataset: d, Rows: rows}
		}
	}
}

// Problem is the part of a task that makes default networks and reports on a trained network. How the network learns is
// that of the one of two further interfaces that the value implements: [Supervised] or [Procedure]. One value serves
// one run.
type Problem interface {
	// Network is the network of an experiment that names none.
	Network() *spec.Network
	// About says in a few words what is predicted.
	About() string
	// Finish writes files into the run directory and adds to the findings, after all parts have
	// been evaluated with the best weights and the model has been written. What it cannot write is a warning.
	Finish(ctx context.Context, f *Finish) error
}

// Supervised is a Problem whose samples have targets: [train.Fit] lowers losses between the outputs of the network and
// the targets, and every part is evaluated by losses and metrics.
type Supervised interface {
	Problem
	// Fits checks the shapes of the model's outputs, the batch axis first, against the targets. The error is a
	// *[OutputError] or a *config.Error.
	Fits(outputs []tensor.Shape) error
	// Losses and Metrics name those of an experiment that has none, by output.
	Losses(m *model.Model) []string
	Metrics() [][]string
	// Check refuses losses and metrics that do not fit the targets, and settings of the train section that the
	// task cannot follow.
	Check(t *Training) error
	// Observe returns a consumer of the evaluation of the trained network on a part, nil where the task needs
	// none. It sees the batches of the only pass over the part, from which confusion matrices, mistakes and
	// forecasts are collected.
	Observe(part Part, d data.Dataset, t *Training) train.Consumer
}

// Finish is the argument of Problem.Finish: a trained network and the directory of its run.
type Finish struct {
	Name     string // of the experiment, for titles
	Dir      string // the run directory
	Seed     uint64
	Model    *model.Model
	Training *Training // nil of a Procedure
	Findings *Findings
	// Dependence says of each part which of its samples depend on each other.
	Dependence [3]Dependence
	// Copies says of each part which of its samples are taken for copies of training samples, which tell nothing of
	// new ones; nil where none is.
	Copies [3][]bool
	// Baselines asks for simple models to compare the network with.
	Baselines bool
}

// Draw writes a picture of the run in each language, NAME.png and NAME.svg, and lists it among the findings.
func (f *Finish) Draw(name string, draw func() (picture.Vector, error)) error {
	err := picture.Write(f.Dir, name, draw)
	if err == nil {
		f.Findings.Pictures = append(f.Findings.Pictures, name+".png")
	}
	return err
}

// DrawPNG is Draw of a picture that is written as PNG only, under a name that ends in .png.
func (f *Finish) DrawPNG(name string, draw func() (picture.Drawing, error)) error {
	err := picture.WritePNG(f.Dir, name, draw)
	if err == nil {
		f.Findings.Pictures = append(f.Findings.Pictures, name)
	}
	return err
}

// Judged returns the samples of a part that a network is compared on with others: all but copies of training samples.
// The dependence is that of the list.
func (f *Finish) Judged(part Part, samples int) (list []int, d Dependence) {
	d = f.Dependence[part]
	if f.Copies[part] == nil {
		return data.Range(samples), d
	}
	var groups []int
	for i, copied := range f.Copies[part] {
		if copied {
			continue
		}
		list = append(list, i)
		if d.Groups != nil {
			groups = append(groups, d.Groups[i])
		}
	}
	d.Groups = groups
	return list, d
}

// Chooser is a Problem that chooses what predictions need beside the trained weights, such as the thresholds of labels,
// before the parts are evaluated. It keeps it in its Fitted.
type Chooser interface {
	// Choose chooses on the validation samples, with the best weights; nil: there are none, or they are those that are
	// reported on and may choose nothing.
	Choose(ctx context.Context, t *Training, validation data.Dataset) error
}

// Calibrator is a Problem that keeps in its Fitted what the evaluation of the validation samples says of new samples.
type Calibrator interface {
	// Calibrate is called after the evaluation of all parts, and before the model is written.
	Calibrate()
}

// Completer is a Problem that, after training and before the model is written, fits the baselines.
type Completer interface {
	Complete(ctx context.Context, f *Finish) error
}

// Keeper is a Completer whose baselines the model file holds beside the network and the Fitted, for a [Comparer].
type Keeper interface {
	// Kept is the fitted baselines, to be written as JSON; nil: none.
	Kept() any
}

// Initializer is a Problem that sets initial weights of the model, such as word vectors.
type Initializer interface {
	Initialize(m *model.Model) error
}

// OutputError is the error for an output of the network that does not fit its target. The caller knows the layer that
// makes the output.
type OutputError struct {
	Output int
	Msg    string
}

func (e *OutputError) Error() string { return e.Msg }
