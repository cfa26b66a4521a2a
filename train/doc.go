// Package train makes a model learn: it takes batches of samples in an order
// that follows from a seed, moves the weights against the gradient of a loss,
// and repeats that for epochs, watched by callbacks.
//
// On the data's way it stands after the model: file → data → prep → batches →
// model → loss, gradients → optim → train → metric. The chapter's procedure P3 to
// P6 is [Fit], P8 is [Evaluate].
//
// Three promises hold here, and tests hold them:
//   - One seed gives the same weights, bit for bit, for any number of threads.
//   - A run that is killed at any instant and taken up again from its
//     checkpoint ends with the weights it would have had.
//   - A step allocates nothing once its plan is compiled.
//
// They hold because everything that a step depends on is a function of few
// numbers: the order of samples of (seed, epoch), the dropout masks of (seed, step),
// and all else of the state that a [Snapshot] holds.
package train
