package model

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gorae/graph"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Program is a traced function over the weights of one or several models, compiled once for each combination of
// input types that it meets: the one way from a trace to numbers. Prediction, streams, gradients, training steps and
// evaluation are programs.
//
// Each execution has its own memory, so any number of goroutines may use one program through Borrow; Run is
// for one goroutine. Once the types are known a run allocates nothing.
type Program struct {
	function Func
	config   ProgramConfig

	lock     sync.Mutex
	compiled []*Compiled // the most recently used last
	profile  bool
}

// Func puts a computation into a graph: given a trace and a node for each input it returns what is to be computed.
// It may set the trace up (Tapping, Shorter, Memory, Carry) before it calls [Model.Trace]. It fails as tracing does,
// by a panic of [graph.Graph.Fail].
type Func func(t *Trace, in []*graph.Node) Traced

// Traced is the result of a Func: the nodes to compute. The assignments of the trace's graph (new weights, moving
// averages, what stateful layers remember) are carried out beside it.
type Traced struct {
	Outputs []*graph.Node
	// Check lists values that must be finite: a run in which NaN or infinity arises there returns a
	// *plan.NonFinite error and assigns nothing.
	Check []*graph.Node
	// Compiled, if set, is called when the trace is compiled, before it has memory. It may refuse by an error, and
	// bind leaves whose storage follows from the trace, such as an optimizer's slots.
	Compiled func(c *Compiled) error
}

// ProgramConfig is the configuration of a Program: what its Func works on.
type ProgramConfig struct {
	// Models are the built models whose weights the function uses. They are locked for reading while a run computes
	// and for writing while it assigns weights.
	Models []*Model
	// Training traces layers in training mode; its randomness needs the leaf "key" among Leaves.
	Training bool
	// Inputs are the names of the inputs' leaves; nil means in/0, in/1, and so on.
	Inputs []string
	// Leaves is the storage of leaves that are neither inputs nor variables, by name: the key of randomness, the
	// number of the step, the learning rate. The leaf of a number that changes between runs is of kind graph.Input.
	Leaves map[string]*tensor.Tensor
	// ReadOnly leaves assignments out: nothing is remembered and no weight changes.
	ReadOnly bool
	// Executor compiles; nil means that of the first model.
	Executor plan.Executor
	// Idle bounds the memory of the executions that are kept for later runs, in bytes; 0 means 512 MB. Those of the
	// types that were least recently used go first. A program that meets many shapes, such as one over sequences of
	// like lengths, would else keep the memory of all of them while one is in use.
	Idle int
}

// programLimit bounds how many combinations of types a program keeps compiled; the least recently used goes first.
const programLimit = 32

// idleLimit is the default of ProgramConfig.Idle.
const idleLimit = 512 << 20

// NewProgram returns a program of a function. Nothing is traced yet.
func NewProgram(f Func, c ProgramConfig) *Program { return &Program{function: f, config: c} }

// Compiled is a program for inputs of certain types.
type Compiled struct {
	// Trace is the trace after the function: its leaves, taps, carried states.
	Trace *Trace

	program  plan.Program
	types    []graph.Type // of the inputs
	names    []string     // of the inputs' leaves
	outputs  int
	leaves   map[string]*tensor.Tensor // storage of all leaves but the inputs
	weights  *weight.Locks             // of the models
	sessions *weight.Locks             // of the memory that the run reads or writes; nil: none
	commits  bool                      // there are assignments
	writes   bool                      // among them some of weights or states

	lock sync.Mutex
	all  []*Execution
	free []*Execution
}

// Bytes returns the memory of one execution in bytes, without leaves.
func (c *Compiled) Bytes() int { return c.program.Bytes() }

// String lists the steps of the compiled program.
func (c *Compiled) String() string { return c.program.String() }

// Bind gives a leaf its storage in executions that are made from now on.
func (c *Compiled) Bind(name string, t *tensor.Tensor) { c.leaves[name] = t }

// Reset drops everything compiled, for a function whose trace would be another one now.
func (p *Program) Reset() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.compiled = nil
}

