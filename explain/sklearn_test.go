package explain_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/data"
	"gorae/explain"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// sklearn is what scikit-learn says of a network of its own (testdata/columns.py).
type sklearn struct {
	X                  [][]float64
	Y                  []float64
	Kernels            [][][]float64
	Biases             [][]float64
	Score              float64
	Importances        [][]float64
	Mean, Deviation    []float64
	Orders             [][][]int // of each column and repeat
	At                 []int     // rows whose values partial_dependence was asked about
	Values, Dependence [][]float64
}

// network is scikit-learn's network with its weights.
func (s *sklearn) network(t *testing.T) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{len(s.X[0])}},
		layer.Dense{Units: len(s.Biases[0]), Activation: "tanh"}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	vars := m.Store().Vars()
	for i := range s.Kernels {
		var kernel, bias []float32
		for _, row := range s.Kernels[i] {
			for _, v := range row {
				kernel = append(kernel, float32(v))
			}
		}
		for _, v := range s.Biases[i] {
			bias = append(bias, float32(v))
		}
		for k, list := range [][]float32{kernel, bias} {
			v := vars[2*i+k]
			if err := m.Store().Set(v.Path, tensor.Of(list, v.Shape...)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m
}

// columns asks the network about rows of a table whose columns are mixed, and scores it by R².
func (s *sklearn) columns(t *testing.T) *explain.Columns {
	t.Helper()
	m := s.network(t)
	table := &data.Table{Name: "x", Rows: len(s.X)}
	for k := range s.X[0] {
		c := data.Column{Name: string(rune('a' + k)), Kind: data.Number}
		for _, row := range s.X {
			c.Numbers = append(c.Numbers, row[k])
		}
		table.Columns = append(table.Columns, c)
	}
	c := &explain.Columns{Rows: table.Rows, Outputs: []string{"y"}}
	for _, column := range table.Columns {
		c.Names = append(c.Names, column.Name)
	}
	c.Ask = func(ctx context.Context, n int, pick func(int) []int) ([][]float64, error) {
		x, err := table.Mix(n, pick).Numbers()
		if err != nil {
			return nil, err
		}
		y, err := m.Predict(ctx, x)
		if err != nil {
			return nil, err
		}
		out := make([][]float64, n)
		for i := range out {
			out[i] = []float64{float64(y[0].F32[i])}
		}
		return out, nil
	}
	c.Score = func(ctx context.Context, pick func(int) []int) (float64, error) {
		said, err := c.Ask(ctx, c.Rows, pick)
		if err != nil {
			return 0, err
		}
		mean, errors, spread := 0.0, 0.0, 0.0
		for _, y := range s.Y {
			mean += y / float64(c.Rows)
		}
		for i, y := range s.Y {
			errors += (y - said[i][0]) * (y - said[i][0])
			spread += (y - mean) * (y - mean)
		}
		return 1 - errors/spread, nil
	}
	return c
}

// TestScikitLearn: the score, what it loses by the orders in which scikit-learn shuffled, and the partial dependence on
// each column are scikit-learn's; the mean of importances by orders of gorae's own differs by chance alone.
func TestScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/columns.json")
	if err != nil {
		t.Fatal(err)
	}
	var s sklearn
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
			t.Errorf("%s is %v, scikit-learn has %v", what, got, want)
		}
	}
	c := s.columns(t)
	const repeats = 100
	all, score, err := c.Permutation(t.Context(), repeats, 3)
	if err != nil {
		t.Fatal(err)
	}
	near("the score", score, s.Score)
	same := make([]int, c.Rows)
	for i := range same {
		same[i] = i
	}
	for k, name := range c.Names {
		for r, order := range s.Orders[k] {
			shuffled, err := c.Score(t.Context(), func(column int) []int {
				if column == k {
					return order
				}
				return same
			})
			if err != nil {
				t.Fatal(err)
			}
			near("the importance of "+name, score-shuffled, s.Importances[k][r])
		}
		for _, i := range all {
			if i.Column != name {
				continue
			}
			if off := math.Abs(i.Mean - s.Mean[k]); off > 4*math.Hypot(i.Deviation, s.Deviation[k])/math.Sqrt(repeats) {
				t.Errorf("the importance of %s is %.4f, scikit-learn has %.4f, deviations %.4f and %.4f", name, i.Mean,
					s.Mean[k], i.Deviation, s.Deviation[k])
			}
			if i.Deviation < 0.7*s.Deviation[k] || i.Deviation > 1.4*s.Deviation[k] {
				t.Errorf("the deviation of %s is %.4f, scikit-learn has %.4f", name, i.Deviation, s.Deviation[k])
			}
		}
		means, err := c.Dependence(t.Context(), k, s.At)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range s.At {
			for g, v := range s.Values[k] {
				if v == s.X[row][k] {
					near("the partial dependence on "+name, means[i][0], s.Dependence[k][g])
				}
			}
		}
	}
}
