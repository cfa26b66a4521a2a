package diagnose

import (
	"math"
	"slices"

	"gorae/chart"
	"gorae/layer"
	"gorae/run"
	"gorae/task"
)

// resultDetectors see faults of what came of a training.
func resultDetectors() []Detector {
	return []Detector{
		{Doc{Code: "result/overfit", Kinds: []int{48, 32, 18},
			Why: "part of what it has learnt is the training samples, and not what they have in common with " +
				"others",
			Remedy:   "the chapter's list (P9): more data, a regularizer, dropout, batch normalization, early stopping",
			Explains: []string{"result/no-better-than-baseline", "result/miscalibrated"}}, overfit},
		{Doc{Code: "result/one-class", Kinds: []int{56},
			Why:      "it answers as the constant answer does, whatever it is given",
			Remedy:   "look for the cause: learning rate, scale of the features, weights of the classes",
			Explains: []string{"result/underfit", "result/no-better-than-baseline"}}, oneClass},
		{Doc{Code: "result/underfit", Kinds: []int{49},
			Why:      "it has not even learnt the training samples: it is too small, or has not been trained enough",
			Remedy:   "more units or layers, more epochs, another learning rate",
			Explains: []string{"result/no-better-than-baseline"}}, underfit},
		{Doc{Code: "result/no-better-than-baseline", Kinds: []int{57},
			Why:    "a simple model is cheaper, and explains itself; where it does as well, it should be used",
			Remedy: "use the simple model, or find features that say more"}, noBetter},
		{Doc{Code: "result/miscalibrated", Kinds: []int{59},
			Why: "probabilities that are too sure make costs and thresholds wrong that are reckoned with them, " +
				"while the " +
				"accuracy stays as it is",
			Remedy: "divide the logits by a temperature that the validation samples choose: calibration: temperature"},
			miscalibrated},
	}
}

func overfit(c *Case) ([]Finding, error) {
	o := c.look()
	g := o.Gap
	if g == nil || g.Meaning() != run.Overfitting || c.Report == nil {
		return nil, nil
	}
	unseen := c.Report.Test
	if c.unseen() == task.Validation {
		unseen = c.Report.Validation
	}
	size, value := math.Abs(g.Difference), math.Abs(unseen.Of(g.Metric))
	limit := max(0.03, 0.1*value)
	if g.Minimize {
		limit = 0.1 * value
	}
	if size <= limit || g.Later {
		return nil, nil
	}
	grade := Tip
	if o.Worse {
		grade = Fault
	}
	f := found(grade, "", "%s is %.4g better on training samples than on new ones", g.Metric, size).
		with("gap", size, limit).with("lower limit of the gap", nearest(g), 0)
	f.Remedy = c.againstOverfitting()
	if n := c.Model.Summary().Trainable; n > c.Rows(task.Train) { // so many can learn them by heart
		f = f.with("parameters", float64(n), float64(c.Rows(task.Train)))
	}
	f = f.set(c.overfitChange()...)
	return []Finding{f.drawn(c.course())}, nil
}

// nearest is the end of the gap's interval that is nearest to 0.
func nearest(g *run.Gap) float64 {
	if g.Interval == nil {
		return 0
	}
	return min(math.Abs(g.Interval.Low), math.Abs(g.Interval.High))
}

// againstOverfitting names the remedies that the experiment does not use yet.
func (c *Case) againstOverfitting() string {
	return sprintRemedies(c.Remedies())
}

// overfitChange is the first remedy that a key carries out: early stopping, then a penalty on the widest layer.
func (c *Case) overfitChange() []string {
	var out []string
	if !c.stops() {
		if c.Rows(task.Validation) == 0 {
			out = append(out, "split.validation=0.2") // it is by these that it stops
		}
		out = append(out, "train.callbacks=[{early_stopping: {patience: 5, restore_best_weights: true}}]")
	}
	for _, l := range c.hidden() {
		if _, ok := l.Layer.(layer.Dense); ok {
			if key, _ := penaltyOf(l); key == "" {
				out = append(out, l.change("kernel_regularizer", "{l2: {l2: 0.001}}")...)
			}
		}
	}
	return out
}

// Bounds of one class.
const (
	oneShare = 0.95
	oneAbove = 0.05
)

