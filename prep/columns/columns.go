// Package columns is the transforms of columns beyond the usual ones (zscore, minmax, rescale, none, onehot, integer,
// indicator): a program that imports it opens models that were fitted with robust, quantile, log, box_cox, yeo_johnson,
// hash, bins, calendar or target. The tasks that train import it; a program that only predicts does so where its model
// needs it, and is smaller without.
package columns

import "gorae/prep"

func init() { prep.RegisterAll() }
