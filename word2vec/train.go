package word2vec

import (
	"math"

	"gorae/config"
	"gorae/internal/kernel/philox"
	"gorae/internal/kernel/sgns"
	"gorae/internal/kernel/vec"
	"gorae/internal/mem"
	"gorae/internal/par"
	"gorae/internal/ram"
)

// The streams of random numbers: element i of a stream at an epoch belongs to a place of the corpus.
const (
	streamStart  = iota // first values, by element of the matrix
	streamWords         // two numbers for each place: is the word kept, how far its window reaches
	streamNoise         // two numbers for each negative sample of a kept word
	streamRandom        // vectors of Random
	streamSVD           // the first guess of a decomposition
)

const (
	// block is the number of places that Step goes through. Windows end with it.
	block = 8192
	// most is the greatest number of middle words whose errors are computed before any of their updates is made.
	most = 64
	// part is the number of middle words that one thread takes at a time.
	part = 8
)

// Trainer learns vectors by stochastic gradient descent, with the same bits for any number of threads.
//
// The kept words of a block of text are taken in batches. First the errors of all predictions of a batch are computed,
// from the vectors as they stand, each word by one thread; then the updates are made in the order of the text, each
// thread in columns of its own. Neither phase depends on who does what. Threads that update rows as they come
// (Recht et al., "Hogwild", 2011) would give other vectors each time; sums of whole blocks that do not see each other
// let frequent words go too far. Errors that are a batch of 64 words old change nothing that can be measured: see the
// documentation of the package.
type Trainer struct {
	Config Config
	Corpus *Corpus
	Seed   uint64

	size, ld, groups int
	in, out          []float32 // [words + 1, ld]; the last row of out stands for no word and is 0
	keep             []uint32
	noise            *alias
	pool             *par.Pool
	key              philox.Key

	epoch, at           int     // the next place
	stepLoss, stepCount float64 // of the last step
	loss                float64 // of the epoch, summed
	count               float64 // of predictions in loss
	rate                float32
	batch               int // middle words whose errors are computed together

	// Of a block.
	draws  []uint32
	words  []int32 // that were kept
	lo, hi []int32 // the window of each, as places in words

	// Of a batch: for each middle word its window's words, the words it is told from with how often each was drawn, and
	// the coefficients of the updates.
	from, n   int
	context   [][]int32
	targets   [][sgns.Width]int32
	times     [][sgns.Width]float32
	g         [][]float32
	partLoss  []float64
	partCount []float64
	random    [][]uint32
	mean, sum []float32 // of CBOW: [batch, ld], the mean of a window and what its words get
	self      []int32   // 0, 1, …
	shards    int
}

// New returns a trainer before its first step. The Config must be one with which the corpus was made.
func New(c *Corpus, cfg Config, seed uint64) (*Trainer, error) {
	if err := config.Check(cfg); err != nil {
		return nil, err
	}
	cfg = cfg.Defaults()
	t := &Trainer{Config: cfg, Corpus: c, Seed: seed, size: cfg.Size, key: philox.KeyOf(seed), pool: par.Default()}
	t.ld = (t.size + sgns.Lane - 1) / sgns.Lane * sgns.Lane
	n := len(c.Vocabulary.Words)
	if err := ram.FitsBeside(2 * 4 * float64(n+1) * float64(t.ld)); err != nil {
		return nil, config.Errorf("size", "two vectors of %d numbers for each of %d words: %v", t.size, n, err).
			Fix("give a smaller size, a greater min_count, or words: 50000")
	}
	t.in, t.out = mem.Floats((n+1)*t.ld), mem.Floats((n+1)*t.ld)
	for i := range n {
		row := t.in[i*t.ld:][:t.size]
		philox.Uniform(row, t.key, streamStart, 0, uint64(i*t.ld))
		for d := range row {
			row[d] = (row[d] - 0.5) / float32(t.size)
		}
	}
	t.keep, t.noise = keeps(c.Counts, *cfg.Sample), noise(c.Counts)
	t.groups = (cfg.Negative + sgns.Width) / sgns.Width
	t.draws = make([]uint32, 2*block)
	t.shards = min(t.pool.Threads(), t.ld/sgns.Lane)
	t.batch = batchOf(c.Counts, cfg)
	rows := 2 * cfg.Window
	if t.cbow() {
		rows = 1
		t.mean, t.sum = mem.Floats(t.batch*t.ld), mem.Floats(t.batch*t.ld)
	}
	for i := range t.batch {
		t.context = append(t.context, make([]int32, 0, 2*cfg.Window))
		t.g = append(t.g, make([]float32, t.groups*rows*sgns.Stride))
		t.self = append(t.self, int32(i))
	}
	t.targets = make([][sgns.Width]int32, t.batch*t.groups)
	t.times = make([][sgns.Width]float32, t.batch*t.groups)
	parts := (t.batch + part - 1) / part
	for range parts {
		t.random = append(t.random, make([]uint32, part*2*cfg.Negative))
	}
	t.partLoss, t.partCount = make([]float64, parts), make([]float64, parts)
	return t, nil
}

