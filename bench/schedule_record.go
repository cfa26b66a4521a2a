package main

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gorae/internal/kernel/vec"
	"gorae/internal/mem"
	"gorae/internal/par"
)

// recorder keeps what the threads of a pool would share out, while one thread does all of it.
type recorder struct {
	launches []launch
	n        int // of them in this run
	last     time.Time
	inside   bool // a launch of several pieces, within which a pool shares nothing out
}

// begin starts a run.
func (r *recorder) begin() { r.n, r.last = 0, time.Now() }

// run is the watcher of a pool.
func (r *recorder) run(blocks int, t par.Task) {
	if blocks <= 1 || r.inside {
		for b := range blocks {
			t.Run(b, 0)
		}
		return
	}
	r.inside = true
	l := r.next(blocks)
	if s, ok := t.(par.Sized); ok {
		l.bytes = s.Bytes()
	}
	now := time.Now()
	l.alone = now.Sub(r.last).Seconds()
	for b := range l.pieces {
		t.Run(b, 0)
		before := now
		now = time.Now()
		l.pieces[b] = now.Sub(before).Seconds()
	}
	r.last, r.inside = now, false
}

// next is the record of the next launch, in memory of the run before where that had the same.
func (r *recorder) next(pieces int) *launch {
	if r.n == len(r.launches) {
		r.launches = append(r.launches, launch{})
	}
	l := &r.launches[r.n]
	if r.n++; len(l.pieces) != pieces {
		*l = launch{pieces: make([]float64, pieces)}
	}
	return l
}

// end returns the launches of the run, the last one without pieces.
func (r *recorder) end() []launch {
	r.next(0).alone = time.Since(r.last).Seconds()
	out := slices.Clone(r.launches[:r.n])
	for i := range out {
		out[i].pieces = slices.Clone(out[i].pieces)
	}
	return out
}

// recording is a training step of a network on one thread, cut for a number of threads.
type recording struct {
	*recorder
	step func() error
	runs [][]launch
}

// newRecording compiles the step and runs it a few times, so that all its memory has been touched.
func newRecording(n network, size, threads int) (*recording, error) {
	r := &recording{recorder: new(recorder)}
	par.SetDefault(par.Watched(threads, r.recorder.run))
	l, err := n.learner(size)
	if err != nil {
		return nil, err
	}
	r.step = l.run
	for range 2 {
		if err := r.take(); err != nil {
			return nil, err
		}
	}
	r.runs = nil
	return r, nil
}

// take records one step more: the last one of those of a short while, so that caches hold what they hold in training.
func (r *recording) take() error {
	for from := time.Now(); ; {
		r.begin()
		if err := r.step(); err != nil {
			return err
		}
		ls := r.end()
		if time.Since(from) > roundTime {
			r.runs = append(r.runs, ls)
			return nil
		}
	}
}

// meeting is a task of two pieces, each of which ends when both have begun.
type meeting struct{ begun atomic.Int64 }

func (m *meeting) Run(int, int) {
	all := (m.begun.Add(1) + 1) / 2 * 2
	for i := 0; m.begun.Load() < all; i++ {
		if i%1024 == 1023 {
			runtime.Gosched()
		}
	}
}

// handOver measures how long it takes a pool of two threads to begin a launch on both of them and to end it: while the
// second looks for work, and how much longer where it sleeps.
func handOver() (hand, wake float64) {
	p := par.New(2)
	defer p.Close()
	m := new(meeting)
	measure := func(runs int, rest time.Duration) float64 {
		var x []float64
		for range runs {
			time.Sleep(rest)
			start := time.Now()
			p.Run(2, m)
			x = append(x, time.Since(start).Seconds())
		}
		return median(x)
	}
	measure(1000, 0)
	hand = measure(20000, 0)
	return hand, max(0, measure(200, time.Millisecond)-hand)
}

// together is how many bytes a second threads read and write of so many bytes, each on a part of them at the same time.
func together(threads, bytes int) float64 {
	bytes = min(max(bytes, 64<<10), 512<<20)
	parts := make([][]float32, threads)
	for i := range parts {
		parts[i] = mem.Floats(bytes / 4 / threads)
		vec.AddS(parts[i], parts[i], 1)
	}
	repeat := max(1, (64<<20)/bytes)
	var speeds []float64
	for begun := time.Now(); len(speeds) < 7 || time.Since(begun) < 300*time.Millisecond; {
		start := time.Now()
		var wait sync.WaitGroup
		for _, x := range parts {
			wait.Go(func() {
				for range repeat {
					vec.AddS(x, x, 1)
				}
			})
		}
		wait.Wait()
		speeds = append(speeds, float64(repeat)*2*float64(bytes)/time.Since(start).Seconds())
	}
	return slices.Max(speeds)
}
