package study

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

	"gorae/internal/file"
	"gorae/metric"
	"gorae/run"
	"gorae/stat"
	"gorae/task"
	"gorae/tune"
)

// Result is the result of a study, the content of study.json.
type Result struct {
	Dir       string           `json:"-"`
	Objective string           `json:"objective"`
	Direction metric.Direction `json:"direction"`
	Params    []Param          `json:"parameters"`
	Trials    []Trial          `json:"trials"`
	// Best is the number of the best trial that was trained to its end, Own the objective of the user's own values.
	Best    int     `json:"best"`
	Value   float64 `json:"value"`
	Own     float64 `json:"own_value"`
	Epochs  int     `json:"epochs"` // of all trainings together
	Seconds float64 `json:"seconds"`
	// Corrected is what of the best value is not owed to chance; nil with Why there is none.
	Corrected *Corrected `json:"corrected,omitempty"`
	Why       string     `json:"not_corrected,omitempty"`
	// ImportanceAfter is the number of epochs after which the trials' objectives were compared for the importance.
	ImportanceAfter int `json:"importance_after_epochs"`
	// Tested is the run of the best trial, with its test samples.
	Tested   *run.Report `json:"-"`
	Pictures []string    `json:"pictures,omitempty"`
	Warnings []string    `json:"-"`
}

// Param is a parameter of a study and how much it matters, as a share of 1.
type Param struct {
	Name       string  `json:"name"`
	Importance float64 `json:"importance"`
	// Trials is the number of trials that have the parameter and an objective at the first comparison: of few trials
	// the importance says little.
	Trials int `json:"trials"`
}

// Trial is a trial of a study.
type Trial struct {
	Number  int               `json:"number"`
	Values  map[string]string `json:"values"` // those that exist, as they are written
	State   string            `json:"state"`
	Value   *float64          `json:"value,omitempty"` // the best objective up to its last epoch
	Epochs  int               `json:"epochs"`
	Seconds float64           `json:"seconds"`
	Error   string            `json:"error,omitempty"`
	Dir     string            `json:"directory"`
}

// Corrected is the bias-corrected objective of the best trial ([stat.CorrectBest]).
type Corrected struct {
	Raw      float64       `json:"raw"` // of the best trial's kept predictions of the validation samples
	Value    float64       `json:"value"`
	Interval stat.Interval `json:"interval"`
	Samples  int           `json:"samples"`
	Trials   int           `json:"trials"`
	Unit     string        `json:"unit"` // the word for one sample
}

// finish chooses the best trial, tests it, and writes what there is to say.
func (s *study) finish(ctx context.Context) (*Result, error) {
	best := tune.Best(s.trials)
	if best < 0 {
		return nil, s.hopeless()
	}
	r := &Result{Dir: s.dir, Objective: s.objective.Name, Direction: s.objective.Direction, Best: best,
		Value: s.sign() * s.trials[best].Value, Own: s.sign() * s.trials[0].Value}
	for _, t := range s.trials {
		r.Trials = append(r.Trials, s.row(t))
		r.Epochs, r.Seconds = r.Epochs+t.Epochs*s.begun.Trainings, r.Seconds+t.Seconds
	}
	if err := s.test(ctx, r); err != nil {
		return nil, err
	}
	if c, err := s.correct(); err != nil {
		r.Why = err.Error()
	} else {
		r.Corrected = c
	}
	s.importance(r)
	if err := s.draw(r); err != nil {
		r.Warnings = append(r.Warnings, err.Error())
	}
	s.clean()
	return r, s.write(r)
}

// hopeless is the error of a study without a trial that could be trained.
func (s *study) hopeless() error {
	for _, t := range s.trials {
		if t.Error != "" {
			return fmt.Errorf("%s: none of %d trials could be trained to its end; trial %d: %s", s.dir, len(s.trials),
				t.Number, t.Error)
		}
	}
	return fmt.Errorf("%s: %s is a number in none of %d trials", s.dir, s.objective.Name, len(s.trials))
}

// row returns a trial as it is reported.
func (s *study) row(t tune.Trial) Trial {
	out := Trial{Number: t.Number, Values: map[string]string{}, State: t.State.String(), Epochs: t.Epochs,
		Seconds: t.Seconds, Error: t.Error, Dir: filepath.Join(TrialsDir, fmt.Sprintf("%03d", t.Number))}
	if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
		out.Value = new(s.sign() * t.Value)
	}
	for i, p := range s.search.Ranges {
		if v := t.Values[i]; !math.IsNaN(v) {
			out.Values[p.Path] = p.Text(v, -1)
		}
	}
	return out
}

// test writes best.yaml, and finishes the best trial's first training as an ordinary run: with baselines, pictures and,
// for the first time, test samples.
func (s *study) test(ctx context.Context, r *Result) error {
	f, err := s.experiment(s.trials[r.Best].Values, 0)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, BestFile)
	err = run.Save(path, f, fmt.Sprintf("Trial %d, the best of %d by %s: %.6g.\nTo train it: gorae train %s", r.Best,
		len(s.trials), r.Objective, r.Value, BestFile))
	if err != nil {
		return err
	}
	p, err := s.prepared.Again(ctx, f)
	if err != nil {
		return err
	}
	done, err := run.Run(ctx, p, run.Options{Out: filepath.Join(s.dir, BestDir), Resume: true, AnyCPU: s.AnyCPU,
		Trained: s.trialDir(r.Best, 0)})
	if err != nil {
		return err
	}
	r.Tested, r.Warnings = done.Report, append(r.Warnings, done.Warnings...)
	return nil
}

