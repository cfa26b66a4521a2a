package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(SimpleRNN{})
	Cells.Register(SimpleRNNCell{})
}

// SimpleRNN is h′ = act(x·kernel + h·recurrent_kernel + bias), the weights being the same at every step, which
// supposes that the series is stationary. k units on m features hold
// (m + k + 1)·k parameters.
// Options and results that recurrent layers have in common are explained at [RNN].
type SimpleRNN struct {
	Base
	_               struct{} `keras:"dtype~float32"`
	ReturnSequences bool     `keras:"return_sequences"`
	ReturnState     bool     `keras:"return_state"`
	RNNOptions
	Units      int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation Activation `keras:"activation,default=tanh"`
	CellOptions
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"?seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l SimpleRNN) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l SimpleRNN) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l SimpleRNN) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l SimpleRNN) loop() loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, l.cell().gates())
}

func (l SimpleRNN) cell() SimpleRNNCell {
	return SimpleRNNCell{Base: l.Base, Units: l.Units, Activation: l.Activation, CellOptions: l.CellOptions}
}

// Formula implements Formulator.
func (l SimpleRNN) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// SimpleRNNCell is one step of [SimpleRNN].
type SimpleRNNCell struct {
	Base
	_          struct{}   `keras:"dtype~float32"`
	Units      int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation Activation `keras:"activation,default=tanh"`
	CellOptions
	_ struct{} `keras:"?seed~null,?implementation~2"`
}

func (l SimpleRNNCell) gates() gates {
	l = config.Filled(l)
	return gates{blocks: 1, memories: 1, units: l.Units, activation: l.Activation, recurrent: "",
		CellOptions: l.CellOptions, build: func(a graph.CellAttr, act,
			_ graph.Func) *graph.Composite {
			return graph.SimpleRNNCell(a, act)
		}}
}

// States implements Cell.
func (l SimpleRNNCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l SimpleRNNCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
