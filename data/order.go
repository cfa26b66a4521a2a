package data

import (
	"errors"
	"math/bits"
	"math/rand/v2"
)

var errClosed = errors.New("data: the stream of batches is closed")

// Order returns the order in which epoch meets n samples: a permutation that depends
// on n, the seed and the epoch alone.
func Order(n int, seed uint64, epoch int) []int { return order[int](nil, n, true, seed, epoch) }

// order writes an epoch's order into dst, which grows at most once.
func order[T int | uint32](dst []T, n int, shuffle bool, seed uint64, epoch int) []T {
	if cap(dst) < n {
		dst = make([]T, n)
	}
	dst = dst[:n]
	for i := range dst {
		dst[i] = T(i)
	}
	if shuffle {
		permute(dst, stream(seed, streamOrder, uint64(epoch)))
	}
	return dst
}

// Streams keep different uses of one seed apart.
const (
	streamOrder uint64 = 0x6f72646572 << 24 // "order"
	streamSplit uint64 = 0x73706c6974 << 24 // "split"

	streamBucket uint64 = 0x6275636b65 << 24 // "bucke"
)

// stream returns a generator for one use of a seed and a number below 2²⁴·2⁴⁰: the
// PCG-DXSM of math/rand/v2, whose sequence Go promises to keep.
func stream(seed, use, number uint64) rand.PCG {
	return *rand.NewPCG(seed, use^number)
}

// permute shuffles by Fisher and Yates's method. It is written out because
// rand.Shuffle's way of drawing may change between Go versions, and with it
// every split and epoch. Some places are drawn before the first of them is used,
// so that the memory of several is waited for at once.
func permute[T any](x []T, r rand.PCG) {
	var places [256]int
	for i := len(x) - 1; i > 0; {
		n := min(len(places), i)
		for k := range n {
			places[k] = int(below(&r, uint64(i-k+1)))
		}
		for _, j := range places[:n] {
			x[i], x[j] = x[j], x[i]
			i--
		}
	}
}

// below returns a number that is uniform on 0 … n−1 (Lemire 2019, with rejection: no bias).
func below(r *rand.PCG, n uint64) uint64 {
	hi, lo := bits.Mul64(r.Uint64(), n)
	if lo < n {
		for least := -n % n; lo < least; {
			hi, lo = bits.Mul64(r.Uint64(), n)
		}
	}
	return hi
}
