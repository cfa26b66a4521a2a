package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// reload saves and loads a target.
func reload(t *testing.T, g *Target) *Target {
	t.Helper()
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var again Target
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	return &again
}

func TestTargetClasses(t *testing.T) {
	for _, c := range []struct{ csv, classes, codes string }{
		{"y\n0\n1\n1\n", "[0 1]", "[0 1 1]"},
		{"y\n2\n0\n1\n", "[0 1 2]", "[2 0 1]"},   // 0 … k−1 are taken as they are
		{"y\n10\n9\n1\n", "[1 9 10]", "[2 1 0]"}, // numbers by size, not by their letters
		{"y\n1\n-1\n", "[-1 1]", "[1 0]"},        // the smaller is 0
		{"y\nwhale\ndolphin\n", "[dolphin whale]", "[1 0]"},
		{"y\nno\nyes\nno\n", "[no yes]", "[0 1 0]"},
		{"y\n고래\n돌고래\n", "[고래 돌고래]", "[0 1]"},
	} {
		tab := table(t, "f.csv", c.csv)
		g, err := FitTarget(tab, "y", nil, TargetOptions{Task: Classification})
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		g = reload(t, g)
		y, err := g.Encode(tab, &tab.Columns[0])
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		if fmt.Sprint(g.Classes) != c.classes || fmt.Sprint(y.I32) != c.codes ||
			!y.Shape.Equal(tensor.Shape{tab.Rows}) {
			t.Errorf("%q: %v %v, want %s %s", c.csv, g.Classes, y.I32, c.classes, c.codes)
		}
		// The names of the classes give the values back.
		for i, k := range y.I32 {
			if l := g.Classes[k]; l != tab.Columns[0].Text(i) {
				t.Errorf("%q row %d: %q", c.csv, i, l)
			}
		}
	}
}

// What is learnt is y within a float32's rounding of its distance from the mean; the number that metrics see is y
// within
// 2⁻⁴⁸ of that distance, and a float64's rounding.
func TestTargetRegression(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := data.Column{Name: "price", Numbers: make([]float64, 500)}
	for i := range c.Numbers {
		c.Numbers[i] = 2e5 + 1e5*r.NormFloat64()
	}
	tab := &data.Table{Name: "f.csv", Columns: []data.Column{c}, Rows: 500}
	for _, raw := range []bool{false, true} {
		g, err := FitTarget(tab, "price", rows(300), TargetOptions{Raw: raw})
		if err != nil || g.Task != Regression {
			t.Fatal(g, err)
		}
		g = reload(t, g)
		if raw && (g.Mean != 0 || g.SD != 1) {
			t.Error("a raw target was standardised")
		}
		y, err := g.Encode(tab, &c)
		if err != nil || !y.Shape.Equal(tensor.Shape{500, 2}) {
			t.Fatal(y.Shape, err)
		}
		sum, square := 0.0, 0.0
		for i := range c.Numbers {
			z := y.F32[2*i]
			if math.Abs(g.Value(z)-c.Numbers[i]) > 0.05 {
				t.Fatalf("%v became %v", c.Numbers[i], g.Value(z))
			}
			if v := g.Number(y.F32[2*i : 2*i+2]); math.Abs(v-c.Numbers[i]) > 2e-9 {
				t.Fatalf("%v became %v", c.Numbers[i], v)
			}
			if i < 300 {
				sum += float64(z)
				square += float64(z) * float64(z)
			}
		}
		if !raw && (math.Abs(sum/300) > 1e-6 || math.Abs(square/300-1) > 1e-6) {
			t.Errorf("the training rows have mean %v and mean square %v", sum/300, square/300)
		}
	}
	// By hand: training rows 2 and 6 have mean 4 and sd 2.
	g, err := FitTarget(table(t, "f.csv", "y\n2\n6\n10.5\n"), "y", []int{0, 1}, TargetOptions{Task: Regression})
	if err != nil || g.Mean != 4 || g.SD != 2 || g.Value(-0.5) != 3 {
		t.Error(g, err)
	}
	if v := g.Value(1); v != 6 {
		t.Error(v)
	}
}

