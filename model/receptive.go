package model

import (
	"fmt"

	"gorae/layer"
)

// Receptive is how much of a picture the output of a network depends on at a place.
type Receptive struct {
	// Reach is how many pixels beyond a block of the grid its output depends on, to each side.
	Reach int
	// Grid is the side of the blocks: the extents of pictures must be multiples of it. 1 of networks without strides.
	Grid int
}

// Receptive returns the receptive field of a network from a picture [rows, columns, channels] to one of the same
// extents, all of whose layers are local ([layer.Local]): a part of a picture with Reach pixels around it, its corner
// on the grid, has the output that it has within the whole, and the network takes pictures of any extents on the grid.
// It is an error where a layer, which is named, is not local.
func (m *Model) Receptive() (Receptive, error) {
	if len(m.inputs) != 1 || len(m.outputs) != 1 {
		return Receptive{}, fmt.Errorf("%d inputs and %d outputs; a network of pictures has one of each", len(m.inputs),
			len(m.outputs))
	}
	f := field{scale: 1, grid: 1}
	out, err := m.receptive(f)
	if err != nil {
		return Receptive{}, err
	}
	if out.scale != 1 {
		return Receptive{}, fmt.Errorf("the output is not as large as the input")
	}
	return Receptive{out.reach, out.grid}, nil
}

// field is what a value depends on at a place.
type field struct {
	scale int // pixels, along an axis, for which a place stands
	reach int // pixels beyond them
	grid  int // the least common multiple of the scales on the way
}

// receptive returns the field of the output of a network with one input and one output.
func (m *Model) receptive(in field) (field, error) {
	fields := map[*Value]field{m.inputs[0]: in}
	for _, c := range m.calls {
		if c == m.inputs[0].from {
			continue
		}
		f, err := m.joined(c, fields)
		if err != nil {
			return field{}, err
		}
		if inner, ok := c.inst.Layer.(*Model); ok {
			if len(inner.inputs) != 1 || len(inner.outputs) != 1 {
				return field{}, fmt.Errorf("layer %q is a network of several inputs or outputs", m.names[c.inst])
			}
			if f, err = inner.receptive(f); err != nil {
				return field{}, err
			}
		} else {
			l, ok := layer.LocalityOf(c.inst.Layer)
			if !ok || f.scale*l.Down%l.Up != 0 {
				return field{}, fmt.Errorf("layer %q, %s, depends on the size of the picture", m.names[c.inst],
					layer.Layers.Word(c.inst.Layer))
			}
			f = f.through(l)
		}
		for _, v := range c.out {
			fields[v] = f
		}
	}
	return fields[m.outputs[0]], nil
}

// through returns the field behind a layer.
func (f field) through(l layer.Locality) field {
	out := field{scale: f.scale * l.Down / l.Up, reach: f.reach + l.Reach*f.scale}
	out.grid = multiple(f.grid, f.scale*l.Down)
	if out.scale < f.scale {
		out.reach += f.scale - out.scale // a part of a place stands for all of it
	}
	return out
}

// joined returns the field of the values that enter a call.
func (m *Model) joined(c *call, fields map[*Value]field) (field, error) {
	var out field
	for i, v := range c.in {
		f := fields[v]
		if i > 0 && f.scale != out.scale {
			return field{}, fmt.Errorf("layer %q joins values of different sizes", m.names[c.inst])
		}
		out.scale, out.reach, out.grid = f.scale, max(out.reach, f.reach), multiple(max(1, out.grid), f.grid)
	}
	if len(c.in) == 0 {
		return field{}, fmt.Errorf("layer %q does not depend on the input", m.names[c.inst])
	}
	return out, nil
}

// multiple returns the least common multiple.
func multiple(a, b int) int {
	m := a
	for m%b != 0 {
		m += a
	}
	return m
}
