package spec

import (
	"gorae/config"
)

// Experiment is an experiment file: what to learn from, how samples are split, the network, and how it is trained.
type Experiment struct {
	Data  Data     `keras:"data,required"`
	Split Split    `keras:"split"`
	Model *Network `keras:"model"` // nil: to be inferred
	Train Train    `keras:"train"`
	Seed  uint64   `keras:"seed,always,what=seed"`
	// Ignore lists the codes of findings that gorae diagnose does not speak of, such as data/duplicate-column.
	Ignore []string `keras:"ignore,lone"`
}

// Default returns the experiment of an empty file: seed 1, everything else open.
func Default() *Experiment { return &Experiment{Seed: 1} }

// Clone returns a copy that shares nothing with e.
func (e *Experiment) Clone() *Experiment {
	c := config.Clone(*e)
	c.Data.sections, c.Train.sections = cloned(e.Data.sections), cloned(e.Train.sections)
	return &c
}

// Check finds what contradicts itself over several sections.
func (e *Experiment) Check() error {
	if e.Model == nil {
		return nil
	}
	inputs := []string{OwnInput}
	for _, in := range e.Data.Inputs {
		inputs = append(inputs, in.Name)
	}
	for _, s := range e.Data.Extensions() {
		if s, ok := s.(Inputted); ok {
			inputs = append(inputs, s.InputNames()...)
		}
	}
	return config.Under("model", e.Model.CheckNames(inputs...))
}

// Split says how samples are split into a training, a validation and a test set.
type Split struct {
	Validation *float64 `keras:"validation,min=0,below=1,what=share"` // of all samples; nil: to be inferred
	Test       *float64 `keras:"test,min=0,below=1,what=share"`
	// Folds is the number of parts of a cross-validation and Fold, from 1, the part to test on: a run for each.
	Folds int `keras:"folds,min=2,what=number of folds"`
	Fold  int `keras:"fold,min=1,what=number of a fold"`
	// ValidationFolds is the number of parts of all samples but the test samples, and ValidationFold, from 1, the part
	// that is the validation set. Where there is none, gorae tune averages over all of them.
	ValidationFolds int `keras:"validation_folds,min=2,what=number of folds"`
	ValidationFold  int `keras:"validation_fold,min=1,what=number of a fold"`
	// Seed is that of the split; nil: the experiment's.
	Seed *uint64 `keras:"seed,what=seed"`
	// By is random, stratified (classes keep their shares), time or group (samples of one value of the column Group
	// stay together); "" is inferred. In a file group is also written as by: {group: COLUMN}.
	By    string `keras:"by,oneof=random|stratified|time|group"`
	Group string `keras:"group,column"`

	ByGroup *ByGroup `keras:"by"` // as it is read; nil afterwards
}

// ByGroup is the form by: {group: COLUMN}.
type ByGroup struct {
	Group string `keras:"group,column,required"`
}

// Check finds what contradicts itself.
func (s *Split) Check() error {
	if s.ByGroup != nil {
		if s.Group != "" && s.Group != s.ByGroup.Group {
			return config.Errorf("group", "%s, but by names %s", s.Group, s.ByGroup.Group).Fix("leave one out").
				Coded(config.Conflict)
		}
		s.By, s.Group, s.ByGroup = "group", s.ByGroup.Group, nil
	}
	conflict := func(key, format string, args ...any) *config.Error {
		return config.Errorf(key, format, args...).Coded(config.Conflict)
	}
	switch {
	case s.Folds == 0 && s.Fold > 0:
		return conflict("fold", "%d, but folds does not say of how many", s.Fold).Fix("write folds: 5")
	case s.ValidationFolds == 0 && s.ValidationFold > 0:
		return conflict("validation_fold", "%d, but validation_folds does not say of how many", s.ValidationFold).
			Fix("write validation_folds: 5")
	case s.ValidationFold > s.ValidationFolds:
		return conflict("validation_fold", "%d of %d folds", s.ValidationFold, s.ValidationFolds).
			Fix("give 1 to %d", s.ValidationFolds)
	case s.ValidationFolds > 0 && s.Validation != nil:
		return conflict("validation", "%v, but the validation set is fold %d of %d", *s.Validation,
			max(1, s.ValidationFold), s.ValidationFolds).Fix("leave one out")
	case s.Fold > s.Folds:
		return conflict("fold", "%d of %d folds", s.Fold, s.Folds).Fix("give 1 to %d", s.Folds)
	case s.Folds > 0 && s.Test != nil:
		return conflict("test", "%v, but the test set is fold %d of %d", *s.Test, max(1, s.Fold), s.Folds).
			Fix("leave one out")
	}
	total := 0.0
	for _, p := range []*float64{s.Validation, s.Test} {
		if p != nil {
			total += *p
		}
	}
	switch {
	case total >= 1:
		return conflict("", "validation and test take %v of all samples together", total).Fix("leave some to train on")
	case s.By == "group" && s.Group == "":
		return conflict("by", "group needs the column that names the groups").Fix("write group: COLUMN")
	case s.By != "group" && s.By != "" && s.Group != "":
		return conflict("group", "%s, but by is %s", s.Group, s.By).Fix("leave one out")
	case s.Group != "":
		s.By = "group"
	}
	return nil
}
