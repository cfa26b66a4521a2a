// Package task defines the interface of a kind of data: how a source is recognised, how samples are read, split and
// prepared, which network, losses and metrics are the defaults, how outputs become predictions, and what a report adds
// to the metrics.
//
//	source → Task.Prepare → Prepared (datasets, Problem, Fitted) → training
//	raw samples → Fitted.Open → Bound (inputs, targets, Decode) → prediction, evaluation
//
// Each kind of data is a package of its own below task; none imports another. A program links a
// task by importing its package, whose init function calls [Register]. Package task/all imports
// those that the command has.
package task
