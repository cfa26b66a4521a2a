package word2vec

import (
	"math"
	"slices"

	"gorae/config"
	"gorae/internal/par"
	"gorae/internal/ram"
)

// PPMI returns word vectors that are counted and not learnt: the singular vectors of the positive pointwise mutual
// information of words and their contexts,
//
//	m_ij = max(0, log(p_ij / (p_i·q_j))),   vectors U_size·Σ_size^½
//
// p_ij is the share of the pair among all pairs of two words at most window apart, where a pair at the distance d
// counts (window − d + 1)/window, as often as a window drawn by skip-gram has it; p_i is the share of the first word,
// q_j that of the second raised to the power 3/4. Sources: Levy and Goldberg, "Neural word embedding as implicit matrix
// factorization", NIPS 2014; Levy, Goldberg and Dagan, "Improving distributional similarity with lessons learned from
// word embeddings", TACL 3 (2015), for the powers. The decomposition is that of Halko, Martinsson and Tropp, "Finding
// structure with randomness", SIAM Review 53 (2011), with 10 vectors more than wanted and two iterations, in float64;
// its first guess comes from the seed.
func PPMI(c *Corpus, size, window int, seed uint64) (*Vectors, error) {
	n := len(c.Vocabulary.Words)
	if size < 1 || window < 1 {
		return nil, config.Errorf("size", "vectors of %d numbers for windows of %d words; give 1 or more", size, window)
	}
	m, err := cooccurrences(c, window)
	if err != nil {
		return nil, err
	}
	wanted := min(size, n)
	u, sigma := svd(m, wanted, seed)
	data := make([]float32, n*size)
	for k := range wanted {
		s := math.Sqrt(sigma[k])
		for i, x := range u[k] {
			data[i*size+k] = float32(x * s)
		}
	}
	return NewVectors(c.Vocabulary.Words, size, data), nil
}

// sparse is the matrix of positive mutual information. The counts of pairs are symmetric, so that one list of
// logarithms serves the matrix, m_ij = max(0, log c_ij − row_i − column_j), and its transpose.
type sparse struct {
	columns     [][]int32
	logs        [][]float32
	row, column []float64
}

// cooccurrences counts the pairs of a corpus.
func cooccurrences(c *Corpus, window int) (*sparse, error) {
	n := len(c.Vocabulary.Words)
	t := &counting{corpus: c, window: window, start: make([]int32, n+1), at: make([]int32, len(c.IDs)),
		m: &sparse{columns: make([][]int32, n), logs: make([][]float32, n), row: make([]float64, n),
			column: make([]float64, n)}}
	if err := ram.FitsBeside(4 * float64(len(c.IDs))); err != nil {
		return nil, config.Errorf("", "PPMI of %d words of text: %v", c.Words, err)
	}
	t.places()
	t.margins()
	pool := par.Default()
	t.acc, t.seen = make([][]int64, pool.Threads()), make([][]int32, pool.Threads())
	for w := range t.acc {
		t.acc[w] = make([]int64, n)
	}
	const rows = 256 // between two looks at the memory
	entries := 0
	for t.from = 0; t.from < n; t.from += rows {
		k := min(rows, n-t.from)
		pool.Run(k, t)
		for i := range k {
			entries += len(t.m.columns[t.from+i])
		}
		if err := ram.FitsBeside(8 * float64(entries) / float64(t.from+k) * rows); err != nil {
			return nil, config.Errorf("", "PPMI of %d words: %v", n, err)
		}
	}
	return t.m, nil
}

// counting counts the pairs of a word in each block.
type counting struct {
	corpus    *Corpus
	window    int
	start, at []int32 // the places of word i are at[start[i]:start[i+1]]
	from      int
	m         *sparse
	acc       [][]int64 // by worker and word, in units of 1/window
	seen      [][]int32
}

