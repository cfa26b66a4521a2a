package generate_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/generate"
	"gorae/layer"
	"gorae/model"
	"gorae/prep/text"
	"gorae/tensor"
)

func vocabulary(t testing.TB, learn string, s text.Spec) *text.Vocabulary {
	t.Helper()
	v, err := text.Fit([]string{learn}, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func network(t testing.TB, layers ...layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(layers...)
	if err := m.Build(4); err != nil {
		t.Fatal(err)
	}
	return m
}

// chain is a network that gives, whatever came before, the scores that table has for the last id.
func chain(t testing.TB, window int, table [][]float32, activation layer.Activation) *model.Model {
	n := len(table)
	m := network(t, layer.Input{Shape: []int{window}, DType: "int32"}, layer.Embedding{InputDim: n, OutputDim: n},
		layer.Apply{Activation: activation})
	w := tensor.New(tensor.Float32, n, n)
	for i, row := range table {
		copy(w.F32[i*n:], row)
	}
	if err := m.Store().Set("embedding/embeddings", w); err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t testing.TB, w *generate.Writer, n int) string {
	t.Helper()
	var b strings.Builder
	for range n {
		s, err := w.Next()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(s)
	}
	return b.String() + w.Rest()
}

// A network that knows one word goes on with it, whatever the seed; text that it does not know is
// told, and without a prompt it begins as after a line break.
func TestGreedy(t *testing.T) {
	v := vocabulary(t, "whale\nwhale\n", text.Spec{Unit: "character"})
	word := "whale\n"
	table := make([][]float32, v.Size())
	for i := range table {
		table[i] = make([]float32, v.Size())
	}
	for i := range word {
		from, to := v.Encode(word[i : i+1])[0], v.Encode(word[(i+1)%len(word):][:1])[0]
		table[from][to] = 30
	}
	m := chain(t, 5, table, "softmax")
	for _, temperature := range []float64{0, 0.5, 1} {
		w, err := generate.NewWriter(m, v, false, 9)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature = temperature
		unknown, err := w.Prompt("Wh猫ax猫")
		if err != nil || strings.Join(unknown, " ") != "猫 x" {
			t.Errorf("unknown %q, error %v", unknown, err)
		}
		if got := write(t, w, 9); got != "le\nwhale\n" {
			t.Errorf("temperature %v: %q", temperature, got)
		}
		w, err = generate.NewWriter(m, v, false, 9)
		if err != nil {
			t.Fatal(err)
		}
		if got := write(t, w, 5); got != "whale" {
			t.Errorf("without a prompt: %q", got)
		}
		w.Temperature = -1
		if _, err := w.Next(); err == nil || !strings.Contains(err.Error(), "temperature -1; give a number from 0") {
			t.Errorf("error %v", err)
		}
	}
}

// Letters come as often as p^(1/t) says, from probabilities and from logits alike, never what stands
// for no text; the same seed gives the same letters, another one others.
func TestTemperature(t *testing.T) {
	v := vocabulary(t, "aaabbc", text.Spec{Unit: "character"})
	p := []float64{0.3, 0.2, 0.1, 0.15, 0.25} // padding, unknown, a, b, c
	row, logits := make([]float32, 5), make([]float32, 5)
	for i := range p {
		row[i], logits[i] = float32(p[i]), float32(math.Log(p[i])+3)
	}
	drawn := map[string]string{}
	for _, temperature := range []float64{0.5, 1, 2} {
		sum := 0.0
		for _, x := range p[2:] {
			sum += math.Pow(x, 1/temperature)
		}
		for name, m := range map[string]*model.Model{
			"probabilities": chain(t, 3, [][]float32{row, row, row, row, row}, "linear"),
			"logits":        chain(t, 3, [][]float32{logits, logits, logits, logits, logits}, "linear"),
		} {
			var texts [3]string
			for i, seed := range []uint64{1, 1, 2} {
				w, err := generate.NewWriter(m, v, name == "logits", seed)
				if err != nil {
					t.Fatal(err)
				}
				w.Temperature = temperature
				texts[i] = write(t, w, 4000)
			}
			if texts[0] != texts[1] || texts[0] == texts[2] {
				t.Errorf("%s, temperature %v: seeds do not decide the text", name, temperature)
			}
			drawn[fmt.Sprint(name, temperature)] = texts[0]
			for i, c := range "abc" {
				want := math.Pow(p[2+i], 1/temperature) / sum
				got := float64(strings.Count(texts[0], string(c))) / 4000
				if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/4000) {
					t.Errorf("%s, temperature %v: %c is %.3f of the text, want %.3f", name, temperature, c, got, want)
				}
			}
		}
	}
}

// Read step by step or by windows, a network goes on with the same text as long as the window holds
// all of it; a network that looks both ways is read by windows.
func TestReaders(t *testing.T) {
	v := vocabulary(t, "the whale dives deep and begins with go", text.Spec{Unit: "character"})
	const window = 12
	inner := []layer.Layer{layer.Input{Shape: []int{window}, DType: "int32"},
		layer.Embedding{InputDim: v.Size(), OutputDim: 8, Embeddings: nil},
		layer.LSTM{Units: 16}, layer.Dense{Units: v.Size(), Activation: "softmax"}}
	m := network(t, inner...)
	w, err := generate.NewWriter(m, v, false, 3)
	if err != nil {
		t.Fatal(err)
	}
	prompt := "whale dives "
	if _, err := w.Prompt(prompt); err != nil {
		t.Fatal(err)
	}
	w.Temperature = 0
	first := write(t, w, 1)
	ids := tensor.New(tensor.Int32, 1, window)
	copy(ids.I32, v.Encode(prompt))
	y, err := m.Predict(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	best := 2
	for i, p := range y[0].F32 {
		if i >= 2 && p > y[0].F32[best] {
			best = i
		}
	}
	if want := v.Token(int32(best)); first != want {
		t.Errorf("step by step %q, the whole window %q", first, want)
	}
	both := network(t, inner[0], inner[1], layer.Bidirectional{Layer: layer.LSTM{Units: 4}}, inner[3])
	if w, err = generate.NewWriter(both, v, false, 3); err != nil {
		t.Fatal(err)
	}
	if got := write(t, w, 30); len(got) != 30 {
		t.Errorf("by windows: %q", got)
	}
	for _, c := range []struct {
		m    *model.Model
		want string
	}{
		{network(t, layer.Input{Shape: []int{window, 2}}, layer.LSTM{Units: 3}), "does not take one sequence of ids"},
		{network(t, inner[0], inner[1], inner[2], layer.Dense{Units: 7}),
			"not one number for each of the vocabulary's"},
	} {
		if _, err := generate.NewWriter(c.m, v, false, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Stretches read piece by piece are evaluated as the network evaluates them whole.
func TestEvaluate(t *testing.T) {
	const n = 4200 // 16 stretches of 262 ids
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(2 + (i*i/3+i/5)%9)
	}
	length := (n - 1) / 16
	layers := func(window int) []layer.Layer {
		return []layer.Layer{layer.Input{Shape: []int{window}, DType: "int32"},
			layer.Embedding{InputDim: 11, OutputDim: 6},
			layer.GRU{Units: 12, ReturnSequences: true}, layer.Dense{Units: 11, Activation: "softmax"}}
	}
	m, whole := network(t, layers(20)...), network(t, layers(length)...)
	got, err := generate.Evaluate(context.Background(), m, ids, false)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.New(tensor.Int32, 16, length)
	for r := range 16 {
		copy(x.I32[r*length:(r+1)*length], ids[r*length:])
	}
	y, err := whole.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	nats, right := 0.0, 0
	for i := range 16 * length {
		p := y[0].F32[i*11 : (i+1)*11]
		next := ids[i/length*length+i%length+1]
		nats -= math.Log(float64(p[next]))
		best := 0
		for k := range p {
			if p[k] > p[best] {
				best = k
			}
		}
		if best == int(next) {
			right++
		}
	}
	k := float64(16 * length)
	if got.Tokens != 16*length || math.Abs(got.Nats-nats/k) > 1e-6 || math.Abs(got.Accuracy-float64(right)/k) > 1e-9 {
		t.Errorf("%+v, want %d tokens, %v nats, %v right", got, 16*length, nats/k, float64(right)/k)
	}
	if p := got.Perplexity(); math.Abs(p-math.Exp(nats/k)) > 1e-4 {
		t.Errorf("perplexity %v", p)
	}
	short, err := generate.Evaluate(context.Background(), m, ids[:100], false)
	if err != nil || short.Tokens != 99 {
		t.Errorf("%+v, error %v: a short text is one stretch", short, err)
	}
}

// One letter through the public call.
func BenchmarkNext(b *testing.B) {
	v := vocabulary(b, "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\n",
		text.Spec{Unit: "character", Case: true})
	for _, units := range []int{64, 256} {
		b.Run(fmt.Sprint("lstm", units), func(b *testing.B) {
			m := network(b, layer.Input{Shape: []int{100}, DType: "int32"},
				layer.Embedding{InputDim: v.Size(), OutputDim: 32},
				layer.LSTM{Units: units, ReturnSequences: true}, layer.Dense{Units: v.Size(), Activation: "softmax"})
			w, err := generate.NewWriter(m, v, false, 1)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := w.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A network of words and marks writes them as people do, and goes on from a prompt's last mark; one whose vocabulary
// was saved without marks writes as it did.
func TestWordsAndMarks(t *testing.T) {
	v := vocabulary(t, `. "go , whale - song ! "`, text.Spec{Case: true, Marks: true})
	table := make([][]float32, v.Size())
	for i := range table {
		table[i] = make([]float32, v.Size())
	}
	last := v.Encode(".")[0]
	for _, token := range []string{`go`, `,`, `whale`, `-`, `song`, `!`} {
		id := v.Encode(token)[0]
		table[last][id], last = 30, id
	}
	table[last][v.Encode("go")[0]] = 30
	m := chain(t, 5, table, "softmax")
	for prompt, want := range map[string]string{
		"":         "go, whale-song! go, whale-song!",
		"whale":    "-song! go, whale-song! go,",
		"go, ":     "whale-song! go, whale-song! go",
		`"whale -`: "song! go, whale-song! go, whale",
	} {
		w, err := generate.NewWriter(m, v, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature = 0
		if unknown, err := w.Prompt(prompt); err != nil || len(unknown) > 0 {
			t.Errorf("%q: unknown %q, error %v", prompt, unknown, err)
		}
		n := 12
		if prompt != "" {
			n = len(v.Spec.Tokens(want))
		}
		if got := write(t, w, n); got != want {
			t.Errorf("behind %q: %q, want %q", prompt, got, want)
		}
	}
	old := vocabulary(t, "whale song, whale song. whale", text.Spec{Case: true})
	w, err := generate.NewWriter(chain(t, 5, [][]float32{{0, 0, 0, 9}, {0, 0, 0, 9}, {0, 0, 0, 9}, {0, 0, 9, 0}},
		"softmax"), old, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Temperature = 0
	if _, err := w.Prompt("song "); err != nil {
		t.Fatal(err)
	}
	if got := write(t, w, 3); got != " whale song whale" {
		t.Errorf("without marks: %q", got)
	}
}
