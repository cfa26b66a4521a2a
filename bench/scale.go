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

// measure prints and draws the points of a study.
func (s study) measure(w io.Writer, rounds int) ([]chart.Panel, error) {
	par.SetDefault(par.New(1))
	var costs []cost
	for _, p := range s.points {
		c, err := p.measure(rounds)
		if err != nil {
			return nil, err
		}
		costs = append(costs, c)
	}
	return []chart.Panel{s.panel(costs)}, s.print(w, costs)
}

// measure measures training and prediction at one size.
func (p point) measure(rounds int) (c cost, err error) {
	n := p.network()
	l, err := n.learner(p.batch)
	if err != nil {
		return c, err
	}
	predict, err := n.inference(p.batch)
	if err != nil {
		return c, err
	}
	c.x = p.x
	if c.step, err = timed(l.run, rounds); err != nil {
		return c, err
	}
	if c.call, err = timed(predict, rounds); err != nil {
		return c, err
	}
	c.training, c.predict = c.step/float64(p.per), c.call/float64(p.per)
	c.plan = float64(l.Bytes())
	c.predictPlan, err = n.predictBytes(p.batch)
	return c, err
}

// print prints the costs of a study, each also as a multiple of the one above it.
func (s study) print(w io.Writer, costs []cost) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\ttraining step\t%s\tof that above\tplan\tprediction\t%s\tof that above\tplan\t\n", s.axis, s.unit,
		s.unit)
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

// roundTime is the least time of a round, and pointTime the time after which a point gets no more than three rounds.
const (
	roundTime = 10 * time.Millisecond
	pointTime = time.Second
)

// timed is the median processor time of a run over some rounds.
func timed(run func() error, rounds int) (float64, error) {
	if err := run(); err != nil {
		return 0, err
	}
	round := func(n int) (float64, error) {
		from := spent()
		for range n {
			if err := run(); err != nil {
				return 0, err
			}
		}
		return (spent() - from).Seconds() / float64(n), nil
	}
	n := 1
	for {
		seconds, err := round(n)
		if err != nil {
			return 0, err
		}
		if seconds*float64(n) >= roundTime.Seconds() {
			break
		}
		n *= 2
	}
	var x []float64
	for start := time.Now(); len(x) < rounds && (len(x) < 3 || time.Since(start) < pointTime); {
		seconds, err := round(n)
		if err != nil {
			return 0, err
		}
		x = append(x, seconds)
	}
	return median(x), nil
}
