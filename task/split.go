package task

import (
	"slices"

	"gorae/data"
)

// Shares of the samples for validation and test where an experiment does not say them.
const defaultShare = 0.15

// Rows describes the samples that are to be split.
type Rows struct {
	N     int         // the number of samples
	Table *data.Table // their columns, for splits by time or group; nil without
	Codes []int       // the class of each sample; nil: there are no classes
	// Labels is the labels of each sample, by number from 0, where a sample may have several; nil: it has not.
	Labels [][]int
}

// Shares returns the shares of the validation and the test samples; where the experiment leaves them open it sets them
// to share. own says that the test set has a source of its own.
func (in *Input) Shares(share float64, own bool) (validation, test float64, err error) {
	s := &in.Spec.Split
	if s.ValidationFolds > 0 {
		return 0, 0, Errorf("split.validation_folds", "these samples follow each other; their validation set is a "+
			"share of the last ones").AtKey().Fix("give split.validation")
	}
	return in.shares(share, own)
}

// shares are those of samples that may be parted into folds for validation: then there is no share.
func (in *Input) shares(share float64, own bool) (validation, test float64, err error) {
	s := &in.Spec.Split
	settle := func(p **float64, share float64) float64 {
		if *p == nil {
			*p = &share
		}
		return **p
	}
	if s.ValidationFolds > 0 {
		if in.folded() {
			return 0, 0, Errorf("split.validation_folds", "%d, but each network of the ensemble is evaluated on its "+
				"fold", s.ValidationFolds).Fix("leave one of split.validation_folds and train.ensemble.folds out")
		}
		s.ValidationFold = max(1, s.ValidationFold)
		settle = func(p **float64, share float64) float64 {
			if p == &s.Validation {
				return 0
			}
			if *p == nil {
				*p = &share
			}
			return **p
		}
	}
	if in.folded() { // all samples that are not for testing are learnt from and evaluated on
		if s.Validation != nil && *s.Validation > 0 {
			return 0, 0, Errorf("split.validation", "%v, but each network of the ensemble is evaluated on its fold",
				*s.Validation).Fix("leave one of split.validation and train.ensemble.folds out")
		}
		s.Validation = new(float64)
	}
	switch {
	case own && s.Folds > 0:
		return 0, 0, Errorf("split.folds", "%d, but there is a test set of its own; leave one out", s.Folds)
	case own && s.Test != nil && *s.Test > 0:
		return 0, 0, Errorf("split.test", "%v, but there is a test set of its own; leave one out", *s.Test)
	case s.Folds > 0:
		return settle(&s.Validation, share), 0, nil
	case own:
		return settle(&s.Validation, share), settle(&s.Test, 0), nil
	}
	return settle(&s.Validation, share), settle(&s.Test, share), nil
}

// Split returns the indices of the training, validation and test samples, and sets the keys of the section split that
// were left open. own says that the test set has a source of its own.
func (in *Input) Split(rows Rows, own bool) (parts [3][]int, err error) {
	validation, test, err := in.shares(defaultShare, own)
	if err != nil {
		return parts, err
	}
	by, key, err := in.splitKey(rows)
	if err != nil {
		return parts, err
	}
	defer func() {
		if err == nil && in.folded() {
			err = in.ensembleFolds(rows, parts[Train], by, key)
		}
	}()
	if by == data.Stratified && rows.Labels != nil {
		parts, err = in.stratify(rows.Labels, validation, test)
	} else if in.Spec.Split.Folds > 0 {
		parts, err = in.folds(rows.N, validation, by, key)
	} else {
		parts[0], parts[1], parts[2], err = data.Split(rows.N, validation, test, by, key, in.splitSeed())
	}
	if n := in.Spec.Split.ValidationFolds; err == nil && n > 0 {
		parts, err = in.validationFold(rows, parts[Train], parts[Test], by, key)
	}
	for part, samples := range parts {
		d := &in.Dependence[part]
		switch by {
		case data.Time:
			d.Serial = true
		case data.Group:
			for _, i := range samples {
				d.Groups = append(d.Groups, key[i])
			}
		}
	}
	return parts, err
}

