package diagnose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gorae/internal/file"
	"gorae/model"
	"gorae/optim"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Proof is a replay of some steps of a training, as it was and with the change of a finding. Both begin with the same
// weights and see the same batches; where the change leaves them alone, they differ in nothing else, to the bit.
type Proof struct {
	Steps int `json:"steps"`
	// After is the number of steps before them, up to the last checkpoint; 0: the replay is of the first steps.
	After int `json:"after,omitempty"`
	// Without and With are the losses of training samples after the steps, in inference mode, without penalties.
	Without float64 `json:"without"`
	With    float64 `json:"with"`
	// Failed says that the steps without the change, or with it, ended with a number that was not finite.
	Failed     bool `json:"failed,omitempty"`
	FailedWith bool `json:"failed_with_change,omitempty"`
	// Confirmed says that the change lowers the loss by 5 % or more, or lets the steps end.
	Confirmed bool   `json:"confirmed"`
	Words     string `json:"words"`
}

// Bounds of replays.
const (
	replaySteps  = 50
	replayGain   = 0.05 // of the loss
	replayProofs = 4    // findings that are tried
)

// Prove replays the beginning of the training for the first findings that a change of the network or of its training
// mends, and adds the proofs to them. Where the beginning does not show a gain, the training goes on from its last
// checkpoint both ways, if the change leaves the weights what they are: what is wrong may be so only later. A replay
// that cannot be made is a warning of the diagnosis, and the others are made; the error is that of the context.
func (d *Diagnosis) Prove(ctx context.Context, t *run.Trained) error {
	if !t.Supervised() || t.Spec.Train.Several() != nil {
		return nil
	}
	first, n := &replays{ctx: ctx, trained: t}, 0
	last := sync.OnceValues(func() (*replays, error) { return fromCheckpoint(ctx, t) })
	for i := range d.Findings {
		f := &d.Findings[i]
		if len(f.Change) == 0 || n >= replayProofs || !replayable(f.Change) {
			continue
		}
		n++
		err := f.prove(first, last)
		if ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s: replay: %v", f.Code, err))
		}
	}
	return nil
}

// prove adds the proof of a finding: of the first steps, or of those after the last checkpoint where only these show a
// gain.
func (f *Finding) prove(first *replays, last func() (*replays, error)) error {
	var err error
	if f.Proof, err = first.prove(f.Change); err != nil || f.Proof.Confirmed || !resumable(f.Change) {
		return err
	}
	from, err := last()
	if err != nil || from == nil {
		return err
	}
	later, err := from.prove(f.Change)
	if later != nil && later.Confirmed {
		f.Proof = later
	}
	return err
}

// replays is replays of a training from one state.
type replays struct {
	ctx     context.Context
	trained *run.Trained
	from    *train.Snapshot // nil: the beginning
	rate    float64         // of the experiment as it was; 0 where it has none
	base    *replayed
}

