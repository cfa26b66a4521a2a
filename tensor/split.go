package tensor

// Split writes v as a sum of float32: each of to is what the ones before it lack of v, so that three of them hold any
// float64 of a float32's range and two hold 48 bits of it. Sum adds them up again.
func Split(v float64, to []float32) {
	for i := range to {
		to[i] = float32(v)
		v -= float64(to[i])
	}
}

// Sum returns the number that Split has split; the smallest part is added first.
func Sum(parts []float32) float64 {
	v := 0.0
	for i := len(parts) - 1; i >= 0; i-- {
		v += float64(parts[i])
	}
	return v
}
