package vec

// AddS sets dst to a + s.
func AddS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opAddS](dst, a, s)
}

// SubS sets dst to a − s.
func SubS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opSubS](dst, a, s)
}

// RsubS sets dst to s − a.
func RsubS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opRsubS](dst, a, s)
}

// MulS sets dst to a·s.
func MulS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opMulS](dst, a, s)
}

// DivS sets dst to a/s.
func DivS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opDivS](dst, a, s)
}

// RdivS sets dst to s/a.
func RdivS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opRdivS](dst, a, s)
}

// PowS sets dst to a^s, by math.Pow's rules but that the root (s = ½) of −Inf
// is NaN.
func PowS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opPowS](dst, a, s)
}

// RpowS sets dst to s^a, by math.Pow's rules.
func RpowS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opRpowS](dst, a, s)
}

// MaxS sets dst to the larger of a and s; NaN if either is.
func MaxS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opMaxS](dst, a, s)
}

// MinS sets dst to the smaller of a and s; NaN if either is.
func MinS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opMinS](dst, a, s)
}

// EqS sets dst to 1 where a = s, else 0.
func EqS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opEqS](dst, a, s)
}

// NeS sets dst to 1 where a ≠ s, else 0.
func NeS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opNeS](dst, a, s)
}

// LtS sets dst to 1 where a < s, else 0.
func LtS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opLtS](dst, a, s)
}

// LeS sets dst to 1 where a ≤ s, else 0.
func LeS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opLeS](dst, a, s)
}

// GtS sets dst to 1 where a > s, else 0.
func GtS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opGtS](dst, a, s)
}

// GeS sets dst to 1 where a ≥ s, else 0.
func GeS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opGeS](dst, a, s)
}

// AndS sets dst to 1 where neither a nor s is 0, else 0.
func AndS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opAndS](dst, a, s)
}

// OrS sets dst to 1 where a or s is not 0, else 0.
func OrS(dst, a []float32, s float32) {
	need(len(dst), len(a))
	use.scalar[opOrS](dst, a, s)
}
