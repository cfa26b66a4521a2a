package plan

import (
	"sync/atomic"
	"time"

	"gorae/graph"
	"gorae/internal/mem"
	"gorae/internal/par"
	"gorae/tensor"
)

// Runner runs a plan: it owns the memory of one run. One goroutine at a time may
// use it.
type Runner struct {
	plan    *Plan
	pool    *par.Pool
	run     Run
	leaves  map[string]int
	bound   []*tensor.Tensor
	outs    []*tensor.Tensor
	scratch [][]float32
	task    task
	arena   []float32
	own     map[*Launch]func(x *Run, block int, scratch []float32) // made by PerRunner

	hoistedDone bool // the hoisted steps are done, for this version of the weights
	version     uint64
	times       []time.Duration
	runs        int
	profile     bool
}

type flag struct{ up atomic.Bool }

func (f *flag) raise() { f.up.Store(true) }

// task is the launch that runs now, as the pool sees it.
type task struct {
	r   *Runner
	run func(x *Run, block int, scratch []float32)
}

// Run does one block.
func (t *task) Run(block, worker int) { t.run(&t.r.run, block, t.r.scratch[worker]) }

// Runner makes a runner whose blocks are spread over the pool.
func (p *Plan) Runner(pool *par.Pool) *Runner {
	r := &Runner{plan: p, pool: pool, leaves: map[string]int{}, bound: make([]*tensor.Tensor, len(p.leaves)),
		own: map[*Launch]func(*Run, int, []float32){}}
	r.run.stores = make([]store, len(p.values))
	r.run.pool = pool
	r.arena = mem.Floats(p.arena)
	for _, v := range p.values {
		switch {
		case v.fixed != nil:
			r.run.stores[v.ID] = storeOf(v.fixed)
		case v.leaf < 0 && v.offset >= 0:
			r.run.stores[v.ID] = v.within(r.arena)
		}
	}
	for i, l := range p.leaves {
		r.leaves[l.op.Name] = i
	}
	for range pool.Threads() {
		r.scratch = append(r.scratch, mem.Floats(p.scratch))
	}
	for _, o := range p.outs {
		r.outs = append(r.outs, r.run.stores[o.v.ID].tensor(o.dtype, o.shape))
	}
	r.task.r = r
	for _, s := range p.steps {
		for l := &s.launch; l != nil; l = l.Next {
			if l.PerRunner != nil {
				r.own[l] = l.PerRunner(&r.run)
			}
		}
	}
	return r
}

// Bind gives a leaf its storage, which every run reads (and, for an assigned leaf, writes) in place. A name that the
// plan does not use is ignored. The tensor must have the leaf's element type and size.
func (r *Runner) Bind(name string, t *tensor.Tensor) {
	i, ok := r.leaves[name]
	if !ok {
		return
	}
	l := r.plan.leaves[i]
	mustFit(l.op, t)
	r.bound[i] = t
	r.run.stores[l.v.ID] = storeOf(t)
	if l.op.Kind != graph.Input {
		r.hoistedDone = false
	}
	for j, o := range r.plan.outs {
		if o.v == l.v {
			r.outs[j].F32, r.outs[j].I32, r.outs[j].U8 = t.F32, t.I32, t.U8
		}
	}
}

// Compute runs everything but the assignments. A [*NonFinite] error says that a
// checked value holds NaN or infinity; Commit must not be called then.
func (r *Runner) Compute() error {
	r.hoistedDone = false
	return r.compute()
}

// ComputeAt computes as Compute does, where the caller knows the version of the weights: hoisted steps, which depend on
// weights alone, run only when the version has changed.
func (r *Runner) ComputeAt(version uint64) error {
	r.hoistedDone = r.hoistedDone && r.version == version
	r.version = version
	return r.compute()
}

func (r *Runner) compute() error {
	for i, l := range r.plan.leaves {
		if r.bound[i] == nil {
			return &Unbound{l.op}
		}
	}
	r.run.bad.up.Store(false)
	from := 0
	if r.hoistedDone {
		from = r.plan.hoisted
	}
	r.hoistedDone = true
	if r.profile {
		r.runs++
	}
	for i, s := range r.plan.steps[from:] {
		if !s.commit {
			r.launch(from+i, s)
		}
	}
	if r.run.bad.up.Load() {
		return r.explain()
	}
	return nil
}

// Commit carries out the assignments of the last Compute.
func (r *Runner) Commit() {
	for i, s := range r.plan.steps {
		if s.commit {
			r.launch(i, s)
		}
	}
	for _, c := range r.plan.copies {
		to, from := &r.run.stores[c[0].ID], &r.run.stores[c[1].ID]
		copy(to.f, from.f)
		copy(to.u, from.u)
	}
}

func (r *Runner) launch(i int, s *step) {
	var start time.Time
	if r.profile {
		start = time.Now()
	}
	for l := &s.launch; l != nil; l = l.Next {
		run := l.Run
		if l.PerRunner != nil {
			run = r.own[l]
		}
		if l.Blocks <= 1 {
			run(&r.run, 0, r.scratch[0])
		} else {
			r.task.run = run
			r.pool.Run(l.Blocks, &r.task)
		}
	}
	if r.profile {
		r.times[i] += time.Since(start)
	}
}

// Output returns output i of the last Compute, in memory of the runner; it is valid until the next Compute.
func (r *Runner) Output(i int) *tensor.Tensor { return r.outs[i] }

// Unbound is the error of a run whose leaf has no storage.
type Unbound struct{ Leaf graph.Leaf }

func (e *Unbound) Error() string { return "plan: " + e.Leaf.String() + " is not bound" }
