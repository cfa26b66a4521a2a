package neon

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// General registers that values get: not R16 and R17, which instructions of several steps use, R18 (the system's), R27
// (the assembler's), R28 (Go's g), R29 and R30 (frame, return address). Of vectors all 32.
var general = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26}

var allVectors = func() (all []int) {
	for v := range 32 {
		all = append(all, v)
	}
	return all
}()

// allocate gives each value a register, and leaves out what has no use. Constants that loops need are set once, at the
// beginning, as many as there are registers for; the others where they are used.
func (f *function) allocate() ([]int, error) {
	f.nest()
	kept := f.shareConstants()
	for {
		trial := f.copyOf()
		trial.placeConstants(kept)
		trial.removeUnused()
		over := trial.pressure() - len(allVectors)
		if over <= 0 {
			number, err := trial.colour()
			if err == nil {
				*f = *trial
				return number, nil
			}
			if !errors.Is(err, errVectors) {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
			over = 1
		}
		if len(kept) < over {
			return nil, fmt.Errorf("%s: %w", f.name, errVectors)
		}
		least := slices.SortedFunc(maps.Keys(kept), func(a, b bits) int {
			return cmp.Or(kept[a]-kept[b], compareBits(a, b))
		})
		for _, b := range least[:over] {
			delete(kept, b)
		}
	}
}

// pressure is the greatest number of vectors that are live at a time.
func (f *function) pressure() (most int) {
	for _, live := range f.live() {
		n := 0
		for v, vector := range f.vector {
			if vector && live.Bit(v) == 1 {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func compareBits(a, b bits) int {
	return slices.Compare(a[:], b[:])
}

var errVectors = errors.New("more vectors than registers")

// copyOf is f with instructions of its own.
func (f *function) copyOf() *function {
	g := *f
	g.vector = slices.Clone(f.vector)
	g.code = make([]*inst, len(f.code))
	for n, i := range f.code {
		c := *i
		c.args = slices.Clone(i.args)
		g.code[n] = &c
	}
	return &g
}

// shareConstants finds the constants that loops use, and how often.
func (f *function) shareConstants() map[bits]int {
	uses := map[bits]int{}
	for _, i := range f.code {
		if i.fixed != nil && i.depth > 0 {
			n := 1
			for range i.depth {
				n *= 8
			}
			uses[*i.fixed] += n
		}
	}
	return uses
}

// placeConstants sets the kept constants at the beginning and makes the instructions that set a register to one of them
// copies of that.
func (f *function) placeConstants(kept map[bits]int) {
	var begin []*inst
	at := map[bits]value{}
	for _, b := range slices.SortedFunc(maps.Keys(kept), compareBits) {
		at[b] = f.fresh(true)
		begin = append(begin, &inst{args: []value{at[b]}, writes: true, fixed: &b})
	}
	for _, i := range f.code {
		if i.fixed == nil {
			continue
		}
		if from, ok := at[*i.fixed]; ok {
			i.text, i.args, i.copies = "VORR V{1}.B16, V{1}.B16, V{0}.B16", append(i.args, from), true
			if *i.fixed != (bits{}) { // which is as short by itself
				i.fixed = nil
			}
		}
	}
	f.code = append(begin, f.code...)
}

// removeUnused leaves out what writes registers that nobody reads.
func (f *function) removeUnused() {
	for {
		live := f.live()
		n := len(f.code)
		var left []*inst
		for k, i := range f.code {
			if i.effect || i.label != "" || i.writes && live[k].Bit(int(i.args[0])) == 1 {
				left = append(left, i)
			}
		}
		if f.code = left; len(left) == n {
			return
		}
	}
}

// live is, for each instruction, the set of the values that are read after it.
func (f *function) live() []*big.Int {
	at := map[string]int{}
	for n, i := range f.code {
		if i.label != "" {
			at[i.label] = n
		}
	}
	in, out := make([]*big.Int, len(f.code)+1), make([]*big.Int, len(f.code))
	for n := range in {
		in[n] = new(big.Int)
	}
	for changed := true; changed; {
		changed = false
		for n := len(f.code) - 1; n >= 0; n-- {
			i := f.code[n]
			after := new(big.Int)
			if !i.ends {
				after.Set(in[n+1])
			}
			if i.to != "" {
				after.Or(after, in[at[i.to]])
			}
			before := new(big.Int).Set(after)
			if i.writes {
				before.SetBit(before, int(i.args[0]), 0)
			}
			for _, v := range i.read() {
				before.SetBit(before, int(v), 1)
			}
			out[n] = after
			if before.Cmp(in[n]) != 0 {
				in[n], changed = before, true
			}
		}
	}
	return out
}

// conflicts says which values cannot have the same register.
type conflicts []map[value]bool

func (c conflicts) add(a, b value) {
	if a != b {
		c[a][b], c[b][a] = true, true
	}
}

// colour finds registers: copies whose registers may be one are made one as far as that leaves enough of them.
func (f *function) colour() ([]int, error) {
	live := f.live()
	apart := make(conflicts, len(f.vector))
	for v := range apart {
		apart[v] = map[value]bool{}
	}
	used := make([]bool, len(f.vector))
	for n, i := range f.code {
		for _, v := range i.args {
			used[v] = true
		}
		w := i.written()
		if w < 0 {
			continue
		}
		for v := range f.vector {
			if live[n].Bit(v) == 1 && f.vector[v] == f.vector[w] && (!i.copies || value(v) != i.args[1]) {
				apart.add(w, value(v))
			}
		}
	}
	for _, careful := range []bool{false, true} {
		number, same, err := f.paint(apart, used, careful)
		if err == nil {
			for v := range number {
				number[v] = number[same[v]]
			}
			return number, nil
		}
		if careful {
			return nil, err
		}
	}
	return nil, nil
}

// paint joins copies and gives numbers to values that stand for others; with care, only copies whose union has few
// neighbours are joined (Briggs, Cooper and Torczon, Improvements to Graph Coloring Register Allocation, 1994).
func (f *function) paint(of conflicts, used []bool, careful bool) (number []int, same []value, err error) {
	apart := make(conflicts, len(of))
	same = make([]value, len(of))
	for v := range of {
		apart[v], same[v] = maps.Clone(of[v]), value(v)
	}
	registers := func(v value) []int {
		if f.vector[v] {
			return allVectors
		}
		return general
	}
	copies := slices.DeleteFunc(slices.Clone(f.code), func(i *inst) bool { return !i.copies })
	slices.SortStableFunc(copies, func(a, b *inst) int { return b.depth - a.depth })
	for _, i := range copies {
		a, b := same[i.args[0]], same[i.args[1]]
		if a == b || apart[a][b] {
			continue
		}
		if careful {
			many := 0
			for v := range merged(apart[a], apart[b]) {
				if len(apart[v]) >= len(registers(v)) {
					many++
				}
			}
			if many >= len(registers(a)) {
				continue
			}
		}
		for v := range apart[b] {
			delete(apart[v], b)
			apart.add(a, v)
		}
		apart[b] = map[value]bool{}
		for v := range same {
			if same[v] == b {
				same[v] = a
			}
		}
	}
	// Values with fewer neighbours than registers always find one; the others are tried, since neighbours may share.
	var left []value
	for v := range same {
		if same[v] == value(v) && (used[v] || len(apart[v]) > 0) {
			left = append(left, value(v))
		}
	}
	degree := make([]int, len(same))
	for _, v := range left {
		degree[v] = len(apart[v])
	}
	var order []value
	for len(left) > 0 {
		at := slices.IndexFunc(left, func(v value) bool { return degree[v] < len(registers(v)) })
		if at < 0 {
			at = slices.Index(left, slices.MaxFunc(left, func(a, b value) int { return degree[a] - degree[b] }))
		}
		v := left[at]
		left = slices.Delete(left, at, at+1)
		order = append(order, v)
		for n := range apart[v] {
			degree[n]--
		}
	}
	number = make([]int, len(same))
	for v := range number {
		number[v] = -1
	}
	for _, v := range slices.Backward(order) {
		for _, r := range registers(v) {
			if !taken(apart[v], number, r) {
				number[v] = r
				break
			}
		}
		if number[v] < 0 {
			if f.vector[v] {
				return nil, nil, errVectors
			}
			return nil, nil, errors.New("more general values than registers")
		}
	}
	return number, same, nil
}

func merged(a, b map[value]bool) map[value]bool {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return m
}

func taken(by map[value]bool, number []int, r int) bool {
	for v := range by {
		if number[v] == r {
			return true
		}
	}
	return false
}
