package model

import (
	"gorae/plan"
	"gorae/tensor"
)

// Execution is the memory of a run, borrowed from a program. It belongs to one goroutine until Release.
type Execution struct {
	compiled  *Compiled
	execution plan.Execution
	rows      []tensor.Tensor // views of the inputs, for BorrowRows
	outs      []*tensor.Tensor
	run       func() error
}

// newExecution binds every leaf but the inputs.
func (c *Compiled) newExecution() *Execution {
	e := &Execution{
		compiled: c, execution: c.program.NewExecution(),
		rows: make([]tensor.Tensor, len(c.types)), outs: make([]*tensor.Tensor, c.outputs),
	}
	for name, t := range c.leaves {
		e.execution.Bind(name, t)
	}
	e.run = e.compute
	if c.sessions != nil {
		e.run = func() error { return c.sessions.InSession(e.compute) }
	}
	return e
}

// Run computes the outputs and carries out the assignments, unless a checked value is not finite.
func (e *Execution) Run() error { return e.run() }

// compute returns a run within the sessions.
func (e *Execution) compute() error {
	if err := e.read(); err != nil || !e.compiled.commits {
		return err
	}
	e.commit()
	return nil
}

// read computes while the weights stay as they are.
func (e *Execution) read() error {
	w := e.compiled.weights
	w.RLock()
	defer w.RUnlock()
	return e.execution.ComputeAt(w.Version())
}

// commit carries out the assignments; while weights are written nobody reads them.
func (e *Execution) commit() {
	if w := e.compiled.weights; e.compiled.writes {
		w.Lock()
		defer w.Unlock()
	}
	e.execution.Commit()
}

// Output returns output k of the last run; it is valid until the next one.
func (e *Execution) Output(k int) *tensor.Tensor { return e.execution.Output(k) }

// Outputs lists the outputs of the last run, in a slice of the execution's.
func (e *Execution) Outputs() []*tensor.Tensor {
	for k := range e.outs {
		e.outs[k] = e.execution.Output(k)
	}
	return e.outs
}

// Profile starts (or, with false, ends) measuring the steps of this execution's runs, from zero.
func (e *Execution) Profile(on bool) { e.execution.Profile(on) }

// Times returns the mean time of each step over the measured runs.
func (e *Execution) Times() []plan.StepTime { return e.execution.Times() }

// Release gives the execution back to its program.
func (e *Execution) Release() {
	c := e.compiled
	c.lock.Lock()
	c.free = append(c.free, e)
	c.lock.Unlock()
}

// view makes v rows i to j of t, in v's own memory.
func view(v, t *tensor.Tensor, i, j int) {
	v.Shape = append(append(v.Shape[:0], j-i), t.Shape[1:]...)
	row := v.Shape[1:].Size()
	v.F32, v.I32, v.U8 = nil, nil, nil
	switch {
	case t.I32 != nil:
		v.I32 = t.I32[i*row : j*row]
	case t.U8 != nil:
		v.U8 = t.U8[i*row : j*row]
	default:
		v.F32 = t.F32[i*row : j*row]
	}
}
