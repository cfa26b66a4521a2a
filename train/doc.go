// Package train trains and evaluates models: [Fit] trains one model by one loss, [Loop] trains several models by
// several steps, [Step] is one optimisation step for a loop of one's own, and [Evaluation] computes losses, metrics and
// outputs in one pass.
//
// Three properties are tested:
//   - One seed gives the same weights, bit for bit, for any number of threads.
//   - A run that is killed at any instant and continued from its checkpoint ends with the same weights as without
//     the interruption.
//   - A step allocates nothing once its program is compiled.
//
// Everything that a step depends on is therefore a function of few numbers: the order of samples of
// (seed, epoch), the dropout masks of (seed, step), and all else of the state that a [Snapshot] holds.
//
// A run is watched by a [Callback], which sees its events, and by a [Probe], which sees activations, weights, gradients
// and updates.
package train