// All lists what is compiled, the most recently used last.
func (p *Program) All() []*Compiled {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.compiled)
}

// Prepare returns the compiled program for the types of the inputs, from the cache where it is known.
func (p *Program) Prepare(in ...*tensor.Tensor) (*Compiled, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.find(in, wholeInput)
}

// wholeInput in place of a number of rows means that inputs are taken as they are.
const wholeInput = -1

// find looks in the cache, or compiles. rows is how many rows of each input a run takes.
func (p *Program) find(in []*tensor.Tensor, rows int) (*Compiled, error) {
	list := p.compiled
	for i := len(list) - 1; i >= 0; i-- {
		if c := list[i]; c.takes(in, rows) {
			copy(list[i:], list[i+1:])
			list[len(list)-1] = c
			return c, nil
		}
	}
	types := make([]graph.Type, len(in))
	for i, t := range in {
		types[i] = graph.Type{DType: t.DType(), Shape: t.Shape.Clone()}
		if rows != wholeInput {
			types[i].Shape[0] = rows
		}
	}
	c, err := p.compile(types)
	if err != nil {
		return nil, err
	}
	if len(p.compiled) == programLimit {
		p.compiled = slices.Delete(p.compiled, 0, 1)
	}
	p.compiled = append(p.compiled, c)
	return c, nil
}

// takes reports whether inputs have the types that c was compiled for.
func (c *Compiled) takes(in []*tensor.Tensor, rows int) bool {
	if len(in) != len(c.types) {
		return false
	}
	for i, t := range in {
		want := c.types[i]
		if t.DType() != want.DType || len(t.Shape) != len(want.Shape) {
			return false
		}
		got, shape := t.Shape, want.Shape
		if rows != wholeInput {
			if shape[0] != rows {
				return false
			}
			got, shape = got[1:], shape[1:]
		}
		if !got.Equal(shape) {
			return false
		}
	}
	return true
}

