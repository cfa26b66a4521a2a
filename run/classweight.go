package run

import (
	"gorae/config"
	"gorae/data"
	"gorae/task"
)

// classWeights are the weights of the classes in the loss, by their numbers; nil: all 1.
func (m *supervised) classWeights(training data.Dataset) (map[int]float64, error) {
	const key = "train.class_weight"
	w := m.Spec.Train.ClassWeight
	if w == nil {
		return nil, nil
	}
	outputs := m.Fitted.Outputs()
	if len(outputs) != 1 || outputs[0].Classes == nil || outputs[0].Each {
		return nil, task.Errorf(key, "is for a network with one target of classes, and this one predicts %s",
			task.Predicts(outputs)).AtKey().Fix("leave it out")
	}
	classes := outputs[0].Classes
	weights := map[int]float64{}
	if w.Balanced {
		counts, err := classCounts(training, len(classes))
		if err != nil {
			return nil, err
		}
		for c, n := range counts {
			if n > 0 { // of a class without training samples no weight is asked for
				weights[c] = float64(training.Len()) / float64(len(classes)*n)
			}
		}
		return weights, nil
	}
	number := map[string]int{}
	for c, name := range classes {
		number[name] = c
	}
	for _, of := range w.Weights {
		c, ok := number[of.Class]
		if !ok {
			return nil, task.Errorf(key+"."+config.Step(of.Class), "no class %q", of.Class).AtKey().
				Suggesting(of.Class, classes)
		}
		weights[c] = of.Weight
	}
	return weights, nil
}

// classCounts counts the samples of each class.
func classCounts(d data.Dataset, classes int) ([]int, error) {
	row, counts := d.Spec().Row(), make([]int, classes)
	at := len(d.Spec().Inputs)
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return nil, err
		}
		if c := int(row[at].Float(0)); c >= 0 && c < classes {
			counts[c]++
		}
	}
	return counts, nil
}
