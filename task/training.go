package task

import (
	"gorae/config"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/train"
)

// Training is a network with the losses and metrics of its outputs, and their paths in the experiment file. A metric of
// several values, as of several thresholds, is a metric for each value, under a name of its own.
type Training struct {
	Model   *model.Model
	Losses  []loss.Loss
	Metrics [][]train.NamedMetric
	// Calibration, Threshold and Costs are those of the experiment; nil, "": there are none.
	Threshold   *spec.Threshold
	Costs       spec.Costs
	Calibration string
	Truncate    int // steps of truncated backpropagation through time; 0: not truncated
	Batches     Batches

	LossPath   func(output int) string
	MetricPath func(output, i int) string
}

// Batches say how samples are put into the batches of a training.
type Batches struct {
	Size   int  `json:"size"` // 0: not known
	Bucket bool `json:"bucket,omitempty"`
}

// NewTraining returns a Training; the loss of an output that losses does not name is nil.
func NewTraining(m *model.Model, losses spec.Losses, metrics spec.Metrics) *Training {
	outputs := m.OutputNames()
	several := len(outputs) > 1
	t := &Training{Model: m, Metrics: make([][]train.NamedMetric, len(outputs))}
	written := make([][]int, len(outputs)) // which metric of the output each value belongs to
	for i, out := range outputs {
		t.Losses = append(t.Losses, losses.Of(out))
		shape, n := m.OutputTypes(1)[i].Shape, 0
		for _, x := range metrics {
			if x.Output != out && x.Output != "" {
				continue
			}
			for _, p := range metric.Expand(x.Metric, shape[len(shape)-1]) {
				t.Metrics[i] = append(t.Metrics[i], train.NamedMetric{Metric: p.Metric, Name: x.Name + p.Suffix})
				written[i] = append(written[i], n)
			}
			n++
		}
	}
	t.LossPath = func(i int) string {
		if several {
			return config.Join("train.loss", config.Step(outputs[i]))
		}
		return "train.loss"
	}
	t.MetricPath = func(i, k int) string {
		if several {
			return config.Join("train.metrics", config.Step(outputs[i])) + config.Index(written[i][k])
		}
		return "train.metrics" + config.Index(written[i][k])
	}
	return t
}

// Logits reports by output whether the loss takes it for logits.
func (t *Training) Logits() []bool {
	out := make([]bool, len(t.Losses))
	for i, l := range t.Losses {
		out[i] = loss.TraitsOf(l).Predictions == loss.Logits
	}
	return out
}
