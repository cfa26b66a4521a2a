package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gorae/diagnose"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/run"
	"gorae/scaffold"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

type trainWords struct {
	Experiment string `arg:"" optional:"" help:"Experiment file (YAML), or a data file or folder, for which one is made as by gorae init. Without one: experiment.yaml in this directory, else handwritten digits, embed:digits."`
	draftWords
	Set     []string `sep:"none" placeholder:"PATH=VALUE" help:"Change a setting, such as train.epochs=3 or model[0].dense.units=32. May be repeated."`
	Out     string   `placeholder:"DIR" help:"Run directory; runs/NAME-N if left out."`
	Seed    *uint64  `placeholder:"N" help:"Seed of split, first weights, order and dropout; the same seed gives the same run."`
	Threads int      `placeholder:"N" help:"Threads to use; all cores if left out. The result does not depend on it."`
	Folds   int      `placeholder:"K" help:"Cross-validation: train K networks, each tested on another K-th of the samples, and print mean and interval."`
	Resume  bool     `help:"Continue a run that was stopped; start it if there is none."`
	JSON    bool     `help:"Print a JSON object a line instead of words: each epoch, then the report."`
	Quiet   bool     `short:"q" help:"No progress."`
	AnyCPU  bool     `name:"any-cpu" help:"With --resume: also continue a run that was started with the kernels of another instruction set; its last bits will differ."`
	Network bool     `name:"allow-network" help:"Let the experiment open URLs and databases."`
	Stats   bool     `name:"statistics" negatable:"" default:"true" help:"Measure activations, gradients and weights on one batch now and then, for gorae diagnose; at most 3 % of the time."`
	Profile bool     `help:"Print at the end, on stderr, how the time of a training step was spent."`
}

// Help returns the text of gorae train --help.
func (trainWords) Help() string {
	return `"gorae train FILE.csv --target COLUMN" trains on a data file as it is. An experiment file needs no more than "data: {source: FILE.csv, target: COLUMN}"; what it leaves
out is inferred and written out in the run directory's experiment.yaml. The run directory holds
model.keras (the best epoch, with its preprocessing), last.keras (for --resume), history.csv,
metrics.json and the learning curve. Rows that follow each other in time are a series: "data: {source: FILE.csv, target:
COLUMN, series: {window: 24}}"; the network is then compared with baselines. Ctrl-C stops after the current batch; --resume continues.`
}

// Run trains and says what came of it.
func (w *trainWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	if err := w.open(o); err != nil {
		return err
	}
	e, err := w.experiment(o)
	if err != nil {
		return err
	}
	e.AllowNetwork, e.Cache = w.Network, w.cache
	if w.Quiet {
		o.status.hush()
	}
	if w.Folds != 0 {
		return w.crossValidate(o, e)
	}
	ready, err := run.Prepare(o.ctx, e, w.read)
	if err != nil {
		return err
	}
	p := newProgress(o, w, ready)
	at := "" // the run directory
	began := func(dir string) {
		at = dir
		interrupted.set(trainingPatience, "stopped; go on with: "+line(w.again(dir)))
		p.began(dir)
	}
	options := run.Options{Out: w.Out, Resume: w.Resume, AnyCPU: w.AnyCPU, Watch: p.watch, Began: began,
		NoStatistics: !w.Stats}
	if w.Profile {
		options.Profile = o.stderr
	}
	result, err := run.Run(o.ctx, ready, options)
	p.end()
	var stopped *run.Stopped
	if errors.As(err, &stopped) {
		return fmt.Errorf("stopped; go on with: %s", w.again(stopped.Dir))
	}
	if err != nil {
		return failed(err, at)
	}
	for _, warning := range result.Warnings {
		p.say("warning: %s\n", line(warning))
	}
	var found *diagnose.Diagnosis
	if !result.Finished {
		if found, err = w.diagnosed(o, ready, result.Dir); err != nil {
			if o.ctx.Err() != nil {
				return o.ctx.Err()
			}
			p.say("warning: %s\n", line("diagnosis: "+err.Error()))
		}
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(struct {
			Event string              `json:"event"`
			Dir   string              `json:"dir"`
			Model string              `json:"model"`
			Again bool                `json:"finished_before"`
			Looks int                 `json:"other_runs_on_test"`
			Done  *run.Report         `json:"metrics"`
			Found *diagnose.Diagnosis `json:"diagnosis,omitempty"`
		}{"done", result.Dir, filepath.Join(result.Dir, run.ModelFile), result.Finished, result.Looks.Runs,
			result.Report, found})
	}
	return w.close(o, ready, result, found)
}

