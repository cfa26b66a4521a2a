// Package augment varies pictures while a network learns from them, so that it sees
// each of them a little different in every epoch and cannot learn them by heart.
//
//	files → pictures → augment → scale → batches
//
// A sample's variation depends on the seed, the epoch, its number and the place of the
// transform in the list, and on nothing else: not on the number of threads, not on
// the order of reading, not on where a run was resumed. Only training rows are
// wrapped in a [Dataset]; validation and test rows never are.
//
// Flips, rotations, translations, zooms and crops of one sample are carried out together,
// as one affine map sampled once bilinearly, so that pictures blur once and not once
// for each transform; a map that lands on whole pixels copies them. Brightness, contrast
// and colour follow, then cutout, and mixup last.
//
// The same transforms exist as layers of a model (layer.RandomFlip, …), with
// Keras's names; those are a part of the model and draw by batch.
package augment
