package prep

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

func init() { RegisterAll() }

// leakRows is how many of the rows of leakTable are training rows.
const leakRows = 60

// leakTable returns a table of which the first leakRows rows are always the same; the others are like them, or wildly
// different ones.
func leakTable(t *testing.T, poisoned bool) *data.Table {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("amount,change,city,home,day,text,class,price\n")
	for i := range 100 {
		amount, change := fmt.Sprintf("%.3f", 1+9*r.Float64()), fmt.Sprintf("%.3f", r.NormFloat64())
		city, home := string("abcdefgh"[r.IntN(8)]), []string{"own", "rent", "other"}[r.IntN(3)]
		day := fmt.Sprintf("2024-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))
		word, class, price := []string{"good", "bad", "so"}[r.IntN(3)], r.IntN(3), 100+900*r.Float64()
		if i%7 == 3 {
			change, city = "", ""
		}
		if poisoned && i >= leakRows {
			amount, change = fmt.Sprintf("%g", 1e9*r.Float64()), fmt.Sprintf("%g", -1e7*r.Float64())
			city, home, day = fmt.Sprintf("new %d", i), "a", fmt.Sprintf("19%02d-01-31", r.IntN(100))
			word, class, price = "unheard", 2, 1e8*r.Float64()
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s word,%d,%g\n", amount, change, city, home, day, word, class, price)
	}
	return table(t, "leak.csv", b.String())
}

// leakCases are specs of columns: one for each scale and each encoding that is registered, and for each key of a Spec.
func leakCases(t *testing.T) map[string]map[string]Spec {
	t.Helper()
	cases := map[string]map[string]Spec{}
	for _, w := range Scales.Names() {
		s, err := Scales.Decode(w)
		if err != nil {
			t.Fatal(err)
		}
		cases["scale "+w] = map[string]Spec{"amount": {Scale: s}}
		if !positive(s) {
			cases["scale "+w] = map[string]Spec{"amount": {Scale: s}, "change": {Scale: s}}
		}
	}
	for _, w := range Encoders.Names() {
		column, written := "city", any(w)
		if w == "ranks" { // it has to be told the order
			column, written = "home", config.Map{{Key: w, Value: []any{"rent", "own", "other"}}}
		}
		e, err := Encoders.Decode(written)
		if err != nil {
			t.Fatal(err)
		}
		if _, numbers := e.(interface{ numbersOnly() }); numbers {
			column = "change"
		} else if w == "calendar" {
			column = "day"
		}
		cases["encode "+w] = map[string]Spec{column: {Encode: e}}
	}
	keys := map[string]map[string]Spec{
		"scale": nil, "encode": nil, // above
		"log1p":     {"change": {Log1p: true}},
		"fences":    {"change": {Fences: 1.5}},
		"winsorize": {"change": {Winsorize: 0.1}},
		"impute":    {"change": {Impute: "median"}},
		"fill":      {"change": {Impute: "constant", Fill: 3}},
		"piecewise": {"change": {Piecewise: 7}},
		"periodic":  {"change": {Periodic: &Periodic{}}},
		"indicator": {"change": {Indicator: true}},
		"missing":   {"city": {Encode: OneHotEncoder{Rare{MinFrequency: 6}}, Missing: true}},
		"cross":     {"city and home": {Cross: &[]string{"city", "home"}, Encode: TargetMean{}}},
		"drop":      {"city": {Drop: true}},
		"text":      specsOf(t, `{"text": {"text": {"output": "tfidf", "words": 4}}}`),
	}
	for _, k := range config.Keys(Spec{}) {
		if _, is := keys[k]; !is {
			t.Errorf("the key %s of a Spec has no case", k)
		}
	}
	for _, how := range []string{"mean", "most_frequent"} {
		keys["impute "+how] = map[string]Spec{"change": {Impute: how, Scale: MinMax{}}}
	}
	for k, specs := range keys {
		if specs != nil {
			cases[k] = specs
		}
	}
	return cases
}

// leakFit fits a case to the training rows of a table and returns the pipeline and the features of all rows.
func leakFit(t *testing.T, tab *data.Table, specs map[string]Spec, target string) (*Pipeline, *tensor.Tensor) {
	t.Helper()
	of := Columns{Targets: []string{target}, Specs: map[string]Spec{}, Seed: 9}
	for _, c := range tab.Columns {
		if c.Name != target {
			of.Specs[c.Name] = Spec{Drop: true}
		}
	}
	for name, s := range specs {
		of.Specs[name] = s
	}
	if slices.Contains([]string{"city"}, firstKey(specs)) && specs["city"].Drop {
		of.Specs["amount"] = Spec{}
	}
	rows := data.Range(leakRows)
	g, err := FitTarget(tab, target, rows, TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	of.Learnt = []*Target{g}
	p, err := Fit(tab, rows, of)
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.lay(tab, p.inputs()[0], true)
	if err != nil {
		t.Fatal(err)
	}
	return p, x
}

func firstKey(m map[string]Spec) string {
	for k := range m {
		return k
	}
	return ""
}

// TestNoLeak: what is fitted, and the features of the training rows, have the same bits whatever the rows of the other
// parts are.
func TestNoLeak(t *testing.T) {
	plain, poisoned := leakTable(t, false), leakTable(t, true)
	for name, specs := range leakCases(t) {
		for _, target := range []string{"class", "price"} {
			if _, given := specs[target]; given {
				continue
			}
			p, x := leakFit(t, plain, specs, target)
			q, y := leakFit(t, poisoned, specs, target)
			a, err := json.Marshal(p.Columns)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(q.Columns)
			if err != nil || string(a) != string(b) {
				t.Errorf("%s for %s: fitted\n%s\nbeside other rows\n%s (%v)", name, target, a, b, err)
			}
			n := leakRows * x.Shape[1]
			if x.Shape[1] == 0 || !slices.Equal(x.F32[:n], y.F32[:n]) {
				t.Errorf("%s for %s: the training rows have other features", name, target)
			}
			if name != "encode indicator" && name != "indicator" && slices.Equal(x.F32[n:], y.F32[n:]) {
				t.Errorf("%s for %s: the other rows have the same features, so that nothing was compared", name, target)
			}
		}
	}
}

// TestTransformsSaved: every transform gives the same bits after it has been saved and read, and is refused with what
// it fitted left out.
func TestTransformsSaved(t *testing.T) {
	tab := leakTable(t, false)
	for name, specs := range leakCases(t) {
		p, _ := leakFit(t, tab, specs, "class")
		want, err := p.Apply(tab)
		if err != nil {
			t.Fatal(name, err)
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(name, err)
		}
		var q Pipeline
		if err := json.Unmarshal(b, &q); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, b)
		}
		got, err := q.Apply(tab)
		if err != nil || !slices.Equal(got.F32, want.F32) || !got.Shape.Equal(want.Shape) {
			t.Errorf("%s: other features after saving (%v)", name, err)
		}
		for i := range p.Columns {
			if !reflect.DeepEqual(p.Columns[i].Spec.MarshalConfig(), q.Columns[i].Spec.MarshalConfig()) {
				t.Errorf("%s: %v was read as %v", name, p.Columns[i].Spec, q.Columns[i].Spec)
			}
		}
		if !slices.Equal(p.FeatureNames(), q.FeatureNames()) || len(p.FeatureNames()) != want.Shape[1] {
			t.Errorf("%s: %d features are named %q", name, want.Shape[1], p.FeatureNames())
		}
	}
}

// TestOwnTarget: a training row's target is not among its features: whatever its price is, the mean of its city stays.
func TestOwnTarget(t *testing.T) {
	fit := func(change bool) []float32 {
		tab := leakTable(t, false)
		if change {
			tab.Columns[7].Numbers[17] *= 50
		}
		g := &Target{Name: "price", Task: Regression, SD: 1}
		p, err := Fit(tab, data.Range(leakRows), Columns{Targets: []string{"price"}, Seed: 5, Learnt: []*Target{g},
			Specs: map[string]Spec{"city": {Encode: TargetMean{Raw: true}}, "amount": {Drop: true},
				"change": {Drop: true}, "home": {Drop: true}, "day": {Drop: true}, "text": {Drop: true},
				"class": {Drop: true}}})
		if err != nil {
			t.Fatal(err)
		}
		x, err := p.lay(tab, p.inputs()[0], true)
		if err != nil {
			t.Fatal(err)
		}
		return x.F32
	}
	a, b := fit(false), fit(true)
	if a[17] != b[17] {
		t.Errorf("row 17 has %v, and with another target %v", a[17], b[17])
	}
	others := 0
	for i := range leakRows {
		if a[i] != b[i] {
			others++
		}
	}
	if others < 5 || others > leakRows*4/5 {
		t.Errorf("%d training rows see the target of row 17", others)
	}
}
