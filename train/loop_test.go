package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorae/format"
	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
)

// gan is a small GAN on digits of 8×8 pixels: the generator makes pictures of eight random numbers, which it draws
// within the trace; the discriminator tells them from real ones.
func gan(t testing.TB) (Loop, *model.Model, *model.Model) {
	t.Helper()
	d := model.Sequential(
		layer.Input{Shape: []int{8, 8, 1}},
		layer.Flatten{},
		layer.Dense{Units: 16, Activation: "relu"},
		layer.Dropout{Rate: 0.3},
		layer.Dense{Units: 1},
	)
	g := model.Sequential(
		layer.Input{Shape: []int{8}},
		layer.Dense{Units: 24},
		layer.BatchNormalization{},
		layer.ReLU{},
		layer.Dense{Units: 64, Activation: "sigmoid"},
		layer.Reshape{Target: []int{8, 8, 1}},
	)
	bce := loss.BinaryCrossentropy{FromLogits: true}
	says := func(y *graph.Node, truth float64) *graph.Node {
		return loss.Reduce(bce.Value(y.Graph().Scalar(truth).Broadcast(y.Shape...), y), nil)
	}
	make := func(tr *model.Trace, n int) *graph.Node {
		return g.Trace(tr, graph.RandomNormal(tr.Key, 1000, n, 8))[0]
	}
	tell := func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		real := in[0].AsFloat().MulC(1.0 / 16)
		fake := make(tr, real.Shape[0]).StopGradient()
		a, b := d.Trace(tr, real)[0], d.Trace(tr, fake)[0]
		zero := a.Graph().Scalar(0)
		right := a.Gt(zero).AsFloat().Mean().Add(zero.Gt(b).AsFloat().Mean()).MulC(0.5)
		return says(a, 1).Add(says(b, 0)), []*graph.Node{right}
	}
	fool := func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return says(d.Trace(tr, make(tr, in[0].Shape[0]))[0], 1), nil
	}
	for _, m := range []*model.Model{d, g} {
		if err := m.Build(5); err != nil {
			t.Fatal(err)
		}
	}
	adam := func() optim.Optimizer { return optim.Adam{LearningRate: 0.002, Beta1: new(0.5)} }
	telling, err := NewStep(tell, d.TrainableWeights(), adam(), 5, d, g)
	if err != nil {
		t.Fatal(err)
	}
	fooling, err := NewStep(fool, g.TrainableWeights(), adam(), 6, d, g)
	if err != nil {
		t.Fatal(err)
	}
	return Loop{
		Models: []NamedModel{{"generator", g}, {"discriminator", d}},
		Steps: []LoopStep{
			{Name: "discriminator", Step: telling, Outputs: []LoopMetric{{"discriminator_accuracy", metric.Max}}},
			{Name: "generator", Step: fooling, Every: 2, Times: 2},
		},
	}, d, g
}

// pictures are digits without labels.
func pictures(t testing.TB, at, n int) Data { return Data{X: digits(t, at, n).X} }

// ganDir makes a process of this test train a GAN in a directory.
const ganDir = "GORAE_TRAIN_TEST_GAN"

// ganChild trains in a directory, taking up what an earlier process left.
func ganChild(dir string) error {
	par.SetDefault(par.New(1 + os.Getpid()%2))
	return trainGAN(&noTest{}, dir, 6, func(Event) error { time.Sleep(time.Millisecond); return nil })
}

func trainGAN(t testing.TB, dir string, epochs int, pause func(Event) error) error {
	l, d, g := gan(t)
	val := pictures(t, 1000, 60)
	h, err := l.Fit(context.Background(), pictures(t, 0, 400), Config{
		Epochs: epochs, BatchSize: 32, Seed: 3, Validation: &val, Monitor: "val_discriminator_accuracy", KeepBest: true,
		Checkpoint: &Checkpoint{Path: filepath.Join(dir, "last.keras"), Every: 3 * time.Millisecond, Resume: true},
		Callbacks: []Callback{
			&CSVLogger{Filename: filepath.Join(dir, "history.csv")},
			&ReduceLROnPlateau{Monitor: "generator_loss", Patience: new(1)},
			Lambda{BatchEnd: pause},
		},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "outcome"), []byte(outcome(print(d)^print(g), h)), 0o644)
}

