package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/quantile"
)

// reals are numbers of JSON, null for NaN.
type reals []float64

func (r *reals) UnmarshalJSON(b []byte) error {
	var list []*float64
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*r = make(reals, len(list))
	for i, v := range list {
		if (*r)[i] = math.NaN(); v != nil {
			(*r)[i] = *v
		}
	}
	return nil
}

// sklearn is what testdata/columns.py has computed with scikit-learn.
type sklearn struct {
	Scales []struct {
		Column, Scale       string
		Fit, New, Out, Back reals
		Lambda              *float64
	}
	Impute struct {
		Mean, Median float64
		MostFrequent float64 `json:"most_frequent"`
		Fit, Tied    reals
		Tied2        float64 `json:"tied_most_frequent"`
	}
	Bins []struct {
		Column, Strategy     string
		Bins                 int
		Fit, New, Edges, Out reals
	}
	Rare struct {
		Fit, New []string
		Cases    []struct {
			Args    json.RawMessage
			Out     [][]float64
			Integer []float64
		}
	}
	Hash struct {
		Column string
		Words  []string
		Cases  []struct {
			Features int  `json:"n_features"`
			Sign     bool `json:"alternate_sign"`
			Out      [][2]float64
		}
	}
	Target struct {
		Fit, New []string
		Fold     []int
		Cases    []struct {
			Kind   string
			Smooth any
			Y      []float64
			Own    [][]float64
			New    [][]float64
		}
	}
}

