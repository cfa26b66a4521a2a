package weight

// Delta is what a layer adds to a variable where it uses it, Scale·A·B: a low-rank adaptation. The variable itself does
// not move. A has the variable's shape but for its last axis, which is B's first one; B's second axis is the variable's
// last one.
type Delta struct {
	A, B  *Variable
	Scale float64
}

// Merged is the variable's numbers with its Delta, and the variable's own where it has none.
func (v *Variable) Merged() []float32 {
	d := v.Delta
	if d == nil {
		return v.Value.F32
	}
	rank, cols := d.B.Shape[0], d.B.Shape[1]
	out := make([]float32, len(v.Value.F32))
	for i, w := range v.Value.F32 {
		row, col := i/cols, i%cols
		sum := 0.0
		for k := range rank {
			sum += float64(d.A.Value.F32[row*rank+k]) * float64(d.B.Value.F32[k*cols+col])
		}
		out[i] = float32(float64(w) + d.Scale*sum)
	}
	return out
}

// Adapters are the parts of the adaptations of variables, which model files do not hold: they are in the numbers of the
// variables that they adapt.
func Adapters(vars []*Var) map[*Variable]bool {
	parts := map[*Variable]bool{}
	for _, v := range vars {
		if v.Delta != nil {
			parts[v.Delta.A], parts[v.Delta.B] = true, true
		}
	}
	return parts
}
