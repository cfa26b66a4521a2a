// Package keras brings models into .keras files and back: the zip archive that Keras 3
// writes, with metadata.json, config.json and model.weights.h5.
//
// What [Save] writes opens in Keras 3 as a plain model; a layer that Keras lacks is a registered
// object gorae>NAME. The archive may carry further members, which Keras passes over: the
// fitted preprocessing, the state of a run. The same model gives the same bytes.
//
// [Load] reads what Keras 3 writes, and models in HDF5, which Keras 1 and 2 wrote. A file is not
// trusted: the shapes of the weights that config.json asks for are compared with those in
// model.weights.h5 before memory is taken, and what is deflated may grow only in proportion to the
// file.
//
// The layout is drawn in docs/format/keras.md. Source: Keras 3, keras/src/saving/saving_lib.py and
// keras/src/ops/function.py, and files written by Keras 3.0 to 3.13.
package keras
