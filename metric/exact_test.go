package metric

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

// lifted is a target in units of its own: y·SD + Mean, with what float32 lacks of y behind it.
func lifted(mean, sd float64) Lift {
	return Lift{Width: 1, Read: func(y, pred []float32, truth, said []float64) {
		truth[0], said[0] = tensor.Sum(y)*sd+mean, float64(pred[0])*sd+mean
	}}
}

// TestExact: in units that are huge, tiny or far from 0 every metric is what its definition gives in float64, for
// batches of any size and with weights, and after its sums were saved.
func TestExact(t *testing.T) {
	const n = 60
	r := rand.New(rand.NewPCG(7, 8))
	formulas := map[string]func(y, p float64) float64{
		"mse": func(y, p float64) float64 { return (y - p) * (y - p) },
		"mae": func(y, p float64) float64 { return math.Abs(y - p) },
		"mape": func(y, p float64) float64 {
			return 100 * math.Abs(y-p) / math.Max(math.Abs(y), 1e-7) // Keras's epsilon
		},
		"huber": func(y, p float64) float64 {
			if e := math.Abs(y - p); e > 1 {
				return e - 0.5
			}
			return (y - p) * (y - p) / 2
		},
	}
	for _, unit := range []struct{ mean, sd float64 }{{0, 1}, {3e24, 1e24}, {-2e-21, 1e-21}, {1e8, 1}} {
		y, p, w := tensor.New(tensor.Float32, n, 2), tensor.New(tensor.Float32, n, 1), tensor.New(tensor.Float32, n)
		truth, said := make([]float64, n), make([]float64, n)
		for i := range n {
			z := r.NormFloat64()
			tensor.Split(z, y.F32[2*i:2*i+2])
			p.F32[i] = float32(z + 0.3*r.NormFloat64())
			w.F32[i] = float32(r.IntN(3))
			truth[i], said[i] = tensor.Sum(y.F32[2*i:2*i+2])*unit.sd+unit.mean, float64(p.F32[i])*unit.sd+unit.mean
		}
		for _, name := range []string{"mse", "mae", "rmse", "r2", "mape", "huber"} {
			m, err := New(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, weighed := range []bool{false, true} {
				sum, total, mean := 0.0, 0.0, 0.0
				each := func(do func(i int, w float64)) {
					for i := range n {
						if weighed {
							do(i, float64(w.F32[i]))
						} else {
							do(i, 1)
						}
					}
				}
				of := formulas[name]
				if of == nil {
					of = formulas["mse"]
				}
				each(func(i int, w float64) {
					sum += w * of(truth[i], said[i])
					mean += w * truth[i]
					total += w
				})
				want := sum / total
				switch name {
				case "rmse":
					want = math.Sqrt(want)
				case "r2":
					spread := 0.0
					each(func(i int, w float64) { spread += w * (truth[i] - mean/total) * (truth[i] - mean/total) })
					want = 1 - sum/spread
				}
				x := Exact(m, lifted(unit.mean, unit.sd))
				for _, size := range []int{n, 7, 1} {
					a := NewAccumulator(x)
					for range 2 { // an epoch again, after a reset
						a.Reset()
						for at := 0; at < n; at += size {
							end := min(at+size, n)
							terms := []*tensor.Tensor{y.Rows(at, end), p.Rows(at, end)}
							if weighed {
								terms = append(terms, w.Rows(at, end))
							}
							a.Add(terms...)
							b := NewAccumulator(x)
							if err := b.Restore(a.Sums()); err != nil {
								t.Fatal(err)
							}
							a = b
						}
					}
					if got := a.Result(); !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
						t.Errorf("%s in units of %v at %v, weights %v, batches of %d: %v, want %v", name, unit.sd,
							unit.mean, weighed, size, got, want)
					}
				}
			}
		}
	}
}

// The terms of an exact metric are targets, outputs and weights themselves; a metric that cannot compare them says so
// while the network is traced. Direction and traits are those of the metric.
func TestExactTerms(t *testing.T) {
	m := Exact(RootMeanSquaredError{}, lifted(0, 1))
	if DirectionOf(m) != Min || TraitsOf(m).Units != loss.TargetUnits {
		t.Errorf("%v %+v", DirectionOf(m), TraitsOf(m))
	}
	a := NewAccumulator(m)
	y := tensor.Of([]float32{3, 0, 5, 0}, 2, 2)
	add(t, m, a, y, tensor.Of([]float32{0, 1}, 2, 1))
	if want := math.Sqrt(12.5); math.Abs(a.Result()-want) > 1e-15*want { // (3² + 4²)/2
		t.Errorf("rmse %v, by hand %v", a.Result(), want)
	}
	err := graph.Catch(func() {
		g := graph.New()
		Exact(Mean{loss.SparseCategoricalCrossentropy{}}, lifted(0, 1)).Terms(g.Input("y", graph.F32(4, 2)),
			g.Input("p", graph.F32(4, 1)), g.Input("w", graph.F32(5)))
	})
	if err != nil && !strings.Contains(err.Error(), "shape") {
		t.Error(err)
	}
}

// Metrics of numbers allocate nothing once they have seen a batch.
func TestExactAllocatesNothing(t *testing.T) {
	terms := []*tensor.Tensor{tensor.New(tensor.Float32, 32, 2), tensor.New(tensor.Float32, 32, 1)}
	for _, name := range []string{"mse", "mae", "rmse", "r2"} {
		m, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		a := NewAccumulator(Exact(m, lifted(5, 2)))
		a.Add(terms...)
		if n := testing.AllocsPerRun(10, func() {
			a.Reset()
			a.Add(terms...)
			a.Result()
		}); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
