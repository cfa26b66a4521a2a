package language

import (
	"encoding/json"
	"math"
	"testing"
)

// TestNgrams holds the probabilities of a text of six tokens of four ids against a calculation by hand: 1 2 1 2 1 3 has
// the pairs 12 twice, 21 twice and 13 once, so that D = 1/(1 + 2·2) = 0.2; each of 1, 2 and 3 ends one kind of pair, so
// that E = 1 and q = 1/4.
func TestNgrams(t *testing.T) {
	n := count([]int32{1, 2, 1, 2, 1, 3}, 4)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("p(1)", n.unigram(1), 4.0/10)
	near("p(0)", n.unigram(0), 1.0/10)
	near("p(2|1)", n.bigram(1, 2), 1.8/3+0.2*2/3/4)
	near("p(3|1)", n.bigram(1, 3), 0.8/3+0.2*2/3/4)
	near("p(0|1)", n.bigram(1, 0), 0.2*2/3/4)
	near("p(1|2)", n.bigram(2, 1), 1.8/2+0.2/2/4)
	near("p(1|3)", n.bigram(3, 1), 0.25) // 3 is never followed
	if n.likeliest != 1 || n.next[1] != 2 || n.next[2] != 1 {
		t.Errorf("likeliest %d, after 1 %d, after 2 %d; want 1, 2, 1", n.likeliest, n.next[1], n.next[2])
	}
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	var again Ngrams
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if err := again.check(4); err != nil {
		t.Fatal(err)
	}
	again.settle()
	near("p(3|1), read again", again.bigram(1, 3), n.bigram(1, 3))
	if again.check(5) == nil {
		t.Error("counts of 4 ids were taken for 5")
	}
}

// TestNgramsSum: probabilities after each id add up to 1, and no other id is likelier than the likeliest.
func TestNgramsSum(t *testing.T) {
	const size = 17
	var ids []int32
	for i := range 500 {
		ids = append(ids, int32(i*i%23)%(size-2))
	}
	n := count(ids, size)
	unigram := 0.0
	for v := range int32(size) {
		unigram += n.unigram(v)
		sum, most := 0.0, 0.0
		for w := range int32(size) {
			p := n.bigram(v, w)
			sum, most = sum+p, max(most, p)
		}
		if math.Abs(sum-1) > 1e-12 || n.bigram(v, n.next[v]) != most {
			t.Errorf("after %d: a sum of %v, the likeliest %v of %v", v, sum, n.bigram(v, n.next[v]), most)
		}
	}
	if math.Abs(unigram-1) > 1e-12 {
		t.Errorf("the unigram adds up to %v", unigram)
	}
}
