package study

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"

	"gorae/internal/file"
	"gorae/metric"
	"gorae/run"
	"gorae/spec"
	"gorae/train"
	"gorae/tune"
)

// The files of a study's directory.
const (
	DatabaseFile = "study.db"
	BestFile     = "best.yaml"
	BestDir      = "best"
	TrialsDir    = "trials"
	ResultFile   = "study.json" // written last: a study that has it is finished
)

// Options are the settings of a study.
type Options struct {
	Out       string // the directory; "" is runs/NAME-tune-N, N counting up
	Resume    bool   // go on with the study that the directory holds; begin one where there is none
	AnyCPU    bool
	Trials    int    // 0 is 40, or all of a grid
	Sampler   string // tpe (also ""), random or grid
	Pruner    string // asha (also ""), median or none
	Least     int    // epochs of the first rung; 0: all epochs / Reduction
	Reduction int    // of asha; 0 is 2
	Parallel  int    // trials at the same time; 0 is 1
	Seeds     int    // trainings of each trial with further seeds of weights and batches; 0 is 1
	Objective string // a metric of the history; "" is train.monitor, or val_loss

	AllowNetwork bool

	Began func(s *Begun)
	// Watch, if not nil, is called with what happens, by one goroutine at a time.
	Watch func(Event)
}

// Begun is what is known of a study before its first trial.
type Begun struct {
	Dir       string
	Prepared  *run.Prepared // with the user's own values
	Objective *run.Objective
	Trials    int
	Trainings int   // of each trial
	Rungs     []int // epochs
}

// Event is something that happened in a study: a trial's training began or went on, an epoch ended, or the training
// rests.
type Event struct {
	Trial tune.Trial
	// Training is that of the trial, from 0, and Epoch the epoch that ended; 0 where the trial began or rests.
	Training, Epoch int
	Value           float64 // the objective after that epoch
}

// sampler returns a sampler by its name.
func (o *Options) sampler() (tune.Sampler, error) {
	switch o.Sampler {
	case "", "tpe":
		return tune.TPE{}, nil
	case "random":
		return tune.Random{}, nil
	case "grid":
		return tune.Grid{}, nil
	}
	return nil, fmt.Errorf("no sampler %q; give tpe, random or grid", o.Sampler)
}

// pruner returns a pruner by its name.
func (o *Options) pruner() (tune.Pruner, error) {
	a := tune.ASHA{Least: o.Least, Reduction: o.Reduction}
	if err := a.Check(); err != nil {
		return nil, err
	}
	switch o.Pruner {
	case "", "asha":
		return a, nil
	case "median":
		return tune.Median{ASHA: a}, nil
	case "none":
		return tune.None{}, nil
	}
	return nil, fmt.Errorf("no pruner %q; give asha, median or none", o.Pruner)
}

// Stopped is the error of a study whose context ended; Options.Resume continues it.
type Stopped struct {
	Dir string
	Err error
}

func (e *Stopped) Error() string { return e.Err.Error() }

// Unwrap returns the context's error.
func (e *Stopped) Unwrap() error { return e.Err }

// study is a study that is carried out.
type study struct {
	*Options
	search    *spec.Search
	space     tune.Space
	prepared  *run.Prepared // with the user's own values
	objective *run.Objective
	dir       string
	folds     int // of the validation samples; 1: there are none
	seeds     int
	begun     *Begun
	events    chan Event
	trials    []tune.Trial
	store     *tune.Store
}

