// Package tensorboard writes event files that TensorBoard reads: the callback [TensorBoard], which a program that
// imports this package can name in experiment files too.
//
// Tags, steps and kinds of values are those that Keras 3 writes (keras/src/callbacks/tensorboard.py), so that runs of
// both stand beside each other in one TensorBoard.
//
// An event file is a list of records: length, its checksum, the bytes of an Event, their checksum (TensorFlow,
// tensorflow/core/lib/io/record_writer.h; event.proto, summary.proto, graph.proto of tensorflow/core).
package tensorboard
