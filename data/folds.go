package data

import (
	"cmp"
	"slices"

	"gorae/config"
)

// Folds parts the rows 0 … n−1 into k parts of like size, each of which is once the test set of a
// cross-validation. By and key are those of Split: Stratified gives each fold every class in its share, within
// one row; Group keeps the rows of a group in one fold, the largest groups being dealt first. There are no folds by
// Time, since all but the last would be evaluated on what learning has seen the future of; for those, Split by Time
// the first rows, more of them for each fold.
//
// The result depends on n, k, by, key and seed alone. Each fold is in ascending order; one that
// would be empty is an error.
func Folds(n, k int, by By, key []int, seed uint64) ([][]int, error) {
	switch {
	case k < 2:
		return nil, config.Errorf("split", "%d folds; give 2 or more", k)
	case by == Time:
		return nil, config.Errorf("split",
			"folds by time would learn from the future of what they are evaluated on; give shares instead")
	case key != nil && len(key) != n:
		return nil, config.Errorf("split", "%d keys for %d rows", len(key), n)
	case key == nil && by != Random:
		return nil, config.Errorf("split", "by %v needs the %v of every row", by,
			map[By]string{Stratified: "class", Group: "group"}[by])
	}
	folds := make([][]int, k)
	switch by {
	case Group:
		groups := levels(key)
		permuteGroups(groups, seed)
		slices.SortStableFunc(groups, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
		for _, g := range groups {
			least := 0
			for f := range folds {
				if len(folds[f]) < len(folds[least]) {
					least = f
				}
			}
			folds[least] = append(folds[least], g...)
		}
	default:
		classes := [][]int{make([]int, n)}
		for i := range n {
			classes[0][i] = i
		}
		if by == Stratified {
			classes = levels(key)
		}
		at := 0 // dealt on from class to class, so that folds differ by one row at most
		for c, rows := range classes {
			permute(rows, stream(seed, streamSplit, uint64(c)))
			for _, i := range rows {
				folds[at%k] = append(folds[at%k], i)
				at++
			}
		}
	}
	for f := range folds {
		if len(folds[f]) == 0 {
			what := "rows"
			if by == Group {
				what = "groups"
			}
			return nil, config.Errorf("split",
				"no row is left for fold %d of %d (%d rows, by %v); give fewer folds or more %s", f+1, k, n, by, what)
		}
		slices.Sort(folds[f])
	}
	return folds, nil
}

// permuteGroups orders groups at random.
func permuteGroups(groups [][]int, seed uint64) {
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	permute(order, stream(seed, streamSplit, 0))
	was := slices.Clone(groups)
	for i, o := range order {
		groups[i] = was[o]
	}
}
