package diagnose

import (
	"fmt"
	"math"
	"strconv"

	"gorae/data"
	"gorae/stat"
	"gorae/task"
)

// rowDetectors see faults by what the rows of the parts are. They give tips alone.
func rowDetectors() []Detector {
	return []Detector{
		{Doc{Code: "split/time-leak", Kinds: []int{10}, Before: true,
			Why: "test rows lie among training rows in time, so that the figures say nothing of rows of a later " +
				"time",
			Remedy: "test on the latest rows"}, timeLeak},
		{Doc{Code: "split/unseen-categories", Kinds: []int{20}, Before: true,
			Why:    "a category that no training row has is all zeros to the network, as if nothing were known",
			Remedy: "put rare categories together (rare), or hash them"}, unseenCategories},
		{Doc{Code: "activation/batch-norm-mismatch", Kinds: []int{55},
			Why: "in inference mode batch normalization takes the moving averages of training: where these are far " +
				"behind, or batches tiny, the network computes something else than what it has learnt",
			Remedy: "give batch_normalization a lower momentum, or use larger batches",
			Explains: []string{"result/", "dynamics/oscillation", "dynamics/stopped-early", "dynamics/stalled",
				"dynamics/trained-too-long"}}, batchNormMismatch},
		{Doc{Code: "dynamics/unshuffled", Kinds: []int{17}, Before: true,
			Why:      "batches of neighbouring rows are alike, and the last ones of an epoch weigh most",
			Remedy:   "shuffle the training rows",
			Explains: []string{"dynamics/oscillation", "result/"}}, unshuffled},
		{Doc{Code: "result/weak-subgroup", Kinds: []int{60},
			Why:    "a figure over all rows hides that the network does not work for some of them",
			Remedy: "collect more rows of the group, or features that say more about it",
			Explains: []string{"data/wrong-labels", "result/overfit", "result/no-better-than-baseline",
				"result/miscalibrated"}},
			weakSubgroup},
	}
}

func timeLeak(c *Case) ([]Finding, error) {
	by := c.Spec.Split.By
	if c.windows() || by != "random" && by != "stratified" || c.Spec.Data.Test != nil {
		return nil, nil
	}
	if len(c.Spec.Data.Time) > 0 {
		return []Finding{found(Tip, c.Spec.Data.Time[0], "rows have a time, %s, and the parts are drawn at random",
			c.Spec.Data.Time[0]).with("columns of the time", float64(len(c.Spec.Data.Time)),
			0).set("split.by=time")}, nil
	}
	t, err := c.tableOnce()
	if err != nil || t == nil || t.Rows < 3 {
		return nil, err
	}
	first := t.Select(data.Range(min(t.Rows, firstTimes)))
	for i := range t.Columns {
		name := t.Columns[i].Name
		if !t.MayBeTime(&t.Columns[i]) {
			continue
		}
		// Most columns that are in no order are in none soon.
		if rises, falls := inOrder(first, name); rises && falls {
			continue
		}
		if rises, falls := inOrder(t, name); rises != falls {
			return []Finding{found(Tip, name, "the rows are in the order of %s, and the parts are drawn at random",
				name).
				with("rows in the order of time", float64(t.Rows), 0).
				set("data.time=["+strconv.Quote(name)+"]", "split.by=time")}, nil
		}
	}
	return nil, nil
}

// firstTimes is the number of rows of which times are read first.
const firstTimes = 1000

// inOrder reports whether the times of a column rise or fall from one row to another; neither where they are no times.
func inOrder(t *data.Table, name string) (rises, falls bool) {
	clock, err := t.Clock(name)
	if err != nil {
		return false, false
	}
	for r := 1; r < t.Rows; r++ {
		d := clock.Compare(r, r-1)
		rises, falls = rises || d > 0, falls || d < 0
	}
	return rises, falls
}

// Bounds of categories.
const (
	unseenShare = 0.05 // of the rows of the part
	unseenMost  = 0.5
	groupLevels = 12
	groupRows   = 30
	groupBehind = 0.2
	groupP      = 1e-3 // over all groups together
)

