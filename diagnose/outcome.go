package diagnose

import (
	"encoding/json"
	"math"
	"slices"
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
	// Nearest is the skill of the five nearest training samples on the same, NaN where samples are no rows of numbers.
	Nearest float64
	New     int  // number of unseen samples
	Judged  bool // the network was compared with baselines
	Weak    bool // it was not found to be better than each of them
	Worse   bool // it was found to be worse than one of them
	Failed  bool // the training ended with an error
	Brief   bool // no more epochs were asked for than a first look takes: what was not learnt shows no harm
	Gap     *run.Gap
}

// Underfit: the network does worse on the samples that it learnt from than a simple model does on new ones, by this
// much, or hardly better than a constant answer.
const (
	underfitMargin = 0.03
	hardlyAny      = 0.05
)

// briefEpochs is the greatest number of epochs of a first look.
const briefEpochs = 2

// look returns the outcome.
func (c *Case) look() *Outcome {
	if c.outcome != nil {
		return c.outcome
	}
	o := &Outcome{Seen: math.NaN(), Unseen: math.NaN(), Linear: math.NaN(), Nearest: math.NaN(),
		Failed: c.Failure != nil && c.Report == nil}
	c.outcome = o
	if c.Report == nil || !c.Supervised() {
		return o
	}
	r := c.Report
	o.Gap, o.Judged, o.Weak, o.Worse = r.Gap, r.Findings.Judged(), r.Findings.Unproven(), r.Findings.Worse()
	name, minimize := c.GapMetric()
	o.Metric, o.New = name, c.Rows(c.unseen())
	unseen := r.Test
	if c.unseen() == task.Validation {
		unseen = r.Validation
	}
	constant, linear := c.seriesBaselines(name)
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
	if o.Weak || o.Seen < 1-o.Margin() { // else no model could do better by the margin
		o.Nearest = c.nearest()
	}
	if o.Brief = c.Spec.Train.Epochs <= briefEpochs; o.Brief {
		o.Worse = false
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

// Simple is the greater skill of the simple models, NaN where none is known.
func (o *Outcome) Simple() float64 {
	if o.Linear != o.Linear || o.Nearest > o.Linear {
		return o.Nearest
	}
	return o.Linear
}

// Underfits reports whether the training samples were not learnt as they could have been.
func (o *Outcome) Underfits() bool {
	simple := o.Simple()
	return o.Failed || !o.Brief && o.learntLess(simple)
}

// learntLess reports whether the skill on the training samples is hardly any, or below a simple model's on new ones.
func (o *Outcome) learntLess(simple float64) bool {
	return o.Seen < hardlyAny && !(simple < hardlyAny) || o.Seen < simple-o.Margin()
}

// Margin is by how much the skill on the training samples must be below that of a simple model on new ones to count:
// 0.03, and 1/√n for the noise of n new samples.
func (o *Outcome) Margin() float64 { return underfitMargin + 1/math.Sqrt(float64(max(1, o.New))) }

// Harmed reports whether the outcome is that of a network with a fault of its training: it failed, has not learnt, or
// is worse than a baseline.
func (o *Outcome) Harmed() bool { return o.Underfits() || o.Worse }

// hopeless reports whether the network is worse than the constant answer, by more than noise.
func (o *Outcome) hopeless() bool { return o.Worse && o.Unseen < -hardlyAny }

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
	if c.constant == nil {
		c.constant = new(c.lossOfConstant())
	}
	return *c.constant
}

func (c *Case) lossOfConstant() float64 {
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

// seriesBaselines returns the error of the last value, as that of a constant answer, and the least of the others, of
// the forecasts of a series of one target; NaN elsewhere.
func (c *Case) seriesBaselines(metric string) (naive, best float64) {
	naive, best = math.NaN(), math.NaN()
	b, err := json.Marshal(c.Report.Findings.Sections["baselines"])
	if err != nil || len(c.Fitted.Outputs()) != 1 {
		return naive, best
	}
	var all []map[string]any
	if json.Unmarshal(b, &all) != nil {
		return naive, best
	}
	for _, x := range all {
		v, ok := x[metric].(float64)
		switch {
		case !ok || x["name"] == "network":
		case x["name"] == "last value":
			naive = v
		case !(best <= v):
			best = v
		}
	}
	return naive, best
}

// Bounds of the nearest neighbours.
const (
	nearestOf     = 5
	nearestSeen   = 3000 // training samples
	nearestUnseen = 400
	nearestWidth  = 1024
	nearestLeast  = 20 // unseen samples
)

// nearest is the skill of the nearest training samples, in standardized features, on unseen ones: a simple model that
// bends, for targets on which a linear one says nothing.
func (c *Case) nearest() float64 {
	if c.windows() || !c.single() || c.takesIDs() {
		return math.NaN()
	}
	seen, err := c.part(task.Train)
	if err != nil || seen == nil || seen.x == nil || seen.y == nil || seen.width > nearestWidth {
		return math.NaN()
	}
	unseen, err := c.part(c.unseen())
	if err != nil || unseen == nil || unseen.x == nil || unseen.y == nil || unseen.width != seen.width ||
		unseen.n < nearestLeast {
		return math.NaN()
	}
	classes := len(c.classes())
	n := min(seen.n, nearestSeen)
	rows, others := scaledRows(seen, n, seen), scaledRows(unseen, min(unseen.n, nearestUnseen), seen)
	mean, shares := 0.0, make([]float64, max(1, classes))
	for i := range rows {
		if mean += seen.y[i] / float64(n); classes > 0 {
			shares[int(seen.y[i])]++
		}
	}
	constant := 0
	for k := range shares {
		if shares[k] > shares[constant] {
			constant = k
		}
	}
	wrong, wrongConstant := 0.0, 0.0
	for i := range others {
		votes, sum := make([]int, max(1, classes)), 0.0
		near := closest(rows, others[i], -1, nearestOf)
		for _, j := range near {
			if sum += seen.y[j] / float64(len(near)); classes > 0 {
				votes[int(seen.y[j])]++
			}
		}
		if y := unseen.y[i]; classes > 0 {
			wrong += float64(one(slices.Index(votes, slices.Max(votes)) != int(y)))
			wrongConstant += float64(one(constant != int(y)))
		} else {
			wrong, wrongConstant = wrong+(y-sum)*(y-sum), wrongConstant+(y-mean)*(y-mean)
		}
	}
	return 1 - wrong/wrongConstant
}
