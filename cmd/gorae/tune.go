package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gorae/internal/lang"
	"gorae/layer"
	"gorae/run"
	"gorae/scaffold"
	"gorae/spec"
	"gorae/train"
	"gorae/tune/study"
)

type tuneWords struct {
	Experiment string   `arg:"" optional:"" help:"Experiment file (YAML) with search ranges in the places of values; experiment.yaml in this directory if left out."`
	Set        []string `sep:"none" placeholder:"PATH=VALUE" help:"Change a setting, such as \"train.optimizer.adam.learning_rate={log: [1e-4, 1e-1]}\". May be repeated."`
	Out        string   `placeholder:"DIR" help:"Directory of the study; runs/NAME-tune-N if left out."`
	Trials     int      `placeholder:"N" help:"Trials, the first one with the experiment's own values included; 40 if left out, of a grid all."`
	Sampler    string   `placeholder:"NAME" help:"How values are chosen: tpe (if left out), random or grid."`
	Pruner     string   `placeholder:"NAME" help:"Which trials are trained on: asha (if left out), median or none."`
	MinEpochs  int      `placeholder:"N" help:"Epochs after which trials are compared for the first time; if left out, all epochs divided by --reduction."`
	Reduction  int      `placeholder:"N" help:"asha trains one trial in N on after each comparison, and compares after N times as many epochs; 2 if left out."`
	Parallel   int      `placeholder:"N" help:"Trials that are trained at the same time, sharing the threads; 1 if left out. The study depends on it."`
	Seeds      int      `placeholder:"N" help:"Trainings of each trial with N seeds of weights and batches, over which the objective is averaged; 1 if left out."`
	Folds      int      `placeholder:"K" help:"Trainings of each trial on K folds, over whose validation samples the objective is averaged: split.validation_folds."`
	Objective  string   `placeholder:"METRIC" help:"What trials are compared by, such as val_accuracy; train.monitor or val_loss if left out."`
	Seed       *uint64  `placeholder:"N" help:"Seed of the study and of its trainings."`
	Threads    int      `placeholder:"N" help:"Threads to use; all cores if left out. The result does not depend on it."`
	Rate       bool     `help:"Try learning rates only: draw the loss by learning rate, and suggest one."`
	Resume     bool     `help:"Continue a study that was stopped, or with more --trials; start it if there is none."`
	JSON       bool     `help:"Print a JSON object a line instead of words: each trial when it rests, then the result."`
	Quiet      bool     `short:"q" help:"No progress."`
	AnyCPU     bool     `name:"any-cpu" help:"With --resume: also continue trials that were started with the kernels of another instruction set."`
	Network    bool     `name:"allow-network" help:"Let the experiment open URLs and databases."`
}

// Help returns the text of gorae tune --help.
func (tuneWords) Help() string {
	return `A search range stands in the place of any value of an experiment file:
  learning_rate: {log: [1e-4, 1e-1], value: 1e-3}     units: {int: [16, 256]}, or log_int
  dropout: {uniform: [0, 0.5]}                        activation: {choice: [relu, tanh]}
An option may be a layer, a list of layers, or null, and may hold ranges. "value" is your own value, which is tried
first. The test samples are evaluated once, at the end, with the best trial. The study's directory holds study.db
(SQLite), trials/NNN (run directories), best.yaml, best (the run of the best trial), study.json and pictures.
Ctrl-C stops after the current batches; --resume continues.`
}

// Run carries out a study and says what came of it.
func (w *tuneWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return usageError{err}
	}
	search, err := w.search()
	if err != nil {
		return err
	}
	if w.Quiet {
		o.status.hush()
	}
	if w.Rate {
		return w.rate(o, search)
	}
	p := &trialProgress{o: o, w: w, search: search}
	r, err := study.Run(o.ctx, search, study.Options{Out: w.Out, Resume: w.Resume, AnyCPU: w.AnyCPU, Trials: w.Trials,
		Sampler: w.Sampler, Pruner: w.Pruner, Least: w.MinEpochs, Reduction: w.Reduction, Parallel: w.Parallel,
		Seeds: w.Seeds, Objective: w.Objective, AllowNetwork: w.Network, Watch: p.watch,
		Began: func(s *study.Begun) {
			interrupted.set(trainingPatience, "stopped; go on with: "+line(w.again(s.Dir)))
			p.began(s)
		}})
	p.end()
	var stopped *study.Stopped
	if errors.As(err, &stopped) {
		return fmt.Errorf("stopped; go on with: %s", w.again(stopped.Dir))
	}
	if err != nil {
		return err
	}
	for _, warning := range r.Warnings {
		p.say("warning: %s\n", line(warning))
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(struct {
			Event string `json:"event"`
			Dir   string `json:"dir"`
			*study.Result
			Tested *run.Report `json:"metrics"`
		}{"done", r.Dir, r, r.Tested})
	}
	_, err = fmt.Fprint(o.report, studyWords(search, r))
	return err
}