func TestInferTask(t *testing.T) {
	column := func(v ...float64) *data.Column { return &data.Column{Name: "y", Numbers: v} }
	many := make([]float64, 100)
	for i := range many {
		many[i] = float64(i % 10)
	}
	for _, c := range []struct {
		c    *data.Column
		want Task
	}{
		{column(0, 1, 1, 0), Classification}, {column(many...), Classification}, {column(1, 2, 3, 4, 5), Regression},
		{column(0.5, 1, 1, 0), Regression}, {&data.Column{Kind: data.Category, Strings: []string{"a"},
			Missing: []bool{false}}, Classification},
	} {
		if got := InferTask(c.c); got != c.want {
			t.Errorf("%v: %v", c.c.Numbers, got)
		}
	}
	for name, want := range map[string]Task{"iris": Classification, "titanic": Classification,
		"digits": Classification} {
		tab := sample(t, name)
		s, err := data.FindSample(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := tab.Column(s.Target)
		if err != nil || InferTask(c) != want || s.Task != string(want) {
			t.Errorf("%s: %v %v", name, InferTask(c), err)
		}
	}
}

func TestTargetErrors(t *testing.T) {
	for _, c := range []struct {
		csv  string
		o    TargetOptions
		want string
	}{
		{"x,y\n1,a\n2,a\n", TargetOptions{},
			`target: f.csv: the target y has a single class, "a"; there is nothing to tell apart`},
		{"x,y\n1,\n2,NA\n", TargetOptions{},
			"target: f.csv: the target y has no value in any row; name another column"},
		{"x,y\n1,a\n2,\n3,\n", TargetOptions{},
			"target: f.csv:3: the target y is missing here, in 2 of 3 rows in all; remove those rows"},
		{"x,y\n1,5.5\n2,b\n", TargetOptions{Task: Regression},
			`target: f.csv:3: "b" is no number, and regression needs numbers; name the word in missing, or give ` +
				`task: classification`},
		{"x,y\n1,5.5\n2,5.5\n", TargetOptions{Task: Regression},
			"target: f.csv: the target y is 5.5 in all training rows; there is nothing to predict"},
		{"x,y\n1,5\n2,6\n", TargetOptions{Task: "regresion"},
			`task: regresion is none of classification, regression, labels; did you mean "regression"?`},
		{"x,y\n1,1e308\n2,-1e308\n", TargetOptions{Task: Regression},
			"target: f.csv: the target y goes from -1e+308 to 1e+308, beyond what can be standardised; rescale it"},
		{"x,Y\n1,1\n", TargetOptions{}, `target: f.csv: no column "y"; did you mean "Y"?`},
	} {
		if _, err := FitTarget(table(t, "f.csv", c.csv), "y", nil, c.o); err == nil || err.Error() != c.want {
			t.Errorf("%q:\ngot  %v\nwant %s", c.csv, err, c.want)
		}
	}
	g, err := FitTarget(table(t, "f.csv", "y\nwhale\ndolphin\n"), "y", nil, TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"y\nwhale\nwhalee\n": `g.csv:3: y: "whalee" is none of the model's 2 classes; did you mean "whale"?`,
		"x,y\n1,\n":          "g.csv:2: the target y is missing",
	} {
		tab := table(t, "g.csv", in)
		if _, err := g.Encode(tab, &tab.Columns[len(tab.Columns)-1]); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	for in, want := range map[string]string{
		`{"task": "classification", "classes": ["a"]}`:      "1 classes",
		`{"task": "classification", "classes": ["a", "a"]}`: "twice",
		`{"task": "regression", "sd": 0}`:                   "sd 0 is not above 0",
		`{"task": "guess"}`:                                 "none of",
		`[]`:                                                "cannot unmarshal",
	} {
		var g Target
		if err := json.Unmarshal([]byte(in), &g); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func TestFitLabels(t *testing.T) {
	g, err := FitLabels(tensor.Of([]uint8{7, 0, 2, 1, 3, 4, 5, 6}, 8), nil, nil, TargetOptions{})
	if err != nil || len(g.Classes) != 8 {
		t.Fatal(g, err)
	}
	y, err := reload(t, g).EncodeLabels(tensor.Of([]uint8{7, 0, 2}, 3))
	if err != nil || !slices.Equal(y.I32, []int32{7, 0, 2}) {
		t.Error(y, err)
	}
	if _, err := g.EncodeLabels(tensor.Of([]uint8{8},
		1)); err == nil || err.Error() != `row 1: label: "8" is none of the model's 8 classes` {
		t.Error(err)
	}
	// Names that are numbers themselves do not confuse.
	g, err = FitLabels(tensor.Of([]int32{1, 0, 1}, 3), []string{"3", "1", "5"}, nil, TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if y, err = reload(t, g).EncodeLabels(tensor.Of([]int32{2, 1}, 2)); err != nil || !slices.Equal(y.I32,
		[]int32{2, 1}) {
		t.Error(y, err)
	}
	if _, err := g.EncodeLabels(tensor.Of([]int32{3},
		1)); err == nil || err.Error() != "row 1: label 3 is none of the 3 classes 0 to 2" {
		t.Error(err)
	}
	if _, err := FitLabels(tensor.Of([]int32{0, 4}, 2), []string{"a", "b"}, nil, TargetOptions{}); err == nil {
		t.Error("a label beyond the names was taken")
	}
	if _, err := FitLabels(tensor.New(tensor.Int32, 3, 2), nil, nil,
		TargetOptions{}); err == nil || !strings.Contains(err.Error(), "one label per sample") {
		t.Error(err)
	}
	g, err = FitLabels(tensor.Of([]float32{1.5, 2.5, 9}, 3), nil, []int{0, 1}, TargetOptions{})
	if err != nil || g.Task != Regression || g.Mean != 2 || g.SD != 0.5 {
		t.Error(g, err)
	}
}

func TestAffine(t *testing.T) {
	pixels := tensor.Of([]uint8{0, 51, 255, 102}, 2, 1, 2, 1)
	a, err := FitArray(pixels, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	x, err := a.Apply(pixels)
	if err != nil || fmt.Sprint(x.F32) != "[0 0.2 1 0.4]" || x.DType() != tensor.Float32 ||
		!x.Shape.Equal(pixels.Shape) {
		t.Error(x, err)
	}
	// By hand: the first feature of samples 0 and 1 is 1 and 3: mean 2, sd 1.
	f := tensor.Of([]float32{1, 10, 3, 10, 100, 30}, 3, 2)
	for _, c := range []struct {
		scale, want string
	}{{"zscore", "[-1 0 1 0 98 20]"}, {"minmax", "[0 0 1 0 49.5 20]"}, {"none", "[1 10 3 10 100 30]"}, {"",
		"[1 10 3 10 100 30]"}} {
		if a, err = FitArray(f, []int{0, 1}, c.scale); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var again Affine
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		if x, err = again.Apply(f); err != nil || fmt.Sprint(x.F32) != c.want {
			t.Errorf("%s: %v %v, want %s", c.scale, x.F32, err, c.want)
		}
		if again.Identity() != (c.scale == "none" || c.scale == "") {
			t.Errorf("%s: identity %v", c.scale, again.Identity())
		}
	}
	if _, err := (&Affine{Shift: []float64{1, 2}, Divisor: []float64{1, 1}}).Apply(tensor.New(tensor.Float32, 2,
		3)); err == nil {
		t.Error("two features were applied to three")
	}
	f.F32[2] = float32(math.NaN())
	if _, err := FitArray(f, nil, "zscore"); err == nil ||
		err.Error() != "features: sample 1 holds NaN; replace or remove such values" {
		t.Error(err)
	}
	if _, err := FitArray(f, nil, "zscor"); err == nil || !strings.Contains(err.Error(), `did you mean "zscore"?`) {
		t.Error(err)
	}
	for _, in := range []string{`{}`, `{"shift": [1], "divisor": [0]}`, `{"shift": [1], "divisor": [1, 2]}`, `[]`} {
		var a Affine
		if err := json.Unmarshal([]byte(in), &a); err == nil {
			t.Errorf("%s was read", in)
		}
	}
}

func ExampleFitTarget() {
	t, err := data.ReadCSV(strings.NewReader("length,kind\n2,dolphin\n30,whale\n"), "sea.csv", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := FitTarget(t, "kind", nil, TargetOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := g.Encode(t, &t.Columns[1])
	fmt.Println(g.Classes, y.I32, err)
	// Output:
	// [dolphin whale] [0 1] <nil>
}

// Numbers that are classes and categories are found whatever their spelling: 3.000 in every row is the level 3.
func TestSpelledNumbers(t *testing.T) {
	table, err := data.ReadCSV(strings.NewReader("a,y\n2.50,-11.000\n3.00,3.000\n2.50,-11.000\n"), "t",
		data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := FitTarget(table, "y", nil, TargetOptions{Task: Classification})
	if err != nil {
		t.Fatal(err)
	}
	y, err := g.Encode(table, &table.Columns[1])
	if err != nil || !slices.Equal(y.I32, []int32{0, 1, 0}) || !slices.Equal(g.Classes, []string{"-11.000", "3.000"}) {
		t.Errorf("%v %v of %q", err, y, g.Classes)
	}
	p, err := Fit(table, nil, Columns{Targets: []string{"y"}, Specs: map[string]Spec{"a": {Encode: OneHotEncoder{}}}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(table)
	if err != nil || !slices.Equal(x.F32, []float32{1, 0, 0, 1, 1, 0}) {
		t.Errorf("%v %v", err, x)
	}
}
