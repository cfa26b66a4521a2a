package conv

// Plan is one pass of one shape, cut into phases of blocks. It holds no numbers and
// may be used by many goroutines at once, each with scratch of its own. The blocks
// of a phase are independent; a phase begins when the one before is done.
type Plan struct {
	Shape
	Epilogue
	Variant Variant
	method  method
}

// method is how a plan does its work. Sizes are numbers of floats.
type method interface {
	phases() int
	blocks(phase int) int
	scratch() int
	shared() int
	region(block int) (lo, hi int)
	sizes() (in, w, out, channels int) // of the operands, and the length of bias
	run(phase, block int, o operands) (finite bool)
}

// operands are the arguments of Plan.Run.
type operands struct{ in, w, out, bias, mask, shared, scratch []float32 }

// pass is what a plan computes.
type pass uint8

const (
	forward pass = iota
	inputGrad
	weightGrad
)

// Forward plans y = x ⋆ w with the best variant that the machine has: Run's in is
// x, out is y, and bias has F floats. An inconsistent shape (a negative extent,
// channels that do not divide into groups) is a mistake of the program and panics.
func Forward(s Shape, e Epilogue) *Plan { return newPlan(s, e, forward, Best()) }

// InputGrad plans dx, the gradient of the input, from dy and w: Run's in is dy, out
// is dx, and bias has C floats. It is also the forward pass of the transposed
// convolution.
func InputGrad(s Shape, e Epilogue) *Plan { return newPlan(s, e, inputGrad, Best()) }

// WeightGrad plans dw from x and dy: Run's in is x, w is dy, out is dw. Fixed blocks
// of samples are summed apart and then added in a fixed tree.
func WeightGrad(s Shape, check bool) *Plan {
	return newPlan(s, Epilogue{Check: check}, weightGrad, Best())
}

func newPlan(s Shape, e Epilogue, kind pass, v Variant) *Plan {
	s = s.natural()
	s.valid()
	p := &Plan{Shape: s, Epilogue: e, Variant: v}
	form, fits := winogradForm(s, kind, transforms(v))
	switch {
	case wasteful(s, kind):
		p.method = newClipped(s, e, kind)
	case kind == weightGrad && fits:
		p.method = newWinogradGrad(s, e, v, form)
	case kind == weightGrad:
		p.method = newOuter(s, e, v)
	case fits:
		p.method = newWinograd(s, e, kind, v, form)
	default:
		p.method = newInner(s, e, kind, v)
	}
	return p
}

// transforms is the variant's kernels for transforms.
func transforms(v Variant) *variant {
	for _, t := range variants() {
		if t.name == v.String() {
			return t
		}
	}
	return portable
}

// Phases is the number of phases: packing or transforming the weights and then the
// result, for Forward and InputGrad; sums of parts and then the sum of these, for
// WeightGrad. The first phase of Forward and InputGrad reads w alone and writes shared
// alone: as long as w and shared stay, it need not be run again. A phase may have no
// blocks.
func (p *Plan) Phases() int { return p.method.phases() }

// Blocks is the number of independent pieces of a phase.
func (p *Plan) Blocks(phase int) int { return p.method.blocks(phase) }

// Scratch is the number of floats that a call of Run needs for itself.
func (p *Plan) Scratch() int { return p.method.scratch() }

// Shared is the number of floats that all blocks of a run have in common: packed
// weights or partial sums.
func (p *Plan) Shared() int { return p.method.shared() }

// Region is the rows lo to hi, end excluded, of the result as a matrix that a block
// of the last phase writes completely: of y [N·Out…, F], dx [N·In…, C] or
// dw [Kernel…·C/Groups, F].
func (p *Plan) Region(block int) (lo, hi int) { return p.method.region(block) }

// Run computes one block of a phase. What a plan does not use may be nil; out
// must not overlap the others. shared has Shared() floats, the same for all blocks
// of a run; scratch has Scratch() floats. The result is false if Check is asked for
// and something stored in out is not finite.
func (p *Plan) Run(phase, block int, in, w, out, bias, mask, shared, scratch []float32) (finite bool) {
	o := operands{in, w, out, bias, mask, shared, scratch}
	p.measure(&o)
	return p.method.run(phase, block, o)
}

// measure panics if an argument is too short, so that assembly never reads or
// writes beyond it.
func (p *Plan) measure(o *operands) {
	need := func(x []float32, n int, name string) {
		if len(x) < n {
			panic("conv: " + p.Shape.String() + ": " + name + " is too short")
		}
	}
	in, w, out, channels := p.method.sizes()
	need(o.in, in, "the input")
	need(o.w, w, "w")
	need(o.out, out, "the result")
	if p.Bias {
		need(o.bias, channels, "bias")
	}
	if p.Mask {
		need(o.mask, out, "mask")
	}
	need(o.shared, p.Shared(), "shared")
	need(o.scratch, p.Scratch(), "scratch")
}

// Pack computes one block of the first phase of Forward or InputGrad, for callers that
// keep what it writes: it needs nothing but w, shared and scratch.
func (p *Plan) Pack(block int, w, shared, scratch []float32) {
	if _, n, _, _ := p.method.sizes(); len(w) < n || len(shared) < p.Shared() || len(scratch) < p.Scratch() {
		panic("conv: " + p.Shape.String() + ": an argument of Pack is too short")
	}
	p.method.run(0, block, operands{w: w, shared: shared, scratch: scratch})
}