func unseenCategories(c *Case) ([]Finding, error) {
	t, err := c.tableOnce()
	seen, unseen := c.Numbers(task.Train), c.Numbers(c.unseen())
	if err != nil || t == nil || c.Spec.Data.Test != nil || seen == nil || unseen == nil || c.windows() {
		return nil, err
	}
	var out []Finding
	for _, i := range c.used() {
		col := &t.Columns[i]
		if col.Kind != data.Category || col.IsProse() || col.Levels() > data.MaxLevels {
			continue
		}
		known := map[string]bool{}
		for _, r := range seen {
			known[col.Level(r)] = true
		}
		n := 0
		for _, r := range unseen {
			n += one(!col.IsMissing(r) && !known[col.Level(r)])
		}
		if share := float64(n) / float64(max(1, len(unseen))); share > unseenShare {
			f := found(Tip, col.Name, "%d of %d %s rows have a category of %s that no training row has", n, len(unseen),
				c.unseen(), col.Name).with("share of the rows", share, unseenShare)
			if share > unseenMost { // what is learnt of it is of no use
				f = f.set(columnKey(col.Name) + "=drop")
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// alikeBy is by how much the share of neighbouring rows of one class is above that of any two rows.
const alikeBy = 0.2

func unshuffled(c *Case) ([]Finding, error) {
	names := c.classes()
	if s := c.Spec.Train.Shuffle; s == nil || *s || len(names) < 2 || c.windows() {
		return nil, nil
	}
	p, err := c.part(task.Train)
	if err != nil || p == nil || len(p.y) < fewestShifted {
		return nil, err
	}
	same, any := 0.0, 0.0
	for i := 1; i < len(p.y); i++ {
		same += float64(one(p.y[i] == p.y[i-1])) / float64(len(p.y)-1)
	}
	for _, s := range classShares(p.y, len(names)) {
		any += s * s
	}
	if same < any+alikeBy {
		return nil, nil
	}
	return []Finding{found(Tip, "", "training rows are taken in the order of the file, in which %.3g %% of "+
		"neighbours have "+
		"the same class, where %.3g %% of any two have", 100*same, 100*any).with("share of neighbours of one class",
		same,
		any+alikeBy).set("train.shuffle=true")}, nil
}

func weakSubgroup(c *Case) ([]Finding, error) {
	t, err := c.tableOnce()
	if err != nil || t == nil || c.classes() == nil || c.Report == nil || c.Spec.Data.Test != nil || c.windows() {
		return nil, err
	}
	p, err := c.part(c.unseen())
	if err != nil || p == nil || p.class == nil || len(p.numbers) != p.n {
		return nil, err
	}
	type group struct {
		name           string
		n, wrong, rest int
	}
	var groups []group
	all := 0
	for i := range p.n {
		all += one(p.class[i] != int(p.y[i]))
	}
	for _, k := range c.used() {
		col := &t.Columns[k]
		if col.Kind != data.Category || col.Levels() > groupLevels {
			continue
		}
		of := map[string]*group{}
		var order []string
		for i, r := range p.numbers {
			level := col.Level(r)
			g := of[level]
			if g == nil {
				g = &group{name: fmt.Sprintf("%s=%s", col.Name, level)}
				of[level], order = g, append(order, level)
			}
			g.n++
			g.wrong += one(p.class[i] != int(p.y[i]))
		}
		for _, level := range order {
			if g := of[level]; g.n >= groupRows && p.n-g.n >= groupRows {
				g.rest = all - g.wrong
				groups = append(groups, *g)
			}
		}
	}
	var out []Finding
	for _, g := range groups {
		a, b := float64(g.wrong)/float64(g.n), float64(g.rest)/float64(p.n-g.n)
		pooled := float64(all) / float64(p.n)
		se := math.Sqrt(pooled * (1 - pooled) * (1/float64(g.n) + 1/float64(p.n-g.n)))
		pv := 2 * stat.NormalCDF(-(a-b)/max(se, 1e-12))
		if a-b < groupBehind || pv*float64(len(groups)) >= groupP {
			continue
		}
		out = append(out, found(Tip, g.name, "%s: %d of %d new samples are wrong, of the others %d of %d", g.name,
			g.wrong, g.n,
			g.rest, p.n-g.n).with("share of wrong ones above that of the others", a-b, groupBehind).
			with("p times the number of groups", pv*float64(len(groups)), groupP))
	}
	return out, nil
}
