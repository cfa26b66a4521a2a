package run

import (
	"fmt"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/config"
	"gorae/model"
	"gorae/task"
)

// transfer begins with the weights of another model's layers of the same names and shapes, and freezes layers, as
// train.start_from and train.freeze say.
func (p *Prepared) transfer() error {
	t := &p.Spec.Train
	if t.StartFrom != "" {
		if err := p.startFrom(t.StartFrom); err != nil {
			return err
		}
	}
	layers := p.Model.Layers()
	var names []string
	for _, i := range layers {
		names = append(names, i.Name())
	}
	for i, name := range t.Freeze {
		at := slices.Index(names, name)
		if at < 0 {
			return config.Errorf("train.freeze"+config.Index(i), "no layer %q", name).Suggesting(name, names)
		}
		layers[at].SetTrainable(false)
	}
	return nil
}

func (p *Prepared) startFrom(name string) error {
	const key = "train.start_from"
	path, err := expand(p.file, key, name)
	if err != nil {
		return err
	}
	from, err := bundle.Open(path)
	if err != nil {
		return task.Errorf(key, "%v", err)
	}
	c, err := model.CopyWeights(p.Model, from.Model, model.CopyOptions{SkipMismatch: true})
	if err != nil {
		return task.Errorf(key, "%v", err)
	}
	note := fmt.Sprintf("%s begin with the weights of %s", strings.Join(c.Layers, ", "), name)
	for _, s := range c.Skipped {
		note += "; " + s.Error()
	}
	p.Notes = append(p.Notes, note)
	return nil
}
