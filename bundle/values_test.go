package bundle_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	_ "gorae/task/all"
)

// learnt returns the model of an experiment.
func learnt(t *testing.T, yaml string) *bundle.Bundle {
	t.Helper()
	f, err := spec.Parse("", "test", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fromFile predicts from the content of a file and returns its rows by the names of the header.
func fromFile(t *testing.T, b *bundle.Bundle, name string, content []byte) (rows []map[string]any) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	i, err := source.Find(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(&task.Source{Info: i})
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.Predict(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	for i := range bound.Data.Len() {
		decoded, err := bound.Decode(out, i)
		if err != nil {
			t.Fatal(err)
		}
		for _, values := range decoded {
			row := map[string]any{}
			for k, v := range values {
				row[bound.Header[k]] = v
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// same reports differences of values under the names that both have; numbers must have the same bits.
func same(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	n := 0
	for k, w := range want {
		g, ok := got[k]
		if !ok {
			continue
		}
		if n++; g != w {
			t.Errorf("%s: %s is %v of values, %v of a file", what, k, g, w)
		}
	}
	if n == 0 {
		t.Errorf("%s: no names in common: %v, %v", what, got, want)
	}
}

type passenger struct {
	Pclass   int
	Sex      *string
	Age      *float64
	Fare     float64
	Embarked string `gorae:"Embarked"`
	SibSp    uint8
	Parch    int16
	Seen     time.Time `gorae:"-"`
}

// TestValuesOfTable: random rows of the training's columns, with missing values, predict the same bits as structs, as
// maps and as a CSV file.
func TestValuesOfTable(t *testing.T) {
	b := learnt(t, `{data: {source: embed:titanic, target: Survived, features: {PassengerId: drop, Name: drop,
		Ticket: drop, Cabin: drop}}, train: {epochs: 2, baselines: false}}`)
	needs := b.Fitted.(task.Columner).Needs()
	random := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	header := []string{"Pclass", "Sex", "Age", "Fare", "Embarked", "SibSp", "Parch"}
	for _, n := range needs {
		if !strings.Contains(strings.Join(header, " "), n) {
			t.Fatalf("the model takes %v", needs)
		}
	}
	if err := w.Write(header); err != nil {
		t.Fatal(err)
	}
	var structs []passenger
	var maps []map[string]any
	for range 200 {
		sex, age := []string{"male", "female"}[random.IntN(2)], float64(random.IntN(800))/10
		p := passenger{Pclass: 1 + random.IntN(3), Sex: &sex, Age: &age, Fare: random.Float64() * 500,
			Embarked: []string{"S", "C", "Q", ""}[random.IntN(4)], SibSp: uint8(random.IntN(9)),
			Parch: int16(random.IntN(7))}
		row := []string{fmt.Sprint(p.Pclass), sex, fmt.Sprint(age), fmt.Sprint(p.Fare), p.Embarked,
			fmt.Sprint(p.SibSp), fmt.Sprint(p.Parch)}
		m := map[string]any{"Pclass": float32(p.Pclass), "Sex": sex, "Age": age, "Fare": p.Fare,
			"Embarked": p.Embarked, "SibSp": int64(p.SibSp), "Parch": row[6]}
		switch random.IntN(4) {
		case 0:
			p.Age, row[2], m["Age"] = nil, "", math.NaN()
		case 1:
			p.Sex, row[1], m["Sex"] = nil, "", nil
		}
		structs, maps = append(structs, p), append(maps, m)
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	want := fromFile(t, b, "rows.csv", text.Bytes())
	ofStructs, err := bundle.Predictions[map[string]any](t.Context(), b, structs)
	if err != nil {
		t.Fatal(err)
	}
	ofMaps, err := bundle.Predictions[map[string]any](t.Context(), b, maps)
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		Survived int                // the target: a class that is named by a number
		P        map[string]float32 // of each class
		One      float64            `gorae:"p(1)"`
	}
	typed, err := bundle.Predictions[answer](t.Context(), b, structs)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		same(t, fmt.Sprintf("row %d, struct", i), ofStructs[i], want[i])
		same(t, fmt.Sprintf("row %d, map", i), ofMaps[i], want[i])
		a := typed[i]
		if fmt.Sprint(a.Survived) != want[i]["prediction"] || a.P["0"] != want[i]["p(0)"] ||
			float32(a.One) != want[i]["p(1)"] || len(a.P) != 2 {
			t.Errorf("row %d: %+v; the file has %v", i, a, want[i])
		}
	}
	one, err := bundle.Prediction[string](t.Context(), b, &structs[3])
	if err != nil || one != want[3]["prediction"] {
		t.Errorf("%q, %v; want %v", one, err, want[3]["prediction"])
	}
	badValues(t, b, structs[0], maps[0])
}

// badValues: errors name the sample, the field, the value and what to do; nothing panics.
func badValues(t *testing.T, b *bundle.Bundle, p passenger, m map[string]any) {
	t.Helper()
	with := func(name string, v any) map[string]any {
		out := map[string]any{}
		for k, x := range m {
			out[k] = x
		}
		out[name] = v
		return out
	}
	lacking := with("Age", 1)
	delete(lacking, "Age")
	type cycle struct{ Next *cycle }
	round := &cycle{}
	round.Next = round
	for _, c := range []struct {
		of   any
		want string
	}{
		{with("Age", make(chan int)), `sample 1["Age"]: a chan int is no value of a sample; give a number, a text, a bool`},
		{with("Age", complex(1, 2)), `sample 1["Age"]: a complex128 is no value of a sample`},
		{with("Age", math.Inf(1)), `record 1: Age: +Inf is neither a number nor a text`},
		{with("Age", []int{1}), `record 1: Age: [1] is neither a number nor a text`},
		{lacking, `record 1: no value "Age"`},
		{struct{ Age int }{3}, "has no field for the column "},
		{struct{ A, B func() }{}, "sample 1.A: a func() is no value"[:0]},
		{struct {
			Age  int
			Also int `gorae:"Age"`
		}{}, `sample 1.Also: another field has the column "Age"; give one of them another tag`},
		{map[int]string{1: "a"}, "sample 1: a map[int]string has no names; give a map[string]any"},
		{round, "nested more than 32 deep"},
		{"a text", "sample 1: a text, but the model takes rows of "},
		{nil, "sample 1: nil, but the model takes a struct or a map with the values "},
		{[]byte("x"), "sample 1: bytes, but the model takes a struct or a map"},
		{(*passenger)(nil), "sample 1: nil, but the model takes"},
		{3, "sample 1: int64, but the model takes"},
	} {
		_, err := bundle.Prediction[string](t.Context(), b, c.of)
		if c.want == "" {
			continue // nil functions are missing values: what is lacking depends on the model
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v; want %q", c.of, err, c.want)
		}
	}
	type wrong struct{ Colour string }
	if _, err := bundle.Prediction[wrong](t.Context(), b, p); err == nil || !strings.Contains(err.Error(),
		`wrong.Colour: the model predicts no "Colour", but prediction, p(0), p(1); give the field the tag of one of them`) {
		t.Error(err)
	}
	if _, err := bundle.Prediction[chan int](t.Context(), b, p); err == nil || !strings.Contains(err.Error(),
		"a chan int takes no predictions; give a struct, a map[string]any, a string or a number") {
		t.Error(err)
	}
	type small struct {
		P int8 `gorae:"p(0)"`
	}
	if _, err := bundle.Prediction[small](t.Context(), b, p); err == nil || !strings.Contains(err.Error(),
		"does not fit a int8; make it a number such as float64") {
		t.Error(err)
	}
	if out, err := bundle.Predictions[string](t.Context(), b, []passenger{}); out != nil || err != nil {
		t.Error(out, err)
	}
}
