// Package par runs the blocks of a kernel on several cores. A Pool starts its
// goroutines once; running a task on it allocates nothing.
//
// Which worker runs which block is left to chance, so a task must compute each
// block in a way that does not depend on the worker; then its result is the same
// for any number of threads.
package par

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Task is work cut into blocks. Run does one block; worker, in [0, Threads), is
// the index of the scratch space that the call has to itself.
type Task interface{ Run(block, worker int) }

// Pool is a fixed set of workers: the goroutine that calls Run and Threads()−1
// others.
type Pool struct {
	threads int
	watch   func(blocks int, t Task) // runs the tasks of a pool of Watched
	lock    sync.Mutex               // held by the goroutine whose task runs
	closed  atomic.Bool
	helpers []helper
	done    chan struct{} // from the last helper to a waiting caller

	// The job. Written only while state is shut and nobody is in it.
	task   Task
	blocks int64
	fault  atomic.Pointer[fault]

	_     [64]byte // keep the two contended words on cache lines of their own
	state atomic.Uint64
	_     [64]byte
	next  atomic.Int64
	_     [64]byte
}

type helper struct {
	wake   chan struct{}
	parked atomic.Bool
	_      [48]byte
}

type fault struct{ value any }

// A job's state in one word: helpers inside it (bits 0–15), open to more (16),
// caller asleep until the last one leaves (17), number of the job (32–63).
const (
	inside  = 1<<16 - 1
	open    = 1 << 16
	asleep  = 1 << 17
	jobStep = 1 << 32
)

// How long to look for work before sleeping: waking a goroutine costs some 5 µs
// of latency (BenchmarkRunParked against BenchmarkRun), and the pauses between
// the kernels of one step are shorter than this.
const (
	spinFor   = 50 * time.Microsecond
	spinLoops = 64 // looks between two glances at the clock
)

// New starts a pool of the given number of threads, the caller of Run being one
// of them; less than 1 counts as 1. One thread starts no goroutine.
func New(threads int) *Pool {
	p := &Pool{threads: min(max(threads, 1), inside), done: make(chan struct{}, 1)}
	p.helpers = make([]helper, p.threads-1)
	for i := range p.helpers {
		p.helpers[i].wake = make(chan struct{}, 1)
		go p.help(i)
	}
	return p
}

// Watched returns a pool that counts as one of so many threads and starts none: run does all blocks of each of its
// tasks, as worker 0. It is for tools that measure the blocks of tasks that are cut for a number of threads.
func Watched(threads int, run func(blocks int, t Task)) *Pool {
	return &Pool{threads: min(max(threads, 1), inside), watch: run}
}

// Sized is a task that knows how many bytes of memory it reads and writes.
type Sized interface{ Bytes() float64 }

// Threads is the number of workers, the caller of Run included.
func (p *Pool) Threads() int { return p.threads }

// Run runs every block of t once and returns when all are done. The caller works
// as worker 0. If another goroutine's task occupies the pool, or the pool is
// closed, or t itself calls Run, the caller runs all the blocks alone, as worker 0
// too: scratch space must belong to the task, not to the pool. A panic in a block
// is passed on to the caller after the other workers have stopped; blocks that
// have not begun by then are dropped.
func (p *Pool) Run(blocks int, t Task) {
	if p.watch != nil {
		p.watch(blocks, t)
		return
	}
	if blocks <= 1 || p.threads == 1 || p.closed.Load() || !p.lock.TryLock() {
		for b := range blocks {
			t.Run(b, 0)
		}
		return
	}
	p.task, p.blocks = t, int64(blocks)
	p.next.Store(0)
	p.state.Store(p.state.Load()&^(jobStep-1) + jobStep | open)
	defer p.finish()
	for i := range min(blocks-1, len(p.helpers)) {
		if h := &p.helpers[i]; h.parked.Load() && h.parked.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
	p.work(0)
}

// finish shuts the job, waits for the helpers inside it and passes on a panic of
// one of them. A helper that has not come in yet is not waited for.
func (p *Pool) finish() {
	p.next.Store(p.blocks) // matters only when the caller's own block panicked
	p.state.And(^uint64(open))
	if !spin(func() bool { return p.state.Load()&inside == 0 }) {
		for {
			s := p.state.Load()
			if s&inside == 0 {
				break
			}
			if p.state.CompareAndSwap(s, s|asleep) {
				<-p.done
				break
			}
		}
	}
	f := p.fault.Swap(nil)
	p.task = nil
	p.lock.Unlock()
	if f != nil {
		panic(f.value)
	}
}

// work takes blocks until none is left.
func (p *Pool) work(worker int) {
	for {
		b := p.next.Add(1) - 1
		if b >= p.blocks {
			return
		}
		p.task.Run(int(b), worker)
	}
}

// help is the life of helper i.
func (p *Pool) help(i int) {
	h := &p.helpers[i]
	var last uint64 // the job that this helper was in
	ready := func() bool {
		s := p.state.Load()
		return s&open != 0 && s/jobStep != last || p.closed.Load()
	}
	for {
		if !spin(ready) {
			h.parked.Store(true)
			if !ready() || !h.parked.CompareAndSwap(true, false) {
				<-h.wake
			}
		}
		if p.closed.Load() {
			return
		}
		s := p.state.Load()
		if s&open == 0 || s/jobStep == last || !p.state.CompareAndSwap(s, s+1) {
			continue
		}
		last = s / jobStep
		p.attend(i + 1)
	}
}

// attend works on the job that the helper has entered, and leaves it.
func (p *Pool) attend(worker int) {
	defer p.leave()
	p.work(worker)
}

// leave takes a helper out of its job, with its panic if it has one.
func (p *Pool) leave() {
	if r := recover(); r != nil {
		p.fault.CompareAndSwap(nil, &fault{r})
		p.next.Store(p.blocks)
	}
	for {
		s := p.state.Load()
		rest := s - 1
		if rest&inside == 0 {
			rest &^= asleep
		}
		if p.state.CompareAndSwap(s, rest) {
			if s&asleep != 0 && rest&asleep == 0 {
				p.done <- struct{}{}
			}
			return
		}
	}
}

// spin looks until cond holds, and gives up after spinFor.
func spin(cond func() bool) bool {
	for range spinLoops {
		if cond() {
			return true
		}
	}
	if runtime.GOMAXPROCS(0) == 1 { // whoever could make cond true needs this processor
		return false
	}
	for start := time.Now(); time.Since(start) < spinFor; {
		for range spinLoops {
			if cond() {
				return true
			}
		}
	}
	return false
}

// Close stops the goroutines. A Run that is under way finishes; one that comes
// later runs on its caller alone.
func (p *Pool) Close() {
	p.closed.Store(true)
	for i := range p.helpers {
		if h := &p.helpers[i]; h.parked.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
}

var standard struct {
	sync.Mutex
	pool atomic.Pointer[Pool]
}

// Default is the pool that is used where none is named: GOMAXPROCS threads,
// started when first asked for.
func Default() *Pool {
	if p := standard.pool.Load(); p != nil {
		return p
	}
	standard.Lock()
	defer standard.Unlock()
	if p := standard.pool.Load(); p != nil {
		return p
	}
	p := New(runtime.GOMAXPROCS(0))
	standard.pool.Store(p)
	return p
}

// SetDefault makes p the pool that Default returns. The former one is not
// closed: somebody may still hold it.
func SetDefault(p *Pool) { standard.pool.Store(p) }
