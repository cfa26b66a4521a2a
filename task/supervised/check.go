package supervised

import (
	"fmt"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
)

// Check returns an error for a loss or a metric that does not fit its target or the width of its output, and for a
// decision among other things than classes.
func (p *Problem) Check(t *task.Training) error {
	for i, g := range p.Targets {
		check := p.checkLoss
		if g.Task == prep.Labels {
			check = p.checkLabelLoss
		}
		if err := check(t, i, g); err != nil {
			return err
		}
		for k, m := range t.Metrics[i] {
			if g.Task == prep.Labels {
				if err := checkLabelMetric(t.MetricPath(i, k), m.Name, m.Metric, g); err != nil {
					return err
				}
				continue
			}
			c := claim{t.MetricPath(i, k), m.Name, metric.TraitsOf(m.Metric), "rmse, mae or r2", "accuracy"}
			if err := c.check(g, width(t, i)); err != nil {
				return err
			}
		}
	}
	if err := p.checkCalibration(t); err != nil {
		return err
	}
	return p.checkDecision(t)
}

// width returns the number of values of an output for one sample.
func width(t *task.Training, output int) int {
	s := t.Model.OutputTypes(1)[output].Shape
	return s[len(s)-1]
}

func (p *Problem) checkLoss(t *task.Training, i int, g *prep.Target) error {
	l, path := t.Losses[i], t.LossPath(i)
	word := loss.Losses.Word(l)
	takes := loss.TraitsOf(l)
	c := claim{path, word, takes, "mean_squared_error", "binary_crossentropy"}
	if err := c.check(g, width(t, i)); err != nil {
		return err
	}
	if g.Task == prep.Regression {
		if err := task.CheckQuantiles(l, g.Quantiles, path); err != nil {
			return err
		}
	}
	switch {
	case g.Task == prep.Regression && takes.Targets == loss.Amounts && g.Scaled():
		return task.Errorf(path, "%s is for numbers as they are, but the target %s is standardised; give "+
			"data.target_scale: none", word, g.Name)
	case (p.Mixed || Mixes(t.Model)) && takes.Targets == loss.ClassNumbers:
		return task.Errorf(path, "%s takes class numbers, and mix_up makes samples of two classes; give "+
			"categorical_crossentropy", word)
	}
	return nil
}

// claim is a loss or a metric with its path, and the remedies for targets that are numbers and for a single output
// value.
type claim struct {
	path, word   string
	takes        loss.Traits
	forNumbers   string
	forOneOutput string
}

func (c claim) check(g *prep.Target, width int) error {
	switch {
	case g.Task == prep.Regression && c.takes.Targets.Classes():
		return task.Errorf(c.path, "%s is for classes, but the target %s is a number; give %s", c.word, g.Name,
			c.forNumbers)
	case g.Task == prep.Classification && width == 1 && c.takes.Outputs == loss.AmongOutputs:
		return task.Errorf(c.path, "%s compares one output a class, but the model has a single output; give %s, or a "+
			"softmax of %d",
			c.word, c.forOneOutput, len(g.Classes))
	}
	return nil
}

// Notes warns where the activation of the last layer does not fit the loss of a classification: a loss of probabilities
// after an activation with any range, or a loss of scores after one that gives probabilities.
func (p *Problem) Notes(t *task.Training) []string {
	var notes []string
	outputs := t.Model.OutputLayers()
	for i, g := range p.Targets {
		act := layer.TraitsOf(outputs[i].Layer).Activation
		l := t.Losses[i]
		takes := loss.TraitsOf(l).Predictions
		if g.Task == prep.Classification && takes == loss.Scores && width(t, i) == 1 && act.Probabilities() {
			notes = append(notes, fmt.Sprintf("%s parts the classes at 0, above which all outputs of the last layer "+
				"lie (activation %s); give it activation: linear or tanh", loss.Losses.Word(l), act))
		}
		if g.Task != prep.Classification || act == "" || act.Probabilities() || takes != loss.Probabilities {
			continue
		}
		wanted := "softmax"
		if width(t, i) == 1 {
			wanted = "sigmoid"
		}
		notes = append(notes, fmt.Sprintf("the last layer's outputs (activation %s) are no probabilities, which %s "+
			"takes; give it activation: %s, or the loss {%[2]s: {from_logits: true}}",
			act, loss.Losses.Word(l), wanted))
	}
	return notes
}
