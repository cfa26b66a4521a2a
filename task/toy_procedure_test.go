package task_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data"
	"gorae/layer"
	"gorae/metric"
	"gorae/model"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// bandit is a task from outside without files and targets: pulling arm i of a machine pays (i + 1)/arms on the mean,
// which the network learns by trying.
type bandit struct{}

type banditSection struct {
	Arms int `keras:"arms,instead=source,min=2,what=number of arms"`
}

type banditTrain struct {
	Explore float64 `keras:"explore,min=0,max=1,what=probability"`
}

func init() {
	task.Register(bandit{})
	spec.RegisterTrain("bandit", &banditTrain{})
}

func (bandit) Name() string                           { return "bandit" }
func (bandit) Section() any                           { return &banditSection{} }
func (bandit) Detect(*task.Input) (task.Score, error) { return task.None, nil }

func (bandit) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	f := &banditFitted{Arms: task.Section[banditSection](in, "bandit").Arms}
	return &task.Prepared{Fitted: f, Problem: &banditProblem{f: f}}, nil
}

func (bandit) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &banditFitted{}
	return f, json.Unmarshal(b, f)
}

type banditFitted struct {
	task.Plain
	Arms int `json:"arms"`
}

func (*banditFitted) Outputs() []task.Output     { return []task.Output{{Name: "value"}} }
func (*banditFitted) Unit() string               { return "pull" }
func (*banditFitted) Check(m *model.Model) error { return nil }
func (*banditFitted) Open(*task.Request) (*task.Bound, error) {
	return nil, errors.New("there is nothing to predict for")
}

func (f *banditFitted) Evaluate(_ context.Context, r *task.Request, seed uint64, to *task.Findings) (*task.Measured,
	error) {
	if r.Source != nil {
		return nil, errors.New("pulls need no data; leave --data out")
	}
	to.Say("a random arm pays %.4f", float64(f.Arms+1)/float64(2*f.Arms))
	return f.pull(r.Training.Model, rand.New(rand.NewPCG(seed, 1))), nil
}

// pull pulls the best arm that the network knows.
func (f *banditFitted) pull(m *model.Model, r *rand.Rand) *task.Measured {
	w := m.Store().Vars()[0].Value.F32
	best, sum := slices.Index(w, slices.Max(w)), 0.0
	for range 500 {
		sum += f.pay(best, r)
	}
	return &task.Measured{Samples: 500, Metrics: train.Metrics{{Name: "reward", Value: sum / 500}}}
}

func (f *banditFitted) pay(arm int, r *rand.Rand) float64 {
	return float64(arm+1)/float64(f.Arms) + r.NormFloat64()
}

type banditProblem struct {
	f       *banditFitted
	m       *model.Model
	explore float64
	seed    uint64
}

func (p *banditProblem) Network() *spec.Network {
	return spec.Chain(layer.Dense{Units: p.f.Arms, NoBias: true})
}
func (*banditProblem) About() string        { return "the best arm" }
func (*banditProblem) Inputs() []data.Field { return []data.Field{{Name: "x", Shape: tensor.Shape{1}}} }
func (*banditProblem) Keys() []string       { return []string{"batch_size"} }
func (*banditProblem) Columns() []string    { return []string{"reward"} }

func (p *banditProblem) Settle(m *model.Model, t *spec.Train, seed uint64) error {
	if n := m.OutputTypes(1)[0].Shape[1]; n != p.f.Arms {
		return task.Errorf("model", "%d values for %d arms", n, p.f.Arms)
	}
	s := t.Section("bandit").(*banditTrain)
	if s.Explore == 0 {
		s.Explore = 0.3
	}
	p.m, p.explore, p.seed = m, s.Explore, seed
	return nil
}

func (p *banditProblem) Train(ctx context.Context, c train.Config) (*train.History, error) {
	w := p.m.Store().Vars()[0].Value.F32
	loop := train.Loop{
		Models:  []train.NamedModel{{Model: p.m}},
		Metrics: []train.LoopMetric{{Name: "reward", Direction: metric.Max}},
		Batch: func(t *train.Turn) error {
			r := t.Rand()
			arm := slices.Index(w, slices.Max(w))
			if r.Float64() < p.explore {
				arm = r.IntN(len(w))
			}
			pay := p.f.pay(arm, r)
			w[arm] += float32(pay-float64(w[arm])) / 20
			return t.Add("reward", pay)
		},
	}
	d, err := data.Of(tensor.New(tensor.Float32, 400, 1), nil)
	if err != nil {
		return nil, err
	}
	return loop.Fit(ctx, train.Data{Source: d}, c)
}

func (p *banditProblem) Evaluate(context.Context) (parts [3]*task.Measured, err error) {
	parts[task.Test] = p.f.pull(p.m, rand.New(rand.NewPCG(p.seed, 2)))
	return parts, nil
}

