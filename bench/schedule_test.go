package main

import (
	"math"
	"testing"

	"gorae/internal/par"
)

// TestSimulate compares with schedules that were laid by hand. Times are in seconds.
func TestSimulate(t *testing.T) {
	four := launch{pieces: []float64{3, 3, 3, 3}}
	uneven := launch{pieces: []float64{5, 1, 1, 1, 4}}
	apart := launch{alone: 2, pieces: []float64{4, 4}}
	for _, c := range []struct {
		name    string
		ls      []launch
		threads int
		m       machine
		want    float64
	}{
		{"one thread has no hand-over", []launch{four, uneven, apart}, 1, machine{hand: 100, wake: 100}, 12 + 12 + 10},
		// 3 + 3 each; 5 beside 1, 1, 1, whose thread takes 4 at 3; 2 alone, and 4 beside 4.
		{"three launches on two threads", []launch{four, uneven, apart}, 2, machine{rest: 9}, 6 + 7 + 6},
		{"more threads than pieces", []launch{four}, 64, machine{}, 3},
		// The second thread takes pieces at 1 and 4, the first at 0 and 3.
		{"a hand-over", []launch{four}, 2, machine{hand: 1}, 7},
		// Threads 0 to 3 come at 0, 2, 4 and 6: pieces at 0, 2, 3 and 4.
		{"hand-overs add up", []launch{four}, 4, machine{hand: 2}, 7},
		{"a hand-over longer than all pieces", []launch{four}, 2, machine{hand: 20}, 12},
		// After 2 s without work the second thread comes at 3.5, to the second piece: 3.5 + 4.
		{"threads that sleep", []launch{apart}, 2, machine{hand: 0.5, wake: 3, rest: 1}, 2 + 7.5},
		{"threads that do not sleep yet", []launch{apart}, 2, machine{hand: 0.5, wake: 3, rest: 2}, 2 + 4.5},
		{"what lies behind the last launch", []launch{four, {alone: 5}}, 2, machine{rest: 9}, 11},
		// 120 bytes at 10 a second take 12 s on one thread; two get 15 a second, three 20, four no more.
		{"two threads and memory", []launch{{pieces: four.pieces, bytes: 120}}, 2,
			machine{one: 10, two: 15, full: 3}, 8},
		{"four threads and memory", []launch{{pieces: four.pieces, bytes: 120}}, 4,
			machine{one: 10, two: 15, full: 3}, 6},
		// 150 bytes in 12 s are more than memory gives one thread.
		{"bytes in caches", []launch{{pieces: four.pieces, bytes: 150}}, 4, machine{one: 10, two: 15, full: 3}, 3},
	} {
		if got := simulate(c.ls, c.threads, c.m); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v s, want %v", c.name, got, c.want)
		}
	}
}

func TestSpeed(t *testing.T) {
	m := machine{one: 10, two: 16, full: 4}
	for threads, want := range map[int]float64{1: 10, 2: 16, 3: 22, 4: 28, 64: 28} {
		if got := m.speed(threads); got != want {
			t.Errorf("%d threads: %v, want %v", threads, got, want)
		}
	}
	if got := (machine{one: 10, two: 9, full: 4}).speed(3); got != 10 {
		t.Errorf("where two threads get less than one: %v", got)
	}
}

func TestMedianLaunches(t *testing.T) {
	run := func(alone, a, b float64) []launch { return []launch{{alone, []float64{a, b}, 7}} }
	got := medianLaunches([][]launch{run(1, 9, 4), run(3, 8, 6), run(2, 1, 5)})
	if len(got) != 1 || got[0].alone != 2 || got[0].pieces[0] != 8 || got[0].pieces[1] != 5 || got[0].bytes != 7 {
		t.Errorf("%+v", got)
	}
}

// nest is a task whose blocks run a task in turn.
type nest struct{ inner func() }

func (n nest) Run(int, int)   { n.inner() }
func (n nest) Bytes() float64 { return 12 }

// TestRecorder: launches are recorded with their pieces, also those of a launch of one piece, and not those of pieces.
func TestRecorder(t *testing.T) {
	r := new(recorder)
	p := par.Watched(4, r.run)
	runs := 0
	idle := nest{func() { runs++ }}
	for range 2 {
		r.begin()
		p.Run(3, nest{func() { p.Run(5, idle) }})
		p.Run(1, nest{func() { p.Run(2, idle) }})
		ls := r.end()
		if len(ls) != 3 || len(ls[0].pieces) != 3 || len(ls[1].pieces) != 2 || len(ls[2].pieces) != 0 ||
			ls[0].bytes != 12 {
			t.Errorf("recorded %+v", ls)
		}
	}
	if runs != 2*(15+2) {
		t.Errorf("%d blocks ran", runs)
	}
}

// TestRecording: a training step of a network has pieces for each number of threads, and their bytes.
func TestRecording(t *testing.T) {
	defer par.SetDefault(par.Default())
	n, err := find("mlp")
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRecording(n, 8, 4)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := r.take(); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.runs) != 3 {
		t.Errorf("%d records", len(r.runs))
	}
	ls := medianLaunches(r.runs)
	pieces, bytes := 0, 0.0
	for _, l := range ls {
		pieces, bytes = pieces+len(l.pieces), bytes+l.bytes
	}
	// Adam alone reads and writes seven times its 669,706 weights, not all of them in launches of several pieces.
	if pieces < 20 || bytes < 4*669706 {
		t.Errorf("%d launches, %d pieces, %v bytes", len(ls), pieces, bytes)
	}
	if seconds := simulate(ls, 1, machine{}); seconds <= 0 {
		t.Errorf("%v s", seconds)
	}
}