// compile traces the function and compiles the trace.
func (p *Program) compile(types []graph.Type) (*Compiled, error) {
	weights, err := weightsOf(p.config.Models)
	if err != nil {
		return nil, err
	}
	c := &Compiled{Trace: layer.NewTrace(p.config.Training), types: types, weights: weights}
	var traced Traced
	if err := graph.Catch(func() {
		nodes := make([]*graph.Node, len(types))
		for i, t := range types {
			name := fmt.Sprintf("in/%d", i)
			if p.config.Inputs != nil {
				name = p.config.Inputs[i]
			}
			c.names = append(c.names, name)
			nodes[i] = c.Trace.Graph.Input(name, t)
		}
		traced = p.function(c.Trace, nodes)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	assigns := c.Trace.Graph.Assigns
	if p.config.ReadOnly {
		assigns = nil
	}
	c.outputs = len(traced.Outputs)
	if c.program, err = p.executor().Compile(traced.Outputs, traced.Check, assigns); err != nil {
		return nil, err
	}
	c.locks(assigns)
	c.leaves = map[string]*tensor.Tensor{}
	for name, t := range p.config.Leaves {
		c.leaves[name] = t
	}
	for name, v := range c.Trace.Leaves {
		c.leaves[name] = v.Value
	}
	if traced.Compiled != nil {
		if err := traced.Compiled(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// locks sets the locks that a run holds while it computes and assigns.
func (c *Compiled) locks(assigns []graph.Assign) {
	c.commits = len(assigns) > 0
	c.writes = slices.ContainsFunc(assigns, func(a graph.Assign) bool {
		return a.State.Call.Op.(graph.Leaf).Kind != graph.Session
	})
	switch {
	case !c.Trace.Stateful:
	case c.Trace.Memory != nil:
		c.sessions = &c.Trace.Memory.Locks
	default:
		c.sessions = c.weights
	}
}

// weightsOf returns the lock of the weights of models.
func weightsOf(models []*Model) (*weight.Locks, error) {
	if len(models) == 0 {
		return nil, errors.New("program: no model; give those that the function uses")
	}
	for _, m := range models {
		if m.store == nil {
			return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
		}
	}
	return Lock(models...), nil
}

func (p *Program) executor() plan.Executor {
	if p.config.Executor != nil {
		return p.config.Executor
	}
	if e := p.config.Models[0].predict.executor; e != nil {
		return e
	}
	return plan.CPU{}
}

// Run computes the outputs for inputs and carries out the assignments. The outputs stay valid until the next run.
// It is for one goroutine at a time.
func (p *Program) Run(in ...*tensor.Tensor) ([]*tensor.Tensor, error) {
	e, err := p.Borrow(in...)
	if err != nil {
		return nil, err
	}
	defer e.Release()
	if err := e.Run(); err != nil {
		return nil, err
	}
	return e.Outputs(), nil
}

// Borrow returns an execution that nobody else uses, bound to inputs. Release gives it back.
func (p *Program) Borrow(in ...*tensor.Tensor) (*Execution, error) {
	e, err := p.borrow(in, wholeInput)
	if err != nil {
		return nil, err
	}
	for i, t := range in {
		e.execution.Bind(e.compiled.names[i], t)
	}
	return e, nil
}

// BorrowRows returns an execution as Borrow does, for rows i to j of each input.
func (p *Program) BorrowRows(i, j int, in ...*tensor.Tensor) (*Execution, error) {
	e, err := p.borrow(in, j-i)
	if err != nil {
		return nil, err
	}
	for k, t := range in {
		view(&e.rows[k], t, i, j)
		e.execution.Bind(e.compiled.names[k], &e.rows[k])
	}
	return e, nil
}

func (p *Program) borrow(in []*tensor.Tensor, rows int) (*Execution, error) {
	p.lock.Lock()
	c, err := p.find(in, rows)
	if err != nil {
		p.lock.Unlock()
		return nil, err
	}
	e := c.idle()
	if e == nil {
		p.forget(c)
	}
	profile := p.profile
	p.lock.Unlock()
	if e != nil {
		return e, nil
	}
	e = c.newExecution()
	e.Profile(profile)
	c.lock.Lock()
	defer c.lock.Unlock()
	c.all = append(c.all, e)
	return e, nil
}

// idle takes an execution that nobody uses; nil: there is none.
func (c *Compiled) idle() *Execution {
	c.lock.Lock()
	defer c.lock.Unlock()
	n := len(c.free)
	if n == 0 {
		return nil
	}
	e := c.free[n-1]
	c.free = c.free[:n-1]
	return e
}

// Idle is the number of executions that nobody uses.
func (c *Compiled) Idle() int {
	c.lock.Lock()
	defer c.lock.Unlock()
	return len(c.free)
}

// forget drops idle executions until those that are left have room beside another one of c.
func (p *Program) forget(c *Compiled) {
	limit := cmp.Or(p.config.Idle, idleLimit)
	total := c.Bytes()
	for _, other := range p.compiled {
		other.lock.Lock()
		total += len(other.free) * other.Bytes()
		other.lock.Unlock()
	}
	for _, other := range p.compiled {
		if total <= limit {
			return
		}
		other.lock.Lock()
		total -= len(other.free) * other.Bytes()
		other.all = slices.DeleteFunc(other.all, func(e *Execution) bool { return slices.Contains(other.free, e) })
		other.free = nil
		other.lock.Unlock()
	}
}

// Profile starts (or, with false, ends) measuring the steps of all runs, from zero. No run may be under way.
func (p *Program) Profile(on bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.profile = on
	for _, c := range p.compiled {
		for _, e := range c.all {
			e.Profile(on)
		}
	}
}

// Times returns the mean time of each step for the types of inputs that ran most often since Profile; plan.Table prints
// it. nil means that nothing ran.
func (p *Program) Times() []plan.StepTime {
	p.lock.Lock()
	defer p.lock.Unlock()
	var most *Execution
	for _, c := range p.compiled {
		for _, e := range c.all {
			if most == nil || e.execution.Runs() > most.execution.Runs() {
				most = e
			}
		}
	}
	if most == nil {
		return nil
	}
	return most.Times()
}
