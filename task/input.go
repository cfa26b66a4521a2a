package task

import (
	"fmt"

	"gorae/config"
	"gorae/data"
	"gorae/model"
	"gorae/spec"
)

// Input is the argument of Task.Prepare: an experiment and its sources.
type Input struct {
	Name string // of the experiment
	// Spec is a copy of the experiment that belongs to this input. Prepare sets keys of Data and Split that were left
	// open, and of Train how a default network is trained; nothing else.
	Spec   *spec.Experiment
	Source *Source  // nil where a key of the task stands in the place of data.source
	Test   *Source  // a test set in a source of its own; nil without
	Files  []string // the files that the source lists and the task reads, such as pictures
	Notes  []string // decisions that the experiment left open, a line each
	// Guesses are the assumptions about tables that their files do not confirm.
	Guesses []data.Guess
	// Assumed says that the target is the last column of a table because the experiment names none.
	Assumed bool
	Uses    *data.Uses // what the columns of a table become beside their values; nil where there is no table
	// Dependence says of each part which of its samples depend on each other.
	Dependence [3]Dependence
	// Folds are those of the training samples of an ensemble, by their place among these; nil without. Split sets them.
	Folds [][]int
	// Model opens a model file of the experiment: a network with its losses and metrics, and the Fitted that it was
	// trained with, nil where another program wrote the file. key is where the path stands.
	Model func(key, path string) (*Training, Fitted, error)
	// Network makes a model of a network that the experiment has beside the one below model, for one kind of inputs,
	// and draws its initial weights from the seed. Places of errors are those of the network (spec.Network.At).
	Network func(n *spec.Network, inputs []data.Field, seed uint64) (*model.Model, error)
	// Expand makes a path of the experiment file a path of the machine: ${NAME} is the
	// environment's, a relative path is relative to the file. key is where the path stands.
	Expand func(key, path string) (string, error)
	// Kept are results that further experiments with the same data, split and seed share ([Once]); nil: none do.
	Kept *Kept
}

// Note adds a note for the user.
func (in *Input) Note(format string, args ...any) {
	in.Notes = append(in.Notes, fmt.Sprintf(format, args...))
}

// Take adds the guesses about the table of the experiment's source. A guess that the file does not settle is an error.
func (in *Input) Take(t *data.Table) error {
	in.Guesses = append(in.Guesses, t.Guesses...)
	if err := t.Settled(); err != nil {
		return config.Under("data.source", err)
	}
	return nil
}

// Section returns the keys of the data section that belong to a task. Changes of them are part of the resolved
// experiment.
func Section[T any](in *Input, name string) *T { return in.Spec.Data.Section(name).(*T) }
