package graph

import (
	"fmt"
	"math"
	"slices"

	"gorae/tensor"
)

// Randomness is counter-based: a number is a function of the seed, the stream,
// the step and the position of the element, by Philox4x32-10 (Salmon, Moraes, Dror
// and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). Random numbers therefore depend neither on threads
// nor on the order of computation nor on numbers drawn before, and the backward pass draws the mask of the forward
// pass again instead of keeping it.

// KeyType is the type of the value that seeds a run: the low and high halves of
// the seed, and of the step.
var KeyType = I32(4)

// Key returns the bits of a key.
func Key(seed, step uint64) []int32 {
	return []int32{int32(uint32(seed)), int32(uint32(seed >> 32)), int32(uint32(step)), int32(uint32(step >> 32))}
}

// Dropout zeroes each element of x with probability Rate and divides the others
// by 1 − Rate; the mask follows from key and Stream.
type Dropout struct {
	Rate   float32
	Stream uint32
}

func (o Dropout) String() string { return fmt.Sprintf("dropout(%v stream=%d)", o.Rate, o.Stream) }

// Infer keeps the type.
func (o Dropout) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	if x[0].DType != tensor.Float32 || !x[1].Equal(KeyType) {
		return nil, fmt.Errorf("needs float32 and a key, got %v and %v", x[0], x[1])
	}
	if !(o.Rate >= 0 && o.Rate < 1) {
		return nil, fmt.Errorf("rate %v is not in [0, 1)", o.Rate)
	}
	return x[:1], nil
}

// Grad drops the same elements.
func (o Dropout) Grad(y, dy []*Node) []*Node {
	return []*Node{y[0].Graph().apply1(o, dy[0], y[0].Call.In[1]), nil}
}

// Eval draws one number for each element.
func (o Dropout) Eval(e *Eval) {
	scale := float64(1 / (1 - o.Rate))
	for i, x := range e.In[0].V {
		if float32(uniform(e.In[1].V, o.Stream, uint64(i))) >= o.Rate {
			e.Out[0].V[i] = x * scale
		}
	}
}

// Dropout zeroes elements of x at random.
func (x *Node) Dropout(key *Node, rate float64, stream uint32) *Node {
	return x.Graph().apply1(Dropout{float32(rate), stream}, x, key)
}

// Random is numbers drawn from the key: uniform in [0, 1), or standard normal.
type Random struct {
	Normal bool
	Stream uint32
	Shape  tensor.Shape
}

func (o Random) String() string {
	return fmt.Sprintf("random(normal=%v stream=%d %v)", o.Normal, o.Stream, o.Shape)
}

// Infer gives the shape.
func (o Random) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if !x[0].Equal(KeyType) {
		return nil, fmt.Errorf("needs a key, got %v", x[0])
	}
	if err := checkShape(o.Shape); err != nil {
		return nil, err
	}
	return []Type{{tensor.Float32, o.Shape}}, nil
}

// Grad returns no gradients.
func (o Random) Grad(y, dy []*Node) []*Node { return []*Node{nil} }

// Eval draws; normal numbers come in pairs by Box and Muller: of words a and b, 2j and
// 2j+1 of the stream, u = (a + 1)/2³² and v = b/2³² make element 2j √(−2 ln u)·cos 2πv
// and element 2j+1 √(−2 ln u)·sin 2πv.
func (o Random) Eval(e *Eval) {
	key := e.In[0].V
	for i := range e.Out[0].V {
		if !o.Normal {
			e.Out[0].V[i] = uniform(key, o.Stream, uint64(i))
			continue
		}
		u := (float64(word(key, o.Stream, uint64(i)&^1)) + 1) / (1 << 32)
		v := float64(word(key, o.Stream, uint64(i)|1)) / (1 << 32)
		sin, cos := math.Sincos(2 * math.Pi * v)
		z := math.Sqrt(-2*math.Log(u)) * cos
		if i&1 == 1 {
			z = math.Sqrt(-2*math.Log(u)) * sin
		}
		e.Out[0].V[i] = z
	}
}

// RandomUniform draws numbers from [0, 1).
func RandomUniform(key *Node, stream uint32, shape ...int) *Node {
	return key.Graph().apply1(Random{false, stream, slices.Clone(shape)}, key)
}

// RandomNormal draws standard normal numbers.
func RandomNormal(key *Node, stream uint32, shape ...int) *Node {
	return key.Graph().apply1(Random{true, stream, slices.Clone(shape)}, key)
}

// uniform returns number i of a stream: the upper 24 bits of its word, times 2⁻²⁴.
func uniform(key []float64, stream uint32, i uint64) float64 {
	return float64(word(key, stream, i)>>8) / (1 << 24)
}

// word i of a stream is lane i mod 4 of the counter that package philox documents.
func word(key []float64, stream uint32, i uint64) uint32 {
	k := func(j int) uint32 { return uint32(int32(key[j])) }
	c := philox([4]uint32{uint32(i / 4), k(2), stream, k(3) ^ uint32((i/4)>>32)}, [2]uint32{k(0), k(1)})
	return c[i%4]
}

// philox returns a block of Philox4x32 with ten rounds.
func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for range 10 {
		a := uint64(c[0]) * 0xD2511F53
		b := uint64(c[2]) * 0xCD9E8D57
		c = [4]uint32{uint32(b>>32) ^ c[1] ^ k[0], uint32(b), uint32(a>>32) ^ c[3] ^ k[1], uint32(a)}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}
