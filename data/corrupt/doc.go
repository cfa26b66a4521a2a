// Package corrupt corrupts pictures in known ways, so that a network learns to undo it: noise, blur, missing pixels,
// lower resolution.
//
// What is done to a sample depends on the seed, the epoch, its number and the place of the corruption in the list, and
// on nothing else: not on the number of threads, not on the order of reading, not on where a run was resumed. Training
// samples are corrupted anew in every epoch; an epoch that stays the same, such as [Fixed], corrupts samples that are
// measured always in the same way.
package corrupt
