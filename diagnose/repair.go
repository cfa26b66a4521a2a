package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/internal/file"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// Attempt is one remedy that was tried: the experiment with what was kept before, and the change.
type Attempt struct {
	Code   string   `json:"code,omitempty"` // of the finding; "" of a general remedy and of random ones
	Change []string `json:"change"`
	// Skills are those on the validation samples, by seed; Before those without the change.
	Skills []float64 `json:"skills"`
	Before []float64 `json:"before"`
	// Gain is the mean of the paired differences, Noise its standard error.
	Gain  float64 `json:"gain"`
	Noise float64 `json:"noise"`
	Kept  bool    `json:"kept"`
	// Structural: kept whatever the gain, since figures cannot judge it, as a leak.
	Structural bool   `json:"structural,omitempty"`
	Error      string `json:"error,omitempty"`
}

// Repaired is the record of a repair.
type Repaired struct {
	Seeds    int       `json:"seeds"`
	Attempts []Attempt `json:"attempts"`
	Change   []string  `json:"change"` // all that was kept
	// Before and After are the mean skills on the validation samples.
	Before float64 `json:"validation_before"`
	After  float64 `json:"validation_after"`
	// TestBefore and TestAfter are median skills on the test samples, which are looked at once, at the end; nil:
	// there are none.
	TestBefore *float64 `json:"test_before,omitempty"`
	TestAfter  *float64 `json:"test_after,omitempty"`
	// Random is a random search of as many trainings, by the validation samples; nil: none was made.
	Random *Random `json:"random,omitempty"`

	// File is the improved experiment.
	File *spec.File `json:"-"`
}

// Random is the result of a random search.
type Random struct {
	Trainings int      `json:"trainings"`
	Change    []string `json:"change"`
	After     float64  `json:"validation_after"`
	TestAfter *float64 `json:"test_after,omitempty"`
	Beaten    bool     `json:"beaten"` // the repair is better on the validation samples
}

// RepairOptions are the settings of a repair.
type RepairOptions struct {
	Seeds    int  // of each try; 0: 3
	Attempts int  // remedies at most; 0: 8
	Tests    int  // seeds of the test at the end; 0: Seeds
	Random   bool // also search at random with as many trainings
	// Said, if not nil, is called with each attempt.
	Said func(Attempt)
}

// repairer tries remedies.
type repairer struct {
	ctx   context.Context
	file  *spec.File
	spec  *spec.Experiment
	seeds int
	whole bool // there are no validation samples of their own
	count int  // networks that were trained

	now    []float64 // skills with what is kept, by seed
	change []string  // what is kept
}

// structural codes are mended whatever the figures say: with the fault figures are better than they will be in use.
var structural = []string{"data/target-leak", "split/", "data/id-like", "data/missing-marker"}

// Repair tries the remedies of the findings of a diagnosis, faults first, and then what gorae would have chosen itself:
// its own way of training, its own network. Each is tried on top of what was kept before, with several seeds, on the
// validation samples. What helps beyond its noise is kept: the mean of the differences, seed by seed, is more than two
// of its standard errors, and more than 0.005 of skill; where it is less than that, and positive, as many seeds again
// are tried. The parts are the same for all seeds. Test samples are looked at once, at the end: the diagnosis is one
// without them.
func Repair(ctx context.Context, t *run.Trained, o RepairOptions) (*Repaired, error) {
	if o.Seeds == 0 {
		o.Seeds = 3
	}
	if o.Attempts == 0 {
		o.Attempts = 8
	}
	if !t.Supervised() {
		return nil, fmt.Errorf("%s: its task, %s, has no targets that a repair could be measured by", t.Name,
			t.Task.Name())
	}
	if o.Tests == 0 {
		o.Tests = o.Seeds
	}
	r := newRepairer(ctx, t, o.Seeds)
	out := &Repaired{Seeds: o.Seeds}
	d, err := r.blind(t)
	if err != nil {
		return nil, err
	}
	if r.now, err = r.measure(nil, 0, r.seeds); err != nil {
		return nil, err
	}
	out.Before = mean(r.now)
	found, own := r.candidates(t, d)
	found = found[:min(len(found), max(1, o.Attempts-len(own)))]
	for _, c := range slices.Concat(found, own) {
		if len(out.Attempts) >= o.Attempts || mean(r.now) > bestSkill && !c.Structural {
			break
		}
		if err := r.try(&c); err != nil {
			return nil, err
		}
		out.Attempts = append(out.Attempts, c)
		if o.Said != nil {
			o.Said(c)
		}
	}
	out.Change, out.After = r.change, mean(r.now)
	if o.Random {
		if err := r.random(out, t); err != nil {
			return nil, err
		}
	}
	if err := r.test(out, t, o.Tests); err != nil {
		return nil, err
	}
	resolved := *r.file
	resolved.Experiment = *r.spec
	out.File, err = Apply(&resolved, out.Change...)
	return out, err
}

