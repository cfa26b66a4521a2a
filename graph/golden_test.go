package graph

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"gorae/tensor"
)

// goldenCalls are the calls behind the names in testdata/golden.json.
var goldenCalls = map[string]func(x []*Node) *Node{
	"gelu":                       func(x []*Node) *Node { return x[0].Gelu(false) },
	"gelu_tanh":                  func(x []*Node) *Node { return x[0].Gelu(true) },
	"elu":                        func(x []*Node) *Node { return x[0].Elu(0.5) },
	"leaky_relu":                 func(x []*Node) *Node { return x[0].LeakyRelu(0.25) },
	"mean":                       func(x []*Node) *Node { return x[0].Mean(0, 2) },
	"variance":                   func(x []*Node) *Node { return x[0].Variance(2, 0) },
	"reduce_max":                 func(x []*Node) *Node { return x[0].ReduceMax(1) },
	"logsumexp":                  func(x []*Node) *Node { return x[0].LogSumExp(0, -1) },
	"logsumexp_great":            func(x []*Node) *Node { return x[0].LogSumExp() },
	"softmax":                    func(x []*Node) *Node { return x[0].Softmax(-1) },
	"softmax_axis0":              func(x []*Node) *Node { return x[0].Softmax(0) },
	"softmax_great":              func(x []*Node) *Node { return x[0].Softmax(0) },
	"log_softmax":                func(x []*Node) *Node { return x[0].LogSoftmax(1) },
	"sparse_cross_entropy":       func(x []*Node) *Node { return x[0].SparseCrossEntropy(x[1]) },
	"cross_entropy":              func(x []*Node) *Node { return x[0].CrossEntropy(x[1].Softmax(-1)) },
	"binary_cross_entropy":       func(x []*Node) *Node { return x[0].BinaryCrossEntropy(x[1].Sigmoid()) },
	"binary_cross_entropy_great": func(x []*Node) *Node { return x[0].BinaryCrossEntropy(x[1].Sigmoid()) },
	"batch_norm":                 goldenBatchNorm,
	"batch_norm_image":           goldenBatchNorm,
	"matmul":                     func(x []*Node) *Node { return x[0].MatMul(x[1]) },
	"matmul_ta":                  func(x []*Node) *Node { return x[0].MatMulT(x[1], true, false) },
	"matmul_tb":                  func(x []*Node) *Node { return x[0].MatMulT(x[1], false, true) },
	"matmul_batch":               func(x []*Node) *Node { return x[0].MatMul(x[1]) },
	"gather":                     func(x []*Node) *Node { return x[0].Gather(x[1]) },
	"pick":                       func(x []*Node) *Node { return x[0].Pick(x[1]) },
	"scatter_add":                func(x []*Node) *Node { return x[0].ScatterAdd(x[1], 4) },
	"pad":                        func(x []*Node) *Node { return x[0].Pad([]int{1, 0}, []int{0, 2}, 0.5) },
	"slice":                      func(x []*Node) *Node { return x[0].Slice([]int{1, 0}, []int{5, 4}, []int{2, 3}) },
	"tile":                       func(x []*Node) *Node { return x[0].Tile(2, 3) },
	"concat":                     func(x []*Node) *Node { return Concatenate(1, x...) },
	"transpose":                  func(x []*Node) *Node { return x[0].Transpose(2, 0, 1) },
	"where":                      func(x []*Node) *Node { return x[0].Relu().Where(x[1], x[2]) },
}

func goldenBatchNorm(x []*Node) *Node {
	y, _, _ := x[0].BatchNorm(x[1], x[2], 1e-3)
	return y
}

// TestGolden: values and gradients are PyTorch's (testdata/golden.py).
func TestGolden(t *testing.T) {
	if n := golden(t, "testdata/golden.json", goldenCalls); n < 50 {
		t.Errorf("only %d cases", n)
	}
}

// golden compares the calls behind the cases of a file, as traced and as simplified, and counts the cases.
func golden(t *testing.T, file string, calls map[string]func(x []*Node) *Node) int {
	t.Helper()
	var cases []struct {
		Name string
		X    []struct {
			Shape []int
			Int   bool
			V     []float64
		}
		Y     []float64
		Shape []int
		DX    [][]float64
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	kind := map[string]Kind{}
	for _, k := range Kinds() {
		kind[k.String()] = k
	}
	for _, c := range cases {
		g := New()
		leaves := map[string]*Array{}
		var x []*Node
		for i, v := range c.X {
			typ := F32(v.Shape...)
			if v.Int {
				typ = I32(v.Shape...)
			}
			name := fmt.Sprint("x", i)
			x, leaves[name] = append(x, g.Input(name, typ)), &Array{typ, v.V}
		}
		f := calls[c.Name]
		if k, ok := kind[c.Name]; ok && f == nil {
			f = func(x []*Node) *Node { return x[0].Elem(k, x[1:]...) }
		}
		if f == nil {
			t.Errorf("%s has no call", c.Name)
			continue
		}
		y := f(x)
		w := tensor.New(tensor.Float32, c.Shape...)
		for i := range w.F32 {
			w.F32[i] = 1 + 0.5*float32(i)
		}
		roots, want := []*Node{y}, [][]float64{c.Y}
		for i, d := range Gradients([]*Node{y}, []*Node{g.Const(w)}, x) {
			if (d == nil) != (c.DX[i] == nil) && c.Name != "where" {
				t.Errorf("%s: operand %d has gradient %v, PyTorch %v", c.Name, i, d, c.DX[i])
			}
			if d != nil {
				roots, want = append(roots, d), append(want, c.DX[i])
			}
		}
		_, all := Simplify(roots, always)
		_, none := Simplify(roots, never)
		for i := range roots {
			for _, n := range []*Node{roots[i], all[i], none[i]} {
				for single, rel := range map[bool]float64{false: 1e-6, true: 2e-5} {
					got := value(t, n, leaves, single).V
					if len(got) != len(want[i]) {
						t.Fatalf("%s: root %d has %d elements, want %d", c.Name, i, len(got), len(want[i]))
					}
					for j := range got {
						if !near(got[j], want[i][j], rel) {
							t.Errorf("%s: root %d, element %d is %v, PyTorch has %v", c.Name, i, j, got[j], want[i][j])
						}
					}
				}
			}
		}
	}
	return len(cases)
}
