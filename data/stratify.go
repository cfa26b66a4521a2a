package data

import (
	"math/rand/v2"
	"slices"

	"gorae/config"
)

// SplitLabels parts rows of which each has any number of labels, as Split parts rows of one class each: labels lists
// the labels of each row, by number from 0.
//
// The method is iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label
// data", ECML PKDD 2011): of the labels that rows still to be dealt have, the rarest is dealt first, each of its rows
// to the part that lacks most rows with that label, among equals to the one that lacks most rows, among those at
// random. Rows without a label come last. A rare label is thereby in every part that its rows suffice for, and all
// labels are near their shares. The sizes of the parts are near the shares too, within a few rows, and not exact.
//
// The result depends on the labels, the shares and the seed alone. Each part is in ascending order; one that would be
// empty although its share is not 0 is an error.
func SplitLabels(labels [][]int, validation, test float64, seed uint64) (learn, val, hold []int, err error) {
	if !(validation >= 0 && test >= 0 && validation+test < 1) {
		return nil, nil, nil, config.Errorf("split",
			"validation %v and test %v; give shares of 0 or more that leave some rows to train on", validation, test)
	}
	share := []float64{1 - validation - test, validation, test}
	parts := deal(labels, share, seed)
	for k, name := range []string{"training", "validation", "test"} {
		if share[k] > 0 && len(parts[k]) == 0 {
			return nil, nil, nil, config.Errorf("split",
				"no row is left for the %s part (%d rows, shares %s, stratified by labels); give more rows or other "+
					"shares", name, len(labels), formatShares([3]float64(share)))
		}
	}
	return parts[0], parts[1], parts[2], nil
}

// FoldLabels parts rows of which each has any number of labels into k parts of like size, as SplitLabels does, each of
// which is once the test set of a cross-validation.
func FoldLabels(labels [][]int, k int, seed uint64) ([][]int, error) {
	if k < 2 {
		return nil, config.Errorf("split", "%d folds; give 2 or more", k)
	}
	share := make([]float64, k)
	for f := range share {
		share[f] = 1 / float64(k)
	}
	folds := deal(labels, share, seed)
	for f := range folds {
		if len(folds[f]) == 0 {
			return nil, config.Errorf("split",
				"no row is left for fold %d of %d (%d rows, stratified by labels); give fewer folds or more rows", f+1,
				k, len(labels))
		}
	}
	return folds, nil
}

// dealer deals rows to parts by iterative stratification.
type dealer struct {
	labels [][]int
	share  []float64
	wants  []float64   // rows that each part lacks
	of     [][]float64 // rows with each label that each part lacks, by label and part
	left   []int       // rows with each label that are still to be dealt
	dealt  []bool
	parts  [][]int
	random rand.PCG
}

// deal parts rows by their labels into parts of the given shares.
func deal(labels [][]int, share []float64, seed uint64) [][]int {
	d := &dealer{labels: labels, share: share, dealt: make([]bool, len(labels)), parts: make([][]int, len(share)),
		random: stream(seed, streamSplit, 1<<24-1)}
	for _, s := range share {
		d.wants = append(d.wants, s*float64(len(labels)))
	}
	var rows [][]int // by label
	for i, list := range labels {
		for _, l := range list {
			for l >= len(rows) {
				rows = append(rows, nil)
			}
			rows[l] = append(rows[l], i)
		}
	}
	d.left, d.of = make([]int, len(rows)), make([][]float64, len(rows))
	for l := range rows {
		d.left[l], d.of[l] = len(rows[l]), make([]float64, len(share))
		for p, s := range share {
			d.of[l][p] = s * float64(len(rows[l]))
		}
		permute(rows[l], stream(seed, streamSplit, uint64(l)))
	}
	for {
		rarest := -1
		for l, n := range d.left {
			if n > 0 && (rarest < 0 || n < d.left[rarest]) {
				rarest = l
			}
		}
		if rarest < 0 {
			break
		}
		for _, i := range rows[rarest] {
			d.row(i, d.of[rarest])
		}
	}
	rest := Range(len(labels))
	permute(rest, stream(seed, streamSplit, 1<<24-2))
	for _, i := range rest {
		d.row(i, d.wants)
	}
	for _, p := range d.parts {
		slices.Sort(p)
	}
	return d.parts
}

// row deals row i, unless it has been dealt, to the part that lacks most.
func (d *dealer) row(i int, lacks []float64) {
	if d.dealt[i] {
		return
	}
	const equal = 1e-9
	var best []int
	for p := range d.share {
		if d.share[p] == 0 {
			continue
		}
		order := 1
		if len(best) > 0 {
			b := best[0]
			switch more, rows := lacks[p]-lacks[b], d.wants[p]-d.wants[b]; {
			case more < -equal || more <= equal && rows < -equal:
				order = -1
			case more <= equal && rows <= equal:
				order = 0
			}
		}
		switch order {
		case 1:
			best = append(best[:0], p)
		case 0:
			best = append(best, p)
		}
	}
	to := best[0]
	if len(best) > 1 {
		to = best[below(&d.random, uint64(len(best)))]
	}
	d.dealt[i] = true
	d.parts[to] = append(d.parts[to], i)
	d.wants[to]--
	for _, l := range d.labels[i] {
		d.of[l][to]--
		d.left[l]--
	}
}
