package data

import (
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/internal/spell"
)

// By is the way in which rows are parted into learning, validation and test rows.
type By uint8

const (
	// Random parts rows at random.
	Random By = iota
	// Stratified parts each class at random, so that every part has every class in
	// its share, within one row.
	Stratified
	// Time keeps order: the earliest rows learn, later ones validate, the latest test.
	Time
	// Group parts whole groups at random: rows of one group (a patient, a shop) never
	// stand on both sides.
	Group
)

var byNames = []string{"random", "stratified", "time", "group"}

// String returns the word for it in an experiment file.
func (b By) String() string {
	if int(b) < len(byNames) {
		return byNames[b]
	}
	return fmt.Sprintf("by(%d)", b)
}

// ParseBy reads random, stratified, time or group.
func ParseBy(s string) (By, error) {
	if i := slices.Index(byNames, s); i >= 0 {
		return By(i), nil
	}
	return 0, config.Errorf("split.by", "%q is none of random, stratified, time, group%s", s, spell.Hint(s, byNames))
}

// Split parts the rows 0 … n−1 into learning, validation and test rows.
// Validation and test are shares from 0 up to below 1; a share of 0 gives nil.
//
// Sizes are rounded by largest remainder: each part gets the whole rows of its
// share, and rows left over go to the parts with the largest fractions, learning
// before validation before test where these are equal.
//
// Key has one number per row: the class for Stratified, the group for Group, the
// place in time for Time (nil: rows stand in time's order already; equal times
// keep the rows' order); Random takes none. A class or group of −1 (missing) is
// one like any other. Stratified applies the rounding to every class, leaning on
// what earlier classes left over, so that the totals stay near the shares; a
// class of a single row learns.
//
// The result depends on n, the shares, by, key and seed alone. Each part is in
// ascending order, for Time in time's order. A part that would be empty although
// its share is not 0 is an error.
func Split(n int, validation, test float64, by By, key []int, seed uint64) (learn, val, hold []int, err error) {
	if !(validation >= 0 && test >= 0 && validation+test < 1) {
		return nil, nil, nil, config.Errorf("split",
			"validation %v and test %v; give shares of 0 or more that leave some rows to train on", validation, test)
	}
	if key != nil && len(key) != n {
		return nil, nil, nil, config.Errorf("split", "%d keys for %d rows", len(key), n)
	}
	if key == nil && (by == Stratified || by == Group) {
		return nil, nil, nil, config.Errorf("split", "by %v needs the %v of every row", by,
			map[By]string{Stratified: "class", Group: "group"}[by])
	}
	share := [3]float64{1 - validation - test, validation, test}
	var part [3][]int
	switch by {
	case Random, Time:
		part = splitRows(n, share, by, key, seed)
	case Stratified:
		part = splitClasses(key, share, seed)
	case Group:
		part = splitGroups(key, share, seed)
	default:
		return nil, nil, nil, config.Errorf("split", "%v is no way to split", by)
	}
	for k, name := range []string{"training", "validation", "test"} {
		if share[k] > 0 && len(part[k]) == 0 {
			what := "rows"
			if by == Group {
				what = "groups"
			}
			return nil, nil, nil, config.Errorf("split",
				"no row is left for the %s part (%d rows, shares %s, by %v); give more %s or other shares",
				name, n, formatShares(share), by, what)
		}
	}
	return part[0], part[1], part[2], nil
}

func formatShares(s [3]float64) string {
	return fmt.Sprintf("%.4g/%.4g/%.4g", s[0], s[1], s[2])
}

// apportion divides n rows by largest remainder. Carry is what each part is owed
// from before (less than one row); it decides where fractions compete.
func apportion(n int, share, carry [3]float64) [3]int {
	var out [3]int
	var fraction [3]float64
	left := n
	for k := range share {
		exact := float64(n) * share[k]
		// A share such as 0.7 is no binary fraction; 0.7·10 must count as 7.
		if r := math.Round(exact); math.Abs(exact-r) < 1e-9*float64(n+1) {
			exact = r
		}
		out[k] = int(exact)
		fraction[k] = exact - float64(out[k])
		left -= out[k]
	}
	for ; left > 0; left-- {
		best := -1
		for k := range fraction {
			if fraction[k] > 0 && (best < 0 || fraction[k]+carry[k] > fraction[best]+carry[best]+1e-9) {
				best = k
			}
		}
		if best < 0 { // only by rounding: nothing has a fraction
			best = 0
		}
		out[best]++
		fraction[best] = 0
	}
	return out
}

func splitRows(n int, share [3]float64, by By, key []int, seed uint64) [3][]int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	if by == Time {
		if key != nil {
			slices.SortStableFunc(rows, func(a, b int) int { return key[a] - key[b] })
		}
	} else {
		permute(rows, stream(seed, streamSplit, 0))
	}
	part := cut(rows, apportion(n, share, [3]float64{}))
	if by != Time {
		for k := range part {
			slices.Sort(part[k])
		}
	}
	return part
}

// cut divides rows into consecutive parts; empty ones are nil.
func cut(rows []int, size [3]int) (part [3][]int) {
	for k, n := range size {
		if n > 0 {
			part[k] = slices.Clone(rows[:n])
		}
		rows = rows[n:]
	}
	return part
}

// levels lists the rows of each distinct key, keys ascending.
func levels(key []int) [][]int {
	rows := map[int][]int{}
	var keys []int
	for i, k := range key {
		if rows[k] == nil {
			keys = append(keys, k)
		}
		rows[k] = append(rows[k], i)
	}
	slices.Sort(keys)
	out := make([][]int, len(keys))
	for i, k := range keys {
		out[i] = rows[k]
	}
	return out
}

func splitClasses(class []int, share [3]float64, seed uint64) (part [3][]int) {
	var carry [3]float64
	for c, rows := range levels(class) {
		permute(rows, stream(seed, streamSplit, uint64(c)))
		size := [3]int{len(rows)}
		if len(rows) > 1 {
			size = apportion(len(rows), share, carry)
			for k := range carry {
				carry[k] += float64(len(rows))*share[k] - float64(size[k])
			}
		}
		for k, p := range cut(rows, size) {
			part[k] = append(part[k], p...)
		}
	}
	for k := range part {
		slices.Sort(part[k])
	}
	return part
}

// splitGroups gives each group, in an order drawn at random, to the part that is
// furthest below its share.
func splitGroups(group []int, share [3]float64, seed uint64) (part [3][]int) {
	groups := levels(group)
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	permute(order, stream(seed, streamSplit, 0))
	n := float64(len(group))
	for _, g := range order {
		best := 0
		for k := range share {
			owed := func(k int) float64 { return n*share[k] - float64(len(part[k])) }
			if share[k] > 0 && owed(k) > owed(best) {
				best = k
			}
		}
		part[best] = append(part[best], groups[g]...)
	}
	for k := range part {
		slices.Sort(part[k])
	}
	return part
}
