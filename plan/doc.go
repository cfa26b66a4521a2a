// Package plan compiles graphs into steps that run without allocating.
//
// [Compile] makes a [Plan] in seven passes:
//
//	simplify  package graph removes dead code, repeated calls and constants (graph/simplify.go)
//	lower     nodes become values, calls become steps (lower.go)
//	recompute gradients get copies of calls of the forward pass, where a graph asks for less memory (recompute.go)
//	fuse      fusions join several calls in one step: an ordered list, of which the first that takes a call keeps it
//	          (fusion.go); other calls go to the first kernel that claims them (kernel.go), the reference last
//	repeat    values that a later step can compute from what is stored anyway are not stored (rematerialize.go)
//	layout    liveness decides where each value lies in one arena (layout.go)
//	bind      a kernel fixes tiles and packing for the shapes
//
// The fusions are a loop over time with its projection and its gradient (recurrent.go), a lookup of rows within such a
// loop (recurrent_match.go), products with a long inner extent (splitk.go), gradients that stay rows (sparse.go),
// elementwise programs and the epilogues of products (cluster.go, elementwise.go, epilogue.go), and a pooling after a
// convolution (convpool.go).
//
// A plan holds no numbers and may be shared. A [Runner] holds the numbers of one run: one goroutine borrows it, binds
// the leaves to tensors and calls Compute and Commit. Everything but the assignments happens in Compute, so that a run
// in which NaN or infinity arose leaves weights and states unchanged.
//
// The result of a run has the same bits for any number of threads: each element is computed by one block, in an order
// that its step's shapes alone decide.
//
// Callers run a computation through [Executor], [Program] and [Execution]. [CPU] is this package's compiler, [Naive]
// the evaluator of package graph; another machine would be a third executor.
package plan
