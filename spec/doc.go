// Package spec is the experiment file: one tagged struct for each of its sections, from which everything else follows.
// Decoding, defaults, --set, errors with line and column, the experiment.yaml of a run, the comparison of two
// experiments and a JSON Schema all come from the tags of [Experiment] and of the types that it holds.
//
// [Parse] reads a file and checks all that can be checked without the data. What the file leaves open is nil or zero in
// the Experiment; resolving makes another Experiment with those fields set, and [Marshal] writes it. An Experiment that
// others hold is not changed: who wants another one takes its Clone.
//
// The keys below data that belong to one kind of data are registered by its task with [RegisterData].
package spec
