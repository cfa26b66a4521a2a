package tune

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Study is a search for the values of a Space that make an objective least, trial by trial.
//
// A study is a function of its settings and of what trainings return, not of the time that they take: a trial's values
// are drawn from the seed and the trial's number, and results count in the order of a clock that goes by epochs. The
// same settings, Parallel among them, give the same study, interrupted or not.
type Study struct {
	Space   Space
	Sampler Sampler
	Pruner  Pruner
	Trials  int // their number, the first one with the user's own values included
	Epochs  int // of a whole training
	Seed    uint64
	// Parallel is the number of trials that are trained at the same time; 0 is 1.
	Parallel int
	// Train trains a trial to so many epochs, from where it rests, and returns what it has come to. An error ends the
	// study; what is wrong with the trial's values is an Outcome.
	Train func(ctx context.Context, t Trial, until int) (Outcome, error)
	// Store keeps the study; nil: nothing does.
	Store *Store
	// Watch, if not nil, is told of every trial whose training begins, goes on or rests, in the study's order.
	Watch func(Trial)
}

// Outcome is what a trial has come to, from its first epoch on.
type Outcome struct {
	// Curves are the objective after each epoch, to be minimised, of each of the trial's trainings.
	Curves   [][]float64
	Ended    bool    // all trainings have come to their end, by early stopping perhaps
	Diverged string  // why training could not go on: a loss that is no number
	Failed   string  // why the values cannot be trained at all
	Seconds  float64 // of all trainings together
}

// best returns the objective after so many epochs: of each training the least value so far, the mean of those.
func (o *Outcome) best(epochs int) float64 {
	sum := 0.0
	for _, c := range o.Curves {
		if c = c[:min(len(c), epochs)]; len(c) == 0 {
			return math.NaN()
		}
		least := math.NaN()
		for _, v := range c {
			if math.IsNaN(least) || v < least {
				least = v
			}
		}
		sum += least
	}
	return sum / float64(len(o.Curves))
}

// epochs is the number of epochs of the longest training.
func (o *Outcome) epochs() (n int) {
	for _, c := range o.Curves {
		n = max(n, len(c))
	}
	return n
}

// take updates a trial by what came of its training to so many epochs.
func (t *Trial) take(o *Outcome, rungs []int, until int) {
	t.Epochs, t.Seconds, t.Error = o.epochs(), o.Seconds, o.Failed
	t.Rungs = nil
	switch {
	case o.Failed != "":
		t.State, t.Value = Failed, math.NaN()
		return
	case o.Diverged != "":
		t.State, t.Value, t.Error = Paused, math.NaN(), o.Diverged
		for _, r := range rungs {
			if t.Rungs = append(t.Rungs, math.NaN()); r >= t.Epochs+1 {
				break
			}
			t.Rungs[len(t.Rungs)-1] = o.best(r)
		}
		return
	}
	for _, r := range rungs {
		if r <= until {
			t.Rungs = append(t.Rungs, o.best(r))
		}
	}
	if t.State = Paused; until >= rungs[len(rungs)-1] {
		t.State = Finished
	}
	t.Value = t.Rungs[len(t.Rungs)-1]
}

// job is the training of a trial to a rung.
type job struct {
	trial, until int
	end          float64 // by the study's clock
	done         chan struct{}
	outcome      Outcome
	err          error
}

// progress is a study that runs.
type progress struct {
	*Study
	rungs   []int
	trials  []Trial
	running []*job
	ended   map[int]*Outcome // of trials that early stopping has ended
	clock   float64
	full    bool // there are no more values to try
}

// Run runs the study and returns its trials. When ctx ends, trainings rest, and the error is ctx's; the same study with
// the same store goes on from there.
func (s *Study) Run(ctx context.Context) ([]Trial, error) {
	if err := s.Space.Check(); err != nil {
		return nil, err
	}
	p := &progress{Study: s, rungs: s.Pruner.Rungs(s.Epochs), ended: map[int]*Outcome{}}
	ctx, cancel := context.WithCancel(ctx)
	defer p.wait()
	defer cancel()
	for {
		for len(p.running) < max(1, s.Parallel) {
			j := p.next()
			if j == nil {
				break
			}
			if err := p.start(ctx, j); err != nil {
				return p.trials, err
			}
		}
		if len(p.running) == 0 {
			return p.trials, ctx.Err()
		}
		j := slices.MinFunc(p.running, func(a, b *job) int {
			switch {
			case a.end < b.end:
				return -1
			case a.end > b.end:
				return 1
			}
			return a.trial - b.trial
		})
		<-j.done
		if j.err != nil {
			return p.trials, j.err
		}
		if err := p.finish(j); err != nil {
			return p.trials, err
		}
	}
}