// failed adds to the error of a training that ended with NaN or infinity what looks for the cause.
func failed(err error, dir string) error {
	var bad *train.StepError
	if dir == "" || !errors.As(err, &bad) {
		return err
	}
	return fmt.Errorf("%w; look for the cause: %s diagnose %s", err, program, quote(dir))
}

// again returns the command that goes on with a run.
func (w *trainWords) again(dir string) string {
	words := []string{program, "train"}
	if w.Experiment != "" {
		words = append(words, quote(w.Experiment))
	}
	for _, f := range [][2]string{{"--target", w.Target}, {"--task", w.Task}, {"--labels", w.Labels}} {
		if f[1] != "" {
			words = append(words, f[0], quote(f[1]))
		}
	}
	for _, s := range w.Set {
		words = append(words, "--set", quote(s))
	}
	if w.Seed != nil {
		words = append(words, "--seed", fmt.Sprint(*w.Seed))
	}
	if w.Folds != 0 {
		words = append(words, "--folds", fmt.Sprint(w.Folds))
	}
	return strings.Join(append(words, "--resume", "--out", quote(dir)), " ")
}

// quote makes a word one word for a shell.
func quote(s string) string {
	if regexp.MustCompile(`^[\w@%+=:,./-]+$`).MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// experiment reads the experiment that the words name, or makes one for the data that they name. Without either it is
// that of the run directory with --resume, else the present directory's, else the handwritten digits.
func (w *trainWords) experiment(o *environment) (*spec.File, error) {
	set := w.Set
	if w.Seed != nil {
		set = append(set[:len(set):len(set)], fmt.Sprintf("seed=%d", *w.Seed))
	}
	if w.Experiment == "" && w.Resume && w.Out != "" {
		if e, err := resumed(w.Out, set); e != nil || err != nil {
			return e, err
		}
	}
	if w.Experiment == "" {
		if st, err := os.Stat(run.ExperimentFile); err == nil && st.Mode().IsRegular() {
			w.Experiment = run.ExperimentFile
		}
	}
	if scaffold.IsData(w.Experiment) {
		if err := w.ask(o, w.Experiment, w.Network); err != nil {
			return nil, err
		}
		d, err := scaffold.New(o.ctx, w.request(w.Experiment, "", set, w.Network))
		if err != nil {
			return nil, err
		}
		w.read = d.Source()
		return d.File, nil
	}
	if given := w.given(); given != "" {
		return nil, usageError{fmt.Errorf("%s: says what a data file is; an experiment file says it in its section "+
			"data", given)}
	}
	if w.Experiment != "" {
		return run.Read(w.Experiment, set...)
	}
	if dir := run.LatestRun("digits"); w.Resume && w.Out == "" && dir != "" {
		if e, err := resumed(dir, set); e != nil || err != nil {
			return e, err
		}
	}
	return run.Default(set...)
}

// resumed reads the experiment of a run directory; nil where there is none.
func resumed(dir string, set []string) (*spec.File, error) {
	path := filepath.Join(dir, run.ExperimentFile)
	if _, err := os.Stat(path); err != nil {
		return nil, nil
	}
	e, err := run.Read(path, set...)
	if err != nil {
		return nil, err
	}
	e.Name = regexp.MustCompile(`-\d+$`).ReplaceAllString(filepath.Base(dir), "")
	return e, nil
}

// mostSingle is the greatest number of metrics of single targets that are printed; metrics.json has them all.
const mostSingle = 8

// close prints the metrics, where the model is, and what to type next.
func (w *trainWords) close(o *environment, ready *run.Prepared, r *run.Result, found *diagnose.Diagnosis) error {
	var b strings.Builder
	p := r.Report
	if r.Finished {
		fmt.Fprintf(&b, "%s: this run is finished\n", r.Dir)
	} else {
		best := "best epoch %d of %d, %.1f s"
		if p.Rows[task.Validation] == 0 && p.BestEpoch == p.Epochs {
			best = "epoch %d of %d kept, the last, as there is no validation part; %.1f s"
		}
		fmt.Fprintf(&b, best+"\n", p.BestEpoch, p.Epochs, p.Seconds)
	}
	b.WriteString(targetLines(p))
	line := func(name string, f train.Metrics, n int, about string) {
		if len(f) == 0 {
			return
		}
		whole, single := run.Overall(f)
		fmt.Fprintf(&b, "  %-11s %s   (%s %s%s)\n", name, metricsOf(whole, explained), layer.Thousands(n), p.Unit+"s",
			about)
		if len(single) > 0 && len(single) <= mostSingle {
			fmt.Fprintf(&b, "  %-11s %s\n", "", metricsOf(single, explained))
		}
	}
	line("training", p.Train, p.Rows[task.Train], "")
	about := ""
	if p.Folds > 0 {
		about = ", each by the network that has not learnt from it"
	}
	line("validation", p.Validation, p.Rows[task.Validation], about)
	about = ", not seen until now"
	if r.Looks.Runs > 0 {
		about = ", not seen by this network until now"
	}
	for _, d := range p.Duplicates {
		if d.Part == task.Test.String() && d.Equal > 0 {
			about = fmt.Sprintf(", %d of them known from the training", d.Equal)
		}
	}
	line("test", p.Test, p.Rows[task.Test], about)
	b.WriteString(intervals(p.Intervals))
	for _, words := range rareClasses(p.Findings) {
		fmt.Fprintln(&b, words)
	}
	for _, words := range baselines(p.Findings) {
		fmt.Fprintln(&b, words)
	}
	if p.Gap != nil {
		fmt.Fprintf(&b, "  %-11s %s\n", "gap", p.Gap)
	}
	for _, words := range p.Findings.Words {
		fmt.Fprintln(&b, words)
	}
	b.WriteString(shortFindings(found, r.Dir))
	if words := looks(r.Looks, "test "+p.Unit+"s"); words != "" {
		fmt.Fprintln(&b, words)
	}
	model := quote(filepath.Join(r.Dir, run.ModelFile))
	fmt.Fprintf(&b, "  %-11s %s\n", "model", model)
	if r.Refit != nil {
		model = quote(r.Refit.Model)
		about := fmt.Sprintf("learnt from all %s %s; the figures are of the model before",
			layer.Thousands(r.Refit.Samples), p.Unit+"s")
		fmt.Fprintf(&b, "  %-11s %s   (%s)\n", "refitted", model, about)
	}
	var drawn []string // those that could be drawn
	for _, name := range append([]string{run.CurveFile + ".png"}, p.Findings.Pictures...) {
		if st, err := os.Stat(filepath.Join(r.Dir, name)); err == nil && st.Mode().IsRegular() {
			drawn = append(drawn, name)
		}
	}
	if len(drawn) > 0 {
		label := "pictures"
		if len(drawn) == 1 {
			label = "picture"
		}
		fmt.Fprintf(&b, "  %-11s %s\n", label, quote(filepath.Join(r.Dir, drawn[0]))+strings.Join(append([]string{""},
			drawn[1:]...), ", "))
	}
	for _, name := range p.Findings.Files {
		fmt.Fprintf(&b, "  %-11s %s\n", "file", quote(filepath.Join(r.Dir, name)))
	}
	source := "FILE"
	if strings.HasPrefix(ready.Spec.Data.Source, "embed:") {
		source = ready.Spec.Data.Source
	}
	next := "predict " + model + " --input " + source + " --output predictions.csv"
	if _, ok := ready.Fitted.(task.Restorer); ok {
		next = "predict " + model + " --input " + source + " --output restored"
	}
	if _, ok := ready.Fitted.(task.Writer); ok {
		next = "generate " + model + " --prompt TEXT --temperature 0.8"
	}
	if _, ok := ready.Fitted.(task.Painter); ok {
		next = "generate " + model + " --output new.png"
	}
	fmt.Fprintf(&b, "next:\n  %[1]s %[2]s\n  %[1]s summary %[3]s --formulas\n", program, next, model)
	if _, ok := ready.Fitted.(task.Picture); ok {
		fmt.Fprintf(&b, "  %s explain %s --input PICTURE --output %s\n", program, model,
			quote(filepath.Join(r.Dir, "explained")))
	}
	if w.Experiment == "" {
		fmt.Fprintf(&b, "for data of your own:\n  %s init FILE.csv --target COLUMN\n  %s train\n", program, program)
	}
	_, err := fmt.Fprint(o.report, b.String())
	return err
}

// targetLines returns the lines of what is predicted, and of the columns of a table that are dropped.
func targetLines(p *run.Report) string {
	s := ""
	switch {
	case p.Target != "" && p.Assumed:
		s = fmt.Sprintf("  %-11s %s, the last column, as none is named: data: {target: COLUMN}\n", "target",
			line(p.Target))
	case p.Target != "":
		s = fmt.Sprintf("  %-11s %s\n", "target", line(p.Target))
	}
	if p.Uses != nil && len(p.Uses.Dropped) > 0 {
		s += fmt.Sprintf("  %-11s %s\n", "dropped", line(p.Uses.DroppedWords()))
	}
	return s
}

// rareClasses returns a line for the rarest class of each imbalanced target: how rare it is, its recall and precision.
func rareClasses(f task.Findings) []string {
	var lines []string
	for _, r := range f.Rare {
		lines = append(lines, fmt.Sprintf("  %-11s %s (%s): recall %s, precision %s", "rare class",
			line(r.Name(len(f.Rare) > 1)), r.Frequency(), rate(r.Recall), rate(r.Precision)))
		if r.More > 0 {
			lines = append(lines, fmt.Sprintf("  %-11s classes of less than a tenth of the commonest besides: %d", "",
				r.More))
		}
	}
	return lines
}

// rate returns a share of samples with its interval.
func rate(r task.Rate) string {
	switch {
	case r.Of == 0:
		return "undefined (0 of 0)"
	case r.Interval == nil:
		return fmt.Sprintf("%.4f (%d of %d)", r.Value(), r.Right, r.Of)
	}
	return fmt.Sprintf("%.4f (%d of %d; 95 %%: %.4f to %.4f)", r.Value(), r.Right, r.Of, r.Interval.Low,
		r.Interval.High)
}

// looks returns a sentence on other runs that were tested on the same samples, "" where there is none.
func looks(l run.Looks, samples string) string {
	switch l.Runs {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("1 other run in the same directory was tested on half or more of these %s: the better of "+
			"the two figures is optimistic; choose between runs by their validation figures", samples)
	}
	return fmt.Sprintf("%d other runs in the same directory were tested on half or more of these %s: the best of "+
		"their figures is optimistic; choose between runs by their validation figures", l.Runs, samples)
}

// baselines returns a line for each baseline with its metrics, and one for the verdict of each target.
func baselines(f task.Findings) []string {
	var lines []string
	for _, x := range f.Baselines {
		whole, _ := run.Overall(x.Metrics)
		about := x.About()
		if x.Part != "" {
			about += "; " + x.Part + " samples"
		}
		lines = append(lines, fmt.Sprintf("  %-11s %s   (%s)", "baseline", metricsOf(whole, explained), about))
	}
	for _, words := range f.Verdict {
		lines = append(lines, fmt.Sprintf("  %-11s %s", "verdict", words))
	}
	return lines
}

// metricsOf prints metrics as people read them, each by show.
func metricsOf(f train.Metrics, show func(train.Metric) string) string {
	parts := make([]string, len(f))
	for i, x := range f {
		parts[i] = x.Name + " " + show(x)
	}
	return strings.Join(parts, "  ")
}

// plain returns a metric without further words.
func plain(x train.Metric) string { return number(x.Value) }

// explained returns a metric; of one that is not defined, why.
func explained(x train.Metric) string {
	if x.Why != "" {
		return number(x.Value) + " (" + x.Why + ")"
	}
	return number(x.Value)
}

// number returns a metric as people read it.
func number(v float64) string { return words.Number(v) }
