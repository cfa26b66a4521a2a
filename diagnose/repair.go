package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"gorae/internal/file"
	"gorae/layer"
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
	// TestBefore and TestAfter are skills on the test samples, which are looked at once, at the end; NaN: there are
	// none.
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
	count int  // trainings
	tests map[string]float64
}

// structural codes are mended whatever the figures say: with the fault figures are better than they will be in use.
var structural = []string{"data/target-leak", "split/", "data/id-like", "data/missing-marker"}

// Repair tries the remedies of the findings of a diagnosis, faults first, and then general ones, each with several
// seeds on the validation samples. What helps beyond its noise is kept: the mean of the differences, seed by seed, is
// more than two of its standard errors, and more than 0.005 of skill. Test samples are looked at once, at the end.
func Repair(ctx context.Context, t *run.Trained, d *Diagnosis, o RepairOptions) (*Repaired, error) {
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
	r := &repairer{ctx: ctx, file: t.File(), spec: t.Spec, seeds: o.Seeds, tests: map[string]float64{}}
	r.whole = t.Folded() || t.Rows(task.Validation) == 0
	out := &Repaired{Seeds: o.Seeds}
	now, err := r.measure(nil)
	if err != nil {
		return nil, err
	}
	out.Before = mean(now)
	for _, c := range r.candidates(t, d) {
		if len(out.Attempts) >= o.Attempts || mean(now) > 0.995 && !c.Structural {
			break
		}
		c.Before = now
		if c.Skills, err = r.measure(append(slices.Clone(out.Change), c.Change...)); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			c.Error = err.Error()
		} else {
			c.judge()
		}
		if c.Kept {
			out.Change, now = append(out.Change, c.Change...), c.Skills
		}
		out.Attempts = append(out.Attempts, c)
		if o.Said != nil {
			o.Said(c)
		}
	}
	out.After = mean(now)
	if o.Random {
		if err := r.random(out, t); err != nil {
			return nil, err
		}
	}
	if err := r.test(out, t); err != nil {
		return nil, err
	}
	resolved := *r.file
	resolved.Experiment = *r.spec
	out.File, err = Apply(&resolved, out.Change...)
	return out, err
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

// candidates lists the remedies of the findings and of their effects, and general ones behind.
func (r *repairer) candidates(t *run.Trained, d *Diagnosis) []Attempt {
	var out []Attempt
	seen := map[string]bool{}
	add := func(code string, change []string) {
		key := strings.Join(change, "\x00")
		if len(change) == 0 || seen[key] {
			return
		}
		seen[key] = true
		out = append(out, Attempt{Code: code, Change: change, Structural: slices.ContainsFunc(structural,
			func(s string) bool {
				return code == s || strings.HasSuffix(s, "/") && strings.HasPrefix(code, s)
			})})
	}
	var walk func(all []Finding)
	walk = func(all []Finding) {
		for _, f := range all {
			add(f.Code, f.Change)
		}
		for _, f := range all {
			walk(f.Effects)
		}
	}
	walk(d.Findings)
	c := &Case{Trained: t, ctx: r.ctx}
	if len(d.Findings) > 0 {
		add("", []string{"train.optimizer=adam"})
		add("", []string{fmt.Sprintf("train.epochs=%d", max(40, 3*t.Spec.Train.Epochs))})
		if t.Spec.Train.BatchSize != 32 {
			add("", []string{"train.batch_size=32"})
		}
		for _, l := range c.hidden() {
			if of, ok := l.Layer.(layer.Dense); ok && of.Activation != "relu" {
				add("", l.change("activation", "relu"))
			}
		}
	}
	return out
}

// measure returns the skill on the validation samples by seed.
func (r *repairer) measure(change []string) (skills []float64, err error) {
	for k := range r.seeds {
		s, err := r.one(r.spec.Seed+uint64(k), change, task.Validation)
		if err != nil {
			return nil, err
		}
		skills = append(skills, s)
	}
	return skills, nil
}

// one trains with a seed of the weights and returns the skill on a part; −1 of a training that failed. The parts are
// the same for all seeds where the split is by its own seed; they are paired by the seed elsewhere.
func (r *repairer) one(seed uint64, change []string, part task.Part) (float64, error) {
	r.count++
	change = append(slices.Clone(change), fmt.Sprintf("seed=%d", seed))
	if r.whole && part == task.Validation {
		change = append(change, "split.validation=0.2")
		if r.spec.Train.Several() != nil {
			change = append(change, "train.ensemble.folds=false")
		}
	}
	p, err := prepare(r.ctx, r.file, r.spec, change...)
	if err != nil {
		return 0, err
	}
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

// random searches at random with as many trainings as the repair took.
func (r *repairer) random(out *Repaired, t *run.Trained) error {
	tries := len(out.Attempts)
	rnd := rand.New(rand.NewPCG(r.spec.Seed, 0x7261))
	s := &Random{After: out.Before}
	menu := r.menu(t)
	for range tries {
		var change []string
		for range 1 + rnd.IntN(3) {
			change = append(change, menu[rnd.IntN(len(menu))](rnd)...)
		}
		skills, err := r.measure(change)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err == nil && mean(skills) > s.After {
			s.After, s.Change = mean(skills), change
		}
		s.Trainings += r.seeds
	}
	s.Beaten = out.After > s.After
	out.Random = s
	return nil
}

// menu lists what a random search may change, by one draw each: what a person tunes who does not know the cause.
func (r *repairer) menu(t *run.Trained) []func(*rand.Rand) []string {
	c := &Case{Trained: t, ctx: r.ctx}
	choose := func(key string, values ...string) func(*rand.Rand) []string {
		return func(rnd *rand.Rand) []string { return []string{key + "=" + values[rnd.IntN(len(values))]} }
	}
	menu := []func(*rand.Rand) []string{
		func(rnd *rand.Rand) []string {
			return []string{fmt.Sprintf("train.optimizer={adam: {learning_rate: %.3g}}", math.Pow(10,
				-5+4*rnd.Float64()))}
		},
		func(rnd *rand.Rand) []string {
			return []string{fmt.Sprintf("train.optimizer={sgd: {learning_rate: %.3g, momentum: 0.9}}",
				math.Pow(10, -4+4*rnd.Float64()))}
		},
		choose("train.batch_size", "8", "16", "32", "64", "128"),
		choose("train.epochs", "10", "20", "40", "80"),
	}
	for _, l := range c.hidden() {
		switch l.Layer.(type) {
		case layer.Dense:
			for _, x := range [][]string{{"units", "8", "16", "32", "64", "128"}, {"activation", "relu", "tanh",
				"sigmoid",
				"linear"}, {"kernel_initializer", "glorot_uniform", "he_normal"}, {"kernel_regularizer", "null",
				"{l2: {l2: 0.001}}", "{l2: {l2: 0.1}}"}} {
				if l.key != "" {
					menu = append(menu, choose(l.key+"."+x[0], x[1:]...))
				}
			}
		case layer.Dropout:
			if l.key != "" {
				menu = append(menu, choose(l.key+".rate", "0", "0.2", "0.5"))
			}
		}
	}
	return menu
}

// test measures both experiments on the test samples, once.
func (r *repairer) test(out *Repaired, t *run.Trained) error {
	if t.Rows(task.Test) == 0 {
		return nil
	}
	measure := func(change []string) (*float64, error) {
		s, err := r.one(r.spec.Seed, change, task.Test)
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
