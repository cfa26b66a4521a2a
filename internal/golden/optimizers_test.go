package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/optim"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// optimizerLine is a line of keras3-training/optimizers.jsonl: a set of gradients or a case.
type optimizerLine struct {
	Kind, Name string

	// A set of gradients: of each step, of each weight.
	ID    string
	Steps [][]*gradient

	// A case.
	Optimizer struct {
		Class   string
		Options map[string]any
		Inner   *struct {
			Class   string
			Options map[string]any
		}
	}
	Gradients string // the set's ID
	Weights   []struct {
		Name  string
		Value *array
	}
	Scale    *float64 `json:"gradient_scale"`
	Infinite []int    `json:"inf_at"` // steps, from 1, whose first gradient is infinite
	Excluded []string `json:"exclude_from_weight_decay"`
	Bounds   []*struct {
		Class   string
		Options map[string]any
	} `json:"constraints"`
	Expected optimized
	Dense    *optimized `json:"expected_dense"` // rows of one id added up before they are squared
}

type optimized struct {
	After map[string][]*array `json:"weights_after"`       // by the number of steps
	Scale map[string]float64  `json:"dynamic_scale_after"` // of a LossScaleOptimizer
}

// gradient is an array, or rows of one: those of one index are added up.
type gradient struct{ array }

func (d *gradient) UnmarshalJSON(b []byte) error {
	var rows struct {
		Values, Indices *array
		Dense           *array `json:"dense_shape"`
	}
	if err := json.Unmarshal(b, &rows); err != nil {
		return err
	}
	if rows.Values == nil {
		return json.Unmarshal(b, &d.array)
	}
	d.DType = "float64"
	for _, n := range rows.Dense.V {
		d.Shape = append(d.Shape, int(n))
	}
	d.V = make([]float64, d.Shape.Size())
	n := d.Shape[1]
	for i, id := range rows.Indices.V {
		for k := range n {
			d.V[int(id)*n+k] += rows.Values.V[i*n+k]
		}
	}
	return nil
}

// TestOptimizers: weights after 25 given gradients are Keras's. Of the rows of an embedding's gradient that name one id
// the sum is squared, not each (expected_dense), as backends without sparse gradients have it and Adam's authors.
func TestOptimizers(t *testing.T) {
	file := "keras3-training/optimizers.jsonl"
	y := newTally(file)
	sets := map[string][][]*gradient{}
	n := 0
	lines(t, file, func(c *optimizerLine) {
		if c.Kind == "gradients" {
			sets[c.ID] = c.Steps
			return
		}
		if n++; testing.Short() && n%8 != 0 {
			return
		}
		class := c.Optimizer.Class
		if !optim.Optimizers.Has(class) {
			y.lacks(t, class)
			return
		}
		if _, err := c.optimizer(); !y.refuses(class, err) {
			y.try(t, c.Name, func(t *testing.T) { c.check(t, sets[c.Gradients]) })
		}
	}, whole)
	y.report(t)
}

// optimizer makes the optimizer, and the schedule among its options.
func (c *optimizerLine) optimizer() (optim.Optimizer, error) {
	options := map[string]any{}
	for k, v := range c.Optimizer.Options {
		if s, ok := v.(map[string]any); ok && s["class"] != nil {
			v = map[string]any{"class_name": s["class"], "config": s["options"]}
		}
		options[k] = v
	}
	if c.Excluded != nil {
		var names []any
		for _, name := range c.Excluded {
			names = append(names, name)
		}
		options["exclude_from_weight_decay"] = names
	}
	if in := c.Optimizer.Inner; in != nil {
		options["inner_optimizer"] = map[string]any{"class_name": in.Class, "config": in.Options}
	}
	return optim.Optimizers.New(c.Optimizer.Class, options)
}

// stepper is a step as a graph: the loss Σ weight·gradient has the given gradients.
type stepper struct {
	weights []*graph.Node
	plan    *optim.Plan
	assigns []graph.Assign
	values  leaves
}