func (t *Trainer) cbow() bool { return t.Config.Method == "cbow" }

// Place returns the epoch, counted from 0, and the share of it that is done.
func (t *Trainer) Place() (epoch int, share float64) {
	return t.epoch, float64(t.at) / float64(max(1, len(t.Corpus.IDs)))
}

// Words returns the number of words of the corpus that the trainer has gone through, in all epochs.
func (t *Trainer) Words() int64 {
	_, share := t.Place()
	return int64(float64(t.Corpus.Words) * (float64(t.epoch) + share))
}

// Done reports whether all epochs are over.
func (t *Trainer) Done() bool { return t.epoch >= t.Config.Epochs }

// Loss returns the mean of −log σ(u·v) of true pairs plus −log σ(−u·v) of their negative samples over the epoch so far.
func (t *Trainer) Loss() float64 {
	if t.count == 0 {
		return 0
	}
	return t.loss / t.count
}

// StepLoss returns the sum of the loss over the predictions of the last step, and their number.
func (t *Trainer) StepLoss() (sum, predictions float64) { return t.stepLoss, t.stepCount }

// Rate returns the learning rate of the next step.
func (t *Trainer) Rate() float64 {
	_, share := t.Place()
	return t.Config.LearningRate * max(1e-4, 1-(float64(t.epoch)+share)/float64(t.Config.Epochs))
}

// Step goes through a block of text and reports whether it was the last of its epoch. Loss is that of the epoch until
// the next step begins another.
func (t *Trainer) Step() (epochEnds bool) {
	if t.Done() {
		return true
	}
	if t.at == 0 {
		t.loss, t.count = 0, 0
	}
	loss, count := t.loss, t.count
	defer func() { t.stepLoss, t.stepCount = t.loss-loss, t.count-count }()
	t.rate = float32(t.Rate())
	t.choose(t.Corpus.IDs[t.at:min(t.at+block, len(t.Corpus.IDs))])
	for t.from = 0; t.from < len(t.words); t.from += t.batch {
		t.n = min(t.batch, len(t.words)-t.from)
		parts := (t.n + part - 1) / part
		t.pool.Run(parts, (*predict)(t))
		t.pool.Run(t.shards, (*apply)(t))
		for i := range parts {
			t.loss += t.partLoss[i]
			t.count += t.partCount[i]
		}
	}
	if t.at += block; t.at >= len(t.Corpus.IDs) {
		t.epoch, t.at = t.epoch+1, 0
		return true
	}
	return false
}

