// Package baseline fits linear models to the samples that a network is trained on: logistic regression for classes,
// ridge regression for numbers. A network that is no better than these has found nothing in the data that a linear
// model does not find.
//
// A [Design] turns the inputs of a dataset into columns: numbers and pixels as they are, ids of texts as a bag of words
// weighted by tf-idf, sequences [steps, features] as summaries of each feature (mean, standard deviation, least,
// greatest, first and last number). [Fit] minimises
//
//	1/n Σ loss(y_i, W·x_i + b) + λ/2 ‖W‖²
//
// by L-BFGS, the loss being the cross-entropy for classes and half the squared error for numbers; b bears no penalty.
// This is the objective of scikit-learn's LogisticRegression with C = 1/(λn) and of its Ridge with alpha = λn. λ is
// chosen on validation samples. The work is bounded ([Work]).
//
// Sums over samples are cut into fixed lanes that are added in one order, so that the result does not depend on the
// number of threads.
package baseline
