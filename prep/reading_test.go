package prep

import (
	"encoding/json"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// saved is a pipeline as a product gives it back.
func saved(t *testing.T, p *Pipeline) *Pipeline {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out := &Pipeline{}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// New rows are read as the training's were, whatever stands in the other rows: codes keep their digits, decimals their
// comma, marks of missing values stay such.
func TestNewRowsReadAsTrained(t *testing.T) {
	p, err := Fit(table(t, "f.csv",
		"code;size;y\n007;1,5;a\n7;2,5;b\n76561198000000002;3,5;a\n76561198000000003;4,5;b\n"),
		nil, columns("y", nil))
	if err != nil {
		t.Fatal(err)
	}
	p = saved(t, p)
	if got := strings.Join(p.FeatureNames(), " "); got !=
		"code=007 code=7 code=76561198000000002 code=76561198000000003 size" {
		t.Fatal(got)
	}
	whole := apply(t, p, table(t, "g.csv", "code;size\n007;1,5\n7;4,5\n76561198000000003;null\n"))
	for i, one := range []string{"007;1,5", "7;4,5", "76561198000000003;null"} {
		got := apply(t, p, table(t, "g.csv", "code;size\n"+one+"\n"))
		if want := strings.Split(whole, " | ")[i]; got != want {
			t.Errorf("%s alone: %s, among others: %s", one, got, want)
		}
	}
	// 1.5 is no number where decimals have a comma.
	if _, err := p.Apply(table(t, "g.csv", "code;size\n7;1.5\n")); err == nil ||
		!strings.Contains(err.Error(), `g.csv:2: size: "1.5" is no number; the model was fitted with numbers`) {
		t.Errorf("%v", err)
	}
	// Codes that are asked for as numbers are numbers.
	p, err = Fit(table(t, "f.csv", "code,y\n001,a\n003,b\n"), nil, columns("y", specsOf(t, `{"code": "none"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := apply(t, saved(t, p), table(t, "g.csv", "code\n005\n7\n")); got != "5 | 7" {
		t.Error(got)
	}
}

// Values that training did not meet are counted.
func TestUnknownIsCounted(t *testing.T) {
	p, err := Fit(table(t, "f.csv", "sex,x,y\nmale,1,a\nfemale,2,b\n"), nil, columns("y", nil))
	if err != nil {
		t.Fatal(err)
	}
	notes, err := saved(t, p).Unknown(table(t, "g.csv", "sex,x\nMale,1\nmale,2\nMale,3\n,4\nFemale,5\n"))
	want := "g.csv: sex: 3 of the 4 values are categories that training did not meet (Male, Female); they count as " +
		"none " +
		"of its 2"
	if err != nil || len(notes) != 1 || notes[0] != want {
		t.Errorf("%q %v, want %q", notes, err, want)
	}
	if notes, err = p.Unknown(table(t, "g.csv", "sex,x\nmale,1\n")); err != nil || notes != nil {
		t.Errorf("%q %v", notes, err)
	}
}

// Classes keep their digits, and a figure of names is learnt where it is asked for.
func TestTargetsKeepDigits(t *testing.T) {
	tab := table(t, "f.csv", "x,owner\n1,765611980000000001\n2,765611980000000002\n3,765611980000009999\n")
	g, err := FitTarget(tab, "owner", nil, TargetOptions{})
	if err != nil || strings.Join(g.Classes, " ") != "765611980000000001 765611980000000002 765611980000009999" {
		t.Fatalf("%+v %v", g, err)
	}
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var again Target
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	one := table(t, "g.csv", "x,owner\n1,765611980000000002\n")
	if y, err := again.Encode(one, &one.Columns[1]); err != nil || y.I32[0] != 1 {
		t.Errorf("%v %v", y, err)
	}
	if g, err = FitTarget(tab, "owner", nil, TargetOptions{Task: Regression}); err != nil ||
		g.Mean < 7.6e17 || g.Mean > 7.7e17 {
		t.Errorf("%+v %v", g, err)
	}
	// The same classes as an array of int64.
	x := &tensor.Tensor{Shape: tensor.Shape{2}, F32: []float32{7.6561198e17, 7.6561198e17},
		Original: &tensor.Original{I64: []int64{765611980000000002, 765611980000000001}}}
	if g, err = FitLabels(x, nil, nil, TargetOptions{Task: Classification}); err != nil ||
		strings.Join(g.Classes, " ") != "765611980000000001 765611980000000002" {
		t.Errorf("%+v %v", g, err)
	}
	y, err := g.EncodeLabels(x)
	if err != nil || y.I32[0] != 1 || y.I32[1] != 0 {
		t.Errorf("%v %v", y, err)
	}
}

// NA is a word in a text, and whole numbers of few values are said to be taken for classes.
func TestWordsAndGuesses(t *testing.T) {
	tab := table(t, "f.csv", "reply,y\nNA,1\nnan,0\n?,1\nok,0\n")
	p, err := Fit(tab, nil, columns("y", specsOf(t, `{"reply": {"text": {"output": "bag", "marks": true}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := apply(t, saved(t, p), table(t, "g.csv", "reply\nNA\nnan\n?\n")); strings.Count(got, "1") != 3 ||
		len(strings.Split(got, " | ")) != 3 || strings.Split(got, " | ")[0] == strings.Split(got, " | ")[1] {
		t.Errorf("%s of %q", got, p.FeatureNames())
	}
	c, err := tab.Column("y")
	if err != nil {
		t.Fatal(err)
	}
	if g := GuessTask(c); len(g) != 1 || g[0].String() != "y: the target's 2 different whole numbers are taken for "+
		"classes; task: regression takes them for quantities" || g[0].Count != 2 {
		t.Errorf("%v", g)
	}
	if g := GuessTask(&data.Column{Kind: data.Number, Numbers: []float64{0.5, 1, 2.5}}); len(g) != 1 ||
		!strings.Contains(g[0].String(), "task: classification") {
		t.Errorf("%v", g)
	}
}