func (p *banditProblem) Finish(_ context.Context, f *task.Finish) error {
	f.Findings.Say("arms: %d", p.f.Arms)
	return nil
}

// TestProcedureFromOutside: a task with a procedure of its own and without a source trains, resumes to the bit after
// an interruption, evaluates, and is refused where targets are needed.
func TestProcedureFromOutside(t *testing.T) {
	dir := t.TempDir()
	const text = "data: {arms: 5}\ntrain: {explore: 0.4, epochs: %d, batch_size: 1}\n"
	if err := os.WriteFile(filepath.Join(dir, "n.txt"), []byte(strings.Repeat("1 2\n", 20)), 0o644); err != nil {
		t.Fatal(err)
	}
	file := func(text string) (*spec.File, error) {
		return spec.Parse(filepath.Join(dir, "b.yaml"), "b", []byte(text))
	}
	prepare := func(text string) (*run.Prepared, error) {
		f, err := file(text)
		if err != nil {
			return nil, err
		}
		return run.Prepare(t.Context(), f)
	}
	for written, want := range map[string]string{
		"data: {arms: 1}": "data.arms: 1 is not a number of arms; give 2 or more",
		"data: {arms: 3, sorting: {length: 3}}": "data.sorting: is a key of the task sorting, but data.arms is one " +
			"of " +
			"the task bandit",
		"data: {arms: 3}\ntrain: {loss: mse}":    "train.loss: has no meaning for the task bandit; leave it out",
		"data: {arms: 3}\nmodel: [dense: 2]":     "model: 2 values for 3 arms",
		"data: {arms: 3}\ntrain: {monitor: mse}": `train.monitor: no metric "mse"`,
		"data: {source: n.txt, sorting: {length: 2}}\ntrain: {explore: 1}": "train.explore: is a key of the task " +
			"bandit, but n.txt is sorting",
	} {
		if _, err := prepare(written); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
	learn := func(ctx context.Context, name string, epochs int, o run.Options) (*run.Result, error) {
		t.Helper()
		p, err := prepare(fmt.Sprintf(text, epochs))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.From(); got != "arms 5" {
			t.Errorf("from %q", got)
		}
		o.Out = filepath.Join(dir, name)
		return run.Run(ctx, p, o)
	}
	whole, err := learn(t.Context(), "whole", 3, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := whole.Report
	if v := r.Test.Of("reward"); v < 0.85 || v > 1.15 || r.Rows != [3]int{0, 0, 500} || r.Unit != "pull" ||
		r.Epochs != 3 || r.Gap != nil || len(r.Train) > 0 {
		t.Errorf("%+v", r)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = learn(ctx, "halved", 3, run.Options{Watch: func(e train.Event) error {
		if e.Kind == train.BatchEnd && e.Epoch == 2 && e.Batch == 150 {
			stop()
		}
		return nil
	}})
	if stopped := (*run.Stopped)(nil); !errors.As(err, &stopped) {
		t.Fatal(err)
	}
	again, err := learn(t.Context(), "halved", 3, run.Options{Resume: true})
	if err != nil || again.Report.Test.Of("reward") != r.Test.Of("reward") {
		t.Errorf("%v %+v", err, again)
	}
	var models [2]*bundle.Bundle
	for i, run := range []*run.Result{whole, again} {
		if models[i], err = bundle.Open(filepath.Join(run.Dir, "model.keras")); err != nil {
			t.Fatal(err)
		}
	}
	a, b := models[0].Model.Store().Vars()[0].Value.F32, models[1].Model.Store().Vars()[0].Value.F32
	if !slices.Equal(a, b) {
		t.Errorf("%v is resumed as %v", a, b)
	}
	e, err := models[0].Evaluate(t.Context(), nil, "")
	if err != nil || e.Metrics.Of("reward") < 0.85 || len(e.Findings.Words) != 1 {
		t.Errorf("%+v %v", e, err)
	}
	for _, name := range []string{"history.csv", "learning-curve.png", "metrics.json", "experiment.yaml"} {
		if _, err := os.Stat(filepath.Join(whole.Dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := run.Compare(t.Context(), []string{whole.Dir, again.Dir}, run.CompareOptions{}); err == nil ||
		!strings.Contains(err.Error(), "its task, bandit, has no targets that predictions could be compared with") {
		t.Errorf("%v", err)
	}
	f, err := file(fmt.Sprintf(text, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.CrossValidate(t.Context(), f, run.FoldOptions{Folds: 2,
		Options: run.Options{Out: filepath.Join(dir, "folds")}}); err == nil ||
		!strings.Contains(err.Error(), "its task, bandit, has no targets") {
		t.Errorf("%v", err)
	}
}