func oneClass(c *Case) ([]Finding, error) {
	names := c.classes()
	if len(names) < 2 || c.Report == nil {
		return nil, nil
	}
	p, err := c.part(c.unseen())
	if err != nil || p == nil || p.class == nil || p.n < 20 {
		return nil, err
	}
	said, truth := make([]float64, len(names)), make([]float64, len(names))
	for i := range p.n {
		said[p.class[i]] += 1 / float64(p.n)
		truth[int(p.y[i])] += 1 / float64(p.n)
	}
	at := 0
	for k := range said {
		if said[k] > said[at] {
			at = k
		}
	}
	o := c.look()
	if said[at] <= oneShare || said[at] < truth[at]+oneAbove {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() || o.Simple() > hardlyAny && !o.Brief {
		grade = Fault
	}
	f := found(grade, names[at], "%s is predicted for %.3g %% of the new samples, and is %.3g %% of them", names[at],
		100*said[at], 100*truth[at]).with("share of the predictions", said[at], oneShare).
		with("share among the samples", truth[at], 0)
	return []Finding{f.drawn(func() Drawing {
		return shares(chart.Sprintf("classes of the new samples"), chart.Sprintf("share of the samples"),
			chart.Sprintf("true"), chart.Sprintf("predicted"), names, truth, said)
	})}, nil
}

func underfit(c *Case) ([]Finding, error) {
	o := c.look()
	if c.Report == nil || math.IsNaN(o.Seen) {
		return nil, nil
	}
	// Simple models that do no better say that there is nothing to learn.
	simple := o.Simple()
	below := o.Seen < simple-o.Margin()
	none := o.Seen < hardlyAny && !(simple < hardlyAny)
	if !below && !none || o.Seen-o.Unseen > 0.1 {
		return nil, nil
	}
	grade := Tip
	if o.Worse || none && simple > hardlyAny+o.Margin() && !o.Brief {
		grade = Fault
	}
	f := found(grade, "", "the skill on the training samples is %.3g, where a simple model has %.3g on new ones",
		o.Seen,
		simple).with("skill on the training samples", o.Seen, max(hardlyAny, simple-o.Margin())).
		with("skill on new samples", o.Unseen, 0).with("skill of the linear model", o.Linear, 0).
		with("skill of the nearest neighbours", o.Nearest, 0)
	for _, l := range c.hidden() {
		if d, ok := l.Layer.(layer.Dense); ok && d.Units < 32 {
			f = f.set(l.change("units", "64")...)
		}
	}
	if c.Report.Epochs < 20 {
		f = f.set("train.epochs=50")
	}
	return []Finding{f.drawn(c.course())}, nil
}

// commonMost is the share of the commonest class up to which its constant answer is not that of an imbalance.
const commonMost = 0.8

// nothingToLearn reports whether no model, simple or not, is better than a constant answer, and classes are not so
// unlike in number that this were the reason: the features say nothing of the target.
func (c *Case) nothingToLearn() bool {
	o, names := c.look(), c.classes()
	limit := hardlyAny + 1/math.Sqrt(float64(max(1, o.New))) // what chance gives on so few samples
	if names == nil || !(o.Unseen < limit) || !(o.Simple() < limit) {
		return false
	}
	p, err := c.part(task.Train)
	return err == nil && p != nil && p.y != nil && slices.Max(classShares(p.y, len(names))) <= commonMost
}

func noBetter(c *Case) ([]Finding, error) {
	o := c.look()
	if c.Report == nil || !o.Judged || !o.Weak || len(c.Report.Findings.Verdict) == 0 {
		return nil, nil
	}
	grade := Tip
	if o.hopeless() {
		grade = Fault
	}
	f := found(grade, "", "%s", c.Report.Findings.Verdict[0]).with("skill on new samples", o.Unseen, 0).
		with("skill of the linear model", o.Linear, 0)
	if c.nothingToLearn() {
		f.more = []string{"result/one-class"}
	}
	return []Finding{f.drawn(func() Drawing {
		names, values := []string{chart.Sprintf("network")}, []float64{finite(o.Unseen)}
		if o.Linear == o.Linear {
			names, values = append(names, chart.Sprintf("linear model")), append(values, o.Linear)
		}
		names, values = append(names, chart.Sprintf("constant")), append(values, 0)
		return bars(chart.Sprintf("skill of the models"), chart.Sprintf("skill"), names, values,
			math.NaN(), false)
	})}, nil
}
