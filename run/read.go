package run

import (
	"gorae/spec"
	_ "gorae/spec/yaml"         // of experiment files
	_ "gorae/train/tensorboard" // a callback of experiment files
)

// Read reads an experiment file and applies the assignments (path=value) in their order; see [spec.Read].
func Read(path string, set ...string) (*spec.File, error) { return spec.Read(path, set...) }

// Default returns the experiment that needs no file: handwritten digits.
func Default(set ...string) (*spec.File, error) {
	return spec.Parse("", "digits", []byte(defaultText), set...)
}

const defaultText = `data: {source: embed:digits, features: minmax}
model:
  - dense: {units: 256, activation: relu}
  - dropout: 0.2
  - dense: {units: 64, activation: relu}
  - dense: {units: 10, activation: softmax}
train: {epochs: 60}
`
