package train

import (
	"fmt"

	"gorae/tensor"
)

// capture copies the values of variables into dst, whose memory it uses again.
func capture(dst []tensor.Named, vars []variable) []tensor.Named {
	if len(dst) != len(vars) {
		dst = make([]tensor.Named, len(vars))
	}
	for i, v := range vars {
		if dst[i].Tensor == nil || dst[i].Name != v.name || !dst[i].Shape.Equal(v.Shape) {
			dst[i] = tensor.Named{Name: v.name, Tensor: tensor.New(tensor.Float32, v.Shape...)}
		}
		copy(dst[i].F32, v.Value.F32)
	}
	return dst
}

// restore puts copied values back. Nothing is written unless all of them fit.
func restore(vars []variable, saved []tensor.Named) error {
	by := map[string]*tensor.Tensor{}
	for _, t := range saved {
		by[t.Name] = t.Tensor
	}
	for _, v := range vars {
		t := by[v.name]
		switch {
		case t == nil:
			return fmt.Errorf("the saved state has no weight %q; it belongs to another model", v.name)
		case !t.Shape.Equal(v.Shape) || t.DType() != tensor.Float32:
			return fmt.Errorf("weight %q has shape %v, in the saved state %v%v; it belongs to another model", v.name,
				v.Shape, t.DType(), t.Shape)
		}
	}
	if len(saved) != len(vars) {
		return fmt.Errorf("the saved state has %d weights, the model %d; it belongs to another model", len(saved),
			len(vars))
	}
	for _, v := range vars {
		copy(v.Value.F32, by[v.name].F32)
	}
	return nil
}

// state is the step's own state, which shares its memory.
func (s *Step) state(name string) StepState {
	to := StepState{Name: name, Count: s.count, LearningRate: s.rate.F32[0]}
	for _, name := range s.slotNames {
		to.Slots = append(to.Slots, tensor.Named{Name: name, Tensor: s.slots[name]})
	}
	return to
}

// resume takes the step's own state back.
func (s *Step) resume(from StepState) {
	s.count, s.rate.F32[0], s.resumed = from.Count, from.LearningRate, from.Count > 0
	s.foreign = false
	for _, t := range from.Slots {
		if s.slots[t.Name] == nil {
			s.slotNames = append(s.slotNames, t.Name)
		}
		s.slots[t.Name] = t.Tensor.Clone()
	}
	s.program.Reset() // what is compiled is bound to the former slots
}
