package table

import (
	"slices"

	"gorae/data"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
)

// The training of a default network of a table. Ten tables of 178 to 20,640 rows were measured with their splits
// 1 and 2 alone: five networks over five folds and the width did more than anything else.
const (
	recipeNetworks = 5
	fewestFolded   = 50    // rows from which there are folds
	mostFolded     = 50000 // rows up to which five networks are trained

	// Bins of a piecewise-linear encoding, and the rows from which it was measured to help: nothing was gained on
	// tables of under 2,300 rows (R² or accuracy −.002 in the mean of eight), .028 of R² on one of 20,640.
	recipeBins, fewestBinned = 24, 5000

	recipeSteps            = 1600 // steps of each network, as far as the epochs allow
	fewEpochs, manyEpochs  = 16, 40
	firstBatch, widenBatch = 32, 2000
)

// Recipe sets the keys of the section train that a table of a default network leaves open: the number of networks, the
// batch size and the epochs, by the number of rows. Texts that become ids are for networks of another kind.
func Recipe(in *task.Input, t *data.Table) {
	s := &in.Spec.Train
	if !plain(in, t) {
		return
	}
	if s.Ensemble == nil && t.Rows >= fewestFolded && t.Rows <= mostFolded && s.StartFrom == "" && len(s.Freeze) == 0 {
		s.Ensemble = &spec.Ensemble{Networks: recipeNetworks}
	}
	if s.BatchSize == 0 {
		s.BatchSize = firstBatch
		for rows := widenBatch; t.Rows >= rows && s.BatchSize < 256; rows = rows * 5 / 2 {
			s.BatchSize *= 2
		}
	}
	if s.Epochs == 0 {
		s.Epochs = min(max(recipeSteps*s.BatchSize/max(1, t.Rows), fewEpochs), manyEpochs)
	}
}

// plain reports whether the network is the default one of a table: two dense layers over all columns.
func plain(in *task.Input, t *data.Table) bool {
	return in.Spec.Model == nil && !supervised.OwnInput(in) && len(in.Spec.Data.Inputs) == 0 && !prose(in, t)
}

// piecewise is the number of bins of columns of numbers.
func piecewise(in *task.Input, t *data.Table) int {
	if t.Rows < fewestBinned || in.Spec.Data.Features.All != "" || !plain(in, t) {
		return 0
	}
	return recipeBins
}

// prose reports whether what is learnt from becomes ids of words: a column of text is to become them, or there is
// nothing else to learn from and rows are many.
func prose(in *task.Input, t *data.Table) bool {
	for _, c := range in.Spec.Data.Features.Columns {
		if c.Spec.Text != nil {
			return c.Spec.Text.Ids()
		}
	}
	targets := []string{}
	for _, name := range in.Spec.Data.Target {
		targets = append(targets, nameOf(t, name))
	}
	if len(targets) == 0 && len(t.Columns) > 0 {
		targets = append(targets, t.Columns[len(t.Columns)-1].Name)
	}
	text := 0
	for i := range t.Columns {
		if slices.Contains(targets, t.Columns[i].Name) {
			continue
		}
		switch use, _ := t.Use(t, i); use {
		case data.AsText:
			text++
		case data.Dropped:
		default:
			return false
		}
	}
	return text == 1 && (t.Rows > prep.MostBagged || in.Spec.Train.StartFrom != "")
}
