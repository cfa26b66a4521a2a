package diagnose

import (
	"cmp"
	"math"
	"slices"

	"gorae/stat"
	"gorae/task"
)

// Bounds of errors among the answers that the network is surest of.
const (
	sureQuarter = 0.25  // of the samples of a predicted class, those with the greatest probabilities
	sureShare   = 0.12  // of these, wrong ones
	sureLeast   = 20    // samples of these
	sureMost    = 0.35  // with more of them the network has not learnt
	sureLow     = 0.075 // lower limit of the share
	sureOfAll   = 0.4   // of the share of errors among all: where classes overlap, it falls with the probability
	sureClass   = 0.06  // share of errors among the surer half of each predicted class
	sureFewest  = 20    // samples of that half, of a class that is judged by itself
	sureAware   = 0.3   // of the share, what the network's own probabilities expect
	sureVotes   = 0.65  // of the neighbours of these errors that have one of both classes, those with the predicted one
	sureSkill   = 0.05
)

// sure is the new samples of which the network is surest, and what is wrong among them.
type sure struct {
	n     int
	wrong []int // places in all parts together
	low   float64
}

// answers puts the samples together that the network has not learnt from, with its answers: those of validation, then
// those of the test, in the order that they have in all parts together. It returns nil where the network gives no
// probabilities of classes.
func (c *Case) answers() (*part, error) {
	all := &part{}
	for _, of := range []task.Part{task.Validation, task.Test} {
		if of == task.Validation && c.Folded() {
			continue
		}
		p, err := c.part(of)
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			continue
		case p.p == nil || p.y == nil || p.class == nil:
			return nil, nil
		}
		all.n, all.y = all.n+p.n, append(all.y, p.y...)
		all.p, all.class = append(all.p, p.p...), append(all.class, p.class...)
	}
	if all.n == 0 {
		return nil, nil
	}
	return all, nil
}

// surelyWrong looks for labels that are wrong at random where classes overlap, so that few neighbours agree. Where
// classes overlap, the errors get fewer the surer the network is; where labels are wrong, they do not, whichever class
// it predicts, its probabilities stay below 1 by as much, and the neighbours of the errors have the class that it
// predicts. Parts are put together in p; nil: no such labels. Texts are left out: where a vocabulary knows few of their
// words, most of them look alike.
func (c *Case) surelyWrong(p *part, classes int) (*sure, error) {
	if c.texts() || c.Report == nil || !(c.look().Unseen >= sureSkill) {
		return nil, nil
	}
	fresh, err := c.answers()
	if err != nil || fresh == nil {
		return nil, err
	}
	out := &sure{}
	errors, doubt, least := 0, 0.0, 1.0
	for k := range classes {
		var of []int
		for i, class := range fresh.class {
			if class == k {
				of = append(of, i)
				errors += one(int(fresh.y[i]) != k)
			}
		}
		slices.SortStableFunc(of, func(a, b int) int { return cmp.Compare(fresh.p[b][k], fresh.p[a][k]) })
		half, few := 0, int(math.Ceil(sureQuarter*float64(len(of))))
		for place, i := range of {
			wrong := int(fresh.y[i]) != k
			if place < len(of)/2 {
				half += one(wrong)
			}
			if place >= few {
				continue
			}
			out.n++
			if doubt += 1 - float64(fresh.p[i][k]); wrong {
				out.wrong = append(out.wrong, i)
			}
		}
		if len(of)/2 >= sureFewest {
			least = min(least, float64(half)/float64(len(of)/2))
		}
	}
	share := float64(len(out.wrong)) / float64(max(1, out.n))
	out.low = stat.Wilson(len(out.wrong), max(1, out.n), 0.95).Low
	if out.n < sureLeast || share < sureShare || share > sureMost || out.low < sureLow || least < sureClass ||
		share < sureOfAll*float64(errors)/float64(fresh.n) || doubt < sureAware*share*float64(out.n) {
		return nil, nil
	}
	rows := scaledRows(p, min(p.n, wrongMost), p)
	with, against := 0, 0
	for k, i := range out.wrong {
		at := p.n - fresh.n + i // the parts that are learnt from stand before the others
		out.wrong[k] = at
		if at >= len(rows) {
			continue
		}
		for _, j := range closest(rows, rows[at], at, wrongNeighbours) {
			with += one(int(p.y[j]) == fresh.class[i])
			against += one(p.y[j] == p.y[at])
		}
	}
	if float64(with) < sureVotes*float64(with+against) || with == 0 {
		return nil, nil
	}
	return out, nil
}