// batchOf returns how many middle words make a batch: most, or fewer where a batch would otherwise update the row of
// the most frequent word so often, by errors that do not see each other, that it goes too far. With the learning rate
// η, a window of w and k negative samples, a middle word updates that row n = (w + 1)·(p + k·q) times on average, where
// p is the share of the word among those that are kept and q its share of the noise. A batch of b words behaves like
// one step of the rate η·n·b, which must stay small beside 4/|v|², the curvature's inverse.
func batchOf(counts []int64, cfg Config) int {
	const step = 0.25
	kept, noise := 0.0, 0.0
	topKept, topNoise := 0.0, 0.0
	for i, k := range keeps(counts, *cfg.Sample) {
		a, b := float64(counts[i])*float64(k), math.Pow(float64(counts[i]), 0.75)
		kept, noise = kept+a, noise+b
		topKept, topNoise = max(topKept, a), max(topNoise, b)
	}
	rows := float64(cfg.Window + 1)
	if cfg.Method == "cbow" {
		rows = 1
	}
	n := rows * (topKept/kept + float64(cfg.Negative)*topNoise/noise)
	return min(most, max(1, int(step/(cfg.LearningRate*n))))
}

// choose keeps words of a block and sets how far the window of each reaches.
func (t *Trainer) choose(ids []int32) {
	draws := t.draws[:2*len(ids)]
	philox.Uint32s(draws, t.key, streamWords, uint64(t.epoch), 2*uint64(t.at))
	t.words, t.lo, t.hi = t.words[:0], t.lo[:0], t.hi[:0]
	begin := int32(0)
	end := func() {
		n := int32(len(t.words))
		for i := begin; i < n; i++ {
			t.lo[i], t.hi[i] = max(begin, i-t.lo[i]), min(n, i+1+t.hi[i])
		}
		begin = n
	}
	for i, id := range ids {
		switch {
		case id == End:
			end()
		case draws[2*i] <= t.keep[id]:
			w := 1 + int32(uint64(draws[2*i+1])*uint64(t.Config.Window)>>32)
			t.words, t.lo, t.hi = append(t.words, id), append(t.lo, w), append(t.hi, w)
		}
	}
	end()
}

// predict computes the coefficients of a batch's updates, a part of its words in a block.
type predict Trainer

// Run implements par.Task.
func (e *predict) Run(p, _ int) {
	t := (*Trainer)(e)
	t.partLoss[p], t.partCount[p] = 0, 0
	lo, hi := p*part, min((p+1)*part, t.n)
	random := t.random[p][:(hi-lo)*2*t.Config.Negative]
	place := uint64(t.at + t.from + lo)
	philox.Uint32s(random, t.key, streamNoise, uint64(t.epoch), place*2*uint64(t.Config.Negative))
	for c := lo; c < hi; c++ {
		t.gather(c, random[(c-lo)*2*t.Config.Negative:][:2*t.Config.Negative])
	}
	for c := lo; c < hi; c++ {
		a, rows := t.in, t.context[c]
		switch {
		case len(rows) == 0:
			continue
		case t.cbow():
			t.average(c)
			a, rows = t.mean, t.self[c:c+1]
		}
		for k := range t.groups {
			g := t.g[c][k*len(rows)*sgns.Stride:][:len(rows)*sgns.Stride]
			sgns.Dots(g, a, t.out, rows, &t.targets[c*t.groups+k], t.ld)
			vec.Sigmoid(g, g)
			t.partLoss[p] += t.coefficients(g, &t.times[c*t.groups+k], k == 0)
		}
		t.partCount[p] += float64(len(rows))
	}
}

