package plan

import (
	"fmt"
	"unsafe"

	"gorae/graph"
	"gorae/internal/mem"
	"gorae/tensor"
)

// Value is a buffer of a plan. Nodes that hold the same elements in other shapes are one value.
type Value struct {
	ID    int
	Node  *graph.Node // the first node with these elements; nil for a kernel's own buffer
	DType tensor.DType
	Size  int // elements

	maker  *step // nil for leaves and constants
	leaf   int   // index into Plan.leaves, −1 for none
	fixed  *tensor.Tensor
	offset int // in the arena, in float32s

	first, last int  // steps that write it first and read it last
	pinned      bool // read after the run
}

// words returns the size in float32s, rounded up to whole cache lines.
func (v *Value) words() int {
	n := v.Size
	if v.DType == tensor.Uint8 {
		n = (n + 3) / 4
	}
	return (n + lineWords - 1) / lineWords * lineWords
}

const lineWords = mem.Line // float32s in a cache line

func (v *Value) inArena() bool { return v.leaf < 0 && v.fixed == nil }

// shape returns the shape of the node; a buffer without a node is a vector.
func (v *Value) shape() tensor.Shape {
	if v.Node == nil {
		return tensor.Shape{v.Size}
	}
	return v.Node.Shape
}

func (v *Value) String() string {
	switch {
	case v.leaf >= 0:
		return v.Node.Call.Op.(graph.Leaf).Name
	case v.fixed != nil && v.Size == 1:
		return fmt.Sprint(v.fixed.Float(0))
	case v.fixed != nil:
		return fmt.Sprintf("const%v", v.fixed.Shape)
	}
	return fmt.Sprintf("v%d", v.ID)
}

// store is the memory behind a value in one runner, in the three element types.
type store struct {
	f []float32
	i []int32
	u []uint8
}

func storeOf(t *tensor.Tensor) store {
	s := store{t.F32, t.I32, t.U8}
	if t.I32 != nil {
		s.f = asFloats(t.I32)
	}
	return s
}

// asFloats returns the same memory as float32s, for copying elements of four bytes.
func asFloats(x []int32) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// within returns a value's part of an arena.
func (v *Value) within(arena []float32) store {
	mem := arena[v.offset : v.offset+v.words()]
	p := unsafe.Pointer(unsafe.SliceData(mem))
	if v.DType == tensor.Uint8 {
		return store{u: unsafe.Slice((*uint8)(p), v.Size)}
	}
	s := store{f: mem[:v.Size:v.Size]}
	if v.DType == tensor.Int32 {
		s.i = unsafe.Slice((*int32)(p), v.Size)
	}
	return s
}

// tensor returns the store as a tensor of a shape.
func (s store) tensor(dt tensor.DType, shape tensor.Shape) *tensor.Tensor {
	t := &tensor.Tensor{Shape: shape}
	switch dt {
	case tensor.Int32:
		t.I32 = s.i
	case tensor.Uint8:
		t.U8 = s.u
	default:
		t.F32 = s.f
	}
	return t
}
