package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"gorae/layer"
	"gorae/run"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// progress shows a training on stderr: a bar that moves on a terminal, a line per
// epoch elsewhere. With --json each epoch is also an object on stdout.
type progress struct {
	o     *environment
	quiet bool
	json  bool
	bar   bool // stderr is a terminal
	ready *run.Prepared
	drawn time.Time // the bar, last
	begun time.Time // the epoch, or the rest of it in a run that is continued
	said  time.Time // how far the epoch is, last
	text  epochText
	from  int // batches done before this process took the epoch up
}

func newProgress(o *environment, w *trainWords, r *run.Prepared) *progress {
	return &progress{o: o, quiet: w.Quiet, json: w.JSON, bar: o.status.bar, ready: r}
}

// terminal reports whether w is a screen.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// mostGuesses is the greatest number of guesses about tables that are printed before a training.
const mostGuesses = 30

// began writes the lines before the first epoch: guesses, notes, data and network.
func (p *progress) began(dir string) {
	if p.quiet {
		return
	}
	for _, l := range assumptions(p.ready, mostGuesses) {
		p.say("%s\n", l)
	}
	p.say("%s\n", samples(p.ready))
	p.say("%s: %s parameters\n", line(dir), layer.Thousands(p.ready.Model.Summary().Total))
}

// assumptions returns what was guessed about tables, so many at most, and decided where the experiment says nothing.
func assumptions(r *run.Prepared, most int) []string {
	var lines []string
	for i, g := range r.Guesses {
		if i == most {
			lines = append(lines, fmt.Sprintf("guess: … and %d more; gorae data inspect lists all", len(r.Guesses)-i))
			break
		}
		lines = append(lines, fmt.Sprintf("guess: %s", g))
	}
	for _, n := range r.Notes {
		lines = append(lines, fmt.Sprintf("note: %s", line(n)))
	}
	return lines
}

// samples returns what the samples are and how many each part has.
func samples(r *run.Prepared) string {
	shapes := make([]string, 0, 1)
	open := r.Model.OpenExtents()
	for i, t := range r.Model.InputTypes(1) {
		shapes = append(shapes, sampleShape(t.Shape[1:], open[i]))
	}
	if r.Rows(task.Train) == 0 { // the samples are made as the training goes on
		return fmt.Sprintf("%s: samples of %s → %s", line(r.From()), strings.Join(shapes, " and "),
			line(r.Problem.About()))
	}
	return fmt.Sprintf("%s: samples of %s → %s: %s", line(r.From()), strings.Join(shapes, " and "),
		line(r.Problem.About()), r.Partition())
}

// sampleShape returns the shape of a sample; extents that are left open are None, as in Keras.
func sampleShape(s tensor.Shape, open []int) string {
	if len(open) == 0 {
		return fmt.Sprint(s)
	}
	words := make([]string, len(s))
	for a, n := range s {
		if words[a] = fmt.Sprint(n); slices.Contains(open, a) {
			words[a] = "None"
		}
	}
	return "(" + strings.Join(words, ", ") + ")"
}

// say writes to stderr; progress that nobody can see is no failure.
func (p *progress) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.o.stderr, format, args...)
}

// watch shows an event.
func (p *progress) watch(e train.Event) error {
	switch e.Kind {
	case train.TrainBegin, train.EpochBegin: // a run continued in the middle of an epoch does not begin it again
		p.begun, p.from = time.Now(), e.Batch
	case train.BatchEnd:
		if p.bar && !p.quiet && time.Since(p.drawn) > 80*time.Millisecond {
			p.draw(e)
		}
		p.at(e)
	case train.EpochEnd:
		if p.json {
			line, err := epochLine(e)
			if err != nil {
				return err
			}
			if _, err := p.o.stdout.Write(line); err != nil {
				return err
			}
		}
		if !p.quiet {
			columns := 0
			if p.bar {
				columns = screenWidth(p.o.status.screen)
			}
			p.say("%s\n", p.text.line(p.o.by, e, columns))
		}
	}
	return nil
}

// epochLine returns an epoch as one JSON object.
func epochLine(e train.Event) ([]byte, error) {
	line, err := task.JoinObjects(struct {
		Event   string  `json:"event"`
		Epoch   int     `json:"epoch"`
		Epochs  int     `json:"epochs"`
		Seconds float64 `json:"seconds"`
	}{"epoch", e.Epoch, e.Epochs, e.Seconds}, e.Metrics)
	return append(line, '\n'), err
}

// draw shows how far the epoch is.
func (p *progress) draw(e train.Event) {
	p.drawn = time.Now()
	var left time.Duration
	if since := time.Since(p.begun); e.Batch > p.from && !p.begun.IsZero() {
		left = since * time.Duration(e.Batches-e.Batch) / time.Duration(e.Batch-p.from)
	}
	wide := screenWidth(p.o.status.screen)
	p.o.status.draw(barLine(p.o.by, e, left, wide), batchOf(e), wide)
}

// at says how far the epoch is, in case that the next step takes long.
func (p *progress) at(e train.Event) {
	switch {
	case e.Batch == e.Batches:
		p.o.status.goOn(fmt.Sprintf("epoch %d/%d, validation", e.Epoch, e.Epochs), time.Now())
	case !p.bar && time.Since(p.said) > silence/2:
		p.o.status.goOn(batchOf(e), p.begun)
		p.said = time.Now()
	}
}

// batchOf returns how far an epoch is.
func batchOf(e train.Event) string {
	return fmt.Sprintf("epoch %d/%d, batch %d/%d", e.Epoch, e.Epochs, e.Batch, e.Batches)
}

// end leaves the screen in order when training is over, for whatever reason.
func (p *progress) end() { p.o.status.erase() }
