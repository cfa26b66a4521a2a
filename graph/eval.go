package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Array is a value in the naive evaluator: a shape and its elements as float64,
// which hold every float32, int32 and uint8 exactly.
type Array struct {
	Type
	V []float64
}

// NewArray returns an array of zeros.
func NewArray(t Type) *Array { return &Array{t, make([]float64, t.Shape.Size())} }

// Eval is the argument of an operation's Eval: its operands, and tensors for its results. Single is true when results
// are rounded to float32 after each operation.
type Eval struct {
	In, Out []*Array
	Single  bool
}

// Evaluator computes nodes naively, in float64 throughout or, with Single, rounding
// the result of every operation to float32.
type Evaluator struct {
	Single bool
	Leaves map[string]*Array // by the leaf's name
	values map[*Node]*Array
	// Watch, if set, sees every value as it is computed.
	Watch func(n *Node, a *Array)
}

// ArrayOf returns a tensor as an array.
func ArrayOf(t *tensor.Tensor) *Array {
	a := NewArray(Type{t.DType(), t.Shape})
	for i := range a.V {
		a.V[i] = t.Float(i)
	}
	return a
}

// Tensor returns an array as a tensor of its type.
func (a *Array) Tensor() *tensor.Tensor {
	t := tensor.New(a.DType, a.Shape...)
	for i, v := range a.V {
		switch a.DType {
		case tensor.Int32:
			t.I32[i] = int32(v)
		case tensor.Uint8:
			t.U8[i] = uint8(v)
		default:
			t.F32[i] = float32(v)
		}
	}
	return t
}

// Value computes a node.
func (e *Evaluator) Value(n *Node) (*Array, error) {
	if e.values == nil {
		e.values = map[*Node]*Array{}
	}
	for _, c := range pathTo(n) {
		if e.values[c.Out[0]] != nil {
			continue
		}
		if err := e.call(c); err != nil {
			return nil, err
		}
	}
	return e.values[n], nil
}

// Assigned computes the value that each assignment of the graph gives to its state, by name.
func (e *Evaluator) Assigned(g *Graph) (map[string]*Array, error) {
	m := map[string]*Array{}
	for _, a := range g.Assigns {
		v, err := e.Value(a.Value)
		if err != nil {
			return nil, err
		}
		m[a.State.Call.Op.(Leaf).Name] = v
	}
	return m, nil
}

func (e *Evaluator) call(c *Call) error {
	ev := &Eval{Single: e.Single}
	for _, x := range c.In {
		ev.In = append(ev.In, e.values[x])
	}
	for _, o := range c.Out {
		ev.Out = append(ev.Out, NewArray(o.Type))
	}
	if l, ok := c.Op.(Leaf); ok {
		a := e.Leaves[l.Name]
		if a == nil {
			return fmt.Errorf("%v has no value", l)
		}
		if !a.Type.Equal(l.Type) || len(a.V) != a.Shape.Size() {
			return fmt.Errorf("%v is %v and was given %v with %d elements", l, l.Type, a.Type, len(a.V))
		}
		copy(ev.Out[0].V, a.V) // rounding must not reach the caller's numbers
	} else {
		c.Op.Eval(ev)
	}
	for i, o := range c.Out {
		if e.Single && o.DType == tensor.Float32 {
			for j, v := range ev.Out[i].V {
				ev.Out[i].V[j] = float64(float32(v))
			}
		}
		e.values[o] = ev.Out[i]
		if e.Watch != nil {
			e.Watch(o, ev.Out[i])
		}
	}
	return nil
}

// pathTo lists the calls that n needs, in order. It does not recurse: graphs of
// long sequences are deep.
func pathTo(n *Node) []*Call {
	need := make([]bool, n.Call.ID+1)
	need[n.Call.ID] = true
	var calls []*Call
	for id := n.Call.ID; id >= 0; id-- {
		if !need[id] {
			continue
		}
		for _, x := range n.Graph().Calls[id].In {
			need[x.Call.ID] = true
		}
	}
	for id, yes := range need {
		if yes {
			calls = append(calls, n.Graph().Calls[id])
		}
	}
	return calls
}

// strides returns the distance, in elements, of neighbours along each axis.
func strides(s tensor.Shape) []int {
	st := make([]int, len(s))
	n := 1
	for i := len(s) - 1; i >= 0; i-- {
		st[i] = n
		n *= s[i]
	}
	return st
}

// each calls f with every index of shape, in row-major order, and its position.
func each(shape tensor.Shape, f func(pos int, idx []int)) {
	idx := make([]int, len(shape))
	for pos, n := 0, shape.Size(); pos < n; pos++ {
		f(pos, idx)
		for a := len(idx) - 1; a >= 0; a-- {
			if idx[a]++; idx[a] < shape[a] {
				break
			}
			idx[a] = 0
		}
	}
}

// at returns the position in an array of shape s that idx, an index of a shape that s
// broadcasts to, refers to.
func at(s tensor.Shape, idx []int) int {
	p := 0
	for i, d := range s {
		k := idx[len(idx)-len(s)+i]
		if d == 1 {
			k = 0
		}
		p = p*d + k
	}
	return p
}

// Finite reports whether every element is a number.
func (a *Array) Finite() bool {
	for _, v := range a.V {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
