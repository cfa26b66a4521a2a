package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"gorae/chart"
	"gorae/internal/par"
)

// threadNetwork is a network of the study of threads, with its batch.
type threadNetwork struct {
	title, name string
	size        int
}

var threadNetworks = []threadNetwork{{"W1", "mlp", 64}, {"W3", "cifar", 64}, {"W4 lstm", "lstm", 32}, {"L1", "L1", 256},
	{"L2", "L2", 32}, {"L3", "L3", 64}, {"L4", "L4", 32}, {"L7", "L7", 64}}

// fullThreads is the number of threads from which on more are supposed to get no more from memory.
const fullThreads = 8

// simulated are the numbers of threads for which steps are simulated.
var simulated = doubled(1, 64)

// threadStudy measures a training step on one and on two threads, simulates it on 1 to 64, and prints the simulation
// for two beside the measurement.
func threadStudy(w io.Writer, rounds int) ([]chart.Panel, error) {
	m := machine{rest: 50e-6, full: fullThreads} // rest is the pool's spinFor
	m.hand, m.wake = handOver()
	fmt.Fprintf(w, `Measured by the clock: 1 and 2 threads. SIMULATED: all numbers behind "simulated". That is a schedule of the
pieces of a step, each of which was measured on one thread, in a plan made for that number of threads; all steps
were run in turn. Measured: %.2f µs until two threads have met in a launch and left it, %.1f µs more where the second
sleeps (after 50 µs without work), and what memory gives one thread and two. Supposed: thread k begins k such times
after a launch; each thread more gets as much of memory as the second, up to %d threads, and none beyond;
a piece takes as long beside others as alone; two launches never overlap.
`, 1e6*m.hand, 1e6*m.wake, fullThreads)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\t1 thread\t2 threads\tGB/s, 1\tGB/s, 2\ttimes as fast: 2\t|  simulated: 2")
	ideal := curve{name: "in proportion", tone: chart.Grey}
	for i, threads := range simulated {
		if ideal.add(float64(threads), float64(threads)); i > 1 {
			fmt.Fprintf(t, "\t%d", threads)
		}
	}
	fmt.Fprintln(t, "\t")
	curves := []curve{ideal}
	for _, n := range threadNetworks {
		s, err := n.steps()
		if err == nil {
			err = s.measure(rounds)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.title, err)
		}
		bytes := int(moved(s.recorded[0].runs[0]))
		m.one, m.two = together(1, bytes), together(2, bytes)
		one, two := median(s.seconds[0]), median(s.seconds[1])
		fmt.Fprintf(t, "%s, batch %d\t%s\t%s\t%.0f\t%.0f\t%.2f", n.title, n.size, duration(one), duration(two),
			m.one/1e9, m.two/1e9, one/two)
		c := curve{name: n.title}
		var alone float64
		for i, r := range s.recorded {
			seconds := simulate(medianLaunches(r.runs), simulated[i], m)
			if i == 0 {
				alone = seconds
			} else {
				fmt.Fprintf(t, "\t%.2f", alone/seconds)
			}
			c.add(float64(simulated[i]), alone/seconds)
		}
		fmt.Fprintln(t, "\t")
		curves = append(curves, c)
	}
	p := costPanel("threads, a training step (2 to 64 simulated)", "threads", "times as fast as one", curves...)
	p.Head = false
	return []chart.Panel{p}, t.Flush()
}

// threadSteps is a training step on one thread and on two, and recordings for all numbers of threads.
type threadSteps struct {
	run      [2]func() error
	seconds  [2][]float64
	recorded []*recording
}

// steps compiles the training steps of a network.
func (n threadNetwork) steps() (*threadSteps, error) {
	s := new(threadSteps)
	for i := range s.run {
		par.SetDefault(par.New(i + 1))
		net, err := find(n.name)
		if err != nil {
			return nil, err
		}
		l, err := net.learner(n.size)
		if err != nil {
			return nil, err
		}
		for range 2 { // to compile, and to touch all memory
			if err := l.run(); err != nil {
				return nil, err
			}
		}
		s.run[i] = l.run
	}
	for _, threads := range simulated {
		net, err := find(n.name)
		if err != nil {
			return nil, err
		}
		r, err := newRecording(net, n.size, threads)
		if err != nil {
			return nil, err
		}
		s.recorded = append(s.recorded, r)
	}
	return s, nil
}

// measure runs all steps in turn.
func (s *threadSteps) measure(rounds int) error {
	begun := time.Now()
	for i := 0; i < max(rounds, 3) && (i < 3 || time.Since(begun) < studyTime/3); i++ {
		for k, run := range s.run {
			time.Sleep(pause)
			if err := run(); err != nil { // finds caches as others left them
				return err
			}
			from, n := time.Now(), 0
			for ; n == 0 || time.Since(from) < 5*roundTime; n++ {
				if err := run(); err != nil {
					return err
				}
			}
			s.seconds[k] = append(s.seconds[k], time.Since(from).Seconds()/float64(n))
		}
		for _, r := range s.recorded {
			if err := r.take(); err != nil {
				return err
			}
		}
	}
	return nil
}
