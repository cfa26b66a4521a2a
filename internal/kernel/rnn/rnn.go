// Package rnn runs recurrent layers over whole sequences of float32, forward and
// backward: simple RNN, LSTM, GRU (both ways of resetting) and UGRNN.
//
// It stands at the bottom of gorae, in the kernels: slices and numbers, no tensors
// and no graph. A Plan is made once per shape and cut into phases of blocks, which
// the caller schedules on as many threads as it likes, one phase after the other.
// A block is a group of samples that goes through all the steps alone, so nobody
// waits for anybody within a sequence. The work of a block depends on the shape and
// the instruction set alone, and the groups' weight gradients are added in a fixed
// tree, so the bits of the result do not depend on the number of threads.
//
// A group goes through time in chunks of steps that stay in cache. The inputs of a
// chunk are projected by one matrix product; each step then adds the product of the
// state with the recurrent weights, packed once, and one pass over the gates makes
// the new state. Going back, a step turns the gates into their gradients in place,
// and a chunk's weight gradients are one product over all its steps.
package rnn

import "fmt"

// Cell is a kind of recurrence. In the formulas x is the input of a step, h₋₁ and
// c₋₁ the state before it, act and rec the two activations, ⊙ the elementwise
// product; the blocks of the weights lie side by side in the order given.
type Cell uint8

// The cells.
const (
	// Simple is h = act(x·W + h₋₁·U + b).
	Simple Cell = iota
	// LSTM has the blocks i, f, g, o: i, f, o = rec(x·W + h₋₁·U + b), g = act(same);
	// c = f⊙c₋₁ + i⊙g, h = o⊙act(c). Hochreiter and Schmidhuber (1997), Gers et al. (2000).
	LSTM
	// GRU has the blocks z, r, g: z, r = rec(x·W + h₋₁·U + b), h = z⊙h₋₁ + (1−z)⊙g with
	// g = act(x·W + (r⊙h₋₁)·U + b), or g = act(x·W + b + r⊙(h₋₁·U + b′)) with ResetAfter,
	// where the bias is [2, 3·units], b and then b′. Cho et al. (2014).
	GRU
	// UGRNN has the blocks g, f: g = act(x·W + h₋₁·U + b), f = rec(same),
	// h = (1−f)⊙g + f⊙h₋₁. Collins et al. (2016).
	UGRNN
)

// String is the cell's name.
func (c Cell) String() string { return [...]string{"simple", "lstm", "gru", "ugrnn"}[c] }

// Blocks is the number of blocks of units columns that the weights have.
func (c Cell) Blocks() int { return [...]int{1, 4, 3, 2}[c] }

// Shape is a layer on a batch of sequences. A projected input is for those who have a
// better way than multiplying: x·W of one-hot ids is rows of W.
type Shape struct {
	Cell                    Cell
	Batch, Steps, In, Units int
	Activation, Recurrent   Act  // of the candidate (and of LSTM's c), and of the gates
	ResetAfter              bool // GRU's second form
	// x is x·W already, [Batch, Steps, blocks·Units]: there is no Kernel, dx is the gates' gradient
	Projected bool
	// x is rows of a table of so many, as ids choose them, and each is projected once (table.go); 0 for none
	Table int
	// with Table: dx has the rows' gradients in the order in which a pass meets the rows (Shape.Rows)
	ByRank    bool
	Reverse   bool // the last step is processed first
	InTime    bool // with Reverse: y lies in time as well, not in the order of processing
	Hold      bool // masked steps before a sample's first give its first state, not 0
	Recompute bool // keep few states for the backward pass, which then computes the gates again
	// Args has no Mask, DropX, DropH, YC or Residual, as in inference: a whole pass may be one kernel (chain.go)
	Bare            bool
	Sequences       bool  // y is [Batch, Steps, Units] and not the last [Batch, Units]
	XOrder, DXOrder Order // of x, whose masked rows have to be numbers then, and of dx
	DYOrder         Order // of dy
}

// Order is how the rows of sequences lie where they do not lie sample by sample: as a pass takes them, which is group
// by group of samples, and in a group step by step in the order of processing, the rows of its samples side by side. So
// one layer reads what another has written without anything in between.
type Order struct {
	Grouped   bool
	PerSample int // floats of a sample altogether,
	Before    int // and those before its first row
}

// at is where the rows of step t of a group begin, a row being n floats.
func (o Order) at(g *group, t, n int) int { return g.r0*o.PerSample + g.rows*(o.Before+t*n) }

// String says the shape as the planner prints it: lstm 32x390x3 -> 64.
func (s Shape) String() string {
	return fmt.Sprintf("%v %dx%dx%d -> %d", s.Cell, s.Batch, s.Steps, s.In, s.Units)
}

// Flops is the number of operations of the forward products, a multiplication and
// an addition counted as two; a backward pass has twice as many. Of a table no row is taken to occur twice.
func (s Shape) Flops() float64 {
	rows := s.Units
	if !s.Projected {
		rows += s.In
	}
	return 2 * float64(s.Batch) * float64(s.Steps) * float64(rows) * float64(s.Cell.Blocks()*s.Units)
}

// Args are the arrays of a pass. Those that may be left out are nil then. None may
// overlap another that is written.
//
// A masked step keeps the state and repeats the output before it, which is 0 (with Hold the
// first state) where there was none. Its input is not looked at. With Reverse, y lies in the order in
// which the steps were processed, as Keras has it, unless InTime; x, mask and dx lie in
// time.
type Args struct {
	X         []float32 // [Batch, Steps, In]; of a table [Table, In]
	IDs       []int32   // [Batch, Steps], rows of the table; one that is not there is a row of NaN
	Lists     []int32   // Plan.Lists numbers that the forward pass leaves to the backward pass, with a table
	Kernel    []float32 // W [In, blocks·Units]; none where x is projected
	Recurrent []float32 // U [Units, blocks·Units]
	Bias      []float32 // [blocks·Units], or [2, 3·Units] for a GRU with ResetAfter; may be left out
	H0, C0    []float32 // [Batch, Units], the first state; 0 if left out
	Mask      []float32 // [Batch, Steps], 0 where a step is masked; may be left out
	DropX     []float32 // [Batch, In], factors of x in every step; may be left out
	DropH     []float32 // [Batch, Units], factors of h₋₁ in products with U; may be left out

	Y        []float32 // [Batch, Steps, Units] with Sequences, else [Batch, Units]; may be left out
	YC       []float32 // [Batch, Steps, Units], LSTM's c after each step, where y lies with Sequences; may be left out
	HT, CT   []float32 // [Batch, Units], the last state; may be left out
	Residual []float32 // Plan.Residual floats for the backward pass; left out where there is none

	// Backward reads Residual, and overwrites it; what is not asked for is left out.
	DY, DYC  []float32 // as Y, YC
	DHT, DCT []float32 // as HT, CT
	// [Batch, Steps, In]; of a table each row's whole gradient stands at the first step that asks for it, 0 at the
	// others
	DX       []float32
	DH0, DC0 []float32 // as H0, C0

	DKernel, DRecurrent, DBias []float32 // as Kernel, Recurrent and Bias; the first two are always written

	team *Team // nil: the calling goroutine alone
}
