package diagnose

import (
	"math"
	"strings"

	"gorae/run"
	"gorae/task"
	"gorae/train"
)

// Outcome is what came of a training, as far as detectors ask: whether there is harm that a fault could explain.
//
// A skill is 0 for the constant answer (the majority class, the mean) and 1 for a perfect one: (m − m0)/(1 − m0) of a
// metric that is best at 1, 1 − (m/m0)² of rmse, 1 − m/m0 of other errors and losses.
type Outcome struct {
	Metric string
	// Seen is the skill on the training samples, Unseen on the test samples (the validation samples where there are
	// none), Linear that of the linear model on the latter; NaN where it is not known.
	Seen, Unseen, Linear float64
	Judged               bool // the network was compared with baselines
	Weak                 bool // it was not found to be better than each of them
	Worse                bool // it was found to be worse than one of them
	Failed               bool // the training ended with an error
	Gap                  *run.Gap
}

// Underfit: the network does worse on the samples that it learnt from than a linear model does on new ones, by this
// much, or hardly better than a constant answer.
const (
	underfitMargin = 0.03
	hardlyAny      = 0.05
)

// look returns the outcome.
func (c *Case) look() *Outcome {
	if c.outcome != nil {
		return c.outcome
	}
	o := &Outcome{Seen: math.NaN(), Unseen: math.NaN(), Linear: math.NaN(), Failed: c.Failure != nil && c.Report == nil}
	c.outcome = o
	if c.Report == nil {
		return o
	}
	r := c.Report
	o.Gap, o.Judged, o.Weak, o.Worse = r.Gap, r.Findings.Judged(), r.Findings.Unproven(), r.Findings.Worse()
	name, minimize := c.GapMetric()
	o.Metric = name
	unseen := r.Test
	if c.unseen() == task.Validation {
		unseen = r.Validation
	}
	constant, linear := math.NaN(), math.NaN()
	for k, b := range r.Findings.Baselines {
		if k == 0 {
			constant = b.Metrics.Of(name)
		} else if v := b.Metrics.Of(name); math.IsNaN(linear) || (v < linear) == minimize {
			linear = v
		}
	}
	skill := func(m train.Metrics) float64 { return skillOf(name, m.Of(name), constant, minimize) }
	o.Seen, o.Unseen, o.Linear = skill(r.Train), skill(unseen), skillOf(name, linear, constant, minimize)
	if !o.Judged {
		o.Weak = o.Unseen < hardlyAny
	}
	return o
}

// skillOf is the skill of a metric's value beside that of the constant answer.
func skillOf(name string, value, constant float64, minimize bool) float64 {
	switch {
	case name == "r2":
		return value
	case !minimize:
		if constant >= 1 {
			return math.NaN()
		}
		return (value - constant) / (1 - constant)
	case strings.HasPrefix(name, "rmse") || name == "root_mean_squared_error":
		return 1 - value*value/(constant*constant)
	}
	return 1 - value/constant
}

// Underfits reports whether the training samples were not learnt as they could have been.
func (o *Outcome) Underfits() bool {
	return o.Failed || o.Seen < hardlyAny && !(o.Linear < hardlyAny) || o.Seen < o.Linear-underfitMargin
}

// Harmed reports whether the outcome is that of a network with a fault of its training: it failed, has not learnt, or is
// worse than a baseline.
func (o *Outcome) Harmed() bool { return o.Underfits() || o.Worse }

// grade is Fault where the outcome shows harm, else Tip where the network was not found to be better than its
// baselines; false where there is no reason to speak.
func (o *Outcome) grade() (Grade, bool) {
	switch {
	case o.Harmed():
		return Fault, true
	case o.Weak:
		return Tip, true
	}
	return "", false
}

// column returns the values of a metric over the epochs, NaN left out.
func (c *Case) losses() []float64 {
	var out []float64
	for _, v := range c.Column("loss") {
		if v-v == 0 {
			out = append(out, v)
		}
	}
	return out
}

// constantLoss is the loss of always answering with the shares of the classes or the mean, over the training samples
// where that is known, else of the first baseline on unseen ones; NaN where neither is.
func (c *Case) constantLoss() float64 {
	if p, ok := c.Problem.(task.Constant); ok {
		if v, _, err := p.ConstantLoss(); err == nil && v == v {
			return v
		}
	}
	if c.Report != nil && len(c.Report.Findings.Baselines) > 0 {
		return c.Report.Findings.Baselines[0].Metrics.Of("loss")
	}
	return math.NaN()
}

// Skill is the skill of a finished run on its test samples (the validation samples where there are none); NaN where it is
// not known.
func Skill(t *run.Trained) float64 { return (&Case{Trained: t}).look().Unseen }
