package control

import (
	"context"
	"errors"
	"fmt"

	"gorae/data"
	"gorae/env"
	"gorae/model"
	"gorae/rl"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Fitted is the environment of a trained network, and how it was trained.
type Fitted struct {
	task.Plain
	Environment string `json:"environment"`
	Algorithm   string `json:"algorithm"`
	Episodes    int    `json:"test_episodes"`

	spec    env.Spec
	space   env.Space
	actions int
	encoder *rl.Encoder
}

// open looks the environment up.
func (f *Fitted) open() error {
	var err error
	if f.spec, err = env.Find(f.Environment); err != nil {
		return err
	}
	e, err := env.Check(f.spec.Name, f.spec.New())
	if err != nil {
		return err
	}
	f.space, f.actions, f.encoder = e.Space(), e.Actions(), rl.NewEncoder(e.Space())
	return nil
}

// Outputs implements task.Fitted.
func (*Fitted) Outputs() []task.Output { return []task.Output{{Name: "action"}} }

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "observation" }

// Check returns an error unless the network takes observations and has an output for each action.
func (f *Fitted) Check(m *model.Model) error { return rl.Fits(m, f.space, f.actions) }

// names returns the names of the numbers of an observation.
func (f *Fitted) names() []string {
	if b, ok := f.space.(env.Box); ok && b.Names != nil {
		return b.Names
	}
	if f.space.Len() == 1 {
		return []string{"observation"}
	}
	var names []string
	for i := range f.space.Len() {
		names = append(names, fmt.Sprintf("observation_%d", i+1))
	}
	return names
}

// Open reads observations: rows of a table, by the names of their numbers or in their order, or an array
// [observations, numbers].
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if r.Column != "" || r.Targets {
		return nil, errors.New("observations have no targets; leave them out")
	}
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	var x *tensor.Tensor
	place := func(i int) string { return fmt.Sprintf("%s: observation %d", r.Source.Name, i+1) }
	switch {
	case src.Arrays != nil:
		x = src.Arrays.X
	case src.Table != nil:
		t, err := f.columns(src.Table)
		if err != nil {
			return nil, err
		}
		if x, err = t.Numbers(); err != nil {
			return nil, err
		}
		place = src.Table.Place
	}
	if x == nil {
		return nil, fmt.Errorf("%s: no table and no array of observations", r.Source.Name)
	}
	n := f.space.Len()
	if len(x.Shape) == 1 && n == 1 {
		x = &tensor.Tensor{Shape: tensor.Shape{x.Shape[0], 1}, F32: x.F32, I32: x.I32, U8: x.U8}
	}
	if len(x.Shape) != 2 || x.Shape[1] != n {
		return nil, fmt.Errorf("%s: an array of shape %v; an observation of %s has %d numbers, so that the shape is "+
			"(observations, %d)", r.Source.Name, x.Shape, f.Environment, n, n)
	}
	rows := make([][]float64, x.Shape[0])
	for i := range rows {
		rows[i] = make([]float64, n)
		for k := range n {
			rows[i][k] = x.Float(i*n + k)
		}
		if err := f.space.Check(rows[i]); err != nil {
			return nil, fmt.Errorf("%s: the observation %w", place(i), err)
		}
	}
	return f.bound(r.Source.Name, rows)
}

// columns returns the columns of a table that observations are made of, in their order.
func (f *Fitted) columns(t *data.Table) (*data.Table, error) {
	names := f.names()
	out := &data.Table{Name: t.Name, Rows: t.Rows}
	for _, name := range names {
		c, err := t.Column(name)
		if err != nil {
			if len(t.Columns) == len(names) {
				return t, nil
			}
			return nil, fmt.Errorf("%s: %w; an observation of %s has %d numbers, and the table has %d columns", t.Name,
				err, f.Environment, len(names), len(t.Columns))
		}
		out.Columns = append(out.Columns, *c)
	}
	return out, nil
}