func (c *optimizerLine) stepper(o optim.Optimizer) (*stepper, error) {
	s := &stepper{values: leaves{}}
	g := graph.New()
	err := graph.Catch(func() {
		var sum *graph.Node
		var bounds []optim.Projection
		for i, w := range c.Weights {
			v := w.Value.value()
			n := g.Leaf(graph.Weight, fmt.Sprint("w", i, "/", w.Name), v.Type)
			s.weights, s.values[leafName(n)] = append(s.weights, n), v
			if d := n.Mul(g.Input(fmt.Sprint("gradient", i), v.Type)).Sum(); sum == nil {
				sum = d
			} else {
				sum = sum.Add(d)
			}
		}
		for _, b := range c.Bounds {
			k, err := weight.Constraints.New(b.Class, b.Options)
			if err != nil {
				g.Fail("constraint", "%v", err)
			}
			bounds = append(bounds, k.Project)
		}
		s.plan = optim.Minimize(o, sum, s.weights, bounds...)
	})
	if err != nil {
		return nil, err
	}
	s.assigns = g.Assigns
	for _, slot := range s.plan.Slots {
		a := graph.NewArray(graph.F32(slot.Shape...))
		for i := range a.V {
			a.V[i] = float64(slot.Init)
		}
		s.values[slot.Name] = a
	}
	rate, _ := optim.LearningRate(o)
	s.values[optim.RateLeaf] = &graph.Array{Type: graph.F32(), V: []float64{rate}}
	return s, nil
}

// inputs gives step n, from 1, its number and its gradients.
func (c *optimizerLine) inputs(s *stepper, n int, gradients []*gradient) {
	s.values[optim.StepLeaf] = &graph.Array{Type: graph.F32(), V: []float64{float64(n)}}
	for i, d := range gradients {
		a := graph.NewArray(graph.F32(d.Shape...))
		copy(a.V, d.V)
		for k := range a.V {
			if c.Scale != nil {
				a.V[k] *= *c.Scale
			}
			if i == 0 && slices.Contains(c.Infinite, n) {
				a.V[k] = math.Inf(1)
			}
			if s := s.values["optimizer/"+optim.ScaleSlot]; s != nil {
				a.V[k] /= s.V[0] // as with loss_scale_factor
			}
			if f, ok := c.Optimizer.Options["loss_scale_factor"].(float64); ok {
				a.V[k] /= f // Keras was given gradients of a loss that is scaled already
			}
		}
		s.values[fmt.Sprint("gradient", i)] = a
	}
}

func (c *optimizerLine) check(t *testing.T, steps [][]*gradient) {
	expected := c.Expected
	if c.Dense != nil {
		expected = *c.Dense
	}
	o, err := c.optimizer()
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			s, err := c.stepper(o)
			if err != nil {
				t.Fatal(err)
			}
			roundOptions(s.weights[0].Graph(), o)
			run := s.double
			if how.single {
				if run, err = s.kernels(); err != nil {
					t.Fatal(err)
				}
			}
			for i, gradients := range steps {
				c.inputs(s, i+1, gradients)
				if err := run(); err != nil {
					t.Fatal(err)
				}
				if want, ok := expected.Scale[strconv.Itoa(i+1)]; ok {
					if got := s.values["optimizer/"+optim.ScaleSlot].V[0]; got != want {
						t.Errorf("the scale after step %d is %v, Keras has %v", i+1, got, want)
					}
				}
				for k, want := range expected.After[strconv.Itoa(i+1)] {
					c.tolerance(how, i, s.plan.Scheduled).compare(t, fmt.Sprintf("weight %d after step %d", k, i+1),
						s.values[leafName(s.weights[k])], want)
				}
			}
		})
	}
}

