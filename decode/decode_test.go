package decode_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/decode"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// chain is a language of which the probabilities of the next id depend on all ids so far, in a way that a test can
// compute by itself.
type chain struct {
	ids    int
	logits bool
	prefix [][]int32
	scores []float32
}

// next are the probabilities of what follows a prefix: drawn from a seed that is made of the prefix.
func (c *chain) next(prefix []int32) []float64 {
	seed := uint64(17)
	for _, id := range prefix {
		seed = seed*31 + uint64(id) + 1
	}
	r := weight.NewRand(seed, "chain")
	p, sum := make([]float64, c.ids), 0.0
	for i := range p {
		p[i] = r.Uniform() * r.Uniform()
		sum += p[i]
	}
	for i := range p {
		p[i] = float64(float32(p[i] / sum))
	}
	return p
}

func (c *chain) Step(ids, from []int32) ([]float32, error) {
	if c.prefix == nil {
		c.prefix, c.scores = make([][]int32, len(ids)), make([]float32, len(ids)*c.ids)
	}
	was := slices.Clone(c.prefix)
	for r, id := range ids {
		c.prefix[r] = append(slices.Clone(was[from[r]]), id)
		for i, p := range c.next(c.prefix[r]) {
			if c.logits {
				p = math.Log(p) + 3
			}
			c.scores[r*c.ids+i] = float32(p)
		}
	}
	return c.scores, nil
}

const begin, end = 1, 2

// all lists every sequence of up to most ids that ends, with its score.
func (c *chain) all(b decode.Beam, prefix []int32, log float64) (out []decode.Sequence) {
	for id, p := range c.next(prefix) {
		own := log + math.Log(p)
		switch {
		case slices.Contains(b.Never, int32(id)):
		case id == end:
			n := float64(len(prefix)) // ids and the end: without begin
			out = append(out, decode.Sequence{IDs: slices.Clone(prefix[1:]), Log: own,
				Score: own / math.Pow((5+n)/6, b.Penalty), Ended: true})
		case len(prefix) <= b.Most:
			out = append(out, c.all(b, append(slices.Clone(prefix), int32(id)), own)...)
		}
	}
	return out
}

// TestBeamExhaustive: a beam as wide as all sequences finds the best one of all, whatever the penalty, from
// probabilities and from logits.
func TestBeamExhaustive(t *testing.T) {
	for _, logits := range []bool{false, true} {
		for _, penalty := range []float64{0, 0.7, 2} {
			b := decode.Beam{Width: 300, Penalty: penalty, Most: 4, Begin: begin, End: end, Never: []int32{0, 1},
				Logits: logits}
			got, err := b.Search(context.Background(), &chain{ids: 6, logits: logits}, 1)
			if err != nil {
				t.Fatal(err)
			}
			all := (&chain{ids: 6}).all(b, []int32{begin}, 0)
			slices.SortFunc(all, func(x, y decode.Sequence) int {
				if x.Score > y.Score {
					return -1
				}
				return 1
			})
			if g, w := got[0][0], all[0]; !slices.Equal(g.IDs, w.IDs) || math.Abs(g.Score-w.Score) > 1e-5 || !g.Ended {
				t.Errorf("penalty %v, logits %v: %+v, want %+v of %d", penalty, logits, g, w, len(all))
			}
		}
	}
}

