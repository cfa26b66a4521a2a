package hdf5

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// anyValues draws values of any type that can be written, n of them; n < 0 draws a value by itself.
func anyValues(t *rapid.T, n int) any {
	scalar := n < 0
	n = max(n, 1)
	switch rapid.IntRange(0, 6).Draw(t, "type") {
	case 0:
		return pick(scalar, draw(t, rapid.Float32Range(-1e30, 1e30), n))
	case 1:
		return pick(scalar, draw(t, rapid.Float64Range(-1e300, 1e300), n))
	case 2:
		return pick(scalar, draw(t, rapid.Int8(), n))
	case 3:
		return pick(scalar, draw(t, rapid.Int32(), n))
	case 4:
		return pick(scalar, draw(t, rapid.Uint16(), n))
	case 5:
		return pick(scalar, draw(t, rapid.Bool(), n))
	}
	return pick(scalar, draw(t, rapid.StringMatching(`[ -~가-힣]{0,40}`), n))
}

func draw[T any](t *rapid.T, g *rapid.Generator[T], n int) []T {
	return rapid.SliceOfN(g, n, n).Draw(t, "values")
}

func pick[T any](scalar bool, values []T) any {
	if scalar {
		return values[0]
	}
	return values
}

// anyNode draws a group with attributes, datasets and groups, depth levels deep.
func anyNode(t *rapid.T, depth int) *Node {
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-Z0-9_가-힣][a-zA-Z0-9_. :가-힣]{0,12}`), 0, 12, rapid.ID)
	n := &Node{Attrs: anyAttrs(t), Groups: map[string]*Node{}, Datasets: map[string]*Data{}}
	for _, name := range names.Draw(t, "names") {
		if depth > 0 && rapid.IntRange(0, 2).Draw(t, "group") == 0 {
			n.Groups[name] = anyNode(t, depth-1)
			continue
		}
		shape := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 3).Draw(t, "shape")
		size := 1
		for _, extent := range shape {
			size *= extent
		}
		n.Datasets[name] = &Data{Shape: shape, Values: anyValues(t, size), Attrs: anyAttrs(t)}
		if size == 0 {
			n.Datasets[name].Values = []float32{}
		}
	}
	return n
}

func anyAttrs(t *rapid.T) map[string]any {
	attrs := map[string]any{}
	for i := range rapid.IntRange(0, 4).Draw(t, "attributes") {
		attrs[fmt.Sprint("a", i)] = anyValues(t, rapid.IntRange(-1, 5).Draw(t, "length"))
	}
	return attrs
}

// TestRoundTripOfAnyTree: whatever tree is written is read back: names, attributes, shapes and values; the same tree
// gives the same bytes.
func TestRoundTripOfAnyTree(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tree := anyNode(r, 3)
		want := map[string]seen{}
		expected(tree, "/", want)
		b := written(t, tree)
		compare(t, openBytes(t, b), want, nil)
		if t.Failed() {
			r.FailNow()
		}
		if !bytes.Equal(b, written(t, tree)) {
			r.Fatal("the same tree was written with other bytes")
		}
	})
}
