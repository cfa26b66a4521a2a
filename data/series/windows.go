package series

import (
	"fmt"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Windows is a dataset of windows over one array X [time, channels]. A sample is
// x [Length, features] and, where there are targets, y [Steps·targets]: for each
// of Steps consecutive steps from Horizon on, each target channel.
//
// 39,001 minutes cut by Length 390 and Stride 390 are 100 samples, X (100, 390, 3)
// and y (100, 1), the last target being minute 39,001; with Stride 1 they are
// 38,611 samples.
type Windows struct {
	X        *tensor.Tensor // [time, channels], Float32
	Length   int            // steps in a window
	Horizon  int            // how many steps after its last the first target stands; 0 means 1
	Steps    int            // consecutive targets; 0 means 1
	Stride   int            // from one window's begin to the next one's; 0 means 1
	Features []int          // channels that enter; nil: all
	Targets  []int          // channels that are predicted; nil: none
	// Breaks lists steps that do not follow the step before them, in ascending
	// order: no window, targets included, runs across one.
	Breaks []int

	// A Problem's targets are computed, not copied: outputs numbers for the window
	// whose present is origin.
	outputs int
	aim     func(origin int, to []float32)
	// every: not from the window's last step alone but from each of its steps is predicted.
	every bool

	// normalise normalises the features of a window by themselves; nil: they stay.
	normalise func(window []float32)

	// unknown reports whether a target of the window that begins at a step is none that was observed; nil: all are.
	unknown func(begin int) bool
	without int // windows that Check left out for it

	begins []int // set by Check where there are breaks, or windows are left out
	n      int
}

// Check settles defaults and refuses what cannot be. It must be called once,
// before the windows are used.
func (w *Windows) Check() error {
	if w.X == nil || len(w.X.Shape) != 2 || w.X.DType() != tensor.Float32 {
		return fmt.Errorf("series: the array must be float32 of shape [time, channels]")
	}
	for _, p := range []*int{&w.Horizon, &w.Steps, &w.Stride} {
		if *p == 0 {
			*p = 1
		}
	}
	for _, p := range []struct {
		name string
		v    int
	}{{"window", w.Length}, {"horizon", w.Horizon}, {"steps", w.Steps}, {"stride", w.Stride}} {
		if p.v < 1 {
			return config.Errorf("series."+p.name, "%d is no number of steps; give 1 or more", p.v)
		}
	}
	channels := w.X.Shape[1]
	if w.Features == nil {
		for c := range channels {
			w.Features = append(w.Features, c)
		}
	}
	for _, cs := range [][]int{w.Features, w.Targets} {
		for _, c := range cs {
			if c < 0 || c >= channels {
				return fmt.Errorf("series: channel %d of %d", c, channels)
			}
		}
	}
	if w.aim == nil {
		w.outputs = w.Steps * len(w.Targets)
	}
	if len(w.Features) == 0 {
		return config.Errorf("series.features", "none; name at least one column")
	}
	time := w.X.Shape[0]
	// Lengths come from people; sums of them must not overflow.
	if most := 1 << 40; w.Length > most || w.Horizon > most || w.Steps > most || w.Stride > most {
		return config.Errorf("series.window", "%d steps with horizon %d, steps %d, stride %d exceed any series",
			w.Length, w.Horizon, w.Steps, w.Stride)
	}
	last := 0
	w.begins = nil
	for _, b := range w.Breaks {
		if b < last || b > time {
			return fmt.Errorf("series: break at step %d of %d, after one at %d", b, time, last)
		}
		w.segment(last, b)
		last = b
	}
	if len(w.Breaks) > 0 {
		w.segment(last, time)
		w.n = len(w.begins)
	} else {
		w.n = countWindows(time, w.Extent(), w.Stride)
	}
	w.leaveOut()
	if w.n == 0 {
		between := ""
		if w.without > 0 {
			return config.Errorf("series.fill", "the targets of all %d windows were missing and filled in; nothing is "+
				"left to learn or to score", w.without)
		}
		if len(w.Breaks) > 0 {
			between = fmt.Sprintf(" between its %d breaks", len(w.Breaks))
		}
		return config.Errorf("series.window",
			"%d steps and a horizon of %d need %d steps in a row, the series has %d%s; give a shorter window or a "+
				"nearer horizon",
			w.Length, w.Horizon+w.Steps-1, w.Extent(), time, between)
	}
	return nil
}

// leaveOut leaves out the windows with an unknown target.
func (w *Windows) leaveOut() {
	w.without = 0
	if w.unknown == nil {
		return
	}
	var known []int
	for i := range w.n {
		if b := w.Begin(i); !w.unknown(b) {
			known = append(known, b)
		}
	}
	if w.without = w.n - len(known); w.without > 0 {
		w.begins, w.n = known, len(known)
	}
}

// segment notes the windows of the unbroken steps from … to − 1.
func (w *Windows) segment(from, to int) {
	for i := range countWindows(to-from, w.Extent(), w.Stride) {
		w.begins = append(w.begins, from+i*w.Stride)
	}
}

// countWindows returns ⌊(steps − extent) / stride⌋ + 1, none where steps < extent.
func countWindows(steps, extent, stride int) int {
	if steps < extent {
		return 0
	}
	return (steps-extent)/stride + 1
}

// Extent returns how many steps one sample touches, first input to last target: Length + Horizon + Steps − 1, or Length
// where there are no targets.
func (w *Windows) Extent() int {
	if w.outputs == 0 {
		return w.Length
	}
	return w.Length + w.Horizon + w.Steps - 1
}

// Begin returns the first step of window i.
func (w *Windows) Begin(i int) int {
	if w.begins != nil {
		return w.begins[i]
	}
	return i * w.Stride
}

// Origin returns the last step of window i: the present, from which it predicts.
func (w *Windows) Origin(i int) int { return w.Begin(i) + w.Length - 1 }

// Spec returns one input and, where there are targets, one target.
func (w *Windows) Spec() data.Spec {
	s := data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{w.Length, len(w.Features)}}}}
	if w.outputs > 0 {
		s.Targets = []data.Field{{Name: "y", Shape: w.target(w.outputs)}}
	}
	return s
}

