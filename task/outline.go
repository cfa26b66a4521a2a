package task

import (
	"gorae/data"
	"gorae/spec"
)

// Outliner is a Task that knows the inputs of the network from an experiment whose keys say enough, without its data.
type Outliner interface {
	Outline(d *spec.Data) Outline
}

// Outline is what the keys of an experiment say of its samples.
type Outline struct {
	Inputs []data.Field // of the network; nil where the keys do not fix them
	// Vocabulary is the number of ids at most, where samples are ids; 0 where nothing is said.
	Vocabulary int
	// Loose says that the data may have fewer: ids of a vocabulary, or features that stand for them.
	Loose bool
	// Lacks names the keys that would fix the inputs, such as data.image.size.
	Lacks string
}
