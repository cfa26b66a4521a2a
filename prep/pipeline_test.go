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
	"gorae/data/source"
)

func table(t testing.TB, name, csv string) *data.Table {
	t.Helper()
	tab, err := data.ReadCSV(strings.NewReader(csv), name, data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func sample(t testing.TB, name string) *data.Table {
	t.Helper()
	s, err := source.Open(data.Embed+name, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Table
}

// rows is 0 … n−1.
func rows(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// apply gives the features of one fitted column as text, rows separated by bars.
func apply(t *testing.T, p *Pipeline, tab *data.Table) string {
	t.Helper()
	x, err := p.Apply(tab)
	if err != nil {
		t.Fatal(err)
	}
	n, width := x.Shape[0], x.Shape[1]
	if width != len(p.FeatureNames()) {
		t.Fatalf("%d features under %d names", width, len(p.FeatureNames()))
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(" | ")
		}
		for k, v := range x.F32[i*width : (i+1)*width] {
			if k > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%.5g", v)
		}
	}
	return b.String()
}

// Each transform by hand.
func TestTransforms(t *testing.T) {
	const numbers = "x,y\n2,0\n4,0\n,0\n6,0\n" // mean 4, sd √(8/3) = 1.63299
	const words = "x,y\nb,0\na,0\n,0\nb,0\n"
	for _, c := range []struct {
		csv, spec, want, names string
	}{
		{numbers, `"zscore"`, "-1.2247 | 0 | 0 | 1.2247", "x"},
		{numbers, `{}`, "-1.2247 | 0 | 0 | 1.2247", "x"},
		{numbers, `"minmax"`, "0 | 0.5 | 0 | 1", "x"},
		{numbers, `"none"`, "2 | 4 | 0 | 6", "x"},
		{numbers, `"rescale"`, "0.0078431 | 0.015686 | 0 | 0.023529", "x"},
		{numbers, `"log1p"`, "1.0986 | 1.6094 | 0 | 1.9459", "x"},
		{numbers, `{"log1p": true, "scale": "minmax"}`, "0 | 0.60289 | 0 | 1", "x"}, // (ln5 − ln3) / (ln7 − ln3)
		{numbers, `{"impute": "median", "scale": "minmax"}`, "0 | 0.5 | 0.5 | 1", "x"},
		{numbers, `{"impute": "mean", "scale": "none"}`, "2 | 4 | 4 | 6", "x"},
		{numbers, `{"impute": 8, "scale": "minmax"}`, "0 | 0.33333 | 1 | 0.66667", "x"},
		{numbers, `{"impute": "constant", "scale": "none"}`, "2 | 4 | 0 | 6", "x"},
		{numbers, `{"impute": "zero", "scale": "minmax", "indicator": true}`, "0 0 | 0.5 0 | 0 1 | 1 0", "x,x missing"},
		{numbers, `{"impute": "mean"}`, "-1.4142 | 0 | 0 | 1.4142", "x"}, // sd of 2, 4, 4, 6 is √2
		{numbers, `"onehot"`, "1 0 0 | 0 1 0 | 0 0 0 | 0 0 1", "x=2,x=4,x=6"},
		{numbers, `"integer"`, "1 | 2 | 0 | 3", "x"},
		{words, `{}`, "0 1 | 1 0 | 0 0 | 0 1", "x=a,x=b"},
		{words, `"onehot"`, "0 1 | 1 0 | 0 0 | 0 1", "x=a,x=b"},
		{words, `{"encode": "onehot", "missing": true}`, "0 1 0 | 1 0 0 | 0 0 1 | 0 1 0", "x=a,x=b,x="},
		{words, `{"indicator": true}`, "0 1 0 | 1 0 0 | 0 0 1 | 0 1 0", "x=a,x=b,x missing"},
		{words, `"integer"`, "2 | 1 | 0 | 2", "x"},
		{"x,y\n3,0\n3,0\n", `"zscore"`, "0 | 0", "x"},
		{"x,y\n3,0\n3,0\n", `"minmax"`, "0 | 0", "x"},
		{"x,y\n0.1,0\n0.1,0\n0.1,0\n", `"zscore"`, "0 | 0 | 0", "x"},
		{"x,y\n-2,0\n2,0\n", `"log1p"`, "-1.0986 | 1.0986", "x"},
	} {
		tab := table(t, "f.csv", c.csv)
		var s Spec
		if err := json.Unmarshal([]byte(c.spec), &s); err != nil {
			t.Fatal(c.spec, err)
		}
		p, err := Fit(tab, nil, columns("y", map[string]Spec{"x": s}))
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		if got := apply(t, p, tab); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.spec, got, c.want)
		}
		if got := strings.Join(p.FeatureNames(), ","); got != c.names {
			t.Errorf("%s: names %q, want %q", c.spec, got, c.names)
		}
		// What is saved does what was fitted.
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var again Pipeline
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if got := apply(t, &again, tab); got != c.want {
			t.Errorf("%s after JSON: %s", c.spec, got)
		}
		if b2, _ := json.Marshal(&again); string(b2) != string(b) {
			t.Errorf("%s became %s", b, b2)
		}
	}
}

// D2, D3: the formulas on real training rows, against NumPy; the rows that do
// not learn leave the statistics alone.
func TestD2D3Statistics(t *testing.T) {
	b, err := os.ReadFile("testdata/titanic.json")
	if err != nil {
		t.Fatal(err)
	}
	type stats struct {
		Mean, SD, Min, Max, Median float64
		MeanImputed                float64 `json:"mean_imputed"`
		SDImputed                  float64 `json:"sd_imputed"`
		MeanLog                    float64 `json:"mean_log"`
		SDLog                      float64 `json:"sd_log"`
		First                      []*float64
	}
	var want map[string]stats
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	tab := sample(t, "titanic")
	fit := func(name string, s Spec) Fitted {
		p, err := Fit(tab, rows(600), columns("Survived", map[string]Spec{name: s}))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Columns, func(f Fitted) bool { return f.Name == name })
		return p.Columns[i]
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: %v, NumPy has %v", what, got, want)
		}
	}
	for name, w := range want {
		z := fit(name, Spec{Scale: ZScore{}})
		near(name+" mean", z.Shift, w.Mean)
		near(name+" sd", z.Divisor, w.SD)
		m := fit(name, Spec{Scale: MinMax{}})
		near(name+" min", m.Shift, w.Min)
		near(name+" max − min", m.Divisor, w.Max-w.Min)
		i := fit(name, Spec{Impute: "median"})
		near(name+" median", i.Fill, w.Median)
		near(name+" mean, imputed", i.Shift, w.MeanImputed)
		near(name+" sd, imputed", i.Divisor, w.SDImputed)
		l := fit(name, Spec{Log1p: true})
		near(name+" mean of logs", l.Shift, w.MeanLog)
		near(name+" sd of logs", l.Divisor, w.SDLog)
		p, err := Fit(tab, rows(600), columns("Survived", nil))
		if err != nil {
			t.Fatal(err)
		}
		x, err := p.Apply(tab)
		if err != nil {
			t.Fatal(err)
		}
		k := slices.Index(p.FeatureNames(), name)
		for r, v := range w.First {
			wantZ := float32(0) // D4: a missing value is 0 after scaling
			if v != nil {
				wantZ = float32((*v - w.Mean) / w.SD)
			}
			if got := x.F32[r*x.Shape[1]+k]; math.Abs(float64(got-wantZ)) > 1e-6 {
				t.Errorf("%s row %d: %v, want %v", name, r, got, wantZ)
			}
		}
	}
}