func golden(t *testing.T) sklearn {
	t.Helper()
	b, err := os.ReadFile("testdata/columns.json")
	if err != nil {
		t.Fatal(err)
	}
	var g sklearn
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// near reports whether two numbers agree to a share of the greater one, or to as much around 0.
func near(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

func scaleOf(t *testing.T, written string) Scale {
	t.Helper()
	var v any = written
	if strings.HasPrefix(written, "{") {
		if err := json.Unmarshal([]byte(written), &v); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Scales.Decode(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScales: the scales give what scikit-learn's transformers give of awkward columns, and back. The λ of a power
// transform is sought to within 1e-7 here and 1.5e-8 there.
func TestScales(t *testing.T) {
	for _, c := range golden(t).Scales {
		name := c.Column + " by " + c.Scale
		s := scaleOf(t, c.Scale)
		known := slices.DeleteFunc(slices.Clone(c.Fit), math.IsNaN)
		if strings.Contains(c.Scale, "robust") && (c.Column == "constant" || quantileRange(known) == 0) {
			continue // half the range stands for quartiles that are equal, where scikit-learn takes 1
		}
		m := s.Fit(known)
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tolerance := 1e-9
		switch {
		case c.Lambda != nil && c.Column == "large":
			continue // of which scikit-learn's sums lose the differences: TestLargePowers
		case c.Lambda != nil:
			tolerance = 2e-4
			got := m.(*power).Lambda
			if m.(*power).Mirror {
				got = 2 - got
			}
			if !near(got, *c.Lambda, tolerance) {
				t.Errorf("%s: λ = %v, want %v", name, got, *c.Lambda)
			}
		case c.Column == "large":
			tolerance = 2e-8 // scikit-learn multiplies before it subtracts
		case c.Column == "tiny" && strings.Contains(c.Scale, "quantile") && !strings.Contains(c.Scale, "uniform"):
			continue // scikit-learn takes what lies within 1e-7 of the least value for that value
		case c.Column == "ties" && strings.Contains(c.Scale, "quantile"):
			tolerance = 0.05 // roundings of its percentiles part a tie
		}
		for i, x := range c.New {
			if math.IsNaN(x) {
				continue
			}
			if c.Column == "one row" && c.Out[i] == 0 && x > c.Fit[0] {
				continue // a greater value than the only one has the share 0 there, but the normal quantile of 1
			}
			if z := m.Apply(x); !near(z, c.Out[i], tolerance) {
				t.Errorf("%s: %v becomes %v, want %v", name, x, z, c.Out[i])
			}
			if c.Back != nil {
				back := m.Invert(c.Out[i])
				if !near(back, c.Back[i], tolerance) && !math.IsNaN(c.Back[i]) {
					t.Errorf("%s: %v goes back to %v, want %v", name, c.Out[i], back, c.Back[i])
				}
			}
		}
	}
}

// TestLargePowers: power transforms of large numbers with small differences keep these: to within their curvature they
// are the standardised numbers.
func TestLargePowers(t *testing.T) {
	for _, c := range golden(t).Scales {
		if c.Column != "large" || c.Lambda == nil {
			continue
		}
		m, want := scaleOf(t, c.Scale).Fit(c.Fit), ZScore{}.Fit(c.Fit)
		for _, x := range c.Fit {
			if got := m.Apply(x); math.Abs(got-want.Apply(x)) > 1e-3 || math.Abs(m.Invert(got)-x) > 1e-3 {
				t.Errorf("%s: %v becomes %v, want %v; back %v", c.Scale, x, got, want.Apply(x), m.Invert(got))
			}
		}
	}
}

func quantileRange(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return quantile.At(s, 0.75) - quantile.At(s, 0.25)
}

// TestImpute: what a missing number becomes is what scikit-learn's SimpleImputer puts in.
func TestImpute(t *testing.T) {
	g := golden(t).Impute
	for how, want := range map[string]float64{"mean": g.Mean, "median": g.Median, "most_frequent": g.MostFrequent} {
		f := Fitted{Spec: Spec{Impute: how, Scale: Unscaled{}}}
		if err := f.statistics(&data.Table{}, g.Fit, 0); err != nil || !near(f.Fill, want, 1e-12) {
			t.Errorf("%s: %v, %v, want %v", how, f.Fill, err, want)
		}
	}
	f := Fitted{Spec: Spec{Impute: "most_frequent", Scale: Unscaled{}}}
	if err := f.statistics(&data.Table{}, g.Tied, 0); err != nil || f.Fill != g.Tied2 {
		t.Errorf("of several most frequent values %v, %v, want %v", f.Fill, err, g.Tied2)
	}
}

// TestBinsAsScikitLearn: edges and bins are those of KBinsDiscretizer.
func TestBinsAsScikitLearn(t *testing.T) {
	for _, c := range golden(t).Bins {
		name := c.Column + " " + c.Strategy
		column := data.Column{Name: "x", Numbers: c.Fit}
		e, err := KBins{Bins: c.Bins, Strategy: c.Strategy, Encode: "integer"}.Fit(&Fitting{Column: &column})
		if err != nil {
			t.Fatal(name, err)
		}
		edges := e.(*kbins).Edges
		if len(edges) > 1 && !slices.EqualFunc(edges, c.Edges, func(a, b float64) bool { return near(a, b, 1e-9) }) {
			t.Errorf("%s: edges %v, want %v", name, edges, c.Edges)
			continue
		}
		next := data.Column{Name: "x", Numbers: c.New}
		row, err := e.Bind(nil, &next)
		if err != nil {
			t.Fatal(name, err)
		}
		for r, want := range c.Out {
			to := make([]float32, 1)
			if err := row(to, r); err != nil || float64(to[0]) != want+1 {
				t.Errorf("%s: %v is in bin %v, want %v (%v)", name, c.New[r], to[0], want+1, err)
			}
		}
	}
}

// words is a column of text.
func wordColumn(name string, list []string) data.Column {
	return data.Column{Name: name, Kind: data.Category, Reading: data.Reading{Kind: data.Category}, Strings: list,
		Missing: make([]bool, len(list))}
}

// encodeAll fits an encoder and returns the features of the rows of another column.
func encodeAll(t *testing.T, e Encoder, in *Fitting, next data.Column) [][]float32 {
	t.Helper()
	s, err := e.Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	f := Fitted{Name: next.Name, Spec: Spec{Encode: e}, Encoded: s, Reading: &data.Reading{Kind: data.Category}}
	f.prepare()
	row, err := s.Bind(nil, &next)
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float32, next.Len())
	for r := range out {
		out[r] = make([]float32, s.Width())
		if err := row(out[r], r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestRareCategories: which categories are rare, and their codes, as OneHotEncoder and OrdinalEncoder have it.
func TestRareCategories(t *testing.T) {
	g := golden(t).Rare
	for _, c := range g.Cases {
		var args map[string]any
		if err := json.Unmarshal(c.Args, &args); err != nil {
			t.Fatal(err)
		}
		fit := wordColumn("x", g.Fit)
		for word, want := range map[string]func(r int) []float64{
			"onehot": func(r int) []float64 { return c.Out[r] },
			"integer": func(r int) []float64 {
				if r == len(c.Integer) {
					return nil
				}
				return []float64{c.Integer[r] + 1}
			},
		} {
			e, err := Encoders.Decode(map[string]any{word: args})
			if err != nil {
				t.Fatal(err)
			}
			for r, got := range encodeAll(t, e, &Fitting{Column: &fit}, wordColumn("x", g.New)) {
				if w := want(r); w != nil && !slices.EqualFunc(got, w, func(a float32, b float64) bool {
					return float64(a) == b
				}) {
					t.Errorf("%s %s: %s becomes %v, want %v", word, c.Args, g.New[r], got, w)
				}
			}
		}
	}
}

// TestHashAsScikitLearn: a category has the place and the sign of FeatureHasher.
func TestHashAsScikitLearn(t *testing.T) {
	g := golden(t).Hash
	for _, c := range g.Cases {
		column := wordColumn(g.Column, g.Words)
		got := encodeAll(t, Hash{Features: c.Features, NoSign: !c.Sign}, &Fitting{Column: &column}, column)
		for r, w := range c.Out {
			want := make([]float32, c.Features)
			want[int(w[0])] = float32(w[1])
			if !slices.Equal(got[r], want) {
				t.Errorf("%d features, sign %v: %q", c.Features, c.Sign, g.Words[r])
			}
		}
	}
}

// TestTargetMeans: the means of categories are TargetEncoder's, for new rows those over all training rows, for each
// training row those of a TargetEncoder fitted to the rows of the other folds.
func TestTargetMeans(t *testing.T) {
	g := golden(t).Target
	codes := wordColumn("c", g.Fit)
	rows, levels := codes.Codes()
	for _, c := range g.Cases {
		var smooth *float64
		if v, is := c.Smooth.(float64); is {
			smooth = &v
		}
		targets := [][]float64{c.Y}
		if c.Kind == "multiclass" {
			targets = nil
			for class := range 3 {
				one := make([]float64, len(c.Y))
				for i, v := range c.Y {
					if int(v) == class {
						one[i] = 1
					}
				}
				targets = append(targets, one)
			}
		}
		for k, y := range targets {
			at := fmt.Sprintf("%s, smooth %v, output %d", c.Kind, c.Smooth, k)
			var whole targetMean
			whole.fit(smooth, rows, y, g.Fold, -1, len(levels)+1)
			for i, level := range g.New {
				got := whole.Mean
				if place := slices.Index(levels, level); place >= 0 {
					got = whole.Means[place]
				}
				if !near(got, c.New[i][k], 1e-12) {
					t.Errorf("%s: %s has %v, want %v", at, level, got, c.New[i][k])
				}
			}
			for f := range 5 {
				var part targetMean
				part.fit(smooth, rows, y, g.Fold, f, len(levels)+1)
				for i, of := range g.Fold {
					if got := part.Means[rows[i]]; of == f && !near(got, c.Own[i][k], 1e-12) {
						t.Errorf("%s: row %d has %v, want %v", at, i, got, c.Own[i][k])
					}
				}
			}
		}
	}
}
