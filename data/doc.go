// Package data reads samples: it reads tables (CSV and the like), arrays (IDX, npy, npz) and the embedded samples,
// splits them into training, validation and test rows, and hands out shuffled batches.
//
// In the order in which data meet the packages it comes first: file → data → prep → batches. It scales and encodes
// nothing; that is done by package prep, which fits on training rows only.
//
// Everything random here depends on a seed, and on nothing else: not on time, threads or map order.
//
// # Datasets
//
// A [Dataset] has three methods, and needs no others. One that reads a whole batch faster may be a [Batcher].
//
//   - Spec names the inputs and the targets, any number of each, with type and shape, and the traits of the samples:
//     how many goroutines are worth reading with, whether samples vary from epoch to epoch, how long each one is.
//   - Len is the number of samples. −1 means that it is not known: a stream.
//   - Read(epoch, i, row) writes sample i. The same epoch and i always give the same sample, whoever reads it and in
//     whatever order, so that a resumed run meets the same batches. Datasets that do not vary pay no attention to the
//     epoch. Readers that have no epochs, such as an evaluation, read epoch 0.
//
// A dataset that wraps another ([Subset], [WithTargets], [Inputs], [Reconstruction], a user's own) takes the Spec of
// the wrapped one, changes the fields that it changes, and hands the epoch on. Nothing else is to be forwarded.
//
// A stream is read by one goroutine at a time, in order: sample 0 begins an epoch, then follow 1, 2, …; numbers may be
// skipped (the samples between are passed over), but never go back within an epoch. After the last sample Read returns
// io.EOF, also when it is called again. A [Loader] neither shuffles nor buckets a stream; its [Stream.Next] returns
// io.EOF at the end of each epoch and goes on with the next one. [Generator] makes a stream from a function.
package data