// D4: 0 is the safe replacement, because an input of 0 adds nothing to the
// gradient of its weights. For one node y = w·x + b and loss (y − t)², the
// gradient of w is 2(y − t)·x: by hand, with the Age of a passenger missing.
func TestD4MissingAddsNoGradient(t *testing.T) {
	tab := table(t, "f.csv", "a,b,y\n1,5,0\n3,,1\n5,9,0\n")
	p, err := Fit(tab, nil, columns("y", nil))
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(tab)
	if err != nil {
		t.Fatal(err)
	}
	w, bias := []float64{0.7, -1.3}, 0.4
	at := func(r, k int) float64 { return float64(x.F32[2*r+k]) }
	loss := func(r int, w []float64) float64 {
		d := w[0]*at(r, 0) + w[1]*at(r, 1) + bias - 2
		return d * d
	}
	for r := range 3 {
		by := 2 * (w[0]*at(r, 0) + w[1]*at(r, 1) + bias - 2) * at(r, 1)
		const h = 1e-6
		slope := (loss(r, []float64{w[0], w[1] + h}) - loss(r, []float64{w[0], w[1] - h})) / (2 * h)
		if math.Abs(by-slope) > 1e-6 {
			t.Errorf("row %d: gradient %v by hand, %v by differences", r, by, slope)
		}
		if missing := r == 1; missing != (slope == 0) {
			t.Errorf("row %d: gradient %v", r, slope)
		}
	}
}

