package task_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data"
	"gorae/data/source"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// sorting is a task from outside: each line is a list of numbers, which the network learns to sort.
type sorting struct{}

// sortingSection is its keys below data.
type sortingSection struct {
	Sorting *struct {
		Length int `keras:"length,required,min=2,what=number of numbers"`
	} `keras:"sorting"`
}

func init() { task.Register(sorting{}) }

func (sorting) Name() string { return "sorting" }
func (sorting) Section() any { return &sortingSection{} }
func (sorting) Detect(in *task.Input) (task.Score, error) {
	if task.Section[sortingSection](in, "sorting").Sorting != nil {
		return task.Typical, nil
	}
	return task.None, nil
}

func (sorting) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	f := &sorter{Length: task.Section[sortingSection](in, "sorting").Sorting.Length}
	d, err := f.read(in.Source, true)
	if err != nil {
		return nil, err
	}
	rows, err := in.Split(task.Rows{N: d.Len()}, false)
	if err != nil {
		return nil, err
	}
	out := &task.Prepared{Fitted: f, Problem: &sortingProblem{f: f}}
	out.SetParts(d, rows)
	return out, nil
}

func (sorting) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &sorter{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	if f.Length < 2 {
		return nil, errors.New("the length is missing")
	}
	return f, nil
}

// sorter is what raw lists need.
type sorter struct {
	task.Plain
	Length int `json:"length"`
}

func (f *sorter) Outputs() []task.Output { return []task.Output{{Name: "sorted"}} }
func (*sorter) Unit() string             { return "list" }
func (f *sorter) Check(m *model.Model) error {
	if in := m.InputTypes(1); len(in) != 1 || !in[0].Shape.Equal(tensor.Shape{1, f.Length}) {
		return fmt.Errorf("lists have %d numbers", f.Length)
	}
	return nil
}

func (f *sorter) read(s *task.Source, targets bool) (data.Dataset, error) {
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	var x, y []float32
	lines := bufio.NewScanner(strings.NewReader(text))
	n := 0
	for lines.Scan() {
		var row []float32
		for _, w := range strings.Fields(lines.Text()) {
			v, err := strconv.ParseFloat(w, 32)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %q is no number", s.Name, n+1, w)
			}
			row = append(row, float32(v))
		}
		if len(row) != f.Length {
			return nil, fmt.Errorf("%s:%d: %d numbers; give %d", s.Name, n+1, len(row), f.Length)
		}
		x = append(x, row...)
		for i := range row {
			for k := i; k > 0 && row[k] < row[k-1]; k-- {
				row[k], row[k-1] = row[k-1], row[k]
			}
		}
		y = append(y, row...)
		n++
	}
	if !targets {
		return data.Of(tensor.Of(x, n, f.Length), nil)
	}
	return data.Of(tensor.Of(x, n, f.Length), tensor.Of(y, n, f.Length))
}

func (f *sorter) Open(r *task.Request) (*task.Bound, error) {
	d, err := f.read(r.Source, r.Targets)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: r.Source.Name, Data: d, Header: []string{"least", "greatest"}}
	b.Decode = func(out []*tensor.Tensor, i int) ([][]any, error) {
		row := out[0].F32[i*f.Length : (i+1)*f.Length]
		return [][]any{{row[0], row[f.Length-1]}}, nil
	}
	return b, nil
}

// sortingProblem is one run.
type sortingProblem struct {
	f     *sorter
	right int
}

func (p *sortingProblem) Network() *spec.Network {
	return spec.Chain(layer.Dense{Units: 32, Activation: "relu"}, layer.Dense{Units: p.f.Length})
}
func (p *sortingProblem) Fits(out []tensor.Shape) error {
	if len(out) != 1 || !out[0].Equal(tensor.Shape{1, p.f.Length}) {
		return &task.OutputError{Msg: fmt.Sprintf("give %d outputs", p.f.Length)}
	}
	return nil
}
func (*sortingProblem) Losses(*model.Model) []string { return []string{"mean_squared_error"} }
func (*sortingProblem) Metrics() [][]string          { return [][]string{{"mae"}} }
func (*sortingProblem) Check(t *task.Training) error {
	if loss.TraitsOf(t.Losses[0]).Targets.Classes() {
		return task.Errorf(t.LossPath(0), "lists are numbers")
	}
	return nil
}
func (p *sortingProblem) About() string { return "the sorted list" }
func (p *sortingProblem) Observe(part task.Part, _ data.Dataset, _ *task.Training) train.Consumer {
	if part != task.Test {
		return nil
	}
	return train.ConsumerFunc(func(b *train.EvalBatch) error {
		for i := range b.Samples {
			y := b.Outputs[0].F32[i*p.f.Length : (i+1)*p.f.Length]
			if y[0] <= y[p.f.Length-1] {
				p.right++
			}
		}
		return nil
	})
}
func (p *sortingProblem) Finish(_ context.Context, f *task.Finish) error {
	f.Findings.Say("%d test lists end higher than they begin", p.right)
	return f.Findings.Add("sorting", map[string]int{"right": p.right})
}

// TestTaskFromOutside: a task of one file trains, evaluates, predicts, resumes and opens its model file through the
// ordinary paths, and its section is checked by line and column.
func TestTaskFromOutside(t *testing.T) {
	dir := t.TempDir()
	var lists strings.Builder
	for i := range 300 {
		fmt.Fprintln(&lists, float64(i*7919%100)/100, float64(i*104729%100)/100, float64(i*1299709%100)/100)
	}
	if err := os.WriteFile(filepath.Join(dir, "lists.txt"), []byte(lists.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	yaml := filepath.Join(dir, "sort.yaml")
	prepare := func(text string) (*run.Prepared, error) {
		f, err := spec.Parse(yaml, "sort", []byte(text))
		if err != nil {
			return nil, err
		}
		return run.Prepare(t.Context(), f)
	}
	if _, err := prepare("data:\n  source: lists.txt\n  sorting: {length: 1}\n"); err == nil ||
		!strings.Contains(err.Error(), "sort.yaml:3:21: data.sorting.length: 1 is not a number of numbers; give 2 or "+
			"more") {
		t.Errorf("%v", err)
	}
	train := func(epochs int, resume bool) *run.Result {
		t.Helper()
		p, err := prepare(fmt.Sprintf("data: {source: lists.txt, sorting: {length: 3}}\ntrain: {epochs: %d, "+
			"callbacks: []}\n", epochs))
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "run"), Resume: resume})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := train(20, false); r.Report.Findings.Sections["sorting"].(map[string]int)["right"] < 40 ||
		r.Report.Unit != "list" {
		t.Errorf("%+v", r.Report)
	}
	r := train(30, true) // goes on for ten more epochs
	if r.Report.Epochs != 30 || r.Report.Test.Of("mae") > 0.2 {
		t.Errorf("%+v", r.Report)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	find := func() *task.Source {
		i, err := source.Find(filepath.Join(dir, "lists.txt"), source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return &task.Source{Info: i}
	}
	e, err := b.Evaluate(t.Context(), find(), "")
	if err != nil || e.Metrics.Of("mae") > 0.2 {
		t.Errorf("%v %v", e, err)
	}
	bound, err := b.Bind(find())
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.Predict(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	if err := bound.WriteCSV(&csv, out); err != nil || !strings.HasPrefix(csv.String(), "least,greatest\n") ||
		strings.Count(csv.String(), "\n") != 301 {
		t.Errorf("%v: %.80s", err, csv.String())
	}
}
