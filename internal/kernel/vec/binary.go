package vec

// Add sets dst to a + b.
func Add(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opAdd](dst, a, b)
}

// Sub sets dst to a − b.
func Sub(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opSub](dst, a, b)
}

// Mul sets dst to a·b.
func Mul(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opMul](dst, a, b)
}

// Div sets dst to a/b.
func Div(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opDiv](dst, a, b)
}

// Pow sets dst to a^b, by math.Pow's rules, within 2.5 units in the last place; a result below the least
// normal number is 0 in assembly.
func Pow(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opPow](dst, a, b)
}

// Max sets dst to the larger of a and b; NaN if either is.
func Max(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opMax](dst, a, b)
}

// Min sets dst to the smaller of a and b; NaN if either is.
func Min(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opMin](dst, a, b)
}

// Eq sets dst to 1 where a = b, else 0.
func Eq(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opEq](dst, a, b)
}

// Ne sets dst to 1 where a ≠ b, else 0.
func Ne(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opNe](dst, a, b)
}

// Lt sets dst to 1 where a < b, else 0.
func Lt(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opLt](dst, a, b)
}

// Le sets dst to 1 where a ≤ b, else 0.
func Le(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opLe](dst, a, b)
}

// Gt sets dst to 1 where a > b, else 0.
func Gt(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opGt](dst, a, b)
}

// Ge sets dst to 1 where a ≥ b, else 0.
func Ge(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opGe](dst, a, b)
}

// And sets dst to 1 where neither a nor b is 0, else 0.
func And(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opAnd](dst, a, b)
}

// Or sets dst to 1 where a or b is not 0, else 0.
func Or(dst, a, b []float32) {
	need2(len(dst), len(a), len(b))
	use.binary[opOr](dst, a, b)
}