// columns are those of one target, "" is none.
func columns(target string, specs map[string]Spec) Columns {
	c := Columns{Specs: specs}
	if target != "" {
		c.Targets = []string{target}
	}
	return c
}

func TestInferred(t *testing.T) {
	tab := sample(t, "titanic")
	p, err := Fit(tab, nil, columns("Survived", nil))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Pclass", "Name=mr", "Name=miss", "Name=mrs"}
	names := p.FeatureNames()
	if !slices.Equal(names[:len(want)], want) {
		t.Errorf("%q", names)
	}
	want = []string{"Sex=female", "Sex=male", "Age", "SibSp", "Parch", "Fare", "Cabin missing", "Embarked=C",
		"Embarked=Q", "Embarked=S"}
	if n := len(names) - len(want); !slices.Equal(names[n:], want) || n != 1+86 { // a word for ten rows
		t.Errorf("%q", names)
	}
	if !slices.Equal(p.IDs(), []string{"PassengerId"}) {
		t.Errorf("ids %q", p.IDs())
	}
	notes := []string{
		"dropped: PassengerId (numbers the rows), Ticket (text of 681 different values); features: {COLUMN: " +
			"TRANSFORM} keeps one",
		"prose, which becomes bags of words, or ids where there are many rows and nothing else to learn from: Name; " +
			"features: {COLUMN: drop} leaves one out",
		"a feature that says where it is missing takes the place of the value: Cabin; features: {COLUMN: TRANSFORM} " +
			"says otherwise",
		"Name: a bag of the 86 most frequent words, by TF-IDF",
	}
	if !slices.Equal(p.Notes, notes) {
		t.Errorf("%q", p.Notes)
	}
	if p, err = Fit(tab, nil, columns("2", map[string]Spec{"PassengerId": {Scale: MinMax{}},
		"Pclass": {Encode: OneHotEncoder{}}, "last": {Drop: true}})); err != nil {
		t.Fatal(err)
	}
	if n := p.FeatureNames(); n[0] != "PassengerId" || n[1] != "Pclass=1" || slices.Contains(n, "Embarked=C") {
		t.Errorf("%q", n)
	}
}

