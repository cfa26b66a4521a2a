package graph

import (
	"math/rand/v2"
	"testing"
)

// TestFold: a normalisation behind a convolution or product goes into the weights, and the numbers stay.
func TestFold(t *testing.T) {
	type net struct {
		g             *Graph
		x, w, b, s, u *Node
	}
	vec := func(n *net, y *Node) *Node { return y.Mul(n.s).Add(n.u.Sub(n.s.Mul(n.b))) }
	for _, c := range []struct {
		name string
		in   []int
		w    []int
		f    func(n *net) *Node
		left int // elementwise calls on what depends on the input
	}{
		{"conv", ints(2, 4, 4, 3), ints(3, 3, 3, 5), func(n *net) *Node { return vec(n, n.x.Conv(n.w, Conv{})).Relu() },
			2},
		{"conv with a bias", ints(2, 4, 4, 3), ints(3, 3, 3, 5),
			func(n *net) *Node { return vec(n, n.x.Conv(n.w, Conv{}).Add(n.b)).Relu() }, 2},
		{"twice", ints(2, 6, 3), ints(2, 3, 5),
			func(n *net) *Node { return vec(n, vec(n, n.x.Conv(n.w, Conv{}))).MulC(2) }, 2},
		{"groups", ints(1, 5, 4), ints(2, 2, 6), func(n *net) *Node { return vec(n, n.x.Conv(n.w, Conv{Groups: 2})) },
			1},
		{"depthwise", ints(1, 5, 3), ints(2, 3, 2),
			func(n *net) *Node { return vec(n, n.x.Conv(n.w.Reshape(2, 1, 6), Conv{Groups: 3})) }, 1},
		{"transposed", ints(1, 3, 3, 2), ints(2, 2, 5, 2),
			func(n *net) *Node { return vec(n, n.x.ConvTranspose(n.w, Conv{}, 4, 4)) }, 1},
		{"product", ints(4, 3), ints(3, 5), func(n *net) *Node { return vec(n, n.x.MatMul(n.w).Add(n.b)).Tanh() }, 2},
		{"used twice", ints(2, 4, 2), ints(2, 2, 5),
			func(n *net) *Node { y := n.x.Conv(n.w, Conv{}); return vec(n, y).Add(y) }, 3},
		{"used twice with its bias", ints(2, 4, 2), ints(2, 2, 5),
			func(n *net) *Node { y := n.x.Conv(n.w, Conv{}).Add(n.b); return vec(n, y).Mul(y) }, 4},
		{"by an input", ints(5, 3), ints(3, 5), func(n *net) *Node { return n.x.MatMul(n.w).Mul(n.x.Sum(1)) }, 1},
		{"by a matrix", ints(3, 3), ints(3, 5), func(n *net) *Node { return n.x.MatMul(n.w).Mul(n.w) }, 1},
	} {
		r := rand.New(rand.NewPCG(21, 21))
		n := &net{g: New()}
		n.x, n.w = n.g.Input("x", F32(c.in...)), n.g.Leaf(Weight, "w", F32(c.w...))
		f := c.w[len(c.w)-1]
		switch c.name {
		case "depthwise":
			f = 6
		case "transposed":
			f = 5
		}
		n.b, n.s, n.u = n.g.Leaf(Weight, "b", F32(f)), n.g.Leaf(Weight, "s", F32(f)), n.g.Leaf(State, "u", F32(f))
		y := c.f(n)
		leaves := map[string]*Array{}
		for _, l := range n.g.Leaves() {
			leaves[l.Call.Op.(Leaf).Name] = fill(r, l.Type)
		}
		_, simple := Simplify([]*Node{y}, always)
		g, out := Simplify(Fold(simple), always)
		want, got := value(t, y, leaves, false).V, value(t, out[0], leaves, false).V
		for i := range want {
			if !near(got[i], want[i], 1e-12) {
				t.Errorf("%s: element %d is %v, before %v", c.name, i, got[i], want[i])
				break
			}
		}
		moving, left := map[*Node]bool{}, 0
		for _, call := range g.Calls {
			for _, x := range call.In {
				moving[call.Out[0]] = moving[call.Out[0]] || moving[x]
			}
			if l, ok := call.Op.(Leaf); ok {
				moving[call.Out[0]] = l.Kind == Input
			}
			if _, ok := call.Op.(Elem); ok && moving[call.Out[0]] {
				left++
			}
		}
		if left != c.left {
			t.Errorf("%s: %d elementwise calls are left, want %d\n%v", c.name, left, c.left, g)
		}
	}
	if Fold(nil) != nil {
		t.Error("nothing became something")
	}
}

// TestSink: transpositions with elementwise calls between them meet and go; where that would make more of them, they
// stay.
func TestSink(t *testing.T) {
	there, home := ints(0, 2, 3, 1), ints(0, 3, 1, 2)
	for _, c := range []struct {
		name string
		f    func(x, v *Node) []*Node
		left int
	}{
		{"one between", func(x, v *Node) []*Node { return []*Node{x.Transpose(there...).Relu().Transpose(home...)} },
			0},
		{"several, two branches", func(x, v *Node) []*Node {
			y := x.Square().Transpose(there...)
			return []*Node{y.Relu().MulC(2).Add(y.Exp().AddC(1)).Transpose(home...)}
		}, 0},
		{"nothing behind", func(x, v *Node) []*Node { return []*Node{x.Transpose(there...).Relu()} }, 1},
		{"both are wanted", func(x, v *Node) []*Node { y := x.Transpose(there...); return []*Node{y, y.Relu()} }, 1},
		{"one order in two ways", func(x, v *Node) []*Node {
			return []*Node{x.Transpose(0, 3, 2,
				1).Add(x.Transpose(0, 1, 2, 3).Transpose(0, 3, 1, 2).Transpose(0, 1, 3, 2)).Relu()}
		}, 1},
		{"a vector", func(x, v *Node) []*Node { return []*Node{x.Transpose(there...).Mul(v).Transpose(home...)} }, 2},
	} {
		r := rand.New(rand.NewPCG(22, 22))
		g := New()
		x, v := g.Input("x", F32(2, 3, 3, 4)), g.Input("v", F32(3))
		leaves := map[string]*Array{"x": fill(r, x.Type), "v": fill(r, v.Type)}
		roots := c.f(x, v)
		h, out := Simplify(roots, always)
		left := 0
		for _, call := range h.Calls {
			if _, ok := call.Op.(Transpose); ok {
				left++
			}
		}
		if left != c.left {
			t.Errorf("%s: %d transpositions are left, want %d\n%v", c.name, left, c.left, h)
		}
		for i := range roots {
			want, got := value(t, roots[i], leaves, false).V, value(t, out[i], leaves, false).V
			for j := range want {
				if want[j] != got[j] {
					t.Errorf("%s: root %d, element %d is %v, before %v", c.name, i, j, got[j], want[j])
					break
				}
			}
		}
	}
}