// bound prepares observations for the network.
func (f *Fitted) bound(name string, rows [][]float64) (*task.Bound, error) {
	w := f.encoder.Width
	x := tensor.New(tensor.Float32, len(rows), w)
	for i, row := range rows {
		f.encoder.Encode(x.F32[i*w:(i+1)*w], rl.Rounded(row))
	}
	d, err := data.Of(x, nil)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: name, Data: d, Header: []string{"prediction"}}
	letter := "p"
	if f.Algorithm == "dqn" {
		letter = "q"
	}
	for k := range f.actions {
		b.Header = append(b.Header, fmt.Sprintf("%s(%d)", letter, k))
	}
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		out := outputs[0].F32[i*f.actions : (i+1)*f.actions]
		row := []any{task.ArgMax(out)}
		if letter == "p" {
			p := make([]float32, len(out))
			task.Softmax(p, out)
			out = p
		}
		for _, v := range out {
			row = append(row, v)
		}
		return [][]any{row}, nil
	}
	return b, nil
}

// OpenValues implements task.Opener: an observation is a list of numbers, or its numbers by name.
func (f *Fitted) OpenValues(_ *task.Request, samples []any) (*task.Bound, error) {
	names := f.names()
	var rows [][]float64
	for i, s := range samples {
		var row []float64
		switch s := s.(type) {
		case []any:
			for _, v := range s {
				x, ok := number(v)
				if !ok {
					return nil, fmt.Errorf("sample %d: %v is no number", i+1, v)
				}
				row = append(row, x)
			}
		case map[string]any:
			for _, name := range names {
				x, ok := number(s[name])
				if !ok {
					return nil, fmt.Errorf("sample %d: %s is %v; give a number", i+1, name, s[name])
				}
				row = append(row, x)
			}
		default:
			return nil, task.SampleError(i, s, "the numbers of an observation")
		}
		if err := f.space.Check(row); err != nil {
			return nil, fmt.Errorf("sample %d: the observation %w", i+1, err)
		}
		rows = append(rows, row)
	}
	return f.bound("the observations", rows)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// Evaluate implements task.Evaluator: the greedy policy plays fresh episodes.
func (f *Fitted) Evaluate(ctx context.Context, r *task.Request, seed uint64, to *task.Findings) (*task.Measured,
	error) {
	if r.Source != nil {
		return nil, fmt.Errorf("%s: a policy is evaluated by episodes of %s, which need no data; leave --data out",
			r.Source.Name, f.Environment)
	}
	if r.Column != "" {
		return nil, fmt.Errorf("--target %s: episodes have no targets; leave it out", r.Column)
	}
	played, err := rl.Evaluate(ctx, f.spec, rl.Greedy(r.Training.Model, f.space), f.Episodes, seed)
	if err != nil {
		return nil, err
	}
	return measured(played, f.spec.Steps), f.beside(ctx, played, seed, "", to)
}

// measured returns the metrics of episodes of at most so many steps (0: any number). There is no interval where all
// returns are the same. Where each step is rewarded by 1 it ends at the greatest return that there can be.
func measured(e rl.Episodes, steps int) *task.Measured {
	n := len(e.Returns)
	length, ones := 0.0, steps > 0
	for i, l := range e.Lengths {
		length += float64(l)
		ones = ones && e.Returns[i] == float64(l)
	}
	i := task.Interval{Metric: "return", Interval: e.Interval(0.95), Method: "t"}
	switch {
	case i.Low == i.High:
		i = task.Interval{Metric: "return", Why: fmt.Sprintf("all episodes give %g, which says nothing of its error",
			e.Mean())}
	case ones:
		i.High = min(i.High, float64(steps))
	}
	return &task.Measured{
		Samples:   n,
		Unit:      "episode",
		Metrics:   train.Metrics{{Name: "return", Value: e.Mean()}, {Name: "length", Value: length / float64(n)}},
		Intervals: []task.Interval{i},
	}
}
