package rnn

import "gorae/internal/kernel/gemm"

// The parts of a step are known by their cells; a GRU without ResetAfter has two, before
// and after its second product.
const (
	reset = UGRNN + 1 + iota
	reset2
	nParts
)

// variant is the steps in assembly, for tanh and sigmoid; rows, units ≥ 1.
//
// prev is c₋₁ for LSTM and h₋₁ for GRU and UGRNN; what a cell does not use is ignored.
type variant struct {
	name     string
	lanes    int                                  // of a vector
	chain    [UGRNN + 1][maxChain + 1]chainKernel // by samples, nil for numbers that have no kernel
	forward  [nParts]func(g, prev, c, h []float32, rows, units int)
	backward [nParts]func(g, prev, c, dh, dc, dy []float32, rows, units, dyStep int)
}

const maxChain = 6 // samples of a chain at most

// variants are those that the machine has, by the variant of their products.
var variants [gemm.AVX512 + 1]*variant

// assembly is that of a plan's steps, nil where there is none.
func (p *Plan) assembly() *variant {
	if p.Activation != Tanh || p.Cell != Simple && p.Recurrent != Sigmoid {
		return nil
	}
	return variants[p.variant]
}