// TestGreedy: width 1 takes the likeliest id at each step; several sentences at once are each decoded by itself.
func TestGreedy(t *testing.T) {
	c := &chain{ids: 9}
	var want []int32
	ended := false
	for prefix := []int32{begin}; len(want) < 6; prefix = append(prefix, want[len(want)-1]) {
		p, best := c.next(prefix), 2
		for i := range p {
			if i > 1 && p[i] > p[best] {
				best = i
			}
		}
		if ended = best == end; ended {
			break
		}
		want = append(want, int32(best))
	}
	b := decode.Beam{Most: 6, Begin: begin, End: end, Never: []int32{0, 1}}
	got, err := b.Search(context.Background(), c, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range got {
		if len(s) != 1 || !slices.Equal(s[0].IDs, want) || s[0].Ended != ended {
			t.Errorf("sentence %d: %+v, want %v, ended %v", i, s, want, ended)
		}
	}
}

// TestBeamCut: a language that never ends is cut at Most ids, and says so.
func TestBeamCut(t *testing.T) {
	b := decode.Beam{Width: 3, Most: 5, Begin: begin, End: 100}
	got, err := b.Search(context.Background(), &chain{ids: 5}, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if len(s) != 3 || len(s[0].IDs) != 5 || s[0].Ended || s[0].Score < s[1].Score {
			t.Errorf("%+v", s)
		}
	}
}

// TestBeamRefuses: values out of range, scores that are no numbers, a context that ended.
func TestBeamRefuses(t *testing.T) {
	for _, b := range []decode.Beam{{Width: -1, Most: 1}, {Most: 0}, {Most: 1, Penalty: math.NaN()},
		{Most: 1, Penalty: -1}} {
		if _, err := b.Search(context.Background(), &chain{ids: 3}, 1); err == nil {
			t.Errorf("%+v: no error", b)
		}
	}
	nan := stepsFunc(func(ids, _ []int32) ([]float32, error) { return []float32{0, float32(math.NaN())}, nil })
	if _, err := (decode.Beam{Most: 3}).Search(context.Background(), nan, 1); err == nil ||
		!strings.Contains(err.Error(), "NaN") {
		t.Errorf("NaN: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (decode.Beam{Most: 3}).Search(ctx, &chain{ids: 3}, 1); err != context.Canceled {
		t.Errorf("ended context: %v", err)
	}
}

type stepsFunc func(ids, from []int32) ([]float32, error)

func (f stepsFunc) Step(ids, from []int32) ([]float32, error) { return f(ids, from) }

// translator is an encoder-decoder of a size that a person would train.
func translator(t testing.TB, units, words, steps int) *model.Model {
	t.Helper()
	in := func(name string) *model.Value {
		return model.Apply(layer.Input{Base: layer.Base{Name: name}, Shape: []int{steps}, DType: "int32"})
	}
	x, y := in("source"), in("target")
	embed := layer.Embedding{InputDim: words, OutputDim: units, MaskZero: true}
	e := model.ApplyN(layer.GRU{Units: units, ReturnState: true}, 2, model.Apply(embed, x))
	h := model.Apply(layer.GRU{Units: units, ReturnSequences: true}, model.Apply(embed, y), e[1])
	m := model.New([]*model.Value{x, y}, []*model.Value{model.Apply(layer.Dense{Units: words, Activation: "softmax"},
		h)})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	return m
}

// transformer is a language model of two blocks of causal attention.
func transformer(t testing.TB, units, words, steps int) *model.Model {
	t.Helper()
	x := model.Apply(layer.Input{Shape: []int{steps}, DType: "int32"})
	h := model.Apply(layer.TokenAndPositionEmbedding{VocabularySize: words, SequenceLength: steps, EmbeddingDim: units},
		x)
	attention := layer.MultiHeadAttention{NumHeads: 4, KeyDim: units / 4}
	attention.UseCausalMask = true
	for range 2 {
		h = model.Apply(layer.Add{}, h, model.Apply(attention, model.Apply(layer.LayerNormalization{}, h)))
		wide := model.Apply(layer.Dense{Units: 4 * units, Activation: "relu"},
			model.Apply(layer.LayerNormalization{}, h))
		h = model.Apply(layer.Add{}, h, model.Apply(layer.Dense{Units: units}, wide))
	}
	m := model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.Dense{Units: words, Activation: "softmax"}, h)})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	return m
}

func sources(n, steps, words int) *tensor.Tensor {
	x := tensor.New(tensor.Int32, n, steps)
	for i := range x.I32 {
		x.I32[i] = int32(2 + i*7%(words-2))
	}
	return x
}

// TestCompiledIsWhole: the compiled steps find what steps that compute the whole sequence anew find.
func TestCompiledIsWhole(t *testing.T) {
	isWhole(t, translator(t, 12, 20, 9), 1, 3, sources(4, 9, 20))
	isWhole(t, transformer(t, 12, 20, 9), 0, 12)
}

// isWhole tests a network with a beam of 3 for each of 4 samples.
func isWhole(t *testing.T, m *model.Model, target, times int, x ...*tensor.Tensor) {
	t.Helper()
	n, err := decode.New(m, target)
	if err != nil || !n.Compiled {
		t.Fatal(err, n.Reason)
	}
	b := decode.Beam{Width: 3, Penalty: 1, Most: 8, Begin: begin, End: end, Never: []int32{0, 1}}
	var found [2][][]decode.Sequence
	for k, begin := range []func(int, ...*tensor.Tensor) (decode.Steps, error){n.Begin, n.Whole} {
		s, err := begin(times, x...)
		if err != nil {
			t.Fatal(err)
		}
		if found[k], err = b.Search(context.Background(), s, 4); err != nil {
			t.Fatal(err)
		}
	}
	for i := range found[0] {
		for k, s := range found[0][i] {
			if w := found[1][i][k]; !slices.Equal(s.IDs, w.IDs) || math.Abs(s.Score-w.Score) > 1e-4 {
				t.Errorf("sentence %d, %d: %+v, want %+v", i, k, s, w)
			}
		}
	}
}