// TestLoopKilled: a GAN killed at random moments and taken up again ends with the bits of one that never was, with one
// thread or two; its file holds both models at every moment.
func TestLoopKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	whole := t.TempDir()
	before := par.Default()
	defer par.SetDefault(before)
	par.SetDefault(par.New(1))
	start := time.Now()
	if err := trainGAN(t, whole, 6, func(Event) error { time.Sleep(time.Millisecond); return nil }); err != nil {
		t.Fatal(err)
	}
	length := time.Since(start)
	read := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, "outcome"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + table(t, filepath.Join(dir, "history.csv"))
	}
	want := read(whole)
	for _, name := range []string{"discriminator_loss", "discriminator_accuracy", "generator_loss",
		"val_discriminator_loss", "val_generator_loss"} {
		if !strings.Contains(want, name) {
			t.Errorf("the history has no %s:\n%s", name, want)
		}
	}
	two := t.TempDir()
	par.SetDefault(par.New(2))
	if err := trainGAN(t, two, 6, nil2); err != nil {
		t.Fatal(err)
	}
	if got := read(two); got != want {
		t.Fatalf("two threads\n%s\none\n%s", got, want)
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	kills := 0
	for kills < 5 {
		dir := t.TempDir()
		for {
			var out bytes.Buffer
			cmd := exec.Command(self)
			cmd.Env, cmd.Stderr = append(os.Environ(), ganDir+"="+dir), &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var shot atomic.Bool
			timer := time.AfterFunc(length/8+time.Duration(r.Int64N(int64(length))), func() {
				shot.Store(true)
				cmd.Process.Kill()
			})
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				break
			}
			if !shot.Load() || out.Len() > 0 {
				t.Fatalf("%v: %s", err, out.String())
			}
			if kills++; kills > 100 {
				t.Fatal("killed 100 times and never finished")
			}
			f, err := format.Load(filepath.Join(dir, "last.keras"))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil || f.Named("discriminator") == nil || len(f.Model.InputTypes(1)[0].Shape) != 2 {
				t.Fatalf("after %d kills the file does not hold both models: %v", kills, err)
			}
		}
		if got := read(dir); got != want {
			t.Fatalf("after %d kills\n%s\nnever killed\n%s", kills, got, want)
		}
	}
	t.Logf("%d kills; a whole run takes %v", kills, length)
}

func nil2(Event) error { return nil }

// TestLoopIsFit: a Loop of one step with the model's loss is Fit to the bit: weights, losses, validation.
func TestLoopIsFit(t *testing.T) {
	d, val := digits(t, 0, 150), digits(t, 200, 50)
	m := classifier()
	c := lessons(3)
	c.Validation, c.Metrics = &val, nil
	want := mustFit(t, m, d, c)
	other := classifier()
	l := lessons(1).Loss
	step, err := NewStep(func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return loss.Reduce(l.Value(in[1], other.Trace(tr, in[0].AsFloat())[0]), nil), nil
	}, nil, c.Optimizer, c.Seed, other)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Loop{Steps: []LoopStep{{Step: step}}}.Fit(t.Context(), d,
		Config{Epochs: 3, Seed: c.Seed, Validation: &val, Monitor: "val_loss"})
	if err != nil {
		t.Fatal(err)
	}
	if print(m) != print(other) {
		t.Error("the weights differ from those of Fit")
	}
	if a, b := outcome(0, want), outcome(0, h); a != b {
		t.Errorf("the history is\n%s\nthat of Fit\n%s", b, a)
	}
}

