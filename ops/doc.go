// Package ops has the functions of tensors that a functional model may contain beside its layers: those of Keras's
// keras.ops (add, mean, reshape, matmul, …) and the operators of tensors (x + y, x[:, 1:3], 1 - x).
//
// An [Operation] is one function with its arguments. It is a layer without weights: model.Apply puts it on values, a
// trace calls it, a .keras file has it as Keras 3 writes it. Each function is one line of a table: Keras's module and
// class, the signature, and what it computes. Arguments are bound to the parameters of the signature, wherever the
// file has them: in the configuration of the operation, by place, or by name. Keras 2 has the functions of TensorFlow
// (TFOpLambda, SlicingOpLambda); those that are such a function under other names are read as it.
//
// Axis 0 is that of the samples. A function that would mix samples is refused, since a prediction must not depend on
// which samples it is made with.
//
// Truth values are the float32 numbers 1 and 0. Integers are computed with in float32, which is exact to 2²⁴.
//
// Source of the signatures and definitions: Keras 3.15.1, keras/src/ops (numpy.py, nn.py, core.py, math.py, linalg.py).
package ops