func TestApplyMatches(t *testing.T) {
	tab := table(t, "f.csv", "a,b,y,c\n1,u,0,10\n3,v,1,20\n")
	p, err := Fit(tab, nil, columns("y", map[string]Spec{"a": {Scale: Unscaled{}}, "c": {Scale: Unscaled{}}}))
	if err != nil {
		t.Fatal(err)
	}
	const want = "1 1 0 10 | 3 0 1 20"
	for what, in := range map[string]string{
		"itself": "a,b,y,c\n1,u,0,10\n3,v,1,20\n", "another order": "c,more,b,a\n10,x,u,1\n20,x,v,3\n",
		"numbers spelt otherwise": "c,b,a\n1e1,u,1.0\n20.0,v,+3\n",
	} {
		if got := apply(t, p, table(t, "g.csv", in)); got != want {
			t.Errorf("%s: %s", what, got)
		}
	}
	for in, want := range map[string]string{
		"1,u,0,10\n3,v,1,20\n": want,       // no header: by place
		"1,u,10\n3,v,20\n":     want,       // and without the target
		"a,b,c\n1,w,10\n":      "1 0 0 10", // an unknown category
		"a,b,c\n,,\n":          "0 0 0 0",
	} {
		if got := apply(t, p, table(t, "g.csv", in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"a,c,y\n1,2,3\n": `g.csv: no column "b", which the model was fitted with`,
		"A,b,c\n1,2,3\n": `g.csv: no column "a", which the model was fitted with; did you mean "A"?`,
		"1,2,3,4,5\n": "g.csv: 5 columns without a header; the model was fitted with 4, or 3 without " +
			"the target",
		"a,b,c\n1,u,5\nx,v,6\n": `g.csv:3: a: "x" is no number; the model was fitted with numbers`,
		"a,b,c\n1e300,u,5\n":    "g.csv:2: a: 1e+300 is beyond float32 once transformed",
	} {
		if _, err := p.Apply(table(t, "g.csv", in)); err == nil || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", in, err, want)
		}
	}
	// Categories are what the file says, whatever kind the new file's column would have by itself.
	p, err = Fit(table(t, "f.csv", "k,y\n1,0\n2,1\nx,1\n"), nil, columns("y", nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := apply(t, p, table(t, "g.csv", "k\n2\n1\n2.0\n")); got != "0 1 0 | 1 0 0 | 0 0 0" {
		t.Error(got)
	}
}

func TestFitErrors(t *testing.T) {
	tab := table(t, "f.csv", "a,b,y,gone\n1,u,0,\n3,v,1,NA\n")
	huge := table(t, "h.csv", "a,y\n1e308,0\n-1e308,1\n")
	for _, c := range []struct {
		t      *data.Table
		learn  []int
		target string
		specs  map[string]Spec
		want   string
	}{
		{tab, nil, "yy", nil, `target: f.csv: no column "yy"; did you mean "y"?`},
		{tab, nil, "y", map[string]Spec{"bb": {}}, `features.bb: f.csv: no column "bb"; did you mean "b"?`},
		{tab, nil, "y", map[string]Spec{"y": {}}, "features.y: y is the target; leave it out of the features"},
		{tab, nil, "y", map[string]Spec{"a": {}, "1": {}}, "features.a: a is named twice"},
		{tab, nil, "y", map[string]Spec{"gone": {Scale: Unscaled{}}}, "features.gone: f.csv: the column has no " +
			"value in " +
			"the 2 training rows; leave it out: features: {gone: drop}"},
		{tab, []int{}, "y", nil, "f.csv: no rows to train on"},
		{tab, nil, "y", map[string]Spec{"b": {Scale: ZScore{}}},
			`features.b: f.csv:2: "u" is no number, and zscore needs numbers; name the word in missing, or give ` +
				`onehot`},
		{tab, nil, "y", map[string]Spec{"a": {Impute: "medain"}},
			`features.a.impute: "medain" is unknown; did you mean "median"?`},
		{tab, nil, "y", map[string]Spec{"a": {Drop: true}, "b": {Drop: true}, "gone": {Drop: true}},
			"features: f.csv: every column but the target is dropped; give at least one a transform with features"},
		{huge, nil, "y", nil, "features.a: h.csv: values from -1e+308 to 1e+308 are beyond the range of zscore; " +
			"give log1p, or rescale the column"},
	} {
		if _, err := Fit(c.t, c.learn, columns(c.target, c.specs)); err == nil || err.Error() != c.want {
			t.Errorf("%v:\ngot  %v\nwant %s", c.specs, err, c.want)
		}
	}
}

// parseError returns the error of a spec in JSON.
func parseError(in string) error {
	var v any
	if err := json.Unmarshal([]byte(in), &v); err != nil {
		return err
	}
	_, err := ParseSpec(v)
	return err
}

func TestParseSpecErrors(t *testing.T) {
	for in, want := range map[string]string{
		`"zscor"`: `"zscor" is not a transform; did you mean "zscore"?`,
		`5`: "5 is not a transform; give one of box_cox, log, minmax, none, quantile, rescale, robust, " +
			"yeo_johnson, zscore, bins, calendar, hash, indicator, integer, onehot, ranks, target, log1p, drop, " +
			"text, or " +
			"a map",
		`{"scal": "zscore"}`:   `scal: unknown key; did you mean "scale"?`,
		`{"scale": 1}`:         `scale: 1 is not a scale; give a name, or a name with its keys`,
		`{"impute": "medain"}`: `impute: "medain" is unknown; did you mean "median"?`,
		`{"indicator": "yes"}`: "indicator: \"yes\" is neither true nor false",
		`{"encode": "onehot", "scale": "none"}`: "encode: onehot does not go with scale, log1p, fences, winsorize, " +
			"piecewise, periodic or impute, which are for numbers",
		`{"drop": true, "scale": "none"}`: "drop: a dropped column has no other transform",
		`{"missing": true}`: "missing: a feature for missing categories goes with encode: " +
			"onehot; for numbers give indicator: true",
		`{"fill": 3}`:   "fill: 3 goes with impute: constant",
		`{"fill": "x"}`: "fill: \"x\" is not a number",
	} {
		if err := parseError(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", in, err, want)
		}
	}
	if s, err := ParseSpec(map[string]any{"impute": 3, "scale": "minmax"}); err != nil || s != (Spec{Impute: "constant",
		Fill: 3, Scale: MinMax{}}) {
		t.Error(s, err)
	}
}

func TestHostilePipeline(t *testing.T) {
	for in, want := range map[string]string{
		`{"columns": [{"name": "a", "position": 5}],` +
			`"width": 2, "target": -1}`: "position 5 of 2 columns",
		`{"columns": [{"name": "a", "spec": "zscore", "divisor": 0}],` +
			`"width": 2, "target": -1}`: "is no transform",
		`{"columns": [{"name": "a", "spec": {}, "divisor": 1}],` +
			`"width": 2, "target": -1}`: "no transform",
		`{"columns": [{"name": "a", "spec": "onehot", "divisor": 1, "levels": ["x", "x"]}],` +
			`"width": 2, "target": -1}`: "twice",
		`{"columns": [{"name": "a", "spec": "drop", "divisor": 1}, {"name": "a", "spec": "drop", "divisor": 1}], ` +
			`"width": 2, "target": -1}`: "two columns",
		`{"columns": [], "width": 2, "target": 2}`:    "target 2 of 2",
		`{"columns": [{"name": "a", "spec": "zzz"}]}`: "\"zzz\" is not a transform",
		`{"columns": 5}`: "cannot unmarshal",
	} {
		var p Pipeline
		if err := json.Unmarshal([]byte(in), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func FuzzPipeline(f *testing.F) {
	tab := table(f, "f.csv", "a,b,y\n1,u,0\n3,v,1\n,,1\n")
	p, err := Fit(tab, nil, columns("y", map[string]Spec{"a": {Impute: "mean", Indicator: true}}))
	if err != nil {
		f.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"columns":[{"name":"a","spec":{"encode":"integer"},"divisor":1}],"width":1,"target":-1}`))
	g, err := FitTarget(tab, "y", nil, TargetOptions{})
	if err != nil {
		f.Fatal(err)
	}
	for _, from := range []string{`{"a": "quantile"}`, `{"a": {"scale": "robust", "periodic": true}}`, `{"a":
		"box_cox"}`,
		`{"a": {"encode": "bins"}}`, `{"b": "target", "a": "drop"}`, `{"b": "hash"}`,
		`{"b": {"encode": {"onehot": {"max_categories": 1}}, "missing": true}}`, `{"c": {"cross": ["a", "b"]}}`} {
		p, err := Fit(tab, nil, Columns{Targets: []string{"y"}, Specs: specsOf(f, from), Learnt: []*Target{g}})
		if err != nil {
			f.Fatal(from, err)
		}
		b, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Pipeline
		if json.Unmarshal(b, &p) != nil {
			return
		}
		x, err := p.Apply(tab)
		if err == nil && x.Shape[1] != len(p.FeatureNames()) {
			t.Fatalf("%d features under %d names", x.Shape[1], len(p.FeatureNames()))
		}
	})
}

func ExampleFit() {
	const csv = "length,kind,food\n2,dolphin,fish\n30,whale,krill\n,whale,\n"
	t, err := data.ReadCSV(strings.NewReader(csv), "sea.csv", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := Fit(t, []int{0, 1}, Columns{Targets: []string{"kind"},
		Specs: map[string]Spec{"length": {Scale: MinMax{}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := p.Apply(t)
	fmt.Println(p.FeatureNames(), err)
	fmt.Println(x)
	// Output:
	// [length food=fish food=krill] <nil>
	// [[0. 1. 0.]
	//  [1. 0. 1.]
	//  [0. 0. 0.]]
}
