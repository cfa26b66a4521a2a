package sequence

import (
	"gorae/data"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Outline implements task.Outliner: a sequence has length steps of the features that are named.
func (Task) Outline(d *spec.Data) task.Outline {
	s := d.Section(name).(*Section).Sequence
	if s == nil || s.Length == 0 || len(s.Features) == 0 {
		return task.Outline{Lacks: "data.sequence with length and features"}
	}
	return task.Outline{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{s.Length, len(s.Features)}}}}
}
