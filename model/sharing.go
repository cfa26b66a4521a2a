package model

import (
	"fmt"
	"reflect"

	"gorae/config"
	"gorae/layer"
)

// SharedKey is the key, beside class_name and config, under which a configuration numbers a layer or model that stands
// in several places. Keras passes over it. (Keras's own shared_object_id stands at the second place only, and Keras 3
// fails to read a functional model in which it stands at both.)
const SharedKey = "gorae_shared"

// Sharing writes and reads the configurations of several models of one file, such as an encoder and the autoencoder
// that contains it, so that the layers and whole models that they share are shared again. A layer that stands in
// several places has the same number under [SharedKey] in each. The zero value reads; [SharedBy] makes one that writes.
// Models without a layer in several places have the same configurations with and without it.
type Sharing struct {
	ids  map[*Instance]int
	read map[float64]sharedObject
}

// sharedObject is what stood under a number when it was met first.
type sharedObject struct {
	inst   *Instance
	name   string
	config map[string]any // {class_name, config}
}

// SharedBy returns the layers that models share with each other, and those that one of them has in several places. The
// numbers are 1, 2, … in the order of the first places.
func SharedBy(models ...*Model) *Sharing {
	count := map[*Instance]int{}
	var order []*Instance
	var visit func(*Instance)
	visit = func(i *Instance) {
		if count[i]++; count[i] > 1 { // what is in it is shared with it
			return
		}
		order = append(order, i)
		switch sub, further := inner(i.Layer); {
		case sub == nil:
		case further != "":
			visit(Share(sub))
		default:
			for _, j := range sub.instances() {
				if !isInput(j) {
					visit(j)
				}
			}
		}
	}
	for _, m := range models {
		visit(Share(m))
	}
	s := &Sharing{ids: map[*Instance]int{}}
	for _, i := range order {
		if count[i] > 1 {
			s.ids[i] = len(s.ids) + 1
		}
	}
	return s
}

func isInput(i *Instance) bool { _, is := i.Layer.(layer.Input); return is }

// Config returns [Model.Config] with the numbers of what m shares.
func (s *Sharing) Config(m *Model) (config.Map, error) {
	c, err := m.Config()
	if err != nil {
		return nil, err
	}
	return s.mark(Share(m), c), nil
}

// mark adds the numbers of i and of all in it to the configuration of i.
func (s *Sharing) mark(i *Instance, c config.Map) config.Map {
	if sub, further := inner(i.Layer); sub != nil {
		body := c.Get("config").(config.Map)
		if further != "" { // TimeDistributed
			body.Set("layer", s.mark(Share(sub), body.Get("layer").(config.Map)))
		} else {
			layers := body.Get("layers").([]any)
			for k, j := range sub.instances() {
				layers[k] = s.mark(j, layers[k].(config.Map))
			}
		}
	}
	if id := s.ids[i]; id > 0 {
		c = c.Set(SharedKey, float64(id))
	}
	return c
}

// FromConfig returns the package's [FromConfig] of one model of a file after the other. A layer or model whose number
// stood in a configuration that the same Sharing has read, or earlier in this one, is that layer or model. So the
// result is an earlier model where c is the configuration of one. Other keys under the same number are an error.
func (s *Sharing) FromConfig(c map[string]any) (*Model, error) {
	m, err := read(c)
	if err != nil {
		return nil, err
	}
	i, err := s.join(Share(m), c)
	if err != nil {
		return nil, err
	}
	m = i.Layer.(*Model)
	body, _ := c["config"].(map[string]any)
	if name, ok := body["name"].(string); ok && name != "" { // as a layer it may have another one
		m.Name = name
	}
	return m, nil
}

// join returns the instance that stands for i, which was read from c: i itself, with shared layers in the place of
// those that are in it, or what was read earlier under the number of c. A number is noted once all within i is settled,
// so nothing can come to stand within itself.
func (s *Sharing) join(i *Instance, c map[string]any) (*Instance, error) {
	body, _ := c["config"].(map[string]any)
	v, numbered := c[SharedKey]
	id, isNumber := config.Number(v)
	name, _ := body["name"].(string)
	switch was, known := s.read[id]; {
	case !numbered || isInput(i):
	case !isNumber:
		return nil, fmt.Errorf("model: layer %q: %s is %v; want a number", name, SharedKey, v)
	case known && (was.config["class_name"] != c["class_name"] || !alike(was.config["config"], body)):
		return nil, fmt.Errorf("model: layers %q and %q are said to be one (%s %v), and have different configurations",
			was.name, name, SharedKey, v)
	case known:
		return was.inst, nil
	}
	if err := s.joinParts(i, body); err != nil {
		return nil, err
	}
	if numbered && !isInput(i) {
		if s.read == nil {
			s.read = map[float64]sharedObject{}
		}
		if _, inside := s.read[id]; inside {
			return nil, fmt.Errorf("model: layer %q is said to be within itself (%s %v)", name, SharedKey, v)
		}
		s.read[id] = sharedObject{i, name, map[string]any{"class_name": c["class_name"], "config": body}}
	}
	return i, nil
}

// joinParts joins the layers of a model, or the model that i applies to each step.
func (s *Sharing) joinParts(i *Instance, body map[string]any) error {
	sub, _ := inner(i.Layer)
	if sub == nil {
		return nil
	}
	if each, ok := i.Layer.(layer.TimeDistributed); ok {
		c, _ := body["layer"].(map[string]any)
		j, err := s.join(Share(sub), c)
		if err != nil {
			return err
		}
		each.Layer = j.Layer
		i.Layer = each
		return nil
	}
	byName := map[string]*Instance{}
	for j, name := range sub.names {
		byName[name] = j
	}
	list, _ := body["layers"].([]any)
	for _, v := range list {
		c, _ := v.(map[string]any)
		j := byName[nameIn(c)]
		if j == nil { // a layer that leads to no output
			continue
		}
		shared, err := s.join(j, c)
		if err != nil {
			return err
		}
		if shared == j {
			continue
		}
		if other, taken := sub.names[shared]; taken {
			return fmt.Errorf("model: layers %q and %q of model %q are said to be one (%s %v); a layer stands once "+
				"in a model", other, sub.names[j], sub.Name, SharedKey, c[SharedKey])
		}
		sub.replace(j, shared)
	}
	return nil
}

// nameIn returns the name of a layer in its model.
func nameIn(c map[string]any) string {
	if name, _ := c["name"].(string); name != "" {
		return name
	}
	body, _ := c["config"].(map[string]any)
	name, _ := body["name"].(string)
	return name
}

// replace puts another instance in the place of one of m, under the same name; m is not built.
func (m *Model) replace(old, by *Instance) {
	for _, c := range m.calls {
		if c.inst == old {
			c.inst = by
		}
	}
	m.names[by] = m.names[old]
	delete(m.names, old)
}

// alike reports whether two configurations of a layer are the same but for its name and numbers.
func alike(a, b any) bool {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	return sameKeys(x, y, "name") && sameKeys(y, x, "name")
}

func sameKeys(x, y map[string]any, but string) bool {
	for k, v := range x {
		if w := y[k]; k != but && k != SharedKey && !same(v, w) {
			return false
		}
	}
	return true
}

func same(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && sameKeys(x, y, "") && sameKeys(y, x, "")
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
