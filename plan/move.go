package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// moveKernel copies elements: transpose, slice, pad, concatenate, and repetition of integers. Each is one or more
// copies between two sets of strides.
type moveKernel struct{}

func (moveKernel) Claim(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.Transpose, graph.Slice, graph.Pad, graph.Concat, graph.Broadcast:
		return true
	}
	return false
}

// walk is a copy of extent elements, from src with its strides to dst with its own.
type walk struct {
	in           int // operand
	extent       []int
	from, to     []int // strides
	fromAt, toAt int
}

func newWalk(in int, extent tensor.Shape, from, to []int, fromAt, toAt int) walk {
	ext, st := collapse(extent, from, to)
	return walk{in: in, extent: ext, from: st[0], to: st[1], fromAt: fromAt, toAt: toAt}
}

func rowMajor(s tensor.Shape) []int {
	st := make([]int, len(s))
	n := 1
	for i := len(s) - 1; i >= 0; i-- {
		st[i] = n
		n *= s[i]
	}
	return st
}

func (moveKernel) Bind(b *Binding) Launch {
	y := b.Call.Out[0].Shape
	x := b.Call.In[0].Shape
	own, dst := rowMajor(x), rowMajor(y)
	var ws []walk
	fill, value := false, float32(0)
	switch o := b.Call.Op.(type) {
	case graph.Transpose:
		from := make([]int, len(y))
		for i, p := range o.Perm {
			from[i] = own[p]
		}
		ws = append(ws, newWalk(0, y, from, dst, 0, 0))
	case graph.Slice:
		at := 0
		from := make([]int, len(y))
		for a := range y {
			at += o.Start[a] * own[a]
			from[a] = own[a] * o.Step[a]
		}
		ws = append(ws, newWalk(0, y, from, dst, at, 0))
	case graph.Pad:
		at := 0
		to := make([]int, len(y))
		for a := range y {
			at += o.Lo[a] * dst[a]
			to[a] = dst[a] * (o.Inner[a] + 1)
		}
		ws = append(ws, newWalk(0, x, own, to, 0, at))
		fill, value = true, o.Value
	case graph.Concat:
		at := 0
		for i, n := range b.Call.In {
			ws = append(ws, newWalk(i, n.Shape, rowMajor(n.Shape), dst, 0, at*dst[o.Axis]))
			at += n.Shape[o.Axis]
		}
	case graph.Broadcast:
		from := make([]int, len(y))
		for i := range x {
			if x[i] != 1 {
				from[len(y)-len(x)+i] = own[i]
			}
		}
		ws = append(ws, newWalk(0, y, from, dst, 0, 0))
	}
	in, out := b.In, b.Out[0]
	bytes := float64(2 * out.Size * out.DType.Size())
	return Launch{Name: b.Call.Op.String(), Bytes: bytes, Run: func(r *Run, _ int, _ []float32) {
		if out.DType == tensor.Uint8 {
			d := r.U(out)
			if fill {
				for i := range d {
					d[i] = uint8(value)
				}
			}
			for i := range ws {
				copyWalk(&ws[i], d, r.U(in[ws[i].in]))
			}
			return
		}
		if fill {
			if out.DType == tensor.Int32 {
				d := r.I(out)
				for i := range d {
					d[i] = int32(value)
				}
			} else {
				vec.Fill(r.F(out), value)
			}
		}
		for i := range ws {
			w := &ws[i]
			if d := len(w.extent); d == 2 && w.from[0] == 1 && w.to[1] == 1 && w.from[1] == w.extent[0] &&
				w.to[0] == w.extent[1] {
				vec.Transpose2D(r.F(out)[w.toAt:], r.F(in[w.in])[w.fromAt:], w.extent[1], w.extent[0])
				continue
			}
			copyWalk(w, r.F(out), r.F(in[w.in]))
		}
	}}
}

// copyWalk copies along the last axis in runs.
func copyWalk[T float32 | uint8](w *walk, dst, src []T) {
	for _, d := range w.extent {
		if d == 0 {
			return
		}
	}
	var index [16]int
	last := len(w.extent) - 1
	n, fs, ts := w.extent[last], w.from[last], w.to[last]
	f, t := w.fromAt, w.toAt
	for {
		if fs == 1 && ts == 1 {
			copy(dst[t:t+n], src[f:f+n])
		} else {
			for i, a, b := 0, f, t; i < n; i, a, b = i+1, a+fs, b+ts {
				dst[b] = src[a]
			}
		}
		a := last - 1
		for ; a >= 0; a-- {
			index[a]++
			f += w.from[a]
			t += w.to[a]
			if index[a] < w.extent[a] {
				break
			}
			index[a] = 0
			f -= w.from[a] * w.extent[a]
			t -= w.to[a] * w.extent[a]
		}
		if a < 0 {
			return
		}
	}
}
