package keras

import "gorae/loss"

// lossesFrom is the loss of each output, and the factors in their sum, of loss and loss_weights of compile_config: one
// for all outputs, a list, or a map by the names of the outputs. They are nil where gorae lacks one, and where an
// output has none.
func lossesFrom(given, factors any, outputs []string) (losses []loss.Loss, weights []float64) {
	for i, name := range outputs {
		l := lossOf(ofOutput(given, i, name, true))
		if l == nil {
			return nil, nil
		}
		losses = append(losses, l)
		if factors != nil {
			w, ok := ofOutput(factors, i, name, false).(float64)
			if !ok {
				w = 1
			}
			weights = append(weights, w)
		}
	}
	return losses, weights
}

// ofOutput is the part of a value that concerns an output. What stands for one output, a word or an object with a
// class, concerns all.
func ofOutput(given any, i int, name string, object bool) any {
	switch v := given.(type) {
	case []any:
		if i >= len(v) {
			return nil
		}
		return v[i]
	case map[string]any:
		if !object || v["class_name"] == nil {
			return v[name]
		}
	}
	return given
}

// lossOf is a loss by its name or configuration; nil for one that gorae lacks.
func lossOf(given any) loss.Loss {
	var made loss.Loss
	var err error
	switch v := given.(type) {
	case string:
		made, err = loss.New(v)
	case map[string]any:
		made, err = loss.Losses.Decode(v)
	}
	if err != nil {
		return nil
	}
	return made
}
