package cluster

import (
	"fmt"
	"math"
)

// Agreement is how far two groupings of the same samples agree, whatever the groups are called.
type Agreement struct {
	// NMI is the normalised mutual information, I(a; b) / ((H(a) + H(b))/2): 0 for independent groupings, 1 for equal
	// ones. Groupings of many groups have a higher one by chance.
	NMI float64
	// AdjustedRand is the Rand index, the share of pairs of samples that both groupings put together or both apart,
	// adjusted for chance: 0 is expected of random groupings, 1 is the value of equal ones (Hubert and Arabie 1985).
	AdjustedRand float64
}

// Agree compares two groupings of the same samples, whose groups are numbers of any kind. An error: no samples, or
// lists of different lengths.
func Agree(a, b []int) (Agreement, error) {
	n := len(a)
	if n == 0 || len(b) != n {
		return Agreement{}, fmt.Errorf("groupings of %d and %d samples cannot be compared", n, len(b))
	}
	joint, ofA, ofB := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	var keys [][2]int // in the order of their first sample, so that sums have one order
	var keysA, keysB []int
	for i := range a {
		k := [2]int{a[i], b[i]}
		if joint[k]++; joint[k] == 1 {
			keys = append(keys, k)
		}
		if ofA[a[i]]++; ofA[a[i]] == 1 {
			keysA = append(keysA, a[i])
		}
		if ofB[b[i]]++; ofB[b[i]] == 1 {
			keysB = append(keysB, b[i])
		}
	}
	total := float64(n)
	var out Agreement
	together, inA, inB, mutual := 0.0, 0.0, 0.0, 0.0
	for _, k := range keys {
		c := joint[k]
		together += c * (c - 1) / 2
		mutual += c / total * math.Log(c*total/(ofA[k[0]]*ofB[k[1]]))
	}
	entropy := 0.0 // of both
	for _, k := range keysA {
		c := ofA[k]
		inA += c * (c - 1) / 2
		entropy -= c / total * math.Log(c/total)
	}
	for _, k := range keysB {
		c := ofB[k]
		inB += c * (c - 1) / 2
		entropy -= c / total * math.Log(c/total)
	}
	if out.NMI = 1; entropy > 0 { // else both put all samples together
		out.NMI = min(1, max(0, 2*mutual/entropy))
	}
	pairs := total * (total - 1) / 2
	if out.AdjustedRand = 1; n > 1 {
		expected := inA * inB / pairs
		if most := (inA + inB) / 2; most != expected {
			out.AdjustedRand = (together - expected) / (most - expected)
		}
	}
	return out, nil
}
