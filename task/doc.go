// Package task says what a kind of data must bring along so that gorae can train on it: how a
// source is recognised, how samples are read, split and prepared, which network, loss and
// metrics fit, how outputs become predictions, and what a report says beside the metrics.
//
//	source → Task.Prepare → Prepared (datasets, Problem, Fitted) → training
//	raw samples → Fitted.Open → Bound (inputs, targets, Decode) → prediction, evaluation
//
// Each kind of data is a package of its own below task; none imports another. A program links a
// task by importing its package, whose init function calls [Register]. Package task/all imports
// those that the command has.
package task
