package plan

import (
	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// Executor compiles graphs for one kind of machine. [CPU] is the usual one, [Naive] the definition that others are
// checked against.
type Executor interface {
	// Compile makes a program that computes outs, checks that the values of check are finite, and carries out
	// assigns. Leaves are found by their names.
	Compile(outs, check []*graph.Node, assigns []graph.Assign) (Program, error)
}

// Program is a compiled computation. It holds no numbers; any number of goroutines may share it.
type Program interface {
	// Leaves lists the leaves that the program reads or writes.
	Leaves() []graph.Leaf
	// Bytes is the memory of one execution in bytes, without its leaves.
	Bytes() int
	// String lists the steps of the program.
	String() string
	// NewExecution makes the memory of one run.
	NewExecution() Execution
}

// Execution is the memory in which a program runs, again and again. It belongs to one goroutine at a time. Apart
// from Profile and Times its methods allocate nothing on a [CPU].
type Execution interface {
	// Bind gives a leaf its storage, which runs read (and, for an assigned leaf, write) in place. A name that the
	// program does not use is ignored; a tensor of another element type or size is a fault of the caller and panics.
	Bind(name string, t *tensor.Tensor)
	// Compute runs everything but the assignments. A [*NonFinite] error says that a checked value holds NaN or
	// infinity, an [*Unbound] error that a leaf has no storage; Commit must not be called then.
	Compute() error
	// ComputeAt is Compute where the caller knows the version of the weights: values that depend on weights alone
	// need be computed only when the version has changed.
	ComputeAt(version uint64) error
	// Commit carries out the assignments of the last Compute.
	Commit()
	// Output is output i of the last Compute, in memory of the execution; it is valid until the next Compute.
	Output(i int) *tensor.Tensor
	// Profile starts (or, with false, ends) measuring the time of each step, from zero.
	Profile(on bool)
	// Runs is the number of runs that were measured.
	Runs() int
	// Times is the mean time of each step over the measured runs.
	Times() []StepTime
}

// CPU is the executor of this package: fused kernels on the processor's cores.
type CPU struct {
	// Pool has the threads; nil means par.Default() at the time when a program is compiled or an execution is made.
	Pool *par.Pool
}

// Compile returns the function [Compile] as a method.
func (c CPU) Compile(outs, check []*graph.Node, assigns []graph.Assign) (Program, error) {
	pool := c.Pool
	if pool == nil {
		pool = par.Default()
	}
	p, err := compile(outs, check, assigns, pool.Threads())
	if err != nil {
		return nil, err
	}
	return cpuProgram{p, c.Pool}, nil
}

// cpuProgram is a plan together with the threads that run it.
type cpuProgram struct {
	*Plan
	pool *par.Pool
}

func (p cpuProgram) NewExecution() Execution {
	pool := p.pool
	if pool == nil {
		pool = par.Default()
	}
	return p.Runner(pool)
}
