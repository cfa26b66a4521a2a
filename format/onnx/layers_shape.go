package onnx

import (
	"slices"

	"gorae/model"
	"gorae/tensor"
)

func lowerFlatten(l *lowering, n *node) {
	rank := len(l.shape(n, 0))
	if a := n.int("axis", 1); a != 1 && a != 1-rank {
		l.no(n, "it keeps other axes than the first")
	}
	l.flat(n, rank)
}

// flat joins all axes behind the samples.
func (l *lowering) flat(n *node, rank int) {
	x := l.in(n, 0)
	if len(x.axes) <= 2 && slices.Equal(x.axes[0], []int{0}) { // others have the extent 1
		l.give(n, x.v, plain(2)[:len(x.axes)])
		if len(x.axes) == 2 {
			return
		}
	}
	v := l.want(n, 0, plain(rank))
	if rank != 2 {
		v = model.Apply(l.layer(n, "Flatten", nil), v)
	}
	l.give(n, v, plain(2))
}

func lowerReshape(l *lowering, n *node) {
	from, to := l.shape(n, 0), l.result(n)
	x := l.in(n, 0)
	// Axes that are joined in the file are joined in the model already, or stand for themselves.
	if axes, ok := regrouped(x.axes, from, to); ok {
		l.give(n, x.v, axes)
		return
	}
	if len(from) == 0 || len(to) == 0 || from[0] != 2 || to[0] != 2 {
		l.no(n, "the samples are not the first axis")
	}
	if len(to) == 2 {
		l.flat(n, len(from))
		return
	}
	v := l.want(n, 0, plain(len(from)))
	v = model.Apply(l.layer(n, "Reshape", map[string]any{"target_shape": l.extents(n, plain(len(to)), to)}), v)
	l.give(n, v, plain(len(to)))
}

// regrouped is the axes of a value after the file's axes were joined or got or lost those of extent 1, where each of
// the new ones is one of the model's.
func regrouped(axes [][]int, from, to tensor.Shape) ([][]int, bool) {
	// The place of each old axis among the new ones: equal runs of extents.
	group := make([]int, len(from))
	i := 0
	for j := range to {
		size := 1
		for i < len(from) && size < to[j] {
			size *= from[i]
			group[i] = j
			i++
		}
		if size != to[j] {
			return nil, false
		}
		for i < len(from) && from[i] == 1 && (j == len(to)-1 || to[j+1] != 1) {
			group[i] = j
			i++
		}
	}
	if i != len(from) {
		return nil, false
	}
	used := map[int]bool{}
	out := make([][]int, len(axes))
	for k, a := range axes {
		g := -1
		for _, old := range a {
			if from[old] == 1 {
				continue
			}
			if g >= 0 && group[old] != g {
				return nil, false
			}
			g = group[old]
		}
		if g < 0 || used[g] {
			return nil, false
		}
		size := 1
		for _, old := range a {
			size *= from[old]
		}
		if size != to[g] {
			return nil, false
		}
		used[g], out[k] = true, []int{g}
	}
	return out, true
}

func lowerTranspose(l *lowering, n *node) {
	x := l.in(n, 0)
	rank := len(l.shape(n, 0))
	perm := n.ints("perm", nil)
	if perm == nil {
		for i := range rank {
			perm = append(perm, rank-1-i)
		}
	}
	at := inverse(perm)
	var axes [][]int
	for _, a := range x.axes {
		b := make([]int, len(a))
		for i, k := range a {
			b[i] = at[k]
		}
		axes = append(axes, b)
	}
	l.give(n, x.v, axes)
}

func lowerSqueeze(l *lowering, n *node) {
	x, shape := l.in(n, 0), l.shape(n, 0)
	var gone []int
	for _, a := range l.list(n, "axes", 1) {
		if a < 0 {
			a += len(shape)
		}
		gone = append(gone, a)
	}
	if gone == nil {
		l.no(n, "it says no axes")
	}
	var keep [][]int
	for _, a := range x.axes {
		if len(a) != 1 || !slices.Contains(gone, a[0]) {
			keep = append(keep, a)
		}
	}
	v := l.arranged(x, shape, keep, n)
	for i, a := range keep {
		keep[i] = l.less(a, gone, false)
	}
	l.give(n, v, keep)
}

func lowerUnsqueeze(l *lowering, n *node) {
	x, rank := l.in(n, 0), len(l.result(n))
	var made []int
	for _, a := range l.list(n, "axes", 1) {
		if a < 0 {
			a += rank
		}
		made = append(made, a)
	}
	var old []int // the new place of each old axis
	for a := range rank {
		if !slices.Contains(made, a) {
			old = append(old, a)
		}
	}
	var axes [][]int
	for _, a := range x.axes {
		b := make([]int, len(a))
		for i, k := range a {
			b[i] = old[k]
		}
		axes = append(axes, b)
	}
	l.give(n, x.v, axes)
}

func lowerConcat(l *lowering, n *node) {
	rank := len(l.result(n))
	a := n.int("axis", 1)
	if a < 0 {
		a += rank
	}
	axes := l.in(n, 0).axes
	at := slices.IndexFunc(axes, func(b []int) bool { return slices.Equal(b, []int{a}) })
	if at < 0 {
		axes = plain(rank)
		at = a
	}
	if at < 1 {
		l.no(n, "it joins samples")
	}
	var xs []*model.Value
	for i := range n.inputs {
		xs = append(xs, l.want(n, i, axes))
	}
	if len(xs) == 1 {
		l.give(n, xs[0], axes)
		return
	}
	l.give(n, model.Apply(l.layer(n, "Concatenate", map[string]any{"axis": float64(at)}), xs...), axes)
}
