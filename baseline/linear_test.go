package baseline

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gorae/data"
	"gorae/internal/par"
	"gorae/tensor"
)

// judged is a case of testdata/linear.json, which scikit-learn computed (testdata/linear.py).
type judged struct {
	Name     string
	X        [][]float64
	Y        []float64
	Classes  int
	Penalty  float64
	Coef     [][]float64
	Constant []float64
	Loss     float64
	Right    int
	Scores   [][]float64
}

func cases(t *testing.T) []judged {
	b, err := os.ReadFile("testdata/linear.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []judged }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all.Cases
}

// of makes a dataset of rows with targets, and the targets as they are to be learnt.
func (c *judged) of(t *testing.T) (data.Dataset, Target) {
	x := tensor.New(tensor.Float32, len(c.X), len(c.X[0]))
	for i, row := range c.X {
		for j, v := range row {
			x.F32[i*len(row)+j] = float32(v)
		}
	}
	y := Target{Count: c.Classes}
	for _, v := range c.Y {
		if c.Classes > 0 {
			y.Classes = append(y.Classes, int32(v))
		} else {
			y.Numbers = append(y.Numbers, v)
		}
	}
	d, err := data.Of(x, tensor.OfFloat64(c.Y, len(c.Y)))
	if err != nil {
		t.Fatal(err)
	}
	return d, y
}

// TestScikitLearn holds weights, losses and scores at a given penalty against scikit-learn's.
func TestScikitLearn(t *testing.T) {
	for _, c := range cases(t) {
		d, y := c.of(t)
		x, s, err := NewDesign(d, y.outputs(), 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Fit(context.Background(), x, s, y, nil, Target{}, Work, 1)
		if err != nil {
			t.Fatal(err)
		}
		o := l.objective(s, y)
		o.lambda = c.Penalty / float64(s.N)
		w := make([]float64, o.size())
		(&minimizer{eval: o.eval, tolerance: 1e-7, memory: 10, most: 4000}).run(w)
		l.weights = w
		loss := mean(o.each(w))
		if c.Classes == 0 {
			loss *= 2 * l.sd * l.sd // half a squared error of standardised numbers
		}
		near(t, c.Name+": loss", loss, c.Loss, 1e-5)
		right := 0
		scores := l.Scores(s)
		for i, truth := range y.Classes {
			if classOf(scores[i*l.outputs:(i+1)*l.outputs]) == int(truth) {
				right++
			}
		}
		if right != c.Right {
			t.Errorf("%s: %d right, scikit-learn has %d", c.Name, right, c.Right)
		}
		for i, row := range c.Scores {
			for j, v := range row {
				near(t, c.Name+": score", scores[i*l.outputs+j], v, 2e-3)
			}
		}
		for j, row := range c.Coef {
			for k, v := range row {
				near(t, c.Name+": weight", w[j*l.outputs+k]*l.sd, v, 2e-3)
			}
		}
	}
}

func classOf(scores []float64) int {
	if len(scores) == 1 {
		if scores[0] > 0 {
			return 1
		}
		return 0
	}
	best := 0
	for j, v := range scores {
		if v > scores[best] {
			best = j
		}
	}
	return best
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: %.7g, want %.7g", what, got, want)
	}
}

// TestThreads: the same bits for one thread and for three.
func TestThreads(t *testing.T) {
	defer par.SetDefault(par.Default())
	n := 3000
	x, y := tensor.New(tensor.Float32, n, 40), Target{Count: 3}
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i) * 1.7))
	}
	for i := range n {
		y.Classes = append(y.Classes, int32(i%7%3))
	}
	d, err := data.Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	var first []float64
	for _, threads := range []int{1, 3} {
		pool := par.New(threads)
		par.SetDefault(pool)
		design, s, err := NewDesign(d, 3, 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Fit(context.Background(), design, s, y, s, y, Work, 1)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = l.weights
		}
		for i, v := range l.weights {
			if v != first[i] {
				t.Fatalf("weight %d: %v with 1 thread, %v with %d", i, first[i], v, threads)
			}
		}
		pool.Close()
	}
}