// roundOptions rounds numbers to float32 where Keras's ops.cast(self.beta_2, dtype) does: β₁ and β₂ where their powers
// are taken (which moves an update by 7e-6 of it), in Nadam everywhere, and the weight decay. What is compared is the
// formula with these numbers.
func roundOptions(g *graph.Graph, o optim.Optimizer) {
	o = config.Filled(o)
	if d := o.Options().WeightDecay; d != nil {
		setScalar(g, *d, single(*d))
	}
	if s, ok := o.(optim.LossScaleOptimizer); ok {
		o = config.Filled(s.Inner)
	}
	v := reflect.ValueOf(o)
	for _, name := range []string{"Beta1", "Beta2"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.Pointer {
			beta := f.Elem().Float()
			setScalar(g, math.Log(beta), math.Log(single(beta)))
			if _, ok := o.(optim.Nadam); ok {
				setScalar(g, beta, single(beta))
				setScalar(g, 1-beta, 1-single(beta))
				setScalar(g, math.Log(0.96), math.Log(single(0.96)))
			}
		}
	}
}

// single is a number rounded to float32.
func single(v float64) float64 { return float64(float32(v)) }

// setScalar replaces a number among the scalars of a graph.
func setScalar(g *graph.Graph, from, to float64) {
	for _, c := range g.Calls {
		if k, ok := c.Op.(graph.Const); ok && k.Number == from && k.Value.Len() == 1 {
			c.Op = graph.New().Scalar(to).Call.Op
		}
	}
}

// tolerance is the README's; schedules are float32 in Keras.
func (c *optimizerLine) tolerance(how computer, step int, scheduled bool) within {
	switch {
	case !how.single && scheduled:
		return within{abs: 1e-11, rel: 1e-5}
	case !how.single:
		return within{abs: 1e-11, rel: 1e-9}
	case step == 0:
		return within{abs: 1e-6, rel: 1e-5}
	}
	return within{abs: 1e-5, rel: 1e-4}
}

// double does a step by the definitions, in float64.
func (s *stepper) double() error {
	got, err := evaluate(s.values, nil, s.assigns)
	for name, a := range got.next {
		s.values[name] = a
	}
	return err
}

// kernels compiles the step once and gives what does it.
func (s *stepper) kernels() (func() error, error) {
	p, err := plan.CPU{Pool: pool}.Compile(nil, nil, s.assigns)
	if err != nil {
		return nil, err
	}
	run := p.NewExecution()
	bound := map[string]*tensor.Tensor{}
	for _, l := range p.Leaves() {
		bound[l.Name] = tensor.New(l.Type.DType, l.Type.Shape...)
		run.Bind(l.Name, bound[l.Name])
	}
	return func() error {
		for name, b := range bound {
			copy(b.F32, s.values[name].Tensor().F32)
		}
		if err := run.Compute(); err != nil {
			return err
		}
		run.Commit()
		for _, a := range s.assigns {
			s.values[leafName(a.State)] = graph.ArrayOf(bound[leafName(a.State)])
		}
		return nil
	}, nil
}

// scheduleCase is a line of keras3-training/schedules.jsonl.
type scheduleCase struct {
	Name, Class string
	Options     map[string]any
	Steps       []float64
	Expected    struct{ Values []number }
}

// TestSchedules: learning rates are Keras's, which computes them in float32 throughout (2e-6 relative).
func TestSchedules(t *testing.T) {
	file := "keras3-training/schedules.jsonl"
	y := newTally(file)
	lines(t, file, func(c *scheduleCase) {
		if !optim.Schedules.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		s, err := optim.Schedules.New(c.Class, c.Options)
		if y.refuses(c.Class, err) {
			return
		}
		y.try(t, c.Name, func(t *testing.T) {
			if err != nil {
				t.Fatal(err)
			}
			for _, how := range []computer{{"float32", true, rounding}, computers[1]} {
				for i, step := range c.Steps {
					g := graph.New()
					values := leaves{"t": {Type: graph.F32(), V: []float64{step}}}
					got, err := how.compute(values, []*graph.Node{s.At(g.Input("t", graph.F32()))}, nil)
					if err != nil {
						t.Fatal(err)
					}
					tol := within{abs: 1e-11, rel: 2e-6}
					want := float64(c.Expected.Values[i])
					if r := got.outs[0].V[0]; !tol.near(r, want, math.Abs(want)) {
						t.Errorf("%s: the rate at step %v is %v, Keras has %v", how.name, step, r, want)
					}
				}
			}
		})
	})
	y.report(t)
}
