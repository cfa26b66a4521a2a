package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// manyLabels draws rows of up to 8 labels, whose frequencies fall from a half to a hundredth.
func manyLabels(n int) [][]int {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([][]int, n)
	for i := range out {
		for l, p := range []float64{.5, .3, .2, .1, .06, .04, .02, .01} {
			if r.Float64() < p {
				out[i] = append(out[i], l)
			}
		}
	}
	return out
}

// deviation is the labels' distribution measure LD of Sechidis et al. (2011): the mean over labels and parts of the
// difference of the odds of a label in the part and in all rows.
func deviation(labels [][]int, parts [][]int) float64 {
	count := func(rows []int, l int) float64 {
		n := 0.0
		for _, i := range rows {
			if slices.Contains(labels[i], l) {
				n++
			}
		}
		return n
	}
	all, sum := Range(len(labels)), 0.0
	for l := range 8 {
		total := count(all, l)
		for _, rows := range parts {
			n := count(rows, l)
			sum += math.Abs(n/(float64(len(rows))-n) - total/(float64(len(all))-total))
		}
	}
	return sum / float64(8*len(parts))
}

// TestFoldLabels: every row is in one fold, each label is dealt evenly to within two rows, the folds are of like size,
// the distribution of labels is nearer to the whole than in random folds, and the seed alone decides.
func TestFoldLabels(t *testing.T) {
	labels := manyLabels(1000)
	folds, err := FoldLabels(labels, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(folds...)
	slices.Sort(all)
	if !slices.Equal(all, Range(1000)) {
		t.Fatal("not every row is in one fold")
	}
	for l := range 8 {
		var counts []int
		for _, rows := range folds {
			n := 0
			for _, i := range rows {
				if slices.Contains(labels[i], l) {
					n++
				}
			}
			counts = append(counts, n)
		}
		if slices.Max(counts)-slices.Min(counts) > 4 {
			t.Errorf("label %d is in %v rows of the folds", l, counts)
		}
	}
	for _, rows := range folds {
		if !slices.IsSorted(rows) || len(rows) < 195 || len(rows) > 205 {
			t.Errorf("a fold of %d rows", len(rows))
		}
	}
	random, err := Folds(1000, 5, Random, nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := deviation(labels, folds), deviation(labels, random); !(a < b/3) {
		t.Errorf("the deviation is %v, of random folds %v", a, b)
	}
	again, _ := FoldLabels(labels, 5, 7)
	other, _ := FoldLabels(labels, 5, 8)
	if fmt.Sprint(again) != fmt.Sprint(folds) || fmt.Sprint(other) == fmt.Sprint(folds) {
		t.Error("the folds do not follow from the seed")
	}
}

// TestSplitLabels: of four rows with the rare label 1 and twelve with label 0, halves have two and six each; by hand,
// since the rare label is dealt in turn, and of the rest the part that lacks more gets the next.
func TestSplitLabels(t *testing.T) {
	labels := make([][]int, 16)
	for i := range 12 {
		labels[i] = []int{0}
	}
	for i := 10; i < 14; i++ {
		labels[i] = append(labels[i], 1)
	}
	for seed := range uint64(20) {
		learn, val, hold, err := SplitLabels(labels, 0, 0.5, seed)
		if err != nil || val != nil {
			t.Fatal(val, err)
		}
		for _, rows := range [][]int{learn, hold} {
			var n [2]int
			for _, i := range rows {
				for _, l := range labels[i] {
					n[l]++
				}
			}
			if n[1] != 2 || n[0] != 6 || len(rows) != 8 {
				t.Errorf("seed %d: %v rows with the labels of %d", seed, n, len(rows))
			}
		}
	}
	if _, _, _, err := SplitLabels(labels[:2], 0.3, 0.3, 1); err == nil ||
		!strings.Contains(err.Error(), "stratified by labels") {
		t.Error(err)
	}
	if _, err := FoldLabels(labels[:2], 3, 1); err == nil || !strings.Contains(err.Error(), "give fewer folds") {
		t.Error(err)
	}
}
