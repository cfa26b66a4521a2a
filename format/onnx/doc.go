// Package onnx reads ONNX files, the models that PyTorch, Keras, scikit-learn and other programs export.
//
// [Load] gives a model that predicts, is trained further and explained. Its network is one layer, [Network], whose
// weights are the initializers of the file by their names: it is traced for the shapes at hand, so that whatever the
// file computes from shapes (Shape, Gather, Concat before a Reshape) is known then, loops are laid out and branches
// are taken. Batch and time axes may be open. Axis 0 of the model's inputs and outputs is that of the samples; where
// the file has it elsewhere, as recurrent networks of PyTorch do, it is moved.
//
// Texts are numbers within the network: a lookup layer before it (format.File.Texts) turns a column of words into the
// places of the words that the file names, and format.File.Outputs has the texts that an output's numbers stand for.
//
// Operators that are not known are listed in the error all at once, with their nodes; so are loops and branches that
// depend on the data. Floats of all widths are computed in float32. Quantised weights (QuantizeLinear,
// DequantizeLinear) are read. A file is not trusted: it cannot name files outside of its folder, and what it asks for
// is bounded by its size before memory is taken.
//
// Source: github.com/onnx/onnx, docs/Operators.md and docs/Operators-ml.md of version 1.23.
package onnx
