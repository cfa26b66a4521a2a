package onnx

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gorae/format/onnx/internal/pb"
	"gorae/internal/ram"
)

// FuzzMutated: a model of an exporter in which a few things are other ones than they were, attributes, operands,
// operators, extents, does not make Load or a prediction panic.
func FuzzMutated(f *testing.F) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		f.Skip("GORAE_SHARED is not set")
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "onnx-models", "*", "model.onnx"))
	nodes, _ := filepath.Glob(filepath.Join(dir, "onnx", "*", "model.onnx"))
	paths = append(paths, nodes...)
	if len(paths) < 500 {
		f.Fatalf("%d models in %s", len(paths), dir)
	}
	for i := range uint64(40) {
		f.Add(i*7919, i)
	}
	defer ram.SetLimit(ram.SetLimit(1 << 28))
	f.Fuzz(func(t *testing.T, which, seed uint64) {
		b, err := os.ReadFile(paths[which%uint64(len(paths))])
		if err != nil {
			t.Fatal(err)
		}
		m, err := pb.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range m.Graph.Initializers {
			if len(x.External) == 0 && x.Elem != pb.Text {
				if err := x.Keep(); err != nil {
					t.Fatal(err)
				}
			}
		}
		rng := rand.New(rand.NewPCG(which, seed))
		for range 1 + rng.IntN(4) {
			mutate(rng, m.Graph)
		}
		c := m.Append(nil)
		loadAndPredict(c)
	})
}

var odd = []int64{0, -1, 1, 2, -2, 3, 7, 1 << 16, 1<<31 - 1, -1 << 31, math.MaxInt64, math.MinInt64}

// mutate changes one thing of a graph.
func mutate(rng *rand.Rand, g *pb.Graph) {
	pick := func() int64 { return odd[rng.IntN(len(odd))] }
	if len(g.Nodes) == 0 {
		return
	}
	n := g.Nodes[rng.IntN(len(g.Nodes))]
	switch rng.IntN(8) {
	case 0, 1:
		if len(n.Attributes) == 0 {
			return
		}
		a := n.Attributes[rng.IntN(len(n.Attributes))]
		switch {
		case len(a.Ints) > 0:
			a.Ints[rng.IntN(len(a.Ints))] = pick()
		case a.Type == pb.Int:
			a.I = pick()
		case a.Type == pb.Float:
			a.F = float32(math.NaN())
		case a.G != nil:
			mutate(rng, a.G)
		default:
			a.S = "other"
		}
	case 2:
		if len(n.Inputs) > 0 {
			other := g.Nodes[rng.IntN(len(g.Nodes))]
			name := ""
			if len(other.Inputs) > 0 && rng.IntN(4) > 0 {
				name = other.Inputs[rng.IntN(len(other.Inputs))]
			}
			n.Inputs[rng.IntN(len(n.Inputs))] = name
		}
	case 3:
		n.Op = g.Nodes[rng.IntN(len(g.Nodes))].Op
	case 4:
		if len(g.Initializers) == 0 {
			return
		}
		x := g.Initializers[rng.IntN(len(g.Initializers))]
		if x.Elem == pb.I64 && len(x.Raw) >= 8 {
			x.Raw = pb.OfInts("", nil, append([]int64{pick()}, make([]int64, len(x.Raw)/8-1)...)).Raw
		} else if len(x.Dims) > 0 {
			x.Dims[rng.IntN(len(x.Dims))] = pick()
		}
	case 5:
		if len(g.Inputs) > 0 {
			v := g.Inputs[rng.IntN(len(g.Inputs))]
			if v.Type != nil && len(v.Type.Dims) > 0 {
				v.Type.Dims[rng.IntN(len(v.Type.Dims))] = pb.Dim{Value: pick()}
			}
		}
	case 6:
		if len(n.Attributes) > 0 {
			n.Attributes = n.Attributes[1:]
		}
	case 7:
		i := rng.IntN(len(g.Nodes))
		g.Nodes[0], g.Nodes[i] = g.Nodes[i], g.Nodes[0]
	}
}