// folded reports whether the networks of an ensemble are evaluated on folds of the training samples. What is left open
// is settled: there are folds where samples have no order in time and the experiment asks for no validation samples.
func (in *Input) folded() bool {
	e, s := in.Spec.Train.Several(), &in.Spec.Split
	if e == nil {
		return false
	}
	if e.Folds == nil {
		e.Folds = new(s.By != "time" && s.Validation == nil && s.ValidationFolds == 0 &&
			!in.Spec.Train.Chooses())
	}
	return *e.Folds
}

// ensembleFolds parts the training samples into the folds of an ensemble.
func (in *Input) ensembleFolds(rows Rows, learn []int, by data.By, key []int) (err error) {
	if by == data.Time {
		return Errorf("train.ensemble.folds", "samples that are split by time have no folds: networks would "+
			"learn from the future of what they are evaluated on").Fix("give folds: false")
	}
	in.Folds, err = in.foldsOf(rows, learn, in.Spec.Train.Ensemble.Networks, by, key)
	return err
}

// foldsOf parts some of the samples into n folds: the places in the list of each fold's samples.
func (in *Input) foldsOf(rows Rows, some []int, n int, by data.By, key []int) ([][]int, error) {
	if by == data.Stratified && rows.Labels != nil {
		labels := make([][]int, len(some))
		for at, i := range some {
			labels[at] = rows.Labels[i]
		}
		return data.FoldLabels(labels, n, in.splitSeed())
	}
	var of []int
	for _, i := range some {
		if key != nil {
			of = append(of, key[i])
		}
	}
	return data.Folds(len(some), n, by, of, in.splitSeed())
}

// validationFold takes one fold of the training samples as the validation samples.
func (in *Input) validationFold(rows Rows, learn, test []int, by data.By, key []int) (parts [3][]int, err error) {
	s := &in.Spec.Split
	if by == data.Time {
		return parts, Errorf("split.validation_folds", "samples that are split by time have no folds: networks would "+
			"learn from the future of what they are evaluated on").AtKey().Fix("give split.validation")
	}
	folds, err := in.foldsOf(rows, learn, s.ValidationFolds, by, key)
	if err != nil {
		return parts, err
	}
	parts[Test] = test
	for f, places := range folds {
		to := &parts[Train]
		if f == s.ValidationFold-1 {
			to = &parts[Validation]
		}
		for _, at := range places {
			*to = append(*to, learn[at])
		}
	}
	slices.Sort(parts[Train])
	return parts, nil
}

// splitSeed is the seed of the split.
func (in *Input) splitSeed() uint64 {
	if s := in.Spec.Split.Seed; s != nil {
		return *s
	}
	return in.Spec.Seed
}

// splitKey returns the method of the split, and the class, time or group of each sample that it needs; nil where it
// needs none.
func (in *Input) splitKey(rows Rows) (data.By, []int, error) {
	s := &in.Spec.Split
	switch {
	case s.By == "" && s.Group != "":
		s.By = "group"
	case s.By == "":
		s.By = "random"
	}
	switch s.By {
	case "random", "stratified":
		if rows.Codes != nil || rows.Labels != nil {
			return data.Stratified, rows.Codes, nil
		}
		if s.By == "stratified" {
			return 0, nil, Errorf("split.by", "stratified keeps the shares of classes, but the target is a number; "+
				"give random")
		}
		return data.Random, nil, nil
	case "time":
		switch columns := in.Spec.Data.Time; len(columns) {
		case 0:
			return data.Time, nil, nil
		default:
			key, err := in.timeOrder(rows.Table, columns)
			return data.Time, key, err
		}
	case "group":
		key, err := codes(rows.Table, "split.by", s.Group)
		return data.Group, key, err
	}
	return 0, nil, Errorf("split.by", "%q is no way to split; give random, stratified, time or group", s.By)
}

// timeOrder returns the rank of each sample in time.
func (in *Input) timeOrder(t *data.Table, columns []string) ([]int, error) {
	if t == nil {
		return nil, Errorf("data.time", "these samples have no columns; %q cannot be found", columns[0])
	}
	clock, err := t.Clock(columns...)
	if err != nil {
		return nil, Errorf("data.time", "%s", err)
	}
	in.Guesses = append(in.Guesses, clock.Guesses...)
	return t.Time(columns...)
}

