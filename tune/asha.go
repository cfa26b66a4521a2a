package tune

import (
	"fmt"
	"math"
	"slices"
)

// Pruner says which trials are worth further training.
type Pruner interface {
	// Rungs returns the numbers of epochs at which trials are compared; the last one is the whole training.
	Rungs(epochs int) []int
	// Promote returns the index of a paused trial to train to its next rung; −1: none.
	Promote(trials []Trial, rungs []int) int
}

// None trains every trial to its end.
type None struct{}

// Rungs implements Pruner.
func (None) Rungs(epochs int) []int { return []int{epochs} }

// Promote implements Pruner.
func (None) Promote([]Trial, []int) int { return -1 }

// ASHA is asynchronous successive halving. Trials are compared after Least, Least·Reduction, Least·Reduction², … epochs
// and at the end; of the n trials that have reached a rung the best ⌊n/Reduction⌋ are trained to the next one, as soon
// as they are among them.
//
// Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-Tzur, Hardt, Recht and Talwalkar, "A system for massively parallel
// hyperparameter tuning", 2020, algorithm 2.
//
// The defaults are careful: half of the trials go on after half of the epochs. On the recorded trainings of bench/tune
// earlier comparisons save more time and find worse values, since values that are good early are not those that are
// good late.
type ASHA struct {
	Least     int // epochs; 0: all epochs / Reduction
	Reduction int // 0 is 2
}

func (a ASHA) reduction() int {
	if a.Reduction == 0 {
		return 2
	}
	return a.Reduction
}

// Check returns an error for settings without meaning.
func (a ASHA) Check() error {
	switch {
	case a.Reduction != 0 && a.Reduction < 2:
		return fmt.Errorf("a reduction of %d; give 2 or more", a.Reduction)
	case a.Least < 0:
		return fmt.Errorf("%d epochs; give 1 or more", a.Least)
	}
	return nil
}

// Rungs implements Pruner.
func (a ASHA) Rungs(epochs int) []int { return rungs(a.Least, a.reduction(), epochs) }

// rungs returns least·factor^k below epochs, and epochs.
func rungs(least, factor, epochs int) (list []int) {
	if least == 0 {
		least = max(1, (epochs+factor-1)/factor)
	}
	for r := least; r < epochs; r *= factor {
		list = append(list, r)
	}
	return append(list, epochs)
}

// Promote implements Pruner: the best trial of the highest rung that has one to promote.
func (a ASHA) Promote(trials []Trial, rungs []int) int {
	for rung := len(rungs) - 2; rung >= 0; rung-- {
		there := reached(trials, rung)
		for _, i := range there[:len(there)/a.reduction()] {
			if t := trials[i]; t.State == Paused && len(t.Rungs) == rung+1 && !math.IsNaN(t.Value) {
				return i
			}
		}
	}
	return -1
}

// reached returns the indices of the trials that have reached a rung, the best first; of equal ones the earlier.
func reached(trials []Trial, rung int) (list []int) {
	for i := range trials {
		if len(trials[i].Rungs) > rung {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return compareValues(trials[a].at(rung), trials[b].at(rung))
	})
	return list
}

// Median trains a trial on as long as its objective at a rung is no worse than the median of the trials that have
// reached it; the first Startup trials are trained to their end. The rungs are those of ASHA.
//
// Source: Golovin, Solnik, Moitra, Kochanski, Karro and Sculley, "Google Vizier: a service for black-box
// optimization", 2017, section 3.2.1, by the trials' values at the rung.
type Median struct {
	Startup int // 0 is 5
	ASHA
}

// Promote implements Pruner.
func (m Median) Promote(trials []Trial, rungs []int) int {
	startup := m.Startup
	if startup == 0 {
		startup = 5
	}
	for i, t := range trials {
		rung := len(t.Rungs) - 1
		if t.State != Paused || math.IsNaN(t.Value) {
			continue
		}
		there := reached(trials, rung)
		if t.Number < startup || compareValues(t.Value, trials[there[(len(there)-1)/2]].at(rung)) <= 0 {
			return i
		}
	}
	return -1
}
