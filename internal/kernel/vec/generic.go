package vec

import "math"

// generic is portable Go. The transcendental functions go through float64, so
// that each is the rounded true value but for double rounding.
var generic = &variant{
	name: "generic",
	unary: [nUnary]func(dst, x []float32){
		opNeg:      negGeneric,
		opAbs:      absGeneric,
		opSign:     signGeneric,
		opExp:      through(math.Exp),
		opExpm1:    through(math.Expm1),
		opLog:      through(math.Log),
		opLog1p:    through(math.Log1p),
		opSqrt:     through(math.Sqrt),
		opRsqrt:    through(func(x float64) float64 { return 1 / math.Sqrt(x) }),
		opRecip:    recipGeneric,
		opSquare:   squareGeneric,
		opTanh:     through(math.Tanh),
		opSigmoid:  through(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }),
		opErf:      through(math.Erf),
		opRelu:     reluGeneric,
		opFloor:    through(math.Floor),
		opCeil:     through(math.Ceil),
		opRound:    through(math.RoundToEven),
		opSin:      through(math.Sin),
		opCos:      through(math.Cos),
		opSoftplus: through(softplus),
		opNot:      notGeneric,
	},
	binary: [nBinary]func(dst, a, b []float32){
		opAdd: addGeneric,
		opSub: subGeneric,
		opMul: mulGeneric,
		opDiv: divGeneric,
		opPow: pairs(pow),
		opMax: pairs(max2),
		opMin: pairs(min2),
		opEq:  pairs(func(a, b float32) float32 { return one(a == b) }),
		opNe:  pairs(func(a, b float32) float32 { return one(a != b) }),
		opLt:  pairs(func(a, b float32) float32 { return one(a < b) }),
		opLe:  pairs(func(a, b float32) float32 { return one(a <= b) }),
		opGt:  pairs(func(a, b float32) float32 { return one(a > b) }),
		opGe:  pairs(func(a, b float32) float32 { return one(a >= b) }),
		opAnd: pairs(func(a, b float32) float32 { return one(a != 0 && b != 0) }),
		opOr:  pairs(func(a, b float32) float32 { return one(a != 0 || b != 0) }),
	},
	scalar: [nScalar]func(dst, a []float32, s float32){
		opAddS:  addSGeneric,
		opSubS:  subSGeneric,
		opRsubS: rsubSGeneric,
		opMulS:  mulSGeneric,
		opDivS:  divSGeneric,
		opRdivS: rdivSGeneric,
		opPowS:  powS(squareGeneric, recipGeneric, through(math.Sqrt), with(pow)),
		opRpowS: with(func(a, s float32) float32 { return pow(s, a) }),
		opMaxS:  with(max2),
		opMinS:  with(min2),
		opEqS:   with(func(a, s float32) float32 { return one(a == s) }),
		opNeS:   with(func(a, s float32) float32 { return one(a != s) }),
		opLtS:   with(func(a, s float32) float32 { return one(a < s) }),
		opLeS:   with(func(a, s float32) float32 { return one(a <= s) }),
		opGtS:   with(func(a, s float32) float32 { return one(a > s) }),
		opGeS:   with(func(a, s float32) float32 { return one(a >= s) }),
		opAndS:  with(func(a, s float32) float32 { return one(a != 0 && s != 0) }),
		opOrS:   with(func(a, s float32) float32 { return one(a != 0 || s != 0) }),
	},
	where:          whereGeneric,
	mulAdd:         mulAddGeneric,
	reluGrad:       reluGradGeneric,
	sigmoidGrad:    sigmoidGradGeneric,
	tanhGrad:       tanhGradGeneric,
	fill:           fillGeneric,
	fromInt32:      fromInt32Generic,
	wholeFromUint8: fromUint8Generic,
	toInt32:        toInt32Generic,
	sum:            sumGeneric,
	sumSquares:     sumSquaresGeneric,
	dot:            dotGeneric,
	maxOf:          maxOfGeneric,
	minOf:          minOfGeneric,
	zeroIfFinite:   zeroIfFiniteGeneric,
	expSum:         expSumGeneric,
	sumExp:         sumExpGeneric,
	softmaxGrad:    softmaxGradGeneric,
	logSoftmaxGrad: logSoftmaxGradGeneric,
	colSum:         colSumGeneric,
	colMax:         colMaxGeneric,
	colMin:         colMinGeneric,
	transpose:      transposeGeneric,
	fetch:          func([]float32) {},
}