// Run carries out a study of an experiment with search ranges. When ctx ends, the error is a [*Stopped], and a study of
// the same settings with Options.Resume goes on from there, to the same result.
func Run(ctx context.Context, search *spec.Search, o Options) (*Result, error) {
	s := &study{Options: &o, search: search, space: Space(search), seeds: max(1, o.Seeds), folds: 1}
	sampler, err := o.sampler()
	if err != nil {
		return nil, err
	}
	pruner, err := o.pruner()
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	epochs := s.prepared.Spec.Train.Epochs
	if s.begun.Trials, err = s.count(sampler); err != nil {
		return nil, err
	}
	s.begun.Rungs = pruner.Rungs(epochs)
	dir, unlock, err := run.Claim(search.Name+"-tune", run.Options{Out: o.Out, Resume: o.Resume})
	if err != nil {
		return nil, err
	}
	defer unlock()
	s.dir, s.begun.Dir = dir, dir
	if err := s.open(); err != nil {
		return nil, err
	}
	if o.Began != nil {
		o.Began(s.begun)
	}
	t := &tune.Study{Space: s.space, Sampler: sampler, Pruner: pruner, Trials: s.begun.Trials, Epochs: epochs,
		Seed: s.prepared.Spec.Seed, Parallel: o.Parallel, Train: s.train, Store: s.store}
	stop := s.listen()
	t.Watch = func(t tune.Trial) { s.events <- Event{Trial: t} }
	s.trials, err = t.Run(ctx)
	stop()
	if err != nil {
		return nil, s.stopped(ctx, err)
	}
	r, err := s.finish(ctx)
	return r, s.stopped(ctx, err)
}

// stopped is err, or a *Stopped where the context has ended.
func (s *study) stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return &Stopped{s.dir, ctx.Err()}
	}
	return err
}

// listen passes events on, one at a time, until the function that it returns is called.
func (s *study) listen() (stop func()) {
	s.events = make(chan Event)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range s.events {
			if s.Watch != nil {
				s.Watch(e)
			}
		}
	}()
	return func() {
		close(s.events)
		<-done
	}
}

// Space returns the ranges of an experiment as the space of a study.
func Space(search *spec.Search) tune.Space {
	var space tune.Space
	for _, r := range search.Ranges {
		p := tune.Param{Name: r.Path, Low: r.Low, High: r.High, Step: r.Step, Log: r.Log(), Options: len(r.Options),
			Start: r.Value}
		switch {
		case r.Word == "choice":
			p.Kind = tune.Choice
		case r.Whole():
			p.Kind = tune.Int
		}
		for _, o := range r.When {
			p.When = append(p.When, tune.Condition{Param: o.Range, Option: o.Option})
		}
		space = append(space, p)
	}
	return space
}

// prepare reads the data, with the user's own values.
func (s *study) prepare(ctx context.Context) error {
	if len(s.search.Ranges) == 0 {
		return fmt.Errorf("%s: there is no search range in it; write one in the place of a value, such as "+
			"learning_rate: {log: [1e-4, 1e-1]}", s.search.Name)
	}
	f, err := s.search.With(s.space.Start())
	if err != nil {
		return err
	}
	if f.Data.Source == "-" {
		return errors.New("data.source: standard input can be read once, but each trial reads it; name a file")
	}
	f.AllowNetwork = s.AllowNetwork
	if s.prepared, err = run.Prepare(ctx, f); err != nil {
		return err
	}
	if s.objective, err = s.prepared.Objective(s.Objective); err != nil {
		return err
	}
	s.folds = max(1, f.Split.ValidationFolds)
	if f.Split.ValidationFold > 0 {
		s.folds = 1 // of one fold only
	}
	s.begun = &Begun{Prepared: s.prepared, Objective: s.objective, Trainings: s.folds * s.seeds}
	for _, r := range s.search.Ranges {
		if r.Path == "train.epochs" && s.Pruner != "none" {
			return errors.New("train.epochs: a search range, but trials are compared after like numbers of epochs; " +
				"give the most epochs, or --pruner none")
		}
	}
	return nil
}

// count returns the number of trials.
func (s *study) count(sampler tune.Sampler) (int, error) {
	g, grid := sampler.(tune.Grid)
	if grid {
		if err := g.Check(s.space); err != nil {
			return 0, err
		}
	}
	switch n := s.Trials; {
	case n < 0:
		return 0, fmt.Errorf("%d trials; give 1 or more", n)
	case grid:
		all := g.Combinations(s.space)
		if n == 0 {
			return all, nil
		}
		return min(n, all), nil
	case n == 0:
		return defaultTrials, nil
	default:
		return n, nil
	}
}

// defaultTrials is the number of trials where none is given.
const defaultTrials = 40

