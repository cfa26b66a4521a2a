package table

import (
	"gorae/config"
	"gorae/data"
	"gorae/task"
	"gorae/tensor"
)

// weights returns how much the training and the validation samples count in the loss, by the column that the experiment
// names; nil where it names none.
func weights(in *task.Input, l labelled, parts [3][]int) (out [3]*tensor.Tensor, err error) {
	const key = "data.sample_weight"
	name := in.Spec.Data.SampleWeight
	if name == "" {
		return out, nil
	}
	c, err := l.whole.Column(name)
	if err != nil {
		return out, config.Under(key, err)
	}
	if c.Kind != data.Number {
		return out, task.Errorf(key, "%s is a column of words", c.Name).AtKey().Fix("name a column of numbers")
	}
	for _, part := range []task.Part{task.Train, task.Validation} {
		rows := l.rowsOf(parts[part])
		if len(rows) == 0 {
			continue
		}
		w, sum := tensor.New(tensor.Float32, len(rows)), 0.0
		for i, r := range rows {
			v := c.Numbers[r]
			if c.IsMissing(r) || !(v >= 0) || v > 1e30 {
				return out, config.Under(key, l.whole.ErrorAt(r, c.Name, "%s is no weight of a sample; give a number "+
					"from 0", spelled(c, r)))
			}
			w.F32[i], sum = float32(v), sum+v
		}
		if sum == 0 {
			return out, task.Errorf(key, "all %s samples have the weight 0", part).AtKey().Fix("name another column")
		}
		out[part] = w
	}
	return out, nil
}

// spelled returns a value as a message names it.
func spelled(c *data.Column, row int) string {
	if c.IsMissing(row) {
		return "an empty cell"
	}
	return c.Spelling(row)
}
