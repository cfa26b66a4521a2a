// Package arrays gives a network the named arrays of a file of weights: by gorae's paths of weights, or by the names
// and layouts of PyTorch's modules.
package arrays

import (
	"fmt"
	"slices"
	"strings"

	"gorae/format"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// Of are the weights and states of a built model by their paths, sorted. A layer in several places has its numbers
// once, what is adapted (LoRA) has the numbers of its sum. The model's lock is held until done is called.
func Of(m *model.Model) (all []tensor.Named, done func(), err error) {
	if m == nil || m.Store() == nil {
		return nil, nil, fmt.Errorf("the model is not built; call Build first")
	}
	lock := model.Lock(m)
	lock.RLock()
	for _, v := range wanted(m) {
		all = append(all, tensor.Named{Name: v.Path,
			Tensor: &tensor.Tensor{Shape: v.Shape, F32: v.Merged()}})
	}
	slices.SortFunc(all, func(a, b tensor.Named) int { return strings.Compare(a.Name, b.Name) })
	return all, lock.RUnlock, nil
}

// wanted are the variables that a file has: each once, without what layers remember and without adaptations.
func wanted(m *model.Model) (all []*weight.Var) {
	parts, seen := weight.Adapters(m.Store().Vars()), map[*weight.Variable]bool{}
	for _, v := range m.Store().Vars() {
		if v.Kind != weight.Session && !parts[v.Variable] && !seen[v.Variable] {
			seen[v.Variable] = true
			all = append(all, v)
		}
	}
	return all
}

// filling is how a variable gets its numbers.
type filling struct {
	v    *weight.Var
	from []int // arrays
	put  func(dst []float32, from [][]float32)
}

// Fill gives a built model the arrays of a file. Where an array has the path of a weight all go by paths, else they are
// those of PyTorch's modules. ordered says that they stand in the order in which the modules were made. The model takes
// all or none; one error names every array that no weight takes and every weight that has none.
func Fill(m *model.Model, list []format.Array, ordered bool) error {
	if m.Store() == nil {
		return fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	var plan []filling
	var rest *unmatched
	if paths(m, list) {
		plan, rest = byPath(m, list)
	} else {
		plan, rest = byModule(m, list, ordered)
	}
	if rest.any() {
		return rest
	}
	values := map[*weight.Variable][]float32{}
	for _, f := range plan {
		parts := make([][]float32, len(f.from))
		for i, k := range f.from {
			parts[i] = make([]float32, list[k].Shape.Size())
			if err := list[k].Read(parts[i]); err != nil {
				return fmt.Errorf("%s: %w", list[k].Name, err)
			}
		}
		dst := parts[0]
		if f.put != nil {
			dst = make([]float32, f.v.Shape.Size())
			f.put(dst, parts)
		}
		if err := weight.Finite(f.v.Path, &tensor.Tensor{Shape: f.v.Shape, F32: dst}); err != nil {
			return err
		}
		values[f.v.Variable] = dst
	}
	if err := anew(m, values); err != nil {
		return err
	}
	lock := model.Lock(m)
	lock.Lock()
	defer lock.Unlock()
	for v, x := range values {
		copy(v.Value.F32, x)
	}
	return nil
}

// anew gives adaptations their first values, beside the weights that hold what they were.
func anew(m *model.Model, values map[*weight.Variable][]float32) error {
	parts := weight.Adapters(m.Store().Vars())
	for _, v := range m.Store().Vars() {
		if !parts[v.Variable] || values[v.Variable] != nil {
			continue
		}
		x := make([]float32, v.Shape.Size())
		if err := v.Init.Fill(x, v.Shape, weight.NewRand(0, v.Path)); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
		values[v.Variable] = x
	}
	return nil
}

// paths reports whether an array has the path of a variable.
func paths(m *model.Model, list []format.Array) bool {
	return slices.ContainsFunc(list, func(a format.Array) bool {
		return strings.Contains(a.Name, "/") && m.Store().Var(a.Name) != nil
	})
}

// byPath pairs arrays and variables of the same name.
func byPath(m *model.Model, list []format.Array) (plan []filling, rest *unmatched) {
	rest = &unmatched{}
	found := map[*weight.Variable]bool{}
	for i, a := range list {
		v := m.Store().Var(a.Name)
		switch {
		case v == nil || v.Kind == weight.Session:
			rest.unused = append(rest.unused, a.Name)
		case !v.Shape.Equal(a.Shape):
			rest.faults = append(rest.faults, fmt.Sprintf("%s has shape %v, and the weight %v", a.Name, a.Shape,
				v.Shape))
			found[v.Variable] = true
		case !found[v.Variable]:
			found[v.Variable] = true
			plan = append(plan, filling{v: v, from: []int{i}})
		}
	}
	for _, v := range wanted(m) {
		if !found[v.Variable] {
			rest.missing = append(rest.missing, fmt.Sprintf("%s %v", v.Path, v.Shape))
		}
	}
	return plan, rest
}

// unmatched is the error of arrays and weights that do not belong together.
type unmatched struct {
	unused  []string // arrays
	missing []string // weights with their shapes
	faults  []string
}

func (u *unmatched) any() bool { return len(u.unused)+len(u.missing)+len(u.faults) > 0 }

func (u *unmatched) Error() string {
	var parts []string
	if len(u.faults) > 0 {
		parts = append(parts, strings.Join(u.faults, "; "))
	}
	if len(u.unused) > 0 {
		parts = append(parts, "no weight takes "+strings.Join(u.unused, ", "))
	}
	if len(u.missing) > 0 {
		parts = append(parts, "nothing in the file is "+strings.Join(u.missing, ", "))
	}
	return strings.Join(parts, "; ")
}
