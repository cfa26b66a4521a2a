package text

import (
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Byte pairs: ids 2 … 257 are the bytes, id 258 + i is the join of merge i. Within a
// piece the pair that was joined first in learning is joined first.
//
// Source: Sennrich, Haddow and Birch, "Neural machine translation of rare words with
// subword units", 2016; over bytes as Radford et al. 2019 have it, so that nothing is
// unknown.
const (
	firstMerge   = 2 + 256
	defaultPairs = 8000
	// A merged token has at most so many bytes, which bounds the memory that a saved file can take.
	mostTokenBytes = 1 << 10
)

type pair = [2]int32

// learnPairs merges the most frequent pair of neighbours until the vocabulary is full or no pair occurs Count (at least
// 2) times; of equally frequent pairs the one of smaller ids.
func (v *Vocabulary) learnPairs(count map[string]int) {
	size := v.Spec.Words
	if size == 0 {
		size = defaultPairs
	}
	type piece struct {
		ids []int32
		n   int
	}
	var ps []piece
	for _, w := range slices.Sorted(maps.Keys(count)) { // a fixed order, since that of a map is random
		ids := make([]int32, len(w))
		for i := range len(w) {
			ids[i] = int32(w[i]) + 2
		}
		ps = append(ps, piece{ids, count[w]})
	}
	freq := map[pair]int{}
	where := map[pair][]int32{} // pieces that hold, or held, a pair; some perhaps twice
	note := func(p pair, at int) {
		freq[p] += ps[at].n
		if w := where[p]; len(w) == 0 || w[len(w)-1] != int32(at) {
			where[p] = append(w, int32(at))
		}
	}
	for at, p := range ps {
		for i := 1; i < len(p.ids); i++ {
			note(pair{p.ids[i-1], p.ids[i]}, at)
		}
	}
	var h pairHeap
	for p, n := range freq {
		h = append(h, counted{p, n})
	}
	heap.Init(&h)
	length := make([]int, 256, size)
	for i := range length {
		length[i] = 1
	}
	least := max(2, v.Spec.Count)
	for firstMerge+len(v.Merges) < size && len(h) > 0 {
		top := heap.Pop(&h).(counted)
		if now := freq[top.pair]; now != top.n {
			if now >= least {
				heap.Push(&h, counted{top.pair, now})
			}
			continue
		}
		if top.n < least {
			break
		}
		spelt := length[top.pair[0]-2] + length[top.pair[1]-2]
		if spelt > mostTokenBytes {
			continue
		}
		id := int32(firstMerge + len(v.Merges))
		v.Merges = append(v.Merges, top.pair)
		length = append(length, spelt)
		changed := map[pair]bool{}
		for _, at := range where[top.pair] {
			// Only the neighbours of a merged pair change their counts.
			p := &ps[at]
			out := p.ids[:0]
			for i := 0; i < len(p.ids); i++ {
				if i+1 == len(p.ids) || p.ids[i] != top.pair[0] || p.ids[i+1] != top.pair[1] {
					out = append(out, p.ids[i])
					continue
				}
				if n := len(out); n > 0 {
					freq[pair{out[n-1], p.ids[i]}] -= p.n
					q := pair{out[n-1], id}
					note(q, int(at))
					changed[q] = true
				}
				if i++; i+1 < len(p.ids) {
					freq[pair{p.ids[i], p.ids[i+1]}] -= p.n
					q := pair{id, p.ids[i+1]}
					note(q, int(at))
					changed[q] = true
				}
				out = append(out, id)
			}
			p.ids = out
		}
		delete(where, top.pair)
		delete(freq, top.pair)
		for q := range changed {
			heap.Push(&h, counted{q, freq[q]})
		}
	}
}

// join replaces each occurrence of a pair, from the left, in place.
func join(ids []int32, p pair, id int32) []int32 {
	out := ids[:0]
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) && ids[i] == p[0] && ids[i+1] == p[1] {
			out = append(out, id)
			i++
			continue
		}
		out = append(out, ids[i])
	}
	return out
}

type counted struct {
	pair pair
	n    int
}

// pairHeap has the most frequent pair on top.
type pairHeap []counted

func (h pairHeap) Len() int { return len(h) }

func (h pairHeap) Less(i, j int) bool {
	if h[i].n != h[j].n {
		return h[i].n > h[j].n
	}
	return slices.Compare(h[i].pair[:], h[j].pair[:]) < 0
}

func (h pairHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *pairHeap) Push(x any) { *h = append(*h, x.(counted)) }

// Pop implements heap.Interface.
func (h *pairHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// indexPairs spells every id out.
func (v *Vocabulary) indexPairs() error {
	v.bytes = make([][]byte, 0, 256+len(v.Merges))
	for b := range 256 {
		v.bytes = append(v.bytes, []byte{byte(b)})
	}
	v.ranks = make(map[pair]int32, len(v.Merges))
	for i, m := range v.Merges {
		t := slices.Concat(v.bytes[m[0]-2], v.bytes[m[1]-2])
		if len(t) > mostTokenBytes {
			return fmt.Errorf("pair %d spells %d bytes", i, len(t))
		}
		if _, twice := v.ranks[m]; twice {
			return fmt.Errorf("the pair %v twice", m)
		}
		v.bytes = append(v.bytes, t)
		v.ranks[m] = int32(i)
	}
	return nil
}

// pieceCache caches the ids of frequent pieces, of a bounded number, since a hostile stream of words must not fill
// memory.
type pieceCache struct {
	mu sync.RWMutex
	m  map[string][]int32
}

const mostCached = 1 << 16

func (c *pieceCache) get(p string) ([]int32, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ids, ok := c.m[p]
	return ids, ok
}

func (c *pieceCache) put(p string, ids []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) < mostCached {
		c.m[p] = ids
	}
}

// encodePiece merges the bytes of a piece.
func (v *Vocabulary) encodePiece(p string) []int32 {
	if ids, ok := v.cache.get(p); ok {
		return ids
	}
	ids := make([]int32, len(p))
	for i := range len(p) {
		ids[i] = int32(p[i]) + 2
	}
	// The earliest merge first: each round merges one kind of pair.
	for {
		best, rank := pair{}, int32(-1)
		for i := 1; i < len(ids); i++ {
			q := pair{ids[i-1], ids[i]}
			if r, ok := v.ranks[q]; ok && (rank < 0 || r < rank) {
				best, rank = q, r
			}
		}
		if rank < 0 {
			break
		}
		ids = join(ids, best, firstMerge+rank)
	}
	v.cache.put(strings.Clone(p), ids)
	return ids
}
