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

// task is the launches that run now, as the pool sees them: the blocks of the first, then those of the next.
type task struct {
	r    *Runner
	wave []*step
	runs []func(x *Run, block int, scratch []float32)
	ends []int // the number of blocks up to and with each launch
}

// Bytes is what the launches read and write. Phases of a step count as equal.
func (t *task) Bytes() float64 {
	bytes := 0.0
	for _, s := range t.wave {
		phases := 0
		for l := &s.launch; l != nil; l = l.Next {
			phases++
		}
		bytes += s.launch.Bytes / float64(phases)
	}
	return bytes
}

// Run does one block.
func (t *task) Run(block, worker int) {
	i, first := 0, 0
	for block >= t.ends[i] {
		first = t.ends[i]
		i++
	}
	t.runs[i](&t.r.run, block-first, t.r.scratch[worker])
}

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
	most := 0
	for _, w := range p.waves {
		most = max(most, len(w))
	}
	r.task = task{r, nil, make([]func(*Run, int, []float32), 0, most), make([]int, 0, most)}
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
	at := from
	for _, w := range r.plan.waves[from:] {
		if !w[0].commit {
			r.launch(at, w)
		}
		at += len(w)
	}
	if r.run.bad.up.Load() {
		return r.explain()
	}
	return nil
}

// Commit carries out the assignments of the last Compute.
func (r *Runner) Commit() {
	at := 0
	for _, w := range r.plan.waves {
		if w[0].commit {
			r.launch(at, w)
		}
		at += len(w)
	}
	for _, c := range r.plan.copies {
		to, from := &r.run.stores[c[0].ID], &r.run.stores[c[1].ID]
		copy(to.f, from.f)
		copy(to.u, from.u)
	}
}

// launch runs the steps of a wave, the first of which is step at of the plan.
func (r *Runner) launch(at int, w []*step) {
	var start time.Time
	if r.profile {
		start = time.Now()
	}
	t := &r.task
	t.wave = w
	for phase := 0; ; phase++ {
		t.runs, t.ends = t.runs[:0], t.ends[:0]
		blocks := 0
		for _, s := range w {
			l := s.launch.phase(phase)
			if l == nil {
				continue
			}
			run := l.Run
			if l.PerRunner != nil {
				run = r.own[l]
			}
			blocks += max(1, l.Blocks)
			t.runs, t.ends = append(t.runs, run), append(t.ends, blocks)
		}
		if blocks == 0 {
			break
		}
		if blocks == 1 {
			t.Run(0, 0)
		} else {
			r.pool.Run(blocks, t)
		}
	}
	if r.profile {
		each := time.Since(start) / time.Duration(len(w))
		for i := range w {
			r.times[at+i] += each
		}
	}
}

// phase returns the launch after so many others of a step; nil if there is none.
func (l *Launch) phase(n int) *Launch {
	for ; l != nil && n > 0; n-- {
		l = l.Next
	}
	return l
}

// Output returns output i of the last Compute, in memory of the runner; it is valid until the next Compute.
func (r *Runner) Output(i int) *tensor.Tensor { return r.outs[i] }

// Unbound is the error of a run whose leaf has no storage.
type Unbound struct{ Leaf graph.Leaf }

func (e *Unbound) Error() string { return "plan: " + e.Leaf.String() + " is not bound" }
