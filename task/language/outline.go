package language

import (
	"gorae/data"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Outline implements task.Outliner: a window of ids, of a vocabulary of words at most.
func (Task) Outline(d *spec.Data) task.Outline {
	t := d.Section(name).(*Section).Text
	if t == nil || t.Window == 0 {
		return task.Outline{Lacks: "data.text.window"}
	}
	return task.Outline{Vocabulary: t.Words, Loose: true, Lacks: "data.text.words",
		Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{t.Window}}}}
}
