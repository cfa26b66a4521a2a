package task

import (
	"fmt"
	"strings"

	"gorae/loss"
	"gorae/metric"
)

// Output describes the prediction of one output of the network.
type Output struct {
	Name string
	// Classes names the classes in the order of their numbers; nil for numbers.
	Classes []string
	// Each says that Classes are labels, of which a sample may have several, and Thresholds are the probabilities above
	// which they are said; nil: 0.5 each.
	Each       bool
	Thresholds []float64
	Decision   Decision // among classes; nil: the greatest probability
}

// Decision is a rule by which the probabilities of classes become the number of a class.
type Decision interface {
	Class(p []float32) int
}

// Fits reports whether a network's output of a number of values for a sample has one for each class or label; two
// classes, of which a sample has one, may have a single value.
func (o Output) Fits(values int) bool {
	return o.Classes == nil || values == len(o.Classes) || values == 1 && len(o.Classes) == 2 && !o.Each
}

// Rule returns the rule of an output by its loss and activation, r, with what its targets say: labels are said each by
// itself.
func (o Output) Rule(r Rule) Rule {
	r.Each, r.Thresholds, r.Decision = o.Each, o.Thresholds, o.Decision
	return r
}

// Objective adapts losses and metrics to the targets of a task. Methods take the number of the
// output. A task whose targets are what a loss compares as they stand embeds [Plain].
type Objective interface {
	// Loss returns l adapted to the encoding of the task's targets.
	Loss(output int, l loss.Loss) loss.Loss
	// Metrics returns the metric m under its name, adapted to the task's targets and their units, and behind it the
	// same for single columns of an output, where there are several.
	Metrics(output int, name string, m metric.Metric, l loss.Loss) []metric.Metric
}

// Predicts says in a few words what outputs predict: "Survived (2 classes), Fare".
func Predicts(outputs []Output) string {
	var parts []string
	for _, o := range outputs {
		switch k := len(o.Classes); {
		case o.Each:
			parts = append(parts, fmt.Sprintf("%s (%d labels)", o.Name, k))
		case k > 0:
			parts = append(parts, fmt.Sprintf("%s (%d classes)", o.Name, k))
		default:
			parts = append(parts, o.Name)
		}
	}
	return strings.Join(parts, ", ")
}
