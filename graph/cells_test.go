package graph

import (
	"fmt"
	"strings"
	"testing"
)

// cellCases are the recurrent cells in their varieties, one step and looped over three.
func cellCases() []opCase {
	const batch, units = 2, 2
	tanh, sigmoid := (*Node).Tanh, (*Node).Sigmoid
	var cs []opCase
	for _, dropped := range []bool{false, true} {
		for _, c := range []struct {
			cell           *Composite
			states, blocks int
			more           []Type
		}{
			{SimpleRNNCell(CellAttr{Activation: "tanh", Dropped: dropped}, tanh), 1, 1, nil},
			{LSTMCell(CellAttr{Activation: "tanh", Recurrent: "sigmoid", Dropped: dropped}, tanh, sigmoid), 2, 4, nil},
			{GRUCell(CellAttr{Activation: "tanh", Recurrent: "sigmoid", Dropped: dropped}, tanh, sigmoid), 1, 3, nil},
			{GRUCell(CellAttr{Activation: "tanh", Recurrent: "sigmoid", ResetAfter: true, Dropped: dropped}, tanh,
				sigmoid), 1, 3, nil},
			{GRUCell(CellAttr{Activation: "tanh", Recurrent: "sigmoid", ResetAfter: true, RecurrentBias: true,
				Dropped: dropped}, tanh, sigmoid), 1, 3, []Type{F32(3 * units)}},
			{UGRNNCell(CellAttr{Activation: "tanh", Recurrent: "sigmoid", Dropped: dropped}, tanh, sigmoid), 1, 2, nil},
		} {
			var states []Type
			for range c.states {
				states = append(states, F32(batch, units))
			}
			fixed := append([]Type{F32(units, c.blocks*units)}, c.more...)
			if dropped {
				fixed = append(fixed, F32(batch, units))
			}
			sum := func(out []*Node) *Node { // of all results, each in its own way
				y := out[0].Sum(-1)
				for i, n := range out[1:] {
					y = y.Add(n.Square().Sum(-1).MulC(float64(i + 2)))
				}
				return y
			}
			cs = append(cs, opCase{
				name: fmt.Sprint(c.cell),
				in:   append(append(append([]Type{}, states...), F32(batch, c.blocks*units)), fixed...),
				f:    func(x []*Node) *Node { return sum(Compose(c.cell, x...)) },
			}, opCase{
				name: fmt.Sprint("scan ", c.cell), flat: true,
				in: append(append(append([]Type{}, states...), F32(batch, 3, c.blocks*units)), fixed...),
				f: func(x []*Node) *Node {
					return sum(ScanOver(c.cell, x[:c.states], x[c.states:c.states+1], nil, x[c.states+1:], false))
				},
			})
		}
	}
	return cs
}

// What a kernel goes by is in the cell's name: attributes that change the body are printed.
func TestCellNames(t *testing.T) {
	id := func(x *Node) *Node { return x }
	seen := map[string]bool{}
	for i := range 8 {
		a := CellAttr{Activation: "tanh", Recurrent: "sigmoid", ResetAfter: i&1 != 0, RecurrentBias: i&2 != 0,
			Dropped: i&4 != 0}
		seen[GRUCell(a, id, id).String()] = true
	}
	if len(seen) != 8 || !seen["gru_cell(activation=tanh recurrent=sigmoid reset_after recurrent_bias dropped)"] {
		t.Errorf("the names are %v", seen)
	}
	err := Catch(func() {
		g := New()
		Compose(LSTMCell(CellAttr{}, id, id), g.Input("h", F32(2, 3)), g.Input("c", F32(2, 3)),
			g.Input("p", F32(2, 12)))
	})
	if err == nil || !strings.Contains(err.Error(), "lstm_cell: takes 4 operands, got 3") {
		t.Errorf("too few operands: %v", err)
	}
}