// target returns the shape of a target of k numbers a step that is predicted from.
func (w *Windows) target(k int) tensor.Shape {
	if w.every {
		return tensor.Shape{w.Length, k}
	}
	return tensor.Shape{k}
}

// Len returns the number of windows.
func (w *Windows) Len() int { return w.n }

// View returns window i with all channels, [Length, channels], sharing the series' memory; it is not normalised by
// itself.
func (w *Windows) View(i int) *tensor.Tensor {
	b := w.Begin(i)
	return w.X.Rows(b, b+w.Length)
}

// Read copies window i and its targets into a batch's row.
func (w *Windows) Read(_, i int, row data.Row) error {
	if i < 0 || i >= w.n {
		return fmt.Errorf("series: no window %d of %d", i, w.n)
	}
	w.window(w.Begin(i), row[0].F32)
	if len(row) < 2 || w.outputs == 0 {
		return nil
	}
	if w.aim != nil {
		first := w.Origin(i)
		if w.every {
			first = w.Begin(i)
		}
		for k, o := 0, first; o <= w.Origin(i); k, o = k+1, o+1 {
			w.aim(o, row[1].F32[k*w.outputs:(k+1)*w.outputs])
		}
		return nil
	}
	channels := w.X.Shape[1]
	at := w.Origin(i) + w.Horizon
	for s := range w.Steps {
		for k, c := range w.Targets {
			row[1].F32[s*len(w.Targets)+k] = w.X.F32[(at+s)*channels+c]
		}
	}
	return nil
}

// window copies the features of the window that begins at a step, and normalises them.
func (w *Windows) window(begin int, to []float32) {
	w.copy(begin, to)
	if w.normalise != nil {
		w.normalise(to)
	}
}

func (w *Windows) copy(begin int, to []float32) {
	channels := w.X.Shape[1]
	from := w.X.F32[begin*channels : (begin+w.Length)*channels]
	if w.allChannels() {
		copy(to, from)
		return
	}
	for t := range w.Length {
		for k, c := range w.Features {
			to[t*len(w.Features)+k] = from[t*channels+c]
		}
	}
}

func (w *Windows) allChannels() bool {
	if len(w.Features) != w.X.Shape[1] {
		return false
	}
	for i, c := range w.Features {
		if i != c {
			return false
		}
	}
	return true
}

// Span is the steps From … To − 1.
type Span struct{ From, To int }

// Spans parts a number of steps by shares into learning, validation and test
// spans, in time's order; a share of 0 gives an empty span.
func Spans(steps int, validation, test float64) (learn, val, hold Span, err error) {
	a, b, c, err := data.Split(steps, validation, test, data.Time, nil, 0)
	if err != nil {
		return learn, val, hold, err
	}
	x, y := len(a), len(a)+len(b)
	return Span{0, x}, Span{x, y}, Span{y, y + len(c)}, nil
}

// Within numbers the windows that lie in a span whole, inputs and targets. Windows
// within spans that do not overlap share no step, so that between the last
// window of one and the first of the next lie Extent − 1 begins that belong to none.
func (w *Windows) Within(s Span) []int {
	var out []int
	for i := range w.n {
		if b := w.Begin(i); b >= s.From && b+w.Extent() <= s.To {
			out = append(out, i)
		}
	}
	return out
}

// Split parts the windows by time so that no step is shared: learning windows lie
// in the training span whole, and so on. The shares are of the series' time. A
// part that is wanted and holds no window is an error.
func (w *Windows) Split(validation, test float64) (learn, val, hold []int, err error) {
	a, b, c, err := Spans(w.X.Shape[0], validation, test)
	if err != nil {
		return nil, nil, nil, err
	}
	parts := make([][]int, 3)
	for k, s := range []Span{a, b, c} {
		parts[k] = w.Within(s)
		if len(parts[k]) == 0 && s.To > s.From {
			name := []string{"training", "validation", "test"}[k]
			return nil, nil, nil, config.Errorf("split",
				"the %s span of %d steps holds no window of %d with its targets; give a larger share or a shorter "+
					"window",
				name, s.To-s.From, w.Extent())
		}
	}
	return parts[0], parts[1], parts[2], nil
}