// codes numbers the values of a column that orders or groups the samples.
func codes(t *data.Table, path, column string) ([]int, error) {
	if t == nil {
		return nil, Errorf(path, "these samples have no columns; %q cannot be found", column)
	}
	c, err := t.Column(column)
	if err != nil {
		return nil, Errorf(path, "%s", err)
	}
	codes, _ := c.Codes()
	return codes, nil
}

// folds returns the split of a cross-validation: one fold is the test part, the others are split; validation is a share
// of all samples.
func (in *Input) folds(n int, validation float64, by data.By, key []int) (parts [3][]int, err error) {
	s := &in.Spec.Split
	if s.Fold == 0 {
		s.Fold = 1
	}
	if by == data.Time {
		return in.forward(n, validation, key)
	}
	folds, err := data.Folds(n, s.Folds, by, key, in.splitSeed())
	if err != nil {
		return parts, err
	}
	var rest, of []int
	for f, rows := range folds {
		if f == s.Fold-1 {
			parts[Test] = rows
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
	share := min(validation*float64(n)/float64(len(rest)), 0.9)
	train, val, _, err := data.Split(len(rest), share, 0, by, of, in.splitSeed())
	for _, i := range train {
		parts[Train] = append(parts[Train], rest[i])
	}
	for _, i := range val {
		parts[Validation] = append(parts[Validation], rest[i])
	}
	return parts, err
}

// stratify returns the split of samples of which each may have several labels: of shares, or of the fold of a
// cross-validation. The labels keep their shares in each part.
func (in *Input) stratify(labels [][]int, validation, test float64) (parts [3][]int, err error) {
	s := &in.Spec.Split
	if s.Folds == 0 {
		parts[Train], parts[Validation], parts[Test], err = data.SplitLabels(labels, validation, test,
			in.splitSeed())
		return parts, err
	}
	s.Fold = max(1, s.Fold)
	folds, err := data.FoldLabels(labels, s.Folds, in.splitSeed())
	if err != nil {
		return parts, err
	}
	parts[Test] = folds[s.Fold-1]
	rest := slices.Concat(slices.Delete(slices.Clone(folds), s.Fold-1, s.Fold)...)
	slices.Sort(rest)
	var of [][]int
	for _, i := range rest {
		of = append(of, labels[i])
	}
	share := min(validation*float64(len(labels))/float64(len(rest)), 0.9)
	train, val, _, err := data.SplitLabels(of, share, 0, in.splitSeed())
	for _, i := range train {
		parts[Train] = append(parts[Train], rest[i])
	}
	for _, i := range val {
		parts[Validation] = append(parts[Validation], rest[i])
	}
	return parts, err
}

// Forward returns, for a cross-validation in time, how many of the n samples its fold uses, the earliest ones, and
// which shares of those are its validation and its test part. The samples are cut into one block more than there are
// folds; fold k learns from the first k blocks and is tested on the next, so that no network has seen the future of
// what it is tested on.
func (in *Input) Forward(n int, validation float64) (used int, ofUsed, test float64) {
	s := &in.Spec.Split
	if s.Fold == 0 {
		s.Fold = 1
	}
	before, used := n*s.Fold/(s.Folds+1), n*(s.Fold+1)/(s.Folds+1)
	if used == 0 {
		return 0, 0, 0
	}
	test = 1 - float64(before)/float64(used)
	return used, validation * (1 - test), test
}

// forward returns the split of a fold in time.
func (in *Input) forward(n int, validation float64, key []int) (parts [3][]int, err error) {
	order := data.Range(n)
	if key != nil {
		slices.SortStableFunc(order, func(a, b int) int { return key[a] - key[b] })
	}
	used, validation, test := in.Forward(n, validation)
	parts[Train], parts[Validation], parts[Test], err = data.Split(used, validation, test, data.Time, nil,
		in.splitSeed())
	for _, rows := range parts {
		for at, i := range rows {
			rows[at] = order[i]
		}
	}
	return parts, err
}
