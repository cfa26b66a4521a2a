// Package diagnose says what is wrong with a training, and what helps: findings about the data, their split, the
// network, its activations and gradients, the course of the training and its result.
//
// A [Finding] has a stable code (data/unscaled-column), a grade, evidence as named numbers and a picture, the reason
// why it matters, a remedy, and the assignments of the experiment file that carry it out. [Run] asks every [Detector]
// of the registry, in the order of causes before consequences: data, split, network, activations, gradients, dynamics,
// result. A finding that another one explains stands under it.
//
// Detectors are written for few false alarms: most need two signs, that of the fault and that of its harm ([Outcome]),
// such as a network that fits its training samples worse than a linear model fits new ones. Where the outcome shows no
// harm, there is no finding or a tip. Thresholds are those of publications or were chosen by bench/faults on other data
// than it judges; docs/diagnose.md lists them.
package diagnose
