package plan

import (
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// expansion is the broadcast of an operand over the elements of a pass: its strides along the axes, neighbouring axes
// made one where possible.
type expansion struct {
	extent, stride []int
}

func newExpansion(v *Value, from, to tensor.Shape) *expansion {
	stride := make([]int, len(to))
	n := 1
	for i := len(from) - 1; i >= 0; i-- {
		j := len(to) - len(from) + i
		if from[i] != 1 {
			stride[j] = n
		}
		n *= from[i]
	}
	ext, st := collapse(to, stride)
	return &expansion{ext, st[0]}
}

// collapse drops axes of extent 1 and joins axes that one stride can walk, in every
// way of walking.
func collapse(extent tensor.Shape, strides ...[]int) ([]int, [][]int) {
	var ext []int
	st := make([][]int, len(strides))
	for a, d := range extent {
		if d == 1 {
			continue
		}
		k := len(ext) - 1
		joins := k >= 0
		for i := range strides {
			joins = joins && st[i][k] == strides[i][a]*d
		}
		if joins {
			ext[k] *= d
			for i := range strides {
				st[i][k] = strides[i][a]
			}
			continue
		}
		ext = append(ext, d)
		for i := range strides {
			st[i] = append(st[i], strides[i][a])
		}
	}
	if len(ext) == 0 {
		ext = []int{1}
		for i := range strides {
			st[i] = []int{0}
		}
	}
	return ext, st
}

// run writes the operand's elements for the positions start … of the pass.
func (e *expansion) run(dst, src []float32, start int) {
	last := len(e.extent) - 1
	inner, step := e.extent[last], e.stride[last]
	for len(dst) > 0 {
		i := start % inner
		k := min(inner-i, len(dst))
		at, rest := 0, start/inner
		for a := last - 1; a >= 0; a-- {
			at += rest % e.extent[a] * e.stride[a]
			rest /= e.extent[a]
		}
		switch step {
		case 0:
			vec.Fill(dst[:k], src[at])
		case 1:
			copy(dst[:k], src[at+i:])
		default:
			for j := range dst[:k] {
				dst[j] = src[at+(i+j)*step]
			}
		}
		dst, start = dst[k:], start+k
	}
}