// fromCheckpoint returns replays from the last checkpoint of a run; nil where there is none that was written after a
// step.
func fromCheckpoint(ctx context.Context, t *run.Trained) (*replays, error) {
	path := filepath.Join(t.Dir, run.LastFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s, err := train.ReadSnapshot(f, st.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(s.Steps) != 1 || s.Steps[0].Count == 0 {
		return nil, nil
	}
	return &replays{ctx: ctx, trained: t, from: s, rate: firstRate(t.Spec)}, nil
}

// fits reports whether a network has the variables of the checkpoint.
func (r *replays) fits(m *model.Model) bool {
	all := m.Store().Vars()
	return len(all) == len(r.from.Weights) && !slices.ContainsFunc(r.from.Weights, func(w tensor.Named) bool {
		v := m.Store().Var(w.Name)
		return v == nil || !slices.Equal(v.Shape, w.Shape)
	})
}

// firstRate is the learning rate that an experiment begins with; 0 of a schedule.
func firstRate(e *spec.Experiment) float64 {
	if e.Train.Optimizer == nil {
		return 0
	}
	rate, schedule := optim.LearningRate(e.Train.Optimizer)
	if schedule != nil {
		return 0
	}
	return rate
}

// resumable reports whether a change leaves a state of the training something to go on from: it is one of the layers
// or of the learning rate, and not of first weights.
func resumable(change []string) bool {
	return !slices.ContainsFunc(change, func(c string) bool {
		path, _, _ := strings.Cut(c, "=")
		return !strings.HasPrefix(path, "model[") && !strings.HasSuffix(path, ".learning_rate") ||
			strings.HasSuffix(path, "_initializer") || strings.HasSuffix(path, "]")
	})
}

// prove replays with a change; nil where the change makes another network, which cannot go on from the checkpoint.
func (r *replays) prove(change []string) (*Proof, error) {
	if r.base == nil {
		var err error
		if r.base, err = r.replay(); err != nil {
			return nil, err
		}
	}
	with, err := r.replay(change...)
	if err != nil || with == nil {
		return nil, err
	}
	if r.from != nil {
		return later(r.base, with, int(r.from.Steps[0].Count)), nil
	}
	return proof(r.base, with), nil
}

// replayable reports whether the losses with a change can be compared with those without it: the samples, their targets
// and the loss are the same.
func replayable(change []string) bool {
	return !slices.ContainsFunc(change, func(c string) bool {
		return strings.HasPrefix(c, "split.") || strings.HasPrefix(c, "train.loss") || strings.HasPrefix(c,
			"train.epochs") ||
			strings.HasPrefix(c, "train.callbacks") || strings.HasPrefix(c, "data.missing") || strings.HasSuffix(c,
			"=drop") ||
			strings.HasPrefix(c, "train.class_weight")
	})
}

// replayed is where the steps led.
type replayed struct {
	loss   float64
	failed bool
}

// replay takes the steps; nil where they cannot be taken from the checkpoint.
func (r *replays) replay(change ...string) (*replayed, error) {
	ctx := r.ctx
	p, err := prepare(ctx, r.trained.File(), r.trained.Spec, change...)
	if err != nil {
		return nil, err
	}
	from := r.from
	if from != nil {
		if !r.fits(p.Model) {
			return nil, nil
		}
		// A callback may have made the rate smaller: with the change it would have made that one smaller.
		state := *from
		state.Steps = slices.Clone(from.Steps)
		if rate := firstRate(p.Spec); rate != r.rate && r.rate > 0 {
			state.Steps[0].LearningRate *= float32(rate / r.rate)
		}
		from = &state
	}
	var bad *train.StepError
	if _, err := p.TryFrom(ctx, from, replaySteps); errors.As(err, &bad) {
		return &replayed{math.NaN(), true}, nil
	} else if err != nil {
		return nil, err
	}
	each, err := p.PerSample()
	if err != nil {
		return nil, err
	}
	each.Only("loss")
	ms, err := p.Evaluate(ctx, task.Train, each)
	if err != nil {
		return nil, err
	}
	loss := ms.Of("loss")
	if each.Names()[0] == "loss" {
		loss = each.Whole(0)
	}
	return &replayed{loss, loss-loss != 0}, nil
}

// prepare prepares an experiment, as it was resolved, with a change.
func prepare(ctx context.Context, f *spec.File, e *spec.Experiment, change ...string) (*run.Prepared, error) {
	resolved := *f
	resolved.Experiment = *e
	out, err := Apply(&resolved, change...)
	if err != nil {
		return nil, err
	}
	return run.Prepare(ctx, out)
}

// proof compares two replays.
func proof(base, with *replayed) *Proof {
	p := &Proof{Steps: replaySteps, Without: finite(base.loss), With: finite(with.loss), Failed: base.failed,
		FailedWith: with.failed}
	switch {
	case with.failed && base.failed:
		p.Words = fmt.Sprintf("replayed: both ways a number is not finite within %d steps", replaySteps)
	case base.failed:
		p.Confirmed = true
		p.Words = fmt.Sprintf("replayed: with the change %d steps end with a training loss of %.4g; without it a "+
			"number is "+
			"not finite", replaySteps, with.loss)
	case with.failed:
		p.Words = fmt.Sprintf("replayed: with the change a number is not finite within %d steps", replaySteps)
	default:
		p.Confirmed = with.loss < base.loss*(1-replayGain)
		if p.Confirmed {
			p.Words = fmt.Sprintf("replayed: after %d steps the training loss is %.4g with the change, %.4g without it",
				replaySteps, with.loss, base.loss)
		} else {
			p.Words = fmt.Sprintf("replayed: after %d steps the training loss is %.4g with the change, %.4g without "+
				"it: "+
				"the beginning does not show a gain", replaySteps, with.loss, base.loss)
		}
	}
	return p
}

// later compares two replays from a checkpoint.
func later(base, with *replayed, after int) *Proof {
	p := proof(base, with)
	p.After = after
	switch {
	case !p.Confirmed:
		p.Words = ""
	case base.failed:
		p.Words = fmt.Sprintf("replayed from the last checkpoint, after %d steps: with the change %d more end with a "+
			"training loss of %.4g; without it a number is not finite", after, replaySteps, with.loss)
	default:
		p.Words = fmt.Sprintf("replayed from the last checkpoint, after %d steps: %d steps later the training loss is "+
			"%.4g with the change, %.4g without it", after, replaySteps, with.loss, base.loss)
	}
	return p
}