// bestSkill is a skill above which nothing is tried any more.
const bestSkill = 0.995

// newRepairer returns the repairer of a run.
func newRepairer(ctx context.Context, t *run.Trained, seeds int) *repairer {
	return &repairer{ctx: ctx, file: t.File(), spec: t.Spec, seeds: seeds,
		whole: t.Folded() || t.Rows(task.Validation) == 0}
}

// try measures a change on top of what is kept, and keeps it where it helps. An experiment that cannot be prepared is
// one that is not kept.
func (r *repairer) try(a *Attempt) error {
	with := append(slices.Clone(r.change), a.Change...)
	var err error
	if a.Skills, err = r.measure(with, 0, r.seeds); err == nil {
		a.Before = r.now[:r.seeds]
		if a.judge(); !a.Kept && a.Gain > keptGain {
			err = r.more(a, with)
		}
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	} else if err != nil {
		a.Error, a.Kept = err.Error(), false
		return nil
	}
	if a.Kept {
		r.change, r.now = with, a.Skills
	}
	return nil
}

// more measures as many seeds again, with the change and without it, and judges anew.
func (r *repairer) more(a *Attempt, with []string) error {
	again, err := r.measure(with, r.seeds, 2*r.seeds)
	if err != nil {
		return err
	}
	if len(r.now) < 2*r.seeds {
		before, err := r.measure(r.change, r.seeds, 2*r.seeds)
		if err != nil {
			return err
		}
		r.now = append(slices.Clip(r.now), before...)
	}
	a.Skills, a.Before = append(a.Skills, again...), r.now
	a.judge()
	return nil
}

// keptGain is the least gain in skill that is kept.
const keptGain = 0.005

