package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"gorae/layer"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// mostFolds bounds the flag --folds.
const mostFolds = 1000

// crossValidate trains a network for each fold and prints the mean of each metric.
func (w *trainWords) crossValidate(o *environment, e *spec.File) error {
	switch {
	case w.Folds < 2 || w.Folds > mostFolds:
		return usageError{fmt.Errorf("--folds %d: give 2 to %d", w.Folds, mostFolds)}
	case w.Profile:
		return usageError{errors.New("--profile: of one run; leave --folds out")}
	}
	var p *progress
	end := func() {
		if p != nil {
			p.end()
		}
	}
	c, err := run.CrossValidate(o.ctx, e, run.FoldOptions{
		Folds: w.Folds,
		Options: run.Options{Out: w.Out, Resume: w.Resume, AnyCPU: w.AnyCPU, Began: func(dir string) {
			interrupted.set(trainingPatience, "stopped; go on with: "+line(w.again(dir)))
		}},
		Watch: func(fold int, dir string, ready *run.Prepared) func(train.Event) error {
			end()
			p = newProgress(o, w, ready)
			if !w.Quiet {
				p.say("fold %d of %d\n", fold, w.Folds)
			}
			p.began(dir)
			return p.watch
		},
	})
	end()
	var stopped *run.Stopped
	if errors.As(err, &stopped) {
		return fmt.Errorf("stopped; go on with: %s", w.again(stopped.Dir))
	}
	if err != nil {
		return err
	}
	for _, warning := range c.Warnings {
		_, _ = fmt.Fprintf(o.stderr, "warning: %s\n", line(warning)) // progress that nobody can see is no failure
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(struct {
			Event string `json:"event"`
			Dir   string `json:"dir"`
			Looks int    `json:"other_runs_on_test"`
			*run.Folds
		}{"done", c.Dir, c.Looks.Runs, c})
	}
	_, err = fmt.Fprint(o.report, foldWords(c))
	return err
}

// foldWords is the result of a cross-validation as people read it.
func foldWords(c *run.Folds) string {
	var b strings.Builder
	row := func(name string, value func(run.FoldMetric) string, about string) {
		fmt.Fprintf(&b, "  %-8s", name)
		for _, m := range c.Metrics {
			if !strings.HasSuffix(m.Metric, ")") { // of a single column
				fmt.Fprintf(&b, "  %s %s", m.Metric, value(m))
			}
		}
		fmt.Fprintln(&b, about)
	}
	seconds := 0.0
	for _, f := range c.Folds {
		seconds += f.Seconds
	}
	fmt.Fprintf(&b, "%d folds, %.1f s; metrics of samples that the network of the fold never saw\n", len(c.Folds),
		seconds)
	if c.Target != "" {
		fmt.Fprintf(&b, "  %-8s  %s\n", "target", line(c.Target))
	}
	for k, f := range c.Folds {
		whole, _ := run.Overall(f.Test)
		fmt.Fprintf(&b, "  fold %-3d  %s   (%s %ss)\n", k+1, metricsOf(whole, explained),
			layer.Thousands(f.Rows[task.Test]), c.Unit)
	}
	row("mean", func(m run.FoldMetric) string { return number(m.Mean) }, "")
	if len(c.Metrics) > 0 && c.Metrics[0].Interval != nil {
		row("95 %", func(m run.FoldMetric) string { return number(m.Interval.Low) + " to " + number(m.Interval.High) },
			"   (of the mean; wider since folds share training samples)")
	}
	switch c.Looks.Runs {
	case 0:
	case 1:
		fmt.Fprintf(&b, "1 other run in the same directory was tested on half or more of these %ss: the better of the "+
			"two figures is optimistic\n", c.Unit)
	default:
		fmt.Fprintf(&b, "%d other runs in the same directory were tested on half or more of these %ss: the best of "+
			"their figures is optimistic\n", c.Looks.Runs, c.Unit)
	}
	fmt.Fprintf(&b, "  %-8s  %s\n", "models", quote(filepath.Join(c.Dir, "fold-1", run.ModelFile))+", …")
	if !strings.Contains(strings.Join(c.Warnings, " "), run.OutOfFoldFile) {
		fmt.Fprintf(&b, "  %-8s  %s   (of each %s, by the network that has not learnt from it)\n", "file",
			quote(filepath.Join(c.Dir, run.OutOfFoldFile)), c.Unit)
	}
	return b.String()
}
