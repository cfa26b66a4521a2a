package reduce

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorae/internal/par"
)

// TestPCA: scikit-learn 1.9.1 (svd_solver full), golden/statistics/clusters.json, by each solver.
func TestPCA(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: it names the folder of the reference values")
	}
	b, err := os.ReadFile(filepath.Join(root, "golden/statistics/clusters.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Name       string
			Rtol, Atol float64
			Input      json.RawMessage
			Expected   json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range all.Cases {
		if !strings.HasPrefix(c.Name, "pca-") {
			continue
		}
		n++
		var in struct {
			X          [][]float64
			Components int
			Whiten     bool
		}
		var want struct {
			Components [][]float64 `json:"components_up_to_sign"`
			Variance   []float64   `json:"explained_variance"`
			Ratio      []float64
			Mean       []float64
			Singular   []float64   `json:"singular_values"`
			Scores     [][]float64 `json:"scores_up_to_sign"`
			Noise      float64     `json:"noise_variance"`
		}
		if err := json.Unmarshal(c.Input, &in); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(c.Expected, &want); err != nil {
			t.Fatal(err)
		}
		for _, solver := range []string{"", Exact, Randomized} {
			p, err := PCA{Components: in.Components, Whiten: in.Whiten, Solver: solver}.Fit(Of(in.X))
			if err != nil {
				t.Fatal(c.Name, err)
			}
			near := func(what string, got, want []float64) {
				for k, v := range want {
					if math.Abs(got[k]-v) > c.Atol+c.Rtol*math.Abs(v) {
						t.Errorf("%s by %q: %s %v, scikit-learn %v", c.Name, solver, what, got, want)
						return
					}
				}
			}
			near("mean", p.Mean, want.Mean)
			near("variance", p.Variance, want.Variance)
			near("ratio", p.Ratio, want.Ratio)
			near("singular values", p.Singular, want.Singular)
			near("noise", []float64{p.Noise}, []float64{want.Noise})
			signs := make([]float64, in.Components)
			for i, w := range want.Components {
				signs[i] = math.Copysign(1, dot(p.Components[i], w))
				near("component", scaled(p.Components[i], signs[i]), w)
			}
			for i, w := range want.Scores {
				got := p.Transform(in.X[i])
				for k := range got {
					got[k] *= signs[k]
				}
				near("scores", got, w)
			}
		}
	}
	if n < 4 {
		t.Errorf("%d cases", n)
	}
}

func scaled(x []float64, by float64) []float64 {
	out := slices.Clone(x)
	for k := range out {
		out[k] *= by
	}
	return out
}

// samples is n rows of d numbers with variances that fall by the factor fall from one direction to the next.
func samples(n, d int, fall float64) [][]float64 {
	r := rand.New(rand.NewPCG(1, 2))
	turn := make([][]float64, d)
	for i := range turn {
		turn[i] = make([]float64, d)
		for k := range turn[i] {
			turn[i][k] = r.NormFloat64()
		}
	}
	orthonormal(turn)
	x := make([][]float64, n)
	for i := range x {
		x[i] = make([]float64, d)
		size := 1.0
		for _, t := range turn {
			add(x[i], size*r.NormFloat64(), t)
			size *= fall
		}
		for k := range x[i] {
			x[i][k] += 3
		}
	}
	return x
}

// TestSolvers: the matrix of inner products, the covariance matrix and the randomised search give the same components;
// the sign makes the greatest number of each positive; three threads give the bits of one.
func TestSolvers(t *testing.T) {
	for _, size := range [][2]int{{300, 40}, {41, 90}, {60, 60}} {
		x := samples(size[0], size[1], 0.7)
		want, err := PCA{Components: 6}.Fit(Of(x))
		if err != nil {
			t.Fatal(err)
		}
		covariance := &Projection{Mean: want.Mean}
		if err := covariance.covariance(Of(x), 6); err != nil {
			t.Fatal(err)
		}
		gram := &Projection{Mean: want.Mean}
		if err := gram.gram(Of(x), 6); err != nil {
			t.Fatal(err)
		}
		random, err := PCA{Components: 6, Solver: Randomized, Seed: 5}.Fit(Of(x))
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]*Projection{"covariance": covariance, "inner products": gram,
			"randomised": random} {
			for i, c := range want.Components {
				if cos := math.Abs(dot(got.Components[i], c)); math.Abs(cos-1) > 1e-8 ||
					math.Abs(got.Variance[i]/want.Variance[i]-1) > 1e-7 {
					t.Errorf("%v, %s: component %d has the cosine %v and the variance %v, want 1 and %v", size, name, i,
						cos, got.Variance[i], want.Variance[i])
				}
			}
		}
		for _, c := range want.Components {
			if least, most := slices.Min(c), slices.Max(c); -least > most || math.Abs(dot(c, c)-1) > 1e-12 {
				t.Errorf("component from %v to %v of length² %v", least, most, dot(c, c))
			}
		}
		for _, solver := range []string{Exact, Randomized} {
			var ones *Projection
			for _, threads := range []int{1, 3} {
				pool, former := par.New(threads), par.Default()
				par.SetDefault(pool)
				got, err := PCA{Components: 3, Solver: solver}.Fit(Of(x))
				par.SetDefault(former)
				pool.Close()
				if err != nil {
					t.Fatal(err)
				}
				if ones == nil {
					ones = got
				} else if !reflect.DeepEqual(ones, got) {
					t.Errorf("%s: three threads give other bits than one", solver)
				}
			}
		}
	}
}

