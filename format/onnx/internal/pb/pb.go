// Package pb reads and writes the messages of an ONNX file: onnx.proto of ONNX 1.23 (IR version 13), by field numbers.
//
// A file of any size is read through an io.ReaderAt. The numbers of tensors stay in the file until somebody asks for
// them ([Tensor.Size], [Tensor.Read]), so that a file's structure takes memory in proportion to its nodes, which are
// counted. Fields that are not used here are skipped.
//
// Source: github.com/onnx/onnx, onnx/onnx.proto; protobuf.dev/programming-guides/encoding.
package pb

// Model is a ModelProto.
type Model struct {
	IR              int64
	Producer        string
	ProducerVersion string
	Domain          string
	Version         int64
	Doc             string
	Opsets          []Opset
	Graph           *Graph
	Metadata        []Pair
	Functions       []*Function
}

// Opset is the version of the operators of a domain; "" is the default domain, ai.onnx.
type Opset struct {
	Domain  string
	Version int64
}

// Pair is a key with its value.
type Pair struct{ Key, Value string }

// Graph is a GraphProto.
type Graph struct {
	Name         string
	Doc          string
	Nodes        []*Node
	Initializers []*Tensor
	Sparse       int // how many sparse initializers there are; they are not read
	Inputs       []*Value
	Outputs      []*Value
	Values       []*Value // what lies between, where the file says their types
}

// Node is a NodeProto: one use of an operator. An empty name of an input or output is one that is left out.
type Node struct {
	Op, Domain, Name, Doc string
	Inputs, Outputs       []string
	Attributes            []*Attribute
}

// AttributeType says which field of an [Attribute] holds its value.
type AttributeType int32

// The types of attributes.
const (
	Float AttributeType = iota + 1
	Int
	String
	TensorType
	GraphType
	Floats
	Ints
	Strings
	Tensors
	Graphs
	SparseTensor
	SparseTensors
	TypeType
	TypeTypes
)

// Attribute is an AttributeProto.
type Attribute struct {
	Name    string
	Ref     string // in a function: the attribute of the function whose value it is
	Type    AttributeType
	F       float32
	I       int64
	S       string
	T       *Tensor
	G       *Graph
	Floats  []float32
	Ints    []int64
	Strings []string
	Graphs  []*Graph
}

// Elem is the type of a tensor's elements, a TensorProto.DataType.
type Elem int32

// The element types.
const (
	Undefined Elem = iota
	F32
	Uint8
	Int8
	Uint16
	Int16
	I32
	I64
	Text
	Bool
	F16
	F64
	Uint32
	Uint64
	Complex64
	Complex128
	BF16
)

var elems = []string{"undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
	"float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz",
	"float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"}

// String is the name of a type as NumPy spells it.
func (e Elem) String() string {
	if e < 0 || int(e) >= len(elems) {
		return "unknown"
	}
	return elems[e]
}

// Bytes is the size of an element in raw data; 0 for texts and for types that are not read.
func (e Elem) Bytes() int64 {
	switch e {
	case Uint8, Int8, Bool:
		return 1
	case Uint16, Int16, F16, BF16:
		return 2
	case F32, I32, Uint32:
		return 4
	case I64, F64, Uint64:
		return 8
	}
	return 0
}

// Tensor is a TensorProto. Its elements are read by [Tensor.Read].
type Tensor struct {
	Name string
	Dims []int64
	Elem Elem
	// Raw are the elements of a tensor to be written, little-endian.
	Raw []byte
	// Texts are the elements of a tensor of texts.
	Texts []string
	// External says where the elements lie outside of the file, where they do: location, offset, length.
	External []Pair

	raw    span   // raw_data in the file
	packed []span // float_data, int32_data, int64_data, double_data or uint64_data in the file
}

// Value is a ValueInfoProto.
type Value struct {
	Name string
	Type *Type
}

// Type is a TypeProto.
type Type struct {
	Kind string // "tensor", "sequence", "map", "optional", "sparse", "opaque"
	Elem Elem   // of a tensor
	Dims []Dim  // of a tensor
	Rank bool   // whether the file says the dimensions
}

// Dim is an extent: a number, a name, or neither.
type Dim struct {
	Value int64 // −1 where it is not known
	Name  string
}

// Function is a FunctionProto: an operator defined by a graph.
type Function struct {
	Name, Domain, Overload string
	Inputs, Outputs        []string
	Attributes             []string
	Defaults               []*Attribute
	Nodes                  []*Node
	Opsets                 []Opset
}
