// Package prep turns the columns of a table into the numbers that a network
// learns from, and the target's values into numbers and back.
//
// Every statistic is fitted on training rows only, kept in float64, and saved
// with the model as JSON, so that a model applied to a new file does to it what
// it did to its training data.
//
//	file → data → prep → batches → model
//
// The transforms are, for a column of numbers x,
//
//	zscore    (x − mean) / sd          the default; sd over n, not n − 1
//	minmax    (x − min) / (max − min)
//	rescale   x / 255                  pixels
//	log1p     sign(x) · log(1 + |x|)   alone or before a scale
//	none      x
//
// and, with package prep/columns, robust, quantile, log, box_cox and yeo_johnson ([Scales]); for categories onehot and
// integer, and with that package hash, target, bins of numbers and the calendar of dates ([Encoders]). Each is a type
// of its own, and programs may register others. Textbooks disagree on which of the first two is called normalisation
// and which standardisation; the formulas cannot be confused. A missing number becomes 0 after scaling, because an
// input of 0 adds nothing to the gradient of its weights; or it is imputed before scaling by the mean, the median or a
// constant.
//
// A column of text becomes ids for an Embedding or a bag of words, as package
// prep/text has them; ids are the only features then.
package prep
