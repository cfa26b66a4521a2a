package tensor

// Floats returns the tensor as float32 with its values unchanged; a float32 tensor returns itself.
func (t *Tensor) Floats() *Tensor {
	if t.DType() == Float32 {
		return t
	}
	out := New(Float32, t.Shape...)
	for i := range out.F32 {
		out.F32[i] = float32(t.Float(i))
	}
	return out
}
