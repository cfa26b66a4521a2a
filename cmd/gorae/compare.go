package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorae/internal/lang"
	"gorae/layer"
	"gorae/run"
)

type compareWords struct {
	Runs    []string `arg:"" name:"run" help:"Run directories of finished runs, or of finished cross-validations (train --folds). The others are compared with the first."`
	Threads int      `placeholder:"N" help:"Threads to use; all cores if left out."`
	Network bool     `name:"allow-network" help:"Let the experiments open URLs and databases."`
	JSON    bool     `help:"Print one JSON object."`
}

// Help is shown by gorae compare --help.
func (compareWords) Help() string {
	return `The networks predict the same test samples (validation samples where there are no test samples), and the
difference of each metric is printed with its 95 % interval, of pairs of samples; for accuracy Tango's interval and the
p-value of McNemar's exact test, and the interval reaches to 0 where the test does not tell the runs apart. With more
than two runs the intervals are wider, so that all hold together with 95 %. The runs must have the same data, split and seed of the split.`
}

// Run prints the metrics of all runs, and of each but the first by how much they differ from the first.
func (w *compareWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	if len(w.Runs) < 2 {
		return usageError{fmt.Errorf("one run, %s; name two or more", w.Runs[0])}
	}
	c, err := run.Compare(o.ctx, w.Runs, run.CompareOptions{AllowNetwork: w.Network})
	if err != nil {
		return err
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(c)
	}
	_, err = fmt.Fprint(o.report, compareText(c))
	return err
}

// compareText is a comparison as people read it.
func compareText(c *run.Comparison) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %ss", layer.Thousands(c.Samples), c.Part, c.Unit)
	if c.Folds > 0 {
		fmt.Fprintf(&b, " in %d folds", c.Folds)
	}
	fmt.Fprintln(&b, ", the same for all")
	if c.Target != "" {
		fmt.Fprintf(&b, "  %-8s  %s\n", "target", line(c.Target))
	}
	widest := 0
	for _, r := range c.Runs {
		widest = max(widest, lang.Width(quote(r.Dir)))
	}
	for _, r := range c.Runs {
		whole, _ := run.Overall(r.Metrics)
		dir := quote(r.Dir)
		fmt.Fprintf(&b, "  %-*s  %s\n", widest-lang.Width(dir)+utf8.RuneCountInString(dir), dir,
			metricsOf(whole, explained))
	}
	first := quote(c.Runs[0].Dir)
	for _, r := range c.Runs[1:] {
		fmt.Fprintf(&b, "%s against %s\n", quote(r.Dir), first)
		widest := 0
		var shown []*run.MetricDifference
		for i := range r.Differences {
			if d := &r.Differences[i]; !strings.HasSuffix(d.Metric, ")") { // of a single column
				shown, widest = append(shown, d), max(widest, len(d.Metric))
			}
		}
		for _, d := range shown {
			fmt.Fprintf(&b, "  %-*s %s\n", widest, d.Metric, differenceWords(d, c.Level))
		}
	}
	return b.String()
}

// differenceWords is one difference and what it means.
func differenceWords(d *run.MetricDifference, level float64) string {
	s := fmt.Sprintf("%+.4g", d.Value)
	if d.Why != "" {
		return s + " (no interval: " + d.Why + ")"
	}
	s += fmt.Sprintf(" (%.4g %%: %+.4g to %+.4g", 100*level, d.Low, d.High)
	if d.Approximate {
		s += ", approximate"
	}
	if d.McNemar != nil {
		s += fmt.Sprintf("; McNemar's p %.2g", *d.McNemar)
	}
	return s + "): " + string(d.Verdict)
}
