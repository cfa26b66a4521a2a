package run

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/config"
	"gorae/format"
	"gorae/model"
	"gorae/optim"
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
	// The optimizer's state is that of these weights: where some begin otherwise it has no meaning.
	if len(c.Missing)+len(c.Skipped)+len(c.Unused) == 0 {
		p.origin = &origin{path: path, name: name, model: from.Model}
	}
	return nil
}

// origin is the model file whose weights all layers begin with.
type origin struct {
	path, name string
	model      *model.Model
}

// takeState goes on from the state of the optimizer in the file of train.start_from, where all layers begin with its
// weights and train.optimizer is the optimizer that it was trained with; the learning rate may differ. A state that is
// there and is not used is noted.
func (p *Prepared) takeState() {
	if p.origin == nil {
		return
	}
	o, err := format.LoadOptimizer(p.origin.path, p.origin.model)
	switch {
	case err != nil:
		p.Notes = append(p.Notes, fmt.Sprintf("the optimizer begins anew: %v", err))
		return
	case o == nil || o.Iterations == 0:
		return
	}
	was, is := optimizerKeys(o.Settings), optimizerKeys(p.Spec.Train.Optimizer)
	if !slices.EqualFunc(was, is, func(a, b config.Entry) bool { return reflect.DeepEqual(a, b) }) {
		text, err := json.Marshal(optim.Optimizers.Written(o.Settings))
		if err != nil {
			text = nil
		}
		p.Notes = append(p.Notes, fmt.Sprintf("the optimizer begins anew: %s was trained with %s; to go on from its "+
			"state give the same train.optimizer", p.origin.name, text))
		return
	}
	p.state = o
	p.Notes = append(p.Notes, fmt.Sprintf("the optimizer goes on after the %d steps of %s", o.Iterations,
		p.origin.name))
}

// optimizerKeys are the class of an optimizer and its arguments but for the learning rate.
func optimizerKeys(o optim.Optimizer) config.Map {
	class, _ := optim.Optimizers.Class(o)
	return config.Encode(config.Filled(o)).Set("learning_rate", class)
}