// Begins of the numbers that tell the validation samples of several folds apart.
const foldStride = 1 << 40

// correct computes the bias-corrected objective from the scores of all trials.
func (s *study) correct() (*Corrected, error) {
	if s.objective.Value == nil || s.metric() == "" {
		return nil, fmt.Errorf("%s is no sum over validation samples", s.objective.Name)
	}
	var scored []int               // trials
	var sums []map[int][][]float64 // of each: by sample, of all trainings
	var samples []int              // that all trials have
	for _, t := range s.trials {
		of, err := s.scoresOf(t)
		if err != nil {
			return nil, err
		}
		if of == nil {
			continue
		}
		if samples == nil {
			for sample := range of {
				samples = append(samples, sample)
			}
		}
		samples = slices.DeleteFunc(samples, func(x int) bool { return of[x] == nil })
		scored, sums = append(scored, t.Number), append(sums, of)
	}
	slices.Sort(samples)
	if len(scored) == 0 || len(samples) < 2 {
		return nil, errors.New("the trials have no scores of the same validation samples")
	}
	var some [][]float64
	value := func(k int, rows []int) float64 {
		some = some[:0]
		for _, row := range rows {
			some = append(some, sums[k][samples[row]]...)
		}
		return s.sign() * s.objective.Value(some)
	}
	b, err := stat.CorrectBest(len(scored), len(samples), value, func(a, b float64) bool { return a < b },
		stat.Resampling{Seed: s.prepared.Spec.Seed, Clusters: s.clusters(samples)})
	if err != nil {
		return nil, err
	}
	c := &Corrected{Raw: s.sign() * b.Value, Value: s.sign() * b.Corrected, Samples: len(samples), Trials: len(scored),
		Unit: s.prepared.Fitted.Unit(), Interval: stat.Interval{Low: s.sign() * b.Interval.Low,
			High: s.sign() * b.Interval.High}}
	if c.Interval.Low > c.Interval.High {
		c.Interval.Low, c.Interval.High = c.Interval.High, c.Interval.Low
	}
	return c, nil
}

// scoresOf returns the scores of a trial by sample, of all its trainings; nil where it has none.
func (s *study) scoresOf(t tune.Trial) (map[int][][]float64, error) {
	if t.State == tune.Failed || math.IsNaN(t.Value) {
		return nil, nil
	}
	out := map[int][][]float64{}
	for k := range s.begun.Trainings {
		scores, err := run.ReadScores(s.trialDir(t.Number, k))
		if err != nil || scores == nil {
			return nil, err
		}
		for i, sample := range scores.Samples {
			sample += k % s.folds * foldStride
			out[sample] = append(out[sample], scores.Sums[i])
		}
	}
	return out, nil
}

// serialBlocks is the number of blocks in which samples that follow each other in time are drawn.
const serialBlocks = 25

// clusters returns the samples that depend on each other; nil: none do.
func (s *study) clusters(samples []int) [][]int {
	d := s.prepared.Dependence[task.Validation]
	switch {
	case d.Serial:
		return stat.Blocks(len(samples), max(1, len(samples)/serialBlocks))
	case d.Groups != nil && s.folds == 1 && len(d.Groups) == len(samples):
		at := map[int]int{}
		var out [][]int
		for i, g := range d.Groups {
			k, ok := at[g]
			if !ok {
				k = len(out)
				at[g], out = k, append(out, nil)
			}
			out[k] = append(out[k], i)
		}
		return out
	}
	return nil
}

// importance computes how much each parameter matters, of the trials as they were at the first rung.
func (s *study) importance(r *Result) {
	r.ImportanceAfter = s.begun.Rungs[0]
	var compared []tune.Trial
	for _, t := range s.trials {
		if len(t.Rungs) > 0 {
			t.Value = t.Rungs[0]
			compared = append(compared, t)
		}
	}
	for i, v := range tune.Importance(s.space, compared) {
		n := 0
		for _, t := range compared {
			if !math.IsNaN(t.Values[i]) && !math.IsNaN(t.Value) {
				n++
			}
		}
		r.Params = append(r.Params, Param{s.space[i].Name, v, n})
	}
}

// clean removes the checkpoints of the trials: a trial that is to go on is trained anew, to the same bits.
func (s *study) clean() {
	for _, t := range s.trials {
		for k := range s.begun.Trainings {
			_ = file.Remove(filepath.Join(s.trialDir(t.Number, k), run.LastFile)) // it is only room
		}
	}
}

func (s *study) write(r *Result) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return file.Replace(filepath.Join(s.dir, ResultFile), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// Read reads the result of a finished study.
func Read(dir string) (*Result, error) {
	path := filepath.Join(dir, ResultFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, file.OpenError(path, err)
	}
	r := &Result{Dir: dir}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it and go on with the study by --resume to have it written again", path,
			err)
	}
	r.Tested, err = run.ReadReport(filepath.Join(dir, BestDir))
	return r, err
}