// through is a kernel that computes f in float64, element by element.
func through(f func(float64) float64) func(dst, x []float32) {
	return func(dst, x []float32) {
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = float32(f(float64(x[i])))
		}
	}
}

func pairs(f func(a, b float32) float32) func(dst, a, b []float32) {
	return func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}

func with(f func(a, s float32) float32) func(dst, a []float32, s float32) {
	return func(dst, a []float32, s float32) {
		a = a[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i], s)
		}
	}
}

func one(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func max2(a, b float32) float32 { return max(a, b) }
func min2(a, b float32) float32 { return min(a, b) }

func pow(a, b float32) float32 { return float32(math.Pow(float64(a), float64(b))) }

func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

func negGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func absGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(math.Float32bits(x[i]) &^ (1 << 31))
	}
}

func signGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		switch {
		case v > 0:
			v = 1
		case v < 0:
			v = -1
		}
		dst[i] = v
	}
}

func recipGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = 1 / x[i]
	}
}

func squareGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * x[i]
	}
}

func reluGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		dst[i] = v
	}
}

func notGeneric(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = one(x[i] == 0)
	}
}

func addGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func subGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func mulGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func divGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

func addSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + s
	}
}

func subSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - s
	}
}

func rsubSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = s - a[i]
	}
}

func mulSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * s
	}
}

func divSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / s
	}
}

func rdivSGeneric(dst, a []float32, s float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = s / a[i]
	}
}

// powS is a^s with the exponents that networks use kept out of any's way.
// The root of −Inf is NaN, where math.Pow has +Inf.
func powS(square, recip, root func(dst, x []float32), any func(dst, a []float32, s float32)) func(dst, a []float32,
	s float32) {
	cube := with(func(a, _ float32) float32 { return a * a * a })
	return func(dst, a []float32, s float32) {
		switch s {
		case 0.5:
			root(dst, a)
		case 1:
			copy(dst, a[:len(dst)])
		case 2:
			square(dst, a)
		case 3:
			cube(dst, a, s)
		case -1:
			recip(dst, a)
		default:
			any(dst, a, s)
		}
	}
}

func whereGeneric(dst, c, a, b []float32) {
	c, a, b = c[:len(dst)], a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if c[i] != 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

func mulAddGeneric(dst, a, b, c []float32) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		dst[i] = float32(float64(a[i])*float64(b[i]) + float64(c[i]))
	}
}

func reluGradGeneric(dst, dy, y []float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		if y[i] > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}

func sigmoidGradGeneric(dst, dy, y []float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i, s := range y {
		dst[i] = dy[i] * s * (1 - s)
	}
}

func tanhGradGeneric(dst, dy, y []float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i, t := range y {
		dst[i] = dy[i] * (1 - t*t)
	}
}

func fillGeneric(dst []float32, s float32) {
	for i := range dst {
		dst[i] = s
	}
}

func fromInt32Generic(dst []float32, x []int32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = float32(x[i])
	}
}

func fromUint8Generic(dst []float32, x []uint8) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = float32(x[i])
	}
}

// toInt32Generic truncates; what no int32 holds becomes the least int32, as the
// processor's conversion has it.
func toInt32Generic(dst []int32, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		if v >= -1<<31 && v < 1<<31 {
			dst[i] = int32(v)
		} else {
			dst[i] = math.MinInt32
		}
	}
}
