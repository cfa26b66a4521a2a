package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorae/config"
)

// owners are the tasks that have keys of their own below one section of an experiment, in the order of their names. The
// values of the keys are pointers to the structs that the tasks registered, one for each owner, in the same order.
type owners []*owner

// owner is a task with the keys that belong to it.
type owner struct {
	task  string
	proto reflect.Type
	keys  []string
}

// register gives a task the keys of the struct that proto points to. It panics where a key is taken, which is a mistake
// in the program: below is the section's name, own its own keys.
func (o *owners) register(below string, own []string, task string, proto any) {
	t := reflect.TypeOf(proto)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("spec: the section of %s is %T, not a pointer to a struct", task, proto))
	}
	n := &owner{task, t.Elem(), config.Keys(proto)}
	for _, k := range n.keys {
		if slices.Contains(own, k) || o.owner(k) != "" {
			panic(fmt.Sprintf("spec: the key %s.%s of %s has an owner already", below, k, task))
		}
	}
	if slices.ContainsFunc(*o, func(x *owner) bool { return x.task == task }) {
		panic("spec: the task " + task + " has a section already")
	}
	*o = append(*o, n)
	slices.SortFunc(*o, func(a, b *owner) int { return strings.Compare(a.task, b.task) })
}

// extend returns the values with new ones for owners that have none yet.
func (o owners) extend(values []any) []any {
	for _, x := range o[len(values):] {
		values = append(values, reflect.New(x.proto).Interface())
	}
	return values
}

// section returns the value of a task, nil for a task that is no owner.
func (o owners) section(values []any, task string) any {
	for i, x := range o {
		switch {
		case x.task != task:
		case i < len(values):
			return values[i]
		default:
			return reflect.New(x.proto).Interface()
		}
	}
	return nil
}

// replaced returns the values with another one of a task.
func (o owners) replaced(values []any, task string, value any) []any {
	values = o.extend(slices.Clone(values))
	for i, x := range o {
		if x.task != task {
			continue
		}
		if reflect.TypeOf(value) != reflect.PointerTo(x.proto) {
			panic(fmt.Sprintf("spec: the section of %s is %T, want *%v", task, value, x.proto))
		}
		values[i] = value
	}
	return values
}

// owner returns the task that a key belongs to, "" for one that belongs to none.
func (o owners) owner(key string) string {
	for _, x := range o {
		if slices.Contains(x.keys, key) {
			return x.task
		}
	}
	return ""
}

// foreign returns the first of the keys that belongs to another task, "" if there is none.
func (o owners) foreign(keys []string, task string) string {
	for _, k := range keys {
		if own := o.owner(k); own != "" && own != task {
			return k
		}
	}
	return ""
}

// instead returns the key that is set and stands in the place of a required one, "" if there is none.
func (o owners) instead(values []any, required string) string {
	for _, v := range values {
		if k := config.Instead(v, required); k != "" {
			return k
		}
	}
	return ""
}

// given returns the keys that are set in a section and in the values of its owners.
func given(section any, values []any) []string {
	set := config.Given(section)
	for _, v := range values {
		set = append(set, config.Given(v)...)
	}
	return set
}

// cloned returns copies of the values.
func cloned(values []any) []any {
	values = slices.Clone(values)
	for i, v := range values {
		values[i] = config.Clone(v)
	}
	return values
}