// TestEigen: A·v = λ·v for matrices with equal, zero and negative eigenvalues, and of one row.
func TestEigen(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 17, 64} {
		for _, kind := range []string{"random", "identity", "rank 1", "diagonal"} {
			a := newSquare(n)
			for i := range n {
				for j := range i + 1 {
					switch {
					case kind == "random":
						a.set(i, j, r.NormFloat64())
					case kind == "rank 1":
						a.set(i, j, float64(i+1)*float64(j+1))
					case i == j && kind == "identity":
						a.set(i, j, 1)
					case i == j:
						a.set(i, j, float64(i%3)-1)
					}
				}
			}
			whole := &square{n, slices.Clone(a.v)}
			values, vectors, err := a.eigen(n)
			if err != nil {
				t.Fatal(n, kind, err)
			}
			size := root(dot(whole.v, whole.v))
			for i, v := range vectors {
				for k := range n {
					if got, want := dot(whole.row(k), v), values[i]*v[k]; math.Abs(got-want) > 1e-13*size*float64(n) {
						t.Errorf("%d, %s: A·v = %v, λ·v = %v", n, kind, got, want)
					}
				}
				if i > 0 && (values[i] > values[i-1] || math.Abs(dot(v, vectors[i-1])) > 1e-10) {
					t.Errorf("%d, %s: eigenvalues %v; v·w = %v", n, kind, values[i-1:i+1], dot(v, vectors[i-1]))
				}
			}
		}
	}
}

// TestErrors: what cannot be reduced is one clear line.
func TestErrors(t *testing.T) {
	two := [][]float64{{1, 2, 3}, {4, 5, 6}}
	for _, c := range []struct {
		p    PCA
		x    Rows
		want string
	}{
		{PCA{Components: 3}, Of(two), "3 components of 2 samples of 3 numbers; give 1 to 2"},
		{PCA{}, Of(two), "0 components"},
		{PCA{Components: 1}, Of(two[:1]), "1 samples of 3 numbers; 2 samples or more are needed"},
		{PCA{Components: 1}, Of(nil), "0 samples of 0 numbers"},
		{PCA{Components: 1, Solver: "lapack"}, Of(two), `solver "lapack"; give exact or randomized`},
		{PCA{Components: 1}, Of([][]float64{{1, 2}, {1, 2}}), "all 2 samples are alike"},
		{PCA{Components: 1}, Of([][]float64{{1, 2}, {math.NaN(), 2}}), "sample 2 has other than 2 finite numbers"},
		{PCA{Components: 1}, Of([][]float64{{1, 2}, {3}}), "sample 2 has other than 2 finite numbers"},
		{PCA{Components: 1}, Flat([]float32{1, 2, 1, 2}, 2), "all 2 samples are alike"},
	} {
		if _, err := c.p.Fit(c.x); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
