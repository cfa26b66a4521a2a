package text

import (
	"gorae/config"
	"gorae/data"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Outline implements task.Outliner: of the one column of text length ids, of a vocabulary of words at most.
func (Task) Outline(d *spec.Data) task.Outline {
	for _, f := range d.Features.Columns {
		if f.Text == nil || !f.Text.Ids() {
			continue
		}
		key := "data.features." + config.Step(f.Name) + ".text"
		if f.Text.Length == 0 {
			return task.Outline{Lacks: key + " with length and words"}
		}
		return task.Outline{Vocabulary: f.Text.Words, Loose: true, Lacks: key + ".words",
			Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{f.Text.Length}}}}
	}
	return task.Outline{}
}
