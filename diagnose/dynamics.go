package diagnose

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/chart"
	"gorae/optim"
	"gorae/task"
	"gorae/train"
)

func itoa(n int) string { return strconv.Itoa(n) }

// dynamicsDetectors see faults of the course of a training.
func dynamicsDetectors() []Detector {
	return []Detector{
		{Doc{Code: "dynamics/not-finite", Kinds: []int{50, 39, 43},
			Why: "whatever such a number enters becomes one too: nothing is learnt any more",
			Remedy: "lower the learning rate and clip the gradients; where the data hold such a number, impute it " +
				"or drop the row",
			Explains: []string{"dynamics/", "result/"}}, notFinite},
		{Doc{Code: "dynamics/rate-too-high", Kinds: []int{39, 46},
			Why: "a step that is longer than the gradient holds makes the loss larger, and can throw units out " +
				"for good",
			Remedy:   "give a tenth of the learning rate",
			Explains: []string{"activation/", "gradient/", "dynamics/oscillation", "dynamics/stalled", "result/"}},
			rateTooHigh},
		{Doc{Code: "dynamics/rate-too-low", Kinds: []int{40},
			Why:      "the training ends long before the network is where it could be",
			Remedy:   "give ten times the learning rate, or more",
			Explains: []string{"dynamics/stalled", "dynamics/stopped-early", "dynamics/too-few-updates", "result/"}},
			rateTooLow},
		{Doc{Code: "dynamics/too-few-updates", Kinds: []int{52},
			Why:      "a batch of all samples takes one step where batches of 32 take many, for the same work",
			Remedy:   "use batches of 32",
			Explains: []string{"dynamics/stopped-early", "dynamics/stalled", "result/"}}, tooFewUpdates},
		{Doc{Code: "dynamics/oscillation", Kinds: []int{46},
			Why:      "the weights jump about the minimum instead of going into it",
			Remedy:   "lower the learning rate, or make batches larger",
			Explains: []string{"result/", "dynamics/stalled"}}, oscillation},
		{Doc{Code: "dynamics/stopped-early", Kinds: []int{53},
			Why:      "more epochs would go on from there",
			Remedy:   "train for more epochs, with early_stopping to end it",
			Explains: []string{"result/"}}, stoppedEarly},
		{Doc{Code: "dynamics/trained-too-long", Kinds: []int{54},
			Why:    "the epochs cost time and, where the last is kept, learn the training samples by heart",
			Remedy: "end the training by early_stopping"}, trainedTooLong},
		{Doc{Code: "dynamics/stalled", Kinds: []int{47},
			Why:      "more epochs change nothing: something keeps the network from learning",
			Remedy:   "try another optimizer, adam, and another learning rate",
			Explains: []string{"result/"}}, stalled},
	}
}

// rate returns the learning rate and the word of the optimizer in the experiment file; "" of a schedule.
func (c *Case) rate() (float64, string) {
	rate, schedule := optim.LearningRate(c.Spec.Train.Optimizer)
	if schedule != nil || c.Spec.Train.Optimizer == nil {
		return rate, ""
	}
	return rate, optim.Optimizers.Word(c.Spec.Train.Optimizer)
}

func notFinite(c *Case) ([]Finding, error) {
	if c.Failure == nil || c.Report != nil || !c.Failure.Infinite {
		return nil, nil
	}
	f := found(Fault, "", "the training ended in step %d: %s", int(c.Failure.Step), c.Failure.Error).
		with("step", float64(c.Failure.Step), 0)
	switch {
	case c.Failure.Place != "":
		f.Remedy = fmt.Sprintf("replace this number (impute), or drop the row: %s", c.Failure.Place)
	default:
		f = f.set(c.slower()...).set(c.clipped()...)
	}
	if len(c.History) > 0 {
		f = f.drawn(c.course())
	}
	return []Finding{f}, nil
}

// updates returns the update of a step by the size of the weight, by observation: the median over the kernels.
func (c *Case) updates() (epochs, ratios []float64) {
	kernels := map[string]bool{} // others begin with zeros, beside which any update is large
	if len(c.Statistics) > 0 {
		for _, w := range c.Statistics[0].Weights {
			kernels[w.Path] = w.Deviation > 0
		}
	}
	for _, e := range c.Statistics {
		var all []float64
		for _, w := range e.Weights {
			if kernels[w.Path] && w.Norm > 0 && w.Update > 0 {
				all = append(all, w.Update/w.Norm)
			}
		}
		if len(all) > 0 {
			epochs, ratios = append(epochs, float64(e.Epoch)), append(ratios, middle(all))
		}
	}
	return epochs, ratios
}

