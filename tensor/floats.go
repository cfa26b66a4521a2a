package tensor

// Floats is the tensor as float32, its values unchanged; itself where it is one.
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