// wait waits for the trainings that are under way.
func (p *progress) wait() {
	for _, j := range p.running {
		<-j.done
	}
}

// next chooses what is trained next: a trial to be continued, or a new one; nil: nothing as long as others run.
func (p *progress) next() *job {
	if i := p.Pruner.Promote(p.trials, p.rungs); i >= 0 {
		return p.promote(i, p.rungs[len(p.trials[i].Rungs)])
	}
	last := p.rungs[len(p.rungs)-1]
	if n := len(p.trials); n < p.Trials && !p.full {
		t := Trial{Number: n, Value: math.NaN()}
		if n == 0 {
			t.Values = p.Space.Start()
			p.trials = append(p.trials, t)
			return &job{trial: 0, until: p.rungs[0]}
		}
		rng := rand.New(rand.NewPCG(p.Seed, uint64(n)))
		if v, ok := p.Sampler.Sample(p.Space, p.trials, n, rng); ok {
			t.Values = v
			p.trials = append(p.trials, t)
			return &job{trial: n, until: p.rungs[0]}
		}
		p.full = true
	}
	if len(p.running) > 0 {
		return nil
	}
	if i := p.unfinished(); i >= 0 {
		return p.promote(i, last)
	}
	return nil
}

// promote returns the job that continues a paused trial.
func (p *progress) promote(i, until int) *job {
	p.trials[i].State = Running
	return &job{trial: i, until: until}
}

// unfinished returns a trial that is to be trained to its end when all others rest: the best one of the highest rung
// that any trial rests on, which the study would recommend, and the first one, beside which the others are judged. −1:
// there is none.
func (p *progress) unfinished() int {
	rests := func(i int) bool { return p.trials[i].State == Paused && !math.IsNaN(p.trials[i].Value) }
	for rung := len(p.rungs) - 2; rung >= 0; rung-- {
		if slices.ContainsFunc(p.trials, func(t Trial) bool { return t.State == Paused && len(t.Rungs) == rung+1 }) {
			if i := reached(p.trials, rung)[0]; rests(i) {
				return i
			}
			break
		}
	}
	if len(p.trials) > 0 && rests(0) {
		return 0
	}
	return -1
}

// start begins a job; one whose result is stored is done.
func (p *progress) start(ctx context.Context, j *job) error {
	t := p.trials[j.trial]
	j.end, j.done = p.clock+float64(j.until-t.Epochs), make(chan struct{})
	if o := p.ended[j.trial]; o != nil { // early stopping has ended it
		j.end, j.outcome = p.clock, *o
		p.running = append(p.running, j)
		close(j.done)
		return nil
	}
	known, err := p.Store.begin(p.Space, &t, j.until)
	if err != nil {
		return err
	}
	p.running = append(p.running, j)
	if p.Watch != nil {
		p.Watch(t)
	}
	if known != nil {
		j.outcome = *known
		close(j.done)
		return nil
	}
	go func() {
		defer close(j.done)
		if j.outcome, j.err = p.Train(ctx, t, j.until); j.err == nil {
			t.take(&j.outcome, p.rungs, j.until)
			j.err = p.Store.end(&t, j.until, &j.outcome)
		}
	}()
	return nil
}

// finish takes the result of a job.
func (p *progress) finish(j *job) error {
	p.running = slices.DeleteFunc(p.running, func(x *job) bool { return x == j })
	p.clock = max(p.clock, j.end)
	t := &p.trials[j.trial]
	t.take(&j.outcome, p.rungs, j.until)
	var err error
	if p.ended[j.trial] != nil {
		err = p.Store.promoted(t)
	} else if j.outcome.Ended {
		p.ended[j.trial] = &j.outcome
	}
	if p.Watch != nil {
		p.Watch(*t)
	}
	return err
}

// Best returns the index of the best trial that was trained to its end; −1: there is none.
func Best(trials []Trial) int {
	best := -1
	for i, t := range trials {
		if t.State == Finished && !math.IsNaN(t.Value) &&
			(best < 0 || compareValues(t.Value, trials[best].Value) < 0) {
			best = i
		}
	}
	return best
}

// mismatch is the error of a stored trial with other values than the study draws.
func mismatch(path string, number int) error {
	return fmt.Errorf("%s: trial %d has other values than the study draws; another version of this program? begin "+
		"another study", path, number)
}
