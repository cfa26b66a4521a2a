package graph

import (
	"fmt"

	"gorae/tensor"
)

// Table is a function of one number to a whole number that no formula of the graph says: the number's bin, its place in
// a vocabulary, its hash.
type Table interface {
	// Of is the function. It gets what float32 or int32 holds.
	Of(x float64) int32
	// String names the table; two tables of one name are the same function.
	String() string
}

// Map applies a table to each element and makes int32 of it.
type Map struct{ Table Table }

func (o Map) String() string { return "map(" + o.Table.String() + ")" }

// Infer keeps the shape.
func (o Map) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if x[0].DType == tensor.Uint8 {
		return nil, fmt.Errorf("needs float32 or int32, got %v", x[0])
	}
	return []Type{{tensor.Int32, x[0].Shape}}, nil
}

// Grad returns no gradients: whole numbers do not depend continuously on anything.
func (o Map) Grad(y, dy []*Node) []*Node { return []*Node{nil} }

// Eval applies the table.
func (o Map) Eval(e *Eval) {
	for i, v := range e.In[0].V {
		e.Out[0].V[i] = float64(o.Table.Of(v))
	}
}

// Map applies a table to each element.
func (x *Node) Map(t Table) *Node {
	if x.DType == tensor.Uint8 {
		x = x.Cast(tensor.Int32)
	}
	return x.Graph().apply1(Map{t}, x)
}