// gather sets the window's words of middle word c of the batch and what they are told from, and asks for their vectors.
func (t *Trainer) gather(c int, random []uint32) {
	i := t.from + c
	context := append(t.context[c][:0], t.words[t.lo[i]:i]...)
	context = append(context, t.words[i+1:t.hi[i]]...)
	t.context[c] = context
	if len(context) == 0 {
		return
	}
	nobody := int32(len(t.Corpus.Vocabulary.Words))
	targets, times := t.targets[c*t.groups:][:t.groups], t.times[c*t.groups:][:t.groups]
	for k := range targets {
		for j := range targets[k] {
			targets[k][j], times[k][j] = nobody, 0
		}
	}
	targets[0][0], times[0][0] = t.words[i], 1
	n := 1
draw:
	for j := 0; j < len(random); j += 2 {
		id := t.noise.draw(random[j], random[j+1])
		for m := range n { // rows of one update differ
			if targets[m/sgns.Width][m%sgns.Width] == id {
				if m > 0 {
					times[m/sgns.Width][m%sgns.Width]++
				}
				continue draw
			}
		}
		targets[n/sgns.Width][n%sgns.Width], times[n/sgns.Width][n%sgns.Width] = id, 1
		n++
	}
	sgns.Fetch(t.in, context, t.ld)
	for k := range targets {
		sgns.Fetch(t.out, targets[k][:], t.ld)
	}
}

// average sets the mean of the window of middle word c.
func (t *Trainer) average(c int) {
	m := t.mean[c*t.ld:][:t.ld]
	clear(m)
	for _, id := range t.context[c] {
		vec.Add(m, m, t.in[int(id)*t.ld:][:t.ld])
	}
	vec.MulS(m, m, 1/float32(len(t.context[c])))
}

// coefficients turns the probabilities of a group into the coefficients of its updates, rate·(label − probability), and
// returns −log of the probability of the labels. The first of the first group is the true word.
func (t *Trainer) coefficients(g []float32, times *[sgns.Width]float32, first bool) (loss float64) {
	const least, small = 1e-7, 1e-200
	chance := 1.0 // a product, of which one logarithm is taken
	for i := 0; i < len(g); i += sgns.Stride {
		row := g[i:][:sgns.Width]
		for j, p := range row {
			label, hit := float32(0), 1-p
			if first && j == 0 {
				label, hit = 1, p
			}
			row[j] = t.rate * times[j] * (label - p)
			switch hit := float64(max(hit, least)); times[j] {
			case 0:
			case 1:
				chance *= hit
			default:
				loss -= float64(times[j]) * math.Log(hit)
			}
		}
		if chance < small {
			loss -= math.Log(chance)
			chance = 1
		}
	}
	return loss - math.Log(chance)
}

// apply makes the updates of a batch, a range of columns in a block.
type apply Trainer

// Run implements par.Task.
func (a *apply) Run(shard, _ int) {
	t := (*Trainer)(a)
	lines := t.ld / sgns.Lane
	from, to := shard*lines/t.shards*sgns.Lane, (shard+1)*lines/t.shards*sgns.Lane
	for c := range t.n {
		rows := t.context[c]
		if len(rows) == 0 {
			continue
		}
		if t.cbow() {
			t.spread(c, from, to)
			continue
		}
		for k := range t.groups {
			g := t.g[c][k*len(rows)*sgns.Stride:]
			sgns.Update(t.in, t.in, t.out, rows, rows, &t.targets[c*t.groups+k], g, t.ld, from, to)
		}
	}
}

// spread makes the updates of one middle word of CBOW: each word of the window gets the whole gradient of their mean,
// as in word2vec.c.
func (t *Trainer) spread(c, from, to int) {
	self, sum := t.self[c:c+1], t.sum[c*t.ld:][from:to]
	clear(sum)
	for k := range t.groups {
		sgns.Update(t.mean, t.sum, t.out, self, self, &t.targets[c*t.groups+k], t.g[c][k*sgns.Stride:], t.ld, from, to)
	}
	for _, id := range t.context[c] {
		row := t.in[int(id)*t.ld:][from:to]
		vec.Add(row, row, sum)
	}
}

// Vectors returns the vectors as they stand.
func (t *Trainer) Vectors() *Vectors {
	words := t.Corpus.Vocabulary.Words
	data := make([]float32, 0, len(words)*t.size)
	for i := range words {
		data = append(data, t.in[i*t.ld:][:t.size]...)
	}
	return NewVectors(words, t.size, data)
}
