package task

import (
	"fmt"

	"gorae/model"
)

// Foreign is a network of another program's file, and samples for it.
type Foreign struct {
	Model   *model.Model
	Path    string // of the file, for messages
	Source  *Source
	Targets bool   // the samples are to have targets
	Column  string // that holds them; "" is the last one
}

// Guesser is a Task that can read samples for a network which came without a Fitted.
type Guesser interface {
	// Guess says what the network was made for, as its layers and the source say; a nil Fitted leaves the
	// source to another task.
	Guess(f *Foreign) (Fitted, *Training, error)
}

// Guess asks the tasks, in the order of their names, what a network of another program was made for.
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
