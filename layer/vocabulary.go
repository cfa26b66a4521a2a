package layer

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/graph"
	"gorae/internal/hash"
	"gorae/tensor"
)

// encoded is ids from 0 to depth − 1 in one of Keras's output modes. In one_hot an axis of extent 1 is replaced; in
// multi_hot and count the ids along axis 1 are gathered into one row.
func encoded(s *Scope, ids *graph.Node, mode string, depth int) *graph.Node {
	rank := len(ids.Shape)
	switch {
	case mode == "int":
		return ids
	case mode == "one_hot":
		if rank > 1 && ids.Shape[rank-1] == 1 {
			ids = ids.Reshape(ids.Shape[:rank-1]...)
		}
		return ids.OneHot(depth)
	case rank < 2:
		s.Fail("output_mode %s needs a list of ids for each sample, got samples of shape %v", mode,
			Features(ids.Shape))
	}
	once := mode == "multi_hot"
	var y *graph.Node
	switch {
	case rank == 2:
		y = ids.Bag(graph.BagAttr{Depth: depth, Once: once})
	case once:
		y = ids.OneHot(depth).ReduceMax(1)
	default:
		y = ids.OneHot(depth).Sum(1)
	}
	s.SetMask(y, nil)
	return y
}

// tableOf is a table with a name by its content, so that equal tables are one.
type tableOf struct {
	name string
	of   func(x float64) int32

	edges  []float64 // of a table that counts those that are not above a number; else nil
	listed []int     // the numbers that have a place of their own, where all others have one value; else nil
}

// Edges returns, of a table that counts the edges which are not above a number, the edges; of others nil.
func (t tableOf) Edges() []float64 { return t.edges }

// Entries returns, of a table that gives some numbers values of their own and all others one value, these; of others ok
// is false.
func (t tableOf) Entries() (keys, values []int32, other int32, ok bool) {
	if t.listed == nil {
		return nil, nil, 0, false
	}
	free := math.MinInt32
	for slices.Contains(t.listed, free) {
		free++
	}
	for _, k := range t.listed {
		keys, values = append(keys, int32(k)), append(values, t.of(float64(k)))
	}
	return keys, values, t.of(float64(free)), true
}

func (t tableOf) Of(x float64) int32 { return t.of(x) }

func (t tableOf) String() string { return t.name }

// table names a function by all that it depends on.
func table(name string, of func(x float64) int32, content ...any) tableOf {
	return tableOf{name: fmt.Sprintf("%s %016x", name, hash.Fingerprint64(fmt.Sprint(content...))), of: of}
}

// bins is the table of numbers to the number of edges that are not above them. Edges are float32, as TensorFlow has
// them.
func bins(edges []float64) graph.Table {
	rounded := make([]float64, len(edges))
	for i, e := range edges {
		rounded[i] = float64(float32(e))
	}
	t := table("bins", func(x float64) int32 {
		n, found := slices.BinarySearch(rounded, x)
		for found && n < len(rounded) && rounded[n] == x {
			n++
		}
		return int32(n)
	}, rounded)
	t.edges = rounded
	return t
}

// hashed is the table of whole numbers to n bins by the hash of their decimal digits; salt nil: Fingerprint64, else
// SipHash with it as the key.
func hashed(n int, salt []int) graph.Table {
	return table("hash", func(x float64) int32 {
		return int32(hash.Bin(strconv.FormatInt(int64(x), 10), n, salt))
	}, n, salt)
}

// idsOf is x as whole numbers: a float is cut off towards 0.
func idsOf(x *graph.Node) *graph.Node { return x.Cast(tensor.Int32) }
