package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"text/tabwriter"
	"time"

	"gorae/internal/par"
	"gorae/plan"
	"gorae/tensor"
	"gorae/train"

	"gorae/optim"
)

// learner is the training step of a network on one batch, at a learning rate that leaves the weights as they are.
type learner struct {
	*train.Step
	in []*tensor.Tensor
}

func (n network) learner(size int) (*learner, error) {
	in, err := n.batch(rand.New(rand.NewPCG(1, 1)), size)
	if err != nil {
		return nil, err
	}
	step, err := train.NewStep(n.trace, nil, optim.Adam{LearningRate: 1e-9}, 1, n.model)
	return &learner{step, in}, err
}

func (l *learner) run() error {
	_, _, err := l.Run(l.in...)
	return err
}

// layers prints, for every convolution of a training step and each of its three passes, what is achieved of the
// FMA peak of that moment on one thread: the operations of the direct convolution over the time
// that the pass takes within the step, its packing of weights and what is fused with it
// included. Winograd's method computes less than the direct one, so more than 100 % is possible.
// Of each pass, as of the peak, the shortest time counts: what disturbs only makes it longer.
func layers(w io.Writer, rounds int) error {
	par.SetDefault(par.New(1))
	for _, net := range []struct {
		title, name string
		size        int
	}{{"W2, MNIST CNN", "cnn", 64}, {"W3, CIFAR CNN", "cifar", 64}, {"W3bn, with batch normalisation", "cifar-bn", 64},
		{"W6, Conv1D", "conv1d", 32}, {"W7, Conv3D", "conv3d", 16}} {
		n, err := find(net.name)
		if err != nil {
			return err
		}
		l, err := n.learner(net.size)
		if err != nil {
			return err
		}
		best, peak, err := l.measure(rounds)
		if err != nil {
			return err
		}
		total, convs := 0.0, 0.0
		for _, s := range best {
			total += s.Seconds
		}
		fmt.Fprintf(w, "\n%s, batch %d: one training step, %.0f µs on one thread; FMA peak %.0f GFLOP/s\n", net.title,
			net.size, 1e6*total, peak)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "pass\tµs\tof the step\tGFLOP/s\tof peak\t  shape")
		row := func(name string, seconds float64, rest string) {
			fmt.Fprintf(t, "%s\t%.0f\t%.1f %%\t%s\n", name, 1e6*seconds, 100*seconds/total, rest)
		}
		for i, s := range best {
			name, shape := passOf(s.Name)
			if name == "" {
				continue
			}
			// Weights are packed by a launch of its own, right before.
			if i > 0 && strings.HasPrefix(best[i-1].Name, "pack ") {
				s.Seconds += best[i-1].Seconds
			}
			convs += s.Seconds
			rate := s.Flops / s.Seconds / 1e9
			row(name, s.Seconds, fmt.Sprintf("%.1f\t%.0f %%\t  %s", rate, 100*rate/peak, shape))
		}
		rest := total - convs
		for i, s := range best {
			name, _ := passOf(s.Name)
			if packs := strings.HasPrefix(s.Name, "pack ") && i+1 < len(best); name == "" && !packs &&
				s.Seconds > total/200 {
				row("beside them", s.Seconds, "\t\t  "+s.Name)
				rest -= s.Seconds
			}
		}
		row("everything else", rest, "\t\t")
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// passOf says which pass of a convolution a launch is, and of which shape; empty if none.
func passOf(launch string) (pass, shape string) {
	for _, p := range [][2]string{{"conv input ", "input gradient"}, {"conv weights ", "weight gradient"},
		{"conv ", "forward"}} {
		if rest, ok := strings.CutPrefix(launch, p[0]); ok {
			return p[1], rest
		}
	}
	return "", ""
}

// measure profiles steps one by one: the shortest time of each launch, and the greatest peak.
func (l *learner) measure(rounds int) (best []plan.StepTime, peak float64, err error) {
	for range rounds {
		peak = max(peak, peakFMA())
		for start := time.Now(); time.Since(start) < turn; {
			l.Profile(true)
			if err := l.run(); err != nil {
				return nil, 0, err
			}
			for i, s := range l.Times() {
				if i == len(best) {
					best = append(best, s)
				}
				best[i].Seconds = min(best[i].Seconds, s.Seconds)
			}
		}
	}
	return best, peak, nil
}
