package task

import (
	"fmt"
	"strings"
)

import (
	"gorae/loss"
	"gorae/metric"
)

// Output describes the prediction of one output of the network.
type Output struct {
	Name string
	// Classes names the classes in the order of their numbers; nil for numbers.
	Classes []string
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
		if k := len(o.Classes); k > 0 {
			parts = append(parts, fmt.Sprintf("%s (%d classes)", o.Name, k))
		} else {
			parts = append(parts, o.Name)
		}
	}
	return strings.Join(parts, ", ")
}