// judge decides whether an attempt is kept.
func (a *Attempt) judge() {
	n := float64(len(a.Skills))
	var differences []float64
	for i := range a.Skills {
		differences = append(differences, a.Skills[i]-a.Before[i])
	}
	a.Gain = mean(differences)
	square := 0.0
	for _, d := range differences {
		square += (d - a.Gain) * (d - a.Gain)
	}
	if n > 1 {
		a.Noise = math.Sqrt(square / (n - 1) / n)
	}
	a.Kept = a.Structural || a.Gain > max(keptGain, 2*a.Noise)
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

// measure returns the skills on the validation samples of the seeds from one to another.
func (r *repairer) measure(change []string, from, to int) (skills []float64, err error) {
	for k := from; k < to; k++ {
		s, err := r.one(r.spec.Seed+uint64(k), change, task.Validation)
		if err != nil {
			return nil, err
		}
		skills = append(skills, s)
	}
	return skills, nil
}

// one trains with a seed of the weights and returns the skill on a part; −1 of a training that failed.
func (r *repairer) one(seed uint64, change []string, part task.Part) (float64, error) {
	r.count++
	change = append(slices.Clone(change), fmt.Sprintf("seed=%d", seed))
	if r.spec.Split.Seed == nil {
		change = append(change, fmt.Sprintf("split.seed=%d", r.spec.Seed))
	}
	if part == task.Validation {
		change = append(change, r.held()...)
	}
	p, err := prepare(r.ctx, r.file, r.spec, change...)
	if err != nil {
		return 0, err
	}
	r.count += max(1, len(p.Model.Networks())) - 1
	var bad *train.StepError
	if _, err := p.Try(r.ctx, 0); errors.As(err, &bad) {
		return -1, nil
	} else if err != nil {
		return 0, err
	}
	s, err := skillOn(r.ctx, p, part)
	if s-s != 0 {
		s = -1
	}
	return max(-1, s), err
}

// held is the change that gives an experiment validation samples of their own.
func (r *repairer) held() (change []string) {
	if !r.whole {
		return nil
	}
	if r.spec.Train.Several() != nil {
		change = append(change, "train.ensemble.folds=false")
	}
	return append(change, "split.validation=0.2")
}

// blindDir is the folder of a run in which the experiment is trained without test samples.
const blindDir = "repair"

// blind diagnoses a training of the experiment that has no test samples, in a folder of the run that is removed
// afterwards. A run that has none is diagnosed as it is.
func (r *repairer) blind(t *run.Trained) (*Diagnosis, error) {
	if !r.whole && t.Rows(task.Test) == 0 {
		return Run(r.ctx, t)
	}
	p, err := prepare(r.ctx, r.file, r.spec, r.held()...)
	if err != nil {
		return nil, err
	}
	p.Withhold()
	dir := filepath.Join(t.Dir, blindDir)
	if _, err := os.Stat(dir); err == nil { // of a repair that was killed
		if err := file.RemoveDir(dir, run.ExperimentFile); err != nil {
			return nil, err
		}
	}
	defer file.RemoveDir(dir, run.ExperimentFile)
	_, failed := run.Run(r.ctx, p, run.Options{Out: dir})
	if t, err = run.TrainedOf(p, dir); err != nil {
		return nil, err
	}
	if failed != nil && t.Failure == nil {
		return nil, failed
	}
	return Run(r.ctx, t)
}

// Skill trains the experiment of a run in memory, with a change and several seeds of the weights, and returns the
// median skill on a part of its samples, which is the same whatever the seed; that of a training that failed is −1.
func Skill(ctx context.Context, t *run.Trained, change []string, seeds int, part task.Part) (float64, error) {
	r := newRepairer(ctx, t, seeds)
	var all []float64
	for k := range seeds {
		s, err := r.one(r.spec.Seed+uint64(k), change, part)
		if err != nil {
			return 0, err
		}
		all = append(all, s)
	}
	return middle(all), nil
}

// skillOn is the skill of a network on a part: of the classes that it predicts, or of a number as it is learnt; of
// other outputs minus the loss.
func skillOn(ctx context.Context, p *run.Prepared, of task.Part) (float64, error) {
	c := &Case{Trained: &run.Trained{Prepared: p}, ctx: ctx}
	seen, err := c.part(task.Train)
	if err != nil {
		return 0, err
	}
	unseen, err := c.part(of)
	if err != nil {
		return 0, err
	}
	if seen == nil || unseen == nil || seen.y == nil || unseen.y == nil || c.classes() == nil &&
		len(unseen.out[0]) != 1 {
		ms, err := p.Evaluate(ctx, of)
		return -ms.Of("loss"), err
	}
	wrong, constant := 0.0, 0.0
	if names := c.classes(); names != nil {
		s := classShares(seen.y, len(names))
		commonest := slices.Index(s, slices.Max(s))
		for i, y := range unseen.y {
			wrong += float64(one(unseen.class[i] != int(y)))
			constant += float64(one(commonest != int(y)))
		}
	} else {
		m := mean(seen.y)
		for i, y := range unseen.y {
			d := float64(unseen.out[i][0]) - y
			wrong, constant = wrong+d*d, constant+(y-m)*(y-m)
		}
	}
	return 1 - wrong/constant, nil
}

// test measures the experiments on the test samples, once: the median over the seeds.
func (r *repairer) test(out *Repaired, t *run.Trained, seeds int) error {
	if t.Rows(task.Test) == 0 {
		return nil
	}
	measure := func(change []string) (*float64, error) {
		s, err := Skill(r.ctx, t, change, seeds, task.Test)
		return &s, err
	}
	var err error
	if out.TestBefore, err = measure(nil); err != nil {
		return err
	}
	if out.TestAfter, err = measure(out.Change); err != nil {
		return err
	}
	if out.Random != nil {
		out.Random.TestAfter, err = measure(out.Random.Change)
	}
	return err
}

// The files of a repair in a run directory.
const (
	RepairFile   = "repair.json"   // the record of every try
	RepairedFile = "repaired.yaml" // the improved experiment
)

// Write writes the record and the improved experiment into a run directory. Paths of the experiment are relative to it.
func (r *Repaired) Write(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	text, err := spec.Marshal(&r.File.Experiment, spec.Comment{Text: fmt.Sprintf("Repaired by gorae diagnose "+
		"--repair: %s",
		strings.Join(r.Change, ", "))})
	if err != nil {
		return err
	}
	if err := file.Replace(filepath.Join(dir, RepairFile), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	}); err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, RepairedFile), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
