package word2vec

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func plane() *Vectors {
	return NewVectors([]string{"man", "woman", "king", "queen", "far", "zero"}, 2,
		[]float32{2, 0, 1, 1, 3, -1, 2, 0.2, -4, 0.5, 0, 0})
}

// TestNear: cosines by hand: of man (2, 0) with queen 2/√4.04, king 3/√10, woman 1/√2, zero 0, far −4/√16.25.
func TestNear(t *testing.T) {
	near, err := plane().Near("man", 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Neighbour{{"queen", 3, 2 / math.Sqrt(4.04)}, {"king", 2, 3 / math.Sqrt(10)},
		{"woman", 1, math.Sqrt2 / 2}, {"zero", 5, 0}, {"far", 4, -4 / math.Sqrt(16.25)}} {
		if n := near[i]; n.Word != want.Word || n.ID != want.ID || math.Abs(n.Cosine-want.Cosine) > 1e-6 {
			t.Errorf("%d: %v, want %v", i, n, want)
		}
	}
	if two, err := plane().Near("man", 2); err != nil || !slices.Equal(two, near[:2]) {
		t.Errorf("%v, %v", two, err)
	}
	if _, err := plane().Near("quen", 1); err == nil || err.Error() != `"quen" has no vector; did you mean queen?` {
		t.Errorf("%v", err)
	}
}

// TestAnalogy: man : woman = king : queen, by unit vectors woman − man + king = (0.656, 0.391), whose cosine with queen
// is 0.903.
func TestAnalogy(t *testing.T) {
	d, err := plane().Analogy("man", "woman", "king", 1)
	x, y := math.Sqrt2/2-1+3/math.Sqrt(10), math.Sqrt2/2-1/math.Sqrt(10)
	want := (2*x + 0.2*y) / math.Hypot(x, y) / math.Sqrt(4.04)
	if err != nil || d[0].Word != "queen" || math.Abs(d[0].Cosine-want) > 1e-6 {
		t.Errorf("%v, %v; want queen, %v", d, err, want)
	}
	questions, err := ReadQuestions(strings.NewReader(": family\nman woman king queen\nman woman king far\n"+
		": other\nMan woman KING Queen\nman woman king prince\n"), "q")
	if err != nil {
		t.Fatal(err)
	}
	sections, all := plane().Answer(questions)
	if !slices.Equal(sections, []Answers{{"family", 1, 2, 2}, {"other", 1, 1, 2}}) || all != (Answers{"", 2, 3, 4}) ||
		all.Share() != 2.0/3 {
		t.Errorf("%v, %v", sections, all)
	}
}

// TestSimilarity: by scipy 1.17.1, spearmanr([cosines of the four pairs that are covered], [9, 7, 8, 1]) is 0.8: the
// cosines fall as man–queen, man–king, man–woman, man–far.
func TestSimilarity(t *testing.T) {
	pairs, err := ReadPairs(strings.NewReader("Word 1,Word 2,Human (mean)\nman,queen,9\nman,king,7\n# a remark\n\n"+
		"Man,woman,8\nman,far,1\nman,prince,5\n"), "p")
	if err != nil {
		t.Fatal(err)
	}
	if s := plane().Similarity(pairs); s.Covered != 4 || s.Pairs != 5 || math.Abs(s.Spearman-0.8) > 1e-12 {
		t.Errorf("%+v", s)
	}
	if s := plane().Similarity(pairs[4:]); s.Covered != 0 || !math.IsNaN(s.Spearman) {
		t.Errorf("%+v", s)
	}
}

func TestBenchmarkErrors(t *testing.T) {
	for want, file := range map[string]string{
		"b: it holds no pair of words":             "",
		"b:2: 2 fields; two words and a number":    "a b 1\na b\n",
		`b:2: "x" is no number; two words`:         "a b 1\na b x\n",
		`b:3: "NaN" is no number; two words and a`: "a b 1\n\na b NaN\n",
	} {
		if _, err := ReadPairs(strings.NewReader(file), "b"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for want, file := range map[string]string{
		"b: it holds no analogy":           ": section\n",
		"b:2: 3 words; four are wanted":    "a b c d\na b c\n",
		"b: bufio.Scanner: token too long": strings.Repeat("a", 1<<17),
	} {
		if _, err := ReadQuestions(strings.NewReader(file), "b"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestPPMI: the matrix of a text of three words by hand, and its decomposition. Of the texts "a b" ×5 and "b c" ×5 with
// a window of 1 the counts are ab = bc = 5 on both sides, so that c_a = c_c = 5, c_b = 10 and, with Z = 2·5^¾ + 10^¾,
// m_ab = log(5/5·Z/10^¾), m_ba = log(5/10·Z/5^¾).
func TestPPMI(t *testing.T) {
	var texts [][]string
	for range 5 {
		texts = append(texts, []string{"a", "b"}, []string{"b", "c"})
	}
	c, err := NewCorpus(slices.Values(texts), Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := cooccurrences(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	z := 2*math.Pow(5, 0.75) + math.Pow(10, 0.75)
	ab, ba := math.Log(z/math.Pow(10, 0.75)), math.Log(0.5*z/math.Pow(5, 0.75))
	want := [][]float64{{0, ba, ba}, {ab, 0, 0}, {ab, 0, 0}} // rows and columns are b, a, c
	unit, got := columns(3, 3), columns(3, 3)
	for i := range unit {
		unit[i][i] = 1
	}
	for _, transposed := range []bool{false, true} {
		m.product(got, unit, transposed)
		for i := range 3 {
			for j := range 3 {
				w := want[i][j]
				if transposed {
					w = want[j][i]
				}
				if math.Abs(got[j][i]-w) > 1e-6 {
					t.Errorf("element %d, %d: %v, want %v", i, j, got[j][i], w)
				}
			}
		}
	}
	// M·Mᵀ has the eigenvalues 2·ba² and 2·ab², with the vectors (1, 0, 0) and (0, 1, 1)/√2.
	u, sigma := svd(m, 2, 1)
	top := []float64{math.Sqrt2 * ab, math.Sqrt2 * ba}
	if ab < ba {
		top[0], top[1] = top[1], top[0]
	}
	for k := range 2 {
		if math.Abs(sigma[k]-top[k]) > 1e-6 {
			t.Errorf("singular value %d: %v, want %v", k, sigma[k], top[k])
		}
		if n := inner(u[k], u[k]); math.Abs(n-1) > 1e-9 {
			t.Errorf("singular vector %d has the length %v", k, n)
		}
	}
	v, err := PPMI(c, 5, 1, 1) // more numbers than words: zeros
	if err != nil || v.Size != 5 {
		t.Fatal(err)
	}
	a, _ := v.ID("a")
	cc, _ := v.ID("c")
	if math.Abs(v.Cosine(a, cc)-1) > 1e-6 {
		t.Errorf("a and c have the same contexts and the cosine %v", v.Cosine(a, cc))
	}
}

// TestPPMIFindsTopics: neighbours share the topic also among counted vectors, with the same bits for any number of
// threads.
func TestPPMIFindsTopics(t *testing.T) {
	c, err := NewCorpus(slices.Values(many(3, 3000)), Config{})
	if err != nil {
		t.Fatal(err)
	}
	var first *Vectors
	for _, n := range []int{1, 3} {
		threads(n, func() {
			v, err := PPMI(c, 20, 5, 1)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = v
			}
			if !slices.Equal(v.Data, first.Data) {
				t.Error("the bits depend on the number of threads")
			}
		})
	}
	right := 0
	for _, w := range first.Words {
		near, err := first.Near(w, 1)
		if err != nil {
			t.Fatal(err)
		}
		topic, _, _ := strings.Cut(w, "w")
		if strings.HasPrefix(near[0].Word, topic+"w") {
			right++
		}
	}
	if right < 950 {
		t.Errorf("%d of %d nearest words share the topic", right, len(first.Words))
	}
}

// TestPlane: points on a line keep their distances on the first component.
func TestPlane(t *testing.T) {
	v := NewVectors([]string{"a", "b", "c"}, 3, []float32{1, 0, 0, 0, 1, 0, -1, 0, 0})
	at, share := v.Plane([]int{0, 1, 2})
	if d := math.Hypot(at[0][0]-at[2][0], at[0][1]-at[2][1]); math.Abs(d-2) > 1e-6 ||
		math.Abs(share[0]-0.75) > 1e-6 || math.Abs(share[1]-0.25) > 1e-6 {
		t.Errorf("%v, %v", at, share)
	}
}

// TestCounter: within the limit counts are exact; beyond it rare words go, and no count is too small by more than it
// says.
func TestCounter(t *testing.T) {
	c := Counter{Limit: 100}
	for i := range 10000 {
		c.Add("often")
		c.Add("rare" + strings.Repeat("x", i%500))
	}
	v, err := c.Vocabulary(5000, 0)
	if err == nil {
		t.Fatalf("%v", v)
	}
	if c.counts["often"] < 10000-c.Missed || len(c.counts) > 100 || c.Missed < 1 || c.Total != 20000 {
		t.Errorf("%d of often, %d words, %d missed", c.counts["often"], len(c.counts), c.Missed)
	}
	exact := Counter{}
	for _, w := range []string{"b", "a", "a", "b", "c"} {
		exact.Add(w)
	}
	if v, err := exact.Vocabulary(1, 2); err != nil || !slices.Equal(v.Words, []string{"a", "b"}) ||
		!slices.Equal(v.Counts, []int64{2, 2}) {
		t.Errorf("%v, %v", v, err)
	}
}

// TestAlias: the shares of drawn words are those of the weights, whatever is drawn first.
func TestAlias(t *testing.T) {
	weights := []float64{1, 2, 3, 0, 94}
	a := newAlias(weights)
	got := make([]float64, len(weights))
	const n = 1 << 12 // a grid of both random words
	for i := range n {
		for j := range n {
			got[a.draw(uint32(i)<<20, uint32(j)<<20)] += 100.0 / n / n
		}
	}
	for i, w := range weights {
		if math.Abs(got[i]-w) > 0.1 {
			t.Errorf("word %d: %.3f %%, want %v", i, got[i], w)
		}
	}
}
