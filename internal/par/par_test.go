package par

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tally counts how often each block ran, and on which workers.
type tally struct {
	count   []atomic.Int32
	threads int
	busy    []atomic.Int32 // workers that are inside a block
	wrong   atomic.Int32
}

func newTally(blocks, threads int) *tally {
	return &tally{count: make([]atomic.Int32, blocks), busy: make([]atomic.Int32, threads), threads: threads}
}

func (t *tally) Run(block, worker int) {
	if worker < 0 || worker >= t.threads || t.busy[worker].Add(1) != 1 {
		t.wrong.Add(1)
		return
	}
	t.count[block].Add(1)
	t.busy[worker].Add(-1)
}

func (t *tally) check(tb testing.TB, times int32) {
	tb.Helper()
	if n := t.wrong.Load(); n != 0 {
		tb.Errorf("%d calls had a worker index out of range or shared it with another call", n)
	}
	for b := range t.count {
		if n := t.count[b].Load(); n != times {
			tb.Errorf("block %d ran %d times, want %d", b, n, times)
		}
	}
}

func TestRunEveryBlockOnce(t *testing.T) {
	for _, threads := range []int{-1, 1, 2, 3, 8} {
		p := New(threads)
		for _, blocks := range []int{0, 1, 2, 3, 7, 100, 1000} {
			for range 20 {
				c := newTally(blocks, p.Threads())
				p.Run(blocks, c)
				c.check(t, 1)
			}
		}
		p.Close()
		c := newTally(10, 1)
		p.Run(10, c)
		c.check(t, 1)
	}
}

func TestRunWakesParkedWorkers(t *testing.T) {
	p := New(2)
	defer p.Close()
	for range 5 {
		time.Sleep(3 * time.Millisecond) // long enough for the helper to park
		r := &rendezvous{both: make(chan struct{})}
		p.Run(2, r)
	}
}

// rendezvous ends only if its two blocks run at the same time.
type rendezvous struct {
	n    atomic.Int32
	both chan struct{}
}

func (r *rendezvous) Run(block, worker int) {
	if r.n.Add(1) == 2 {
		close(r.both)
	}
	<-r.both
}

func TestRunFromManyGoroutines(t *testing.T) {
	p := New(3)
	defer p.Close()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				c := newTally(17, 3)
				p.Run(17, c)
				c.check(t, 1)
			}
		})
	}
	wg.Wait()
}

// nested runs a task from within a block.
type nested struct {
	p     *Pool
	inner *tally
	lock  sync.Mutex
}

func (n *nested) Run(block, worker int) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.p.Run(len(n.inner.count), n.inner)
}

func TestRunWithinRun(t *testing.T) {
	p := New(2)
	defer p.Close()
	n := &nested{p: p, inner: newTally(5, 2)}
	p.Run(3, n)
	n.inner.check(t, 3)
}

// bomb panics in one block.
type bomb struct{ at int }

func (b bomb) Run(block, worker int) {
	if block == b.at {
		panic(fmt.Sprintf("block %d", block))
	}
	time.Sleep(20 * time.Microsecond)
}

func TestPanicReachesTheCaller(t *testing.T) {
	for _, threads := range []int{1, 2, 4} {
		p := New(threads)
		for at := range 12 {
			func() {
				defer func() {
					if got, want := recover(), fmt.Sprintf("block %d", at); got != want {
						t.Errorf("threads %d: recovered %v, want %q", threads, got, want)
					}
				}()
				p.Run(12, bomb{at})
			}()
			c := newTally(50, p.Threads()) // the pool is whole afterwards
			p.Run(50, c)
			c.check(t, 1)
		}
		p.Close()
	}
}

// sum adds numbers by block, so that the helpers have something to do.
type sum struct{ parts [64]float32 }

func (s *sum) Run(block, worker int) {
	x := float32(block)
	for range 200 {
		x = x*0.5 + 1
	}
	s.parts[block] = x
}

func TestRunDoesNotAllocate(t *testing.T) {
	p := New(2)
	defer p.Close()
	s := new(sum)
	if n := testing.AllocsPerRun(200, func() { p.Run(64, s) }); n != 0 {
		t.Errorf("Run allocates %v times", n)
	}
}

func TestDefault(t *testing.T) {
	first := Default()
	if first != Default() {
		t.Error("Default starts a new pool at each call")
	}
	p := New(1)
	SetDefault(p)
	defer SetDefault(first)
	if Default() != p {
		t.Error("Default is not the pool that SetDefault was given")
	}
}

func BenchmarkRun(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			p, s := New(threads), new(sum)
			defer p.Close()
			for b.Loop() {
				p.Run(64, s)
			}
		})
	}
}

func BenchmarkRunParked(b *testing.B) {
	p, s := New(2), new(sum)
	defer p.Close()
	for b.Loop() {
		b.StopTimer()
		time.Sleep(time.Millisecond)
		b.StartTimer()
		p.Run(64, s)
	}
}

// TestWatched: the tasks of such a pool are left to the function, and count as cut for its threads.
func TestWatched(t *testing.T) {
	var asked []int
	p := Watched(3, func(blocks int, t Task) {
		asked = append(asked, blocks)
		for b := range blocks {
			t.Run(b, 0)
		}
	})
	c := newTally(7, 1)
	p.Run(7, c)
	p.Run(0, c)
	c.check(t, 1)
	if p.Threads() != 3 || len(asked) != 2 || asked[0] != 7 || asked[1] != 0 {
		t.Errorf("%d threads, tasks of %v blocks", p.Threads(), asked)
	}
}
