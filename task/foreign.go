package task

import (
	"fmt"

	"gorae/data"
	"gorae/model"
)

// Foreign is a network from a file that another program wrote, and samples for it.
type Foreign struct {
	Model   *model.Model
	Path    string // of the file, for messages
	Source  *Source
	Targets bool   // the samples are to have targets
	Column  string // that holds them; "" is the last one
	// Arrays, if not nil, makes the arrays of the network's inputs of the source, by their names, as layers before the
	// network do that the network does not have.
	Arrays func(s *Source) (*data.Arrays, error)
	// Outputs are the names of the network's outputs in the file; none where it names them by their layers.
	Outputs []ForeignOutput
}

// ForeignOutput is an output of a network of another program.
type ForeignOutput struct {
	Name  string
	Texts []string // those that its whole numbers stand for; nil: they are numbers
}

// Text is the text that a number stands for, "" where it stands for none.
func (o ForeignOutput) Text(v float64) string {
	if v < 0 || int(v) >= len(o.Texts) {
		return ""
	}
	return o.Texts[int(v)]
}

// Guesser is a Task that can read samples for a network which came without a Fitted.
type Guesser interface {
	// Guess infers Fitted, losses and metrics from the layers of the network and the source. A nil Fitted leaves
	// the source to another task.
	Guess(f *Foreign) (Fitted, *Training, error)
}

// Guess infers Fitted, losses and metrics of a network of another program: the first task by name that takes the
// source, arrays last.
func Guess(f *Foreign) (Fitted, *Training, error) {
	var last Guesser
	for _, t := range All() {
		g, ok := t.(Guesser)
		if !ok {
			continue
		}
		if t.Name() == "arrays" { // takes any numbers, so it is asked last
			last = g
			continue
		}
		if f.Arrays != nil {
			continue
		}
		fitted, training, err := g.Guess(f)
		if fitted != nil || err != nil {
			return fitted, training, err
		}
	}
	if last != nil {
		return last.Guess(f)
	}
	return nil, nil, fmt.Errorf("%s: not a file of this program, and no task of this program takes it", f.Path)
}
