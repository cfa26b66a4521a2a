// Package plan compiles graphs into steps that run without allocating.
//
// A [Plan] is made in five passes, each in a file of its own:
//
//	simplify  package graph removes dead code, repeats and constants (graph/simplify.go)
//	lower     nodes become values, calls become steps (lower.go)
//	fuse      elementwise calls join into one pass, and passes join the root that
//	          feeds them, whose blocks they finish while in cache (fuse.go, epilogue.go)
//	layout    liveness decides where each value lies in one arena (layout.go)
//	bind      a kernel fixes tiles and packing for the shapes at hand (kernels in
//	          elementwise.go, matmul.go, reduce.go, softmax.go, move.go, index.go, sweep.go)
//
// A plan holds no numbers and may be shared. A [Runner] holds the numbers of one run: one
// goroutine borrows it, binds the leaves to tensors and calls Compute and Commit.
// Everything but the assignments happens in Compute, so that a run in which NaN or
// infinity arose leaves weights and states as they were.
//
// The result of a run does not depend on the number of threads, bit for bit: a
// step is cut into blocks by its shapes alone, and each element is computed by one
// block.
package plan
