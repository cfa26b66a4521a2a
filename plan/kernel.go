package plan

import (
	"gorae/graph"
	"gorae/internal/par"
)

// Kernel computes single calls of some operation. The planner asks the kernels in the order of the list kernels and
// takes the first that claims; reference claims everything and is the last. Kernels of several calls are fusions
// (fusion.go).
type Kernel interface {
	// Claim reports whether the kernel computes such calls. A composite that no
	// kernel claims is replaced by its body.
	Claim(c *graph.Call) bool
	// Bind fixes everything that shapes decide.
	Bind(b *Binding) Launch
}

// A sharer is a kernel whose blocks share memory while the launch runs: shared is its size for a call, in float32s.
type sharer interface{ shared(c *graph.Call) int }

// Binding is a call whose operands and results have become values.
type Binding struct {
	Call    *graph.Call
	In, Out []*Value
	Check   bool   // report a result that is not finite by Run.Bad
	Shared  *Value // the memory of a sharer
}

// Launch is a step ready to run: Blocks pieces that may run at the same time, each
// with Scratch float32s to itself.
type Launch struct {
	Name    string
	Blocks  int
	Scratch int
	Run     func(x *Run, block int, scratch []float32)
	// PerRunner, if set, makes a Run for each runner, for launches that keep memory of their own between runs.
	PerRunner func(x *Run) func(x *Run, block int, scratch []float32)
	Next      *Launch // runs when all blocks are done
	// Flops and Bytes of the whole launch, for the profile.
	Flops, Bytes float64
}

// Run is the memory of a runner as launches see it.
type Run struct {
	stores []store
	bad    flag
	pool   *par.Pool
}

// F returns the elements of a float32 value.
func (x *Run) F(v *Value) []float32 { return x.stores[v.ID].f }

// I returns the elements of an int32 value.
func (x *Run) I(v *Value) []int32 { return x.stores[v.ID].i }

// U returns the elements of a uint8 value.
func (x *Run) U(v *Value) []uint8 { return x.stores[v.ID].u }

// Bad reports that a checked value is not finite.
func (x *Run) Bad() { x.bad.raise() }

// kernels is the list; elementwise calls and products are not in it, because they
// are fused (elementwise.go, epilogue.go).
var kernels = []Kernel{
	reduceKernel{},
	extremeGradKernel{},
	rowKernel{},
	attentionKernel{},
	batchNormGradKernel{},
	layerNormKernel{},
	moveKernel{},
	indexKernel{},
	poolKernel{},
	resizeKernel{},
	scanKernel{},
	randomKernel{},
	castKernel{},
	warpKernel{},
	sweepKernel{},
	reference{},
}

func kernelFor(c *graph.Call) Kernel {
	for _, k := range kernels {
		if k.Claim(c) {
			return k
		}
	}
	return nil
}

// claims reports whether a kernel beside the reference computes c.
func claims(c *graph.Call) bool {
	if isRoot(c) {
		return true
	}
	_, slow := kernelFor(c).(reference)
	return !slow
}

// reference computes any primitive by its definition, slowly.
type reference struct{}

func (reference) Claim(*graph.Call) bool { return true }

func (reference) Bind(b *Binding) Launch {
	return Launch{Name: "reference " + b.Call.Op.String(), Blocks: 1, Run: func(x *Run, _ int, _ []float32) {
		e := &graph.Eval{Single: true}
		for i, v := range b.In {
			n := b.Call.In[i]
			e.In = append(e.In, graph.ArrayOf(x.stores[v.ID].tensor(n.DType, n.Shape)))
		}
		for _, n := range b.Call.Out {
			e.Out = append(e.Out, graph.NewArray(n.Type))
		}
		b.Call.Op.Eval(e)
		for i, v := range b.Out {
			t := e.Out[i].Tensor()
			s := x.stores[v.ID]
			copy(s.i, t.I32)
			copy(s.u, t.U8)
			if t.F32 != nil {
				copy(s.f, t.F32)
			}
		}
	}}
}

// share cuts n items into blocks of about grain items each. It returns the number of blocks and a function of a block's
// items, lo to hi. It depends on n and grain alone.
func share(n, grain int) (blocks int, part func(block int) (lo, hi int)) {
	blocks = max(1, (n+grain-1)/grain)
	return blocks, func(b int) (lo, hi int) { return n * b / blocks, n * (b + 1) / blocks }
}
