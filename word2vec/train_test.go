package word2vec

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/internal/par"
)

// topics returns texts of words t0…t9, each from one of several topics, with some words that all topics have.
func topics(seed uint64, texts, words int) [][]string {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([][]string, texts)
	for i := range out {
		topic := string(rune('a' + r.IntN(5)))
		for range words {
			w := topic + string(rune('0'+r.IntN(10)))
			if r.IntN(3) == 0 {
				w = "common" + string(rune('0'+r.IntN(4)))
			}
			out[i] = append(out[i], w)
		}
	}
	return out
}

// many returns texts of twelve words, each text from one of 20 topics of 50 words.
func many(seed uint64, texts int) [][]string {
	r := rand.New(rand.NewPCG(seed, 2))
	out := make([][]string, texts)
	for i := range out {
		topic := r.IntN(20)
		for range 12 {
			out[i] = append(out[i], fmt.Sprintf("t%dw%d", topic, r.IntN(50)))
		}
	}
	return out
}

func number(f float64) *float64 { return &f }

// small is settings for a few thousand words.
func small(method string) Config {
	return Config{Method: method, Size: 20, Epochs: 4, Sample: number(0.05), LearningRate: 0.05, Window: 3}
}

func trainer(t testing.TB, texts [][]string, cfg Config, seed uint64) *Trainer {
	t.Helper()
	c, err := NewCorpus(slices.Values(texts), cfg)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(c, cfg, seed)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func train(t *Trainer) *Trainer {
	for !t.Done() {
		t.Step()
	}
	return t
}

// threads runs f with a pool of so many threads.
func threads(n int, f func()) {
	before := par.Default()
	p := par.New(n)
	par.SetDefault(p)
	defer func() {
		par.SetDefault(before)
		p.Close()
	}()
	f()
}

// TestNeighboursShareTheTopic: nine words share a topic with each word; by chance a neighbour does with probability
// 9/53.
func TestNeighboursShareTheTopic(t *testing.T) {
	for _, method := range []string{"skipgram", "cbow"} {
		v := train(trainer(t, topics(1, 2000, 12), small(method), 1)).Vectors()
		right, all := 0, 0
		for _, w := range v.Words {
			if strings.HasPrefix(w, "common") {
				continue
			}
			near, err := v.Near(w, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range near {
				all++
				if n.Word[0] == w[0] && len(n.Word) == len(w) {
					right++
				}
			}
		}
		if all != 250 || right < 240 {
			t.Errorf("%s: %d of %d neighbours share the topic", method, right, all)
		}
	}
}

// TestSameBits: any number of threads gives the same bits, for vectors of one cache line and of several, few and many
// negative samples.
func TestSameBits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	texts := topics(2, 600, 20)
	for _, cfg := range []Config{
		{Size: 100, Epochs: 2, Window: 5},
		{Size: 7, Epochs: 1, Window: 2, Negative: 1},
		{Size: 50, Epochs: 1, Window: 8, Negative: 13, Sample: number(0)},
		{Method: "cbow", Size: 40, Epochs: 2, Negative: 7},
	} {
		var want *Trainer
		for _, n := range []int{1, 2, 3, 8} {
			threads(n, func() {
				got := train(trainer(t, texts, cfg, 9))
				if want == nil {
					want = got
					return
				}
				if !slices.Equal(got.in, want.in) || !slices.Equal(got.out, want.out) || got.Loss() != want.Loss() {
					t.Errorf("%+v: %d threads have other bits than one", cfg, n)
				}
			})
		}
		if other := train(trainer(t, texts, cfg, 10)); slices.Equal(other.in, want.in) {
			t.Errorf("%+v: another seed has the same bits", cfg)
		}
	}
}

// TestResume: a training that goes on from a checkpoint at any place has the bits of one that was not stopped.
func TestResume(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	texts := topics(3, 2500, 12)
	for _, method := range []string{"skipgram", "cbow"} {
		cfg := small(method)
		want := train(trainer(t, texts, cfg, 4))
		for stop := range 6 {
			first := trainer(t, texts, cfg, 4)
			for range 3 * stop {
				first.Step()
			}
			var file bytes.Buffer
			if err := first.Save(&file); err != nil {
				t.Fatal(err)
			}
			got := trainer(t, texts, cfg, 4)
			if err := got.Restore(&file); err != nil {
				t.Fatal(err)
			}
			if got.Words() != first.Words() || got.Loss() != first.Loss() {
				t.Errorf("%s: it goes on at %d with %v, not at %d with %v", method, got.Words(), got.Loss(),
					first.Words(),
					first.Loss())
			}
			train(got)
			if !slices.Equal(got.in, want.in) || !slices.Equal(got.out, want.out) || got.Loss() != want.Loss() {
				t.Errorf("%s: stopped after %d steps, it has other bits", method, 3*stop)
			}
		}
	}
}

func TestRestoreErrors(t *testing.T) {
	texts, cfg := topics(5, 300, 10), small("")
	a := trainer(t, texts, cfg, 1)
	a.Step()
	var file bytes.Buffer
	if err := a.Save(&file); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	damaged := slices.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	longer := cfg
	longer.Epochs = 9
	for _, c := range []struct {
		file []byte
		cfg  Config
		seed uint64
		want string
	}{
		{nil, cfg, 1, "no checkpoint of word vectors"},
		{[]byte("PK\x03\x04 something else"), cfg, 1, "no checkpoint of word vectors"},
		{whole[:20], cfg, 1, "ends too early"},
		{whole[:len(whole)-1], cfg, 1, "damaged"},
		{whole[:len(whole)/2], cfg, 1, "ends too early"},
		{damaged, cfg, 1, "damaged"},
		{whole, cfg, 2, "other texts, settings or another seed"},
		{whole, longer, 1, "other texts, settings or another seed"},
	} {
		err := trainer(t, texts, c.cfg, c.seed).Restore(bytes.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if err := trainer(t, topics(6, 300, 10), cfg, 1).Restore(bytes.NewReader(whole)); err == nil {
		t.Error("a checkpoint of other texts was taken")
	}
}

// sequential is word2vec.c's skip-gram as published, in float64, one pair of words after the other, with the random
// numbers of a Trainer: the same words are kept, the same windows and negative samples drawn.
func sequential(t *Trainer) (in []float64) {
	n := len(t.Corpus.Vocabulary.Words)
	in, out := make([]float64, n*t.size), make([]float64, n*t.size)
	for i := range n {
		for d := range t.size {
			in[i*t.size+d] = float64(t.in[i*t.ld+d])
		}
	}
	t.rate = 0
	for !t.Done() {
		rate := t.Rate()
		t.choose(t.Corpus.IDs[t.at:min(t.at+block, len(t.Corpus.IDs))])
		for t.from = 0; t.from < len(t.words); t.from += t.batch {
			t.n = min(t.batch, len(t.words)-t.from)
			for p := range (t.n + part - 1) / part {
				(*predict)(t).Run(p, 0)
			}
			for c := range t.n {
				for _, w := range t.context[c] {
					v, e := in[int(w)*t.size:][:t.size], make([]float64, t.size)
					for j, target := range t.targets[c] {
						times, label := float64(t.times[c][j]), 0.0
						if j == 0 {
							label = 1
						}
						if times == 0 {
							continue
						}
						u := out[int(target)*t.size:][:t.size]
						g := rate * times * (label - 1/(1+math.Exp(-inner(v, u))))
						add(e, u, g)
						add(u, v, g)
					}
					add(v, e, 1)
				}
			}
		}
		if t.at += block; t.at >= len(t.Corpus.IDs) {
			t.epoch, t.at = t.epoch+1, 0
		}
	}
	return in
}

// TestSequential: errors that are a batch old change the vectors little: the cosines of all pairs of words are those of
// word2vec.c's order.
func TestSequential(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	cfg := small("skipgram")
	cfg.LearningRate = 0.025
	texts := many(7, 4000)
	got := train(trainer(t, texts, cfg, 1)).Vectors()
	exact := sequential(trainer(t, texts, cfg, 1))
	data := make([]float32, len(exact))
	for i, x := range exact {
		data[i] = float32(x)
	}
	want := NewVectors(got.Words, got.Size, data)
	worst, mean := 0.0, 0.0
	n := len(got.Words)
	for i := range n {
		for j := range i {
			d := math.Abs(got.Cosine(i, j) - want.Cosine(i, j))
			worst, mean = max(worst, d), mean+d/float64(n*(n-1)/2)
		}
	}
	t.Logf("batches of %d; cosines differ by %.4f in the mean and %.4f at most", trainer(t, texts, cfg, 1).batch, mean,
		worst)
	if mean > 0.015 || worst > 0.08 {
		t.Errorf("cosines differ by %.4f in the mean and %.4f at most from word2vec.c's order", mean, worst)
	}
}

// TestCBOWGradient: a step of CBOW moves vectors as word2vec.c does, computed by hand for one text of three words.
func TestCBOWGradient(t *testing.T) {
	cfg := Config{Method: "cbow", Size: 2, Window: 1, Negative: 1, MinCount: 1, Sample: number(0), Epochs: 1,
		LearningRate: 0.05}
	tr := trainer(t, [][]string{{"a", "b", "c"}}, cfg, 3)
	n := len(tr.Corpus.Vocabulary.Words)
	for i := range n {
		for d := range 2 {
			tr.out[i*tr.ld+d] = float32(i+1) / float32(d+3)
		}
	}
	in, out := make([][]float64, n), make([][]float64, n)
	for i := range n {
		in[i] = []float64{float64(tr.in[i*tr.ld]), float64(tr.in[i*tr.ld+1])}
		out[i] = []float64{float64(tr.out[i*tr.ld]), float64(tr.out[i*tr.ld+1])}
	}
	tr.Step()
	// The three middle words are one batch: all errors come from the first vectors, and the updates go word by word.
	// Their contexts are b; a and c; b.
	contexts := [][]int32{{1}, {0, 2}, {1}}
	means, errors := make([][]float64, 3), make([][2]float64, 3)
	for c, context := range contexts {
		means[c] = make([]float64, 2)
		for _, w := range context {
			add(means[c], in[w], 1/float64(len(context)))
		}
		for j := range 2 {
			target, times, label := tr.targets[c][j], float64(tr.times[c][j]), float64(1-j)
			if times > 0 {
				errors[c][j] = 0.05 * times * (label - 1/(1+math.Exp(-inner(means[c], out[target]))))
			}
		}
	}
	for c, context := range contexts {
		e := make([]float64, 2)
		for j := range 2 {
			if tr.times[c][j] > 0 {
				add(e, out[tr.targets[c][j]], errors[c][j])
				add(out[tr.targets[c][j]], means[c], errors[c][j])
			}
		}
		for _, w := range context {
			add(in[w], e, 1)
		}
	}
	for i := range n {
		for d := range 2 {
			if got := float64(tr.in[i*tr.ld+d]); math.Abs(got-in[i][d]) > 1e-6 {
				t.Errorf("vector %d: %v, want %v", i, got, in[i][d])
			}
			if got := float64(tr.out[i*tr.ld+d]); math.Abs(got-out[i][d]) > 1e-6 {
				t.Errorf("context vector %d: %v, want %v", i, got, out[i][d])
			}
		}
	}
	if tr.out[n*tr.ld] != 0 {
		t.Error("the row of no word was written")
	}
}

// TestLossFalls: from epoch to epoch, below 6 log 2, that of six predictions of a half.
func TestLossFalls(t *testing.T) {
	tr := trainer(t, topics(8, 1500, 12), small("skipgram"), 1)
	var losses []float64
	for !tr.Done() {
		if tr.Step() {
			losses = append(losses, tr.Loss())
		}
	}
	if len(losses) != 4 || losses[0] >= 6*math.Ln2 {
		t.Errorf("losses %v", losses)
	}
	for i := 1; i < len(losses); i++ {
		if losses[i] >= losses[i-1] {
			t.Errorf("losses %v", losses)
		}
	}
	if tr.Rate() > 0.05*1.001e-4 {
		t.Errorf("the last rate is %v", tr.Rate())
	}
}

// TestStepAllocatesNothing: after the first step of an epoch.
func TestStepAllocatesNothing(t *testing.T) {
	tr := trainer(t, topics(9, 6000, 12), Config{Size: 20, Epochs: 1000, Sample: number(0.05)}, 1)
	for range 12 {
		tr.Step()
	}
	if n := testing.AllocsPerRun(10, func() { tr.Step() }); n > 0 {
		t.Errorf("%v allocations in a step", n)
	}
}