// TestBag: a bag of words, computed by hand: three ids without padding, one of them twice.
func TestBag(t *testing.T) {
	ids := tensor.Of([]int32{2, 5, 2, 0, 3, 0, 0, 0}, 2, 4)
	d, err := data.Of(ids, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, s, err := NewDesign(d, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if x.dense != 0 || x.sparse != 6 {
		t.Fatalf("%d dense and %d sparse columns, want 0 and 6", x.dense, x.sparse)
	}
	// Of two samples each id is in one: idf = ln(3/2) + 1, the same for all, which the length takes out again.
	// The first sample has 2 of one and 1 of the other: 2/√5, 1/√5.
	want := []float64{2 / math.Sqrt(5), 1 / math.Sqrt(5), 1}
	for i, v := range s.values {
		near(t, "tf-idf", float64(v), want[i], 1e-6)
	}
	if got := s.ids; len(got) != 3 || got[0] != 2 || got[1] != 5 || got[2] != 3 {
		t.Errorf("ids %v, want 2 5 3", got)
	}
	other := tensor.Of([]int32{9, 5, 0, 0}, 1, 4)
	again, err := x.Read(&data.Memory{Inputs: []tensor.Named{{Name: "x", Tensor: other}}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.ids) != 1 || again.ids[0] != 5 || again.values[0] != 1 {
		t.Errorf("ids %v, values %v, want 5 alone: training had no 9", again.ids, again.values)
	}
}

// TestPenalty: labels of pure noise take a stronger penalty than labels that follow the inputs.
func TestPenalty(t *testing.T) {
	fit := func(label func(i int, x float32) int32) float64 {
		n := 400
		x, y := tensor.New(tensor.Float32, n, 30), Target{Count: 2}
		for i := range x.F32 {
			x.F32[i] = float32(math.Sin(float64(i*i%977) * 3.3))
		}
		for i := range n {
			y.Classes = append(y.Classes, label(i, x.F32[i*30]))
		}
		part := func(from, to int) data.Dataset {
			d, err := data.Of(x.Rows(from, to), nil)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		design, s, err := NewDesign(part(0, 200), 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		held, err := design.Read(part(200, n), 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Fit(context.Background(), design, s, Target{Count: 2, Classes: y.Classes[:200]}, held,
			Target{Count: 2, Classes: y.Classes[200:]}, Work, 1)
		if err != nil {
			t.Fatal(err)
		}
		return l.Lambda
	}
	noise := fit(func(i int, _ float32) int32 { return int32(i * 7919 % 13 % 2) })
	signal := fit(func(_ int, x float32) int32 {
		if x > 0 {
			return 1
		}
		return 0
	})
	if !(noise > 10*signal) {
		t.Errorf("penalty %g for noise, %g for a signal", noise, signal)
	}
}

// TestWork: with less work than all penalties on all samples take, the penalty is chosen on some of them and the fit
// goes on with all; with still less, it is to some alone. Either time the answers are nearly those of the whole fit.
func TestWork(t *testing.T) {
	n := 4000
	x, y := tensor.New(tensor.Float32, n, 20), Target{Count: 2}
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i*i%9973) * 3.3))
	}
	for i := range n {
		c := int32(0)
		if x.F32[i*20]+x.F32[i*20+1]+0.5*x.F32[i*20+2] > 0 {
			c = 1
		}
		y.Classes = append(y.Classes, c)
	}
	part := func(from, to int) (data.Dataset, Target) {
		d, err := data.Of(x.Rows(from, to), nil)
		if err != nil {
			t.Fatal(err)
		}
		return d, Target{Count: 2, Classes: y.Classes[from:to]}
	}
	d, learn := part(0, 3000)
	rest, truth := part(3000, n)
	design, s, err := NewDesign(d, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	held, err := design.Read(rest, 1)
	if err != nil {
		t.Fatal(err)
	}
	one := newObjective(design, s, 1).cost()
	for _, c := range []struct {
		evaluations float64
		samples     int
		converged   bool
	}{{1e6, 3000, true}, {200, 3000, true}, {10, 750, true}} {
		l, err := Fit(context.Background(), design, s, learn, held, truth, c.evaluations*one, 1)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, v := range l.Scores(held) {
			if (v > 0) == (truth.Classes[i] == 1) {
				right++
			}
		}
		if right < 970 || l.Samples != c.samples || l.Converged != c.converged {
			t.Errorf("%g evaluations: %d of 1000 right, %d samples, converged %v", c.evaluations, right, l.Samples,
				l.Converged)
		}
	}
}

// TestSteps: a sequence of two features and three steps, of which the second sample has one, by hand.
func TestSteps(t *testing.T) {
	to := make([]float64, 13)
	summarise([]float32{1, 10, 2, 30, 6, 20}, 2, to)
	// mean 3 and 20; squares (4+1+9)/3 and (100+100)/3
	want := []float64{3, 20, math.Sqrt(14.0 / 3), math.Sqrt(200.0 / 3), 1, 10, 6, 30, 1, 10, 6, 20, math.Log(4)}
	for i, v := range to {
		near(t, "summary", v, want[i], 1e-12)
	}
	summarise([]float32{7, 8}, 2, to[:12])
	for i, v := range []float64{7, 8, 0, 0, 7, 8, 7, 8, 7, 8, 7, 8} {
		near(t, "summary of one step", to[i], v, 0)
	}
}

// TestConstant: a column that is the same everywhere but for its rounding to float32 has no say.
func TestConstant(t *testing.T) {
	x := tensor.New(tensor.Float32, 50, 2)
	for i := range 50 {
		x.F32[2*i], x.F32[2*i+1] = float32(math.Log(101)), float32(i%5)
	}
	d, err := data.Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, s, err := NewDesign(d, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if v := s.dense[2*i]; v != 0 {
			t.Fatalf("the constant column is %v", v)
		}
	}
	if s.dense[1] == 0 {
		t.Error("the other column is 0")
	}
}

// TestSaved: models that were written as JSON and read again give the same scores to the bit.
func TestSaved(t *testing.T) {
	for _, c := range cases(t) {
		d, y := c.of(t)
		x, s, err := NewDesign(d, y.outputs(), 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Fit(context.Background(), x, s, y, nil, Target{}, Work, 1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(&Models{Design: x, Linear: []*Linear{l}})
		if err != nil {
			t.Fatal(err)
		}
		var again Models
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		scores, err := again.Scores(d)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(scores[0], l.Scores(s)) {
			t.Errorf("%s: other scores", c.Name)
		}
		other, err := data.Of(tensor.New(tensor.Float32, 3, len(c.X[0])+1), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Scores(other); err == nil {
			t.Error("samples of another shape were read")
		}
	}
	for _, bad := range []string{`{"fields":[{"form":9,"width":1,"inputs":1}]}`, `{"fields":[{"width":1,"inputs":1}]}`,
		`{"mean":"?"}`, `{"linear":[{"outputs":1,"weights":"AAA="}]}`} {
		if err := json.Unmarshal([]byte(bad), &Models{}); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