// TestLoopBatch: what a function of the user's does with a batch: the steps that it runs count, its own averages are
// means over the samples, its random numbers depend on the position alone.
func TestLoopBatch(t *testing.T) {
	var draws []uint64
	var values []float64
	run := func(initial *Snapshot, epochs int) (*History, *Snapshot, uint64) {
		l, d, g := gan(t)
		var last *Snapshot
		l.Metrics = []LoopMetric{{"first", metric.Min}}
		l.Batch = func(b *Turn) error {
			draws = append(draws, b.Rand().Uint64())
			if _, _, err := b.Run("discriminator"); err != nil {
				return err
			}
			if b.Batch%3 == 1 {
				if _, outs, err := b.Run("generator", b.Inputs...); err != nil || len(outs) != 0 {
					return fmt.Errorf("%d outputs, %w", len(outs), err)
				}
			}
			v := float64(b.Inputs[0].U8[30])
			values = append(values, v*float64(len(b.Samples)))
			return b.Add("first", v)
		}
		l.Validate = func(ctx context.Context) (Metrics, error) { return Metrics{{Name: "epochs", Value: 1}}, nil }
		l.ValidationMetrics = []LoopMetric{{"epochs", metric.Max}}
		h, err := l.Fit(t.Context(), pictures(t, 0, 70),
			Config{Epochs: epochs, Seed: 1, Monitor: "val_epochs", Initial: initial,
				Callbacks: []Callback{Lambda{TrainEnd: func(e Event) error {
					s, err := e.Run.Step("generator")
					if err != nil || s.Count() != uint64(e.Epoch) || e.Step != uint64(4*e.Epoch) {
						return fmt.Errorf("%d steps, %d in all, %w", s.Count(), e.Step, err)
					}
					last = e.Run.Snapshot()
					return nil
				}}}})
		if err != nil {
			t.Fatal(err)
		}
		return h, last, print(d) ^ print(g)
	}
	h, _, want := run(nil, 2)
	all := draws
	if got, want := h.Rows[0].Metrics.Of("first"), (values[0]+values[1]+values[2])/70; math.Abs(got-want) > 1e-9 {
		t.Errorf("the average is %v, by hand %v", got, want)
	}
	if h.Best != 1 || h.Rows[1].Metrics.Of("val_epochs") != 1 {
		t.Errorf("the best epoch is %d of %+v", h.Best, h.Rows)
	}
	draws = nil
	_, s, _ := run(nil, 1)
	_, _, got := run(s, 2)
	if got != want || fmt.Sprint(draws) != fmt.Sprint(all) {
		t.Errorf("taken up: weights %x, want %x; draws %v, want %v", got, want, draws, all)
	}
}