// TestWholeForOthers: a network that looks along the whole sequence is decoded too, and says which layer it is.
func TestWholeForOthers(t *testing.T) {
	y := model.Apply(layer.Input{Shape: []int{6}, DType: "int32"})
	h := model.Apply(layer.Conv1D{Filters: 4, KernelSize: []int{3}, Padding: "causal"},
		model.Apply(layer.Embedding{InputDim: 8, OutputDim: 4}, y))
	m := model.New([]*model.Value{y}, []*model.Value{model.Apply(layer.Dense{Units: 8}, h)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	n, err := decode.New(m, 0)
	if err != nil || n.Compiled || !strings.Contains(n.Reason.Error(), "conv1d") {
		t.Fatal(err, n.Compiled, n.Reason)
	}
	s, err := n.Begin(2)
	if err != nil {
		t.Fatal(err)
	}
	b := decode.Beam{Width: 2, Most: 5, Begin: begin, End: end, Logits: true}
	if got, err := b.Search(context.Background(), s, 1); err != nil || len(got[0]) == 0 {
		t.Fatal(got, err)
	}
}

// BenchmarkSteps is 40 steps of 8 rows, each with the states kept in the plan (compiled) or with the whole prefix fed
// again (whole).
func BenchmarkSteps(b *testing.B) {
	const steps, words, rows = 40, 500, 8
	for _, c := range []struct {
		name   string
		model  *model.Model
		target int
		times  int
		x      []*tensor.Tensor
	}{
		{"translator", translator(b, 128, words, steps), 1, 1, []*tensor.Tensor{sources(rows, steps, words)}},
		{"transformer", transformer(b, 128, words, steps), 0, rows, nil},
	} {
		n, err := decode.New(c.model, c.target)
		if err != nil || !n.Compiled {
			b.Fatal(err, n.Reason)
		}
		for name, begin := range map[string]func(int, ...*tensor.Tensor) (decode.Steps, error){
			"whole": n.Whole, "compiled": n.Begin} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				ids, from := make([]int32, rows), []int32{0, 1, 2, 3, 4, 5, 6, 7}
				for b.Loop() {
					s, err := begin(c.times, c.x...)
					if err != nil {
						b.Fatal(err)
					}
					for range steps {
						if _, err := s.Step(ids, from); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// TestSampler: temperature 0 takes the likeliest; top-k and the nucleus draw among the likeliest alone, in their
// proportions.
func TestSampler(t *testing.T) {
	p := []float32{0.9, 0.05, 0.4, 0.3, 0.2, 0.1} // the first id stands for no text
	count := func(s decode.Sampler) []float64 {
		s.First, s.Rand = 1, weight.NewRand(7, "test")
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		n := make([]float64, len(p))
		for range 20000 {
			n[s.Draw(p)] += 1.0 / 20000
		}
		return n
	}
	for name, c := range map[string]struct {
		s    decode.Sampler
		want []float64
	}{
		"cold":    {decode.Sampler{}, []float64{0, 0, 1, 0, 0, 0}},
		"all":     {decode.Sampler{Temperature: 1}, []float64{0, .0476, .381, .2857, .1905, .0952}},
		"top 2":   {decode.Sampler{Temperature: 1, TopK: 2}, []float64{0, 0, .5714, .4286, 0, 0}},
		"nucleus": {decode.Sampler{Temperature: 1, TopP: 0.7}, []float64{0, 0, .4444, .3333, .2222, 0}},
		"both":    {decode.Sampler{Temperature: 1, TopK: 3, TopP: 0.5}, []float64{0, 0, .5714, .4286, 0, 0}},
		"sharp":   {decode.Sampler{Temperature: 0.5, TopK: 2}, []float64{0, 0, .64, .36, 0, 0}},
	} {
		got := count(c.s)
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 0.015 { // four standard errors of a share of 20,000 draws
				t.Errorf("%s: %.3f, want %v", name, got, c.want)
				break
			}
		}
	}
	for _, s := range []decode.Sampler{{Temperature: -1}, {Temperature: math.NaN()}, {TopK: -1}, {TopP: 2}} {
		if s.Check() == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}

// ExampleBeam decodes with a hand-made language: after the begin, 3 is likelier than 4, but 4 is sure to end and 3 is
// not. Greedy decoding takes 3, a beam of two finds 4.
func ExampleBeam() {
	table := map[int32][]float32{
		1: {0, 0, 0, 0.6, 0.4, 0}, // begin
		3: {0, 0, 0.5, 0, 0, 0.5},
		4: {0, 0, 1, 0, 0, 0},
		5: {0, 0, 1, 0, 0, 0},
	}
	var scores []float32
	language := stepsFunc(func(ids, _ []int32) ([]float32, error) {
		scores = scores[:0]
		for _, id := range ids {
			scores = append(scores, table[id]...)
		}
		return scores, nil
	})
	for _, width := range []int{1, 2} {
		b := decode.Beam{Width: width, Most: 3, Begin: 1, End: 2}
		found, err := b.Search(context.Background(), language, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("width %d: %v, p = %.2f\n", width, found[0][0].IDs, math.Exp(found[0][0].Log))
	}
	// Output:
	// width 1: [3], p = 0.30
	// width 2: [4], p = 0.40
}
