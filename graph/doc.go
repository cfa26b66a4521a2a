// Package graph holds computations before they have numbers: operations traced
// into a graph, with shape inference, gradients that are graphs again, and a
// naive evaluator that says what every operation means.
//
// A model is traced once for each shape of its batch; the trace is differentiated here
// and compiled by package plan. Nothing in this package is fast; everything in
// it is meant to be obviously right, because kernels are tested against it.
//
// A [Node] is a value, a [Call] is the use of an [Op] that produces one or more
// nodes. Wrong shapes panic with an [*Error] while tracing; [Catch] turns that
// into an error, so a chain reads x.MatMul(w).Add(b).
//
// An operation is either primitive (elementwise, reduction, product, convolution, pooling, resizing, movement of data,
// indexing, randomness) or a [Composite]: a name and a body of other operations. A
// kernel may claim a composite whole; otherwise the plan works with its body.
package graph