// TestLoopRefuses: what a Loop cannot be is an error that says why.
func TestLoopRefuses(t *testing.T) {
	ok := Config{Epochs: 1}
	for _, c := range []struct {
		change func(l *Loop, c *Config)
		want   string
	}{
		{func(l *Loop, c *Config) { l.Steps = nil },
			"loop: there are no steps; give those of NewStep, or Batch and Models"},
		{func(l *Loop, c *Config) { l.Steps[0].Name = "" }, "loop: step 1: has no name; several steps need names"},
		{func(l *Loop, c *Config) { l.Steps[1].Name = "discriminator" },
			`loop: step 2: there is another step "discriminator"; give each a name of its own`},
		{func(l *Loop, c *Config) { l.Steps[1].Step = nil }, "loop: step 2: Step is nil; make one with NewStep"},
		{func(l *Loop, c *Config) { l.Steps[1].Every = -1 },
			`loop: step "generator": Every -1, Times 2; give numbers from 1, or 0 for 1`},
		{func(l *Loop, c *Config) { l.Models[1].Name = "" }, "loop: model 2: has no name; several models need names"},
		{func(l *Loop, c *Config) { l.Models[1].Name = "generator" },
			`loop: model 2: there is another model "generator"; give each a name of its own`},
		{func(l *Loop, c *Config) { l.Models = l.Models[:1] },
			`loop: step "discriminator": uses a model that is not among the Loop's Models; name it there`},
		{func(l *Loop, c *Config) { l.Metrics = []LoopMetric{{Name: "generator_loss"}} },
			`loop: metrics: the name "generator_loss" of a running average is missing or given twice`},
		{func(l *Loop, c *Config) { c.Loss = loss.MeanSquaredError{} },
			"loop: loss: belongs to a step of a Loop, not to its Config; leave it out"},
		{func(l *Loop, c *Config) { c.Optimizer = optim.SGD{} },
			"loop: optimizer: belongs to a step of a Loop, not to its Config; leave it out"},
		{func(l *Loop, c *Config) { c.Epochs = 0 }, "loop: epochs: 0 is not a number of epochs; give 1 or more"},
		{func(l *Loop, c *Config) { c.Monitor = "generator_los" },
			`loop: monitor: no metric "generator_los"; did you mean "generator_loss"?`},
		{func(l *Loop, c *Config) { l.Batch = func(b *Turn) error { _, _, err := b.Run("x"); return err } },
			`loop: step 1 (epoch 1, batch 1): there is no step "x"; there are discriminator, generator`},
		{func(l *Loop, c *Config) { l.Batch = func(b *Turn) error { return b.Add("x", 1) } },
			`loop: step 1 (epoch 1, batch 1): metrics: there is no running average "x"; name it among the Loop's Metrics`},
		{func(l *Loop, c *Config) { l.Steps[1].Outputs = []LoopMetric{{Name: "more"}} },
			`loop: step 3 (epoch 1, batch 1): step "generator": output 1, "more", is not there or is no scalar`},
	} {
		l, _, _ := gan(t)
		cfg := ok
		c.change(&l, &cfg)
		if _, err := l.Fit(t.Context(), pictures(t, 0, 8), cfg); err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	// The state of another loop.
	l, _, _ := gan(t)
	var s *Snapshot
	keep := Lambda{TrainEnd: func(e Event) error { s = e.Run.Snapshot(); return nil }}
	if _, err := l.Fit(t.Context(), pictures(t, 0, 8), Config{Epochs: 1, Callbacks: []Callback{keep}}); err != nil {
		t.Fatal(err)
	}
	l, _, _ = gan(t)
	l.Steps = l.Steps[:1]
	if _, err := l.Fit(t.Context(), pictures(t, 0, 8), Config{Epochs: 2, Initial: s}); err == nil ||
		!strings.Contains(err.Error(), "the former run had 2 steps, this one has 1 (discriminator)") {
		t.Error(err)
	}
}

// TestLoopProbes: a probe looks at a step by its name; layers and weights have their model's name, and the training
// keeps its bits.
func TestLoopProbes(t *testing.T) {
	run := func(cs ...Callback) uint64 {
		l, d, g := gan(t)
		if _, err := l.Fit(t.Context(), pictures(t, 0, 64), Config{Epochs: 2, Callbacks: cs}); err != nil {
			t.Fatal(err)
		}
		return print(d) ^ print(g)
	}
	want := run()
	looks := 0
	got := run(&Probe{
		Watch: []Watch{{Activations, "discriminator/dense*"}, {WeightGradients, ""},
			{Updates, "generator/dense/kernel"}, {Weights, "*/dense/bias"}},
		Step: "generator", Steps: 1, Epochs: 1,
		See: func(o *Observation) error {
			if looks++; o.Of(Activations, "discriminator/dense") == nil ||
				o.Of(WeightGradients, "generator/dense/kernel") == nil ||
				o.Of(WeightGradients, "discriminator/dense/kernel") != nil ||
				o.Of(Weights, "discriminator/dense/bias") == nil {
				return fmt.Errorf("seen: %+v", o.Values)
			}
			for _, v := range o.Values {
				for i := range v.Value.F32 {
					v.Value.F32[i] = float32(math.NaN()) // what is seen is a copy
				}
			}
			return nil
		},
	})
	if looks != 3+4 || got != want {
		t.Errorf("%d looks, weights %x, without a probe %x", looks, got, want)
	}
	l, _, _ := gan(t)
	_, err := l.Fit(t.Context(), pictures(t, 0, 8),
		Config{Epochs: 1, Callbacks: []Callback{&Probe{Watch: []Watch{{Weights, ""}}, Steps: 1,
			Step: "x", See: func(*Observation) error { return nil }}}})
	if err == nil || !strings.Contains(err.Error(), `probe: there is no step "x"`) {
		t.Error(err)
	}
}

// TestLoopAllocatesNothing: a batch of a Loop allocates nothing once its steps are compiled.
func TestLoopAllocatesNothing(t *testing.T) {
	l, _, _ := gan(t)
	r, err := l.looper(Config{Epochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.loop.begin(pictures(t, 0, 64)); err != nil {
		t.Fatal(err)
	}
	b, err := r.loop.feed.loader.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.loop.feed.loader.Fill(b, 0, 0); err != nil {
		t.Fatal(err)
	}
	step := func() {
		if err := r.loop.learn(b, r.loop.feed.of(b)); err != nil {
			t.Fatal(err)
		}
		r.means.now()
	}
	step()
	if n := testing.AllocsPerRun(20, step); n != 0 {
		t.Errorf("a batch allocates %v times", n)
	}
}
