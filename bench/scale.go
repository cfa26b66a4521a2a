package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"gorae/chart"
	"gorae/internal/par"
	_ "gorae/plot" // draws
)

// study is a table and a panel of the figure of -scale: what a sample costs while one thing grows.
type study struct {
	name  string // for -only
	title string
	axis  string // what grows
	unit  string // of the costs
	micro bool   // the unit is of microseconds, not of nanoseconds
	// points are measured on one thread; nil: run measures and prints.
	points []point
	run    func(w io.Writer, rounds int) ([]chart.Panel, error)
}

// point is one size of a study of networks.
type point struct {
	x       float64
	network func() network
	batch   int
	per     int // what a step consists of, such as samples; a cost is the time for one of them
}

// cost is what was measured at one size.
type cost struct {
	x                 float64
	training, predict float64 // seconds for one of what the study counts
	step, call        float64 // seconds of the whole
	plan, predictPlan float64 // bytes of the plans
}

// scale prints the studies whose names contain only, or one of several with commas between, and draws them in a folder
// if there is one.
func scale(w io.Writer, rounds int, only, folder string) error {
	var panels []chart.Panel
	begun := time.Now()
	for _, s := range studies() {
		if !asked(only, s.name) {
			continue
		}
		fmt.Fprintf(w, "\n%s (%s)\n", s.title, s.name)
		run := s.run
		if run == nil {
			run = s.measure
		}
		ps, err := run(w, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		panels = append(panels, ps...)
	}
	if len(panels) == 0 {
		return fmt.Errorf("-only: no study has %q in its name", only)
	}
	fmt.Fprintf(w, "\n%.0f s\n", time.Since(begun).Seconds())
	if folder == "" {
		return nil
	}
	return drawScale(folder, panels)
}

// drawScale writes the figure as scale.png and scale.svg into a folder.
func drawScale(folder string, panels []chart.Panel) error {
	f := chart.Figure{Panels: panels, Columns: 2}
	for name, draw := range map[string]func(io.Writer) error{"scale.png": f.PNG, "scale.svg": f.SVG} {
		to, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if err := cmp.Or(draw(to), to.Close()); err != nil {
			return err
		}
	}
	return nil
}

// measure measures the points of a study, and prints and draws them.
func (s study) measure(w io.Writer, rounds int) ([]chart.Panel, error) {
	costs, err := s.costs(rounds)
	if err != nil {
		return nil, err
	}
	return []chart.Panel{s.panel(costs)}, s.print(w, costs)
}

// costs measures training and prediction at all sizes, in turn, so that what disturbs does not meet one of them alone.
func (s study) costs(rounds int) ([]cost, error) {
	par.SetDefault(par.New(1))
	out := make([]cost, len(s.points))
	runs := make([][2]*timer, len(s.points))
	for i, p := range s.points {
		n := p.network()
		l, err := n.learner(p.batch)
		if err != nil {
			return nil, err
		}
		predict, err := n.inference(p.batch)
		if err != nil {
			return nil, err
		}
		for k, run := range []func() error{l.run, predict} {
			if runs[i][k], err = newTimer(run); err != nil {
				return nil, err
			}
		}
		out[i].x, out[i].plan = p.x, float64(l.Bytes())
		if out[i].predictPlan, err = n.predictBytes(p.batch); err != nil {
			return nil, err
		}
	}
	for r, begun := 0, time.Now(); r < max(1, rounds) && (r < 3 || time.Since(begun) < studyTime); r++ {
		for _, both := range runs {
			for _, t := range both {
				if err := t.round(); err != nil {
					return nil, err
				}
			}
		}
	}
	for i, p := range s.points {
		c := &out[i]
		c.step, c.call = median(runs[i][0].seconds), median(runs[i][1].seconds)
		c.training, c.predict = c.step/float64(p.per), c.call/float64(p.per)
	}
	return out, nil
}

// print prints the costs of a study, each also as a multiple of the one above it.
func (s study) print(w io.Writer, costs []cost) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\ttraining step\t%s\tof that above\tplan\tprediction\t%s\tof that above\tplan\t\n", s.axis,
		s.unit, s.unit)
	var last cost
	for _, c := range costs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", number(c.x), duration(c.step),
			digits(s.units(c.training)), ratio(c.training, last.training), megabytes(c.plan), duration(c.call),
			digits(s.units(c.predict)), ratio(c.predict, last.predict), megabytes(c.predictPlan))
		last = c
	}
	return t.Flush()
}

// units is a time in the unit of the study.
func (s study) units(seconds float64) float64 {
	if s.micro {
		return 1e6 * seconds
	}
	return 1e9 * seconds
}

// panel draws the costs of a study.
func (s study) panel(costs []cost) chart.Panel {
	training, predict := curve{name: "training"}, curve{name: "prediction"}
	for _, c := range costs {
		training.add(c.x, s.units(c.training))
		predict.add(c.x, s.units(c.predict))
	}
	return costPanel(s.title, s.axis, s.unit, training, predict)
}

// roundTime is the least time of a round, and studyTime the time after which a study has no more than three rounds.
const (
	roundTime = 10 * time.Millisecond
	studyTime = 15 * time.Second
)

// timer measures a run in rounds, by the processor's time.
type timer struct {
	run     func() error
	n       int       // runs of a round
	seconds []float64 // of a run, round by round
}

// newTimer runs it a few times, to compile, to touch memory, and to find how many runs a round has.
func newTimer(run func() error) (*timer, error) {
	t := &timer{run: run, n: 1}
	for {
		if err := t.round(); err != nil {
			return nil, err
		}
		if t.seconds[0]*float64(t.n) >= roundTime.Seconds() {
			t.seconds = nil
			return t, nil
		}
		t.n, t.seconds = 2*t.n, nil
	}
}

// round measures once more, after a run that finds caches as others left them.
func (t *timer) round() error {
	if err := t.run(); err != nil {
		return err
	}
	from := spent()
	for range t.n {
		if err := t.run(); err != nil {
			return err
		}
	}
	t.seconds = append(t.seconds, (spent()-from).Seconds()/float64(t.n))
	return nil
}
