package graph

import (
	"fmt"

	"gorae/tensor"
)

// MatMul is the matrix product over the last two axes: op(a) [..., m, k] times
// op(b) [..., k, n] gives [..., m, n]. TransA means that a is stored as [..., k, m],
// TransB that b is stored as [..., n, k]. Leading axes broadcast.
type MatMul struct{ TransA, TransB bool }

func (o MatMul) String() string {
	switch {
	case o.TransA && o.TransB:
		return "matmul(aᵀ, bᵀ)"
	case o.TransA:
		return "matmul(aᵀ, b)"
	case o.TransB:
		return "matmul(a, bᵀ)"
	}
	return "matmul"
}

// Extents gives m, n and k of a product of values of these shapes.
func (o MatMul) Extents(a, b tensor.Shape) (m, n, k, kb int) {
	m, k = a[len(a)-2], a[len(a)-1]
	if o.TransA {
		m, k = k, m
	}
	kb, n = b[len(b)-2], b[len(b)-1]
	if o.TransB {
		kb, n = n, kb
	}
	return
}

// Infer checks that the inner extents agree.
func (o MatMul) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	a, b := x[0].Shape, x[1].Shape
	if x[0].DType != tensor.Float32 || x[1].DType != tensor.Float32 {
		return nil, fmt.Errorf("needs float32, got %v and %v", x[0], x[1])
	}
	if len(a) < 2 || len(b) < 2 {
		return nil, fmt.Errorf("needs matrices, got %v and %v", a, b)
	}
	m, n, k, kb := o.Extents(a, b)
	if k != kb {
		return nil, fmt.Errorf("%v times %v: inner extents are %d and %d", a, b, k, kb)
	}
	s, err := BroadcastShapes(a[:len(a)-2], b[:len(b)-2])
	if err != nil {
		return nil, err
	}
	return []Type{{tensor.Float32, append(s, m, n)}}, nil
}

// Grad: for y = a·b, da = dy·bᵀ and db = aᵀ·dy; transposed operands get the
// transposed products directly.
func (o MatMul) Grad(y, dy []*Node) []*Node {
	a, b, d := y[0].Call.In[0], y[0].Call.In[1], dy[0]
	g := a.Graph()
	var da, db *Node
	if o.TransA {
		da = g.apply1(MatMul{o.TransB, true}, b, d)
	} else {
		da = g.apply1(MatMul{false, !o.TransB}, d, b)
	}
	if o.TransB {
		db = g.apply1(MatMul{true, o.TransA}, d, a)
	} else {
		db = g.apply1(MatMul{!o.TransA, false}, a, d)
	}
	return []*Node{sumTo(da, a.Shape), sumTo(db, b.Shape)}
}

// Eval computes the products by a triple loop, with sums in float64.
func (o MatMul) Eval(e *Eval) {
	a, b, y := e.In[0], e.In[1], e.Out[0]
	m, n, k, _ := o.Extents(a.Shape, b.Shape)
	lead := y.Shape[:len(y.Shape)-2]
	la, lb := a.Shape[:len(a.Shape)-2], b.Shape[:len(b.Shape)-2]
	each(lead, func(pos int, idx []int) {
		va, vb := a.V[at(la, idx)*m*k:], b.V[at(lb, idx)*k*n:]
		for i := range m {
			for j := range n {
				sum := 0.0
				for p := range k {
					ia, ib := i*k+p, p*n+j
					if o.TransA {
						ia = p*m + i
					}
					if o.TransB {
						ib = j*k + p
					}
					sum += va[ia] * vb[ib]
				}
				y.V[(pos*m+i)*n+j] = sum
			}
		}
	})
}

// MatMul returns x·b over the last two axes. With a matrix b the leading axes of x are rows like any other, so that one
// large product is made of many.
func (x *Node) MatMul(b *Node) *Node {
	if len(b.Shape) == 2 && len(x.Shape) > 2 && x.Shape[len(x.Shape)-1] == b.Shape[0] {
		s := append(x.Shape[:len(x.Shape)-1].Clone(), b.Shape[1])
		rows := tensor.Shape(s[:len(s)-1]).Size()
		return x.Reshape(rows, b.Shape[0]).MatMul(b).Reshape(s...)
	}
	return x.Graph().apply1(MatMul{}, x, b)
}

// MatMulT returns op(x)·op(b), where a true transposes the operand's last two axes.
func (x *Node) MatMulT(b *Node, transX, transB bool) *Node {
	return x.Graph().apply1(MatMul{transX, transB}, x, b)
}
