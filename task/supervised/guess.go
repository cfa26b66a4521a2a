package supervised

import (
	"fmt"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// Guess returns the targets of a network of another program, and the losses and metrics that it is compared by, as its
// last layers say: softmax and sigmoid give classes, a single output without them a number. Known is false where
// they say neither; such a network can predict, but not be evaluated.
func Guess(m *model.Model) (ts Targets, t *task.Training, known bool, err error) {
	t, known = &task.Training{Model: m}, true
	layers := m.OutputLayers()
	names := m.OutputNames()
	for i, ty := range m.OutputTypes(1) {
		k := ty.Shape[len(ty.Shape)-1]
		act := layer.TraitsOf(layers[i].Layer).Activation
		g := &prep.Target{Name: names[i], Task: prep.Regression, SD: 1}
		word, metrics := "mean_squared_error", []string{"rmse", "mae", "r2"}
		switch {
		case k > 1 && (act == "softmax" || act == ""):
			word, metrics = "sparse_categorical_crossentropy", []string{"accuracy"}
			g = numbered(names[i], k)
		case k == 1 && act == "sigmoid":
			word, metrics = "binary_crossentropy", []string{"accuracy"}
			g = numbered(names[i], 2)
		case k != 1:
			known = false
		}
		ts = append(ts, g)
		l, err := loss.New(word)
		if err != nil {
			return nil, nil, false, err
		}
		t.Losses = append(t.Losses, l)
		var ms []train.NamedMetric
		for _, name := range metrics {
			x, err := metric.New(name)
			if err != nil {
				return nil, nil, false, err
			}
			ms = append(ms, train.NamedMetric{Metric: x, Name: name})
		}
		t.Metrics = append(t.Metrics, ms)
	}
	return ts, t, known, nil
}

// numbered returns a target of k classes that go by their numbers.
func numbered(name string, k int) *prep.Target {
	g := &prep.Target{Name: name, Task: prep.Classification, Numbered: true, SD: 1}
	for i := range k {
		g.Classes = append(g.Classes, fmt.Sprint(i))
	}
	return g
}
