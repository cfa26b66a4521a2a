package task

import "gorae/tensor"

// Restorer is a Fitted whose predictions are pictures as large as their samples ([Bound.Pictures]).
type Restorer interface {
	// Restores says in words what is undone.
	Restores() string
}

// Restored is a picture that a network made of another one.
type Restored struct {
	Name   string         // for a file, without an extension
	Pixels *tensor.Tensor // [height, width, channels], from 0, black, to 1, white
}