// places lists where each word stands.
func (t *counting) places() {
	for _, id := range t.corpus.IDs {
		if id != End {
			t.start[id+1]++
		}
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	next := slices.Clone(t.start)
	for p, id := range t.corpus.IDs {
		if id != End {
			t.at[next[id]] = int32(p)
			next[id]++
		}
	}
}

// pairs calls do for each word in the window of place p, with its weight in units of 1/window.
func (t *counting) pairs(p int, do func(id int32, weight int64)) {
	ids := t.corpus.IDs
	for d := 1; d <= t.window && p-d >= 0 && ids[p-d] != End; d++ {
		do(ids[p-d], int64(t.window-d+1))
	}
	for d := 1; d <= t.window && p+d < len(ids) && ids[p+d] != End; d++ {
		do(ids[p+d], int64(t.window-d+1))
	}
}

// margins sets what is subtracted from the logarithm of a pair's count: with c_i the count of all pairs of word i and c
// that of all,
//
//	log(p_ij/(p_i·q_j)) = log c_ij − log c_i − log(c_j^¾ / Σ_k c_k^¾)
func (t *counting) margins() {
	sums := make([]float64, len(t.m.row))
	for p, id := range t.corpus.IDs {
		if id != End {
			t.pairs(p, func(_ int32, weight int64) { sums[id] += float64(weight) })
		}
	}
	total := 0.0
	for _, s := range sums {
		total += math.Pow(s, 0.75)
	}
	for i, s := range sums {
		if s > 0 {
			t.m.row[i] = math.Log(s)
			t.m.column[i] = 0.75*math.Log(s) - math.Log(total)
		}
	}
}

// Run implements par.Task.
func (t *counting) Run(k, worker int) {
	i := int32(t.from + k)
	acc, seen := t.acc[worker], t.seen[worker][:0]
	for _, p := range t.at[t.start[i]:t.start[i+1]] {
		t.pairs(int(p), func(id int32, weight int64) {
			if acc[id] == 0 {
				seen = append(seen, id)
			}
			acc[id] += weight
		})
	}
	t.seen[worker] = seen
	slices.Sort(seen)
	m := t.m
	kept := 0
	positive := func(j int32) bool {
		l := math.Log(float64(acc[j]))
		return l > m.row[i]+m.column[j] || l > m.row[j]+m.column[i]
	}
	for _, j := range seen {
		if positive(j) {
			kept++
		}
	}
	m.columns[i], m.logs[i] = make([]int32, 0, kept), make([]float32, 0, kept)
	for _, j := range seen {
		if positive(j) {
			m.columns[i], m.logs[i] = append(m.columns[i], j), append(m.logs[i], float32(math.Log(float64(acc[j]))))
		}
		acc[j] = 0
	}
}

// product sets y to M·x, or to Mᵀ·x; both are lists of columns.
func (m *sparse) product(y, x [][]float64, transpose bool) {
	n, k := len(m.row), len(x)
	p := &multiply{m: m, x: make([]float64, n*k), y: y, k: k, row: m.row, column: m.column}
	if transpose {
		p.row, p.column = m.column, m.row
	}
	for j, c := range x {
		for i, v := range c {
			p.x[i*k+j] = v
		}
	}
	par.Default().Run((n+multiplyRows-1)/multiplyRows, p)
}

// multiply computes multiplyRows rows of a product in each block.
type multiply struct {
	m           *sparse
	x           []float64 // [n, k]
	y           [][]float64
	k           int
	row, column []float64
}

const multiplyRows = 64

// Run implements par.Task.
func (p *multiply) Run(b, _ int) {
	sum := make([]float64, p.k)
	for i := b * multiplyRows; i < min((b+1)*multiplyRows, len(p.row)); i++ {
		clear(sum)
		for e, j := range p.m.columns[i] {
			v := float64(p.m.logs[i][e]) - p.row[i] - p.column[j]
			if v <= 0 {
				continue
			}
			x := p.x[int(j)*p.k:][:len(sum)]
			for d, s := range sum {
				sum[d] = s + v*x[d]
			}
		}
		for d, s := range sum {
			p.y[d][i] = s
		}
	}
}
