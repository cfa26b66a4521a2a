package data

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/tensor"
)

// D6 and D7: the chapter's shapes and what they mean.
func TestD6D7Statement(t *testing.T) {
	for _, c := range []struct {
		shape tensor.Shape
		want  string
	}{
		{tensor.Shape{100, 3}, "(100, 3): 100 samples × 3 features; a Keras input shape leaves the sample axis out: " +
			"(3,)"},
		{tensor.Shape{500, 20000}, "(500, 20000): 500 samples × 20000 features; a Keras input shape leaves the " +
			"sample axis out: (20000,)"},
		{tensor.Shape{100, 390, 3}, "(100, 390, 3): samples, time steps, features; a Keras input shape leaves the " +
			"sample axis out: (390, 3)"},
		{tensor.Shape{5000, 78, 78, 3},
			"(5000, 78, 78, 3): samples, height, width, channels; a Keras input shape leaves the sample axis out: " +
				"(78, 78, 3)"},
		{tensor.Shape{5000, 78, 78, 1},
			"(5000, 78, 78, 1): samples, height, width, channels; a Keras input shape leaves the sample axis out: " +
				"(78, 78, 1)"},
		{tensor.Shape{7}, "(7,): 7 samples; a Keras input shape leaves the sample axis out: ()"},
		{tensor.Shape{1, 1}, "(1, 1): 1 sample × 1 feature; a Keras input shape leaves the sample axis out: (1,)"},
	} {
		r := &Report{Shape: c.shape, Axes: AxisNames(c.shape), Input: c.shape[1:]}
		if got := r.Statement(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestInspectTable(t *testing.T) {
	const in = `id,height,kind,same,gone,rare
1,2,whale,5,,
2,4,whale,5,NA,
3,4,dolphin,5,?,
4,6,whale,5,NaN,1
`
	tab, err := ReadCSV(strings.NewReader(in), "sea.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Inspect(&Source{Table: tab}, "kind")
	if err != nil {
		t.Fatal(err)
	}
	h := r.Columns[1]
	if h.Min != 2 || h.Max != 6 || h.Mean != 4 || math.Abs(h.SD-math.Sqrt2) > 1e-15 || h.Levels != 3 {
		t.Errorf("height: %+v", h)
	}
	want := `sea.csv
4 rows × 6 columns

column         kind      missing  values  min  mean  sd  max
id             number    0        4       1  2.5  1.118   4
height         number    0        3       2  4    1.4142  6
kind (target)  category  0        2       whale 3, dolphin 1
same           number    0        1       5  5  0  5
gone           number    4        0             
rare           number    3        1       1  1  0  1

kind: 2 classes of dolphin 1, whale 3

in a training, where the experiment says nothing of these columns:
  dropped: gone (no value); features: {COLUMN: TRANSFORM} keeps one
  the same value in all rows, which says nothing of the target: same
  a feature that says where it is missing takes the place of the value: rare; features: {COLUMN: TRANSFORM} says otherwise

guesses, and the setting that says otherwise:
  gone: 3 values are spelled ?, NA, NaN and taken for missing; missing: [] keeps the word

warning: rare: missing in 3 of 4 rows (75 %)
`
	if got := r.String(); squeezeBlanks(got) != squeezeBlanks(want) {
		t.Errorf("got\n%s", got)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal(b, &again); err != nil || again.String() != r.String() {
		t.Errorf("%v\n%s", err, again.String())
	}
	if _, err := Inspect(&Source{Table: tab},
		"knid"); err == nil || err.Error() != `sea.csv: no column "knid"; did you mean "kind"?` {
		t.Error(err)
	}
}

func squeezeBlanks(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, "\n")
}

func TestInspectWarns(t *testing.T) {
	for in, want := range map[string]string{
		"a,b\n1,2\n1,2\n3,4\n": "1 row is the same as an earlier one in every column: if these are copies, remove them",
		"a,y\n1,x\n2,x\n":      "y: a single class; there is nothing to tell apart",
		"a,y\n1,x\n2,\n3,z\n":  "y: the target is missing in 1 of 3 rows; a training leaves them out",
		"a,y\n" + strings.Repeat("1,2\n3,4\n", 9) + "oops,2\n1,2\n3,4\n": "", // 20 of 21: see the note
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Inspect(&Source{Table: tab}, "last")
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(r.Warnings, "\n"); !strings.Contains(all, want) || len(r.Warnings) == 0 {
			t.Errorf("%.20q: %q, want %q", in, r.Warnings, want)
		}
	}
}

func TestInspectArrays(t *testing.T) {
	x := tensor.Of([]uint8{0, 0, 0, 255, 10, 20, 30, 40}, 2, 2, 2, 1)
	r, err := Inspect(&Source{Arrays: &Arrays{Name: "x", X: x, Y: tensor.Of([]int32{1, 1}, 2),
		Classes: []string{"dolphin", "whale"}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := `x
(2, 2, 2, 1): samples, height, width, channels; a Keras input shape leaves the sample axis out: (2, 2, 1)
elements: uint8, min 0, mean 44.375, sd 80.833, max 255

labels: 1 class of whale 2

warning: labels: a single class; there is nothing to tell apart
`
	if got := r.String(); got != want { // numpy.std([...]) = 80.83306...
		t.Errorf("got\n%s", got)
	}
	f := tensor.New(tensor.Float32, 3, 2)
	f.F32[1] = float32(math.NaN())
	if r, err = Inspect(&Source{Arrays: &Arrays{Name: "x", X: f}},
		""); err != nil || r.Warnings[0] != "1 of 6 values are NaN or infinite; replace or remove them" {
		t.Error(r, err)
	}
}

func ExampleInspect() {
	iris, err := FindSample("iris")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := iris.Table()
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := Inspect(&Source{Table: t}, "species")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(r)
	// Output:
	// embed:iris
	// (150, 4): 150 samples × 4 features; a Keras input shape leaves the sample axis out: (4,)
	//
	// column            kind      missing  values  min  mean    sd       max
	// sepal_length      number    0        35      4.3  5.8433  0.8253   7.9
	// sepal_width       number    0        23      2    3.0573  0.43441  4.4
	// petal_length      number    0        43      1    3.758   1.7594   6.9
	// petal_width       number    0        22      0.1  1.1993  0.75969  2.5
	// species (target)  category  0        3       setosa 50, versicolor 50, …
	//
	// species: 3 classes of setosa 50, versicolor 50, virginica 50
	//
	// warning: 1 row is the same as an earlier one in every column: if these are copies, remove them
}