// Bounds of learning rates.
const (
	burst      = 2   // losses of the constant answer
	riseLoss   = 1.1 // of the least loss before
	bigUpdate  = 0.1 // of the weight
	tinyUpdate = 1e-4
	// usualUpdate is that of a training which goes well: where the remedy leads to.
	usualUpdate = 1e-3
	still       = 0.01 // share of the loss that an epoch's fall is of
)

func rateTooHigh(c *Case) ([]Finding, error) {
	o := c.look()
	losses := c.losses()
	if !o.Harmed() && !o.Weak || len(losses) == 0 {
		return nil, nil
	}
	constant := c.constantLoss()
	_, ratios := c.updates()
	update := middle(ratios)
	start := constant // of weights that say nothing yet: of classes the same probability for each, however rare
	if n := len(c.classes()); n > 1 {
		start = max(constant, math.Log(float64(n)))
	}
	later := losses
	if len(losses) > 1 {
		later = losses[1:]
	}
	most, last := slices.Max(later), losses[len(losses)-1]
	bursts := most > burst*start && !c.penalizedLoss()
	rises := len(losses) > 2 && last > riseLoss*slices.Min(losses) && last > constant
	if !bursts && !rises && update <= bigUpdate {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	rate, _ := c.rate()
	f := found(grade, "", "the loss reached %.4g, where a constant answer has %.4g (learning rate %.4g)", most,
		constant,
		rate).set(c.slower()...)
	if bursts {
		f = f.with("greatest loss by that of the constant answer", most/start, burst)
	}
	if rises {
		f = f.with("last loss by the least one", last/slices.Min(losses), riseLoss)
	}
	if update > bigUpdate {
		f = f.with("update by the weight", update, bigUpdate)
	}
	return []Finding{f.drawn(c.course())}, nil
}

// penalizedLoss reports whether the loss of an epoch has penalties in it.
func (c *Case) penalizedLoss() bool { return c.penalized() > 0 }

// falling is the share of the loss by which it falls in an epoch, over the last third.
func falling(losses []float64) float64 {
	n := len(losses)
	if n < 2 {
		return 0
	}
	from := max(0, min(n-2, n-1-n/3))
	if losses[from] == 0 {
		return 0
	}
	return (losses[from] - losses[n-1]) / math.Abs(losses[from]) / float64(n-1-from)
}

func rateTooLow(c *Case) ([]Finding, error) {
	o := c.look()
	losses := c.losses()
	epochs, ratios := c.updates()
	if !o.Harmed() && !o.Weak || len(ratios) == 0 || len(losses) == 0 || c.Spec.Train.StartFrom != "" {
		return nil, nil
	}
	update := middle(ratios)
	whole := (losses[0] - losses[len(losses)-1]) / math.Abs(losses[0])
	if update >= tinyUpdate || o.Seen > 0.9 {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	rate, _ := c.rate()
	factor := 10.0
	for factor < 1e6 && update*factor < usualUpdate {
		factor *= 10
	}
	f := found(grade, "", "a step moves the weights by %.2g of their size (learning rate %.4g), and the loss fell by "+
		"%.3g %% in all", update, rate, 100*whole).with("update by the weight", update, tinyUpdate).
		with("share by which the loss fell", whole, 0).set(c.rated(factor)...)
	return []Finding{f.drawn(func() Drawing {
		return lines(chart.Sprintf("size of a step"), chart.Sprintf("epoch"), chart.Sprintf("update, in parts of the "+
			"weight"),
			epochs,
			line{chart.Sprintf("median of the weights"), ratios})
	})}, nil
}

// Bounds of updates.
const (
	fewUpdates = 10
	allUpdates = 300
	stillFew   = 0.002 // share of the loss that an epoch's fall is of
)

func tooFewUpdates(c *Case) ([]Finding, error) {
	o := c.look()
	losses := c.losses()
	if !o.Harmed() && !o.Weak || len(losses) < 2 || c.Spec.Train.BatchSize <= 32 {
		return nil, nil
	}
	n := c.Rows(task.Train)
	each := (n + c.Spec.Train.BatchSize - 1) / max(1, c.Spec.Train.BatchSize)
	if each >= fewUpdates || each*len(losses) >= allUpdates ||
		falling(losses) < stillFew {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	f := found(grade, "", "batches of %d of %d training samples make %d updates an epoch, %d in all, and the loss "+
		"still fell",
		c.Spec.Train.BatchSize, n, each, each*len(losses)).with("updates an epoch", float64(each), fewUpdates).
		with("updates", float64(each*len(losses)), allUpdates).
		with("share by which the loss fell an epoch", falling(losses), stillFew).set("train.batch_size=32")
	return []Finding{f.drawn(c.course())}, nil
}

// Bounds of oscillation.
const (
	swing      = 0.1
	swingLeast = 0.03 // of the constant answer's loss: what is nearly learnt turns by large shares of very little
	swingShare = 0.2
	swingFrom  = 5 // epochs that do not count
)

func oscillation(c *Case) ([]Finding, error) {
	o := c.look()
	losses := c.losses()
	if !o.Harmed() && !o.Weak || len(losses) < swingFrom+5 {
		return nil, nil
	}
	n, all, least := 0, 0, 0.0
	if v := c.constantLoss(); v == v {
		least = swingLeast * v
	}
	for i := swingFrom; i+1 < len(losses); i++ {
		all++
		up, down := losses[i]-losses[i-1], losses[i+1]-losses[i]
		if up*down < 0 && min(math.Abs(up), math.Abs(down)) >= max(swing*math.Abs(losses[i]), least) {
			n++
		}
	}
	share := float64(n) / float64(all)
	if share < swingShare || o.Seen > 0.9 {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	if !o.Underfits() {
		grade = Tip
	}
	f := found(grade, "", "the training loss turned by %.3g %% or more in %d of %d epochs", 100*swing, n, all).
		with("share of the epochs with a swing", share, swingShare).set(c.slower()...)
	return []Finding{f.drawn(c.course())}, nil
}

// stops reports whether the experiment has early stopping.
func (c *Case) stops() bool {
	return slices.ContainsFunc(c.Spec.Train.Callbacks, func(cb train.Callback) bool {
		_, ok := cb.(*train.EarlyStopping)
		return ok
	})
}

func stoppedEarly(c *Case) ([]Finding, error) {
	r := c.Report
	if r == nil || r.Epochs < c.Spec.Train.Epochs || r.BestEpoch < r.Epochs {
		return nil, nil
	}
	losses := c.Column("val_loss")
	if len(losses) == 0 || losses[0] != losses[0] {
		losses = c.losses()
	}
	fall := falling(losses)
	o := c.look()
	single := len(losses) == 1 && (o.Harmed() || o.Weak)
	if !single && fall < still || o.Seen > 0.95 {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	f := found(grade, "", "the training ended after %d epochs while its loss fell by %.3g %% an epoch", r.Epochs,
		100*fall).
		with("share by which the loss fell an epoch", fall, still).with("epochs", float64(r.Epochs), 0).
		set(fmt.Sprintf("train.epochs=%d", max(20, 4*r.Epochs)))
	if !c.stops() {
		f = f.set("train.callbacks=[{early_stopping: {patience: 5, restore_best_weights: true}}]")
	}
	return []Finding{f.drawn(c.course())}, nil
}

// lateEpochs is the least number of epochs after the best one.
const lateEpochs = 10

func trainedTooLong(c *Case) ([]Finding, error) {
	r := c.Report
	if r == nil || c.stops() || c.Rows(task.Validation) == 0 {
		return nil, nil
	}
	late := r.Epochs - r.BestEpoch
	if late <= lateEpochs || 2*late <= r.Epochs {
		return nil, nil
	}
	f := found(Tip, "", "the best epoch was %d of %d: the %d after it were in vain", r.BestEpoch, r.Epochs, late).
		with("epochs after the best one", float64(late), lateEpochs).
		set("train.callbacks=[{early_stopping: {patience: 5, restore_best_weights: true}}]")
	return []Finding{f.drawn(c.course())}, nil
}

// stalledRange is the range of the losses of the last half, in parts of the last one.
const stalledRange = 0.01

func stalled(c *Case) ([]Finding, error) {
	o := c.look()
	losses := c.losses()
	if !o.Underfits() || len(losses) < 4 {
		return nil, nil
	}
	half := losses[len(losses)/2:]
	spread := (slices.Max(half) - slices.Min(half)) / math.Abs(half[len(half)-1])
	if spread > stalledRange {
		return nil, nil
	}
	f := found(Fault, "", "the training loss stayed between %.5g and %.5g in the last %d epochs, and the training "+
		"samples are "+
		"not learnt", slices.Min(half), slices.Max(half), len(half)).with("range of the loss", spread, stalledRange).
		with("skill on the training samples", o.Seen, 0)
	if _, word := c.rate(); word != "" && word != "adam" {
		f = f.set("train.optimizer=adam")
	} else {
		f = f.set(c.rated(10)...)
	}
	return []Finding{f.drawn(c.course())}, nil
}
