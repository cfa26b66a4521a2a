package train

import (
	"fmt"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// capture copies the values of variables into dst, whose memory it uses again.
func capture(dst []tensor.Named, vars []*weight.Var) []tensor.Named {
	if len(dst) != len(vars) {
		dst = make([]tensor.Named, len(vars))
	}
	for i, v := range vars {
		if dst[i].Tensor == nil || dst[i].Name != v.Path || !dst[i].Shape.Equal(v.Shape) {
			dst[i] = tensor.Named{Name: v.Path, Tensor: tensor.New(tensor.Float32, v.Shape...)}
		}
		copy(dst[i].F32, v.Value.F32)
	}
	return dst
}

// restore puts copied values back. Nothing is written unless all of them fit.
func restore(vars []*weight.Var, saved []tensor.Named) error {
	by := map[string]*tensor.Tensor{}
	for _, t := range saved {
		by[t.Name] = t.Tensor
	}
	for _, v := range vars {
		t := by[v.Path]
		switch {
		case t == nil:
			return fmt.Errorf("the saved state has no weight %q; it belongs to another model", v.Path)
		case !t.Shape.Equal(v.Shape) || t.DType() != tensor.Float32:
			return fmt.Errorf("weight %q has shape %v, in the saved state %v%v; it belongs to another model", v.Path, v.Shape, t.DType(), t.Shape)
		}
	}
	if len(saved) != len(vars) {
		return fmt.Errorf("the saved state has %d weights, the model %d; it belongs to another model", len(saved), len(vars))
	}
	for _, v := range vars {
		copy(v.Value.F32, by[v.Path].F32)
	}
	return nil
}

// position puts the step's own state into a snapshot, which shares its memory.
func (s *Step) position(to *Snapshot) {
	to.Seed, to.Step, to.LearningRate = s.seed, s.count, s.rate.F32[0]
	for _, name := range s.slotNames {
		to.Slots = append(to.Slots, tensor.Named{Name: name, Tensor: s.slots[name]})
	}
}

// resume takes the step's own state from a snapshot.
func (s *Step) resume(from *Snapshot) {
	s.seed, s.count = from.Seed, from.Step
	copy(s.key.I32, graph.Key(from.Seed, 0))
	s.rate.F32[0] = from.LearningRate
	s.resumed = from.Step > 0
	for _, t := range from.Slots {
		s.slots[t.Name] = t.Tensor.Clone()
		s.slotNames = append(s.slotNames, t.Name)
	}
}
