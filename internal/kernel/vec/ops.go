package vec

// The unary operations, as indices into a variant's table.
const (
	opNeg = iota
	opAbs
	opSign
	opExp
	opExpm1
	opLog
	opLog1p
	opSqrt
	opRsqrt
	opRecip
	opSquare
	opTanh
	opSigmoid
	opErf
	opRelu
	opFloor
	opCeil
	opRound
	opSin
	opCos
	opSoftplus
	opNot
	nUnary
)

var unaryNames = [nUnary]string{"Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Recip",
	"Square", "Tanh", "Sigmoid", "Erf", "Relu", "Floor", "Ceil", "Round", "Sin", "Cos", "Softplus", "Not"}

// The binary operations, as indices into a variant's table.
const (
	opAdd = iota
	opSub
	opMul
	opDiv
	opPow
	opMax
	opMin
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opAnd
	opOr
	nBinary
)

var binaryNames = [nBinary]string{"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Eq", "Ne", "Lt", "Le", "Gt", "Ge",
	"And", "Or"}

// The scalar operations, as indices into a variant's table.
const (
	opAddS = iota
	opSubS
	opRsubS
	opMulS
	opDivS
	opRdivS
	opPowS
	opRpowS
	opMaxS
	opMinS
	opEqS
	opNeS
	opLtS
	opLeS
	opGtS
	opGeS
	opAndS
	opOrS
	nScalar
)

var scalarNames = [nScalar]string{"AddS", "SubS", "RsubS", "MulS", "DivS", "RdivS", "PowS", "RpowS", "MaxS", "MinS",
	"EqS", "NeS", "LtS", "LeS", "GtS", "GeS", "AndS", "OrS"}
