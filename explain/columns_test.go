package explain

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// formula is rows of numbers and a function of them in the place of a network, with the mean squared error from y.
func formula(x [][]float64, y []float64, f func(x []float64) float64) *Columns {
	c := &Columns{Rows: len(x), Outputs: []string{"y"}, Lower: true}
	for range x[0] {
		c.Names = append(c.Names, string(rune('a'+len(c.Names))))
	}
	c.Ask = func(_ context.Context, n int, pick func(int) []int) ([][]float64, error) {
		out := make([][]float64, n)
		for i := range out {
			row := make([]float64, len(c.Names))
			for k := range row {
				row[k] = x[pick(k)[i]][k]
			}
			out[i] = []float64{f(row)}
		}
		return out, nil
	}
	c.Score = func(ctx context.Context, pick func(int) []int) (float64, error) {
		said, err := c.Ask(ctx, len(x), pick)
		sum := 0.0
		for i, s := range said {
			sum += (s[0] - y[i]) * (s[0] - y[i]) / float64(len(x))
		}
		return sum, err
	}
	return c
}

func drawn(n, k int) (x [][]float64, y []float64) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range n {
		row := make([]float64, k)
		for j := range row {
			row[j] = rng.NormFloat64()
		}
		x, y = append(x, row), append(y, 3*row[0]-row[1]+0.5*rng.NormFloat64())
	}
	return x, y
}

// TestPermutation: shuffling a column of a linear function adds in the mean of all orders Σᵢⱼ (eᵢ + β(xᵢ − xⱼ))²/n² −
// Σ eᵢ²/n to the mean squared error, where e are the errors; a column that is not used adds nothing.
func TestPermutation(t *testing.T) {
	x, y := drawn(60, 3)
	beta := []float64{2.5, -1, 0}
	f := func(x []float64) float64 { return beta[0]*x[0] + beta[1]*x[1] }
	c := formula(x, y, f)
	all, score, err := c.Permutation(t.Context(), 400, 1)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].Column != "a" || all[1].Column != "b" || all[2].Column != "c" {
		t.Errorf("the order is %v", all)
	}
	for k, i := range all {
		want, n, base := 0.0, float64(len(x)), 0.0
		for r := range x {
			e := y[r] - f(x[r])
			base += e * e / n
			for s := range x {
				d := e + beta[k]*(x[r][k]-x[s][k])
				want += d * d / n / n
			}
		}
		want -= base
		if math.Abs(score-base) > 1e-12 {
			t.Errorf("score %v, want %v", score, base)
		}
		if se := i.Deviation / math.Sqrt(400); math.Abs(i.Mean-want) > 4*se+1e-12 || beta[k] != 0 && i.Deviation == 0 {
			t.Errorf("%s: %v ± %v, want %v", i.Column, i.Mean, se, want)
		}
	}
}

// TestDependence: of a·b + b² on the rows, by hand.
func TestDependence(t *testing.T) {
	c := formula([][]float64{{1, 2}, {3, -1}, {5, 4}}, []float64{0, 0, 0}, func(x []float64) float64 {
		return x[0]*x[1] + x[1]*x[1]
	})
	a, err := c.Dependence(t.Context(), 0, []int{0, 2})
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Dependence(t.Context(), 1, []int{1})
	if err != nil {
		t.Fatal(err)
	}
	// The mean of b is 5/3 and of b² 7; the mean of a is 3.
	for k, want := range []float64{5.0/3 + 7, 25.0/3 + 7, -3 + 1} {
		if got := append(a, b...)[k][0]; math.Abs(got-want) > 1e-12 {
			t.Errorf("%d: %v, want %v", k, got, want)
		}
	}
}

// TestContributions compares Shapley values by orders with those by all subsets of the columns, Σ over subsets S
// without the column of |S|!·(k − |S| − 1)!/k!·(v(S and the column) − v(S)), where v is the mean over the background.
func TestContributions(t *testing.T) {
	x, y := drawn(8, 4)
	f := func(x []float64) float64 { return x[0]*x[1] + math.Max(0, x[2]-x[3]) + math.Sin(x[0]+x[3]) }
	c := formula(x, y, f)
	background := []int{1, 2, 3, 5, 6}
	const row, k = 0, 4
	v := func(set uint) float64 {
		sum := 0.0
		for _, b := range background {
			mixed := make([]float64, k)
			for j := range mixed {
				mixed[j] = x[b][j]
				if set&(1<<j) != 0 {
					mixed[j] = x[row][j]
				}
			}
			sum += f(mixed) / float64(len(background))
		}
		return sum
	}
	factorial := []float64{1, 1, 2, 6, 24}
	got, se, err := c.Contributions(t.Context(), row, background, 2000, 7)
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for j := range k {
		want := 0.0
		for set := range uint(1 << k) {
			if s := bits.OnesCount(set); set&(1<<j) == 0 {
				want += factorial[s] * factorial[k-s-1] / factorial[k] * (v(set|1<<j) - v(set))
			}
		}
		if math.Abs(got[j][0]-want) > 4*se[j][0] || se[j][0] <= 0 || se[j][0] > 0.03 {
			t.Errorf("column %d: %v ± %v, want %v", j, got[j][0], se[j][0], want)
		}
		total += got[j][0]
	}
	if want := v(1<<k-1) - v(0); math.Abs(total-want) > 1e-9 {
		t.Errorf("the values add up to %v, want %v", total, want)
	}
	if _, _, err := c.Contributions(t.Context(), 0, nil, 3, 1); err == nil {
		t.Error("no background")
	}
}