// open opens the study's database.
func (s *study) open() error {
	text := func(v any) string { return fmt.Sprint(v) }
	o := s.Options
	settings := tune.Settings{
		{"experiment", s.search.Text()}, {"objective", s.objective.Name},
		{"direction", s.objective.Direction.String()}, {"sampler", orDefault(o.Sampler, "tpe")},
		{"pruner", orDefault(o.Pruner, "asha")}, {"least epochs", text(o.Least)}, {"reduction", text(o.Reduction)},
		{"parallel trials", text(max(1, o.Parallel))}, {"seeds", text(s.seeds)},
		{"seed", text(s.prepared.Spec.Seed)}, {"processor", runtime.GOARCH},
	}
	var err error
	s.store, err = tune.OpenStore(filepath.Join(s.dir, DatabaseFile), settings)
	return err
}

func orDefault(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// sign makes the objective one to be minimised.
func (s *study) sign() float64 {
	if s.objective.Direction == metric.Max {
		return -1
	}
	return 1
}

// experiment returns the experiment of one training of a trial: training k of seeds × folds. The first one is the
// experiment with the values and nothing else. Further seeds leave the split as it is.
func (s *study) experiment(v tune.Values, k int) (*spec.File, error) {
	f, err := s.search.With(v)
	if err != nil {
		return nil, err
	}
	f.AllowNetwork = s.AllowNetwork
	f.Train.Refit = false
	if f.Train.Monitor == "" {
		f.Train.Monitor = s.objective.Name
	}
	if s.folds > 1 {
		f.Split.ValidationFold = k%s.folds + 1
	}
	if seed := k / s.folds; seed > 0 {
		if f.Split.Seed == nil {
			f.Split.Seed = new(f.Seed)
		}
		f.Seed += uint64(seed)
	}
	return f, nil
}

// trialDir returns the run directory of a training of a trial.
func (s *study) trialDir(trial, k int) string {
	dir := filepath.Join(s.dir, TrialsDir, fmt.Sprintf("%03d", trial))
	if s.begun.Trainings == 1 {
		return dir
	}
	return filepath.Join(dir, strconv.Itoa(k+1))
}

// train carries out the trainings of a trial up to an epoch.
func (s *study) train(ctx context.Context, t tune.Trial, until int) (tune.Outcome, error) {
	out := tune.Outcome{Ended: true}
	for k := range s.begun.Trainings {
		f, err := s.experiment(t.Values, k)
		if err == nil {
			err = s.one(ctx, &out, t, f, k, until)
		}
		var bad *run.Stopped
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err == nil && out.Diverged == "":
			continue
		case errors.As(err, &bad) || t.Number == 0 && err != nil || disk(err):
			return out, err
		case err != nil:
			out.Failed = err.Error()
		}
		return out, nil
	}
	return out, nil
}

// disk reports whether an error is of the machine and not of a trial's values.
func disk(err error) bool {
	var e interface{ Timeout() bool } // of package os: *fs.PathError, *os.SyscallError
	return errors.As(err, &e)
}

// one carries out one training and adds what came of it.
func (s *study) one(ctx context.Context, out *tune.Outcome, t tune.Trial, f *spec.File, k, until int) error {
	p, err := s.prepared.Again(ctx, f)
	if err != nil {
		return err
	}
	if until >= p.Spec.Train.Epochs {
		until = 0
	}
	dir := s.trialDir(t.Number, k)
	if err := file.MakeDir(dir); err != nil {
		return err
	}
	r, err := run.RunTrial(ctx, p, run.TrialOptions{Out: dir, AnyCPU: s.AnyCPU, Until: until, Metric: s.metric(),
		Watch: func(e train.Event) error {
			if e.Kind == train.EpochEnd {
				s.events <- Event{t, k, e.Epoch, e.Metrics.Of(s.objective.Name)}
			}
			return nil
		}})
	if err != nil {
		return err
	}
	curve := make([]float64, 0, len(r.Rows))
	for _, row := range r.Rows {
		curve = append(curve, s.sign()*row.Metrics.Of(s.objective.Name))
	}
	out.Curves = append(out.Curves, curve)
	out.Ended, out.Diverged, out.Seconds = out.Ended && r.Ended, r.Diverged, out.Seconds+r.Seconds
	return nil
}

// metric is the objective's name without val_.
func (s *study) metric() string {
	const validation = "val_"
	if n := s.objective.Name; len(n) > len(validation) && n[:len(validation)] == validation {
		return n[len(validation):]
	}
	return ""
}