// check returns an error for flags out of range.
func (w *tuneWords) check() error {
	for _, f := range []struct {
		name  string
		value int
		most  int
	}{
		{"trials", w.Trials, 100_000}, {"min-epochs", w.MinEpochs, 1 << 30}, {"reduction", w.Reduction, 1000},
		{"parallel", w.Parallel, 256}, {"seeds", w.Seeds, 1000}, {"folds", w.Folds, mostFolds},
	} {
		if f.value < 0 || f.value > f.most {
			return fmt.Errorf("--%s %d: give 1 to %d", f.name, f.value, f.most)
		}
	}
	switch {
	case w.Reduction == 1 || w.Folds == 1:
		return errors.New("--reduction and --folds: give 2 or more")
	case w.Sampler != "" && !slices.Contains([]string{"tpe", "random", "grid"}, w.Sampler):
		return fmt.Errorf("--sampler %s: give tpe, random or grid", w.Sampler)
	case w.Pruner != "" && !slices.Contains([]string{"asha", "median", "none"}, w.Pruner):
		return fmt.Errorf("--pruner %s: give asha, median or none", w.Pruner)
	}
	return nil
}

// search reads the experiment with its ranges.
func (w *tuneWords) search() (*spec.Search, error) {
	set := slices.Clone(w.Set)
	if w.Seed != nil {
		set = append(set, fmt.Sprintf("seed=%d", *w.Seed))
	}
	if w.Folds > 0 {
		set = append(set, fmt.Sprintf("split.validation_folds=%d", w.Folds))
	}
	if w.Experiment == "" {
		w.Experiment = run.ExperimentFile
	}
	if scaffold.IsData(w.Experiment) {
		return nil, usageError{fmt.Errorf("%s: data, not an experiment; gorae init %s writes one", w.Experiment,
			w.Experiment)}
	}
	return spec.ReadSearch(w.Experiment, set...)
}

// again returns the command that goes on with a study.
func (w *tuneWords) again(dir string) string {
	words := []string{program, "tune", quote(w.Experiment)}
	for _, s := range w.Set {
		words = append(words, "--set", quote(s))
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"trials", w.Trials}, {"min-epochs", w.MinEpochs}, {"reduction", w.Reduction}, {"parallel", w.Parallel},
		{"seeds", w.Seeds}, {"folds", w.Folds}} {
		if f.value != 0 {
			words = append(words, "--"+f.name, fmt.Sprint(f.value))
		}
	}
	for _, f := range [][2]string{{"--sampler", w.Sampler}, {"--pruner", w.Pruner}, {"--objective", w.Objective}} {
		if f[1] != "" {
			words = append(words, f[0], quote(f[1]))
		}
	}
	if w.Seed != nil {
		words = append(words, "--seed", fmt.Sprint(*w.Seed))
	}
	return strings.Join(append(words, "--resume", "--out", quote(dir)), " ")
}

// rate tries learning rates.
func (w *tuneWords) rate(o *environment, search *spec.Search) error {
	f, err := search.With(search.Start())
	if err != nil {
		return err
	}
	f.AllowNetwork = w.Network
	p, err := run.Prepare(o.ctx, f)
	if err != nil {
		return err
	}
	dir, unlock, err := run.Claim(search.Name+"-rate", run.Options{Out: w.Out, Resume: w.Resume})
	if err != nil {
		return err
	}
	defer unlock()
	t, err := run.TestRates(o.ctx, p, dir, train.LearningRateFinder{})
	if err != nil {
		return err
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(struct {
			Dir    string    `json:"dir"`
			Rate   float64   `json:"learning_rate,omitempty"`
			Rates  []float64 `json:"rates"`
			Losses []float64 `json:"smoothed_losses"`
		}{t.Dir, t.Rate, t.Rates, t.Losses})
	}
	var b strings.Builder
	if t.Found {
		fmt.Fprintf(&b, "learning rate %.2g: with it the loss fell fastest, of %d rates from %.3g to %.3g\n", t.Rate,
			len(t.Rates), t.Rates[0], t.Rates[len(t.Rates)-1])
		fmt.Fprintf(&b, "  %-11s %s\n", "write", rateLine(p, t.Rate))
	} else {
		fmt.Fprintf(&b, "the loss fell at none of %d learning rates from %.3g to %.3g\n", len(t.Rates), t.Rates[0],
			t.Rates[len(t.Rates)-1])
	}
	fmt.Fprintf(&b, "  %-11s %s\n", "picture", quote(filepath.Join(dir, run.RatesFile+".png")))
	_, err = fmt.Fprint(o.report, b.String())
	return err
}

