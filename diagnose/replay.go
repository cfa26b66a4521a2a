package diagnose

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// Proof is a replay of the first steps of a training, as it was and with the change of a finding. Both begin with the
// same first weights and see the same batches; where the change leaves them alone, they differ in nothing else, to the
// bit.
type Proof struct {
	Steps int `json:"steps"`
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
// mends, and adds the proofs to them.
func (d *Diagnosis) Prove(ctx context.Context, t *run.Trained) error {
	if !t.Supervised() || t.Spec.Train.Several() != nil {
		return nil
	}
	var base *replayed
	n := 0
	for i := range d.Findings {
		f := &d.Findings[i]
		if len(f.Change) == 0 || n >= replayProofs || !replayable(f.Change) {
			continue
		}
		n++
		if base == nil {
			var err error
			if base, err = replay(ctx, t.File(), t.Spec); err != nil {
				return err
			}
		}
		other, err := replay(ctx, t.File(), t.Spec, f.Change...)
		if err != nil {
			return err
		}
		f.Proof = proof(base, other)
	}
	return nil
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

// replay takes the first steps of a training.
func replay(ctx context.Context, f *spec.File, e *spec.Experiment, change ...string) (*replayed, error) {
	p, err := prepare(ctx, f, e, change...)
	if err != nil {
		return nil, err
	}
	var bad *train.StepError
	if _, err := p.Try(ctx, replaySteps); errors.As(err, &bad) {
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
