package series

import (
	"gorae/data"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Outline implements task.Outliner: a window has window steps of the features that are named, and two features for each
// word of the calendar.
func (Task) Outline(d *spec.Data) task.Outline {
	s := d.Section(name).(*Section).Series
	if s == nil || s.Window == 0 || len(s.Features) == 0 {
		return task.Outline{Lacks: "data.series with window and features"}
	}
	width := len(s.Features) + 2*len(s.Calendar)
	return task.Outline{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{s.Window, width}}}}
}
