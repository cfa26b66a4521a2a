package bundle

import (
	"fmt"
	"slices"
	"strings"

	"gorae/task"
	"gorae/tensor"
)

// Interval adds to the predictions what the truth is within with a probability of at least level, from 0 to 1: behind
// the prediction of a number its bounds, the columns lower and upper; behind that of a class the possible classes,
// parted by |, the column set. Of several targets they are lower(NAME) and so on.
//
// They are split-conformal (Lei and others 2018; of classes Sadinle, Lei and Wasserman 2019), by the errors on the
// validation samples (prep.Conformity), and hold of new samples that come as those did: over all samples, not for
// each kind of them. The intervals of all numbers are equally wide. The validation samples have chosen the best epoch,
// which makes them too narrow by a little where they are few.
func (b *Bundle) Interval(bound *task.Bound, level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("%v is no probability of an interval; give one between 0 and 1, such as 0.9", level)
	}
	c, ok := b.Fitted.(task.Conformer)
	if !ok || bound.Decode == nil || bound.Predict != nil || bound.Model != nil {
		return fmt.Errorf("%s: its predictions are no rows of classes or numbers of independent samples, and have no "+
			"intervals", b.path)
	}
	training, err := b.training()
	if err != nil {
		return err
	}
	all, err := c.Conform(level, training)
	if err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	i := &interval{decode: bound.Decode, all: all}
	outputs := b.Fitted.Outputs()
	var header []string
	for k, name := range bound.Header {
		header = append(header, name)
		of, ok := strings.CutPrefix(name, "prediction")
		if !ok || len(i.columns) == len(all) {
			continue
		}
		if output := len(i.columns); outputs[output].Classes == nil {
			header = append(header, "lower"+of, "upper"+of)
			i.classes = append(i.classes, nil)
		} else {
			header = append(header, "set"+of)
			columns, names := probabilities(bound.Header, of), outputs[output].Classes
			for _, class := range names {
				if _, ok := columns[class]; !ok {
					return fmt.Errorf("%s: there is no probability of the class %s", b.path, class)
				}
			}
			i.classes = append(i.classes, &possible{names, columns})
		}
		i.columns = append(i.columns, k)
	}
	if len(i.columns) != len(all) {
		return fmt.Errorf("%s: its predictions have no column prediction, and no intervals", b.path)
	}
	bound.Header, bound.Decode = header, i.rows
	return nil
}

// interval adds bounds to the rows of predictions.
type interval struct {
	decode  func(outputs []*tensor.Tensor, i int) ([][]any, error)
	all     []task.Conformal
	columns []int       // of the predictions
	classes []*possible // by prediction; nil of a number
}

// possible is the classes of an output, and the columns of their probabilities.
type possible struct {
	names   []string
	columns map[string]int
}

// rows returns the predictions for sample i with the bounds behind each.
func (i *interval) rows(outputs []*tensor.Tensor, sample int) ([][]any, error) {
	rows, err := i.decode(outputs, sample)
	if err != nil {
		return nil, err
	}
	for r, row := range rows {
		for k, column := range slices.Backward(i.columns) {
			if c := i.classes[k]; c != nil {
				rows[r] = slices.Insert(rows[r], column+1, any(c.set(row, row[column], i.all[k].Score)))
				continue
			}
			v, ok := float(row[column])
			if !ok {
				return nil, fmt.Errorf("the prediction %v is no number", row[column])
			}
			rows[r] = slices.Insert(rows[r], column+1, any(v-i.all[k].Radius), any(v+i.all[k].Radius))
		}
	}
	return rows, nil
}

// set lists the classes of a row whose conformity score is at most score, and the predicted one.
func (p *possible) set(row []any, predicted any, score float64) string {
	var in []string
	for _, name := range p.names {
		if v, ok := float(row[p.columns[name]]); ok && 1-v <= score || name == predicted {
			in = append(in, name)
		}
	}
	return strings.Join(in, "|")
}
