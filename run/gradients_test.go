package run_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	"gorae/tensor"
	"gorae/train"
)

// TestR5Written: a run of a recurrent network writes the gradient by time step, and says when it vanishes or explodes.
// With a recurrent matrix u·I and no activation it changes by u at each of the 40 steps between, by hand.
func TestR5Written(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const steps = 41
	x, y := tensor.New(tensor.Float32, 30, steps, 1), tensor.New(tensor.Float32, 30)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i)))
	}
	for i := range y.F32 {
		y.F32[i] = float32(math.Cos(float64(i)))
	}
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	for _, c := range []struct {
		u        string
		unstable bool
	}{{"0.5", true}, {"1.0", false}, {"1.5", true}} {
		r := open(t, fmt.Sprintf(`data: {source: %q, features: none}
split: {validation: 0.2, test: 0}
model:
  - simple_rnn: {name: rnn, units: 2, activation: linear, recurrent_initializer: {identity: {gain: %s}}}
  - dense: 1
train: {epochs: 2, optimizer: {sgd: {learning_rate: 1.0e-30}}}
`, path, c.u))
		dir := filepath.Join(t.TempDir(), "run")
		res, err := run.Run(t.Context(), r, run.Options{Out: dir})
		if err != nil {
			t.Fatal(err)
		}
		var u float64
		fmt.Sscan(c.u, &u)
		g, _ := res.Report.Findings.Sections["gradients"].([]run.Across)
		if want := math.Pow(u, steps-1); len(g) != 1 || g[0].Kind != "SimpleRNN" || g[0].Epoch != 1 ||
			math.Abs(g[0].Ratio/want-1) > 1e-3 {
			t.Fatalf("u = %s: %+v, want a ratio of %v", c.u, g, want)
		}
		if g[0].Unstable() != c.unstable {
			t.Errorf("u = %s: unstable %v", c.u, !c.unstable)
		}
		text, err := os.ReadFile(filepath.Join(dir, run.NormsFile+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) != 1+3*steps || lines[0] != "epoch,layer,step,norm" ||
			!strings.HasPrefix(lines[1], "0,rnn,1,") || !strings.HasPrefix(lines[3*steps], "2,rnn,41,") {
			t.Errorf("u = %s: %d lines, the first %q", c.u, len(lines), lines[:2])
		}
		for _, ext := range []string{".png", ".svg"} {
			if st, err := os.Stat(filepath.Join(dir, run.NormsFile+ext)); err != nil || st.Size() < 1000 {
				t.Errorf("no picture: %v", err)
			}
		}
		if svg, err := os.ReadFile(filepath.Join(dir, run.NormsFile+".svg")); err != nil ||
			strings.Contains(string(svg), ">rnn; outlined: after epoch 1<") != c.unstable {
			t.Errorf("u = %s: error %v, the picture outlines another row", c.u, err)
		}
		again, err := run.ReadReport(dir)
		if err != nil {
			t.Fatal(err)
		}
		var read []run.Across
		if raw, ok := again.Findings.Sections["gradients"].(json.RawMessage); !ok ||
			json.Unmarshal(raw, &read) != nil || !slices.Equal(read, g) {
			t.Errorf("read again: %+v", again)
		}
	}
	// Without a loop over steps there is nothing of that kind.
	r := open(t, fmt.Sprintf("data: {source: %q}\nsplit: {test: 0}\nmodel: [flatten, dense: 1]\ntrain: {epochs: 1}\n",
		path))
	dir := filepath.Join(t.TempDir(), "run")
	res, err := run.Run(t.Context(), r, run.Options{Out: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, run.NormsFile+".csv")); err == nil ||
		res.Report.Findings.Sections["gradients"] != nil {
		t.Errorf("a network without recurrent layers has gradients by step: %v", res.Report.Findings)
	}
}

// TestGradientsSameEpoch: what is told of a gradient is the row that the picture outlines, the last measurement up to
// epoch 25, whose weights are kept.
func TestGradientsSameEpoch(t *testing.T) {
	r := open(t, "data: {source: embed:airline, series: {window: 4}}\nmodel: [gru: {name: loop, units: 2}, dense: 1]\n")
	norms := func(epochs []int, first []float64) (all []train.StepNorms) {
		for i, e := range epochs {
			all = append(all, train.StepNorms{Epoch: e, Layer: "loop", Norm: []float64{first[i], 1, 1}})
		}
		return all
	}
	for _, c := range []struct {
		name   string
		epochs []int
		first  []float64
		epoch  int // that both speak of; −1: neither does
	}{
		{"to the end", []int{0, 1, 24, 25}, []float64{1e-9, 1e-8, 1e-7, 1e-6}, 25},
		{"no longer", []int{0, 1, 16, 24, 25}, []float64{1, 1e-8, 1e-7, 1, 0.1}, -1},
		{"rises for a while", []int{0, 1, 2}, []float64{1, 1e6, 1}, -1},
		{"after the epoch that is kept", []int{0, 1, 25, 26}, []float64{1, 1, 1, 1e-9}, -1},
		{"before training alone", []int{0, 1}, []float64{1e-9, 1}, -1},
		{"never learnt", []int{0}, []float64{1e-9}, 0},
		{"well", []int{0, 1}, []float64{1, 1}, -1},
	} {
		all := norms(c.epochs, c.first)
		said, picture := r.AcrossOf(all)
		if len(said) != 1 {
			t.Fatalf("%s: %+v", c.name, said)
		}
		m := picture.Maps[0]
		marked := -1
		if m.Mark > 0 {
			marked = c.epochs[m.Mark-1]
		}
		if marked != c.epoch || said[0].Unstable() != (c.epoch >= 0) || c.epoch >= 0 && said[0].Epoch != c.epoch {
			t.Errorf("%s: epoch %d of the picture (%s); told is %+v; want %d", c.name, marked, m.Title, said[0],
				c.epoch)
		}
		if c.epoch > 0 && m.Title != fmt.Sprintf("loop; outlined: after epoch %d", c.epoch) {
			t.Errorf("%s: title %q", c.name, m.Title)
		}
	}
}
