package layer

import (
	"fmt"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(RNN{})
	Cells.Register(StackedRNNCells{})
}

// RNN runs a cell over the steps of a sequence x [batch, steps, …]. Its options are those of all recurrent layers:
//
//	ReturnSequences  the output of every step [batch, steps, units], not of the last one alone
//	ReturnState      further results: the states after the last step
//	GoBackwards      the last step comes first; a sequence that is returned is in that order, its mask is not
//	Stateful         a batch begins with the states at which the one before it ended, sample by sample
//	ZeroOutput       steps that the mask leaves out give zeros
//
// A mask leaves steps out: they keep the states, and repeat the output of the step before. With states to start from
// only a mask that is an argument counts (model.ApplyMasked), not one that comes with the sequence, as in Keras 3. Of a
// step x to drop and of a state to drop (Dropout, RecurrentDropout, in training) each sample has one mask for all its
// steps; gates share it. With as many further inputs as there are states, they are where the loop begins instead of
// zeros.
//
// What a stateful layer remembers belongs to the model in memory, for training and prediction alike, and for
// each size of batch; Model.ResetStates forgets it. Gradients end at the batch's first step.
type RNN struct {
	Base
	_               struct{} `keras:"dtype~float32"`
	Cell            Cell     `keras:"cell,main,required"`
	ReturnSequences bool     `keras:"return_sequences"`
	ReturnState     bool     `keras:"return_state"`
	RNNOptions
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer,optional"`
	_                   struct{}           `keras:"unroll~false,?time_major=false"`
}

// Call implements Layer.
func (l RNN) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	if l.Cell == nil {
		s.Fail("cell: is missing; give one, as LSTMCell")
	}
	checked(s, "cell", l.Cell)
	return l.loop().call(s, x)
}

// Activity implements Active.
func (l RNN) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l RNN) Traits() Traits { return l.loop().traits("") }

// anyCell marks a layer whose traits are those of its cell.
func (RNN) anyCell() {}

func (l RNN) loop() loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, walkerOf(l.Cell))
}

// Formula implements Formulator.
func (l RNN) Formula(in, out []tensor.Shape) string {
	if f, ok := l.Cell.(Formulator); ok {
		return f.Formula([]tensor.Shape{in[0][1:]}, out)
	}
	return formula(walkerOf(l.Cell), in)
}

// StackedRNNCells is cells one upon the other: what one gives at a step is the next one's step. The
// states are those of all cells, in their order.
type StackedRNNCells struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Cells []Cell   `keras:"cells,main,required"`
}

// Check tests the cells.
func (c StackedRNNCells) Check() error {
	if len(c.Cells) == 0 {
		return fmt.Errorf("cells: there is none; give one or more")
	}
	for i, cell := range c.Cells {
		if cell == nil {
			return fmt.Errorf("cells[%d]: is missing", i)
		}
		if err := config.Check(cell); err != nil {
			return config.Under(fmt.Sprintf("cells[%d]", i), err)
		}
	}
	return nil
}

// paths returns the cells' names, by class as in Keras's files: lstm_cell, lstm_cell_1.
func (c StackedRNNCells) paths() []string {
	var ps []string
	count := map[string]int{}
	for _, cell := range c.Cells {
		class, _ := Cells.Class(cell)
		base := config.Snake(class)
		p := "cells/" + base
		if n := count[base]; n > 0 {
			p = fmt.Sprintf("%s_%d", p, n)
		}
		count[base]++
		ps = append(ps, p)
	}
	return ps
}

// outputs returns the shapes of the cells' outputs, which it finds by tracing the cells.
func (c StackedRNNCells) output(cell Cell, step tensor.Shape) tensor.Shape {
	if g, ok := cell.(interface{ gates() gates }); ok {
		return tensor.Shape{g.gates().units}
	}
	return cell.States(step)[0]
}

// States implements Cell.
func (c StackedRNNCells) States(step tensor.Shape) []tensor.Shape {
	var all []tensor.Shape
	for _, cell := range c.Cells {
		all = append(all, cell.States(step)...)
		step = c.output(cell, step)
	}
	return all
}

// Step implements Cell.
func (c StackedRNNCells) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	var next []*graph.Node
	for i, p := range c.paths() {
		n := len(c.Cells[i].States(x.Shape[1:]))
		y, after := c.Cells[i].Step(s.Within(p), x, states[:n])
		states, next, x = states[n:], append(next, after...), y
	}
	return x, next
}

func (c StackedRNNCells) states(_ *Scope, step tensor.Shape) []tensor.Shape { return c.States(step) }

// walk runs one cell after the other, each over the whole sequence: the numbers are the same, and each
// loop is one that a kernel may know.
func (c StackedRNNCells) walk(s *Scope, x, mask *graph.Node, init []*graph.Node, reverse bool) (*graph.Node,
	[]*graph.Node) {
	var states []*graph.Node
	for i, p := range c.paths() {
		n := len(c.Cells[i].States(x.Shape[2:]))
		var first []*graph.Node
		if init != nil {
			first, init = init[:n], init[n:]
		}
		y, after := walkerOf(c.Cells[i]).walk(s.Within(p), x, mask, first, reverse)
		x, states = y, append(states, after...)
	}
	return x, states
}

func (c StackedRNNCells) words(step tensor.Shape) (string, int) {
	var parts []string
	total := 0
	for _, cell := range c.Cells {
		text, n := walkerOf(cell).words(step)
		if text == "" {
			return "", 0
		}
		parts, total = append(parts, text), total+n
		step = c.output(cell, step)
	}
	return strings.Join(parts, " + "), total
}
