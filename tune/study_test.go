package tune_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"gorae/tune"
)

func simulated(space tune.Space, f func(v tune.Values) float64, epochs int) func(context.Context, tune.Trial, int) (tune.Outcome, error) {
	return func(_ context.Context, t tune.Trial, until int) (tune.Outcome, error) {
		var c []float64
		for e := 1; e <= until; e++ {
			c = append(c, f(t.Values)+1/float64(e))
		}
		return tune.Outcome{Curves: [][]float64{c}, Seconds: float64(until)}, nil
	}
}

func TestScratch(t *testing.T) {
	space := tune.Space{{Name: "lr", Low: 1e-5, High: 1, Log: true, Start: 0.1}, {Name: "n", Kind: tune.Int, Low: 1, High: 8, Start: 2}, {Name: "k", Kind: tune.Choice, Options: 3}}
	f := func(v tune.Values) float64 { return math.Abs(math.Log10(v[0])+2.3) + math.Abs(v[1]-5)/4 + v[2]/3 }
	for _, sampler := range []tune.Sampler{tune.Random{}, tune.TPE{}, tune.Grid{}} {
		for _, pruner := range []tune.Pruner{tune.None{}, tune.ASHA{}, tune.Median{}} {
			st, err := tune.OpenStore(t.TempDir()+"/s.db", tune.Settings{{"a", "b"}})
			if err != nil {
				t.Fatal(err)
			}
			s := tune.Study{Space: space, Sampler: sampler, Pruner: pruner, Trials: 40, Epochs: 60, Seed: 1, Parallel: 2, Train: simulated(space, f, 60), Store: st}
			trials, err := s.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			ep, fin := 0, 0
			for _, x := range trials {
				ep += x.Epochs
				if x.State == tune.Finished {
					fin++
				}
			}
			b := trials[tune.Best(trials)]
			fmt.Printf("%T %T: %d epochs %d finished, best %v %v %v\n", sampler, pruner, ep, fin, b.Number, b.Value, b.Values)
			fmt.Println(tune.Importance(space, trials))
		}
	}
}