// rateLine returns the experiment's line that sets a learning rate.
func rateLine(p *run.Prepared, rate float64) string {
	return fmt.Sprintf("train: {optimizer: {%s: {learning_rate: %.2g}}}", p.OptimizerWord(), rate)
}

// studyWords is the result of a study as people read it.
func studyWords(search *spec.Search, r *study.Result) string {
	var b strings.Builder
	states := map[string]int{}
	for _, t := range r.Trials {
		states[t.State]++
	}
	fmt.Fprintf(&b, "%d trials, %d of them to the end; %s epochs, %.1f s\n", len(r.Trials), states["finished"],
		layer.Thousands(r.Epochs), r.Seconds)
	fmt.Fprintf(&b, "  %-11s trial %d: %s %s; your own values: %s\n", "best", r.Best, r.Objective, number(r.Value),
		number(r.Own))
	widest := 0
	for _, p := range r.Params {
		widest = max(widest, lang.Width(p.Name))
	}
	for _, p := range r.Params {
		if v, ok := r.Trials[r.Best].Values[p.Name]; ok {
			fmt.Fprintf(&b, "    %-*s  %s\n", widest, line(p.Name), line(v))
		}
	}
	switch c := r.Corrected; {
	case c != nil:
		fmt.Fprintf(&b, "  %-11s %s (95 %%: %s to %s): what to expect of the best of %d trials on further samples; "+
			"%s is the best of many, and so optimistic (%s %s)\n", "corrected", number(c.Value),
			number(c.Interval.Low), number(c.Interval.High), c.Trials, number(c.Raw), layer.Thousands(c.Samples),
			c.Unit+"s")
	default:
		fmt.Fprintf(&b, "  %-11s none: %s\n", "corrected", line(r.Why))
	}
	fmt.Fprintf(&b, "  %-11s by the objective after %d epochs (PED-ANOVA)\n", "importance", r.ImportanceAfter)
	byWeight, most := slices.Clone(r.Params), 0
	for _, p := range r.Params {
		most = max(most, p.Trials)
	}
	slices.SortStableFunc(byWeight, func(a, b study.Param) int {
		switch {
		case a.Importance > b.Importance:
			return -1
		case a.Importance < b.Importance:
			return 1
		}
		return 0
	})
	for _, p := range byWeight {
		about := ""
		if p.Trials < most {
			about = fmt.Sprintf("   (in %d of %d trials)", p.Trials, most)
		}
		fmt.Fprintf(&b, "    %-*s  %.2f%s\n", widest, line(p.Name), p.Importance, about)
	}
	if t := r.Tested; t != nil && len(t.Test) > 0 {
		whole, _ := run.Overall(t.Test)
		fmt.Fprintf(&b, "  %-11s %s   (%s %s%s)\n", "test", metricsOf(whole, explained), layer.Thousands(t.Rows[2]),
			t.Unit+"s", ", not seen by any trial")
		b.WriteString(intervals(t.Intervals))
	}
	fmt.Fprintf(&b, "  %-11s %s\n", "experiment", quote(filepath.Join(r.Dir, study.BestFile)))
	fmt.Fprintf(&b, "  %-11s %s\n", "model", quote(filepath.Join(r.Dir, study.BestDir, run.ModelFile)))
	if len(r.Pictures) > 0 {
		fmt.Fprintf(&b, "  %-11s %s\n", "pictures", quote(filepath.Join(r.Dir, r.Pictures[0]))+
			strings.Join(append([]string{""}, r.Pictures[1:]...), ", "))
	}
	fmt.Fprintf(&b, "next:\n  %s train %s\n", program, quote(filepath.Join(r.Dir, study.BestFile)))
	return b.String()
}
