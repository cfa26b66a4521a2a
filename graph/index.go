package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Gather takes rows: from x [n, ...] and ids [...] it makes [ids..., ...], whose
// entry is row ids of x. An id outside of 0..n−1 gives a row of NaN, which
// the step's check for NaN then names.
type Gather struct{}

func (Gather) String() string { return "gather" }

// Infer puts the shape of ids in place of the first axis.
func (Gather) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	if len(x[0].Shape) == 0 || x[1].DType != tensor.Int32 || x[0].DType != tensor.Float32 {
		return nil, fmt.Errorf("needs float32 rows and int32 ids, got %v and %v", x[0], x[1])
	}
	return []Type{{x[0].DType, append(x[1].Shape.Clone(), x[0].Shape[1:]...)}}, nil
}

// Grad adds the rows up where they came from.
func (Gather) Grad(y, dy []*Node) []*Node {
	x, ids := y[0].Call.In[0], y[0].Call.In[1]
	return []*Node{x.Graph().apply1(ScatterAdd{x.Shape[0]}, dy[0], ids), nil}
}

// Eval copies rows.
func (Gather) Eval(e *Eval) {
	n := e.In[0].Shape[0]
	row := e.In[0].Shape[1:].Size()
	for i, id := range e.In[1].V {
		for j := range row {
			v := math.NaN()
			if id >= 0 && int(id) < n {
				v = e.In[0].V[int(id)*row+j]
			}
			e.Out[0].V[i*row+j] = v
		}
	}
}

// Gather takes the rows ids, of type int32, of x.
func (x *Node) Gather(ids *Node) *Node { return x.Graph().apply1(Gather{}, x, ids) }

// ScatterAdd is the transpose of Gather: from x [ids..., ...] and ids [...] it
// makes [N, ...], whose row i is the sum of the rows of x with id i, added in their
// order. Rows with an id outside of 0..N−1 are left out.
type ScatterAdd struct{ N int }

func (o ScatterAdd) String() string { return fmt.Sprintf("scatter_add(%d)", o.N) }

// Infer puts N in place of the axes of ids.
func (o ScatterAdd) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	k := len(x[1].Shape)
	if x[0].DType != tensor.Float32 || x[1].DType != tensor.Int32 || o.N < 0 {
		return nil, fmt.Errorf("needs float32 rows, int32 ids and a number of rows, got %v, %v and %d", x[0], x[1], o.N)
	}
	if len(x[0].Shape) < k || !x[0].Shape[:k].Equal(x[1].Shape) {
		return nil, fmt.Errorf("rows %v do not belong to ids %v", x[0], x[1])
	}
	return []Type{{x[0].DType, append(tensor.Shape{o.N}, x[0].Shape[k:]...)}}, nil
}

// Grad gathers, and gives 0 to rows that were left out: there a gather of ones is NaN.
func (o ScatterAdd) Grad(y, dy []*Node) []*Node {
	ids, d := y[0].Call.In[1], dy[0]
	in := d.Graph().Scalar(1).Broadcast(o.N).Gather(ids)
	rest := make([]int, len(d.Shape)-1)
	for i := range rest {
		rest[i] = len(ids.Shape) + i
	}
	return []*Node{in.Eq(in).expand(rest).Where(d.Gather(ids), d.Graph().Scalar(0)), nil}
}

// Eval adds rows.
func (o ScatterAdd) Eval(e *Eval) {
	row := e.Out[0].Shape[1:].Size()
	for i, id := range e.In[1].V {
		if id < 0 || int(id) >= o.N {
			continue
		}
		for j := range row {
			e.Out[0].V[int(id)*row+j] += e.In[0].V[i*row+j]
		}
	}
}

// ScatterAdd adds the rows of x up by their ids into n rows.
func (x *Node) ScatterAdd(ids *Node, n int) *Node { return x.Graph().apply1(ScatterAdd{n}, x, ids) }

// OneHot gives each id a new last axis of extent Depth: 1 at the id, else 0. An
// id outside of 0..Depth−1 is all zeros, as in Keras.
type OneHot struct{ Depth int }

func (o OneHot) String() string { return fmt.Sprintf("one_hot(%d)", o.Depth) }

// Infer adds the axis.
func (o OneHot) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if x[0].DType != tensor.Int32 || o.Depth < 1 {
		return nil, fmt.Errorf("needs int32 ids and a depth of 1 or more, got %v and %d", x[0], o.Depth)
	}
	return []Type{{tensor.Float32, append(x[0].Shape.Clone(), o.Depth)}}, nil
}

// Grad returns no gradients: the output does not depend on ids continuously.
func (o OneHot) Grad(y, dy []*Node) []*Node { return []*Node{nil} }

// Eval writes the ones.
func (o OneHot) Eval(e *Eval) {
	for i, id := range e.In[0].V {
		if id >= 0 && int(id) < o.Depth {
			e.Out[0].V[i*o.Depth+int(id)] = 1
		}
	}
}

// OneHot codes ids with depth numbers each.
func (x *Node) OneHot(depth int) *Node { return x.Graph().apply1(OneHot{depth}, x) }

// BagAttr is the attributes of the operation that gathers ids into a bag.
type BagAttr struct {
	Depth int
	Once  bool // 1 for what is there, however often
}

// Bag counts the ids of each row: from ids [batch, n] it makes [batch, Depth], the sum of the rows'
// one-hot codes, or with Once their maximum. A kernel writes the counts and makes no code.
func (x *Node) Bag(a BagAttr) *Node {
	return Compose(&Composite{Name: "bag", Attr: a, Body: func(x []*Node) []*Node {
		codes := x[0].OneHot(a.Depth)
		if a.Once {
			return []*Node{codes.ReduceMax(1)}
		}
		return []*Node{codes.Sum(1)}
	}}, x)[0]
}

// Pick takes from each row of x [..., n] the element at ids [...]: NaN where the
// id is outside of 0..n−1.
type Pick struct{}

func (Pick) String() string { return "pick" }

// Infer removes the last axis.
func (Pick) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	k := len(x[1].Shape)
	if x[0].DType != tensor.Float32 || x[1].DType != tensor.Int32 {
		return nil, fmt.Errorf("needs float32 rows and int32 ids, got %v and %v", x[0], x[1])
	}
	if len(x[0].Shape) != k+1 || !x[0].Shape[:k].Equal(x[1].Shape) {
		return nil, fmt.Errorf("%v has no element for each of the ids %v", x[0], x[1])
	}
	return []Type{{x[0].DType, x[1].Shape.Clone()}}, nil
}

// Grad puts the gradient back at the ids.
func (Pick) Grad(y, dy []*Node) []*Node {
	x, ids := y[0].Call.In[0], y[0].Call.In[1]
	n := x.Shape[len(x.Shape)-1]
	return []*Node{ids.OneHot(n).Mul(dy[0].expand([]int{len(ids.Shape)})), nil}
}

// Eval looks up.
func (Pick) Eval(e *Eval) {
	n := e.In[0].Shape[len(e.In[0].Shape)-1]
	for i, id := range e.In[1].V {
		e.Out[0].V[i] = math.NaN()
		if id >= 0 && int(id) < n {
			e.Out[0].V[i] = e.In[0].V[i*n+int(id)]
		}
	}
}

// Pick takes from each row of x the element at ids.
func (x *Node) Pick(ids *Node) *Node { return x.Graph().apply1(Pick{}, x, ids) }
