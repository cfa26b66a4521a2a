package yamltree

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const sample = `# comment
data: {source: a.csv, target: y}
model:
  - dense: {units: 0, activation: relu}
  - dropout: 0.3
  - flatten
train:
  optimizer:
    adam:
      learning_rate: 1e-3
  epochs: 5
note: "고래: 1"
`

func parse(t *testing.T, text string) *Node {
	t.Helper()
	n, err := Parse("e.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLocate(t *testing.T) {
	n := parse(t, sample)
	for _, c := range []struct {
		path      string
		key       bool
		line, col int
	}{
		{"data.source", false, 2, 16},
		{"data.target", true, 2, 23},
		{"model[0].dense.units", false, 4, 20},
		{"model[0].dense.unit", false, 4, 5}, // absent: the map that lacks it
		{"model[1].dropout", false, 5, 14},
		{"model[2]", false, 6, 5},
		{"model[9]", false, 3, 1},
		{"train.optimizer.adam.learning_rate", false, 10, 22},
		{"train.optimizer.adam", true, 9, 5},
		{"train", false, 7, 1},
		{"model[0].Dense.units", false, 4, 20}, // a name in another spelling
		{"", false, 2, 1},
	} {
		if p := n.Locate(c.path, c.key); p.Line != c.line || p.Col != c.col {
			t.Errorf("%q: %d:%d; want %d:%d", c.path, p.Line, p.Col, c.line, c.col)
		}
	}
}

func TestPlain(t *testing.T) {
	b, err := json.Marshal(parse(t, sample).Plain())
	want := `{"data":{"source":"a.csv","target":"y"},"model":[{"dense":{"activation":"relu","units":0}},{"dropout":0.3},"flatten"],"note":"고래: 1","train":{"epochs":5,"optimizer":{"adam":{"learning_rate":0.001}}}}`
	if err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
	b, err = json.Marshal(parse(t, "a: &x [1, ~, true]\nb: *x\n'c d': |\n  one\n  two\n").Plain())
	if want = `{"a":[1,null,true],"b":[1,null,true],"c d":"one\ntwo\n"}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
	for _, empty := range []string{"", "# nothing\n", "---\n"} {
		if n := parse(t, empty); n.Kind != Map || len(n.Keys) != 0 {
			t.Errorf("%q gives %+v", empty, n)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"train.epochs=3", `"epochs":3`},
		{"model[0].dense.units=32", `"units":32`},
		{"model[1]=flatten", `[{"dense":{"activation":"relu","units":0}},"flatten","flatten"]`},
		{"model[3]={dense: 1}", `"flatten",{"dense":1}]`},
		{"model[2].flatten.name=f", `{"flatten":{"name":"f"}}`},
		{"split.validation=0.2", `"split":{"validation":0.2}`},
		{"train.callbacks=[]", `"callbacks":[]`},
		{"train.loss=", `"loss":null`},
		{`data.features.a\.b=drop`, `"features":{"a.b":"drop"}`},
		{"data.source=x=y.csv", `"source":"x=y.csv"`},
	} {
		n := parse(t, sample)
		if err := Set(n, c.set); err != nil {
			t.Errorf("%s: %v", c.set, err)
			continue
		}
		b, err := json.Marshal(n.Plain())
		if err != nil || !strings.Contains(string(b), c.want) {
			t.Errorf("%s gives %s, which lacks %s", c.set, b, c.want)
		}
	}
	// A short form on the way becomes the map that it stands for.
	n := parse(t, "optimizer: adam")
	if err := Set(n, "optimizer.adam.learning_rate=0.01"); err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(n.Plain()); string(b) != `{"optimizer":{"adam":{"learning_rate":0.01}}}` {
		t.Errorf("%s", b)
	}
	if p := n.Locate("optimizer.adam.learning_rate", false); p.Words != "--set optimizer.adam.learning_rate=0.01" {
		t.Errorf("the value stands at %+v", p)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, set, want string }{
		{"a: 1\na: 2\n", "", "e.yaml:2:1: "},
		{"a: [1, 2\nb: 3\n", "", "e.yaml:"},
		{"a: 1\n b: 2\n", "", "e.yaml:"},
		{"a: *x\n", "", "e.yaml:1:4: *x stands for nothing"},
		{"a: 1\n---\nb: 2\n", "", "a second YAML document"},
		{"<<: {a: 1}\n", "", "<< has no meaning here"},
		{strings.Repeat("[", 100) + strings.Repeat("]", 100), "", "nested more than 64 deep"},
		{strings.Repeat("#", maxBytes+1), "", "bytes of YAML"},
		{"a: 1", "b", "--set b: give path=value"},
		{"a: 1", "=3", "--set =3: give path=value"},
		{"a: [1]", "a[5]=2", "--set a[5]=2: a has one element, [0]; 5 is none of them"},
		{"a: 1", "b[0].c=1", "--set b[0].c=1: the experiment has no list b; write it whole: b=[…]"},
		{"a: 1", "a=[1", "--set a=[1: the value: "},
	} {
		n, err := Parse("e.yaml", []byte(c.text))
		if err == nil && c.set != "" {
			err = Set(n, c.set)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.30q %s: %v; want %s", c.text, c.set, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("a: &x [*x]\n")
	f.Add("? a\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse("f", []byte(text))
		if err != nil {
			return
		}
		n.Plain()
		n.Locate("a[0].b", true)
	})
}

// Brackets that are opened and opened are refused before the parser, whose time grows with
// their square, sees them.
func TestBrackets(t *testing.T) {
	for _, text := range []string{"data: " + strings.Repeat("[", 100_000), "data: " + strings.Repeat("{a: ", 100_000)} {
		begun := time.Now()
		_, err := Parse("e.yaml", []byte(text))
		if err == nil || err.Error() != "e.yaml: 100000 opening brackets; a file has at most 4096" {
			t.Errorf("%v", err)
		}
		if d := time.Since(begun); d > 2*time.Second {
			t.Errorf("refused after %v", d)
		}
	}
}
