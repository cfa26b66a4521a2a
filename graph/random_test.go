package graph

import (
	"math"
	"testing"
)

// TestPhilox: the known answers of Random123 (kat_vectors, philox4x32 with 10 rounds).
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
	// The first numbers of stream 0 at seed 0, step 0 are the upper 24 bits of the first answer.
	for i, bits := range []uint32{0x6627e8, 0xe169c5, 0xbc57ac, 0x9b00db} {
		if got, want := uniform(make([]float64, 4), 0, uint64(i)), float64(bits)/(1<<24); got != want {
			t.Errorf("number %d is %v, want %v", i, got, want)
		}
	}
}

// draw evaluates a node of a key.
func draw(t *testing.T, seed, step uint64, f func(key *Node) *Node) []float64 {
	t.Helper()
	g := New()
	key := NewArray(KeyType)
	for i, v := range Key(seed, step) {
		key.V[i] = float64(v)
	}
	return value(t, f(g.Input("key", KeyType)), map[string]*Array{"key": key}, false).V
}

func moments(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		variance += (x - mean) * (x - mean) / float64(len(v))
	}
	return
}

// TestRandomStatistics: means and variances within five standard errors, and no correlation of
// neighbours, of streams, of steps or of seeds.
func TestRandomStatistics(t *testing.T) {
	const n = 40000
	five := 5 / math.Sqrt(n)
	uniformAt := func(seed, step uint64, stream uint32) []float64 {
		return draw(t, seed, step, func(k *Node) *Node { return RandomUniform(k, stream, n) })
	}
	u := uniformAt(1<<40+7, 3, 5)
	for _, x := range u {
		if x < 0 || x >= 1 {
			t.Fatalf("%v is not in [0, 1)", x)
		}
	}
	if mean, variance := moments(u); math.Abs(mean-0.5) > five*math.Sqrt(1./12) ||
		math.Abs(variance-1./12) > five*math.Sqrt(1./180) {
		t.Errorf("uniform: mean %v, variance %v", mean, variance)
	}
	correlation := func(a, b []float64) float64 {
		sum := 0.0
		for i := range a {
			sum += (a[i] - 0.5) * (b[i] - 0.5) * 12 / n
		}
		return sum
	}
	for name, v := range map[string][]float64{
		"its neighbour":    append(u[1:n:n], u[0]),
		"another stream":   uniformAt(1<<40+7, 3, 6),
		"another step":     uniformAt(1<<40+7, 4, 5),
		"a step beyond 32": uniformAt(1<<40+7, 3+1<<32, 5),
		"another seed":     uniformAt(1<<40+8, 3, 5),
		"a seed beyond 32": uniformAt(1<<41+7, 3, 5),
	} {
		if c := correlation(u, v); math.Abs(c) > five {
			t.Errorf("correlation with %s: %v", name, c)
		}
	}
	z := draw(t, 11, 0, func(k *Node) *Node { return RandomNormal(k, 0, n) })
	mean, variance := moments(z)
	fourth, within := 0.0, 0.0
	for _, x := range z {
		fourth += x * x * x * x / n
		within += truth(math.Abs(x) < 1.959964) / n
	}
	if math.Abs(mean) > five || math.Abs(variance-1) > five*math.Sqrt2 || math.Abs(fourth-3) > five*math.Sqrt(96) ||
		math.Abs(within-0.95) > five*math.Sqrt(0.95*0.05) {
		t.Errorf("normal: mean %v, variance %v, fourth moment %v, %v within 1.96", mean, variance, fourth, within)
	}
}

// TestDropoutMask: the share that is dropped, the scale of the rest, the same mask backward, another at the
// next step.
func TestDropoutMask(t *testing.T) {
	const n, rate = 20000, 0.3
	kept := func(step uint64, f func(x, k *Node) *Node) []float64 {
		return draw(t, 5, step, func(k *Node) *Node { return f(k.Graph().Scalar(2).Broadcast(n), k) })
	}
	forward := func(x, k *Node) *Node { return x.Dropout(k, rate, 9) }
	y := kept(0, forward)
	dropped := 0.0
	for _, v := range y {
		if v == 0 {
			dropped++
		} else if !near(v, 2/(1-rate), 1e-6) {
			t.Fatalf("2 became %v", v)
		}
	}
	if math.Abs(dropped/n-rate) > 5*math.Sqrt(rate*(1-rate)/n) {
		t.Errorf("%v were dropped, rate %v", dropped/n, rate)
	}
	back := kept(0, func(x, k *Node) *Node { return Gradients([]*Node{forward(x, k)}, []*Node{x}, []*Node{x})[0] })
	next := kept(1, forward)
	both := 0.0
	for i := range y {
		if y[i] != back[i] {
			t.Fatalf("element %d: %v forward, %v backward", i, y[i], back[i])
		}
		both += truth(y[i] == 0 && next[i] == 0)
	}
	if p := rate * rate; math.Abs(both/n-p) > 5*math.Sqrt(p*(1-p)/n) {
		t.Errorf("%v dropped at both steps, want %v", both/n, p)
	}
	if v := kept(0, func(x, k *Node) *Node { return x.Dropout(k, 0, 9) }); v[0] != 2 {
		t.Errorf("rate 0 made %v of 2", v[0])
	}
}

// TestCastEdges: what no integer can hold.
func TestCastEdges(t *testing.T) {
	g := New()
	x := g.Input("x", F32(8))
	leaves := map[string]*Array{"x": array([]float64{1.9, -1.9, 300, 1e20, -1e20, math.NaN(), math.Inf(1),
		math.Inf(-1)}, 8)}
	for _, c := range []struct {
		n    *Node
		want []float64
	}{
		{x.Cast(1), []float64{1, -1, 300, math.MaxInt32, math.MinInt32, 0, math.MaxInt32, math.MinInt32}},
		{x.Cast(2), []float64{1, 0, 255, 255, 0, 0, 255, 0}},
	} {
		a := value(t, c.n, leaves, true)
		for i, v := range a.V {
			if v != c.want[i] || a.Tensor().Float(i) != v {
				t.Errorf("%v as %v is %v, want %v", leaves["x"].V[i], c.n.DType, v, c.want[i])
			}
		}
	}
}
