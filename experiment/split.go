package experiment

import (
	"errors"
	"fmt"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/prep"
)

// Split says how rows are parted into learning, validation and test rows.
type Split struct {
	Validation *float64 `keras:"validation,min=0,below=1,what=share"`
	Test       *float64 `keras:"test,min=0,below=1,what=share"`
	// Folds parts the samples into so many; Fold, from 1, is the one to test on: a cross-validation is a run for each.
	Folds int    `keras:"folds,min=2,what=number of folds"`
	Fold  int    `keras:"fold,min=1,what=number of a fold"`
	By    string // random, stratified, time or group
	Group string // the column, where By is group
}

var splits = []string{"random", "stratified", "time", "group"}

func (e *Experiment) decodeSplit() error {
	m, err := e.section("split", "by", "group")
	if err != nil {
		return err
	}
	if err := e.unknown("split", m, &e.Split, "by", "group"); err != nil {
		return err
	}
	switch s := e.Split; {
	case s.Folds == 0 && s.Fold > 0:
		return e.mistake("split.fold", "%d, but folds does not say of how many; write folds: 5", s.Fold)
	case s.Fold > s.Folds:
		return e.mistake("split.fold", "%d of %d folds; give 1 to %d", s.Fold, s.Folds, s.Folds)
	case s.Folds > 0 && s.Test != nil:
		return e.mistake("split.test", "%v, but the test part is fold %d of %d; leave one out", *s.Test, max(1, s.Fold), s.Folds)
	}
	total := 0.0
	for _, p := range []*float64{e.Split.Validation, e.Split.Test} {
		if p != nil {
			total += *p
		}
	}
	if total >= 1 {
		return e.mistake("split", "validation and test take %v of all rows together; leave some to learn from", total)
	}
	by := e.tree.Get("split").Get("by")
	group := e.tree.Get("split").Get("group")
	switch {
	case by != nil && by.Kind == yamltree.Map: // by: {group: COLUMN}
		if len(by.Keys) != 1 || by.Keys[0].Name != "group" {
			return e.mistake("split.by", "%s is no way to split; give random, stratified, time, or {group: COLUMN}", brief(by))
		}
		e.Split.By, group = "group", by.Values[0]
	case by != nil && by.Value != nil:
		w, _ := by.Value.(string)
		if !slices.Contains(splits, w) {
			return e.mistake("split.by", "%s is no way to split%s", brief(by), config.DidYouMean(fmt.Sprint(by.Value), splits))
		}
		e.Split.By = w
	case group != nil:
		e.Split.By = "group"
	}
	if e.Split.By == "group" {
		if group == nil || group.Value == nil || group.Kind != yamltree.Scalar {
			return e.mistake("split.by", "group needs the column that names the groups; write group: COLUMN")
		}
		e.Split.Group = fmt.Sprint(group.Value)
	}
	return nil
}

// shares are those of the validation and the test samples, written down where they are inferred.
func (r *Ready) shares() (validation, test float64, err error) {
	share := func(p *float64, key string, def float64) float64 {
		if p == nil {
			r.put("split", key, def)
			return def
		}
		return *p
	}
	test = 0.15
	if r.Split.Folds > 0 {
		if r.apart {
			return 0, 0, r.mistake("split.folds", "%d, but there is a test set apart; leave one out", r.Split.Folds)
		}
		return share(r.Split.Validation, "validation", 0.15), 0, nil
	}
	if r.apart {
		test = 0
		if r.Split.Test != nil && *r.Split.Test > 0 {
			return 0, 0, r.mistake("split.test", "%v, but there is a test set apart; leave one out", *r.Split.Test)
		}
	}
	return share(r.Split.Validation, "validation", 0.15), share(r.Split.Test, "test", test), nil
}

// split parts the rows and writes down how.
func (r *Ready) split(n int, t *data.Table, task prep.Task, codes []int) (parts [3][]int, err error) {
	validation, test, err := r.shares()
	if err != nil {
		return parts, err
	}
	if r.Split.By == "" {
		r.Split.By = "random"
	}
	node := yamltree.Of(r.Split.By)
	by, key := data.Random, []int(nil)
	switch r.Split.By {
	case "random", "stratified":
		if task == prep.Classification {
			by, key = data.Stratified, codes
		} else if r.Split.By == "stratified" {
			return parts, r.mistake("split.by", "stratified keeps classes in their shares, but the target is a figure; give random")
		}
	case "time":
		by = data.Time
		switch len(r.Data.Time) {
		case 0:
		case 1:
			if key, _, err = r.codes(t, "data.time", r.Data.Time[0]); err != nil {
				return parts, err
			}
		default:
			return parts, r.mistake("data.time", "%d columns; rows that are no series are ordered by one", len(r.Data.Time))
		}
	case "group":
		by = data.Group
		if key, _, err = r.codes(t, "split.by", r.Split.Group); err != nil {
			return parts, err
		}
		node = yamltree.Pairs("group", r.Split.Group)
	}
	r.put("split", "by", node)
	if i := r.tree.Get("split").Find("group"); i >= 0 {
		s := r.tree.Get("split")
		s.Keys, s.Values = append(s.Keys[:i:i], s.Keys[i+1:]...), append(s.Values[:i:i], s.Values[i+1:]...)
	}
	r.tree.Put("seed", int(r.Seed))
	if r.Split.Folds > 0 {
		parts, err = r.folds(n, validation, by, key)
	} else {
		parts[0], parts[1], parts[2], err = data.Split(n, validation, test, by, key, r.Seed)
	}
	if err != nil {
		var e *config.Error
		if errors.As(err, &e) {
			return parts, r.misplaced("split", true, e.Text())
		}
		return parts, r.misplaced("split", true, err.Error())
	}
	return parts, nil
}

// folds makes one fold the test part, and parts the others; validation is a share of all rows.
func (r *Ready) folds(n int, validation float64, by data.By, key []int) (parts [3][]int, err error) {
	if r.Split.Fold == 0 {
		r.Split.Fold = 1
		r.put("split", "fold", 1)
	}
	folds, err := data.Folds(n, r.Split.Folds, by, key, r.Seed)
	if err != nil {
		return parts, err
	}
	var rest, of []int
	for f, rows := range folds {
		if f == r.Split.Fold-1 {
			parts[2] = rows
		} else {
			rest = append(rest, rows...)
		}
	}
	slices.Sort(rest)
	for _, i := range rest {
		if key != nil {
			of = append(of, key[i])
		}
	}
	learn, val, _, err := data.Split(len(rest), min(validation*float64(n)/float64(len(rest)), 0.9), 0, by, of, r.Seed)
	for _, i := range learn {
		parts[0] = append(parts[0], rest[i])
	}
	for _, i := range val {
		parts[1] = append(parts[1], rest[i])
	}
	return parts, err
}

// codes numbers the values of a column that orders or groups the rows.
func (r *Ready) codes(t *data.Table, at, column string) ([]int, []string, error) {
	if t == nil {
		return nil, nil, r.mistake(at, "arrays have no columns; %q cannot be found", column)
	}
	c, err := t.Column(column)
	if err != nil {
		return nil, nil, r.mistake(at, "%s", err)
	}
	codes, levels := c.Codes()
	return codes, levels, nil
}
