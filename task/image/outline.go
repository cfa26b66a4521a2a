package image

import (
	"gorae/data"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Outline implements task.Outliner: size and colour are the shape of a picture.
func (Task) Outline(d *spec.Data) task.Outline {
	i := d.Section(name).(*Section).Image
	channels := map[string]int{"grey": 1, "rgb": 3}[i.Colour]
	if len(i.Size) != 2 || channels == 0 {
		return task.Outline{Lacks: "data.image with size and colour"}
	}
	return task.Outline{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{i.Size[0], i.Size[1], channels}}}}
}
